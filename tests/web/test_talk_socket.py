"""The page's socket: what is no message ends it, a newer one takes its place, and one that does not read is left."""

from __future__ import annotations

import asyncio
import json
from typing import Any

import pytest
from websockets.exceptions import ConnectionClosed
from websockets.sync.client import ClientConnection, connect

from assistant.web import talk
from assistant.web.talk import _SocketLink
from satellites.errors import SatelliteError
from satellites.phone import Phone
from tests.web.conftest import Server


def opened(server: Server, client: str = "a") -> ClientConnection:
    return connect(f"{server.url.replace('http', 'ws')}/talk/socket?client={client}")


def answer(socket: ClientConnection, wanted: str, **message: Any) -> Any:
    """The first message of that type after ``message``."""
    socket.send(json.dumps(message))
    while (got := json.loads(socket.recv(timeout=60)))["type"] != wanted:
        pass
    return got


def is_closed(socket: ClientConnection) -> bool:
    try:
        while True:
            socket.recv(timeout=60)
    except ConnectionClosed:
        return True


def test_what_is_no_message_ends_that_connection_alone(server: Server) -> None:
    with opened(server, "other") as other:
        for nonsense in ("{", "[]", "3", "x" * 60_000, '{"type": "stream"}', '{"type": "stream", "id": 3}'):
            with opened(server) as socket:
                socket.send(nonsense)
                assert is_closed(socket)
        assert answer(other, "pong", type="ping") == {"type": "pong"}


def test_a_newer_connection_takes_up_where_the_older_was(server: Server) -> None:
    begin: dict[str, Any] = {"type": "stream", "id": "s", "mode": "hold", "from": 0}
    with opened(server) as old:
        assert answer(old, "have", **begin)["bytes"] == 0
        old.send(bytes(2560))
        answer(old, "pong", type="ping")
        with opened(server) as new:
            have = answer(new, "have", **begin)
            assert (have["bytes"], have["open"]) == (2560, True)
            assert is_closed(old)


class Stuck:
    """A socket whose page takes nothing and sends nothing."""

    async def send_bytes(self, data: bytes) -> None:
        await asyncio.Event().wait()

    send_text = send_bytes

    async def receive(self) -> None:
        await asyncio.Event().wait()

    async def close(self) -> None:
        pass


async def send_without_end(link: _SocketLink) -> None:
    while True:
        await link.send(bytes(8_192))


def test_a_page_that_does_not_read_is_left(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(talk, "_SEND_SECONDS", 0.05)

    async def flood() -> None:
        link = _SocketLink(Stuck())  # type: ignore[arg-type]
        carrying = asyncio.ensure_future(link.carry(Phone("phone")))
        with pytest.raises(SatelliteError):
            await send_without_end(link)
        await asyncio.wait_for(carrying, 60)

    asyncio.run(flood())
