"""The small things of a conversation: say that again, what can you do, stop, and what is none of ours."""

from __future__ import annotations

from assistant.intents.asked import Asked, Deed, deed
from assistant.phrasing import line
from memory import captures


def repeat(asked: Asked) -> Deed:
    said = captures.last_reply(asked.db)
    return deed(line("again", text=said) if said else line("repeat_nothing"))


def explain(asked: Asked) -> Deed:
    return deed(line("help"))


def stop(asked: Asked) -> Deed:
    return deed()


def other(asked: Asked) -> Deed:
    return deed(line("other"))
