"""The formats of ``--append``: how each is written with one column more."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple

from .._optional import require
from .._quoting import no_formula
from ..data.file_kinds import ARROW, COMPRESSED, JSON, SPREADSHEETS, TEXTS, kind_of
from ..exceptions import InvalidDataError
from ..storage import atomic_write
from .file_options import FileOptions

__all__ = ["FORMATS", "Format", "cluster_name", "formats_for"]

#: What is known of each row: its cluster, or None for one that was left out.
Cells = Sequence[int | None]


class Format(NamedTuple):
    """Kinds of files that a format is made of, endings of its own files, and what writes one and names the column."""

    sources: tuple[str, ...]
    targets: tuple[str, ...]
    write: Callable[[Path, Path, Cells, FileOptions], str]


def cluster_name(names: Iterable[str]) -> str:
    """``cluster``, or ``cluster.1`` and so on if there is such a column."""
    taken, name, number = set(names), "cluster", 0
    while name in taken:
        number += 1
        name = f"cluster.{number}"
    return name


def formats_for(source: Path) -> list[Format]:
    """The formats in which a file can be written again, its own first; none for arrays."""
    if source.is_dir():
        return [Format((), (".csv", ".tsv"), write_texts)]
    kind = kind_of(source)
    packed = kind in COMPRESSED
    kind = (packed and Path(source.stem).suffix.lower()) or kind
    unpacked = (_json_lines, _workbook)
    return [each for each in FORMATS if kind in each.sources and not (packed and each.write in unpacked)]


def write_texts(target: Path, source: Path, cells: Cells, how: FileOptions) -> str:
    """Texts as a table: of a file the text of each line, of a folder the name of each file."""
    from ..data.file_kinds import texts_of
    from ..data.files import read_table

    if source.is_dir():
        name, column = "file", [path.name for path in texts_of(source)]
    else:
        name, column = "text", read_table(source, kind="text", **how.arguments()).X
    _check_count(len(column), cells, source)
    with _writer(target, "utf-8", ",") as writer:
        writer.writerow([name, "cluster"])
        writer.writerows([no_formula(text), "" if label is None else label]
                         for text, label in zip(column, cells, strict=True))  # fmt: skip
    return "cluster"


def _text_table(target: Path, source: Path, cells: Cells, how: FileOptions) -> str:
    from ..data.files import opened_file
    from ..data.text_layout import find_layout

    with opened_file(source, **how.arguments()) as request:
        layout = find_layout(request)
        name, width = cluster_name(layout.header or ()), layout.n_named
        separator = "," if layout.delimiter == " " else layout.delimiter  # any number of blanks
        with _writer(target, layout.encoding, separator) as writer:
            if layout.header is not None:
                writer.writerow([*map(no_formula, layout.header), name])
            count = 0
            for count, (_, record) in enumerate(layout.rows(), 1):
                _check_count(count, cells, source, so_far=True)
                label = cells[count - 1]
                row = [no_formula(cell) for cell in record[:width]]
                writer.writerow([*row, *[""] * (width - len(row)), "" if label is None else label])
            _check_count(count, cells, source)
    return name


@contextmanager
def _writer(target: Path, encoding: str, separator: str) -> Iterator[Any]:
    """A writer of CSV into a file that changes only at the end."""
    delimiter = "\t" if target.suffix.lower() in (".tsv", ".tab") else separator
    with atomic_write(target) as file:
        text = io.TextIOWrapper(file, encoding=encoding, newline="")
        yield csv.writer(text, delimiter=delimiter, lineterminator="\n")
        text.flush()
        text.detach()


def _json_lines(target: Path, source: Path, cells: Cells, how: FileOptions) -> str:
    from ..data.files import opened_file
    from ..data.json_tables import json_values

    with opened_file(source, **how.arguments()) as request:
        records = [dict(record) for record in json_values(request, source)]
    _check_count(len(records), cells, source)
    name = cluster_name({key for record in records for key in record})
    with atomic_write(target) as file:
        for record, label in zip(records, cells, strict=True):
            file.write(json.dumps({**record, name: label}, ensure_ascii=False).encode() + b"\n")
    return name


def _parquet(target: Path, source: Path, cells: Cells, how: FileOptions) -> str:
    from ..data.files import opened_file

    pa = require("pyarrow", extra="parquet", purpose="Writing .parquet files")
    parquet = require("pyarrow.parquet", extra="parquet", purpose="Writing .parquet files")
    with opened_file(source, **how.arguments()) as request:
        table = parquet.read_table(request.path)
    _check_count(table.num_rows, cells, source)
    name = cluster_name(table.column_names)
    table = table.append_column(name, pa.array(cells, type=pa.int32()))
    with atomic_write(target) as file:
        if target.suffix.lower() == ".parquet":
            parquet.write_table(table, file)
        else:
            with pa.ipc.new_file(file, table.schema) as writer:
                writer.write_table(table)
    return name


def _workbook(target: Path, source: Path, cells: Cells, how: FileOptions) -> str:
    """The workbook as it is, with a column more to the right of the sheet that was read."""
    from ..data.files import opened_file
    from ..data.text_layout import find_layout

    openpyxl = require("openpyxl", extra="excel", purpose="Writing .xlsx files")
    with opened_file(source, **how.arguments()) as request:
        layout, sheet_name = find_layout(request), request.format.sheet
        row_of = _sheet_rows(request.path)
        lines = [line for line, _ in layout.records()]
    head = lines[: layout.header is not None]
    _check_count(len(lines) - len(head), cells, source)
    name = cluster_name(layout.header or ())
    with source.open("rb") as file:  # standard input has another name
        book = openpyxl.load_workbook(file)
    sheet = book[sheet_name]
    column = layout.n_named + 1
    for line, value in zip(lines, [*([name] if head else []), *cells], strict=True):
        sheet.cell(row_of[line], column, value)
    with atomic_write(target) as written:
        book.save(written)
    return name


def _sheet_rows(path: Path) -> dict[int, int]:
    """The row of a sheet for each line of its text in which one begins: cells can have several lines."""
    row_of, line = {}, 1
    with path.open(encoding="utf-8", newline="") as file:
        reader = csv.reader(file)
        for row, _ in enumerate(reader, 1):
            row_of[line] = row
            line = reader.line_num + 1
    return row_of


def _check_count(count: int, cells: Cells, source: Path, *, so_far: bool = False) -> None:
    if count > len(cells) or (count < len(cells) and not so_far):
        raise InvalidDataError(f"{source} changed while the command ran: it had {len(cells)} rows and has others now")


#: In the order in which they are looked for.
FORMATS = [
    Format(JSON, (".jsonl", ".ndjson"), _json_lines),
    Format((".parquet", *ARROW), (".parquet", *ARROW), _parquet),
    Format((".xlsx",), (".xlsx",), _workbook),
    Format((*TEXTS, *JSON, *SPREADSHEETS, *COMPRESSED), TEXTS, _text_table),
]
