"""Time series as lines: the mean of a cluster with where most of its rows are, and single rows."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from ..inspection.formatting import number_text

__all__ = ["SeriesLines"]

#: Size of a chart, in the units of its picture, and points of a line.
_WIDTH, _HEIGHT, _MOST_POINTS = 320, 80, 160
#: Rows of which quartiles are taken, channels that are drawn, and pieces of the band under a line.
_MOST_ROWS, _MOST_CHANNELS, _PIECES = 2000, 3, 40
#: Typical rows beside a mean.
_TYPICAL = 3


@dataclass(frozen=True, eq=False)
class SeriesLines:
    """Series (n, times, channels) and, of each channel, what the height of its charts stands for."""

    values: np.ndarray
    low: np.ndarray
    high: np.ndarray

    @classmethod
    def of(cls, series: np.ndarray) -> SeriesLines:
        values = series[:, :, None] if series.ndim == 2 else series
        n_channels = min(values.shape[2], _MOST_CHANNELS)
        some = values[:: max(1, len(values) // _MOST_ROWS), :, :n_channels].reshape(-1, n_channels)
        some = some[~np.isnan(some).any(axis=1)]
        if not len(some):
            some = np.zeros((1, n_channels))
        return cls(values, np.quantile(some, 0.002, axis=0), np.quantile(some, 0.998, axis=0))

    def mean(self, rows: np.ndarray, typical: Sequence[int] = ()) -> list[dict[str, Any]]:
        """Of each channel the line of the mean of some rows, the area between their quartiles, and typical ones."""
        charts = []
        for channel in range(len(self.low)):
            cells = np.asarray(self.values[rows[:: max(1, len(rows) // _MOST_ROWS)], :, channel], dtype=np.float64)
            cells = cells[~np.isnan(cells).any(axis=1)]
            if not len(cells):
                continue
            middle = cells.mean(axis=0)
            lower, upper = np.quantile(cells, [0.25, 0.75], axis=0)
            there, again = self._points(upper, channel), self._points(lower, channel)
            charts.append({
                "channel": channel if len(self.low) > 1 else None, "line": " ".join(self._points(middle, channel)),
                "area": " ".join([*there, *again[::-1]]), **self._words(middle),
                "typical": [
                    " ".join(self._points(np.nan_to_num(np.asarray(self.values[row, :, channel], np.float64)), channel))
                    for row in typical[:_TYPICAL]
                ],
            })  # fmt: skip
        return charts

    def one(self, row: int, salient: np.ndarray | None = None) -> dict[str, Any]:
        """The lines of a row, one a channel, and ``salient`` (times,), where it speaks for its cluster, as pieces of a
        band: where each begins, how wide it is, and how strong, from 0 to 1."""
        cells = np.nan_to_num(np.asarray(self.values[row, :, : len(self.low)], dtype=np.float64))
        lines = [" ".join(self._points(cells[:, channel], channel)) for channel in range(cells.shape[1])]
        pieces = []
        if salient is not None:
            edges = np.linspace(0, len(salient), min(_PIECES, len(salient)) + 1).astype(np.int64)
            for start, stop in zip(edges[:-1].tolist(), edges[1:].tolist(), strict=True):
                strong = float(np.clip(salient[start:stop], 0, 1).mean())
                if strong >= 0.05:
                    width = _WIDTH / len(salient)
                    pieces.append((round(start * width, 1), round((stop - start) * width, 1), round(strong, 2)))
        return {"lines": lines, "pieces": pieces, **self._words(cells[:, 0])}

    def _points(self, cells: np.ndarray, channel: int) -> list[str]:
        """``x,y`` of a line through cells (times,), means of neighbouring ones where there are many."""
        n_points = min(len(cells), _MOST_POINTS)
        edges = np.linspace(0, len(cells), n_points + 1).astype(np.int64)
        means = np.add.reduceat(cells, edges[:-1]) / np.diff(edges)
        x = np.linspace(0, _WIDTH, n_points) if n_points > 1 else np.array([_WIDTH / 2])
        height = float(self.high[channel] - self.low[channel]) or 1.0
        y = _HEIGHT * (1 - ((means - self.low[channel]) / height).clip(-0.05, 1.05))
        return [f"{left:.1f},{top:.1f}" for left, top in zip(x.tolist(), y.tolist(), strict=True)]

    @staticmethod
    def _words(cells: np.ndarray) -> dict[str, str]:
        """The figures that a line is described by."""
        figures = {"first": cells[0], "last": cells[-1], "least": cells.min(), "most": cells.max()}
        return {name: number_text(float(value)) for name, value in figures.items()}
