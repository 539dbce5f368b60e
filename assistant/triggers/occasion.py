"""What a trigger is given, and what it gives back."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from assistant.phrasing import Line, phrase
from memory import suggestions
from memory.database import Database
from memory.questions import OpenQuestion
from memory.records import Person
from memory.vectors import Vectors


@dataclass(frozen=True, slots=True)
class Look:
    """One look at what is known. ``now`` is aware, in local time. ``overheard``: others may hear what is said."""

    db: Database
    vectors: Vectors
    now: datetime
    overheard: bool = False


@dataclass(frozen=True, slots=True)
class Occasion:
    """A reason to speak up now.

    Triggers remember nothing: they find it anew at every look, as long as it holds. ``key`` makes it the same one each
    time, and after every restart: ``birthday/12/2026``, its trigger first. What became of a key is kept by
    memory/suggestions.py, and one that was heard, or let go, is not offered again.

    ``asked_for``: the speaker wanted to be told, so it is bound neither by the daily cap nor by pauses. ``private``:
    said only where nobody else hears. ``reminder``: the one (its id) that it tells, and ``due`` when that was wanted
    (local, without zone). ``question``: what waits for an answer once it was heard.
    """

    key: str
    lines: tuple[Line, ...]
    people: tuple[Person, ...] = ()
    asked_for: bool = False
    private: bool = False
    reminder: int | None = None
    due: datetime | None = None
    question: OpenQuestion | None = None

    @property
    def trigger(self) -> str:
        """The name of what found it."""
        return self.key.split("/")[0]


def the_day(look: Look) -> Occasion:
    """The telling of the day in the morning: once a day."""
    return Occasion(f"morning/{look.now.date()}", (), asked_for=True)


def begin(db: Database, occasion: Occasion, now: datetime) -> None:
    """It is about to be said: durable before the first sound, so that nothing is said twice in a row."""
    suggestions.begin(
        db,
        occasion.key,
        phrase(occasion.lines, now.astimezone()),
        now,
        people=occasion.people,
        asked_for=occasion.asked_for,
        private=occasion.private,
        reminder_id=occasion.reminder,
    )


def told(db: Database, occasions: Sequence[Occasion], now: datetime) -> None:
    """They were heard."""
    with db.transaction():
        for one in occasions:
            begin(db, one, now)
            suggestions.heard(db, one.key, now)
