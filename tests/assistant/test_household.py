"""Several satellites in one home: who answers, who is spoken to, and who gives way."""

from __future__ import annotations

import asyncio
import dataclasses
from collections.abc import AsyncIterator, Iterable, Sequence
from datetime import timedelta
from pathlib import Path

import pytest

from assistant.demo.demo import recordings
from assistant.devices import Device, Devices
from assistant.household import Household
from assistant.phrasing import line
from assistant.turn import Parts, Taken
from memory import reminders
from satellites.satellite import Turn
from speech.audio import AudioChunk, read_sound, silence
from tests.assistant.conftest import Clock

NOTE, QUESTION, *_ = recordings()
QUIET = [silence(0.08)] * 40
LINES = [line("reminder", text="call Priya")]


class Ear:
    """A satellite without a wake word of its own, in real time of its sound. ``over``: what is said over a reply."""

    def __init__(
        self, name: str, sound: Sequence[AudioChunk] = (), over: Sequence[AudioChunk] = (), gain: float = 1.0
    ) -> None:
        self.name = name
        self.heard_seconds: list[float] = []
        self.cut_short = 0
        self._sound, self._over, self._gain = list(sound), list(over), gain
        self._playing = asyncio.Event()

    async def turns(self) -> AsyncIterator[Turn]:
        audio = self._audio()
        while self._sound or self._over:
            yield Turn(self, audio, open_ear=bool(self._over))
        await asyncio.Event().wait()

    async def play(self, speech: AsyncIterator[AudioChunk], then_listen: bool = False) -> None:
        seconds = sum([chunk.seconds async for chunk in speech])
        self._playing.set()
        try:
            if self._over and not self.cut_short:
                await asyncio.sleep(60)  # a long reply
        except asyncio.CancelledError:
            self.cut_short += 1
            raise
        finally:
            self._playing.clear()
        self.heard_seconds.append(seconds)

    async def _audio(self) -> AsyncIterator[AudioChunk]:
        while self._sound:
            await asyncio.sleep(0)
            yield self._louder(self._sound.pop(0))
        while self._over:
            await self._playing.wait()
            for _ in range(len(self._over)):
                yield self._louder(self._over.pop(0))

    def _louder(self, chunk: AudioChunk) -> AudioChunk:
        return AudioChunk(chunk.samples * self._gain, chunk.rate_hz)


class Display(Ear):
    """It shows how far its turn is."""

    def __init__(self, name: str, sound: Sequence[AudioChunk], gain: float = 1.0) -> None:
        super().__init__(name, sound, gain=gain)
        self.shown: list[str] = []

    def woken(self) -> None:
        self.shown.append("woken")

    def outdone(self) -> None:
        self.shown.append("outdone")

    def thinking(self) -> None:
        self.shown.append("thinking")

    def settled(self) -> None:
        self.shown.append("settled")

    def show(self, what: str, text: str) -> None:
        self.shown.append(f"{what}: {text}")


def spoken(file: Path) -> list[AudioChunk]:
    return [*read_sound(file), *QUIET]


async def attended(household: Household, satellites: Iterable[Ear], until: int) -> list[Taken]:
    """What was taken, once so many turns were, or after a while."""
    taken: list[Taken] = []

    async def attend(satellite: Ear) -> None:
        taken.extend(await household.attend(satellite))

    async with asyncio.TaskGroup() as tasks:
        there = [tasks.create_task(attend(satellite)) for satellite in satellites]
        for _ in range(6_000):
            await asyncio.sleep(0.01)
            if sum(len(satellite.heard_seconds) + satellite.cut_short for satellite in satellites) >= until:
                break
        await asyncio.sleep(0.5)
        for task in there:
            task.cancel()
    return taken


def kept(parts: Parts) -> list[str]:
    return [row["satellite"] for row in parts.db.rows("SELECT satellite FROM captures WHERE state = 'done'")]


def test_the_one_that_heard_it_loudest_answers(parts: Parts) -> None:
    near, far = Ear("kitchen", spoken(NOTE)), Display("hall", spoken(NOTE), gain=0.5)
    asyncio.run(attended(Household(parts), [far, near], until=1))
    assert kept(parts) == ["kitchen"]
    assert near.heard_seconds
    assert not far.heard_seconds
    assert "outdone" in far.shown


