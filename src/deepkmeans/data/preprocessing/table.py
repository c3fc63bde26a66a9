"""The columns of a table, of any kind, as rows of numbers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd
from torch import Tensor

from ...exceptions import InvalidDataError
from ...runtime import Seeds
from ..array_inputs import float_dtype
from ..cells.given_back import given_back
from ..given import GivenInput
from ..input_spec import InputSpec
from ..schema import Schema
from ..unknown_cells import UnknownCells, new_categories, new_entries
from .categories import CategoryBlock
from .column_block import missing_cells
from .lists import ListBlock
from .mixed_columns import MixedColumns
from .stored_table import check_stored_table, columns_from_parts, columns_to_parts

__all__ = ["TablePreprocessor"]

#: Up to so many rows copies are looked for.
_LOOKED_AT = 20_000


@dataclass(frozen=True, eq=False)
class TablePreprocessor:
    """From a table to its numbers (n, p).

    Of numbers, yes/no and ordered levels alone they are the numbers themselves, NaN where missing, and are scaled as
    those of any numeric table. Otherwise each column gets a block in which it counts as much as one number, a weight
    by what it has to do with the other columns, and its gaps are filled from the cells that are there.

    Attributes
    ----------
    schema : Schema
    mixed : MixedColumns or None
        None of numbers alone.
    missing : mapping of str to int
        Of the fit, by column that had some.
    notes : list of str
        On cells of the fit that were not read.
    single : bool
        Whether numbers alone are float32.
    """

    schema: Schema
    mixed: MixedColumns | None
    missing: Mapping[str, int]
    notes: Sequence[str]
    single: bool = False

    kind = "table"

    @classmethod
    def fit(
        cls, given: GivenInput, spec: InputSpec = InputSpec(), *, weight: np.ndarray | None = None,  # noqa: B008
        seeds: Seeds, schema: Schema | None = None, text_encoder: Any = None,
    ) -> tuple[TablePreprocessor, np.ndarray]:  # fmt: skip
        """The preprocessor of a table, and its rows.

        Parameters
        ----------
        given : GivenInput of kind "table", n rows
        spec : InputSpec
        weight : ndarray of shape (n,) or None
            2 counts as the row twice.
        seeds : Seeds
            Of the rows that are compared where there are more than 20,000, and of the directions of texts.
        schema : Schema or None
            None to recognise it.
        text_encoder : a pretrained encoder for columns of text, or None

        Returns
        -------
        (TablePreprocessor, ndarray of shape (n, p))
            float32; of numbers alone float32 or float64, as they were.

        Raises
        ------
        InvalidDataError
            If no column tells anything.
        """
        schema = Schema.recognise(given.rows, spec) if schema is None else schema
        read = schema.read(given.rows)
        gone = {name: int(missing_cells(values).sum()) for name, values in read.columns.items()}
        missing = {name: count for name, count in gone.items() if count}
        if schema.all_numeric():
            numeric = cls(schema, None, missing, schema.notes_on(read.unread), _single(given.rows, schema))
            return numeric, numeric._numbers(read.columns)
        mass = np.ones(len(given)) if weight is None else np.asarray(weight, dtype=np.float64)
        kinds = {column.name: column.kind for column in schema.kept}
        size = _different_rows(given.rows, schema, mass)
        if all(count == len(given) for count in gone.values()):
            raise InvalidDataError(
                "No cell of the table could be read; say what its columns are with InputSpec(columns={name: kind})."
            )
        mixed, X = MixedColumns.fit(read.columns, kinds, mass, size, seeds, text_encoder)
        return cls(schema, mixed, missing, schema.notes_on(read.unread)), X

    @property
    def scaled(self) -> bool:
        return self.mixed is not None

    @property
    def feature_names(self) -> list[str]:
        return [column.name for column in self.schema.kept] if self.mixed is None else self.mixed.feature_names

    @property
    def sources(self) -> list[str]:
        """The column of the table that each number of the rows (p,) is made of."""
        return self.feature_names if self.mixed is None else self.mixed.sources

    @property
    def views(self) -> dict[str, np.ndarray] | None:
        """Multipliers (p,) of the rows by the name of a view in which partitions are sought; None of numbers alone."""
        return None if self.mixed is None else self.mixed.views

    @property
    def flags(self) -> np.ndarray | None:
        """Columns (m,) of the rows that are above 0 where a cell was missing; None of numbers alone."""
        return None if self.mixed is None else np.flatnonzero(self.mixed.flags)

    @property
    def level_owners(self) -> np.ndarray | None:
        """Which column of levels each number (p,) of the rows is of, -1 of others; None of numbers alone."""
        return None if self.mixed is None else self.mixed.level_owners

    def levels(self, X: np.ndarray, mass: np.ndarray) -> tuple[np.ndarray, np.ndarray] | None:
        """Rows (n, p) of this table as groups of like cells, see :meth:`MixedColumns.levels`; None of numbers alone."""
        return None if self.mixed is None else self.mixed.levels(X, mass)

    def transform(self, given: GivenInput) -> np.ndarray:
        """Rows (n, p) of a table with the columns of the fit, in any order.

        A level that the fit has not seen is one of the rare ones if there were some, else it tells nothing, as does a
        missing cell in a column that had none.

        Raises
        ------
        InvalidDataError
            For texts, and for a table that lacks a column.
        """
        if given.kind != "table":
            raise InvalidDataError(
                "The fit was of a table, and texts are given. Give a DataFrame with the columns of the fit."
            )
        return self.transform_with_unknown_cells(given)[0]

    def transform_with_unknown_cells(self, given: GivenInput) -> tuple[np.ndarray, tuple[UnknownCells, ...]]:
        """What :meth:`transform` gives, and the cells of which the fit tells nothing, column by column.

        Where the fit has pooled rare categories a new one is one of these, and not reported.
        """
        read = self.schema.read(given.rows)
        if self.mixed is None:
            return self._numbers(read.columns), read.unread
        known = {
            column.name: column.block.levels for column in self.mixed.columns
            if isinstance(column.block, CategoryBlock) and not column.block.pools
        }  # fmt: skip
        blocks = {column.name: column.block for column in self.mixed.columns}
        lists = {name: block.items for name, block in blocks.items() if isinstance(block, ListBlock)}
        new = [
            *(new_categories(name, read.columns[name], levels) for name, levels in known.items()),
            *(new_entries(name, read.columns[name], items) for name, items in lists.items()),
        ]
        unknown = (*read.unread, *(cells for cells in new if cells is not None))
        return self.mixed.encode(read.columns, len(given)), unknown

    def excess(self, given: GivenInput) -> np.ndarray | None:
        """How much farther out rows (n,) are than :meth:`transform` shows them, which cuts numbers off that are no
        ordinary ones; None of numbers alone, which are never cut."""
        return None if self.mixed is None else self.mixed.excess(self.schema.read(given.rows).columns)

    def _numbers(self, values: Mapping[str, Any]) -> np.ndarray:
        columns = [values[column.name] for column in self.schema.kept]
        return np.stack(columns, axis=1).astype(np.float32 if self.single else np.float64)

    def inverse(self, rows: np.ndarray) -> pd.DataFrame:
        """Rows (n, p) as the user's columns: numbers in their units, the likeliest level, dates by their age.

        Texts and spellings are None; columns that were left out are not there.
        """
        rows = np.asarray(rows, dtype=np.float64)
        decoded = dict(zip(self.feature_names, rows.T, strict=True)) if self.mixed is None else self.mixed.decode(rows)
        cells = {}
        for column in self.schema.kept:
            values = decoded.get(column.name, np.full(len(rows), None, dtype=object))
            cells[column.name] = given_back(values, column) if column.name in decoded else values
        return pd.DataFrame(cells, columns=[column.name for column in self.schema.kept])

    def with_note(self, note: str) -> TablePreprocessor:
        """The same, with one more note on the cells of the fit."""
        return replace(self, notes=[*self.notes, note])

    def report(self) -> dict[str, Any]:
        """``{"kind", "columns": [{"name", "kind", "used", "reason", ...}], "notes"}``."""
        decided = {} if self.mixed is None else {column.name: column.report() for column in self.mixed.columns}
        used = {column.name for column in self.schema.kept} if self.mixed is None else set(decided)
        columns = [
            {"name": column.name, "kind": column.kind, "used": column.name in used, "reason": column.reason,
             **({"n_missing": self.missing[column.name]} if column.name in self.missing else {}),
             **decided.get(column.name, {})}
            for column in self.schema.columns
        ]  # fmt: skip
        return {"kind": self.kind, "columns": columns, "notes": [*self.schema.surprises(), *self.notes]}

    def to_parts(self) -> tuple[dict[str, Any], dict[str, Tensor]]:
        """Document and tensors for a file; names of tensors begin with ``preprocessing/``."""
        document, tensors = (None, {}) if self.mixed is None else columns_to_parts(self.mixed)
        return {
            "kind": self.kind, "schema": self.schema.to_document(), "mixed": document, "missing": dict(self.missing),
            "notes": list(self.notes), "single": self.single,
        }, tensors  # fmt: skip

    @classmethod
    def from_parts(
        cls, document: Mapping[str, Any], tensors: Mapping[str, Tensor], encoder: Any = None
    ) -> TablePreprocessor:  # fmt: skip
        """Rebuild what :meth:`to_parts` gave, once checked, with the ``encoder`` of texts that a file cannot name."""
        mixed = None if document["mixed"] is None else columns_from_parts(document["mixed"], tensors, encoder)
        schema = Schema.from_document(document["schema"])
        return cls(schema, mixed, document["missing"], document["notes"], document["single"])

    @staticmethod
    def check_parts(document: Any, tensors: Mapping[str, Tensor]) -> dict[str, int]:
        """``n_given`` and ``n_features``; :class:`~deepkmeans.storage.schema.MismatchError` for what is no table."""
        return check_stored_table(document, tensors)


def _single(frame: pd.DataFrame, schema: Schema) -> bool:
    """Whether all kept columns are float32 or small whole numbers."""
    names = [str(name) for name in frame.columns] if schema.named else [str(i) for i in range(frame.shape[1])]
    place_of = {name: place for place, name in enumerate(names)}
    dtypes = [frame.dtypes.iloc[place_of[column.source]] for column in schema.kept]
    return all(isinstance(dtype, np.dtype) and float_dtype(dtype) == np.float32 for dtype in dtypes)


def _different_rows(frame: pd.DataFrame, schema: Schema, mass: np.ndarray) -> float:
    """(sum w)^2 / sum w^2 of the weights w of different rows: how many of one weight would be as good."""
    if len(frame) <= _LOOKED_AT:
        kept = {column.source for column in schema.kept}
        names = [str(name) for name in frame.columns] if schema.named else [str(i) for i in range(frame.shape[1])]
        kept_at = [place for place, name in enumerate(names) if name in kept]
        keys = pd.util.hash_pandas_object(frame.iloc[:, kept_at].astype(str), index=False)
        mass = np.bincount(pd.factorize(keys)[0], mass)
    return float(mass.sum() ** 2 / np.square(mass).sum())
