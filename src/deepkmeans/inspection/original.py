"""Rows as the user knows them: columns with their names, units and words; texts; pictures."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from ..data.cells.given_back import length_text
from .formatting import date_text, number_text

if TYPE_CHECKING:
    import pandas as pd

    from .design import Design

__all__ = ["OriginalColumn", "OriginalRows"]


@dataclass(frozen=True, eq=False)
class OriginalColumn:
    """One column.

    Attributes
    ----------
    name : str
    kind : {"number", "boolean", "ordinal", "date", "category", "text", "list"}
    values : ndarray of shape (n,)
        Of numbers, yes/no (0 and 1) and ordered levels (their ranks) float64, NaN where missing; of dates
        datetime64[s]; of categories and texts objects, str or None; of lists objects, tuples of str.
    levels : tuple of str
        The words of ranks, or of no and yes.
    unit : str
        Of numbers, as the cells had it.
    options : mapping
        How the cells were read, as the schema of the fit says.
    """

    name: str
    kind: str
    values: np.ndarray
    levels: tuple[str, ...] = ()
    unit: str = ""
    options: Mapping[str, Any] = field(default_factory=dict)

    def __len__(self) -> int:
        return len(self.values)

    @property
    def missing(self) -> np.ndarray:
        """Which cells (n,) are empty."""
        if self.kind == "date":
            return np.isnat(self.values)
        if self.kind in ("category", "text"):
            return np.fromiter((value is None for value in self.values), dtype=bool, count=len(self.values))
        if self.kind == "list":
            return np.fromiter((not value for value in self.values), dtype=bool, count=len(self.values))
        return np.isnan(self.values)

    @property
    def numbers(self) -> np.ndarray | None:
        """Values (n,) float64 in their order: dates in days; NaN where missing. None of categories, texts, lists."""
        if self.kind == "date":
            days = self.values.astype("datetime64[s]").astype(np.int64) / 86400.0
            return np.where(np.isnat(self.values), np.nan, days)
        return self.values if self.kind in ("number", "boolean", "ordinal") else None

    def shown(self, value: Any, *, exact: bool = False) -> str:
        """A value of this column as a person reads it; of dates a moment, or days as in :attr:`numbers`."""
        if self.kind == "number":
            of_time = self.options.get("duration")
            return length_text(float(value)) or "nothing" if of_time else number_text(value, self.unit, exact=exact)
        if self.kind == "date":
            moment = value
            if isinstance(value, (int, float, np.floating)):
                missing = np.isnan(value)
                moment = np.datetime64("NaT") if missing else np.datetime64(round(float(value) * 86400), "s")
            if self.options.get("clock") and not np.isnat(np.datetime64(moment)):
                return f"{np.datetime64(moment, 's').item():%H:%M}"
            return date_text(moment, within=0.0 if exact else self._lasts)
        if self.kind in ("ordinal", "boolean"):
            return "nothing" if np.isnan(value) else self._level(float(value))
        if self.kind == "list":
            return ", ".join(value) if value else "nothing"
        return "nothing" if value is None else str(value)

    def _level(self, rank: float) -> str:
        if self.levels:
            return self.levels[int(np.clip(round(rank), 0, len(self.levels) - 1))]
        return ("no", "yes")[rank >= 0.5] if self.kind == "boolean" else number_text(rank)

    @property
    def _lasts(self) -> float:
        """Seconds from the first date to the last."""
        known = self.values[~np.isnat(self.values)]
        return float((known.max() - known.min()).astype("timedelta64[s]").astype(float)) if len(known) else 0.0

    def take(self, index: Any) -> OriginalColumn:
        """The column of the rows at ``index`` (m,)."""
        return replace(self, values=self.values[index])


@dataclass(frozen=True, eq=False)
class OriginalRows:
    """Rows of one kind, or of several: of a table, texts, pictures, recordings, or series.

    Attributes
    ----------
    n_samples : int
    columns : tuple of OriginalColumn
        Those that the model was fitted on, in the user's order; none of texts; of pictures, recordings and series what
        a person sees or hears of them at once. Of several inputs the columns of all, a text being one.
    texts : tuple of str or None
        One a row, "" where there is none.
    pictures : ndarray of shape (n, height, width) or (n, height, width, channels), or None
        Of recordings decibels over pitch, high above, and time. NaN where one is missing.
    n_left_out : int
        Columns of a wide sparse matrix that are not among ``columns``.
    series : ndarray of shape (n, times) or (n, times, channels), or None
    names : tuple of str, or None
        The files of pictures and recordings.
    recordings : sequence of length n, or None
        Paths, or rates and samples; None where one is missing.
    inputs : mapping of str to OriginalRows
        Each of several inputs by its name.
    """

    n_samples: int
    columns: tuple[OriginalColumn, ...] = ()
    texts: tuple[str, ...] | None = None
    pictures: np.ndarray | None = None
    n_left_out: int = 0
    series: np.ndarray | None = None
    names: tuple[str, ...] | None = None
    recordings: Sequence[Any] | None = None
    inputs: Mapping[str, OriginalRows] = field(default_factory=dict)

    def __len__(self) -> int:
        return self.n_samples

    @property
    def kind(self) -> str:
        """ "table", "texts", "pictures", "recordings", "series" or "inputs"."""
        if self.inputs:
            return "inputs"
        held = {"texts": self.texts, "recordings": self.recordings, "pictures": self.pictures, "series": self.series}
        return next((kind for kind, rows in held.items() if rows is not None), "table")

    def of_readable(self, weight: np.ndarray | None) -> np.ndarray | None:
        """Weights (n,), None for all alike, which are 0 where a picture, recording or series could not be read."""
        held = self.series if self.pictures is None else self.pictures
        if held is None:
            return weight
        lost = np.isnan(held).reshape(len(self), -1).all(axis=1)
        if not lost.any() or lost.all():
            return weight
        return np.where(lost, 0.0, 1.0 if weight is None else weight)

    def column(self, name: str) -> OriginalColumn:
        """The column of this name; ``KeyError`` if there is none."""
        for column in self.columns:
            if column.name == name:
                return column
        raise KeyError(name)

    def take(self, index: Sequence[int] | np.ndarray) -> OriginalRows:
        """The rows at ``index`` (m,), positions from 0."""
        at = np.asarray(index, dtype=np.int64)
        return replace(
            self, n_samples=len(at), columns=tuple(column.take(at) for column in self.columns),
            texts=None if self.texts is None else tuple(self.texts[row] for row in at.tolist()),
            pictures=None if self.pictures is None else self.pictures[at],
            series=None if self.series is None else self.series[at],
            names=None if self.names is None else tuple(self.names[row] for row in at.tolist()),
            recordings=None if self.recordings is None else [self.recordings[row] for row in at.tolist()],
            inputs={name: rows.take(at) for name, rows in self.inputs.items()},
        )  # fmt: skip

    def called(self, row: int) -> str:
        """The file of a row, or its number."""
        return str(row) if self.names is None else self.names[row]

    def shown(self, row: int) -> dict[str, str]:
        """The cells of a row as a person reads them, by column; of a text the text."""
        if self.texts is not None:
            return {"text": self.texts[row]}
        return {column.name: column.shown(column.values[row]) for column in self.columns}

    def frame(self) -> pd.DataFrame:
        """The columns as a data frame: numbers as they are, levels and yes/no in their words."""
        import pandas as pd

        if self.texts is not None:
            return pd.DataFrame({"text": list(self.texts)})
        cells = {
            column.name: [column.shown(value) for value in column.values]
            if column.kind in ("boolean", "ordinal", "list") else column.values
            for column in self.columns
        }  # fmt: skip
        return pd.DataFrame(cells, index=range(self.n_samples))

    def design(self) -> Design:
        """Columns of numbers that a tree can divide, see :class:`.design.Design`."""
        from .design import design_of

        return design_of(self)
