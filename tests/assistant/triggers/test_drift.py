"""Someone close who slips out of sight is brought to mind once, kindly, by their own rhythm."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime, timedelta
from itertools import pairwise
from pathlib import Path
from statistics import median

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assistant.app import open_home
from assistant.phrasing import phrase
from assistant.settings import Settings
from assistant.tone import unkind
from assistant.triggers import drift
from assistant.triggers.occasion import Look, Occasion, told
from assistant.triggers.table import UNASKED
from assistant.turn import Parts
from memory import captures, memories, people, suggestions
from memory.database import Database
from tests.assistant.conftest import Clock
from tests.assistant.test_identity import say

NOW = datetime(2026, 5, 4, 10, 0).astimezone()
NAMES = ("Maya", "Omar", "Lena", "Tess", "Rob")


def found(parts: Parts, now: datetime) -> list[Occasion]:
    return list(drift.occasions(Look(parts.db, parts.vectors, now)))


def spoken(parts: Parts, now: datetime) -> str:
    return " ".join(phrase(one.lines, now) for one in found(parts, now))


def test_it_is_one_of_the_triggers() -> None:
    assert UNASKED["drift"] is drift.occasions


def test_someone_close_comes_to_mind_once_for_each_gap(parts: Parts, clock: Clock) -> None:
    say(parts, "Maya is my best friend.", "Maya is learning pottery.", "I met Maya for coffee.")
    day = clock.now.date()
    assert found(parts, clock.now + timedelta(days=40)) == []
    clock.forward(days=50)
    (one,) = found(parts, clock.now)
    maya = people.find(parts.db, "Maya")
    assert maya
    assert (one.key, one.people, one.private, one.asked_for) == (f"drift/{maya.id}/{day}", (maya,), False, False)
    said = phrase(one.lines, clock.now)
    assert "Maya" in said
    assert "pottery" in said
    clock.forward(days=2)
    assert found(parts, clock.now)[0].key == one.key
    told(parts.db, [one], clock.now)
    assert found(parts, clock.now) == []
    clock.forward(days=10)
    say(parts, "I called Maya today.")
    assert found(parts, clock.now) == []
    clock.forward(days=90)
    assert found(parts, clock.now)[0].key != one.key


def test_after_the_closest_was_brought_to_mind_the_next_is(parts: Parts, clock: Clock) -> None:
    say(parts, "Maya is my best friend.", "My sister Ana keeps bees.")
    clock.forward(days=200)
    (first,) = found(parts, clock.now)
    told(parts.db, [first], clock.now)
    (second,) = found(parts, clock.now)
    assert [first.people[0].name, second.people[0].name] == ["Maya", "Ana"]


@pytest.mark.parametrize(
    "words",
    [
        "Maya died in April.",
        "I don't want to see Maya any more.",
        "Maya and I aren't close any more.",
        "Maya is my wife.",
    ],
)
def test_these_are_not_brought_to_mind(parts: Parts, clock: Clock, words: str) -> None:
    say(parts, "Maya is my best friend.", words)
    clock.forward(days=300)
    assert found(parts, clock.now) == []


def test_grief_is_met_gently_and_nothing_of_it_is_said(parts: Parts, clock: Clock) -> None:
    say(parts, "Maya is my best friend.", "Maya's dad died last week.")
    clock.forward(days=60)
    for day in range(4):
        said = spoken(parts, clock.now + timedelta(days=day))
        assert "Maya" in said
        assert "dad" not in said
        assert "enjoy" not in said


def test_nothing_private_or_unspoken_is_told(parts: Parts, clock: Clock) -> None:
    say(parts, "Maya is my best friend.", "Maya keeps bees.", "This is private: Maya is looking for another job.")
    clock.forward(days=60)
    assert "job" not in spoken(parts, clock.now)


def test_each_no_makes_it_rarer_and_after_three_it_stays_quiet(parts: Parts, clock: Clock) -> None:
    say(parts, "Maya is my best friend.")
    maya = people.find(parts.db, "Maya")
    assert maya
    for allowed in (42, 84, 168, None):
        if allowed is None:
            assert found(parts, clock.now + timedelta(days=3000)) == []
            return
        assert found(parts, clock.now + timedelta(days=allowed)) == []
        clock.forward(days=allowed + 1)
        told(parts.db, found(parts, clock.now), clock.now)
        assert say(parts, "Let it go.")
        assert suggestions.refusals(parts.db, maya.id) in (1, 2, 3)
        clock.forward(days=1)
        say(parts, "Maya sings.")


def test_what_one_would_like_says_why(parts: Parts, clock: Clock) -> None:
    say(parts, "Maya is my best friend.", "My sister Ana lives in Leeds.", "I want to make friends in Leeds.")
    clock.forward(days=200)
    said = spoken(parts, clock.now)
    assert "Ana" in said
    assert "You said you'd like to make friends in Leeds" in said


@contextmanager
def emptied(parts: Parts) -> Iterator[Database]:
    """Leaves the database as it was."""

    class Undo(Exception):
        pass

    try:
        with parts.db.transaction():
            yield parts.db
            raise Undo
    except Undo:
        pass


HISTORIES = st.lists(st.lists(st.integers(0, 900), min_size=1, max_size=15, unique=True), min_size=1, max_size=5)


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Parts]:
    folder: Path = tmp_path_factory.mktemp("drift")
    with open_home(Settings(home=folder, port=0), lambda: NOW) as opened:
        yield opened


@given(histories=HISTORIES)
@settings(max_examples=60)
def test_never_within_ones_rhythm_and_always_beyond_it(home: Parts, histories: list[list[int]]) -> None:
    with emptied(home) as db:
        beyond = set()
        for name, met in zip(NAMES, histories, strict=False):
            person = befriend(db, name, max(met))
            for days in met:
                capture = captures.keep_text(db, "", NOW - timedelta(days=days), "test")
                people.add_meeting(db, capture.id, person, (NOW - timedelta(days=days)).date())
            if min(met) > max(2 * own_rhythm(met), 21):
                beyond.add(name)
        occasions = found(home, NOW)
        assert {one.people[0].name for one in occasions} <= beyond
        assert len(occasions) == min(len(beyond), 1)
        for day in range(5):
            said = " ".join(phrase(one.lines, NOW + timedelta(days=day)) for one in occasions)
            assert not re.search(r"\d", said)
            assert unkind(said) == []


def befriend(db: Database, name: str, days: int) -> int:
    when = NOW - timedelta(days=days)
    capture = captures.keep_text(db, "", when, "test")
    person = people.find_or_add(db, name)
    for text in (f"{name} is one of your closest friends.", f"{name} is learning pottery."):
        memories.add(db, capture, about=[person], kind="fact", text=text, evidence=text)
    return person.id


def own_rhythm(met: list[int]) -> float:
    days = sorted((NOW - timedelta(days=d)).date() for d in met)[-13:]
    gaps = [(later - earlier).days for earlier, later in pairwise(days)]
    return min(max(median(gaps), 3), 365) if len(gaps) >= 2 else 21


def test_the_last_day_is_in_the_key(parts: Parts, clock: Clock) -> None:
    say(parts, "Maya is my best friend.")
    clock.forward(days=100)
    (one,) = found(parts, clock.now)
    assert date.fromisoformat(one.key.split("/")[2]) == date(2026, 5, 4)
