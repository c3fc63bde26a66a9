"""Rows that stand for a cluster, as a person knows them: cells, texts, pictures, sounds, lines."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np

from .called_rows import CalledRows
from .column_charts import ColumnChart
from .packed_columns import shortened
from .series_lines import SeriesLines
from .sounds import Sounds
from .thumbnails import Thumbnails

if TYPE_CHECKING:
    from ..inspection.explanation import Explanation
    from ..inspection.original import OriginalRows

__all__ = ["Examples"]

_CHARTS, _ROWS, _PICTURES, _TEXTS, _LONGEST_TEXT, _LINES = 6, 3, 10, 3, 320, 6
#: Columns of texts that typical rows show beside those of the charts, and letters of a cell.
_TEXT_COLUMNS, _LONGEST_CELL = 2, 140
#: Letters of a file's name under its picture.
_LONGEST_FILE = 26
#: Columns of a table among several inputs.
_OF_INPUT = 3
#: Largest sides of a picture, the second with more than so many clusters.
_SIDES, _MANY = (96, 48), 12
#: Inputs that decide less are not shown.
_LEAST = 0.02


@dataclass(frozen=True, eq=False)
class Examples:
    """What is drawn of rows.

    Attributes
    ----------
    rows : OriginalRows
    called : CalledRows
    numbered : str
        How a row without a name is called.
    thumbnails, lines, sounds
        Of pictures and recordings, of series, of recordings; None of others.
    inputs : mapping of str to Examples
        Of several inputs, what is drawn of each.
    """

    rows: OriginalRows
    called: CalledRows
    numbered: str
    thumbnails: Thumbnails | None = None
    lines: SeriesLines | None = None
    sounds: Sounds | None = None
    inputs: Mapping[str, Examples] = field(default_factory=dict)

    @classmethod
    def of(cls, explanation: Explanation, rows: OriginalRows, called: CalledRows, numbered: str) -> Examples:
        """Of ``rows``, those of the explanation or one of its inputs."""
        sounds = None
        if rows.recordings is not None:
            chosen = [(one.exemplars.exemplars[:_ROWS], one.exemplars.boundary[:_ROWS]) for one in explanation.clusters]
            sounds = Sounds.of(rows.recordings, [*zip(*chosen, strict=True)])
        side = _SIDES[len(explanation.clusters) > _MANY]
        return cls(
            rows, called, numbered, None if rows.pictures is None else Thumbnails.of(rows.pictures, side=side),
            None if rows.series is None else SeriesLines.of(rows.series), sounds,
            {name: cls.of(explanation, rows.inputs[name], called, numbered) for name in _deciding(explanation, rows)},
        )  # fmt: skip

    def shown(self, chosen: Sequence[int], charts: Sequence[ColumnChart]) -> dict[str, Any] | None:
        """Some rows; ``charts`` are those of their cluster, the columns of which a table has."""
        index = [int(row) for row in chosen]
        if not index:
            return None
        if self.inputs:
            return self._of_inputs(index[:_ROWS])
        if self.sounds is not None and self.thumbnails is not None:
            return {"sounds": [
                {"row": self._label(row), "address": self.thumbnails.address(row), **self.sounds.shown(row)}
                for row in index[:_ROWS]
            ]}  # fmt: skip
        if self.thumbnails is not None:
            return {"pictures": [
                {"row": self._label(row), "address": self.thumbnails.address(row), "short": _end_of(self._label(row))}
                for row in index[:_PICTURES]
            ]}  # fmt: skip
        if self.lines is not None:
            return {"lines": [{"row": self._label(row), **self.lines.one(row)} for row in index[:_LINES]]}
        if self.rows.texts is not None:
            return {"texts": [
                {"row": self._label(row), "text": shortened(self.rows.texts[row], _LONGEST_TEXT)}
                for row in index[:_TEXTS]
            ]}  # fmt: skip
        names = [chart.name for chart in charts] or [column.name for column in self.rows.columns[:_CHARTS]]
        texts = [column.name for column in self.rows.columns if column.kind == "text" and column.name not in names]
        columns = [self.rows.column(name) for name in names + texts[:_TEXT_COLUMNS]]
        return {
            "columns": [column.name for column in columns],
            "rows": [
                {"row": self.called.of_row(row), "cells": [_cell(column, row) for column in columns]}
                for row in index[:_ROWS]
            ],
        }

    def salient(self, explanation: Explanation, chosen: Sequence[int]) -> list[dict[str, Any]]:
        """Where some rows speak for their cluster, as pictures or lines."""
        made: list[dict[str, Any]] = []
        for row in chosen if explanation.saliency is not None else ():
            assert explanation.saliency is not None
            values = explanation.saliency.of(row)
            if values is None:
                continue
            if self.thumbnails is not None:
                made.append({"row": self._label(row), "address": self.thumbnails.overlaid(row, values)})
            elif self.lines is not None:
                made.append({"row": self._label(row), **self.lines.one(row, values)})
        return made

    def _of_inputs(self, index: list[int]) -> dict[str, Any]:
        """A table with a column for each input, or for some columns of one."""
        heads: list[str] = []
        cells: list[list[dict[str, Any]]] = [[] for _ in index]
        for name, part in self.inputs.items():
            if part.thumbnails is None and part.lines is None and part.rows.texts is None:
                for column in part.rows.columns[:_OF_INPUT]:
                    heads.append(column.name)
                    for row, held in zip(index, cells, strict=True):
                        held.append({"text": _cell(column, row)})
                continue
            heads.append(name)
            for row, held in zip(index, cells, strict=True):
                held.append(part._of_input(row))
        return {
            "columns": heads,
            "mixed": [{"row": self.called.of_row(row), "cells": held} for row, held in zip(index, cells, strict=True)],
        }

    def _of_input(self, row: int) -> dict[str, Any]:
        """A picture, sound, line or text of a row; a dash where it has none."""
        if self.rows.texts is not None:
            return {"text": shortened(self.rows.texts[row], _LONGEST_CELL) or "–"}
        held = self.rows.series if self.rows.pictures is None else self.rows.pictures
        if held is None or bool(np.isnan(held[row]).all()):
            return {"text": "–"}
        if self.lines is not None:
            return {"line": {"row": self._label(row), **self.lines.one(row)}}
        assert self.thumbnails is not None
        sound = {} if self.sounds is None else self.sounds.shown(row)
        return {"picture": {"row": self._label(row), "address": self.thumbnails.address(row), **sound}}

    def _label(self, row: int) -> str:
        return self.called.label(row, self.numbered)


def _end_of(name: str) -> str:
    """The end of a file's name, which tells more than its folders."""
    last = name.rpartition("/")[2]
    return last if len(last) <= _LONGEST_FILE else "…" + last[1 - _LONGEST_FILE :]


def _deciding(explanation: Explanation, rows: OriginalRows) -> list[str]:
    """The inputs that decide something, those that decide most first."""
    if not rows.inputs or explanation.inputs is None:
        return [*rows.inputs]
    return [name for name, share in explanation.inputs.mean().items() if share >= _LEAST]


def _cell(column: Any, row: int) -> str:
    return "–" if column.take([row]).missing[0] else shortened(column.shown(column.values[row]), _LONGEST_CELL)
