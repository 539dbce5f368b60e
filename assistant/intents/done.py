"""A reminder or a suggestion is settled: it was done, or let go. Both are fine."""

from __future__ import annotations

from assistant.intents.asked import Asked, Deed, deed
from assistant.intents.keeping import keep
from assistant.phrasing import line
from memory import reminders, suggestions
from memory.records import Reminder


def act(asked: Asked) -> Deed:
    keep(asked)
    if reminder := settled_reminder(asked):
        reminders.settle(asked.db, reminder.id, "done")
        return deed(line("done"))
    if offered := suggestions.last_offered(asked.db):
        suggestions.settle(asked.db, offered[0], "done")
        return deed(line("done"))
    return deed(line("done_nothing"))


def settled_reminder(asked: Asked) -> Reminder | None:
    """The one about the person named, else the one told last."""
    person = asked.person()
    theirs = reminders.about(asked.db, person.id) if person else []
    return theirs[0] if theirs else reminders.last_told(asked.db)
