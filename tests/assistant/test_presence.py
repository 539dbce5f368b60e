"""Where the speaker says they are is kept, about nobody, with its place and days."""

from __future__ import annotations

import asyncio
from datetime import date

from assistant.turn import Parts, take_words
from memory import memories, people
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
    assert say(parts, "I'm home.") == "Kept, in your own words."
    assert [m.text for m in memories.pending(parts.db)] == ["I'm home."]


def test_it_is_told_among_what_is_ahead(parts: Parts) -> None:
    say(parts, "I'm going to see a play on Thursday.")
    assert say(parts, "What's coming up this week?") == "Coming up: You're going to see a play on Thursday."
