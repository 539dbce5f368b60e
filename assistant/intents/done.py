"""A reminder or a suggestion is settled: it was done, or let go. Both are fine."""

from __future__ import annotations

import re
from typing import Literal

from assistant.intents.asked import Asked, Deed, deed
from assistant.intents.keeping import keep
from assistant.intents.reading import language
from assistant.phrasing import line
from memory import reminders, suggestions
from memory.suggestions import Suggestion


def act(asked: Asked) -> Deed:
    keep(asked)
    let_go = re.search(language("keeping")["let_go"], asked.words, re.IGNORECASE)
    if let_go:
        return deed(line("let_go" if _settle(asked, "let go") else "done_nothing"))
    return deed(line("done" if _settle(asked, "done") else "done_nothing"))


def last_offered(asked: Asked) -> Suggestion | None:
    """The one about the person named, else the one said last."""
    person = asked.person()
    return suggestions.last_offered(asked.db, person.id if person else None)


def _settle(asked: Asked, state: Literal["done", "let go"]) -> bool:
    offered, person = last_offered(asked), asked.person()
    if offered:
        suggestions.settle(asked.db, offered, state)
    waiting = reminders.about(asked.db, person.id) if person else []
    if waiting and not (offered and offered.reminder_id):
        reminders.settle(asked.db, waiting[0].id, state)
    return bool(offered or waiting)
