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
from .text_records import Layout
from .text_separator import cells_of

__all__ = ["find_footer", "last_record", "said_total"]

_WORDS = re.compile(
    r"((grand|sub|overall)[ -]?)?totals?|sums?|summe|gesamt(summe|ergebnis)?|insgesamt|zwischensumme|mean|averages?|"
    r"avg|median|mittel(wert)?|durchschnitt|somme|moyenne|totale|somma|suma|media|promedio|totaal|gemiddelde|合计|总计|小计",
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
    return first if _WORDS.fullmatch(first.rstrip(" :.：")) else None


def find_footer(request: Request, layout: Layout) -> Layout:
    """The layout, which stops before the last records if these are no rows; that is noted."""
    asked = request.format.skipfooter
    numeric = _numeric(layout)
    if asked == 0 or (asked is None and not _is_no_row(last_record(layout), numeric, layout)):
        return layout
    keep = _MOST + 1 if asked is None else asked
    last: deque[tuple[int, list[str]]] = deque(maxlen=keep + 1)
    n_rows = 0
    for record in layout.rows():
        last.append(record)
        n_rows += 1
    if asked is not None:
        return replace(layout, stop=last[-min(asked, len(last))][0]) if last else layout
    footer: list[tuple[int, list[str]]] = []
    while last and len(footer) <= _MOST and _is_no_row(last[-1][1], numeric, layout):
        footer.insert(0, last.pop())
    if not footer or len(footer) > _MOST or n_rows < _ROWS + len(footer) - 1:
        return layout
    begin = footer[0][0]
    word = next((word for _, cells in footer if (word := said_total(cells)) is not None), None)
    one = len(footer) == 1
    which = f"the last line ({begin})" if one else f"the last lines ({begin} to {footer[-1][0]})"
    looks = f"look{'s' * one} like a total ({word!r})" if word else f"hold{'s' * one} a text ({_text(footer[0][1])})"
    request.notes.append(
        f"{which} {looks}, while those above hold numbers, and {'is' if one else 'are'} left out; skipfooter=0 reads "
        f"{'it as a row' if one else 'them as rows'}"
    )
    return replace(layout, stop=begin)


def _text(cells: Sequence[str]) -> str:
    return short(next((cell.strip() for cell in cells if cell.strip()), ""), 42)


def _numeric(layout: Layout) -> list[int]:
    """Columns that hold numbers, or nothing, in all of the first rows."""
    numeric = []
    rows = layout.begin_rows[: max(1, min(_CHECKED, len(layout.begin_rows) - _MOST))]  # these may be all rows
    for j in range(min(layout.n_named, _COLUMNS)):
        kinds = {is_value(cells[j], commas=layout.commas) for cells in rows if j < len(cells)}
        if True in kinds and False not in kinds:
            numeric.append(j)
    return numeric


def _is_no_row(cells: list[str], numeric: list[int], layout: Layout) -> bool:
    """Whether the record begins with a text where those above have a number, or is one text beside nothing."""
    first = next((j for j, cell in enumerate(cells) if cell.strip()), None)
    if first is None or is_value(cells[first], commas=layout.commas) is not False:
        return False
    if first in numeric:
        return first == 0 or said_total(cells) is not None
    alone = sum(bool(cell.strip()) for cell in cells) == 1 and layout.n_named > 1 and bool(numeric)
    return alone and len(cells) < layout.n_named and " " in cells[first].strip()


def last_record(layout: Layout) -> list[str]:
    """The cells of the last line that is not blank, as far as they can be had without reading the whole file."""
    if layout.encoding not in _BYTEWISE:
        return deque((record for _, record in layout.records()), maxlen=1)[0]
    with open(layout.path, "rb") as file:
        file.seek(max(0, file.seek(0, 2) - _TAIL))
        lines = split_lines(file.read().decode(layout.encoding, errors="replace"))
    line = next((line for line in reversed(lines) if line.strip()), "")
    return next(cells_of([line], layout.delimiter, layout.quote), [])
