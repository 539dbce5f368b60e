"""Whom one meets and when, as it was told: before these one is spoken to."""

from __future__ import annotations

import asyncio
from datetime import datetime, timedelta

import pytest

from assistant.meetings import Meeting, meetings
from assistant.phrasing import phrase
from assistant.triggers import meeting
from assistant.triggers.occasion import Look
from assistant.turn import Parts, take_words
from tests.assistant.conftest import Clock


def tell(parts: Parts, *notes: str) -> None:
    for note in notes:
        asyncio.run(take_words(note, "test", parts))


def on(parts: Parts, clock: Clock, days: int) -> list[Meeting]:
    """What the day so many days from now holds."""
    day = (clock() + timedelta(days=days)).replace(hour=0, minute=0)
    return meetings(Look(parts.db, parts.vectors, clock()), day, day.replace(hour=23, minute=59))


@pytest.mark.parametrize(
    ("note", "days", "hour", "names"),
    [
        ("Lunch with Omar on Thursday at half twelve.", 3, "12:30", ["Omar"]),
        ("Omar at 3 tomorrow.", 1, "15:00", ["Omar"]),
        ("Supper at ours with Lena and Omar, Friday at seven.", 4, "19:00", ["Lena", "Omar"]),
        ("I'm seeing Lena on Wednesday at quarter past nine.", 2, "09:15", ["Lena"]),
        ("Tea with Lena at five.", 0, "17:00", ["Lena"]),
        ("I'm meeting someone new on Tuesday at eleven, his name is Kofi.", 1, "11:00", ["Kofi"]),
        ("We're having drinks on Saturday at eight with our new landlord, he's called Kofi.", 5, "20:00", ["Kofi"]),
        ("Meeting a woman called Lena tomorrow at nine.", 1, "09:00", ["Lena"]),
        ("Lena is coming for dinner on Sunday at eight.", 6, "20:00", ["Lena"]),
    ],
)
def test_an_hour_told_is_one_to_speak_up_before(
    parts: Parts, clock: Clock, note: str, days: int, hour: str, names: list[str]
) -> None:
    tell(parts, note)
    found = on(parts, clock, days)
    assert [(f"{m.at:%H:%M}", sorted(p.name for p in m.people)) for m in found] == [(hour, names)]


@pytest.mark.parametrize(
    "note",
    [
        "Lunch with Omar on Thursday.",
        "I might see Omar on Thursday at three.",
        "Omar has an interview on Thursday at three.",
        "I'm not meeting Omar on Thursday at three.",
    ],
)
def test_what_is_no_meeting_or_has_no_hour(parts: Parts, clock: Clock, note: str) -> None:
    tell(parts, note)
    assert on(parts, clock, 3) == []


def test_what_was_to_be_said_then_comes_up_before_it(parts: Parts, clock: Clock) -> None:
    tell(parts, "Remind me when I see Omar to ask about the boat.", "Coffee with Omar tomorrow at eleven.")
    clock.now = datetime(2026, 5, 5, 10, 50).astimezone()
    said = [phrase(one.lines, clock()) for one in meeting.occasions(Look(parts.db, parts.vectors, clock()))]
    assert len(said) == 1
    assert "the boat" in said[0]


def test_what_was_to_be_said_to_one_of_several(parts: Parts, clock: Clock) -> None:
    tell(parts, "Next time I see Lena, remind me to thank her.", "Lunch with Omar and Lena tomorrow at one.")
    clock.now = datetime(2026, 5, 5, 12, 50).astimezone()
    said = [phrase(one.lines, clock()) for one in meeting.occasions(Look(parts.db, parts.vectors, clock()))]
    assert len(said) == 1
    assert "thank" in said[0]
