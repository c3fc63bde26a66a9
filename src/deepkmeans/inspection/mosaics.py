"""Rows put together of the cells, words or patches of two rows, in the container in which a model takes rows."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Protocol

import numpy as np
import scipy.sparse as sp

from ..data import check_input
from ..data.given_frames import cell_frame, pandas_frame
from ..data.given_texts import given_texts
from .original import OriginalRows
from .spaces import Clusterer

__all__ = ["Mosaic", "PictureMosaic", "TableMosaic", "TextMosaic", "mosaic_of"]

_WORD = re.compile(r"\w+", re.UNICODE)
#: Patches along a side of a picture.
_PATCHES = 7


class Mosaic(Protocol):
    """Rows that can be taken apart.

    Attributes
    ----------
    names : tuple of str of length c
        The user's columns.
    """

    @property
    def names(self) -> tuple[str, ...]: ...

    def pieces(self, row: int) -> list[np.ndarray]:
        """What a row can be taken apart into: positions in ``names``."""
        ...

    def build(self, rows: np.ndarray, others: np.ndarray, kept: np.ndarray) -> Any:
        """Rows (m, ...): of the rows ``rows`` (m,) the columns ``kept`` (m, c), of ``others`` (m,) the rest."""
        ...


@dataclass(frozen=True, eq=False)
class TableMosaic:
    """Rows of a frame, of an array, or of a sparse matrix."""

    X: Any
    names: tuple[str, ...]
    #: Positions of these columns in ``X``.
    columns: np.ndarray

    def pieces(self, row: int) -> list[np.ndarray]:
        return [np.array([position]) for position in range(len(self.names))]

    def build(self, rows: np.ndarray, others: np.ndarray, kept: np.ndarray) -> Any:
        whole = np.ones((len(rows), self.X.shape[1]), dtype=bool)
        whole[:, self.columns] = kept
        if sp.issparse(self.X):
            return sp.csr_matrix(np.where(whole, self.X[rows].toarray(), self.X[others].toarray()))
        taken = np.where(whole, rows[:, None], others[:, None])
        if isinstance(self.X, np.ndarray):
            return self.X[taken, np.arange(self.X.shape[1])]
        import pandas as pd

        cells = {name: self.X.iloc[:, at].array.take(taken[:, at]) for at, name in enumerate(self.X.columns)}
        return pd.DataFrame(cells, columns=self.X.columns)

    def cells(self, position: int) -> np.ndarray:
        """Cells (n,) of a column, as they were given."""
        at = int(self.columns[position])
        if sp.issparse(self.X):
            return np.asarray(self.X[:, [at]].toarray()).ravel()
        return self.X[:, at] if isinstance(self.X, np.ndarray) else np.asarray(self.X.iloc[:, at])

    def changed(self, row: int, changes: Sequence[Mapping[int, Any]]) -> Any:
        """The row again for each of ``changes``, with other cells in the columns of these positions."""
        rows = np.full(len(changes), row)
        made = self.build(rows, rows, np.ones((len(changes), len(self.names)), dtype=bool))
        made = made.tolil() if sp.issparse(made) else made
        placed: dict[int, tuple[list[int], list[Any]]] = {}
        for number, change in enumerate(changes):
            for position, cell in change.items():
                at, cells = placed.setdefault(position, ([], []))
                at.append(number)
                cells.append(cell)
        for position, (at, cells) in sorted(placed.items()):
            column = int(self.columns[position])
            if isinstance(made, np.ndarray) or sp.issparse(made):
                made[at, column] = cells
            else:
                made.isetitem(column, _replaced(made.iloc[:, column], at, cells))
        return made.tocsr() if sp.issparse(made) else made


def _replaced(column: Any, at: list[int], cells: list[Any]) -> Any:
    """A column of a frame with other cells at some places."""
    column = column.copy()
    column.iloc[at] = cells if len(at) > 1 else cells[0]
    return column


@dataclass(frozen=True, eq=False)
class TextMosaic:
    """Texts, of which words are left out."""

    texts: tuple[str, ...]
    #: Of which rows the words are looked at.
    rows: tuple[int, ...]
    #: Whether the model takes a table of one column.
    frame: Any = None

    @cached_property
    def names(self) -> tuple[str, ...]:
        return tuple(sorted({word for row in self.rows for word in self._words(row)}))

    @cached_property
    def _places(self) -> dict[str, int]:
        return {word: place for place, word in enumerate(self.names)}

    def _words(self, row: int) -> list[str]:
        return list(dict.fromkeys(word.lower() for word in _WORD.findall(self.texts[row])))

    def pieces(self, row: int) -> list[np.ndarray]:
        return [np.array([self._places[word]]) for word in self._words(row)]

    def build(self, rows: np.ndarray, others: np.ndarray, kept: np.ndarray) -> Any:
        made = []
        for row, mask in zip(rows.tolist(), kept, strict=True):
            made.append(_WORD.sub(lambda word: word[0] if mask[self._places[word[0].lower()]] else "", self.texts[row]))  # noqa: B023
        return made


@dataclass(frozen=True, eq=False)
class PictureMosaic:
    """Pictures (n, height, width) or (n, height, width, channels), in patches."""

    pictures: np.ndarray
    #: Shape of a row, as the model takes it.
    shape: tuple[int, ...]

    @property
    def names(self) -> tuple[str, ...]:
        height, width = self.pictures.shape[1:3]
        return tuple(f"pixel ({line}, {column})" for line in range(height) for column in range(width))

    def pieces(self, row: int) -> list[np.ndarray]:
        height, width = self.pictures.shape[1:3]
        pixels = np.arange(height * width).reshape(height, width)
        return [
            part.ravel() for band in np.array_split(pixels, min(_PATCHES, height)) for part in
            np.array_split(band, min(_PATCHES, width), axis=1)
        ]  # fmt: skip

    def build(self, rows: np.ndarray, others: np.ndarray, kept: np.ndarray) -> Any:
        mask = kept.reshape(len(rows), *self.pictures.shape[1:3], *[1] * (self.pictures.ndim - 3))
        return np.where(mask, self.pictures[rows], self.pictures[others]).reshape(len(rows), *self.shape)


def mosaic_of(clusterer: Clusterer, X: Any, rows: OriginalRows, index: np.ndarray) -> Mosaic:
    """The rows of ``X``; of texts, those at ``index`` can be taken apart."""
    if rows.pictures is not None:
        shape = np.shape(X)[1:]
        flat = int(np.prod(rows.pictures.shape[1:]))
        return PictureMosaic(rows.pictures, shape if int(np.prod(shape)) == flat else (flat,))
    if rows.texts is not None and given_texts(X, allow="missing") is not None:
        return TextMosaic(rows.texts, tuple(index.tolist()))
    return table_of(clusterer, X)


def table_of(clusterer: Clusterer, X: Any) -> TableMosaic:
    """The rows of ``X`` as a table whose cells can be replaced, and the columns that the model looks at."""
    frame = pandas_frame(X)
    if frame is None:
        table = _array(X)
        fitted = clusterer.feature_names
        names = fitted if fitted is not None else [f"x{position}" for position in range(table.shape[1])]
        return TableMosaic(table, tuple(map(str, names)), np.arange(table.shape[1]))
    schema = getattr(clusterer.preprocessor, "schema", None)
    used = None if schema is None or not schema.named else {*schema.kept_sources}
    names = [str(name) for name in frame.columns]
    kept = [at for at, name in enumerate(names) if used is None or name in used]
    return TableMosaic(frame, tuple(names[at] for at in kept), np.array(kept, dtype=np.int64))


def _array(X: Any) -> Any:
    """Rows of numbers as an array or a CSR matrix, of other cells as an array of objects."""
    cells = cell_frame(X)
    if cells is not None:
        return cells.to_numpy(dtype=object)
    return check_input(X, "explain_rows", missing="impute", keep_sparse=True, pictures=True).X