def test_one_with_a_display_is_told_how_far_its_turn_is(parts: Parts) -> None:
    satellite = Display("kitchen", spoken(NOTE))
    asyncio.run(attended(Household(parts), [satellite], until=1))
    assert satellite.shown[:3] == ["woken", "thinking", "settled"]
    assert satellite.shown[3].startswith("heard: Met Rachel")
    assert satellite.shown[4].startswith("answer: Kept: ")


def test_the_wake_word_over_a_reply_silences_it_and_is_listened_to(parts: Parts) -> None:
    satellite = Ear("kitchen", spoken(NOTE), over=spoken(QUESTION))
    asyncio.run(attended(Household(parts), [satellite], until=2))
    assert satellite.cut_short >= 1
    assert len(kept(parts)) == 2


def test_a_muted_one_neither_answers_nor_speaks(parts: Parts, clock: Clock, tmp_path: Path) -> None:
    devices = Devices(tmp_path / "devices.json")
    devices.add(Device("kitchen", "wyoming", "localhost:10700", muted_until=clock() + timedelta(hours=1)))
    household = Household(parts, devices)
    satellite = Ear("kitchen", spoken(NOTE))
    asyncio.run(_briefly(household, satellite))
    assert kept(parts) == []
    assert satellite.heard_seconds == []


async def _briefly(household: Household, satellite: Ear) -> None:
    """Long enough for all of its sound, and for something to be said through it."""
    async with asyncio.TaskGroup() as tasks:
        there = tasks.create_task(household.attend(satellite))
        await asyncio.sleep(0.1)
        assert not await household.say(LINES)
        for _ in range(3_000):
            await asyncio.sleep(0.01)
            if not satellite._sound:
                break
        await asyncio.sleep(0.3)
        there.cancel()


@pytest.mark.parametrize(("private", "spoken_to"), [(False, "kitchen"), (True, "study")])
def test_what_is_private_is_said_where_nobody_else_hears(
    parts: Parts, tmp_path: Path, private: bool, spoken_to: str
) -> None:
    devices = Devices(tmp_path / "devices.json")
    devices.add(Device("kitchen", "wyoming", "localhost:1", shared=True))
    devices.add(Device("study", "wyoming", "localhost:2"))
    satellites = [Ear("kitchen"), Ear("study")]

    async def say() -> bool:
        household = Household(parts, devices)
        async with asyncio.TaskGroup() as tasks:
            there = [tasks.create_task(household.attend(satellite)) for satellite in satellites]
            await asyncio.sleep(0.05)
            heard = await household.say(LINES, private)
            for task in there:
                task.cancel()
        return heard

    assert asyncio.run(say())
    assert [s.name for s in satellites if s.heard_seconds] == [spoken_to]


def test_what_is_private_is_not_said_where_others_hear(parts: Parts, tmp_path: Path) -> None:
    devices = Devices(tmp_path / "devices.json")
    devices.add(Device("kitchen", "wyoming", "localhost:1", shared=True))
    satellite = Ear("kitchen")

    async def say() -> bool:
        household = Household(parts, devices)
        async with asyncio.TaskGroup() as tasks:
            there = tasks.create_task(household.attend(satellite))
            await asyncio.sleep(0.05)
            heard = await household.say(LINES, private=True)
            there.cancel()
        return heard

    assert not asyncio.run(say())
    assert satellite.heard_seconds == []


def test_private_things_are_not_told_where_others_hear(parts: Parts) -> None:
    from assistant.turn import take_words

    overheard = dataclasses.replace(parts, overheard=lambda name: name == "kitchen")

    def say(text: str, where: str) -> str:
        taken = asyncio.run(take_words(text, where, overheard))
        assert taken.reply
        return taken.reply.text

    say("Tom's father died last week.", "study")
    say("Tom is learning the oboe.", "study")
    said = say("I'm about to see Tom, what should I know?", "kitchen")
    assert "died" not in said
    assert "There's something for you to read later." in said
    assert "died" in say("I'm about to see Tom, what should I know?", "study")
    assert reminders.due(parts.db, parts.clock()) == []
