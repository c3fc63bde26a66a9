"""What the rows of a page are called: by the user's identifier, by an index, or by their numbers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from ..exceptions import InvalidDataError, InvalidParameterError

__all__ = ["CalledRows"]

#: A longer name is cut on the page.
_LONGEST = 60


@dataclass(frozen=True)
class CalledRows:
    """Names of n rows.

    Attributes
    ----------
    names : tuple of str, or None
        None where rows are known by their numbers, from 0.
    column : str
        Where the names are from; "" of an index without a name.
    """

    names: tuple[str, ...] | None = None
    column: str = ""

    @classmethod
    def of(
        cls, given: Any, X: Any, report: Mapping[str, Any], n_samples: int, files: tuple[str, ...] | None = None
    ) -> CalledRows:  # fmt: skip
        """From what the caller ``given``, the names of ``files``, an identifier that the fit left out, or the index of
        a data frame."""
        if given is not None:
            return cls._given(given, n_samples)
        if files is not None:  # the end of a long one tells more
            return cls(tuple(name if len(name) <= _LONGEST else "…" + name[1 - _LONGEST :] for name in files))
        columns = getattr(X, "columns", None)
        if columns is None or len(X) != n_samples:
            return cls()
        for column in report.get("input", {}).get("columns", ()):
            if column.get("kind") == "identifier" and list(columns).count(column["name"]) == 1:
                cells = X[column["name"]]
                if not cells.isna().any() and cells.is_unique:
                    return cls._given(cells, n_samples)
        index = getattr(X, "index", None)
        if index is None or index.nlevels > 1 or not index.is_unique or index.tolist() == list(range(n_samples)):
            return cls()
        return cls._given(index, n_samples)

    @classmethod
    def _given(cls, given: Any, n_samples: int) -> CalledRows:
        name = getattr(given, "name", None)
        if isinstance(given, (str, bytes, Mapping)) or not hasattr(given, "__iter__"):
            raise InvalidParameterError(
                "The 'row_names' parameter of write_report must be a sequence of names, one a row, or None. "
                f"Got {type(given).__name__} instead."
            )
        names = tuple(_shown(each) for each in (given.tolist() if hasattr(given, "tolist") else given))
        if len(names) != n_samples:
            raise InvalidDataError(
                f"'row_names' must have one name for each of the {n_samples} rows; it has {len(names)}."
            )
        return cls(names, "" if name is None else str(name))

    def label(self, row: int, numbered: str) -> str:
        """The same in a sentence: ``numbered`` is how a number is said."""
        return numbered.format(row=row) if self.names is None else self.names[row]

    def of_row(self, row: int) -> str:
        """What this row is called."""
        return str(row) if self.names is None else self.names[row]


def _shown(name: Any) -> str:
    whole = isinstance(name, float) and name.is_integer()
    text = " ".join(str(int(name) if whole else name).split())
    return text if len(text) <= _LONGEST else text[: _LONGEST - 1] + "…"
