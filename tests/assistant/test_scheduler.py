"""It speaks up through a satellite that is there, once, at a decent hour; what counts is what was heard."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from assistant.devices import Device, Devices
from assistant.household import Household
from assistant.manner import NEVER, Manner
from assistant.scheduler import let_sound_go, run_scheduler, speak_up
from assistant.settings import Settings
from assistant.turn import Parts
from memory import captures, reminders, suggestions
from satellites.errors import SatelliteError
from speech.audio import AudioChunk
from tests.assistant.conftest import Clock, local_time_of, until
from tests.assistant.home import SAID, Home, Waiting
from tests.fakes import Reader


@pytest.fixture
def home(parts: Parts, clock: Clock, tmp_path: Path) -> Home:
    return Home(parts, clock, Devices(tmp_path / "devices.json"))


class TestWhatWasAskedFor:
    def test_it_is_said_once(self, home: Home) -> None:
        home.say("Remind me to call Priya tomorrow at nine.")
        assert home.look() == []
        home.clock.forward(days=1)
        assert [text for text in home.look(times=3) if "call Priya" in text]
        assert home.look(times=3) == []

    @pytest.mark.parametrize(("at", "said"), [("nine in the evening", 0), ("eleven at night", 1)])
    def test_at_night_only_what_was_asked_for_at_night(self, home: Home, at: str, said: int) -> None:
        home.say(f"Remind me to call Priya today at {at}.")
        home.clock.forward(hours=13, minutes=30)
        assert len(home.look()) == said

    def test_what_was_not_heard_is_said_again_at_the_next_natural_moment(self, home: Home) -> None:
        home.say("Remind me to call Priya tomorrow at nine.")
        home.clock.forward(days=1)
        home.kitchen.fails = [SatelliteError("unplugged")]
        assert home.look() == []
        assert home.look(times=3) == []  # not at once
        home.clock.forward(minutes=5)
        assert "call Priya" in home.say("Ana plays the oboe.")  # with the next reply
        home.clock.forward(hours=3)
        assert home.look() == []

    def test_what_is_never_heard_is_not_said_for_ever(self, home: Home) -> None:
        home.say("Remind me to call Priya tomorrow at nine.")
        home.clock.forward(days=1)
        home.kitchen.fails = [SatelliteError("unplugged")] * 9
        for _ in range(4):
            home.look()
            home.clock.forward(hours=3)
        assert len(home.kitchen.fails) == 6
        home.kitchen.fails = []
        assert home.look() == []
        assert "call Priya" in home.say("Ana plays the oboe.")  # and yet it is not lost
        assert "call Priya" not in home.say("Ana plays the flute.")

    def test_with_nobody_there_it_waits(self, home: Home) -> None:
        home.say("Remind me to call Priya tomorrow at nine.")
        home.clock.forward(days=1)
        asyncio.run(speak_up(home.household, SAID))
        assert suggestions.latest(home.parts.db) == []
        assert home.look()

    def test_not_now_and_later_and_done_and_let_it_go(self, home: Home) -> None:
        home.say("Remind me to call Priya tomorrow at nine.")
        home.clock.forward(days=1)
        assert home.look()
        assert home.say("Not now.") == "Of course."
        assert home.look() == []
        home.clock.forward(days=1)
        assert home.look()
        assert home.say("Say that again.") == home.kitchen.heard[-1]
        assert "Of course" in home.say("Remind me again at noon.")
        home.clock.forward(hours=2)
        assert home.look()
        assert home.say("Let it go.") == "Of course. It's gone."
        home.clock.forward(days=1)
        assert home.look() == []
        assert home.say("Done.") == "Lovely, noted."

    def test_what_is_private_is_said_where_nobody_else_hears(self, home: Home) -> None:
        home.devices.add(Device("kitchen", "phone", shared=True))
        home.say("Tom is having chemotherapy. Remind me to call Tom tomorrow at nine.")
        home.clock.forward(days=1)
        assert home.look(times=3) == ["There's something for you to read later."]
        study = Waiting(home.reader, "study")
        assert [text for text in home.look(home.kitchen, study) if "call Tom" in text] == []
        home.clock.forward(hours=3)
        home.look(home.kitchen, study)
        assert "call Tom" in study.heard[0]
        assert len(home.kitchen.heard) == 1


class TestWhatNobodyAskedFor:
    @pytest.fixture
    def home(self, home: Home) -> Home:
        """Four birthdays on one day, at ten in the morning, and someone is about."""
        for name in ("Ana", "Tomás", "Priya", "Leo"):
            home.say(f"{name}'s birthday is on 11 May.")
        home.clock.forward(days=7)
        home.say("Ana plays the oboe.")
        return home

    def through_the_day(self, home: Home, manner: Manner = SAID, hours: int = 10) -> list[str]:
        said = []
        for _ in range(hours * 4):
            said += home.look(manner=manner)
            home.clock.forward(minutes=15)
        return said

    def test_three_a_day_with_pauses_between_them(self, home: Home) -> None:
        home.say("No, nothing today.")
        first = home.look(times=5)
        assert len(first) == 1
        assert "birthday" in first[0]
        assert home.look(times=5) == []
        rest = self.through_the_day(home)
        assert len(rest) == 2
        assert len({first[0], *rest}) == 3

    @pytest.mark.parametrize("daily", [0, 1, 9])
    def test_the_cap_is_a_setting(self, home: Home, daily: int) -> None:
        home.say("No.")
        assert len(self.through_the_day(home, Manner(daily, NEVER))) == min(daily, 4)

    def test_not_at_night(self, home: Home) -> None:
        home.clock.forward(hours=12, minutes=5)
        assert self.through_the_day(home, hours=1) == []

    def test_not_while_nobody_is_about(self, home: Home) -> None:
        home.say("Sam's birthday is on 15 May.")
        home.clock.forward(days=4)
        assert self.through_the_day(home) == []

    def test_after_not_now_there_is_peace_for_a_while(self, home: Home) -> None:
        home.say("No.")
        assert home.look()
        home.say("Not now.")
        assert self.through_the_day(home, hours=2) == []

    def test_a_clock_that_was_moved_stops_nothing_for_ever(self, home: Home) -> None:
        home.say("No.")
        home.clock.forward(hours=1)
        assert home.look()
        home.clock.forward(hours=-1)
        home.say("Ana plays the flute.")
        assert home.look()


class TestTheMorning:
    def test_it_is_told_after_the_first_words(self, home: Home) -> None:
        home.say("Ana has an exam tomorrow. Remind me to call Priya tomorrow at noon.")
        home.clock.forward(hours=22)  # eight in the morning
        assert home.look(manner=Manner()) == []
        home.say("Leo plays the oboe.")
        (said,) = home.look(manner=Manner(), times=3)
        assert "exam" in said
        assert "call Priya" in said
        home.clock.forward(hours=4)
        assert "call Priya" in home.look(manner=Manner())[0]

    def test_it_is_told_at_a_set_time_in_a_set_room(self, home: Home) -> None:
        home.say("Ana has an exam tomorrow.")
        home.clock.forward(hours=21, minutes=31)
        manner = Manner(briefing=(home.clock() - timedelta(minutes=1)).time(), room="study")
        study = Waiting(home.reader, "study")
        assert home.look(manner=manner) == []
        home.look(home.kitchen, study, manner=manner)
        assert "exam" in study.heard[0]
        assert home.kitchen.heard == []

    def test_asked_for_it_is_not_told_again(self, home: Home) -> None:
        home.clock.forward(hours=22)
        home.say("Good morning.")
        assert home.look(manner=Manner()) == []

    def test_more_gives_the_rest(self, home: Home) -> None:
        home.say("Ana has an exam tomorrow. Remind me to call Priya tomorrow at noon.")
        home.say("I'd like Joan to meet Rahul. Leo is off to Porto on Thursday. Sam's birthday is on 9 May.")
        for name in ("Kim", "Mia", "Noah"):
            home.say(f"{name}'s birthday is tomorrow.")
        home.clock.forward(hours=22)
        first = home.say("Good morning.")
        rest = home.say("More.")
        assert "Joan" not in first
        assert "Joan" in rest
        assert home.say("More.") != rest
        assert "Kim" in home.say("Good morning.")


class TestAfterAnAbsence:
    @pytest.fixture
    def home(self, home: Home) -> Home:
        for thing in ("Priya", "Leo", "Mia", "Sam", "Noah"):
            home.say(f"Remind me to call {thing} tomorrow at nine.")
        home.say("Ana's birthday is on 3 June.")
        home.clock.forward(days=30)
        return home

    def test_three_small_things_or_nothing(self, home: Home) -> None:
        assert home.say("Morning.") == "Good to hear you. Three small things, or nothing today?"
        told = home.say("Yes please.")
        assert told.count("call") == 2
        assert "Ana" in told
        home.clock.forward(hours=5)
        assert home.look(manner=Manner()) == []
        assert "call" not in home.say("Ana plays the oboe.")

    def test_a_note_is_kept_first(self, home: Home) -> None:
        said = home.say("Leo has a dog.")
        assert said == "Kept: Leo has a dog. Good to hear you. Three small things, or nothing today?"
        assert home.say("Nothing today.") == "Of course."
        home.clock.forward(days=1)
        assert "call" not in " ".join([home.say("Good morning."), *home.look()])

    def test_nothing_is_said_by_itself_meanwhile(self, home: Home) -> None:
        assert home.look() == []


@pytest.mark.parametrize("spoken", [True, False])
def test_killed_while_it_is_said(settings: Settings, clock: Clock, spoken: bool, home: Home) -> None:
    """Before the first sound, or after the last: afterwards it is neither lost nor said twice in a row."""
    home.say("Remind me to call Priya tomorrow at nine.")
    home.clock.forward(days=1)

    async def killed() -> None:
        async with asyncio.TaskGroup() as tasks:
            kitchen = Endless(home.reader, spoken)
            attending = tasks.create_task(home.household.attend(kitchen))
            await until(lambda: bool(home.household.there()))
            saying = tasks.create_task(speak_up(home.household, SAID))
            await kitchen.at_its_end.wait()
            saying.cancel()
            attending.cancel()

    asyncio.run(killed())
    assert home.look(times=5) == []
    home.clock.forward(hours=3)
    assert len(home.look(times=5)) == 1
    home.clock.forward(hours=3)
    assert home.look(times=5) == []


class Endless(Waiting):
    """Never says that it was heard."""

    def __init__(self, reader: Reader, plays: bool) -> None:
        super().__init__(reader)
        self.at_its_end = asyncio.Event()
        self._plays = plays

    async def play(self, speech: AsyncIterator[AudioChunk], then_listen: bool = False) -> None:
        if self._plays:
            assert [chunk async for chunk in speech]
        self.at_its_end.set()
        await asyncio.Event().wait()


def test_it_runs_until_it_is_stopped(home: Home, settings: Settings) -> None:
    home.say("Remind me to call Priya tomorrow at nine.")
    home.clock.forward(days=1)

    async def running() -> None:
        async with asyncio.TaskGroup() as tasks:
            work = (home.household.attend(home.kitchen), run_scheduler(home.household, settings, look_seconds=0.05))
            started = [tasks.create_task(one) for one in work]
            await until(lambda: not reminders.due(home.parts.db, home.clock()))
            for one in started:
                one.cancel()

    asyncio.run(running())
    assert len(home.kitchen.heard) == 1


def test_old_sound_is_let_go(parts: Parts, clock: Clock) -> None:
    capture = captures.begin(parts.db, clock() - timedelta(days=31), "test")
    captures.add_sound(parts.db, capture, b"ab")
    captures.keep(parts.db, capture)
    captures.finish(parts.db, capture, "done")
    let_sound_go(Household(parts), keep_sound_days=30)
    assert captures.sound(parts.db, capture) == b""


class TestOtherClocks:
    def test_nine_is_nine_wherever_one_is(self, home: Home) -> None:
        with local_time_of("Europe/London"):
            home.clock.now = datetime(2026, 5, 4, 10).astimezone()
            home.say("Remind me to call Priya tomorrow at nine.")
        with local_time_of("Asia/Tokyo"):  # the machine came along
            home.clock.now = datetime(2026, 5, 5, 8, 55).astimezone()
            assert home.look() == []
            home.clock.forward(minutes=10)
            assert len(home.look(times=3)) == 1
        with local_time_of("Europe/London"):
            home.clock.now = datetime(2026, 5, 5, 9, 30).astimezone()
            assert home.look() == []

    def test_what_came_up_while_the_machine_slept_is_said_when_it_wakes(self, home: Home) -> None:
        home.say("Remind me to call Priya tomorrow at nine.")
        home.clock.forward(days=2, hours=3)
        assert len(home.look(times=3)) == 1

    def test_a_clock_put_back_says_nothing_twice(self, home: Home) -> None:
        home.say("Remind me to call Priya tomorrow at nine.")
        home.clock.forward(days=1)
        assert len(home.look()) == 1
        home.clock.forward(hours=-6)
        assert home.look() == []
        home.clock.forward(hours=6)
        assert home.look() == []
