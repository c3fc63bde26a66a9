"""How the lines of a text are cut into cells: the lines that are comments, the mark of quotes, the separator."""

from __future__ import annotations

import csv
import re
from collections import Counter
from collections.abc import Iterator, Sequence

from .text_cells import is_value

__all__ = ["BLANKS", "ONE_COLUMN", "cells_of", "find_comment", "find_quote", "find_separator", "without_blanks"]

#: The separator of cells with blanks and tabs between them, however many.
BLANKS = " "
#: What stands for a separator where lines are one cell each, and have decimal commas.
ONE_COLUMN = "\x1f"
_COMMENTS = ("#", "//", "%")
_SEPARATORS = ",;\t|:"
_QUOTED = re.compile(r"(?:^|[,;\t|])\s*(['\"])(.*?)\1\s*(?=[,;\t|]|$)")
_QUOTED_BETWEEN_BLANKS = re.compile(r"(?:^|\s)(['\"])(.*?)\1(?=\s|$)")
_APOSTROPHE = re.compile(r"(?:^|[,;\t|])\s*'(?!(?:[^']|'')*'\s*(?:[,;\t|]|$))")
_SINGLE = re.compile(r"(?:(?<=[,;\t|])|^)\s*'(?:[^']|'')*'\s*(?=[,;\t|]|$)")
#: A comma that is no decimal one.
_BETWEEN_CELLS = re.compile(r"(?<![0-9]),|,(?![0-9])")
#: At most this many records and cells show what is a value, and so many lines and letters how quotes are written.
_CHECKED, _CELLS, _LINES, _LETTERS = 100, 200, 1000, 10_000
#: The quality of a separator that leaves the lines whole.
_NOT_CUT = (0.0, 0.0, False)


def without_blanks(line: str) -> str:
    """A line whose cells are separated by blanks, for a parser that skips blanks after a separator."""
    return line.replace("\t", " ").rstrip() + "\n"


def cells_of(lines: Sequence[str], separator: str, quote: str = '"') -> Iterator[list[str]]:
    """The records of ``lines`` that are not blank, as far as they can be cut."""
    text = map(without_blanks, lines) if separator == BLANKS else iter(lines)
    try:
        for record in csv.reader(text, delimiter=separator, quotechar=quote, skipinitialspace=True):
            if any(cell.strip() for cell in record):
                yield record
    except csv.Error:
        return  # Layout.records() reports where


def find_comment(lines: Sequence[str]) -> str | None:
    """The mark with which comment lines begin; None if there are none.

    The first line that is not blank begins with it, or a few do that are shorter than others; and the rest of the lines
    do not. A single mark before a separator, as in ``#,name``, is the name of a column.
    """
    filled = [line.strip() for line in lines if line.strip()]
    for mark in _COMMENTS:
        marked = [line.startswith(mark) and line[len(mark) : len(mark) + 1] not in _SEPARATORS for line in filled]
        if True in marked and 2 * sum(marked) < len(filled) + 2 and False in marked:
            if marked[0]:
                return mark
            if 10 * sum(marked) <= len(filled) and not any(
                separator in line for line, is_marked in zip(filled, marked, strict=True) if is_marked
                for separator in ",;\t|"
            ):  # fmt: skip
                return mark
    return None


def find_quote(lines: Sequence[str]) -> tuple[str, str | None]:
    """The mark around cells, and the one before a quote inside them where it is not doubled."""
    text = [line[:_LETTERS].rstrip("\r\n") for line in lines[:_LINES]]
    marked = any(mark in line for line in text for mark in ",;\t|")
    counts = Counter(match[0] for line in text for match in _QUOTED.findall(line))
    between = Counter(match[0] for line in text for match in _QUOTED_BETWEEN_BLANKS.findall(line))
    if not marked or (2 * counts.total() < between.total() and len(text) <= 2 * between.total()):
        counts, marked = between, False  # marks such as decimal commas separate no cells
    single = counts["'"] and not any(
        '"' in _SINGLE.sub("", line) or (marked and _APOSTROPHE.search(line)) for line in text
    )
    quote = "'" if single else '"'
    escaped = sum(re.search(rf"\\{quote}(?!{quote})", line) is not None for line in text)
    empty = re.compile(rf"(^|[,;\t|]){quote}{quote}(?=[,;\t|]|$)")
    doubled = sum(re.search(rf"(?<!\\){quote}{quote}", empty.sub("", line)) is not None for line in text)
    return quote, "\\" if escaped > doubled else None


def find_separator(
    lines: Sequence[str], whole: bool, usual: str, quote: str = '"', *, decimal_commas: bool = False
) -> str:  # fmt: skip
    """The separator that cuts the most lines into equally many cells, the most of them numbers, and the first line like
    the others; ``usual`` in doubt.

    Blanks are one if they cut all lines alike and a column is numbers, and no other mark makes more numbers, nor a
    column of them unless its commas may all be decimal. One column of numbers with ``decimal_commas``, or without any
    comma in its name, is not cut.
    """
    best, choice, columns = _NOT_CUT, usual, False
    for mark in dict.fromkeys((usual, *_SEPARATORS)):
        if not any(mark in line for line in lines):
            continue
        if mark == ":" and (best > _NOT_CUT or _are_values(lines)):
            continue  # of times, and of texts in other cells
        quality, numeric = _quality(lines, whole, mark, quote)
        if quality > best:
            best, choice, columns = quality, mark, numeric
    blanks = any(BLANKS in line.strip() or "\t" in line.strip() for line in lines)
    if blanks and min(best[:2]) < 0.9 and not _are_values(lines):
        quality, numeric = _quality(lines, whole, BLANKS, quote)
        decimal = choice == "," and not any(_BETWEEN_CELLS.search(line) for line in lines)
        clear = best == _NOT_CUT or (quality > best and (quality[1] >= 0.9 or not columns or decimal))
        if quality[0] >= 0.9 and numeric and clear:
            choice = BLANKS
    if choice == "," and (decimal_commas or "," not in next(filter(str.strip, lines), ",")):
        below = [is_value(line, commas=True) for line in lines[1:_CHECKED] if line.strip()]
        if below and False not in below and any("," in line for line in lines):
            return ONE_COLUMN
    return choice


def _are_values(lines: Sequence[str]) -> bool:
    kinds = [is_value(line) for line in lines[1:_CHECKED] if line.strip()]
    return kinds.count(True) > kinds.count(False)


def _quality(lines: Sequence[str], whole: bool, mark: str, quote: str) -> tuple[tuple[float, float, bool], bool]:
    """Shares of lines with the commonest number of cells, and of cells that are values, and whether the first line
    has as many cells; whether a column is of values."""
    records = list(cells_of(lines, mark, quote))
    if not whole and len(records) > 1:
        records.pop()
    if not records:
        return _NOT_CUT, False
    width, count = Counter(map(len, records)).most_common(1)[0]
    if width == 1:
        return _NOT_CUT, False
    below = records[1 : _CHECKED + 1]
    kinds = [[is_value(cell, commas=mark != ",") for cell in record[:_CELLS]] for record in below]
    n_cells = sum(map(len, kinds))
    numbers = sum(kind is not False for row in kinds for kind in row) / max(1, n_cells)
    full = [row for row in kinds if len(row) == min(width, _CELLS)]
    numeric = any(5 * [row[j] for row in full].count(True) >= 4 * len(full) for j in range(min(width, _CELLS)) if full)
    return (round(count / len(records), 1), round(numbers, 1), len(records[0]) == width), numeric
