"""Shortly before someone is met, by the calendar: what there is to know of them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import datetime, timedelta

from assistant.intents.prep import brief
from assistant.intents.reading import language
from assistant.phrasing import Line, line, say_time
from assistant.triggers.occasion import Look, Occasion
from memory import calendars, holding
from memory.calendars import CalendarEvent

_BEFORE = timedelta(minutes=15)
_MOST = 4  # people
_LONGEST = 70  # characters of a title or a place that are said


def occasions(look: Look) -> Iterator[Occasion]:
    soon = calendars.starting(look.db, look.now, look.now + _BEFORE)
    gone = holding.dead(look.db) if soon else set()
    for event in soon:
        met = [p for p in event.people if p.id not in gone][:_MOST]
        if not met or re.search(language("prep")["mourning"], event.title, re.IGNORECASE):
            continue
        told = brief(look, met, event.title)
        lines = (_what(event), *told.lines)
        yield Occasion(f"meeting/{event.uid}", lines, tuple(met), private=told.private or event.private)


def _what(event: CalendarEvent) -> Line:
    title, time = _short(event.title), say_time(event.start) if isinstance(event.start, datetime) else ""
    place = _short(re.split(r"[,;(]", event.place or "")[0])
    if not place or "://" in place or place.casefold() in title.casefold():
        return line("meeting_soon", title=title, time=time)
    return line("meeting_soon_at", title=title, time=time, place=place)


def _short(said: str) -> str:
    """As much of it as can be said, up to a whole word."""
    said = said.strip().rstrip(".")
    return said if len(said) <= _LONGEST else said[:_LONGEST].rsplit(" ", 1)[0]
