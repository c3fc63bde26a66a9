"""What the process returns to the shell, and the one line it says when that is not zero.

:data:`EXIT_CODES` is the only table: the help, the documentation's test and the tests of every code read it.
"""

from __future__ import annotations

import errno
import functools
import sys
import traceback
from collections.abc import Callable
from typing import Any, NamedTuple

from .._quoting import printable
from ..exceptions import DeepKMeansError, InvalidDataError, InvalidParameterError, ModelFileError, OutputError
from .console import say_error
from .flags import in_flags_of_files
from .origins import with_origins
from .signals import HungUp, Terminated, answered, raise_if_received, received
from .streams import ReaderLeftError, talk_was_lost

__all__ = [
    "BAD_DATA",
    "BAD_MODEL",
    "EXIT_CODES",
    "FAILED",
    "HUNG_UP",
    "INTERRUPTED",
    "NO_READER",
    "NO_ROOM",
    "OK",
    "TERMINATED",
    "USAGE",
    "ExitCode",
    "code_of_talk",
    "describe",
    "exit_code",
    "guarded",
    "report",
]

OK, FAILED, USAGE, BAD_DATA, BAD_MODEL, NO_ROOM = 0, 1, 2, 3, 4, 5
HUNG_UP, INTERRUPTED, NO_READER, TERMINATED = 129, 130, 141, 143  # 128 and the signal's number, as shells count


class ExitCode(NamedTuple):
    """A code, in a word or two for the help, and in a sentence."""

    code: int
    name: str
    meaning: str


EXIT_CODES = (
    ExitCode(OK, "ok", "done"),
    ExitCode(
        FAILED, "failed", "training diverged, an extra is missing, an output cannot be written, the current folder is "
        "gone, or a defect",
    ),
    ExitCode(USAGE, "usage", "an option or its value; an output exists, or another process is writing it"),
    ExitCode(BAD_DATA, "bad data", "the data cannot be used; the message names row and column"),
    ExitCode(
        BAD_MODEL, "bad model file",
        "a model, a checkpoint or a file of a run is damaged, foreign or of a newer version",
    ),
    ExitCode(NO_ROOM, "out of memory or disk", "the message says which, and where results that were complete are kept"),
    ExitCode(HUNG_UP, "hung up", "SIGHUP, the terminal was closed; as 130"),
    ExitCode(INTERRUPTED, "interrupted", "Ctrl-C; the model so far is in the run folder"),
    ExitCode(NO_READER, "no reader", "nobody read standard output to its end, as with `| head`; nothing is said"),
    ExitCode(TERMINATED, "ended", "SIGTERM; as 130"),
)  # fmt: skip

_NO_ROOM = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.ENOMEM}
_TAKEN = {errno.EEXIST, errno.EBUSY}
#: Bytes of address space in which PyTorch and OpenBLAS cannot even be loaded.
_LEAST_MEMORY = 512 * 2**20
#: How libraries say, in errors of a general class, that memory ran out.
_OUT_OF_MEMORY = (
    "not enough memory", "can't allocate memory", "cannot allocate memory", "out of memory", "bad_alloc",
    "could not create a primitive", "could not create a memory", "failed to map segment", "alloc_failed",
    "can't start new thread", "unable to allocate", "malloc of size",
)  # fmt: skip


def exit_code(error: BaseException) -> int:
    """The exit code of an error; a verb never chooses one itself."""
    for kind, code in ((Terminated, TERMINATED), (HungUp, HUNG_UP), (KeyboardInterrupt, INTERRUPTED)):
        if isinstance(error, kind):
            return code
    if isinstance(error, ReaderLeftError):
        return NO_READER
    if _out_of_memory(error) is not None:
        return NO_ROOM
    if isinstance(error, OSError) and error.errno in _NO_ROOM:
        return NO_ROOM
    if isinstance(error, FileExistsError) or (isinstance(error, OutputError) and error.errno in _TAKEN):
        return USAGE
    if isinstance(error, InvalidDataError):
        return BAD_DATA
    if isinstance(error, ModelFileError):
        return BAD_MODEL
    if isinstance(error, InvalidParameterError):
        return USAGE
    return int(getattr(error, "exit_code", FAILED))  # typer's own errors carry theirs (2)


def describe(error: BaseException) -> str:
    """The error in one line, without the word "error", followed by its notes (such as what was kept, and where)."""
    notes = [_one_line(in_flags_of_files(note)) for note in getattr(error, "__notes__", ())]
    words = _words(error)
    return "; ".join([words.rstrip("."), *notes] if notes else [words])


