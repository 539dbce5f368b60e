"""Keeps a Wyoming satellite connected: dials it, asks what it is, pings it, and dials again."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Coroutine
from dataclasses import dataclass
from typing import Literal

from wyoming.event import Event
from wyoming.ping import Ping, Pong
from wyoming.satellite import RunSatellite

from satellites.errors import SatelliteAway, SatelliteBusy
from satellites.pauses import Pauses
from satellites.wyoming_link import ANSWER_SECONDS, Link, open_link

log = logging.getLogger(__name__)

State = Literal["away", "busy with another host", "there"]


@dataclass(frozen=True, slots=True)
class Waits:
    """``pong``: for the answer to a ping; ``ping``: from that to the next; ``busy``: until a satellite that another
    host has is asked again; ``redial``: the first pause before it is dialled again, and the longest."""

    pong_seconds: float = ANSWER_SECONDS
    ping_seconds: float = 2.0
    busy_seconds: float = 30.0
    redial_seconds: tuple[float, float] = (1.0, 60.0)


class Connection:
    """``link`` is None unless the satellite is there. ``take`` gets its events, but for pings; ``lost`` is told why."""

    def __init__(
        self,
        name: str,
        address: tuple[str, int],
        take: Callable[[Event], Awaitable[None]],
        lost: Callable[[SatelliteAway], None],
        waits: Waits,
    ) -> None:
        self.link: Link | None = None
        self.state: State = "away"
        self._name = name
        self._address = address
        self._take = take
        self._lost = lost
        self._waits = waits
        self._pauses = Pauses(*waits.redial_seconds)
        self._ponged = asyncio.Event()

    async def run(self) -> None:
        """Until cancelled."""
        clock = asyncio.get_running_loop().time
        while True:
            dialled_at = clock()
            why = await self._connect()
            if clock() - dialled_at > self._waits.redial_seconds[1]:
                self._pauses.start_over()
            busy = isinstance(why, SatelliteBusy)
            self._set("busy with another host" if busy else "away", why)
            self._lost(why)
            await asyncio.sleep(self._waits.busy_seconds if busy else self._pauses.next_seconds())

    async def _connect(self) -> SatelliteAway:
        """Connected until it is not: why not."""
        try:
            async with open_link(*self._address) as link:
                await self._greet(link)
                await _first(self._read(link), self._ping(link))
        except SatelliteAway as err:
            return err
        except Exception:
            log.exception("%s", self._name)
        finally:
            self.link = None
        return SatelliteAway("Something went wrong with it.")

    async def _greet(self, link: Link) -> None:
        info = (await link.describe()).get("satellite")
        if not isinstance(info, dict):
            raise SatelliteAway("It speaks Wyoming, and is no satellite.")
        await link.send(RunSatellite().event())
        if not info.get("version"):  # so old that it may never answer a ping
            self._found(link)

    async def _read(self, link: Link) -> None:
        while True:
            try:
                event = await link.read()
            except SatelliteAway as err:
                if self.link is None and link.hung_up:
                    raise SatelliteBusy("It hangs up on us: another host has it.") from err
                raise
            self._found(link)
            if event.type == "ping":
                await link.send(Pong(event.data.get("text")).event())
            elif event.type == "pong":
                self._ponged.set()
            else:
                await self._take(event)
            await asyncio.sleep(0)  # whoever floods us does not keep the others waiting

    async def _ping(self, link: Link) -> None:
        answers = False
        while True:
            self._ponged.clear()
            await link.send(Ping().event())
            try:
                async with asyncio.timeout(self._waits.pong_seconds):
                    await self._ponged.wait()
                answers = True
            except TimeoutError as err:
                if answers:
                    raise SatelliteAway("It does not answer any more.") from err
                if self.link is None:
                    raise SatelliteBusy("It says what it is, and then nothing: another host has it.") from err
            await asyncio.sleep(self._waits.ping_seconds)

    def _found(self, link: Link) -> None:
        if self.link is None:
            self.link = link
            self._set("there", "connected")

    def _set(self, state: State, why: object) -> None:
        if state != self.state:
            log.info("%s is %s: %s", self._name, state, why)
        self.state = state


async def _first(*works: Coroutine[None, None, None]) -> None:
    """What goes wrong first in one of them ends the others."""
    tasks = [asyncio.ensure_future(work) for work in works]
    try:
        await asyncio.gather(*tasks)
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
