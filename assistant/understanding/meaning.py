"""What one utterance means. ``to_json`` gives the flat object that understanding is measured in."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Literal

from memory.dates import DateSpan

Intent = Literal[
    "capture", "remind", "prep", "recall", "find", "last_contact", "briefing", "upcoming", "reconnect", "introduce",
    "presence", "correct", "undo", "forget", "done", "snooze", "repeat", "help", "stop", "other",
]  # fmt: skip
Kind = Literal["fact", "event", "plan", "preference", "relation", "gift", "promise"]


@dataclass(frozen=True, slots=True)
class KnownPerson:
    """Someone already known, as understanding needs to know them: how they are called."""

    name: str
    also: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Remembered:
    """One thing worth keeping. ``evidence`` is the exact words of the utterance that it came from."""

    about: tuple[str, ...]
    kind: Kind
    text: str
    evidence: str
    when: DateSpan | None = None
    place: str | None = None
    sensitive: bool = False


@dataclass(frozen=True, slots=True)
class Met:
    """The speaker met, called, wrote to or saw these people on that day. ``text`` says so in a sentence that stands
    alone, from the exact words ``evidence``; both empty where no clause of its own tells more of it. ``apart``: by
    telephone or in writing."""

    people: tuple[str, ...]
    on: date
    text: str = ""
    evidence: str = ""
    apart: bool = False


@dataclass(frozen=True, slots=True)
class AfterEvent:
    """So many days after something of theirs ("three days after she gets home")."""

    event: str
    days: int


@dataclass(frozen=True, slots=True)
class WantedReminder:
    """Something the speaker asks to be told. ``due`` is a date, or a local datetime where a time was said."""

    text: str
    about: tuple[str, ...] = ()
    due: date | datetime | None = None
    after: AfterEvent | None = None
    place: str | None = None


@dataclass(frozen=True, slots=True)
class Query:
    """What is asked for."""

    person: str | None = None
    text: str = ""
    when: DateSpan | None = None
    place: str | None = None


@dataclass(frozen=True, slots=True)
class Meaning:
    intent: Intent
    people: tuple[str, ...] = ()
    memories: tuple[Remembered, ...] = ()
    interaction: Met | None = None
    reminders: tuple[WantedReminder, ...] = ()
    introductions: tuple[tuple[str, str], ...] = ()
    query: Query | None = None

    def to_json(self) -> dict[str, Any]:
        return {
            "intent": self.intent,
            "people": list(self.people),
            "memories": [_memory(m) for m in self.memories],
            "interaction": self.interaction
            and {"with": list(self.interaction.people), "on": self.interaction.on.isoformat()},
            "reminders": [_reminder(r) for r in self.reminders],
            "introductions": [list(pair) for pair in self.introductions],
            "query": self.query
            and {
                "person": self.query.person,
                "text": self.query.text,
                "when": _span(self.query.when),
                "place": self.query.place,
            },
        }


def known_people(rows: Sequence[dict[str, Any]]) -> list[KnownPerson]:
    """From ``[{"name": …, "also": […]}]``. KeyError or TypeError if that is not what it is."""
    return [KnownPerson(str(row["name"]), tuple(map(str, row.get("also") or ()))) for row in rows]


def _memory(m: Remembered) -> dict[str, Any]:
    return {
        "about": list(m.about),
        "kind": m.kind,
        "text": m.text,
        "when": _span(m.when),
        "place": m.place,
        "sensitive": m.sensitive,
        "evidence": m.evidence,
    }


def _reminder(r: WantedReminder) -> dict[str, Any]:
    return {
        "text": r.text,
        "about": list(r.about),
        "due": _due(r.due),
        "after": r.after and {"event": r.after.event, "days": r.after.days},
        "place": r.place,
    }


def _due(due: date | datetime | None) -> str | None:
    if isinstance(due, datetime):
        return due.strftime("%Y-%m-%dT%H:%M")
    return due.isoformat() if due else None


def _span(span: DateSpan | None) -> dict[str, str] | None:
    return {"from": span.first.isoformat(), "to": span.last.isoformat()} if span else None
