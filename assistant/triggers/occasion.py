"""What a trigger is given, and what it gives back."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from assistant.phrasing import Line
from memory.database import Database
from memory.records import Person
from memory.vectors import Vectors


@dataclass(frozen=True, slots=True)
class Look:
    """One look at what is known. ``now`` is aware, in local time."""

    db: Database
    vectors: Vectors
    now: datetime


@dataclass(frozen=True, slots=True)
class Occasion:
    """A reason to speak up now.

    Triggers remember nothing: they find it anew at every look, as long as it holds. ``key`` makes it the same one each
    time, and after every restart: ``birthday/12/2026``, its trigger first. What became of a key is kept by
    memory/suggestions.py, and one that was heard, or let go, is not offered again.

    ``asked_for``: the speaker asked to be told, so it is bound neither by the daily cap nor by cooldowns.
    ``private``: said only where nobody else hears. ``question``: it expects an answer.
    """

    key: str
    lines: tuple[Line, ...]
    people: tuple[Person, ...] = ()
    private: bool = False
    asked_for: bool = False
    question: bool = False
    reminder: int | None = None
