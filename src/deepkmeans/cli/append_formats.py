"""The formats of ``--append``: how each is written with one column more."""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import NamedTuple

from .._optional import require
from .._quoting import no_formula
from ..data.file_kinds import ARROW, COMPRESSED, JSON, SPREADSHEETS, TEXTS, kind_of, media_kind
from ..storage import atomic_write
from .append_json import json_lines, json_text_again
from .append_rows import Cells, check_count, cluster_name
from .append_text import as_it_is, text_writer, written_anew
from .file_options import FileOptions
from .row_names import FILE

__all__ = ["FORMATS", "Format", "formats_for", "write_file_names", "write_texts"]


class Format(NamedTuple):
    """Kinds of files that a format is made of, endings of its own files, and what writes one and names the column."""

    sources: tuple[str, ...]
    targets: tuple[str, ...]
    write: Callable[[Path, Path, Cells, FileOptions], str]


def formats_for(source: Path) -> list[Format]:
    """The formats in which a file can be written again, its own first; none for arrays."""
    if source.is_dir() or media_kind(source):
        return [Format((), (".csv", ".tsv"), write_texts)]
    kind, packed = content_kind(source), kind_of(source) in COMPRESSED
    return [each for each in FORMATS if kind in each.sources and not (packed and each.write in _UNPACKED)]


def content_kind(source: Path) -> str:
    """The kind of what a file holds, unpacked, by its name; of standard input by its first bytes."""
    kind = kind_of(source)
    return (kind in COMPRESSED and Path(source.stem).suffix.lower()) or kind


def write_texts(target: Path, source: Path, cells: Cells, how: FileOptions) -> str:
    """Texts as a table: of a file the text of each line, blank ones too, of a folder the name of each file."""
    from ..data.file_kinds import texts_of
    from ..data.files import opened_file
    from ..data.text_files import text_lines

    if source.is_dir():
        files = [path.name for path in texts_of(source)]
        check_count(len(files), cells, source)
        return write_file_names(target, files, cells)
    with opened_file(source, **how.arguments()) as request:
        lines, encoding, end = text_lines(request)
    check_count(sum(bool(line.strip()) for line in lines), cells, source)
    labels = iter(cells)
    rows = ((line, next(labels) if line.strip() else None) for line in lines)
    return _written(target, "text", rows, encoding, end)


def write_file_names(target: Path, names: Iterable[str], cells: Cells) -> str:
    """The name of each file that is a row."""
    return _written(target, FILE, zip(names, cells, strict=True))


def _written(
    target: Path, name: str, rows: Iterable[tuple[str, int | None]], encoding: str = "utf-8", end: str = "\n"
) -> str:  # fmt: skip
    with text_writer(target, encoding, ",", end) as writer:
        writer.writerow([name, "cluster"])
        writer.writerows([no_formula(text), "" if label is None else label] for text, label in rows)
    return "cluster"


def _text_table(target: Path, source: Path, cells: Cells, how: FileOptions) -> str:
    from ..data.files import opened_file
    from ..data.text_layout import find_layout

    with opened_file(source, **how.arguments()) as request:
        layout = find_layout(request)
        same = layout.delimiter == "\t" or target.suffix.lower() not in (".tsv", ".tab")
        write = as_it_is if same and content_kind(source) in TEXTS else written_anew
        return write(target, layout, cells, source)


def _parquet(target: Path, source: Path, cells: Cells, how: FileOptions) -> str:
    from ..data.files import opened_file

    pa = require("pyarrow", extra="parquet", purpose="Writing .parquet files")
    parquet = require("pyarrow.parquet", extra="parquet", purpose="Writing .parquet files")
    with opened_file(source, **how.arguments()) as request:
        if kind_of(source) in ARROW:
            with source.open("rb") as stored, pa.ipc.open_file(stored) as batches:
                table = batches.read_all()
        else:
            table = parquet.ParquetFile(request.path).read()
    check_count(table.num_rows, cells, source)
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
    check_count(len(lines) - len(head), cells, source)
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


#: What reads the source itself once more.
_UNPACKED = (json_lines, json_text_again, _workbook)
#: In the order in which they are looked for.
FORMATS = [
    Format(JSON, (".jsonl", ".ndjson"), json_lines),
    Format(JSON, (".json",), json_text_again),
    Format((".parquet", *ARROW), (".parquet", *ARROW), _parquet),
    Format((".xlsx",), (".xlsx",), _workbook),
    Format((*TEXTS, *JSON, *SPREADSHEETS, *COMPRESSED), TEXTS, _text_table),
]
