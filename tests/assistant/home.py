"""A home with a satellite whose every word is read."""

from __future__ import annotations

import asyncio
import dataclasses
from collections.abc import AsyncIterator

from assistant.devices import Devices
from assistant.household import Household
from assistant.manner import NEVER, Manner
from assistant.quiet import quiet_hours
from assistant.scheduler import speak_up
from assistant.turn import Parts, take_words
from satellites.satellite import Turn
from speech.audio import AudioChunk
from tests.assistant.conftest import Clock, until
from tests.fakes import Reader

SAID = Manner(briefing=NEVER)


class Waiting:
    """A satellite that is there, hears nothing, and records what it was made to say."""

    def __init__(self, reader: Reader, name: str = "kitchen") -> None:
        self.name = name
        self.heard: list[str] = []
        self.fails: list[Exception] = []
        self._reader = reader

    async def turns(self) -> AsyncIterator[Turn]:
        await asyncio.Event().wait()
        yield Turn.__new__(Turn)

    async def play(self, speech: AsyncIterator[AudioChunk], then_listen: bool = False) -> None:
        self._reader.texts.clear()
        assert [chunk async for chunk in speech]
        if self.fails:
            raise self.fails.pop(0)
        self.heard += self._reader.texts


class Home:
    """A home whose satellites' words are read, with a clock of its own."""

    def __init__(self, parts: Parts, clock: Clock, devices: Devices) -> None:
        self.reader = Reader()
        engines = dataclasses.replace(parts.engines, tts=dataclasses.replace(parts.engines.tts, engine=self.reader))
        self.parts = dataclasses.replace(parts, engines=engines)
        self.clock = clock
        self.devices = devices
        self.household = Household(self.parts, devices, quiet_hours("22:00-08:00"))
        self.kitchen = Waiting(self.reader)

    def say(self, text: str) -> str:
        taken = asyncio.run(take_words(text, "kitchen", self.parts))
        return taken.reply.text if taken.reply else ""

    def look(self, *satellites: Waiting, manner: Manner = SAID, times: int = 1) -> list[str]:
        """What is said at one look, or several, with these satellites there."""
        there = satellites or (self.kitchen,)
        before = [len(one.heard) for one in there]

        async def looking() -> None:
            async with asyncio.TaskGroup() as tasks:
                attending = [tasks.create_task(self.household.attend(one)) for one in there]
                await until(lambda: len(self.household.there()) == len(there))
                for _ in range(times):
                    await speak_up(self.household, manner)
                for one in attending:
                    one.cancel()

        asyncio.run(looking())
        return [text for one, was in zip(there, before, strict=True) for text in one.heard[was:]]
