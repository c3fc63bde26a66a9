"""The lines and records of a text table, once it is known how it is written."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import chain, islice
from pathlib import Path

from ..exceptions import InvalidDataError
from .text_separator import BLANKS, without_blanks

__all__ = ["Layout", "LineFile"]

#: Appended after the last line: if a quote is still open, it ends up in a cell.
_END = "\x04end-of-text\x04"


@dataclass(frozen=True)
class Layout:
    """How the text is cut into cells. Lines count from 1."""

    path: Path
    file: str
    encoding: str
    n_lines: int  #: at most
    decimal: str | None = None  #: as the caller says
    delimiter: str = ","  #: BLANKS: any number of blanks and tabs
    quote: str = '"'
    escape: str | None = None  #: before a quote in a cell; None: quotes are doubled
    comment: str | None = None  #: what lines begin with that are no part of the table
    marked: int | None = None  #: the line of names that is written as a comment ...
    comment_mark: str | None = None  #: ... with this mark
    begin: int = 1  #: the line of the names, or of the first row
    units: int | None = None  #: the line of units under the names
    guard: re.Pattern[str] | None = None  #: what stands before cells and is no part of them
    omitted: frozenset[int] = frozenset()  #: other lines in the table that are no rows
    stop: int | None = None  #: the line of the first record after the last row
    n_columns: int = 0  #: cells in a line
    n_named: int = 0  #: of which these belong to a column; one fewer when a separator ends every line
    header: list[str] | None = None
    sample: tuple[list[str], ...] = ()  #: the first rows
    begin_rows: tuple[list[str], ...] = ()  #: more of them

    @property
    def commas(self) -> bool:
        """Whether a decimal comma is possible."""
        return self.delimiter != "," if self.decimal is None else self.decimal == ","

    @property
    def whole(self) -> bool:
        """Whether every line of the file belongs to the table as it is written."""
        return (
            self.delimiter != BLANKS and self.begin == 1 and not self.omitted
            and all(part is None for part in (self.comment, self.marked, self.units, self.stop, self.guard))
        )  # fmt: skip

    def lines(self) -> Iterator[str]:
        """The lines of the table; one that is no part of it is blank, so that all keep their numbers."""
        with open(self.path, encoding=self.encoding, newline="") as text:
            if self.whole:
                yield from text
                return
            quoted = False
            for number, line in enumerate(text, 1):
                if self.stop is not None and number >= self.stop:
                    return
                if number == self.marked and self.comment_mark is not None:
                    line = line.lstrip()[len(self.comment_mark) :].lstrip(" ")
                elif number < self.begin or number == self.units or number in self.omitted:
                    line = "\n"
                elif self.comment is not None:
                    if not quoted and line.lstrip().startswith(self.comment):
                        line = "\n"
                    quoted ^= line.count(self.quote) % 2 == 1
                if self.guard is not None:
                    line = self.guard.sub("", line)
                yield without_blanks(line) if self.delimiter == BLANKS else line

    def records(self) -> Iterator[tuple[int, list[str]]]:
        """Line number and cells of each record that is not blank, the header included."""
        for line, _, record in self.spans():
            yield line, record

    def spans(self) -> Iterator[tuple[int, int, list[str]]]:
        """The first and the last line of each record, and its cells."""
        reader = csv.reader(
            chain(self.lines(), [_END]), delimiter=self.delimiter, skipinitialspace=True, quotechar=self.quote,
            escapechar=self.escape,
        )  # fmt: skip
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
                    yield line, reader.line_num, record
                line = reader.line_num + 1
        except csv.Error as error:
            problem = f"cannot be cut into cells ({error}); check its quotes"
            if "field limit" in str(error):
                problem = (
                    f"has a cell of more than {csv.field_size_limit():,} characters; close its quotes, or, if it is so "
                    "long, put such texts into a folder, each in a file .txt"
                )
            raise InvalidDataError(f"{self.file}: line {line} {problem}") from None

    def rows(self) -> Iterator[tuple[int, list[str]]]:
        """The records without the header."""
        return islice(self.records(), self.header is not None, None)

    def line_of(self, row: int) -> int:
        """The line of the file in which data row ``row`` (from 0) begins."""
        line, _ = next(islice(self.rows(), row, None), (0, []))
        return line


class LineFile(io.TextIOBase):
    """Lines as a file that pandas can read."""

    def __init__(self, lines: Iterable[str]) -> None:
        self._lines = iter(lines)

    def readable(self) -> bool:
        return True

    def __iter__(self) -> Iterator[str]:  # type: ignore[override]
        return self._lines

    def __next__(self) -> str:  # type: ignore[override]
        return next(self._lines)

    def read(self, size: int | None = -1) -> str:
        """Whole lines of about ``size`` characters, all if negative."""
        taken, length = [], 0
        for line in self._lines:
            taken.append(line)
            length += len(line)
            if size is not None and 0 <= size <= length:
                break
        return "".join(taken)
