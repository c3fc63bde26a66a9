"""What the rows of a table are called in labels.csv: the user's own identifier, a stored index, or their numbers."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from ..data.file_kinds import texts_of
from ..persistence.run_labels import ROW, index_hash

if TYPE_CHECKING:
    from ..data.files import Table
    from .file_options import FileOptions

__all__ = ["FILE", "ROWS", "RowNames"]

#: The column of the names of files, where each is a row.
FILE = "file"
#: What one row is called, by the kind of its table.
ROWS = {"text": "text", "image": "picture", "audio": "recording"}
#: Columns of labels.csv that a name must differ from.
_TAKEN = ("label", "distance")


@dataclass(frozen=True)
class RowNames:
    """The names of the rows, in their order, and of the column that holds them.

    Attributes
    ----------
    names : iterable
    column : str
        ``row``, ``file`` of a folder of texts, pictures or recordings, or the name of the identifier.
    are_numbers : bool
        Whether they are the numbers of the rows in the file, from 0.
    """

    names: Iterable[Any]
    column: str = ROW
    are_numbers: bool = False

    @classmethod
    def of(cls, table: Table, report: Mapping[str, Any], how: FileOptions) -> RowNames:
        """Of a table that was read like ``how``, by what a fit said of its columns in ``report_``.

        An identifier is a column that the fit recognised as one, and in which no cell is missing and no two are alike;
        one that only numbers the rows is taken if there is no other.
        """
        frame, numbering = table.rows_read, None
        columns = report.get("input", {}).get("columns", ())
        keys = [column["name"] for column in columns if column["kind"] == "identifier"]
        for name in [*keys, *table.identifiers]:
            if name in _TAKEN or name not in getattr(frame, "columns", ()):
                continue
            cells = _cells(table, name, how)
            if "" not in cells and len(set(cells)) == len(cells):
                named = cls(cells, name)
                if not _number_rows(cells):
                    return named
                numbering = numbering or named
        if numbering is not None:
            return numbering
        if table.kind in ("image", "audio"):
            return cls([] if table.index is None else table.index.tolist(), FILE)
        if table.path.is_dir():
            return cls([path.name for path in texts_of(table.path)], FILE)
        if table.index is not None:
            return cls(table.index.tolist())
        return cls(range(table.n_samples) if table.rows is None else table.rows.tolist(), are_numbers=True)

    def document(self) -> dict[str, Any]:
        """What run.json keeps of them, so that labels.csv is checked when it is read."""
        if self.are_numbers:
            return {}
        said = {} if self.column == ROW else {"identifier": self.column}
        return {**said, "index": index_hash(self.names)}


def _cells(table: Table, name: str, how: FileOptions) -> list[str]:
    """A column as text, "" where a cell is missing; of rows in float32, which rounds long numbers, from the file."""
    if table.numeric:
        from ..data.files import read_row_names

        names = read_row_names(table.path, name, **how.arguments()) or []
        return names if table.rows is None else [names[row] for row in table.rows.tolist()]
    cells = table.rows_read[name]
    texts = [str(int(cell)) if isinstance(cell, float) and cell.is_integer() else str(cell) for cell in cells.tolist()]
    return ["" if missing else text.strip() for text, missing in zip(texts, cells.isna().tolist(), strict=True)]


def _number_rows(cells: list[str]) -> bool:
    """Whether these are whole numbers, each one more than the last."""
    first = cells[0]
    return first.isdecimal() and cells == [str(number) for number in range(int(first), int(first) + len(cells))]
