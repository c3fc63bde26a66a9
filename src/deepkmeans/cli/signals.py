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


class _State:
    """State of the process, since signals arrive per process."""

    held = 0  #: depth of deferral
    once = 0  #: 1 in a part that stops only once: later signals wait until results are kept
    pending: int | None = None  #: arrived while held
    first: int | None = None  #: arrived first, not yet answered


def _stop(number: int, frame: FrameType | None) -> None:
    if _State.first is None:
        _State.first = number
    if _State.held:
        _State.pending = _State.pending or number
        return
    _State.held += _State.once
    raise _STOPS[number]


@contextlib.contextmanager
def handled(*, to_the_end: bool = False) -> Iterator[None]:
    """Handle signals as described above during the block.

    Parameters
    ----------
    to_the_end : bool, default=False
        The process ends with the block: later signals are ignored and cannot change its exit code.
    """
    _State.held, _State.once, _State.pending, _State.first = 0, 0, None, None
    previous: dict[int, Any] = {}
    with contextlib.suppress(ValueError):  # only the main thread may; elsewhere the host program handles signals
        for number in _STOPS:
            if signal.getsignal(number) is not signal.SIG_IGN:  # `nohup`, and `&` in a script, ask to go on
                previous[number] = signal.signal(number, _stop)
    try:
        yield
    finally:
        for number, handler in previous.items():
            signal.signal(number, signal.SIG_IGN if to_the_end else handler)


@contextlib.contextmanager
def deferred() -> Iterator[None]:
    """Remember signals instead of stopping; a remembered one stops at the end of the block, unless an error does."""
    _State.held += 1
    try:
        yield
    finally:
        _State.held -= 1
    if _State.pending and not _State.held:
        raise _STOPS[_State.pending]


@contextlib.contextmanager
def allowed() -> Iterator[None]:
    """A part inside :func:`deferred` that a signal may stop, once."""
    held, once = _State.held, _State.once
    try:
        _State.once, _State.held = 1, 0
        raise_if_received()
        yield
    finally:
        _State.held, _State.once = held, once


def received() -> type[KeyboardInterrupt] | None:
    """The stop that the first signal asked for, even if a library swallowed it."""
    return None if _State.first is None else _STOPS[_State.first]


def answered() -> None:
    """Forget the stop: the user has been told, and it must not be raised again."""
    _State.first = _State.pending = None


def raise_if_received() -> None:
    """Stop now if a signal came that a library swallowed."""
    if _State.first is not None:
        raise _STOPS[_State.first]
