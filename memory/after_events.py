"""Reminders for so long after an event of theirs: they move when it moves."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable
from datetime import date, timedelta
from functools import cache
from pathlib import Path

from memory import captures, memories, reminders
from memory.database import Database
from memory.recall import content_words
from memory.records import Memory, Reminder
from memory.support import coverage

_SAME_EVENT = 0.5  # of the words that a reminder calls it by, in what was told of it


def date_reminders(db: Database) -> None:
    """Gives every reminder that waits for an event the day that follows from what is known of the event by now."""
    for reminder in reminders.after_events(db):
        end = _end(db, reminder)
        due = end and end + timedelta(days=reminder.after_days or 0)
        if due != reminder.due:
            reminders.move(db, reminder.id, due)


def _end(db: Database, reminder: Reminder) -> date | None:
    """The last day of what a reminder waits for; None where that was not told."""
    event = re.sub(_words("asking"), "", reminder.after_event or "", flags=re.IGNORECASE)
    told = captures.get(db, reminder.capture_id).heard_at.astimezone().date()
    theirs = {m.id: m for p in reminder.about for m in memories.about(db, p.id, -1)}
    dated = [m for m in theirs.values() if m.when and m.when.last >= told and m.kind in ("plan", "event", "fact")]
    if re.search(_words("homecoming"), event, re.IGNORECASE):
        return _home_again(dated)
    names = [name for p in reminder.about for name in (p.name, *p.also)]
    covered = coverage(db, content_words(event, names), [m.id for m in dated])
    best = max(dated, key=lambda m: (covered[m.id], m.id), default=None)
    return best.when.last if best and best.when and covered[best.id] >= _SAME_EVENT else None


def _home_again(dated: Iterable[Memory]) -> date | None:
    """The newest that was told counts; of "off to Croatia tomorrow" nobody knows how long it lasts."""
    for memory in sorted(dated, key=lambda m: -m.id):
        if memory.when is None:
            continue
        if re.search(_words("homecoming"), memory.text, re.IGNORECASE):
            return memory.when.last
        if memory.when.first < memory.when.last and re.search(_words("journey"), memory.text, re.IGNORECASE):
            return memory.when.last
    return None


def _words(name: str) -> str:
    return _table()[name]


@cache
def _table() -> dict[str, str]:
    return tomllib.loads((Path(__file__).parent / "after_events.en.toml").read_text(encoding="utf-8"))
