"""The guard of conftest.py guards."""

from __future__ import annotations

import socket

import pytest


def test_leaving_the_machine_is_refused() -> None:
    with (
        socket.socket(socket.AF_INET, socket.SOCK_STREAM) as connection,
        pytest.raises(RuntimeError, match="do not use the network"),
    ):
        connection.connect(("192.0.2.1", 80))
    with pytest.raises(RuntimeError, match="do not use the network"):
        socket.getaddrinfo("example.org", 80)


def test_loopback_works() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server, socket.create_connection(server.getsockname()) as client:
        client.sendall(b"x")
        peer, _ = server.accept()
        with peer:
            assert peer.recv(1) == b"x"
