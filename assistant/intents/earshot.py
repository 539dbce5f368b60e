"""What is said where others may hear it is found without what is not for their ears, by all intents alike.

It is answered twice: once as if nothing private had been told, which is what is said, and once with all that is known,
which is what is done. Where the two differ, there is something to read later.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable

from assistant.intents.asked import Deed
from assistant.phrasing import Line, line
from memory import withholding
from memory.database import Database

_LATER = line("private_later")
_NOTHING = frozenset(
    {
        "recall_nothing",
        "recall_nothing_about",
        "last_contact_nothing",
        "upcoming_nothing",
        "reconnect_nothing",
        "goal_none",
        "introduce_nothing",
    }
)  # what would not be true beside it


def within_earshot(db: Database, overheard: bool, answer: Callable[[bool], Deed]) -> Deed:
    """What ``answer`` does, given whether it is overheard, with the lines that may be said."""
    if not withholding.is_any(db, overheard):
        return answer(overheard)
    with withholding.withheld(db, overheard):
        said = answer(overheard)
    done = answer(False)
    return dataclasses.replace(said, lines=_and_later(said, done)) if overheard else said


def _and_later(said: Deed, done: Deed) -> tuple[Line, ...]:
    if said.lines == done.lines or said.expects_answer or _LATER in said.lines:
        return said.lines
    return (*(one for one in said.lines if one.phrase not in _NOTHING), _LATER)
