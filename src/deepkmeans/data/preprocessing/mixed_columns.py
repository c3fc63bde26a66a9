"""The columns of a mixed table as one matrix: each in its block, weighed by what it has to do with the others."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from ...runtime import Seeds
from .completion import Completion
from .dates import DateBlock
from .dependence import dependence
from .fit_block import fit_block
from .numbers import NumberBlock
from .relevance import part_weights, redundancy, relevance, speaking
from .table_column import FLAG_WEIGHT, TableColumn

__all__ = ["MixedColumns"]

#: Rows encoded at a time, and those of which dependences and common factors are learnt.
_BLOCK, _COMPARED, _COMPLETED = 65_536, 20_000, 5_000
#: What columns of levels weigh in one view, and the least squared weight in another.
_CODED, _EVEN = 0.5, 0.25


@dataclass(frozen=True, eq=False)
class MixedColumns:
    """Fitted columns, and how their gaps are filled.

    Attributes
    ----------
    columns : tuple of TableColumn
        Those with a cell that could be read.
    completion : Completion
        Of the blocks' numbers, before they are weighed.
    """

    columns: tuple[TableColumn, ...]
    completion: Completion

    @classmethod
    def fit(
        cls, values: Mapping[str, Any], kinds: Mapping[str, str], mass: np.ndarray, size: float, seeds: Seeds,
        encoder: Any = None,
    ) -> tuple[MixedColumns, np.ndarray]:  # fmt: skip
        """Fit on parsed columns by name, of these kinds.

        Parameters
        ----------
        values : mapping of str to n values
        kinds : mapping of str to str
        mass : ndarray of shape (n,)
            Weights; 2 is the row twice.
        size : float
            How many different rows these stand for.
        seeds : Seeds
        encoder : a pretrained encoder of texts, or None

        Returns
        -------
        MixedColumns, ndarray of shape (n, p) float32
        """
        columns: list[TableColumn] = []
        ready: dict[str, np.ndarray] = {}
        for name, cells in values.items():
            fitted = fit_block(kinds[name], cells, mass, size, seeds, encoder)
            if fitted is not None:
                columns.append(TableColumn(name, *fitted[:2]))
                if fitted[2] is not None:
                    ready[name] = fitted[2]
        n = len(mass)
        index = np.arange(n) if n <= _COMPARED else np.sort(seeds.numpy("compared").permutation(n)[:_COMPARED])
        some, held = {name: _rows(cells, index) for name, cells in values.items()}, mass[index]
        encoded = {
            column.name: ready[column.name][index] if column.name in ready else column.block.encode(some[column.name])
            for column in columns
        }
        columns = _weighed(columns, encoded, some, held, size * len(index) / n)
        few = np.arange(0, len(index), 1 + (len(index) - 1) // _COMPLETED)
        blocks = np.concatenate([encoded[column.name][few] for column in columns], axis=1)
        completion = Completion.fit(blocks, held[few], size * len(few) / n)
        made = cls(tuple(columns), completion)
        return made, made.encode(values, n, ready)

    @property
    def feature_names(self) -> list[str]:
        return [name for column in self.columns for name in column.feature_names]

    @property
    def sources(self) -> list[str]:
        """The column that each number of the rows (p,) is made of."""
        return [column.name for column in self.columns for _ in column.multipliers]

    @property
    def views(self) -> dict[str, np.ndarray]:
        """Multipliers (p,) of the rows by the name of a view: none of their weights is right for every table.

        "standard": as they are. "robust": columns of levels or items weigh half. "even": relevance counts less, 0.25
        and up instead of 0.09.
        """
        lighter = np.concatenate([column.lighter(_CODED) for column in self.columns])
        even = np.concatenate([
            np.repeat(
                part_weights(np.array(column.relevance), _EVEN) / part_weights(np.array(column.relevance)),
                [*column.block.parts, *([1] if column.flagged else [])],
            )
            for column in self.columns
        ])  # fmt: skip
        return {"standard": np.ones(len(even)), "robust": lighter, "even": even}

    @property
    def flags(self) -> np.ndarray:
        """Which columns (p,) of the rows are flags of missing cells."""
        return np.concatenate([
            np.arange(len(column.multipliers)) >= column.width for column in self.columns
        ])  # fmt: skip

    @property
    def level_owners(self) -> np.ndarray:
        """Which column of levels, or flag of missing cells, each number (p,) of the rows is of; -1 of others."""
        owners: list[int] = []
        for number, column in enumerate(self.columns):
            of_cells = 2 * number if column.block.coded else -1
            owners += [of_cells] * column.width + [2 * number + 1] * (len(column.multipliers) - column.width)
        return np.array(owners, dtype=np.int64)

    def levels(self, X: np.ndarray, mass: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Rows (n, p) of this mass (n,) as levels (n, q), int64, -1 missing, and which columns (q,) are coded.

        A date is its most relevant part: its season follows from its age where few years are covered.
        """
        numbers = np.asarray(X, dtype=np.float64) / np.concatenate([column.multipliers for column in self.columns])
        made, at = [], 0
        for column in self.columns:
            width = len(column.multipliers)
            parts = column.block.groups(numbers[:, at : at + column.width], mass)
            levels = parts[int(np.argmax(column.relevance[: len(parts)]))].copy()
            if column.flagged:
                levels[numbers[:, at + width - 1] > 0] = -1
            made.append(levels)
            at += width
        return np.stack(made, axis=1), np.array([column.block.coded for column in self.columns])

    def encode(self, values: Mapping[str, Any], n: int, ready: Mapping[str, np.ndarray] | None = None) -> np.ndarray:
        """Rows (n, p) float32 of parsed columns; numbers of a block that are ``ready`` are not made again."""
        X = np.empty((n, sum(len(column.multipliers) for column in self.columns)), dtype=np.float32)
        flags = self.flags
        for start in range(0, n, _BLOCK):
            stop = min(n, start + _BLOCK)
            part = {column.name: values[column.name][start:stop] for column in self.columns}
            blocks = np.concatenate([
                ready[column.name][start:stop] if ready and column.name in ready else column.block.encode(cells)
                for column, cells in zip(self.columns, part.values(), strict=True)
            ], axis=1)  # fmt: skip
            self.completion.fill(blocks)
            X[start:stop, ~flags] = blocks
            X[start:stop, flags] = np.array(
                [column.flag(part[column.name]) for column in self.columns if column.flagged]
            ).reshape(-1, stop - start).T  # fmt: skip
        X *= np.concatenate([column.multipliers for column in self.columns]).astype(np.float32)
        return X

    def excess(self, values: Mapping[str, Any]) -> np.ndarray:
        """How much farther out rows (n,) of parsed columns are than :meth:`encode` shows them."""
        parts = [
            column.block.excess(values[column.name]) * column.weights[0]
            for column in self.columns if isinstance(column.block, NumberBlock)
        ]  # fmt: skip
        return np.linalg.norm(parts, axis=0) if parts else np.zeros(len(next(iter(values.values()))))

    def decode(self, X: np.ndarray) -> dict[str, Any]:
        """Cells (n,) of each column by name, of rows (n, p)."""
        numbers = np.asarray(X, dtype=np.float64) / np.concatenate([column.multipliers for column in self.columns])
        cells, at = {}, 0
        for column in self.columns:
            cells[column.name] = column.block.decode(numbers[:, at : at + column.width])
            at += len(column.multipliers)
        return cells


