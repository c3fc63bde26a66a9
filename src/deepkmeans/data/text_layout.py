"""How a text table is written: encoding, separator, quotes, comments, header; detected once, from its first lines."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from itertools import islice
from pathlib import Path

from ..exceptions import InvalidDataError, InvalidParameterError
from .column_choice import listed, unique_names
from .request import Request
from .text_cells import is_value
from .text_encoding import find_encoding
from .text_footer import find_footer
from .text_guards import APOSTROPHE, find_guard
from .text_header import Header, find_header
from .text_json import refuse_json
from .text_lines import refuse_other_line_ends
from .text_marks import refuse_absent
from .text_omitted import find_repeats, find_rules
from .text_preamble import find_preamble
from .text_records import Layout
from .text_separator import BLANKS, ONE_COLUMN, cells_of, find_comment, find_quote, find_separator
from .text_units import find_units, units_note

__all__ = ["find_layout", "first_lines"]

#: The sample: this many lines at most, and this many characters, but at least some lines.
_LINES, _CHARACTERS, _SOME = 1000, 2**20, 20
#: Characters of the longest line; a line of a million columns has a fifth of that.
LONGEST_LINE = 2**26


def find_layout(request: Request) -> Layout:
    """Detect the layout from the first lines, as far as the caller does not say it."""
    path, file, notes, asked = request.path, request.file, request.notes, request.format
    encoding, n_lines = find_encoding(request)
    lines, whole = first_lines(path, file, encoding)
    if not any(line.strip() for line in lines):
        raise InvalidDataError(f"{file}: the file is empty; at least one row is needed")
    refuse_json(file, "".join(lines))
    layout = Layout(path, file, encoding, n_lines, decimal=asked.decimal, guard=find_guard(lines))
    if layout.guard is not None:
        lines = [layout.guard.sub("", each) for each in lines]
        mark = "an apostrophe" if layout.guard is APOSTROPHE else "'='"
        notes.append(f"cells that begin with {mark}, as a guard against spreadsheets, are read without it")
    layout = _with_separator(request, layout, lines, whole)
    layout = replace(layout, omitted=find_rules(request, lines))
    refuse_other_line_ends(file, lines, layout.delimiter)
    sample = list(islice(layout.records(), len(lines)))
    if not sample or not any(cell.strip() for _, record in sample[:1] for cell in record):
        raise InvalidDataError(f"{file}: there is no table in it; at least a header and one row are needed")
    if asked.header is not None and not isinstance(asked.header, bool):
        layout = replace(layout, begin=_header_line(file, asked.header, sample))
    elif asked.header is not True:
        begin, units, said = find_preamble(sample)
        layout = replace(layout, begin=begin, units=units)
        notes.extend(said)
    if asked.header not in (None, False):
        units = find_units([record for record in sample if record[0] >= layout.begin])
        if units is not None:
            notes.append(units_note(units, dict(sample)[units]))
        layout = replace(layout, units=units)
    sample = [(line, record) for line, record in sample if line >= layout.begin and line != layout.units]
    first = [sample[0][1][0].lstrip("\ufeff"), *sample[0][1][1:]]
    n_columns = len(first)
    if _index_without_name(first, [cells for _, cells in sample[1:]]):
        first = ["", *first]
        n_columns += 1
    elif n_columns > 1 and not first[-1].strip() and not _is_filled(layout, n_columns):
        first = first[:-1]  # a separator ends every line
    layout = replace(layout, n_columns=n_columns, n_named=len(first))
    repeats = find_repeats(request, layout, first, [cells for _, cells in sample[1:]])
    layout = replace(layout, omitted=layout.omitted | repeats)
    sample = [(line, record) for line, record in sample if line not in repeats]
    header = _header(request, layout, first, [cells for _, cells in sample[1:]])
    rows = tuple(cells for _, cells in sample[header:])
    layout = find_footer(request, replace(layout, header=first if header else None, begin_rows=rows))
    if layout.stop is not None:
        rows = tuple(cells for line, cells in sample[header:] if line < layout.stop)
    return replace(layout, sample=rows[:_SOME], begin_rows=rows)


def first_lines(path: Path, file: str, encoding: str) -> tuple[list[str], bool]:
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


def _with_separator(request: Request, layout: Layout, lines: Sequence[str], whole: bool) -> Layout:
    """The layout with its comments, quotes and separator, which are noted where they are not the usual ones."""
    asked, notes = request.format, request.notes
    usual = "\t" if request.kind in (".tsv", ".tab") else ","
    comment = find_comment(lines) if asked.comment is None else asked.comment or None
    table = [line for line in lines if comment is None or not line.lstrip().startswith(comment)]
    quote, escape = find_quote(table)
    likely = find_separator(table, whole, usual, quote, decimal_commas=asked.decimal == ",")
    separator = likely if asked.separator is None else _given(asked.separator)
    if asked.separator is not None and likely != separator:
        refuse_absent(request, separator, likely, table)
    if separator == ONE_COLUMN:
        notes.append(f"each line is one number with a decimal comma; separator={usual!r} cuts it there")
    elif separator != usual and asked.separator is None:
        shown = "blanks" if separator == BLANKS else repr(separator)
        notes.append(f"the cells are separated by {shown}; separator={usual!r} cuts them at another mark")
    layout = replace(layout, delimiter=separator, quote=quote, escape=escape)
    if comment is None:
        return layout
    header = _commented_header(lines, comment, layout)
    count = sum(line.lstrip().startswith(comment) for line in lines) - (header is not None)
    if count == 0:
        return replace(layout, marked=header, comment_mark=comment)
    if asked.comment is None:
        notes.append(
            f"lines that begin with {comment!r} are comments ({count} in the first {len(lines)}); comment='' reads "
            "them as rows"
        )
    return replace(layout, comment=comment, marked=header, comment_mark=comment)


def _commented_header(lines: Sequence[str], comment: str, layout: Layout) -> int | None:
    """The line of a header that is written as a comment above the first row, as ``numpy.savetxt`` does."""
    row = next((i for i, line in enumerate(lines) if line.strip() and not line.lstrip().startswith(comment)), None)
    above = max((i for i in range(row or 0) if lines[i].strip()), default=None)
    if row is None or above is None:
        return None
    name = lines[above].lstrip()[len(comment) :]
    records = list(cells_of([name, lines[row]], layout.delimiter, layout.quote))
    if len(records) != 2 or len(records[0]) != len(records[1]) or len(records[0]) == 1:
        return None
    below = list(cells_of(lines[row:], layout.delimiter, layout.quote))
    names = find_header(records[0], below, commas=layout.commas)
    rest = find_header(below[0], below[1:], commas=layout.commas)
    return above + 1 if names.names and not (rest.names and rest.sure) else None


def _given(separator: str) -> str:
    if (separator.isspace() and separator != "\t") or separator in (r"\s+", r"\s"):
        return BLANKS
    separator = {r"\t": "\t", "tab": "\t"}.get(separator, separator)
    if len(separator) != 1 or separator in "\"'\r\n" or separator.isalnum():
        raise InvalidParameterError(
            f"The 'separator' parameter of read_table must be one character, or ' ' for blanks. Got {separator!r:.40} "
            "instead."
        )
    return separator


def _header_line(file: str, wanted: int, sample: Sequence[tuple[int, list[str]]]) -> int:
    if wanted not in [line for line, _ in sample]:
        raise InvalidParameterError(
            f"{file} has no names in line {wanted}, which header= asks for; its first lines with cells are "
            f"{', '.join(str(line) for line, _ in sample[:5])}."
        )
    return wanted


def _index_without_name(first: Sequence[str], below: Sequence[Sequence[str]]) -> bool:
    """Whether every row has one cell more than names stand above it, and the first tells rows apart, as R writes it."""
    rows = [cells for cells in below if len(cells) == len(first) + 1]
    return (
        len(rows) == len(below) > 1 and len({cells[0] for cells in rows}) == len(rows)
        and any(cells[-1].strip() for cells in rows)  # or a separator ends every row
        and 5 * sum(any(is_value(cell) for cell in cells[1:]) for cells in rows) >= 4 * len(rows)
        and find_header(["", *first], below).names
    )  # fmt: skip


def _is_filled(layout: Layout, n_columns: int) -> bool:
    """Whether the last column holds a cell."""
    return any("".join(cells[n_columns - 1 :]).strip() for _, cells in layout.records())


def _header(request: Request, layout: Layout, first: list[str], below: Sequence[Sequence[str]]) -> bool:
    """Whether the first record holds names; what is decided without being sure is noted."""
    asked = request.format.header
    detected = find_header(first, below, commas=layout.commas)
    if asked is False and detected.names and detected.sure and below:
        raise InvalidDataError(
            f"{layout.file}: the first line holds names ({listed(first)}), not values; leave out header=False"
        )
    if asked is not None:
        return bool(asked)
    if request.choice.for_model and request.choice.columns and {*request.choice.columns} <= {*unique_names(first, [])}:
        detected = Header(names=True, sure=True)  # these are the names that the model was fitted on
    if layout.marked is not None:
        detected = Header(names=True, sure=False)
    shown = ", ".join(repr(cell.strip()[:20]) for cell in first[:3])
    example = f" ({shown}{', ...' if len(first) > 3 else ''})"
    line = "the first line" if layout.begin == 1 else f"line {layout.begin}"
    if not detected.names:
        request.notes.append(
            f"{line} is read as a row, as its cells are like those below{example}: the columns have "
            "no names; header=True reads it as names"
        )
    elif not detected.sure:
        request.notes.append(f"{line} is read as names{example}; header=False reads it as a row")
    return detected.names
