"""Eight satellites at once: their turns do not mix, every one is answered, and no bad one is noticed by the others."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator

import numpy as np

from assistant.household import Household
from assistant.turn import Parts
from memory import captures
from satellites.errors import SatelliteError
from satellites.satellite import Turn
from speech.audio import AudioChunk, encode_pcm, resample, silence

THINGS = ("violin", "bakery", "garden", "football", "hospital", "bicycle", "camera", "kitchen")


class Button:
    """A satellite with a button: one thing is said after it is pressed."""

    def __init__(self, name: str, sound: list[AudioChunk]) -> None:
        self.name = name
        self.heard_seconds: list[float] = []
        self.sound = sound

    async def turns(self) -> AsyncIterator[Turn]:
        yield Turn(self, self._audio(), wake_phrase="")

    async def play(self, speech: AsyncIterator[AudioChunk], then_listen: bool = False) -> None:
        self.heard_seconds.append(sum([chunk.seconds async for chunk in speech]))

    async def _audio(self) -> AsyncIterator[AudioChunk]:
        for chunk in self.sound:
            await asyncio.sleep(0)
            yield chunk


class Vanishing(Button):
    """It is gone in the middle of a sentence."""

    async def _audio(self) -> AsyncIterator[AudioChunk]:
        for chunk in self.sound[: len(self.sound) // 3]:
            yield chunk
        raise SatelliteError("unplugged")


class Flooding(Button):
    """It sends a minute of noise in one piece."""

    async def _audio(self) -> AsyncIterator[AudioChunk]:
        yield AudioChunk(np.random.default_rng(0).standard_normal(960_000).astype(np.float32))


class Stuck(Button):
    """It never says that it has played what it was given."""

    async def play(self, speech: AsyncIterator[AudioChunk], then_listen: bool = False) -> None:
        await asyncio.Event().wait()


def spoken(parts: Parts, text: str) -> list[AudioChunk]:
    return [silence(0.3), *_in_pieces(resample(parts.engines.tts.engine.speak(text))), *[silence(0.08)] * 40]


def _in_pieces(chunks: Iterator[AudioChunk]) -> Iterator[AudioChunk]:
    for chunk in chunks:
        for start in range(0, len(chunk.samples), 1280):
            yield AudioChunk(chunk.samples[start : start + 1280])


def test_eight_at_once_and_three_bad_ones(parts: Parts) -> None:
    good = [Button(thing, spoken(parts, f"Anna told me today about the {thing}.")) for thing in THINGS]
    note = spoken(parts, "Anna has a new neighbour.")
    bad = [Vanishing("vanishing", note), Flooding("flooding", note), Stuck("stuck", note)]

    async def all_at_once() -> None:
        household = Household(parts)
        async with asyncio.TaskGroup() as tasks:
            worse = [tasks.create_task(household.attend(satellite)) for satellite in bad]
            await asyncio.gather(*(household.attend(satellite) for satellite in good))
            for task in worse:
                task.cancel()

    asyncio.run(all_at_once())
    kept = {row["satellite"]: row["id"] for row in parts.db.rows("SELECT * FROM captures WHERE state = 'done'")}
    for satellite in good:
        sent = encode_pcm(np.concatenate([chunk.samples for chunk in satellite.sound]))
        heard = captures.sound(parts.db, kept[satellite.name])
        assert len(heard) > len(sent) / 2
        assert heard in sent  # all of it is its own
        assert len(satellite.heard_seconds) == 1
        assert satellite.heard_seconds[0] > 0.5
