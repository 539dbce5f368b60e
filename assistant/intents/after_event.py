"""The answer to when an event of theirs is over, which a reminder waits for: "she's back on Sunday"."""

from __future__ import annotations

import re

from assistant.intents.asked import Asked, Deed, deed
from assistant.intents.keeping import discretion
from assistant.intents.reading import language
from assistant.phrasing import line, say_span
from assistant.understanding.dates import span_in
from memory import memories, people, reminders
from memory.after_events import date_reminders
from memory.questions import OpenQuestion
from memory.records import Person


def answer(asked: Asked, question: OpenQuestion) -> Deed | None:
    """None: it says no day."""
    when = span_in(asked.words, asked.now)
    waiting = [r for r in reminders.after_events(asked.db) if r.capture_id == question.capture_id]
    if when is None or not waiting:
        return None
    whose = people.by_ids(asked.db, [question.person_id] if question.person_id else [])
    event = _of(whose, waiting[0].after_event or "")
    kept = memories.add(
        asked.db,
        asked.capture,
        about=whose,
        kind="plan",
        text=f"{event}: {say_span(when, asked.now)}.",
        evidence=asked.words,
        when=when,
        discretion=discretion(asked.words),
    )
    date_reminders(asked.db)
    now = reminders.by_id(asked.db, waiting[0].id)
    told = [line("kept_reminder", when=now.due, text=now.text)] if now and now.due else []
    return deed(line("kept", things=[kept.text, *told]))


def _of(whose: list[Person], event: str) -> str:
    """ "Anna gets home" for "she gets home"."""
    if not whose:
        return event
    table = language("keeping")
    theirs = re.sub(table["she"], whose[0].name, event, count=1, flags=re.IGNORECASE)
    return (
        re.sub(table["her"], f"{whose[0].name}'s", theirs, count=1, flags=re.IGNORECASE) if theirs == event else theirs
    )
