"""Later; not now: whatever was offered waits, till the time that was said or till tomorrow."""

from __future__ import annotations

from datetime import timedelta

from assistant.intents.asked import Asked, Deed, deed
from assistant.intents.done import settled_reminder
from assistant.phrasing import line
from memory import reminders, suggestions


def act(asked: Asked) -> Deed:
    said = next((r.due for r in asked.meaning.reminders if r.due), None)
    if reminder := settled_reminder(asked):
        reminders.put_off(asked.db, reminder.id, said or asked.now.date() + timedelta(days=1))
        return deed(line("snoozed_until", when=said) if said else line("snoozed"))
    if offered := suggestions.last_offered(asked.db):
        suggestions.settle(asked.db, offered[0], "later")
    return deed(line("snoozed"))
