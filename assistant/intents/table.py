"""Every intent, and what acts on it."""

from __future__ import annotations

from collections.abc import Callable

from assistant.intents import (
    briefing,
    capture,
    correct,
    done,
    forget,
    introduce,
    last_contact,
    prep,
    recall,
    reconnect,
    snooze,
    talk,
    undo,
    upcoming,
)
from assistant.intents.asked import Asked, Deed
from assistant.understanding.meaning import Intent
from memory.questions import OpenQuestion

INTENTS: dict[Intent, Callable[[Asked], Deed]] = {
    "capture": capture.act,
    "remind": capture.act,
    "presence": capture.act,
    "prep": prep.act,
    "recall": recall.act,
    "find": recall.act,
    "last_contact": last_contact.act,
    "briefing": briefing.act,
    "upcoming": upcoming.act,
    "reconnect": reconnect.act,
    "introduce": introduce.act,
    "correct": correct.act,
    "undo": undo.act,
    "forget": forget.act,
    "done": done.act,
    "snooze": snooze.act,
    "repeat": talk.repeat,
    "help": talk.explain,
    "stop": talk.stop,
    "other": talk.other,
}

ANSWERS: dict[str, Callable[[Asked, OpenQuestion, bool], Deed]] = {"forget": forget.answer}
"""What a yes or a no to our own question does, by the intent that asked."""
