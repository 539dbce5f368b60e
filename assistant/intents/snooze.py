"""Later; not now: whatever was offered waits, till the time that was said or till tomorrow."""

from __future__ import annotations

from datetime import timedelta

from assistant.intents.asked import Asked, Deed, deed
from assistant.intents.done import last_offered
from assistant.phrasing import line
from memory import reminders, suggestions


def act(asked: Asked) -> Deed:
    said = next((r.due for r in asked.meaning.reminders if r.due), None)
    until = said or asked.now.date() + timedelta(days=1)
    if offered := last_offered(asked):
        suggestions.put_off(asked.db, offered, reminders.moment(until).astimezone())
        if offered.reminder_id:
            reminders.put_off(asked.db, offered.reminder_id, until)
    elif waiting := _waiting(asked):
        reminders.put_off(asked.db, waiting, until)
    return deed(line("snoozed_until", when=said) if said else line("snoozed"))


def _waiting(asked: Asked) -> int | None:
    """The reminder (its id) about the person named, though it was not told yet."""
    person = asked.person()
    about = reminders.about(asked.db, person.id) if person else []
    return about[0].id if about else None
