"""Something to keep, with or without "remember that". Also what asks to be reminded of something."""

from __future__ import annotations

from assistant.intents import rejected
from assistant.intents.asked import Asked, Deed, deed
from assistant.intents.keeping import keep, keep_words
from assistant.phrasing import line


def act(asked: Asked) -> Deed:
    things = keep(asked)
    if not things:
        keep_words(asked)
        return deed(line("kept_words"))
    rejected.retract(asked, correction=False)
    return deed(line("kept", things=things))
