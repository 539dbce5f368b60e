"""The addresses that other programs reach Fondly at."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from contextlib import contextmanager

from assistant.errors import AddressTaken


@contextmanager
def listening_at(host: str, port: int, setting: str = "FONDLY_PORT") -> Iterator[socket.socket]:
    """A socket that listens there; port 0 takes a free one. Raises AddressTaken, naming the ``setting`` to change."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        listening = socket.create_server((host, port), family=family)
    except OSError as err:
        raise AddressTaken(
            f"{host} port {port} cannot be listened on ({err.strerror}): set {setting} to another."
        ) from err
    with listening:
        yield listening
