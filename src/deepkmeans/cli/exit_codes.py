"""What the process returns to the shell, and the one line it says when that is not zero.

==== =======================================================================
0    done
1    failed (training diverged, an extra is missing, a file cannot be written)
2    usage: a wrong argument, or an output that exists and would be overwritten
3    bad data
4    bad model file or checkpoint
5    out of memory or out of disk
130  interrupted (Ctrl-C); 143 when asked to end (SIGTERM)
==== =======================================================================
"""

from __future__ import annotations

import contextlib
import errno
import functools
import signal
import sys
import traceback
from collections.abc import Callable, Iterator
from types import FrameType
from typing import Any

import typer

from .._quoting import printable
from ..exceptions import DeepKMeansError, InvalidDataError, InvalidParameterError, ModelFileError
from .console import say_error

__all__ = [
    "BAD_DATA",
    "BAD_MODEL",
    "FAILED",
    "INTERRUPTED",
    "NO_ROOM",
    "OK",
    "TERMINATED",
    "USAGE",
    "Terminated",
    "describe",
    "exit_code",
    "guarded",
    "report",
    "terminate_politely",
]

OK, FAILED, USAGE, BAD_DATA, BAD_MODEL, NO_ROOM, INTERRUPTED, TERMINATED = 0, 1, 2, 3, 4, 5, 130, 143

_NO_ROOM = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.ENOMEM}


class Terminated(KeyboardInterrupt):
    """SIGTERM, treated as a Ctrl-C: what is trained so far is kept."""


@contextlib.contextmanager
def terminate_politely() -> Iterator[None]:
    """Turn SIGTERM into :class:`Terminated` for a while."""

    def stop(signum: int, frame: FrameType | None) -> None:
        raise Terminated

    try:
        previous = signal.signal(signal.SIGTERM, stop)
    except ValueError:  # only the main thread may; elsewhere the embedding program's handling stands
        yield
        return
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, previous)


def exit_code(error: BaseException) -> int:
    """The exit code of an error; a verb never chooses one itself."""
    if isinstance(error, Terminated):
        return TERMINATED
    if isinstance(error, KeyboardInterrupt):
        return INTERRUPTED
    if isinstance(error, MemoryError) or _is_out_of_memory(error):
        return NO_ROOM
    if isinstance(error, OSError) and error.errno in _NO_ROOM:
        return NO_ROOM
    if isinstance(error, OSError) and error.errno == errno.EEXIST:
        return USAGE
    if isinstance(error, InvalidDataError):
        return BAD_DATA
    if isinstance(error, ModelFileError):
        return BAD_MODEL
    if isinstance(error, InvalidParameterError):
        return USAGE
    return int(getattr(error, "exit_code", FAILED))  # typer's own errors carry theirs (2)


def describe(error: BaseException) -> str:
    """The error in one line, without the word "error"."""
    code = exit_code(error)
    if code == TERMINATED:
        return "ended by SIGTERM"
    if code == INTERRUPTED:
        return "interrupted"
    if code == NO_ROOM and not isinstance(error, OSError):
        words = str(error) or "the allocation failed"
        return (
            f"out of memory ({_one_line(words)}); use fewer rows or columns; `deepkmeans fit --dry-run` estimates what "
            "a fit needs, and a smaller --batch-size of it needs less"
        )
    if hasattr(error, "format_message"):
        return _one_line(str(error.format_message()))
    if isinstance(error, OSError):
        return _one_line(_os_words(error))
    if isinstance(error, DeepKMeansError):
        return _one_line(str(error))
    return f"unexpected {type(error).__name__}: {_one_line(str(error))} (repeat with --debug for the traceback)"


def report(error: BaseException, *, debug: bool = False, json: bool = False) -> int:
    """Say the error, with ``json`` as an object too, and return its exit code."""
    if debug:
        for line in "".join(traceback.format_exception(error)).splitlines():
            sys.stderr.write(f"  {printable(line)}\n")  # indented, as the message may begin a line as it likes
    code = exit_code(error)
    say_error(describe(error), code=code, json=json)
    return code


def guarded(verb: Callable[..., None]) -> Callable[..., None]:
    """A verb whose every error ends here, as one line and an exit code."""

    @functools.wraps(verb)
    def run(*args: Any, **options: Any) -> None:
        try:
            verb(*args, **options)
        except (typer.Exit, typer.Abort):
            raise
        except BaseException as error:  # a Ctrl-C included
            code = report(error, debug=bool(options.get("debug")), json=bool(options.get("json")))
            raise typer.Exit(code) from None

    return run


def _os_words(error: OSError) -> str:
    """The words of an OSError without Python's "[Errno 28]"."""
    if isinstance(error, DeepKMeansError) or error.strerror is None:
        return str(error.strerror or (error.args[0] if error.args else type(error).__name__))
    return f"{error.strerror}: {error.filename}" if error.filename else str(error.strerror)


def _is_out_of_memory(error: BaseException) -> bool:
    # torch raises a RuntimeError for the CPU and an OutOfMemoryError for the GPU; neither is worth importing torch for
    return type(error).__name__ == "OutOfMemoryError" or (
        isinstance(error, RuntimeError) and "not enough memory" in str(error)
    )


def _one_line(text: str) -> str:
    return " ".join(text.split())
