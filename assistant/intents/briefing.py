"""The morning: what is on today, what is near, one thing to do if one feels like it. At most three."""

from __future__ import annotations

from datetime import timedelta

from assistant.intents.asked import Asked, Deed
from assistant.phrasing import Line, line
from memory import introductions, memories, reminders
from memory.dates import DateSpan, on_day
from memory.records import Memory

_THINGS = 3
_NEAR = timedelta(days=7)


def act(asked: Asked) -> Deed:
    today = asked.now.date()
    asked_for = reminders.ahead(asked.db, asked.now.replace(hour=23, minute=59), days=0)[:_THINGS]
    day = [m for m in memories.on_days(asked.db, on_day(today)) if _is_a_day(m)][:_THINGS]
    now = [*(r.text for r in asked_for), *(m.text for m in day)][:_THINGS]
    near = [m for m in memories.on_days(asked.db, DateSpan(today + timedelta(days=1), today + _NEAR)) if _is_a_day(m)]
    lines: list[Line] = []
    if now:
        lines.append(line("briefing_today", things=now))
    if coming := [m.text for m in near if m.text not in now][: _THINGS - len(now)]:
        lines.append(line("briefing_ahead", things=coming))
    wanted = introductions.open_ones(asked.db)
    if wanted and len(now) + len(coming) < _THINGS:
        lines.append(line("briefing_introduction", one=wanted[0].one.name, other=wanted[0].other.name))
    if not lines:
        return Deed((line("briefing_nothing"),))
    return Deed((line("briefing_start"), *lines), tells=tuple(r.id for r in asked_for))


def _is_a_day(memory: Memory) -> bool:
    """Of a day or a few, not "some time in July"; and nothing hard is sprung on anyone with the coffee."""
    if memory.private or memory.unspoken:
        return False
    return memory.when is not None and memory.when.last - memory.when.first <= _NEAR