def _rows(values: Any, index: np.ndarray) -> Any:
    """The values at ``index`` of an array, a categorical or a list."""
    return [values[position] for position in index.tolist()] if isinstance(values, list) else values[index]


def _weighed(
    columns: list[TableColumn], encoded: Mapping[str, np.ndarray], values: Mapping[str, Any], mass: np.ndarray,
    size: float,
) -> list[TableColumn]:  # fmt: skip
    """The columns with their relevance and weights."""
    groups = [list(column.parts_of(encoded[column.name], values[column.name], mass)) for column in columns]
    counts = [len(parts) for parts in groups]
    depends = dependence([part for parts in groups for part in parts], mass, size)
    owner = _owners(columns)
    alike = redundancy(depends, owner)
    speaks = speaking(depends, owner, alike)
    relevant = relevance(speaks if speaks.any() else np.where(owner[:, None] == owner, 0.0, depends))
    if not speaks.any():  # no column speaks for another: a cycle of dates is on its own
        relevant = relevant * np.concatenate([
            [*column.block.uneven(encoded[column.name], mass), *([1.0] if column.flagged else [])]
            if isinstance(column.block, DateBlock) else np.ones(count)
            for column, count in zip(columns, counts, strict=True)
        ])  # fmt: skip
    weights, weighed, at = part_weights(relevant) / np.sqrt(1 + alike.sum(axis=1)), [], 0
    for column, count in zip(columns, counts, strict=True):
        multipliers = (weights[at : at + count] * column.block.emphasis).tolist()
        if column.flagged:
            multipliers[-1] = float(weights[at + count - 1] * FLAG_WEIGHT)
        weighed.append(replace(column, relevance=tuple(relevant[at : at + count].tolist()), weights=tuple(multipliers)))
        at += count
    return weighed


def _owners(columns: list[TableColumn]) -> np.ndarray:
    """Which column each part is of, numbered from 0; a flag is a column of its own, as its cells are elsewhere."""
    owner: list[int] = []
    for column in columns:
        new = owner[-1] + 1 if owner else 0
        owner += [new] * len(column.block.parts) + ([new + 1] if column.flagged else [])
    return np.array(owner)
