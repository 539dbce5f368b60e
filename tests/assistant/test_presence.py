"""Where the speaker says they are is kept, about nobody, with its place and days."""

from __future__ import annotations

import asyncio
from datetime import date

import pytest

from assistant.turn import Parts, take_words
from memory import memories, people, whereabouts
from memory.dates import DateSpan


def say(parts: Parts, text: str) -> str:
    taken = asyncio.run(take_words(text, "test", parts))
    return taken.reply.text if taken.reply else ""


def test_where_one_is_is_kept_with_its_days(parts: Parts) -> None:
    assert say(parts, "I'm in Lisbon until Sunday.") == "Kept: You're in Lisbon until Sunday."
    (memory,) = memories.pending(parts.db)
    assert (memory.kind, memory.about, memory.place) == ("plan", (), "Lisbon")
    assert memory.when == DateSpan(date(2026, 5, 4), date(2026, 5, 10))
    assert not people.everyone(parts.db)


def test_where_one_is_without_place_or_day_is_kept_in_its_words(parts: Parts) -> None:
    assert say(parts, "I'm in town.") == "Kept, in your own words."
    assert [m.text for m in memories.pending(parts.db)] == ["I'm in town."]


@pytest.mark.parametrize(
    ("said", "place", "days"),
    [
        ("I'm home.", "home", 1),
        ("I'm back home.", "home", 1),
        ("I'm at work.", "work", 1),
        ("I'm at the market.", "the market", 1),
        ("Just landed in Lisbon.", "Lisbon", 2),
        ("We're off to Croatia tomorrow.", "Croatia", 1),
        ("I am in the UK until the 12th.", "the UK", 9),
        ("I'm visiting Edinburgh next weekend.", "Edinburgh", 2),
        ("I'm going to Croatia next week.", "Croatia", 7),
        ("I'm off to the gym.", "the gym", 1),
    ],
)
def test_where_one_says_one_is(parts: Parts, said: str, place: str, days: int) -> None:
    say(parts, said)
    (memory,) = memories.pending(parts.db)
    assert (memory.kind, memory.about, memory.place) == ("plan", (), place)
    assert memory.when
    assert (memory.when.last - memory.when.first).days + 1 == days


@pytest.mark.parametrize("said", ["I live in Leeds.", "We live in Leeds.", "I've moved to Leeds."])
def test_where_one_lives_is_kept_as_a_fact(parts: Parts, said: str) -> None:
    say(parts, said)
    (memory,) = memories.pending(parts.db)
    assert (memory.kind, memory.about, memory.place, memory.when) == ("fact", (), "Leeds", None)
    home = whereabouts.home(parts.db)
    assert home
    assert home.said == "Leeds, the UK"


def test_a_plan_of_ones_own_is_nobody_elses(parts: Parts) -> None:
    say(parts, "Chase loves the National.")
    assert say(parts, "I'm seeing the National tomorrow.") == "Kept: You're seeing the National tomorrow."
    assert memories.pending(parts.db)[0].about == ()


def test_a_reminder_for_a_place_is_told_back_with_it(parts: Parts) -> None:
    told = say(parts, "Remind me to send Anna a photo when I'm in Croatia.")
    assert told == "Kept: for Croatia, you'd like to be told: send Anna a photo."


def test_it_is_told_among_what_is_ahead(parts: Parts) -> None:
    say(parts, "I'm going to see a play on Thursday.")
    assert say(parts, "What's coming up this week?") == "Coming up: You're going to see a play on Thursday."
