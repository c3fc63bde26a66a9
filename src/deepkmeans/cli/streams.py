"""Standard output and standard error that may be closed, full, or abandoned by their reader.

Results matter: if standard output cannot be written, that is an error that names it. Messages do not: standard error
never stops the work, and only the exit code tells that it could not be written.
"""

from __future__ import annotations

import contextlib
import errno
import io
import os
import sys
from collections.abc import Iterator
from typing import Any

from ..exceptions import OutputError

__all__ = ["ReaderLeftError", "occupy_descriptors", "talk_was_lost", "watched"]


class ReaderLeftError(BrokenPipeError):
    """Whoever read standard output has gone away, as ``| head`` does; nothing is said about it."""


class _Watched:
    """A text stream that handles failures to write; everything else is passed on to the stream."""

    def __init__(self, stream: Any, name: str) -> None:
        self._closed = stream is None
        self._stream = open(os.devnull, "w", encoding="utf-8") if stream is None else stream  # noqa: SIM115
        self._name = name
        self.lost: OSError | None = None

    def __getattr__(self, name: str) -> Any:
        return getattr(self._stream, name)

    def write(self, text: str) -> int:
        if not isinstance(text, str):
            raise TypeError(f"write() argument must be str, not {type(text).__name__}")
        if not text:
            return 0
        try:
            if self._closed:
                raise OSError(errno.EBADF, "it is closed")
            if self.lost is not None:
                raise self.lost
            self._write(_writable(text, getattr(self._stream, "encoding", None)))
        except (OSError, ValueError) as error:  # ValueError: closed by somebody in this process
            self._failed(error)
        return len(text)

    def _write(self, text: str) -> None:
        raw = getattr(self._stream, "buffer", None)
        if not isinstance(raw, io.RawIOBase):
            self._stream.write(text)
            return
        # With PYTHONUNBUFFERED the interpreter writes once and forgets what a full disk or a pipe did not take.
        rest = memoryview(text.encode(self._stream.encoding))
        while rest:
            taken = raw.write(rest)
            if taken is None:
                raise BlockingIOError(errno.EAGAIN, os.strerror(errno.EAGAIN))
            rest = rest[taken:]

    def writelines(self, lines: Any) -> None:
        for line in lines:
            self.write(line)

    def flush(self) -> None:
        try:
            self._stream.flush()
        except (OSError, ValueError) as error:
            self._failed(error)

    def isatty(self) -> bool:
        return not self._closed and bool(self._stream.isatty())

    def release(self) -> None:
        """Close the replacement of a closed stream."""
        if self._closed:
            self._stream.close()

    def _failed(self, error: Exception) -> None:
        raise NotImplementedError

    def _turn_away(self) -> None:
        """Redirect the stream to nowhere: the interpreter's last flush would complain."""
        with contextlib.suppress(OSError, ValueError):
            nowhere = os.open(os.devnull, os.O_WRONLY)
            os.dup2(nowhere, self._stream.fileno())
            os.close(nowhere)


class _Results(_Watched):
    def _failed(self, error: Exception) -> None:
        self._turn_away()
        self.lost = self.lost or (error if isinstance(error, OSError) else None)
        if isinstance(error, BrokenPipeError):
            raise ReaderLeftError("nobody reads standard output any more") from None  # no errno: the parser drops EPIPE
        reason = error.strerror if isinstance(error, OSError) else error
        lost = OutputError(f"cannot write to {self._name}: {reason}")
        lost.errno = getattr(error, "errno", None)
        raise lost from error


class _Talk(_Watched):
    def _failed(self, error: Exception) -> None:
        self._turn_away()
        self.lost = self.lost or (error if isinstance(error, OSError) else None)


@contextlib.contextmanager
def watched() -> Iterator[None]:
    """Watch both streams during the block."""
    out, err = sys.stdout, sys.stderr
    results, talk = _Results(out, "standard output"), _Talk(err, "standard error")
    sys.stdout, sys.stderr = results, talk  # type: ignore[assignment]
    try:
        yield
    finally:
        sys.stdout, sys.stderr = out, err
        results.release()
        talk.release()


def talk_was_lost() -> OSError | None:
    """Why standard error could not be written; None where it could, or where it is closed or nobody reads it."""
    lost = sys.stderr.lost if isinstance(sys.stderr, _Talk) else None
    return None if lost is None or lost.errno in (errno.EBADF, errno.EPIPE, errno.EIO) else lost


def occupy_descriptors() -> None:
    """Open descriptors 0 to 2 where the caller closed them, so that no file of ours gets the number of a stream."""
    for descriptor in range(3):
        try:
            os.fstat(descriptor)
        except OSError:
            os.open(os.devnull, os.O_RDWR)  # the lowest free number: this one


def _writable(text: str, encoding: str | None) -> str:
    r"""``text`` with ``\uNNNN`` for what the encoding lacks; a JSON string keeps its meaning."""
    try:
        text.encode(encoding or "utf-8")
    except UnicodeEncodeError:
        return "".join(_escaped(character, encoding or "utf-8") for character in text)
    except LookupError:
        pass
    return text


def _escaped(character: str, encoding: str) -> str:
    try:
        character.encode(encoding)
    except UnicodeEncodeError:
        units = character.encode("utf-16-be", "surrogatepass")
        return "".join(f"\\u{units[i] << 8 | units[i + 1]:04x}" for i in range(0, len(units), 2))
    return character
