"""Records after the last row of a text table, a total or a remark: they would be rows of their own."""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Sequence
from dataclasses import replace

from .._quoting import short
from .request import Request
from .text_cells import is_value
from .text_lines import split_lines
from .text_omitted import is_rule
from .text_records import Layout
from .text_separator import cells_of

__all__ = ["find_footer", "last_record", "said_total"]

_WORDS = re.compile(
    r"((grand|sub|overall)[ -]?)?totals?|sums?|summe|gesamt(summe|ergebnis)?|insgesamt|zwischensumme|mean|averages?|"
    r"avg|median|mittel(wert)?|durchschnitt|somme|moyenne|totale|somma|suma|media|promedio|totaal|gemiddelde|合计|总计|小计",
    re.IGNORECASE,
)
#: What a remark below a table begins with.
_REMARK = re.compile(
    r"(data )?(sources?|notes?|remarks?|exported|generated|quellen?|hinweise?|anmerkung(en)?|stand|fuentes?|fonte|nota|"
    r"来源|注)( (on|at|by|am|vom))?\s*[:：]",
    re.IGNORECASE,
)
#: Bytes at the end of a file in which the last records are looked for; most records of a footer, and least rows above.
_TAIL, _MOST, _ROWS = 2**16, 2, 4
#: At most this many rows and columns show which columns hold numbers.
_CHECKED, _COLUMNS = 100, 200
#: Encodings whose text can be read from the middle.
_BYTEWISE = ("utf-8", "utf-8-sig", "cp1252", "latin-1")


def said_total(cells: Sequence[str]) -> str | None:
    """The first cell with a text, where it is a word for a total or a mean."""
    first = next((cell.strip() for cell in cells if cell.strip()), "")
    return first if _is_word(first) else None


def _is_word(cell: str) -> bool:
    return _WORDS.fullmatch(cell.strip().rstrip(" :.：")) is not None


def find_footer(request: Request, layout: Layout) -> Layout:
    """The layout, which stops before the last records if these are no rows; that is noted."""
    asked = request.format.skipfooter
    if asked is not None:
        last = deque(layout.rows(), maxlen=asked)
        return replace(layout, stop=last[0][0]) if last else layout
    numeric = _numeric(layout)
    end = last_record(layout)
    called = _place_of_total(end, numeric, layout)
    if called is None and not _is_no_row(end, numeric, layout):
        return layout
    last = deque(maxlen=_MOST + 1)
    n_rows, n_called = 0, 0
    for line, cells in layout.rows():
        if not any(map(str.strip, cells)):
            continue
        n_called += called is not None and called < len(cells) and _is_word(cells[called])
        last.append((line, cells))
        n_rows += 1
    footer: list[tuple[int, list[str]]] = []
    while last and (
        _is_no_row(cells := last[-1][1], numeric, layout)
        # a total is called so, and no row is
        or (n_called == 1 and called is not None and _place_of_total(cells, numeric, layout) == called)
    ):
        footer.insert(0, last.pop())
    if not footer or len(footer) > _MOST or n_rows < _ROWS + len(footer) - 1:
        return layout
    request.notes.append(_said(footer, numeric))
    return replace(layout, stop=footer[0][0])


def _said(footer: Sequence[tuple[int, list[str]]], numeric: Sequence[int]) -> str:
    begin, one = footer[0][0], len(footer) == 1
    first, word = next(
        ((j, cell.strip()) for _, cells in footer for j, cell in enumerate(cells) if _is_word(cell)),
        (_first(footer[0][1]), None),
    )
    which = f"the last line ({begin})" if one else f"the last lines ({begin} to {footer[-1][0]})"
    looks = f"look{'s' * one} like a total ({word!r})" if word else f"hold{'s' * one} a text ({_text(footer[0][1])})"
    above = ", while those above hold numbers," if first in numeric else ""
    return (
        f"{which} {looks}{above} and {'is' if one else 'are'} left out; skipfooter=0 reads "
        f"{'it as a row' if one else 'them as rows'}"
    )


def _text(cells: Sequence[str]) -> str:
    return short(next((cell.strip() for cell in cells if cell.strip()), ""), 42)


def _numeric(layout: Layout) -> list[int]:
    """Columns that hold numbers, or nothing, in all of the first rows."""
    numeric = []
    filled = [cells for cells in layout.begin_rows if any(map(str.strip, cells))]
    rows = filled[: max(1, min(_CHECKED, len(filled) - _MOST))]  # these may be all rows
    for j in range(min(layout.n_named, _COLUMNS)):
        kinds = {is_value(cells[j], commas=layout.commas) for cells in rows if j < len(cells)}
        if True in kinds and False not in kinds:
            numeric.append(j)
    return numeric


def _is_no_row(cells: list[str], numeric: list[int], layout: Layout) -> bool:
    """Whether the record begins with a text where those above have a number, or is a remark or a rule."""
    first = _first(cells)
    if first is None:
        return False
    if is_rule(layout.delimiter.join(cells)):
        return True
    if is_value(cells[first], commas=layout.commas) is not False:
        return False
    if first in numeric:
        return first == 0 or said_total(cells) is not None
    filled = sum(bool(cell.strip()) for cell in cells)
    if _REMARK.match(cells[first].strip()) and filled <= layout.n_named // 2:
        return True
    alone = filled == 1 and layout.n_named > 1 and bool(numeric)
    return alone and len(cells) < layout.n_named and " " in cells[first].strip()


def _first(cells: Sequence[str]) -> int | None:
    """The place of the first cell that is not blank."""
    return next((j for j, cell in enumerate(cells) if cell.strip()), None)


def _place_of_total(cells: Sequence[str], numeric: list[int], layout: Layout) -> int | None:
    """The column of texts beside ones of numbers in which the record is called a total, or a mean."""
    texts = (j for j in range(min(len(cells), layout.n_named, _COLUMNS)) if j not in numeric)
    return next((j for j in texts if _is_word(cells[j])), None) if numeric else None


def last_record(layout: Layout) -> list[str]:
    """The cells of the last line that is not blank, as far as they can be had without reading the whole file."""
    if layout.encoding not in _BYTEWISE:
        return deque((cells for _, cells in layout.records() if any(map(str.strip, cells))), maxlen=1)[0]
    with open(layout.path, "rb") as file:
        file.seek(max(0, file.seek(0, 2) - _TAIL))
        lines = split_lines(file.read().decode(layout.encoding, errors="replace"))
    blank = layout.delimiter + layout.quote + " \t"
    line = next((line for line in reversed(lines) if line.strip(blank)), "")
    return next(cells_of([line], layout.delimiter, layout.quote), [])
