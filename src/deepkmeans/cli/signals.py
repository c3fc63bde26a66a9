"""Ctrl-C, SIGTERM and SIGHUP: an exception where work can be stopped, a note where it must not be.

All three are treated alike, as what is trained so far is worth keeping whoever stops the fit. While results are
written (:func:`deferred`), a signal is only remembered, and raised once they are whole. A signal that a library
swallowed, or turned into an error of its own, is known all the same: see :func:`received`.
"""

from __future__ import annotations

import contextlib
import signal
from collections.abc import Iterator
from types import FrameType
from typing import Any

__all__ = ["HungUp", "Terminated", "allowed", "answered", "deferred", "handled", "raise_if_received", "received"]


class Terminated(KeyboardInterrupt):
    """SIGTERM, treated as a Ctrl-C: what is trained so far is kept."""


class HungUp(KeyboardInterrupt):
    """SIGHUP, the terminal was closed; treated as a Ctrl-C."""


_STOPS: dict[int, type[KeyboardInterrupt]] = {
    int(getattr(signal, name)): stop
    for name, stop in (("SIGINT", KeyboardInterrupt), ("SIGTERM", Terminated), ("SIGHUP", HungUp))
    if hasattr(signal, name)  # Windows has no SIGHUP
}


class _Received:
    """The signals that the process has received, and whether they may stop it now."""

    def __init__(self) -> None:
        self.forget()

    def forget(self) -> None:
        """Begin anew."""
        self._held = 0  #: depth of deferral
        self._once = 0  #: 1 in a part that stops only once: later signals wait until results are kept
        self._pending: int | None = None  #: arrived while held
        self._first: int | None = None  #: arrived first, not yet answered

    def stop(self, number: int, frame: FrameType | None) -> None:
        """The handler of a signal."""
        if self._first is None:
            self._first = number
        if self._held:
            self._pending = self._pending or number
            return
        self._held += self._once
        raise _STOPS[number]

    @contextlib.contextmanager
    def deferred(self) -> Iterator[None]:
        """Remember signals instead of stopping; a remembered one stops at the end of the block, unless an error
        does."""
        self._held += 1
        try:
            yield
        finally:
            self._held -= 1
        if self._pending and not self._held:
            raise _STOPS[self._pending]

    @contextlib.contextmanager
    def allowed(self) -> Iterator[None]:
        """A part inside :meth:`deferred` that a signal may stop, once."""
        held, once = self._held, self._once
        try:
            self._once, self._held = 1, 0
            self.raise_if_received()
            yield
        finally:
            self._held, self._once = held, once

    def received(self) -> type[KeyboardInterrupt] | None:
        """The stop that the first signal asked for, even if a library swallowed it."""
        return None if self._first is None else _STOPS[self._first]

    def answered(self) -> None:
        """Forget the stop: the user has been told, and it must not be raised again."""
        self._first = self._pending = None

    def raise_if_received(self) -> None:
        """Stop now if a signal came that a library swallowed."""
        if self._first is not None:
            raise _STOPS[self._first]


#: One for the process, since signals arrive per process.
_RECEIVED = _Received()
deferred, allowed, received = _RECEIVED.deferred, _RECEIVED.allowed, _RECEIVED.received
answered, raise_if_received = _RECEIVED.answered, _RECEIVED.raise_if_received


@contextlib.contextmanager
def handled(*, to_the_end: bool = False) -> Iterator[None]:
    """Handle signals as described above during the block.

    Parameters
    ----------
    to_the_end : bool, default=False
        The process ends with the block: later signals are ignored and cannot change its exit code.
    """
    _RECEIVED.forget()
    previous: dict[int, Any] = {}
    with contextlib.suppress(ValueError):  # only the main thread may; elsewhere the host program handles signals
        for number in _STOPS:
            if signal.getsignal(number) is not signal.SIG_IGN:  # `nohup`, and `&` in a script, ask to go on
                previous[number] = signal.signal(number, _RECEIVED.stop)
    try:
        yield
    finally:
        for number, handler in previous.items():
            signal.signal(number, signal.SIG_IGN if to_the_end else handler)
