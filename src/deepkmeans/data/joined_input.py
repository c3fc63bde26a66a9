"""Several inputs of the same rows, each checked, and which rows have which."""

from __future__ import annotations

import itertools
import numbers
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import scipy.sparse as sp

from ..exceptions import InvalidDataError

__all__ = ["JoinedInput", "is_mapping_of_inputs", "refuse_columns"]

#: Cells at the beginning by which a column of numbers is known.
_LOOKED_AT = 100


def is_mapping_of_inputs(X: Any) -> bool:
    """Whether ``X`` is inputs by name; scipy's dictionary of keys is a mapping, too, but one matrix."""
    return isinstance(X, Mapping) and not sp.issparse(X)


def refuse_columns(X: Mapping[Any, Any]) -> None:
    """Refuse a mapping that is a table, column by column.

    Raises
    ------
    InvalidDataError
        It names the first entry that is one column of numbers.
    """
    for name, value in X.items():
        cells = value if hasattr(value, "__iter__") and getattr(value, "ndim", 1) == 1 else ()
        if any(isinstance(cell, numbers.Number) and cell == cell for cell in itertools.islice(cells, _LOOKED_AT)):
            raise InvalidDataError(
                f"X is a {type(X).__name__}, whose entries must be inputs of n rows, and {name!r} is one column of "
                "numbers: give pandas.DataFrame(X) if the entries are columns of a table, or else an array of n rows."
            )


@dataclass(frozen=True, eq=False)
class JoinedInput:
    """Checked rows of several inputs.

    Attributes
    ----------
    parts : mapping of str to ndarray or CSR matrix of shape (n, d_name)
        By the name of the input; where a row lacks it, its cells mean nothing.
    present : mapping of str to ndarray of bool of shape (n,)
        Which rows have the input.
    """

    parts: Mapping[str, Any]
    present: Mapping[str, np.ndarray]

    def __len__(self) -> int:
        return self.shape[0]

    @property
    def shape(self) -> tuple[int, int]:
        """Rows, and columns of all inputs together."""
        every = list(self.parts.values())
        return int(every[0].shape[0]), sum(int(part.shape[1]) for part in every)

    @property
    def dtype(self) -> np.dtype[Any]:
        """float64 if an input is, else float32."""
        return np.result_type(*(part.dtype for part in self.parts.values()))

    @property
    def empty(self) -> np.ndarray:
        """Which rows (n,) have no input at all."""
        return ~np.logical_or.reduce(list(self.present.values()))

    def __getitem__(self, index: np.ndarray) -> JoinedInput:
        """The rows at ``index``, positions or a mask."""
        return JoinedInput(
            {name: part[index] for name, part in self.parts.items()},
            {name: there[index] for name, there in self.present.items()},
        )  # fmt: skip
