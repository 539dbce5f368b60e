"""What is said where others may hear it is found without what is not for their ears, by all intents alike.

It is answered twice: once as if nothing private had been told, which is what is said, and once with all that is known,
which is what is done. Where the two differ, there is something to read later.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import TypeVar

from assistant.intents.asked import Asked, Deed
from assistant.phrasing import Line, line, phrase
from assistant.triggers.occasion import Look
from memory import withholding

Here = TypeVar("Here", Asked, Look)
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


def within_earshot(asked: Here, answer: Callable[[Here], Deed]) -> Deed:
    """What ``answer`` does, with the lines that may be said where it was asked."""
    if not withholding.is_any(asked.db, asked.overheard):
        return answer(asked)
    with withholding.withheld(asked.db, asked.overheard):
        said = answer(asked)
    done = answer(dataclasses.replace(asked, overheard=False))
    is_whole = said.lines == done.lines or said.expects_answer or not asked.overheard
    return said if is_whole else dataclasses.replace(said, lines=_and_later(said.lines, asked.now))


def _and_later(lines: Sequence[Line], now: datetime) -> tuple[Line, ...]:
    later = phrase([_LATER], now)
    return (*(one for one in lines if one.phrase not in _NOTHING and later not in phrase([one], now)), _LATER)
