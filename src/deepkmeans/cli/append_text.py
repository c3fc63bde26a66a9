"""A text table with one column more: its bytes as they are, and a cell at the end of each row."""

from __future__ import annotations

import codecs
import csv
import io
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any, NamedTuple

from .._quoting import no_formula
from ..storage import atomic_write
from .append_rows import Cells, check_count, cluster_name

if TYPE_CHECKING:
    from ..data.text_records import Layout

__all__ = ["as_it_is", "text_writer", "written_anew"]

#: What stands for a missing cluster where blanks separate cells, so that no cell can be empty.
_NOTHING = "NA"
_MARKS = {"utf-16": (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE), "utf-32": (codecs.BOM_UTF32_LE, codecs.BOM_UTF32_BE)}


class _Added(NamedTuple):
    """What is to stand behind the cells that end in a line, and how many cells more than columns it has."""

    line: int
    text: str
    surplus: int = 0


def as_it_is(target: Path, layout: Layout, cells: Cells, source: Path) -> str:
    """The lines of the table, what is no row among them, with a cell more in each row; the name of the column."""
    name = cluster_name(layout.header or ())
    added = _added(layout, name, cells, source)
    nothing = _Added(0, "")
    next_one = next(added, nothing)
    with atomic_write(target) as file, open(layout.path, encoding=layout.encoding, newline="") as lines:
        encode = _encoder(layout, file)
        for number, line in enumerate(lines, 1):
            if number == next_one.line:
                body = line.rstrip("\r\n")
                line = _with_cell(body, next_one, layout.delimiter) + line[len(body) :]
                next_one = next(added, nothing)
            file.write(encode(line))
    return name


def written_anew(target: Path, layout: Layout, cells: Cells, source: Path) -> str:
    """Header and rows of the table as CSV with the separator of ``target``; the name of the column."""
    name, width = cluster_name(layout.header or ()), layout.n_named
    separator = "," if layout.delimiter == " " else layout.delimiter  # any number of blanks
    with text_writer(target, layout.encoding, separator) as writer:
        if layout.header is not None:
            writer.writerow([*map(no_formula, layout.header), name])
        count = 0
        for count, (_, record) in enumerate(layout.rows(), 1):
            check_count(count, cells, source, so_far=True)
            label = cells[count - 1]
            row = [no_formula(cell) for cell in record[:width]]
            writer.writerow([*row, *[""] * (width - len(row)), "" if label is None else label])
        check_count(count, cells, source)
    return name


@contextmanager
def text_writer(target: Path, encoding: str, separator: str, end: str = "\n") -> Iterator[Any]:
    """A writer of CSV into a file that changes only at the end."""
    delimiter = "\t" if target.suffix.lower() in (".tsv", ".tab") else separator
    with atomic_write(target) as file:
        text = io.TextIOWrapper(file, encoding=encoding, newline="")
        yield csv.writer(text, delimiter=delimiter, lineterminator=end)
        text.flush()
        text.detach()


def _added(layout: Layout, name: str, cells: Cells, source: Path) -> Iterator[_Added]:
    """What each record gets, the names included."""
    width, count, mark = layout.n_named, 0, layout.delimiter
    for number, (_, last, record) in enumerate(layout.spans(), layout.header is None):
        surplus = max(0, len(record) - width)
        if number == 0:
            yield _Added(last, mark + name, surplus)  # not more: R has no name above the names of rows
            continue
        count = number
        check_count(count, cells, source, so_far=True)
        label = cells[count - 1]
        text = str(label) if label is not None else _NOTHING if mark == " " else ""
        yield _Added(last, mark * max(1, width - len(record) + 1) + text, surplus)
    check_count(count, cells, source)


def _with_cell(line: str, added: _Added, mark: str) -> str:
    """A line with a cell more: before separators that end it although no column follows."""
    if mark == " ":
        body = line.rstrip(" \t")
        tabs = "\t" in body and " " not in body
        return body + (added.text.replace(" ", "\t") if tabs else added.text) + line[len(body) :]
    body = line
    for _ in range(added.surplus):
        body = body.removesuffix(mark)
    return body + added.text + line[len(body) :]


def _encoder(layout: Layout, file: IO[bytes]) -> Any:
    """What turns lines into bytes; the byte-order mark of the source is written at once."""
    encoding = layout.encoding
    if encoding in _MARKS:
        little, big = _MARKS[encoding]
        with layout.path.open("rb") as head:
            is_big = head.read(len(big)) == big
        file.write(big if is_big else little)
        encoding += "-be" if is_big else "-le"
    elif encoding == "utf-8-sig":
        file.write(codecs.BOM_UTF8)
        encoding = "utf-8"
    return lambda line: line.encode(encoding)
