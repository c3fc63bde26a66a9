"""Who speaks where: results to stdout, everything else to stderr.

A result is either text for people and pipes or, with ``--json``, exactly one JSON object. Colour is used
only on a terminal that has it, and never with ``NO_COLOR``.
"""

from __future__ import annotations

import json
import math
import os
import sys
import warnings
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

__all__ = ["Console", "guard_cell", "json_text", "say_error"]

#: What a spreadsheet takes for the start of a formula.
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


class Console:
    """The talk of one run of one verb.

    Parameters
    ----------
    json : bool, default=False
        Write results as one JSON object instead of text.
    quiet : bool, default=False
        Say nothing on stderr but errors.
    progress : bool, default=True
        Allow a progress display; it still appears only on a terminal.

    Attributes
    ----------
    guesses : list of dict
        Everything decided without being asked for, in the order it was said.
    """

    def __init__(self, *, json: bool = False, quiet: bool = False, progress: bool = True) -> None:
        self.json, self.quiet = json, quiet
        self.progress = progress and not quiet and sys.stderr.isatty() and os.environ.get("TERM") != "dumb"
        self.guesses: list[dict[str, Any]] = []
        self.warnings: list[str] = []

    def note(self, text: str) -> None:
        """Say something useful to know."""
        if not self.quiet:
            _write(sys.stderr, text + "\n")

    def guess(self, subject: str, value: Any, *, because: str = "", flag: str) -> None:
        """Say what was chosen for the user and the flag that chooses otherwise."""
        self.guesses.append({"subject": subject, "value": value, "change_with": flag})
        reason = f" ({because})" if because else ""
        self.note(f"{subject}: {value}{reason}; change with {flag}")

    def warn(self, text: str) -> None:
        """Say, once, that something may not be as wanted."""
        line = " ".join(text.split())
        if line not in self.warnings:
            self.warnings.append(line)
            self.note(f"deepkmeans: warning: {line}")

    def result(self, document: Mapping[str, Any], text: str) -> None:
        """Write the result: ``document`` with ``--json``, else ``text``."""
        self.data(json_text(document) + "\n" if self.json else text)

    def data(self, text: str) -> None:
        """Write to stdout, at once: what cannot be written is an error of this verb (see :mod:`.streams`)."""
        sys.stdout.write(text)
        sys.stdout.flush()

    @contextmanager
    def collected_warnings(self, words: Callable[[str], str] = str) -> Iterator[None]:
        """Show the warnings meant for users as one line each, in other ``words``; leave out those for developers."""

        def show(message: Warning | str, category: type[Warning], *place: Any, **more: Any) -> None:
            if issubclass(category, (UserWarning, RuntimeWarning)):
                self.warn(words(str(message)))

        with warnings.catch_warnings():
            warnings.simplefilter("default")
            warnings.showwarning = show
            yield


def say_error(text: str) -> None:
    """``deepkmeans: error: ...`` on stderr, red where there is colour."""
    colour = sys.stderr.isatty() and not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"
    prefix = "\033[31mdeepkmeans: error:\033[0m" if colour else "deepkmeans: error:"
    _write(sys.stderr, f"{prefix} {text}\n")


def json_text(document: Mapping[str, Any], *, indent: int | None = None) -> str:
    """Strict JSON: NaN and infinities, which JSON has not, become null; NumPy scalars and arrays become plain."""
    return json.dumps(_plain(document), ensure_ascii=False, allow_nan=False, indent=indent)


def guard_cell(value: Any) -> str:
    """A text cell as CSV, with an apostrophe before what a spreadsheet would run as a formula."""
    text = str(value)
    if text.startswith(_FORMULA) and not _is_number(text):
        text = "'" + text
    if any(mark in text for mark in ',"\n\r'):
        text = '"' + text.replace('"', '""') + '"'
    return text


def _is_number(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return False
    return True


def _plain(value: Any) -> Any:
    if hasattr(value, "tolist"):
        value = value.tolist()
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if isinstance(value, Mapping):
        return {str(key): _plain(part) for key, part in value.items()}
    if isinstance(value, Sequence) and not isinstance(value, str):
        return [_plain(part) for part in value]
    return value if value is None or isinstance(value, (bool, int, str)) else str(value)


def _write(stream: Any, text: str) -> None:
    try:
        stream.write(text)
        stream.flush()
    except OSError:  # nobody listens any more; the work matters more than the talk
        pass