def _words(error: BaseException) -> str:
    code = exit_code(error)
    if code in (TERMINATED, HUNG_UP):
        return f"ended by {'SIGTERM' if code == TERMINATED else 'SIGHUP'}"
    if code == INTERRUPTED:
        return "interrupted"
    cause = _out_of_memory(error)
    if cause is not None and not isinstance(error, OutputError):
        words = _one_line(str(cause)) or "the allocation failed"
        words = words if len(words) <= 200 else f"{words[:197]}..."
        return (
            f"out of memory ({words}); use fewer rows or columns; `deepkmeans fit --dry-run` estimates what a fit "
            "needs, and a smaller --batch-size of it needs less"
        )
    if hasattr(error, "format_message"):
        return with_origins(_one_line(str(error.format_message())))
    if isinstance(error, OSError):
        return _one_line(in_flags_of_files(_os_words(error)))
    if isinstance(error, DeepKMeansError):
        text = _one_line(in_flags_of_files(str(error)))
        return with_origins(text) if isinstance(error, InvalidParameterError) else text
    return f"unexpected {type(error).__name__}: {_one_line(str(error))} (repeat with --debug for the traceback)"


def report(error: BaseException, *, debug: bool = False, json: bool = False) -> int:
    """Say the error, with ``json`` as an object too, and return its exit code."""
    error = _stopped(error)
    if debug:
        for line in "".join(traceback.format_exception(error)).splitlines():
            sys.stderr.write(f"  {printable(line)}\n")  # indented, so that no line of a message looks like one of ours
    code = exit_code(error)
    if not isinstance(error, ReaderLeftError):
        say_error(describe(error), code=code, json=json)
    answered()
    return code


def guarded(verb: Callable[..., None]) -> Callable[..., None]:
    """Wrap a verb: every error becomes one line and an exit code."""

    @functools.wraps(verb)
    def run(*args: Any, **options: Any) -> None:
        import typer

        try:
            _check_memory_limit()
            verb(*args, **options)
            raise_if_received()
        except (typer.Exit, typer.Abort):
            raise
        except BaseException as error:  # a Ctrl-C included
            code = report(error, debug=bool(options.get("debug")), json=bool(options.get("json")))
            raise typer.Exit(code) from None

    return run


def code_of_talk(code: int) -> int:
    """``code``, or, if that is OK and standard error could not be written, the code of that failure."""
    lost = talk_was_lost()
    return exit_code(lost) if code == OK and lost is not None else code


def _check_memory_limit() -> None:
    """Refuse a limit under which libraries end the process themselves, with a code of their own."""
    try:
        import resource
    except ImportError:  # Windows
        return
    limit = resource.getrlimit(resource.RLIMIT_AS)[0]
    if limit != resource.RLIM_INFINITY and limit < _LEAST_MEMORY:
        raise MemoryError(
            f"the limit on the memory of this process, {limit / 2**20:.0f} MiB, is below the "
            f"{_LEAST_MEMORY / 2**20:.0f} MiB that PyTorch takes to start: see `ulimit -v`"
        )


def _stopped(error: BaseException) -> BaseException:
    """The stop that a signal asked for, if a library turned it into an error of its own."""
    stop = received()
    if stop is None or isinstance(error, (KeyboardInterrupt, DeepKMeansError, OSError)):
        return error
    raised = stop()
    raised.__cause__ = error
    return raised


def _os_words(error: OSError) -> str:
    """The words of an OSError without Python's "[Errno 28]"."""
    if isinstance(error, DeepKMeansError) or error.strerror is None:
        return str(error.strerror or (error.args[0] if error.args else type(error).__name__))
    return f"{error.strerror}: {error.filename}" if error.filename else str(error.strerror)


def _out_of_memory(error: BaseException) -> BaseException | None:
    """The first error in the chain that says that memory ran out; readers wrap it in words of their own.

    torch raises a RuntimeError for the CPU and an OutOfMemoryError for the GPU; neither is worth importing torch for.
    """
    seen: set[int] = set()
    link: BaseException | None = error
    while link is not None and id(link) not in seen:
        seen.add(id(link))
        if isinstance(link, MemoryError) or type(link).__name__ == "OutOfMemoryError":
            return link
        if isinstance(link, OSError) and link.errno == errno.ENOMEM:
            return link
        words = "" if isinstance(link, (DeepKMeansError, KeyboardInterrupt)) else str(link).lower()
        if any(sign in words for sign in _OUT_OF_MEMORY):
            return link
        link = link.__cause__ or (None if link.__suppress_context__ else link.__context__)
    return None


def _one_line(text: str) -> str:
    return " ".join(text.split())
