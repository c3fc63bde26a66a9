"""Time series as rows of one length: gaps filled, stretched over one grid of times, each channel in its own unit."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
import torch
from torch import Tensor

from ..._validation import OneOf
from ...exceptions import InvalidDataError
from ...storage.schema import (
    BOOL,
    COUNT,
    FLOATS,
    SIZE,
    TEXT,
    ListOf,
    MismatchError,
    Record,
    TensorOf,
    check_tensors,
    check_value,
)
from ..given import GivenInput
from ..given_series import series_of_frame
from ..input_spec import InputSpec
from .series_grid import filled_gaps, on_grid, without_padding

__all__ = ["SeriesPreprocessor", "named_rows", "series_of"]

#: Series are averaged down to so many points: more tell a network little, and cost it much.
_MOST_POINTS = 1024
_PREFIX = "preprocessing/"
#: So many rows without a value are listed.
_LISTED = 100
#: And so many are named by a message.
_NAMED = 3


@dataclass(frozen=True, eq=False)
class SeriesPreprocessor:
    """From series of any lengths to rows (n, n_points * n_channels), time by time, channels side by side.

    Attributes
    ----------
    n_points : int
        Of the grid of times: as many as the longest series of the fit has, 1,024 at most.
    mean, deviation : ndarray of shape (n_channels,)
        Of all values of a channel; rows are in these units.
    flat : bool
        Whether each series was given as one dimension.
    columns : tuple of str or None
        Names of the columns of a frame, one a time.
    findings : mapping
        Counts of the fit: series, the shortest and the longest, those with gaps, values filled.
    left_out : tuple of int
        Rows of the fit without a single value.
    """

    n_points: int
    mean: np.ndarray
    deviation: np.ndarray
    flat: bool
    columns: tuple[str, ...] | None
    findings: Mapping[str, int] = field(default_factory=dict)
    left_out: tuple[int, ...] = ()

    kind = "series"
    takes = "series"
    #: Which network learns the rows, see ``fitting/plan.py``.
    kind_of_pictures = "series"
    scaled = False
    feature_names = None

    @classmethod
    def fit(
        cls, given: GivenInput, spec: InputSpec, *, weight: np.ndarray | None = None
    ) -> tuple[SeriesPreprocessor, np.ndarray]:  # fmt: skip
        """Find the grid and the units of series.

        Parameters
        ----------
        given : GivenInput of kind "series"
        spec : InputSpec
            Says nothing more that series need.
        weight : ndarray of shape (n,) or None
            2 counts as the series twice.

        Returns
        -------
        preprocessor : SeriesPreprocessor
        X : ndarray of shape (n, n_points * n_channels), float32
            NaN in rows without a value.

        Raises
        ------
        InvalidDataError
            If no series has a value.
        """
        series = series_of(given)
        there = [row for row, each in enumerate(series) if each is not None]
        if not there:
            raise InvalidDataError(
                f"All {len(series):,} series are empty or missing: there is nothing to cluster. Give arrays of numbers."
            )
        trimmed = [without_padding(each) for each in series if each is not None]
        lengths = [len(each) for each in trimmed]
        gaps = [int(np.isnan(each).sum()) for each in trimmed]
        n_points = min(max(lengths), _MOST_POINTS)
        cells = np.stack([on_grid(filled_gaps(each), n_points) for each in trimmed])
        mean, deviation = _units(cells, None if weight is None else weight[there])
        findings = {
            "n_series": len(series), "shortest": min(lengths), "longest": max(lengths),
            "n_with_gaps": sum(map(bool, gaps)), "n_filled": sum(gaps),
        }  # fmt: skip
        names = None if given.names is None else tuple(given.names)
        fitted = cls(n_points, mean, deviation, _are_flat(given), names, findings)
        rows = np.full((len(series), n_points * len(mean)), np.nan, dtype=np.float32)
        rows[there] = fitted._in_units(cells)
        return fitted, rows

    @property
    def n_channels(self) -> int:
        return len(self.mean)

    @property
    def image_shape(self) -> tuple[int, int, int]:
        """Rows as pictures of one line: height 1, a column a time."""
        return 1, self.n_points, self.n_channels

    @property
    def point_names(self) -> Sequence[str]:
        """A name of each cell of a row: of the column, where a frame has one, else of its time and channel."""
        if self.columns is not None and len(self.columns) == self.n_points:
            return self.columns
        if self.n_channels == 1:
            return [f"time {time}" for time in range(self.n_points)]
        return [f"time {time}, channel {c}" for time in range(self.n_points) for c in range(self.n_channels)]

    def transform(self, given: GivenInput) -> np.ndarray:
        """Rows (n, n_points * n_channels) of series of any lengths; NaN where one has no value.

        Raises
        ------
        InvalidDataError
            For series of other channels, and a frame that lacks a column of the fit.
        """
        return self.transform_with_unknown_cells(given)[0]

    def transform_with_unknown_cells(self, given: GivenInput) -> tuple[np.ndarray, tuple[str, ...]]:
        """The same, and which series have no value, in words."""
        series = series_of(given, self.columns)
        rows = np.full((len(series), self.n_points * self.n_channels), np.nan, dtype=np.float32)
        for row, each in enumerate(series):
            if each is None:
                continue
            if each.shape[1] != self.n_channels:
                raise InvalidDataError(
                    f"The fit was of series of {self.n_channels} channel{'s' if self.n_channels > 1 else ''}, and row "
                    f"{row} of X (counted from 0) has {each.shape[1]}; give arrays of shape (T, channels)."
                )
            cells = on_grid(filled_gaps(without_padding(each)), self.n_points)
            rows[row] = self._in_units(cells[None])[0]
        lost = [row for row, each in enumerate(series) if each is None]
        if not lost:
            return rows, ()
        have = "has no value and gets" if len(lost) == 1 else "have no value and get"
        share = f"{len(lost):,} of {len(series):,} series {have} the cluster nearest to the mean"
        return rows, (f"{share} ({named_rows(lost)})",)

    def _in_units(self, cells: np.ndarray) -> np.ndarray:
        """Rows of cells (n, n_points, n_channels); a channel without any value is its mean."""
        scaled = np.nan_to_num((cells - self.mean) / self.deviation, nan=0.0)
        return scaled.reshape(len(cells), -1).astype(np.float32)

    def inverse(self, rows: np.ndarray) -> np.ndarray:
        """Rows as series in their own units, (n, n_points) or (n, n_points, n_channels), as they were given."""
        cells = np.asarray(rows, dtype=np.float64).reshape(len(rows), self.n_points, self.n_channels)
        cells = cells * self.deviation + self.mean
        return cells[:, :, 0] if self.flat else cells

    def with_left_out(self, rows: Sequence[int]) -> SeriesPreprocessor:
        """The same, fitted without these rows of the fit, which have no value."""
        return replace(self, left_out=tuple(int(row) for row in rows))

    def report(self) -> dict[str, Any]:
        """What was found, and what a user may want to know of it."""
        counts, notes = self.findings, []
        if counts["shortest"] < counts["longest"] or counts["longest"] > self.n_points:
            span = f"{counts['shortest']:,} to {counts['longest']:,}" if counts["shortest"] < counts["longest"] else (
                f"{counts['longest']:,}"
            )  # fmt: skip
            notes.append(f"Series of {span} times were brought to {self.n_points:,} points.")
        if self.n_channels > counts["longest"]:
            notes.append(
                f"Series have more channels ({self.n_channels:,}) than times ({counts['longest']:,}): where X has the "
                "channels before the times, as some libraries do, give numpy.swapaxes(X, 1, 2)."
            )
        if counts["n_filled"]:
            filled = f"{counts['n_filled']:,} missing values in {counts['n_with_gaps']:,} series"
            notes.append(f"{filled} were interpolated.")
        if self.left_out:
            many = len(self.left_out)
            notes.append(
                f"{many:,} row{'s' if many > 1 else ''} without a single value decide{'' if many > 1 else 's'} nothing "
                f"and get{'' if many > 1 else 's'} the cluster nearest to the mean."
            )
        return {
            "kind": "series", "n_points": self.n_points, "n_channels": self.n_channels, **counts,
            "n_left_out": len(self.left_out),
            "left_out": [{"row": row, "reason": "no value"} for row in self.left_out[:_LISTED]], "notes": notes,
        }  # fmt: skip

    def to_parts(self) -> tuple[dict[str, Any], dict[str, Tensor]]:
        """Document and tensors for a file."""
        document = {
            "kind": self.kind, "n_points": self.n_points, "flat": self.flat, "findings": dict(self.findings),
            "columns": None if self.columns is None else list(self.columns), "left_out": list(self.left_out),
        }  # fmt: skip
        tensors = {"mean": torch.from_numpy(self.mean.copy()), "deviation": torch.from_numpy(self.deviation.copy())}
        return document, {_PREFIX + name: tensor for name, tensor in tensors.items()}

    @staticmethod
    def check_parts(document: Any, tensors: Mapping[str, Tensor]) -> dict[str, int]:
        """Refuse what :meth:`to_parts` cannot have written, with ``MismatchError``; the sizes by name."""
        check_value(document, [_STORED], "'preprocessing'")
        sizes = check_tensors(tensors, _TENSORS, prefix=_PREFIX)
        columns = document["columns"]
        if document["flat"] and sizes["n_channels"] != 1:
            raise MismatchError("'preprocessing' is of series of one dimension, and the file has several channels")
        n_features = document["n_points"] * sizes["n_channels"]
        return {"n_features": n_features, "n_given": 1 if columns is None else len(columns)}

    @classmethod
    def from_parts(cls, document: Mapping[str, Any], tensors: Mapping[str, Tensor]) -> SeriesPreprocessor:
        """The preprocessor again, once checked."""
        columns = document["columns"]
        return cls(
            document["n_points"], tensors[f"{_PREFIX}mean"].numpy(), tensors[f"{_PREFIX}deviation"].numpy(),
            document["flat"], None if columns is None else tuple(columns), dict(document["findings"]),
            tuple(document["left_out"]),
        )  # fmt: skip


def named_rows(rows: Sequence[int]) -> str:
    """The first of some rows, for a message, such as "rows 0, 3"."""
    return f"row{'s' if len(rows) > 1 else ''} {', '.join(map(str, rows[:_NAMED]))}{', ...' if rows[_NAMED:] else ''}"


def series_of(given: GivenInput, columns: Sequence[str] | None = None) -> list[np.ndarray | None]:
    """The series (T, channels), those of a frame over the ``columns`` of the fit where it has all of them."""
    if not hasattr(given.rows, "iloc"):
        return [each if each is None else each.reshape(len(each), -1) for each in given.rows]
    if columns is None or given.names is None or not {*columns} & {*given.names}:
        return series_of(GivenInput("series", series_of_frame(given.rows)))
    lacking = [name for name in columns if name not in given.names]
    if lacking:
        raise InvalidDataError(
            f"X lacks {len(lacking):,} of the {len(columns):,} columns of the fit, {lacking[0]!r} among them; give a "
            "frame with the same columns, or an array, whose times are taken in their order."
        )
    return series_of(GivenInput("series", series_of_frame(given.rows[list(columns)])))


def _are_flat(given: GivenInput) -> bool:
    return hasattr(given.rows, "iloc") or all(each is None or each.ndim == 1 for each in given.rows)


def _units(cells: np.ndarray, weight: np.ndarray | None) -> tuple[np.ndarray, np.ndarray]:
    """Mean and deviation (n_channels,) of cells (n, n_points, n_channels); 1 for a channel that does not vary."""
    peak = np.nanmax(np.abs(cells), axis=(0, 1), initial=0.0)
    peak = np.where(peak > 0, peak, 1.0)
    scaled = cells / peak  # squares of large numbers would overflow
    mass = np.ones(len(cells)) if weight is None else weight
    mass = np.broadcast_to((mass / mass.sum())[:, None, None], cells.shape) * ~np.isnan(cells)
    total = np.maximum(mass.sum(axis=(0, 1)), np.finfo(np.float64).tiny)
    mean = np.nansum(mass * scaled, axis=(0, 1)) / total
    variance = np.nansum(mass * (scaled - mean) ** 2, axis=(0, 1)) / total
    deviation = np.sqrt(variance)
    return mean * peak, np.where(deviation > 1e-12, deviation * peak, 1.0)


_FOUND = Record(dict.fromkeys(("n_series", "shortest", "longest", "n_with_gaps", "n_filled"), COUNT))
_STORED = Record({
    "kind": [OneOf("series")], "n_points": SIZE, "flat": BOOL, "findings": [_FOUND],
    "columns": [None, ListOf(TEXT)], "left_out": [ListOf(COUNT)],
})  # fmt: skip
_TENSORS = {
    "mean": TensorOf(FLOATS[:1], ("n_channels",)),
    "deviation": TensorOf(FLOATS[:1], ("n_channels",), low=0, above=True),
}  # fmt: skip
