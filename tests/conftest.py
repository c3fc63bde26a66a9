"""What holds for every test: no network, and data small enough to be made on the spot."""

from __future__ import annotations

import signal
import sys
import threading

import pytest

_LOCAL = {"", "0.0.0.0", "127.0.0.1", "::", "::1", "localhost", None}


class NetworkBlocked(RuntimeError):
    """A test tried to leave this machine."""


def _refuse_network(event: str, args: tuple[object, ...]) -> None:
    # An audit hook sees every Python-level use of sockets, also by libraries that kept a reference to the
    # original functions; unlike a patched socket class it cannot be undone by a test.
    if event == "socket.getaddrinfo":
        host: object = args[0]
    elif event in ("socket.connect", "socket.sendto", "socket.sendmsg"):
        address = args[1]
        if not isinstance(address, tuple):  # AF_UNIX: a path; sendmsg on a connected socket: None
            return
        host = address[0]
    else:
        return
    name = host.decode() if isinstance(host, bytes) else host
    if name not in _LOCAL:
        raise NetworkBlocked(f"tests do not use the network; {event} was asked for {name!r}")


def pytest_configure(config: pytest.Config) -> None:
    if not hasattr(sys, "_deepkmeans_network_blocked"):
        sys._deepkmeans_network_blocked = True  # type: ignore[attr-defined]
        sys.addaudithook(_refuse_network)
    # nohup ignores the first and a shell's `&` the other; processes inherit that, and the command leaves an ignored
    # signal ignored.
    if hasattr(signal, "SIGHUP") and threading.current_thread() is threading.main_thread():
        signal.signal(signal.SIGHUP, signal.SIG_DFL)
        if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
            signal.signal(signal.SIGINT, signal.default_int_handler)
