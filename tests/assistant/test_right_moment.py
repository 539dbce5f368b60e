"""From what was said in passing to what is said at the right moment: through the real turn, and some of it aloud."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator
from datetime import timedelta
from itertools import product
from pathlib import Path

import numpy as np
import pytest

from assistant.devices import Device, Devices
from assistant.household import Household
from assistant.manner import NEVER, Manner
from assistant.scheduler import speak_up
from assistant.sources.polling import poll
from assistant.turn import Parts
from memory import people, sources, suggestions
from satellites.recording import Recording
from satellites.satellite import Turn
from satellites.speakers import NoSpeaker
from speech.audio import AudioChunk, resample, silence
from speech.tts.espeak import Espeak
from tests.assistant.conftest import Clock, until
from tests.assistant.home import Home
from tests.sources.conftest import Page, Radicale, Web
from tests.sources.test_dav import event
from tests.sources.test_polling import feed


@pytest.fixture
def home(parts: Parts, clock: Clock, tmp_path: Path) -> Home:
    """On a Monday at ten."""
    return Home(parts, clock, Devices(tmp_path / "devices.json"))


def through(home: Home, days: float = 1, every: timedelta = timedelta(minutes=15)) -> list[str]:
    """What is said by itself in that time, with the user about: they speak, of something else, each morning."""
    said = []
    end = home.clock() + timedelta(days=days)
    while home.clock() < end:
        if home.clock().hour == 10 and home.clock().minute < 15:
            home.say("What's coming up?")
        said += [f"{home.clock():%a %H:%M} {text}" for text in home.look()]
        home.clock.forward(seconds=every.total_seconds())
    return said


def test_anna_and_croatia(home: Home) -> None:
    home.say("Anna is in Croatia until Sunday. Three days after she gets home remind me to ask about her trip.")
    home.clock.forward(days=2)
    home.say("Anna is in Croatia until Wednesday next week now.")
    said = [text for text in through(home, days=12) if "trip" in text]
    assert len(said) == 1
    assert said[0].startswith("Sat 09:00")  # three days after that Wednesday
    assert "Anna's trip" in said[0]


def test_chase_and_the_band(home: Home) -> None:
    for note in ("I live in London.", "Chase loves The National.", "Chase is in London until Friday."):
        home.say(note)
    home.clock.forward(minutes=5)
    home.say("I'm seeing The National tomorrow night.")
    said = through(home)
    (fits,) = [text for text in said if "National" in text]
    assert "Chase" in fits
    assert "Gently" not in fits
    assert [text for text in said if "until Friday" in text or "till Friday" in text]  # he is in town


def test_the_funeral(home: Home) -> None:
    for note in (
        "I live in London.",
        "Chase loves The National.",
        "Chase is in London until Friday for a funeral.",
    ):
        home.say(note)
    home.clock.forward(minutes=5)
    home.say("I'm seeing The National tomorrow night.")
    said = through(home)
    (fits,) = [text for text in said if "National" in text]
    assert "Gently: Chase is in London until Friday for a funeral." in fits


def test_the_funeral_is_not_spoken_of_where_others_hear(home: Home) -> None:
    home.devices.add(Device("kitchen", "phone", shared=True))
    for note in ("I live in London.", "Chase is in London until Friday for a funeral."):
        home.say(note)
    said = through(home)
    assert said
    assert all("There's something for you to read later." in text for text in said)


def test_the_podcast(home: Home, web: Web) -> None:
    home.say("Ana Costa has a podcast about bees. Tomás Rivera is a carpenter.")
    ana = people.find(home.parts.db, "Ana Costa")
    assert ana is not None
    old = ("1", "An old one with Tomás Rivera", home.clock() - timedelta(days=1))
    web.pages["/feed"] = Page(feed(old))
    source = sources.add(home.parts.db, "feed", f"{web.url}/feed", person_id=ana.id)
    asyncio.run(poll(home.parts.db, [source], home.clock()))
    assert [text for text in through(home) if "Tomás" in text] == []
    web.pages["/feed"] = Page(feed(old, ("2", "Wood and wax, with Tomás Rivera", home.clock())))
    home.clock.forward(hours=1)
    asyncio.run(poll(home.parts.db, sources.everything(home.parts.db), home.clock()))
    (said,) = [text for text in through(home) if "Tomás" in text]
    assert "Ana Costa" in said
    assert "hello" in said or "word" in said


@pytest.mark.parametrize(
    ("note", "asked"),
    [
        ("I'm meeting Ines for the first time tomorrow at ten. She works in design.", "design"),
        ("Tomorrow at ten I'm meeting Ines, the new colleague.", "working on"),
    ],
)
def test_the_new_person_tomorrow_at_ten(home: Home, note: str, asked: str) -> None:
    home.say(note)
    said = [text for text in through(home) if "Ines" in text]
    assert len(said) == 1
    assert re.match(r"Tue 09:(45|50|55)", said[0])
    assert asked in said[0], said[0]


def test_what_was_wanted_at_a_place_comes_with_the_reply_there(home: Home) -> None:
    home.say("When I'm in Lisbon remind me to write to Ana.")
    home.clock.forward(hours=3)
    assert "write to Ana" in home.say("I'm in Lisbon until Friday.")
    assert "write to Ana" not in home.say("Leo has a dog.")
    assert [text for text in through(home) if "write to Ana" in text] == []


class TestCalendar:
    """A real calendar drives the word before a meeting, and the morning."""

    def test_prep_and_the_morning(self, home: Home, radicale: Radicale) -> None:
        home.say("Priya is waiting on her visa.")
        radicale.put("/ana/calendar/visa.ics", "text/calendar", event("visa", "Coffee with Priya", "20260505T110000"))
        source = sources.add(home.parts.db, "calendar", f"{radicale.url}/ana/calendar/", "ana", "secret")
        asyncio.run(poll(home.parts.db, [source], home.clock()))
        home.clock.forward(hours=22)
        morning = home.say("Good morning.")
        assert "Coffee with Priya" in morning
        assert "11am" in morning
        assert "visa" in morning
        (said,) = [text for text in through(home, days=0.3) if "Priya" in text]
        assert said.startswith("Tue 10:45")
        assert "visa" in said


class Room:
    """A satellite whose sound is kept."""

    name = "kitchen"

    def __init__(self) -> None:
        self.heard: list[list[AudioChunk]] = []

    async def turns(self) -> AsyncIterator[Turn]:
        await asyncio.Event().wait()
        yield Turn.__new__(Turn)

    async def play(self, speech: AsyncIterator[AudioChunk], then_listen: bool = False) -> None:
        self.heard.append([chunk async for chunk in speech])


class TestAloud:
    """Spoken by a machine, heard, kept, said and heard again: real sound and real engines at both ends."""

    TELLINGS = 4
    VOICES = ("en-gb-x-rp", "en-us", "en-us+m3", "en-us+f2", "en-us+m7")

    def tell(self, parts: Parts, *wordings: str) -> None:
        """Such voices are never twice the same: of their tellings, one that is heard right is told."""
        for note, voice in product(wordings * self.TELLINGS, self.VOICES):
            sound = [silence(0.3), *resample(Espeak(voice, 130).speak(note)), silence(1.0)]
            heard = parts.engines.stt.engine.transcribe(np.concatenate([chunk.samples for chunk in sound]))
            if words(heard.text) == words(note):
                (taken,) = asyncio.run(
                    Household(parts).attend(Recording("kitchen", iter(sound), NoSpeaker(), memo=True))
                )
                assert taken.words is not None
                return
        pytest.fail(f"never heard right: {wordings}")

    def hear(self, parts: Parts) -> str:
        """What is said by itself now, as it is heard by someone who has only the sound."""
        household, room = Household(parts), Room()

        async def looking() -> None:
            attending = asyncio.ensure_future(household.attend(room))
            await until(lambda: bool(household.there()))
            await speak_up(household, Manner(briefing=NEVER))
            attending.cancel()

        asyncio.run(looking())
        if not room.heard:
            return ""
        samples = np.concatenate([chunk.samples for chunk in resample(iter(room.heard[0]))])
        heard = parts.engines.stt.engine.transcribe(samples).text
        said = suggestions.latest(parts.db)[0].said
        assert len(words(said) & words(heard)) >= 0.5 * len(words(said)), (said, heard)
        return said

    def test_a_trip(self, parts: Parts, clock: Clock) -> None:
        self.tell(parts, "Rachel is in Paris until Sunday.")
        self.tell(parts, "Remind me to call Rachel three days after she gets home.")
        clock.forward(days=8)
        assert self.hear(parts) == ""
        clock.forward(days=1)
        assert "call Rachel" in self.hear(parts)

    def test_a_concert_and_a_loss(self, parts: Parts, clock: Clock) -> None:
        self.tell(parts, "I live in London.")
        self.tell(parts, "Rachel lives in London.")
        self.tell(parts, "Rachel loves jazz.", "Rachel loves jazz music.")
        self.tell(parts, "Rachel's mother died last week.")
        clock.forward(minutes=5)
        concert = "I am going to a jazz concert"
        self.tell(parts, f"Tomorrow {concert}.", f"{concert} tomorrow.", f"{concert} on Wednesday.")
        said = self.hear(parts)
        assert "jazz" in said
        assert "Gently: Rachel's mother died" in said

    def test_someone_new(self, parts: Parts, clock: Clock) -> None:
        self.tell(parts, "I am meeting Rachel for the first time on Friday at four.")
        clock.forward(days=4, hours=5, minutes=50)
        assert "Rachel" in self.hear(parts)


def words(text: str) -> set[str]:
    return set(re.findall(r"\w+", text.casefold()))
