"""Detect a last line that sums up the table: it is not a row, and would become a cluster of its own."""

from __future__ import annotations

import csv
import re
from itertools import islice

import numpy as np

from .._quoting import short
from ..exceptions import InvalidDataError
from .text_cells import is_value
from .text_layout import Layout
from .text_lines import split_lines

__all__ = ["doubtful_total", "refuse_last_lines"]

_WORDS = re.compile(
    r"((grand|sub|overall)[ -]?)?totals?|sums?|summe|gesamt(summe|ergebnis)?|insgesamt|zwischensumme|mean|averages?|"
    r"avg|median|mittel(wert)?|durchschnitt|somme|moyenne|totale|somma|suma|media|promedio|totaal|gemiddelde",
    re.IGNORECASE,
)
#: Bytes at the end of a file in which the last line is looked for.
_TAIL = 2**16
#: Encodings whose text can be read from the middle.
_BYTEWISE = ("utf-8", "utf-8-sig", "cp1252", "latin-1")


def _says_total(cells: list[str]) -> str | None:
    """The first cell with a text, where it is a word for a total or a mean."""
    first = next((cell.strip() for cell in cells if cell.strip()), "")
    return first if _WORDS.fullmatch(first.rstrip(" :.")) else None


def refuse_last_lines(layout: Layout, first: int, n_rows: int) -> None:
    """Refuse a table whose cells are numbers up to row ``first``, and whose last one or two lines begin with text."""
    if n_rows < 4 or first < n_rows - 2:
        return
    lines = list(islice(layout.rows(), first, n_rows))
    begin = lines[0][0]
    texts = [next((cell.strip() for cell in cells if cell.strip()), "") for _, cells in lines]
    if not all(is_value(text, commas=layout.commas) is False for text in texts):
        return  # more likely a wrong cell
    if all(is_value(cells[0], commas=layout.commas) is False for cells in layout.sample):
        return  # every row begins with a text
    word = next((word for _, cells in lines if (word := _says_total(cells)) is not None), None)
    one = len(lines) == 1
    which = f"the last line ({begin})" if one else f"the last lines ({begin} to {lines[-1][0]})"
    looks = f"look{'s' * one} like a total ({word!r})" if word else f"hold{'s' * one} a text ({short(texts[0], 42)})"
    raise InvalidDataError(
        f"{layout.file}: {which} {looks}, while those above hold numbers; remove {'it' if one else 'them'}, for "
        f"example with: head -n {begin - 1} FILE > table.csv{'' if word else ', or correct the cell'}"
    )


def doubtful_total(layout: Layout, X: np.ndarray) -> list[str]:
    """A warning if the last row seems to sum up those above."""
    word = _says_total(_last_record(layout))
    if len(X) < 3 or (word is None and not _sums_up(X)):
        return []
    line = layout.line_of(len(X) - 1)
    reason = "holds the sum of every column" if word is None else f"begins with {word!r}"
    return [
        f"the last line ({line}) looks like a total, not a row (it {reason}); if so, remove it, for example with: "
        f"head -n {line - 1} FILE > table.csv"
    ]


def _sums_up(X: np.ndarray) -> bool:
    """Whether the last row is the sum of those above in every column that varies, and this cannot be chance."""
    n = len(X)
    if n < 5:
        return False
    equal = 0
    for j in range(X.shape[1]):
        rows, last = X[:-1, j], float(X[-1, j])
        if np.isnan(last):
            continue
        with np.errstate(all="ignore"):
            total, size = float(np.nansum(rows, dtype=np.float64)), float(np.nansum(np.abs(rows), dtype=np.float64))
            if size == 0 and last == 0:
                continue
            if not abs(total - last) <= 1e-5 * size:
                return False
        equal += 1
    return equal >= (2 if n < 10 else 1)


def _last_record(layout: Layout) -> list[str]:
    if layout.encoding not in _BYTEWISE:
        return []
    with open(layout.path, "rb") as file:
        file.seek(max(0, file.seek(0, 2) - _TAIL))
        lines = split_lines(file.read().decode(layout.encoding, errors="replace"))
    line = next((line for line in reversed(lines) if line.strip()), "")
    try:
        return next(csv.reader([line], delimiter=layout.delimiter, skipinitialspace=True), [])
    except csv.Error:
        return []
