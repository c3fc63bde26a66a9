"""How a text table is written: encoding, separator, header; detected once, from its first lines."""

from __future__ import annotations

import codecs
import csv
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import partial
from itertools import chain, islice
from pathlib import Path

from ..exceptions import InvalidDataError
from .column_choice import unique_names
from .request import Request
from .text_cells import is_value
from .text_header import Header, find_header
from .text_json import refuse_json
from .text_lines import refuse_other_line_ends
from .text_preamble import refuse_preamble

__all__ = ["Layout", "find_layout"]

_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
#: The sample: this many lines at most, and this many characters, but at least some lines.
_LINES, _CHARACTERS, _SOME = 1000, 2**20, 20
#: Characters of the longest line; a line of a million columns has a fifth of that.
LONGEST_LINE = 2**26
#: Appended after the last line: if a quote is still open, it ends up in a cell.
_END = "\x04end of text\x04"


@dataclass(frozen=True)
class Layout:
    """How the text is cut into cells."""

    path: Path
    file: str
    encoding: str
    n_lines: int  #: at most
    delimiter: str
    n_columns: int = 0  #: cells in a line
    n_named: int = 0  #: of which these belong to a column; one fewer when a separator ends every line
    header: list[str] | None = None
    sample: tuple[list[str], ...] = ()  #: the first rows

    @property
    def commas(self) -> bool:
        """Whether a decimal comma is possible."""
        return self.delimiter != ","

    def records(self) -> Iterator[tuple[int, list[str]]]:
        """Line number and cells of each record that is not blank, the header included."""
        with open(self.path, encoding=self.encoding, newline="") as text:
            reader = csv.reader(chain(text, [_END]), delimiter=self.delimiter, skipinitialspace=True)
            line = 1
            try:
                for record in reader:
                    if record and record[-1].endswith(_END):
                        if record != [_END]:
                            raise InvalidDataError(
                                f"{self.file}: the quote that opens in line {line} is never closed; check its quotes"
                            )
                        return
                    if len(record) > 1 or (record and record[0].strip()):
                        yield line, record
                    line = reader.line_num + 1
            except csv.Error as error:
                raise InvalidDataError(
                    f"{self.file}: line {line} cannot be cut into cells ({error}); check its quotes"
                ) from None

    def rows(self) -> Iterator[tuple[int, list[str]]]:
        """The records without the header."""
        return islice(self.records(), self.header is not None, None)

    def line_of(self, row: int) -> int:
        """The line of the file in which data row ``row`` (from 0) begins."""
        line, _ = next(islice(self.rows(), row, None), (0, []))
        return line


def find_layout(request: Request) -> Layout:
    """Detect the layout from the first lines."""
    path, file, notes = request.path, request.file, request.notes
    encoding, n_lines = _encoding(request)
    lines, whole = _first_lines(path, file, encoding)
    if not any(line.strip() for line in lines):
        raise InvalidDataError(f"{file}: the file is empty; at least one row is needed")
    refuse_json(file, "".join(lines))
    usual = "\t" if path.suffix.lower() == ".tsv" else ","
    delimiter = _delimiter(lines, whole, usual)
    if delimiter != usual:
        notes.append(f"the cells are separated by {delimiter!r}")
    refuse_other_line_ends(file, lines, delimiter)
    layout = Layout(path, file, encoding, n_lines, delimiter)
    sample = list(islice(layout.records(), len(lines)))
    if not sample or not any(cell.strip() for cell in sample[0][1]):
        raise InvalidDataError(f"{file}: there is no table in it; at least a header and one row are needed")
    refuse_preamble(file, sample)
    first = [sample[0][1][0].lstrip("\ufeff"), *sample[0][1][1:]]
    n_columns = len(first)
    if (
        n_columns > 1
        and not first[-1].strip()
        and not any("".join(cells[n_columns - 1 :]).strip() for _, cells in layout.records())
    ):
        first = first[:-1]  # a separator ends every line
    layout = replace(layout, n_columns=n_columns, n_named=len(first))
    detected = find_header(first, [cells for _, cells in sample[1:]], commas=layout.commas)
    if request.choice.for_model and request.choice.columns and {*request.choice.columns} <= {*unique_names(first, [])}:
        detected = Header(names=True, sure=True)  # these are the names that the model was fitted on
    names = detected.names if request.header is None else request.header
    if request.header is None and not names:
        notes.append(
            f"the first line is read as a row, as its cells are like those below{_example(first)}: the columns have "
            "no names; header=True reads it as names"
        )
    elif request.header is None and not detected.sure:
        notes.append(f"the first line is read as names{_example(first)}; header=False reads it as a row")
    rows = tuple(cells for _, cells in sample[names : names + _SOME])
    return replace(layout, header=list(first) if names else None, sample=rows)


