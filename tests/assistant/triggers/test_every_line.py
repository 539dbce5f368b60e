"""Random lives through every trigger: whatever is found to say may be said, in every wording."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from assistant.engines import Engines, choose_engines
from assistant.phrasing import phrase
from assistant.settings import Settings
from assistant.tone import unkind
from assistant.triggers import table
from assistant.triggers.occasion import Look, Occasion
from assistant.turn import Parts, take_words
from memory import calendars, memories, positions, sources
from memory.after_events import date_reminders
from memory.calendars import Occurrence
from memory.database import Database
from memory.key import key_from_passphrase
from memory.positions import Position
from memory.vectors import Vectors
from tests.assistant.conftest import Clock

NAMES = ("Ana", "Tom", "Priya", "Leo", "Walter")
NOTES = (
    "{name}'s birthday is on {day}.",
    "{name}'s birthday is in {month}.",
    "{name} is one of my closest friends.",
    "Had coffee with {name} today.",
    "Called {name} this morning.",
    "{name} died last night.",
    "{name}'s father died on {day} 2024.",
    "{name} got married on {day} 2023.",
    "{name} is in Lisbon until {day}.",
    "{name} lives in Lisbon.",
    "I'm in Lisbon until {day}.",
    "{name} loves The National.",
    "I'm seeing The National on {day}.",
    "{name} is off to Croatia on {day}.",
    "Remind me to call {name} two days after {name} gets back.",
    "Remind me to bring {name} the book on {day}.",
    "When I'm in Lisbon remind me to write to {name}.",
    "I'm having lunch with {name} on {day} at one.",
    "{name} split up with Mia.",
    "{name} is starting pottery.",
    "Saw Ana, Tom and Priya at the party today.",
    "Not now.",
    "Let it go.",
)
MONTHS = ("May", "June", "July")

notes = st.builds(
    lambda note, name, day, month: note.format(name=name, day=f"{day} {month}", month=month),
    st.sampled_from(NOTES),
    st.sampled_from(NAMES),
    st.integers(1, 28),
    st.sampled_from(MONTHS),
)
steps = st.lists(st.tuples(notes, st.integers(1, 500)), min_size=4, max_size=14)


@pytest.fixture(scope="module")
def engines() -> Engines:
    return choose_engines(Settings())


@contextmanager
def home(engines: Engines, folder: Path, clock: Clock) -> Iterator[Parts]:
    """One of many, with the same engines: to load them takes long."""
    db = Database(folder / "fondly.db", key_from_passphrase("x"))
    with closing(db), closing(Vectors(folder / "vectors", engines.embedder.engine)) as vectors:
        yield Parts(engines, db, vectors, clock)


def found(parts: Parts, now: datetime) -> list[Occasion]:
    memories.derive(parts.db)
    date_reminders(parts.db)
    look = Look(parts.db, parts.vectors, now)
    return [*table.promised(look), *table.pressing(look), *table.unasked(look)]


@settings(max_examples=20, phases=[Phase.generate], suppress_health_check=[HealthCheck.too_slow], deadline=None)
@given(told=steps, hours=st.integers(1, 3000), title=st.sampled_from(("Coffee with Ana", "Leo & Priya", "Dentist")))
def test_what_is_found_may_be_said(
    told: list[tuple[str, int]], hours: int, title: str, engines: Engines, tmp_path_factory: pytest.TempPathFactory
) -> None:
    clock = Clock()
    with home(engines, tmp_path_factory.mktemp("home"), clock) as parts:
        for note, later in told:
            asyncio.run(take_words(note, "test", parts))
            clock.forward(hours=later)
        positions.keep(parts.db, Position(clock(), 38.72, -9.14))
        calendar = sources.add(parts.db, "calendar", "/calendar.ics")
        start = clock() + timedelta(hours=hours, minutes=10)
        calendars.replace(
            parts.db, calendar.id, [Occurrence("1", title, start, start + timedelta(hours=1), "Café Luso")]
        )
        for forward in (0, hours, 24 * 30):
            clock.forward(hours=forward)
            for occasion in found(parts, clock()):
                check(occasion, clock())


def check(occasion: Occasion, now: datetime) -> None:
    for day in range(3):  # every wording
        said = phrase(occasion.lines, now + timedelta(days=day))
        assert unkind(said) == []
        assert not re.search(r"\b(ago|since)\b|\b(days|weeks|months|years)\b", said), said
        assert not re.search(r"[{}]|None|\bNone\b|\.\.|  ", said), said
        assert len(said) < 400
