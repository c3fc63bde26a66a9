"""Output of the verbs: results to stdout, everything else to stderr.

A result is either text for people and pipes or, with ``--json``, exactly one JSON object, also of an error. Colour is
used only on a terminal that has it, and never with ``NO_COLOR``. Every line passes :func:`printable`: what foreign
text holds cannot steer a terminal or begin a line of its own.
"""

from __future__ import annotations

import os
import shutil
import sys
import warnings
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from .._quoting import printable
from ..exceptions import InvalidParameterError
from ..storage import json_text
from .flags import in_flags_of_fit

__all__ = ["Console", "counted", "say_error"]

#: Columns of a line that does not go to a terminal.
_WIDTH = 100


class Console:
    """The output of one call of a verb.

    Parameters
    ----------
    json : bool, default=False
        Write results as one JSON object instead of text.
    quiet : bool, default=False
        Say nothing on stderr but errors.
    verbose : bool, default=False
        Say every guess as it is made.
    progress : bool, default=True
        Allow a progress display; it still appears only on a terminal.

    Attributes
    ----------
    guesses : list of dict
        Everything decided without being asked for, in the order it was decided.
    is_terminal : bool
        Whether stderr is a terminal.
    width : int
        Columns of that terminal; 100 without one.
    """

    def __init__(
        self, *, json: bool = False, quiet: bool = False, verbose: bool = False, progress: bool = True
    ) -> None:  # fmt: skip
        if quiet and verbose:
            raise InvalidParameterError("--quiet and --verbose contradict each other; leave one of them out")
        self.json, self.quiet, self.verbose = json, quiet, verbose
        self.is_terminal = sys.stderr.isatty()
        self.width = shutil.get_terminal_size((_WIDTH, 24)).columns if self.is_terminal else _WIDTH
        self.progress = progress and not quiet and sys.stderr.isatty() and os.environ.get("TERM") != "dumb"
        self.guesses: list[dict[str, Any]] = []
        self.warnings: list[str] = []

    def note(self, text: str) -> None:
        """Say something useful to know."""
        if not self.quiet:
            _write(sys.stderr, printable(text) + "\n")

    def guess(self, subject: str, value: Any, *, because: str = "", flag: str, asked_for: bool = False) -> None:
        """Record what was chosen for the user, and the flag that chooses otherwise.

        Say it with ``--verbose``, or if the user ``asked_for`` the choice.
        """
        self.guesses.append({"subject": subject, "value": value, "change_with": flag})
        if self.verbose or asked_for:
            reason = f" ({because})" if because else ""
            self.note(f"{subject}: {value}{reason}; change with {flag}")

    def warn(self, text: str) -> None:
        """Say, once, that something may not be as wanted."""
        line = " ".join(text.split())
        if line not in self.warnings:
            self.warnings.append(line)
            self.note(f"deepkmeans: warning: {line}")

    def result(self, document: Mapping[str, Any], lines: Iterable[str]) -> None:
        """Write the result: ``document`` with ``--json``, else ``lines``."""
        self.data(json_text(document) + "\n" if self.json else "".join(f"{printable(line)}\n" for line in lines))

    def data(self, text: str) -> None:
        """Write to stdout at once, so that a failure is an error of this verb (see :mod:`.streams`)."""
        sys.stdout.write(text)
        sys.stdout.flush()

    @contextmanager
    def collected_warnings(self, words: Callable[[str], str] = in_flags_of_fit) -> Iterator[None]:
        """Show warnings for users as one line each, in the command's ``words``; hide those for developers."""

        def show(message: Warning | str, category: type[Warning], *location: Any, **more: Any) -> None:
            if issubclass(category, (UserWarning, RuntimeWarning)):
                self.warn(words(str(message)))

        with warnings.catch_warnings():
            warnings.simplefilter("default")
            warnings.showwarning = show
            yield


def counted(n: int | None, thing: str) -> str:
    """``1 row``, ``2 rows``, ``2 classes``."""
    return f"{n} {thing}" + ("" if n == 1 else "es" if thing.endswith("s") else "s")


def say_error(text: str, *, code: int = 1, json: bool = False) -> None:
    """``deepkmeans: error: ...`` on stderr, red where there is colour; with ``json`` an object on stdout, too."""
    colour = sys.stderr.isatty() and not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"
    prefix = "\033[31mdeepkmeans: error:\033[0m" if colour else "deepkmeans: error:"
    _write(sys.stderr, f"{prefix} {printable(text)}\n")
    if json:
        _write(sys.stdout, json_text({"error": text, "exit_code": code}) + "\n")


def _write(stream: Any, text: str) -> None:
    try:
        stream.write(text)
        stream.flush()
    except OSError:  # nobody reads any more; the work matters more than its messages
        pass