def _example(first: list[str]) -> str:
    shown = ", ".join(repr(cell.strip()[:20]) for cell in first[:3])
    return f" ({shown}{', ...' if len(first) > 3 else ''})"


def _encoding(request: Request) -> tuple[str, int]:
    """The encoding of the text, and how many lines it has at most."""
    file, notes = request.file, request.notes
    with open(request.path, "rb") as data:
        head = data.read(4096)
        marked = next((name for mark, name in _MARKS if head.startswith(mark)), None)
        if marked is None and b"\0" in head:
            # Latin letters in UTF-16 have a zero byte each, all on the same side.
            low, high = head[0::2].count(0), head[1::2].count(0)
            if min(low, high) * 20 > max(low, high) or max(low, high) * 4 < len(head):
                raise InvalidDataError(f"{file}: is not a text table (it holds zero bytes); save it as .csv")
            marked = "utf-16-be" if low > high else "utf-16-le"
        encodings = [marked] if marked else ["utf-8", "cp1252"]
        decoders = {name: codecs.getincrementaldecoder(name)() for name in encodings}
        n_lines = 2
        for chunk in chain([head], iter(partial(data.read, 2**20), b"")):
            if not marked and b"\0" in chunk:
                line = n_lines - 1 + chunk[: chunk.index(b"\0")].count(b"\n")
                raise InvalidDataError(
                    f"{file}: is not a text table (line {line} holds a zero byte); save it as .csv, or write it again"
                )
            n_lines += max(chunk.count(b"\n"), chunk.count(b"\r"))
            for name in list(decoders):
                try:
                    decoders[name].decode(chunk)
                except UnicodeDecodeError:
                    if marked:
                        raise
                    del decoders[name]
        if "utf-8" in decoders:
            try:
                decoders["utf-8"].decode(b"", final=True)
            except UnicodeDecodeError:
                del decoders["utf-8"]
    if marked is not None:
        if marked != "utf-8-sig":
            notes.append(f"the text is {marked.upper()}")
        return marked, n_lines
    if "utf-8" in decoders:
        return "utf-8", n_lines
    encoding, name = ("cp1252", "Windows-1252") if "cp1252" in decoders else ("latin-1", "Latin-1")
    notes.append(f"the text is not UTF-8 and is read as {name}; save it as UTF-8 if names look wrong")
    return encoding, n_lines


def _first_lines(path: Path, file: str, encoding: str) -> tuple[list[str], bool]:
    """Some lines, and whether these are all."""
    lines: list[str] = []
    size = 0
    with open(path, encoding=encoding, newline="") as text:
        while len(lines) < _LINES and (size < _CHARACTERS or len(lines) < _SOME) and size <= LONGEST_LINE:
            line = text.readline(LONGEST_LINE + 1)
            if not line:
                return lines, True
            if len(line) > LONGEST_LINE:
                raise InvalidDataError(
                    f"{file}: line {len(lines) + 1} has more than {LONGEST_LINE // 2**20} million characters; "
                    "write one row to a line, or store so many columns as .npy or .parquet"
                )
            lines.append(line)
            size += len(line)
    return lines, False


def _delimiter(lines: list[str], whole: bool, usual: str) -> str:
    """The separator that cuts the most lines into equally many cells, the most of them numbers; ``usual`` in doubt."""
    best, choice = (0.0, 0.0), usual
    for mark in dict.fromkeys((usual, *",;\t|")):
        if not any(mark in line for line in lines):
            continue
        records = []
        try:
            for record in csv.reader(lines, delimiter=mark, skipinitialspace=True):
                if any(cell.strip() for cell in record):
                    records.append(record)
        except csv.Error:
            pass  # records() reports where
        if not whole and len(records) > 1:
            records.pop()
        if not records:
            continue
        width, count = Counter(map(len, records)).most_common(1)[0]
        if width == 1:
            continue
        cells = [cell for record in records[1:101] for cell in record[:200]]
        numbers = sum(is_value(cell, commas=mark != ",") is not False for cell in cells) / max(1, len(cells))
        quality = (round(count / len(records), 1), round(numbers, 1))
        if quality > best:
            best, choice = quality, mark
    return choice
