"""The small things of a conversation: say that again, what can you do, stop, and what is none of ours."""

from __future__ import annotations

from datetime import timedelta

from assistant.intents.asked import Asked, Deed, deed
from assistant.phrasing import line
from memory import captures, suggestions

_JUST_NOW = timedelta(minutes=2)


def repeat(asked: Asked) -> Deed:
    """The last thing that we said, be it a reply or something we came up with; where others may hear it, what was said
    there."""
    spoken = captures.last_heard_at(asked.db, asked.capture.id)
    last = next(iter(suggestions.latest(asked.db)), None)
    own = last.said if last and (spoken is None or last.tried_at > spoken) else ""
    said = own or captures.last_reply(asked.db, asked.capture.satellite if asked.overheard else None)
    return deed(line("again", text=said) if said else line("repeat_nothing"))


def explain(asked: Asked) -> Deed:
    return deed(line("help"))


def stop(asked: Asked) -> Deed:
    """What we were saying waits till tomorrow."""
    offered = suggestions.last_offered(asked.db)
    if offered and asked.now - offered.tried_at < _JUST_NOW:
        suggestions.put_off(asked.db, offered, asked.now + timedelta(days=1))
    return deed()


def other(asked: Asked) -> Deed:
    return deed(line("other"))
