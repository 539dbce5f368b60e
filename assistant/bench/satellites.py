"""How many satellites one core can listen to: sound that never has the wake word in it, heard through whole turns."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator

import numpy as np
from rich.console import Console
from rich.progress import track
from rich.table import Table

from assistant.household import Household
from assistant.turn import Parts
from satellites.satellite import Turn
from speech.audio import RATE_HZ, AudioChunk

_SECONDS = 20
_STREAMS = (1, 8, 32)
_HOP = 1280  # samples, 80 ms


class _Stream:
    """A satellite in a room with a murmur in it, as fast as it is listened to."""

    def __init__(self, number: int) -> None:
        self.name = f"stream {number}"
        self._noise = np.random.default_rng(number)
        self._left = _SECONDS * RATE_HZ // _HOP

    async def turns(self) -> AsyncIterator[Turn]:
        yield Turn(self, self._audio(), open_ear=True)

    async def play(self, speech: AsyncIterator[AudioChunk], then_listen: bool = False) -> None:
        async for _ in speech:
            pass

    async def _audio(self) -> AsyncIterator[AudioChunk]:
        while self._left:
            self._left -= 1
            yield AudioChunk((0.02 * self._noise.standard_normal(_HOP)).astype(np.float32))


def run(console: Console, parts: Parts) -> None:
    """Prints, for more and more streams at once, the processor's time for each second of one, and streams per core."""
    table = Table(box=None, pad_edge=False)
    for column in ("streams", "ms of processor a second", "streams a core", "x one stream"):
        table.add_column(column, justify="right")
    alone = 0.0
    for count in track(_STREAMS, "Listening", console=console, transient=True):
        spent = _listen(parts, count) / (count * _SECONDS)
        alone = alone or spent
        table.add_row(str(count), f"{spent * 1000:.1f}", f"{1 / spent:.0f}", f"{spent / alone:.2f}")
    console.print(table)


def _listen(parts: Parts, count: int) -> float:
    """Seconds of the processor."""

    async def listen() -> None:
        household = Household(parts)
        async with asyncio.TaskGroup() as tasks:
            for number in range(count):
                tasks.create_task(household.attend(_Stream(number)))

    began = time.process_time()
    asyncio.run(listen())
    return time.process_time() - began
