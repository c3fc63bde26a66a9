"""What the columns of a table are: recognised once, at the fit, and read alike ever after."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from .._quoting import short
from .._validation import did_you_mean
from ..exceptions import InvalidDataError, InvalidParameterError
from .cells.agreement import agreed, as_numbers_alone
from .cells.column import ColumnCells
from .cells.column_types import column_cells
from .cells.kind import Column
from .cells.parsing import parse_column
from .cells.recognition import recognise_column
from .cells.requested import as_requested
from .cells.several import part_cells, several_numbers
from .cells.summary import lines
from .input_spec import COLUMN_KINDS, InputSpec
from .repeated_rows import first_of_each
from .schema_rule import SCHEMA_RULE, columns_from, columns_to
from .unknown_cells import UnknownCells, unread_cells

__all__ = ["SCHEMA_RULE", "Column", "ParsedTable", "Schema"]

#: Kinds of columns that describe the rows.
_KEPT = COLUMN_KINDS[:7]
#: Kinds of which a key seems to be one where rows are there twice.
_MAY_BE_KEYS = ("number", "category", "text")


@dataclass(frozen=True)
class ParsedTable:
    """Values of the kept columns by name, in the order of the schema, and the cells that could not be read."""

    columns: dict[str, Any]
    unread: tuple[UnknownCells, ...]


@dataclass(frozen=True)
class Schema:
    """The columns of a table, in the order of the frame of the fit.

    Attributes
    ----------
    columns : tuple of Column
    named : bool
        Whether the frame had names; without, columns are known by their position, "0", "1", ...
    """

    columns: tuple[Column, ...]
    named: bool

    @classmethod
    def recognise(cls, frame: Any, spec: InputSpec | None = None) -> Schema:
        """What the columns of a pandas frame are; ``spec`` says it of some.

        How numbers and dates are written is decided on a sample of the distinct cells, and checked on all. The decimal
        mark and the order of day and month are those of the whole table: columns that leave no doubt decide for others.
        Where a few rows are there twice, keys are those of the others.

        Raises
        ------
        InvalidParameterError
            For a name in ``spec`` that is no column, or a kind that its cells cannot be.
        InvalidDataError
            For columns of one name, or of complex numbers.
        """
        spec = spec or InputSpec()
        names, named = _names(frame)
        decimal = None if spec.decimal == "auto" else spec.decimal
        kinds = _requested_kinds(spec, names, named)
        levels = {str(name): [str(level) for level in order] for name, order in spec.levels.items()}
        columns: list[Column] = []
        for position, name in enumerate(names):
            kind = kinds.get(name)
            if kind == "ignored":
                columns.append(Column(name, kind, "as you said"))
                continue
            cells = column_cells(frame.iloc[:, position])
            if kind is None:
                columns += _recognised(name, cells, decimal, names)
            else:
                columns.append(as_requested(name, cells, kind, levels.get(name), decimal))
        first = first_of_each(frame) if len(kinds) < len(names) else None
        place = {name: position for position, name in enumerate(names)}
        if first is not None:
            alone = [column for column in columns if column.source not in kinds and column.kind in _MAY_BE_KEYS]
            for source in dict.fromkeys(column.source for column in alone):
                key = _key_among(column_cells(frame.iloc[:, place[source]].iloc[first]), source, decimal)
                if key is not None:
                    columns = _with_key(columns, key)
        columns = agreed(columns, lambda column: column_cells(frame.iloc[:, place[column.source]]), decimal)
        return cls(tuple(as_numbers_alone(columns)), named)

    def parse(self, frame: Any) -> dict[str, Any]:
        """The values of the kept columns of a frame by name: the ``columns`` of :meth:`read`."""
        return self.read(frame).columns

    def read(self, frame: Any) -> ParsedTable:
        """The kept columns of a frame, in whatever order it has them; its other columns are not looked at.

        Numbers, yes/no (0 and 1) and ordered levels (their ranks) are float64 (n,), NaN where missing; dates
        datetime64[s]; categories a pandas.Categorical, new ones too; texts a list of str, "" where missing; lists a
        list of tuples of str.

        Raises
        ------
        InvalidDataError
            For a frame without one of the kept columns.
        """
        names, named = _names(frame)
        positions = {name: position for position, name in enumerate(names)}
        self._check_columns(positions, named)
        columns: dict[str, Any] = {}
        unread = []
        for column in self.kept:
            cells = column_cells(frame.iloc[:, positions[column.source]])
            if column.source != column.name:
                cells = part_cells(cells, column.options)
            columns[column.name], lost = parse_column(cells, column)
            if lost:
                unread.append(unread_cells(column.name, column.kind, cells, columns[column.name], lost))
        return ParsedTable(columns, tuple(unread))

    def notes_on(self, unread: Sequence[UnknownCells]) -> list[str]:
        """What is to be said of cells of the fit that could not be read, where no column says so."""
        said = {column.name for column in self.columns if any("as missing" in note for note in column.notes)}
        return [str(cells) for cells in unread if cells.column not in said]

    @property
    def kept(self) -> tuple[Column, ...]:
        """Columns that describe the rows."""
        return tuple(column for column in self.columns if column.kind in _KEPT)

    @property
    def dropped(self) -> tuple[Column, ...]:
        """Columns that are left out: keys, constants, empty ones, links, paths, and those that the user leaves out."""
        return tuple(column for column in self.columns if column.kind not in _KEPT)

    @property
    def sources(self) -> tuple[str, ...]:
        """The columns of the frame; one with several numbers in a cell is one here, and several in ``columns``."""
        return tuple(dict.fromkeys(column.source for column in self.columns))

    @property
    def kept_sources(self) -> tuple[str, ...]:
        """The columns of the frame that describe the rows: new rows must have these."""
        return tuple(dict.fromkeys(column.source for column in self.kept))

    def all_numeric(self) -> bool:
        """Whether every kept column is numbers, yes/no or ordered levels."""
        return all(column.kind in ("number", "boolean", "ordinal") for column in self.kept)

    def to_document(self) -> dict[str, Any]:
        """As JSON, following :data:`SCHEMA_RULE`."""
        return {"named": self.named, "columns": columns_to(self.columns)}

    @classmethod
    def from_document(cls, document: Any) -> Schema:
        """Rebuild what :meth:`to_document` gave.

        Raises
        ------
        MismatchError
            Of :mod:`deepkmeans.storage.schema`, for anything else.
        """
        return cls(columns_from(document), document["named"])

    def lines(self) -> list[str]:
        """What was recognised: one line a kind, one a surprise, and last the way to say otherwise."""
        return lines(self.columns, self.kept)

    def surprises(self) -> list[str]:
        """What is to be known of single columns, beside their kinds."""
        return [f"{short(column.name)}: {note}" for column in self.columns for note in column.notes]

    def _check_columns(self, positions: dict[str, int], named: bool) -> None:
        missing = [name for name in self.kept_sources if name not in positions]
        if self.named and not named:
            problem = "has no names of columns, which that of the fit had"
        elif missing:
            shown = ", ".join(short(name) for name in missing[:5]) + (", ..." if len(missing) > 5 else "")
            others = [name for name in positions if name not in self.sources]
            near = did_you_mean(missing[0], others) if named else ""
            problem = f"lacks the column{'s' if len(missing) > 1 else ''} {shown}{near}"
        else:
            return
        raise InvalidDataError(f"The table {problem}: give a DataFrame with the columns of the fit, in any order.")


def _recognised(name: str, cells: ColumnCells, decimal: str | None, names: Sequence[str]) -> list[Column]:
    """A column, or those of the numbers in each of its cells."""
    column = recognise_column(name, cells, decimal=decimal)
    if column.kind not in ("category", "text", "list", "identifier"):
        return [column]
    columns = several_numbers(column, cells)
    return [column] if {each.name for each in columns} & ({*names} - {name}) else columns


def _key_among(cells: ColumnCells, name: str, decimal: str | None) -> Column | None:
    """The column of these cells, of rows of which no two are alike, if it is a key."""
    column = recognise_column(name, cells, decimal=decimal)
    return column if column.kind == "identifier" else None


def _with_key(columns: Sequence[Column], key: Column) -> list[Column]:
    """Columns of which the one that ``key`` is, or those of the numbers in its cells, are replaced by it."""
    at = next(place for place, column in enumerate(columns) if column.source == key.name)
    others = [column for column in columns if column.source != key.name]
    return [*others[:at], key, *others[at:]]


def _names(frame: Any) -> tuple[list[str], bool]:
    """Names of the columns, and whether they have some; else their positions."""
    if not all(isinstance(name, str) for name in frame.columns):
        return [str(position) for position in range(frame.shape[1])], False
    names = list(frame.columns)
    if len(set(names)) < len(names):
        twice = next(name for name in names if names.count(name) > 1)
        raise InvalidDataError(f"The table has several columns {short(twice)}: give every column a name of its own.")
    return names, True


def _requested_kinds(spec: InputSpec, names: Sequence[str], named: bool) -> dict[str, str]:
    """Kinds that the user gives, by name."""
    for name in map(str, spec.columns):
        if name not in names:
            near = did_you_mean(name, names)
            have = near or f"; they are {', '.join(short(each, 30) for each in names[:8])}"
            where = "column of the table" if named else "position of a column, as the table has no names"
            parameter = "levels" if name in map(str, spec.levels) else "columns"
            raise InvalidParameterError(
                f"The '{parameter}' parameter of InputSpec has {short(name)}, which is no {where}{have}."
            )
    return {str(name): kind for name, kind in spec.columns.items()}
