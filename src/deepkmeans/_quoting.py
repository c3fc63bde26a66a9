"""Escape foreign text for a terminal, a CSV cell, JSON, or advice that is pasted into a shell.

Foreign text is what the program did not write itself: names of files, columns and classes, cells, the content of
run.json, messages of other libraries. Such text may hold escape sequences that move the cursor or retitle the window,
letters that reverse the order of others, line ends that forge a line of output, shell syntax, or formulas.
"""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterable
from typing import Any

__all__ = [
    "cell_text", "csv_cell", "csv_row", "json_safe", "no_formula", "printable", "shell_list", "shell_word", "short",
]  # fmt: skip

#: Most letters of a name in a message, quotes included; a misread file may have names of thousands.
_SHOWN = 60

#: Characters that steer a terminal or are not seen: C0, DEL and C1, marks of direction, separators of lines, byte
#: order marks, annotations, tags, and halves of surrogate pairs, which no encoding can write.
_STEERING = re.compile(
    "[\x00-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb\U000e0000-\U000e007f\ud800-\udfff]"
)
_SHORT = {"\t": r"\t", "\n": r"\n", "\r": r"\r"}

#: What a spreadsheet takes for the start of a formula, full-width signs and leading blanks included.
_FORMULA = re.compile(r"[\t\r\n]|[\s\u200b\ufeff]*[=+\-@\uff1d\uff0b\uff0d\uff20]")
_PLAIN_NUMBER = re.compile(r"[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][+-]?[0-9]+)?|[+-](inf|nan)")
#: What begins like a formula and has no name, call or reference in it.
_NO_CALL = re.compile("[+-]?[-0-9.,:;/%()\u20ac$\u00a3' \u00a0\u202f\u2019]*")


def printable(text: Any) -> str:
    r"""``text`` as one line that cannot steer a terminal: ``\x1b``, ``\n`` and ``\u202e`` are written out."""
    return _STEERING.sub(_escape, str(text))


def short(name: Any, most: int = _SHOWN) -> str:
    """A name in quotes for a message, in at most so many letters: the end of a very long one is left out."""
    text = str(name)
    if len(text) <= most and len(repr(text)) <= most:
        return repr(text)
    kept = most - 5
    while len(repr(text[:kept])) > most - 3:
        kept -= 1
    return repr(f"{text[:kept]}...")


def shell_word(text: Any) -> str:
    """``text`` as one word that a POSIX shell hands on unchanged."""
    text = str(text)
    if _STEERING.search(text) is None:
        return shlex.quote(text)
    inner = text.replace("\\", "\\\\").replace("'", "\\'")
    return f"$'{_STEERING.sub(_escape, inner)}'"


def shell_list(names: Iterable[Any]) -> str:
    """Names as the one word that ``--columns`` and ``--drop`` take: commas between them, quotes around their own."""
    return shell_word(",".join(_quoted(str(name), ',"') for name in names))


def cell_text(value: Any) -> str:
    """A value as the text of a cell that nothing runs: no formula, and nothing that steers a terminal.

    An apostrophe precedes what would run as a formula; tabs and line ends stay.
    """
    text = _STEERING.sub(lambda match: match[0] if match[0] in _SHORT else _escape(match), str(value))
    return "'" + text if _FORMULA.match(text) and not _PLAIN_NUMBER.fullmatch(text) else text


def no_formula(text: str) -> str:
    """A cell of the user's own as it is, but that no spreadsheet runs it: an apostrophe precedes a formula.

    Signs before digits alone (``-1,5 %``, ``+49 30 123456``) are none.
    """
    harmless = _FORMULA.match(text) is None or _NO_CALL.fullmatch(text.strip()) or _PLAIN_NUMBER.fullmatch(text.strip())
    return text if harmless else f"'{text}"


def csv_cell(value: Any) -> str:
    """:func:`cell_text` as a CSV cell, in quotes where it holds a separator that some spreadsheet expects."""
    return _quoted(cell_text(value), ',;"\t\n\r')


def csv_row(values: Iterable[Any]) -> str:
    """The cells of a line, without the line end."""
    return ",".join(csv_cell(value) for value in values)


def json_safe(text: str) -> str:
    r"""JSON text in which what steers a terminal is written as ``\u202e``: the same document, safe to look at."""
    return _STEERING.sub(lambda match: match[0] if match[0] == "\n" else _json_escape(match[0]), text)


def _quoted(text: str, marks: str) -> str:
    return '"' + text.replace('"', '""') + '"' if any(mark in text for mark in marks) else text


def _escape(match: re.Match[str]) -> str:
    letter = match[0]
    if letter in _SHORT:
        return _SHORT[letter]
    code = ord(letter)
    return f"\\x{code:02x}" if code < 0x100 else f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"


def _json_escape(letter: str) -> str:
    units = letter.encode("utf-16-be", "surrogatepass")
    return "".join(f"\\u{units[i]:02x}{units[i + 1]:02x}" for i in range(0, len(units), 2))
