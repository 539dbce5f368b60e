"""Birthdays, plans and reminders ahead."""

from __future__ import annotations

from datetime import timedelta

from assistant.intents.asked import Asked, Deed, deed
from assistant.phrasing import Slot, line
from memory import memories, reminders
from memory.dates import DateSpan

_DAYS = 60
_THINGS = 4


def act(asked: Asked) -> Deed:
    today = asked.now.date()
    query = asked.meaning.query
    span = (query and query.when) or DateSpan(today, today + timedelta(days=_DAYS))
    person = asked.person()
    things: list[Slot] = [
        m.text for m in memories.on_days(asked.db, span) if person is None or person.id in {p.id for p in m.about}
    ]
    things += [
        line("kept_reminder", when=r.due, text=r.text)
        for r in reminders.ahead(asked.db, asked.now, (span.last - today).days + 1)
        if r.due and (person is None or person.id in {p.id for p in r.about})
    ]
    return deed(line("upcoming_found", things=things[:_THINGS]) if things else line("upcoming_nothing"))
