"""What an intent is given, and what it gives back."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from assistant.phrasing import Line
from assistant.triggers.occasion import Look, Occasion
from assistant.understanding.meaning import Meaning
from memory import people
from memory.database import Database
from memory.records import Capture, Person
from memory.vectors import Vectors


class Telling(Protocol):
    """What is known is told from ``db``, at a local time."""

    @property
    def db(self) -> Database: ...
    @property
    def now(self) -> datetime: ...


@dataclass(frozen=True, slots=True)
class Asked:
    """Something that was said and understood, and the memory to answer it from.

    ``chosen``: whom it is about, once it was asked back which of several people is meant. ``overheard``: others may
    hear what is said back.
    """

    meaning: Meaning
    capture: Capture
    db: Database
    vectors: Vectors
    chosen: Person | None = None
    overheard: bool = False

    @property
    def now(self) -> datetime:
        """When it was said, in local time."""
        return self.capture.heard_at.astimezone()

    @property
    def words(self) -> str:
        return self.capture.text or ""

    def look(self) -> Look:
        return Look(self.db, self.vectors, self.now, self.overheard)

    def person(self) -> Person | None:
        """Whom it is about, if that is someone known."""
        if self.chosen:
            return self.chosen
        name = self.person_name()
        return people.find(self.db, name) if name else None

    def person_name(self) -> str | None:
        if self.meaning.query and self.meaning.query.person:
            return self.meaning.query.person
        return self.meaning.people[0] if self.meaning.people else None


@dataclass(frozen=True, slots=True)
class Deed:
    """What was done, as the lines that say so. ``tells``: what else they tell, once they have been heard."""

    lines: tuple[Line, ...] = ()
    expects_answer: bool = False
    tells: tuple[Occasion, ...] = ()


def deed(*lines: Line) -> Deed:
    return Deed(lines)
