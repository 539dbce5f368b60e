"""Scratch that."""

from __future__ import annotations

from assistant.intents.asked import Asked, Deed, deed
from assistant.phrasing import line
from memory import captures, identity


def act(asked: Asked) -> Deed:
    kept = captures.last_keeping(asked.db, asked.capture.id)
    told = {c.capture_id for c in identity.changes(asked.db) if c.capture_id}
    last = max(told | ({kept.id} if kept else set()), default=None)
    if last is None:
        return deed(line("undo_nothing"))
    for change in reversed(identity.changes(asked.db)):
        if change.capture_id == last:
            identity.unmerge(asked.db, change.id)
    if kept and kept.id == last:
        captures.undo(asked.db, kept.id)
    return deed(line("undone"))
