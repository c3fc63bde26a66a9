"""What every preprocessor does: it is fitted once, applied to all rows, described in a report and kept in a file."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Protocol

import numpy as np
from torch import Tensor

from ..given import GivenInput

__all__ = ["Preprocessor", "scaling_after"]


class Preprocessor(Protocol):
    """A fitted step from an input as given to rows of numbers (n, p); frozen.

    Attributes
    ----------
    kind : str
        Its name in a model file: "table", "text", "frozen", "transformer".
    feature_names : sequence of str or None
        Of the p columns that it makes.
    scaled : bool
        Whether these have their final scale, so that ``scaling="auto"`` leaves them as they are.
    """

    @property
    def kind(self) -> str: ...

    @property
    def feature_names(self) -> Sequence[str] | None: ...

    @property
    def scaled(self) -> bool: ...

    def transform(self, given: GivenInput) -> Any:
        """Rows (n, p), a float32 or float64 ndarray or CSR matrix; missing cells are NaN only where scaling fills them.

        Raises
        ------
        InvalidDataError
            For an input that lacks a column, or of another kind than that of the fit.
        """
        ...

    def inverse(self, rows: np.ndarray) -> Any:
        """Rows (n, p) as the user's own columns, or InvalidParameterError where that cannot be."""
        ...

    def report(self) -> dict[str, Any]:
        """What was recognised and decided, as JSON: for ``report_["input"]``."""
        ...

    def to_parts(self) -> tuple[dict[str, Any], dict[str, Tensor]]:
        """Document (JSON) and tensors for a file; names of tensors begin with ``preprocessing/``."""
        ...


def scaling_after(preprocessor: Preprocessor | None, scaling: str = "auto", output_range: Any = None) -> str:
    """The scaling of what a preprocessor has made: ``"auto"`` leaves what has its final scale.

    Unless the network's output has a range, into which the columns must be brought all the same.
    """
    done = preprocessor is not None and preprocessor.scaled and output_range is None
    return "none" if scaling == "auto" and done else scaling
