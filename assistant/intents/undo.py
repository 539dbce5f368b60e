"""Scratch that."""

from __future__ import annotations

from assistant.intents.asked import Asked, Deed, deed
from assistant.phrasing import line
from memory import captures


def act(asked: Asked) -> Deed:
    kept = captures.last_keeping(asked.db, asked.capture.id)
    if kept is None:
        return deed(line("undo_nothing"))
    captures.undo(asked.db, kept.id)
    return deed(line("undone"))
