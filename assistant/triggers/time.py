"""At a time: what was to be told then."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

from assistant.phrasing import line
from assistant.triggers.occasion import Look, Occasion
from memory import memories, reminders
from memory.database import Database
from memory.records import Reminder

STALE = timedelta(days=4)
"""What came up longer ago is not said by itself any more: whoever was away hears of it in catching up, or not."""


def occasions(look: Look) -> Iterator[Occasion]:
    for reminder in reminders.due(look.db, look.now):
        if not is_stale(look, reminder):
            yield occasion(look.db, reminder)


def is_stale(look: Look, reminder: Reminder) -> bool:
    return look.now.replace(tzinfo=None) - reminders.moment(reminder.due) > STALE


def occasion(db: Database, reminder: Reminder) -> Occasion:
    """Private, if what was told along with it is."""
    return Occasion(
        f"time/{reminder.id}/{reminder.due}",
        (line("reminder", text=reminder.text),),
        reminder.about,
        asked_for=True,
        private=memories.is_confidential(db, reminder.capture_id),
        reminder=reminder.id,
        due=reminders.moment(reminder.due),
    )
