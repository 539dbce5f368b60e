"""Lives a year: says what a persona says, looks around through the day, and writes down everything that is said."""

from __future__ import annotations

import asyncio
import random
import tomllib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Any

from assistant.app import open_home
from assistant.devices import Devices
from assistant.household import Household
from assistant.manner import Manner
from assistant.quiet import quiet_hours
from assistant.scheduler import speak_up
from assistant.settings import Settings
from assistant.turn import take_words
from memory import suggestions
from satellites.errors import SatelliteError
from tests.assistant.conftest import Clock, until
from tests.assistant.home import Home, Waiting

PERSONAS: dict[str, Any] = tomllib.loads((Path(__file__).parent / "personas.toml").read_text(encoding="utf-8"))
FIRST, LAST = date(2026, 1, 1), date(2026, 12, 31)
_LOOKS = [time(2), *(time(hour, 5) for hour in (7, 8, 9, 10, 12, 14, 17, 18, 20, 21)), time(23, 10)]
_UNHEARD = 0.05  # of what is said: nobody is told why a satellite did not play it
_ANSWERED = {"Not now.": 0.06, "Let it go.": 0.06, "Done.": 0.1}


@dataclass(frozen=True, slots=True)
class Spoken:
    """``key``: of what was said by itself; "" for a reply to ``to``."""

    at: datetime
    text: str
    key: str = ""
    to: str = ""
    asked_for: bool = False


@dataclass(slots=True)
class Year:
    name: str
    home: Home
    log: list[Spoken] = field(default_factory=list)

    def by_itself(self, trigger: str = "") -> list[Spoken]:
        return [one for one in self.log if one.key.startswith(trigger or "") and one.key]


@contextmanager
def lived(name: str, folder: Path) -> Iterator[Year]:
    """The whole year of a persona; its home stays open to be looked into."""
    clock = Clock()
    with open_home(Settings(home=folder / name, port=0), clock) as parts:
        year = Year(name, Home(parts, clock, Devices(folder / "devices.json")))
        asyncio.run(_live(year, PERSONAS[name], random.Random(name)))
        yield year


async def _live(year: Year, persona: dict[str, Any], chance: random.Random) -> None:
    told = sorted(_told(persona, chance))
    moments = sorted({*(_at(day, look) for day in _days() for look in _LOOKS), *(at for at, _ in told)})
    for count, moment in enumerate(moments):
        if count % 200 == 0:  # the server is started anew
            year.home.household = Household(year.home.parts, year.home.devices, quiet_hours("22:00-08:00"))
        year.home.clock.now = moment
        while told and told[0][0] <= moment:
            await _say(year, told.pop(0)[1])
        away = _is_away(persona, moment.date())
        if not (away and persona.get("phone")):
            await _look(year, chance, present=not away)


async def _say(year: Year, words: str) -> None:
    taken = await take_words(words, "kitchen", year.home.parts)
    if taken.reply:
        year.log.append(Spoken(year.home.clock(), taken.reply.text, to=words))
        if taken.reply.text.endswith("nothing today?"):
            await _say(year, "Yes please.")


async def _look(year: Year, chance: random.Random, present: bool) -> None:
    home = year.home
    kitchen = Waiting(home.reader)
    kitchen.fails = [SatelliteError("no answer")] if chance.random() < _UNHEARD else []
    attending = asyncio.ensure_future(home.household.attend(kitchen))
    await until(lambda: bool(home.household.there()))
    await speak_up(home.household, Manner())
    attending.cancel()
    said = {s.said: s for s in suggestions.latest(home.parts.db, 8)} if kitchen.heard else {}
    for text in kitchen.heard:
        one = said.get(text)
        key = one.key if one else "withheld"
        year.log.append(Spoken(home.clock(), text, key, asked_for=one is not None and one.asked_for))
    if kitchen.heard and present:
        for answer, share in _ANSWERED.items():
            if chance.random() < share:
                home.clock.forward(minutes=1)
                await _say(year, answer)
                break


def _told(persona: dict[str, Any], chance: random.Random) -> Iterator[tuple[datetime, str]]:
    """What they say: what is written, whom they met, and good morning on the other days."""
    for at, words in persona["told"]:
        yield _at(at.date(), at.time()), words
    for met in persona["met"]:
        day = met["from"]
        while day <= met["to"]:
            if not _is_away(persona, day):
                words = chance.choice(PERSONAS["meeting"]).format(name=met["name"])
                yield _at(day, time(21, chance.randrange(50))), words
            day += timedelta(days=met["every"] + chance.randrange(-1, 2))
    hour = time.fromisoformat(persona["morning"])
    for day in _days():
        if not _is_away(persona, day) and chance.random() < 0.5:
            yield _at(day, hour), "Good morning."


def _is_away(persona: dict[str, Any], day: date) -> bool:
    return any(first <= day < last for first, last in persona["away"])


def _days() -> Iterator[date]:
    for number in range((LAST - FIRST).days + 1):
        yield FIRST + timedelta(days=number)


def _at(day: date, hour: time) -> datetime:
    return datetime.combine(day, hour).astimezone()
