"""After an event of theirs whose end nobody told: asked for once. The reminder itself then comes at its time."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

from assistant.phrasing import line
from assistant.triggers.occasion import Look, Occasion
from memory import captures, reminders
from memory.questions import OpenQuestion

QUESTION = "after_event"
_AFTER = timedelta(hours=20)  # it was told for the telling, and the rest may come by itself


def occasions(look: Look) -> Iterator[Occasion]:
    for reminder in reminders.after_events(look.db):
        told = captures.get(look.db, reminder.capture_id)
        if reminder.due is None and look.now - told.heard_at > _AFTER:
            whom = reminder.about[0].id if reminder.about else None
            yield Occasion(
                f"after_event/{reminder.id}",
                (line("after_event_when", event=reminder.after_event or ""),),
                reminder.about,
                question=OpenQuestion(QUESTION, whom, reminder.capture_id),
            )
