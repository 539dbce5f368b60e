"""Shortly before someone is met: what there is to know of them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import timedelta

from assistant.intents.prep import brief
from assistant.meetings import Meeting, meetings
from assistant.phrasing import Line, line, say_time
from assistant.triggers.occasion import Look, Occasion

_BEFORE = timedelta(minutes=15)
_MOST = 4  # people
_LONGEST = 70  # characters of a title or a place that are said


def occasions(look: Look) -> Iterator[Occasion]:
    for meeting in meetings(look, look.now, look.now + _BEFORE):
        met = meeting.people[:_MOST]
        told = brief(look, met, meeting.title, meeting.told)
        lines = (_what(meeting), *told.lines)
        yield Occasion(f"meeting/{meeting.key}", lines, met, private=told.private or meeting.private)


def _what(meeting: Meeting) -> Line:
    title, time = _short(meeting.title), say_time(meeting.at)
    place = _short(re.split(r"[,;(]", meeting.place or "")[0])
    if not place or "://" in place or place.casefold() in title.casefold():
        return line("meeting_soon", title=title, time=time)
    return line("meeting_soon_at", title=title, time=time, place=place)


def _short(said: str) -> str:
    """As much of it as can be said, up to a whole word."""
    said = said.strip().rstrip(".")
    return said if len(said) <= _LONGEST else said[:_LONGEST].rsplit(" ", 1)[0]
