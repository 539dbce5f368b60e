"""One connection to a Wyoming device: events over TCP, bounded in size and in time."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from typing import Any

from wyoming.event import Event, async_read_event, async_write_event
from wyoming.info import Describe

from satellites.errors import SatelliteAway

ANSWER_SECONDS = 5.0
"""How long a device may take to be reached, to say what it is, to answer a ping, or to take what is sent."""

_FRAME_BYTES = 4 << 20  # two minutes of ordinary sound; nothing that speaks is longer in one piece
_LOST = (AttributeError, EOFError, KeyError, OSError, RecursionError, TypeError)  # what the library lets through


class Link:
    """Events to and from a device. Both ways raise SatelliteAway once it is lost, or speaks no Wyoming."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader = reader
        self._writer = writer

    @property
    def hung_up(self) -> bool:
        """The other side closed it, and everything it said before has been read."""
        return self._reader.at_eof()

    async def read(self) -> Event:
        try:
            event = await async_read_event(self._reader)
        except _LOST as err:
            raise SatelliteAway("The connection broke off.") from err
        if event is None or not isinstance(event.type, str) or not isinstance(event.data, dict):
            raise SatelliteAway("The connection was closed.")
        return event

    async def send(self, *events: Event) -> None:
        try:
            async with asyncio.timeout(ANSWER_SECONDS):
                for event in events:
                    await async_write_event(event, self._writer)
        except (OSError, TimeoutError) as err:
            raise SatelliteAway("What was sent was not taken.") from err

    async def describe(self) -> dict[str, Any]:
        """What the device says it is: the data of its ``info``."""
        await self.send(Describe().event())
        try:
            async with asyncio.timeout(ANSWER_SECONDS):
                while (event := await self.read()).type != "info":
                    pass
        except TimeoutError as err:
            raise SatelliteAway("It does not say what it is.") from err
        return event.data


@asynccontextmanager
async def open_link(host: str, port: int) -> AsyncIterator[Link]:
    """Raises SatelliteAway when nothing answers there."""
    loop = asyncio.get_running_loop()
    reader = _BoundedReader(loop=loop)
    protocol = asyncio.StreamReaderProtocol(reader, loop=loop)
    try:
        async with asyncio.timeout(ANSWER_SECONDS):
            transport, _ = await loop.create_connection(lambda: protocol, host, port)
    except (OSError, TimeoutError) as err:
        raise SatelliteAway(f"Nothing answers at {host} port {port}.") from err
    if hasattr(socket, "TCP_USER_TIMEOUT"):  # a device that is unplugged and never answers pings is noticed, too
        sock = transport.get_extra_info("socket")
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT, int(4000 * ANSWER_SECONDS))
    writer = asyncio.StreamWriter(transport, protocol, reader, loop)
    try:
        yield Link(reader, writer)
    finally:
        transport.abort()  # what a device has not taken by now is not waited for
        with suppress(OSError):
            await writer.wait_closed()


class _BoundedReader(asyncio.StreamReader):
    """Takes no frame that is larger than any device sends: its length is only what someone says."""

    async def readexactly(self, n: int) -> bytes:
        if n > _FRAME_BYTES:
            raise ValueError(f"a frame of {n} bytes")
        return await super().readexactly(n)
