"""Reminders are said when they are due, through a satellite that is there, and count only when heard."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta

import pytest

from assistant.household import Household
from assistant.quiet import quiet_hours
from assistant.scheduler import let_sound_go, run_scheduler, say_what_is_due
from assistant.turn import Parts, take_words
from memory import captures, reminders
from satellites.errors import SatelliteError
from satellites.satellite import Turn
from speech.audio import AudioChunk
from tests.assistant.conftest import Clock, until


class Waiting:
    """A satellite that waits for a wake word for as long as it is there."""

    name = "kitchen"

    def __init__(self, breaks: int = 0) -> None:
        self.said = 0
        self._breaks = breaks

    async def turns(self) -> AsyncIterator[Turn]:
        yield Turn(self, self._nothing())

    async def play(self, speech: AsyncIterator[AudioChunk], then_listen: bool = False) -> None:
        seconds = sum([chunk.seconds async for chunk in speech])
        if self._breaks:
            self._breaks -= 1
            raise SatelliteError("unplugged")
        self.said += seconds > 0.5

    async def _nothing(self) -> AsyncIterator[AudioChunk]:
        await asyncio.Event().wait()
        yield AudioChunk.__new__(AudioChunk)


async def while_there(household: Household, satellite: Waiting) -> None:
    """Until what was said is also written down as told."""
    async with asyncio.TaskGroup() as tasks:
        there = tasks.create_task(household.attend(satellite))
        clock = tasks.create_task(run_scheduler(household, 30, look_seconds=0.05))
        await until(lambda: not reminders.due(household.parts.db, household.parts.clock()))
        clock.cancel()
        there.cancel()


def remind(parts: Parts, clock: Clock) -> None:
    asyncio.run(take_words("Remind me to call Priya tomorrow at nine.", "test", parts))
    clock.forward(days=1)


def test_it_is_said_once_through_a_satellite_that_is_there(parts: Parts, clock: Clock) -> None:
    remind(parts, clock)
    satellite = Waiting()
    asyncio.run(while_there(Household(parts), satellite))
    assert satellite.said == 1
    assert reminders.due(parts.db, clock()) == []
    told = reminders.last_told(parts.db)
    assert told is not None
    assert told.text.startswith("call Priya")


@pytest.mark.parametrize(("at", "said"), [("nine in the evening", 0), ("eleven at night", 1)])
def test_at_night_only_what_was_asked_for_at_night(parts: Parts, clock: Clock, at: str, said: int) -> None:
    asyncio.run(take_words(f"Remind me to call Priya today at {at}.", "test", parts))
    clock.forward(hours=13, minutes=30)
    satellite = Waiting()
    household = Household(parts, quiet=quiet_hours("22:00-08:00"))

    async def look() -> None:
        async with asyncio.TaskGroup() as tasks:
            there = tasks.create_task(household.attend(satellite))
            await asyncio.sleep(0.1)
            await say_what_is_due(household)
            there.cancel()

    asyncio.run(look())
    assert satellite.said == said


def test_what_was_not_heard_is_said_again(parts: Parts, clock: Clock) -> None:
    remind(parts, clock)
    satellite = Waiting(breaks=2)
    asyncio.run(while_there(Household(parts), satellite))
    assert satellite.said == 1


def test_with_nobody_there_it_waits(parts: Parts, clock: Clock) -> None:
    remind(parts, clock)
    asyncio.run(say_what_is_due(Household(parts)))
    assert len(reminders.due(parts.db, clock())) == 1


def test_old_sound_is_let_go(parts: Parts, clock: Clock) -> None:
    capture = captures.begin(parts.db, clock() - timedelta(days=31), "test")
    captures.add_sound(parts.db, capture, b"ab")
    captures.keep(parts.db, capture)
    captures.finish(parts.db, capture, "done")
    let_sound_go(Household(parts), keep_sound_days=30)
    assert captures.sound(parts.db, capture) == b""
