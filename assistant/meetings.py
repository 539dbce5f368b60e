"""Whom one meets, and when: by one's calendars, and by what was told ("lunch with Priya on Friday at one")."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, time, timedelta

from assistant.intents.reading import language
from assistant.triggers.occasion import Look
from assistant.understanding.dates import spoken_times
from assistant.understanding.words import plain_words
from memory import calendars, holding, memories
from memory.dates import on_day
from memory.records import Memory, Person
from memory.slots import undated

_THE_SAME = timedelta(hours=1)  # told, and in a calendar as well
_NOON = 12


@dataclass(frozen=True, slots=True)
class Meeting:
    """``at``: when it starts, local and aware. ``key`` is that of this one time that it happens; ``told``, the memory
    (its id) that tells of it, if none of one's calendars does.
    """

    key: str
    title: str
    at: datetime
    people: tuple[Person, ...]
    place: str | None = None
    private: bool = False
    told: int | None = None


def meetings(look: Look, after: datetime, until: datetime) -> list[Meeting]:
    """With people known, starting between these moments of one day, the last of them included; soonest first. No
    funerals, and nobody who died.
    """
    gone = holding.dead(look.db)
    mourning = language("prep")["mourning"]
    planned = [
        Meeting(event.uid, event.title.strip().rstrip("."), event.start, event.people, event.place, event.private)
        for event in calendars.starting(look.db, after, until)
        if isinstance(event.start, datetime)
    ]
    told = [m for m in _told(look, until) if after < m.at <= until and not any(_same(m, other) for other in planned)]
    return [
        m
        for m in sorted((*planned, *told), key=lambda m: m.at)
        if m.people and gone.isdisjoint(p.id for p in m.people) and not re.search(mourning, m.title, re.IGNORECASE)
    ]


def _told(look: Look, day: datetime) -> Iterator[Meeting]:
    for memory in memories.on_days(look.db, on_day(day.date())):
        at = _hour(memory) if memory.kind == "plan" and memory.about and not memory.unspoken else None
        if at and memory.when and memory.when.first == day.date():
            yield Meeting(
                f"told/{memory.id}",
                _title(memory),
                datetime.combine(day.date(), at, day.tzinfo),
                memory.about,
                private=memory.private,
                told=memory.id,
            )


def _hour(memory: Memory) -> time | None:
    """When the speaker meets those whom it is about; None where it is no such plan, or no hour was told."""
    if not re.search(language("prep")["with_me"], memory.text):
        return None
    words = plain_words(memory.text)
    said = [t for t in spoken_times(words) if t.last - t.first > 1 or words[t.first][:1].isdecimal()]  # not "lunch"
    if not said:
        return None
    hour = said[-1].at
    late = (
        hour.hour < _NOON and not said[-1].certain and re.search(language("prep")["late"], memory.text, re.IGNORECASE)
    )
    return hour.replace(hour=hour.hour + _NOON) if late else hour  # "dinner at eight"


def _title(memory: Memory) -> str:
    """ "Lunch with Priya" for "You are having lunch with Priya on Friday at one."."""
    table = language("prep")
    text = re.sub(table["at_an_hour"], "", undated(memory).removesuffix("."), flags=re.IGNORECASE)
    text = re.sub(table["you_are"], "", text.strip())
    return text[:1].upper() + text[1:]


def _same(one: Meeting, other: Meeting) -> bool:
    return abs(one.at - other.at) <= _THE_SAME and bool({p.id for p in one.people} & {p.id for p in other.people})
