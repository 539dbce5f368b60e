"""What the speaker's calendars have, each time that it happens, and who of the people known is there."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

from memory.attending import Attendee, acquaintances
from memory.database import Database, Row
from memory.records import Person


@dataclass(frozen=True, slots=True)
class Occurrence:
    """An event of a calendar as it happens once. ``start``, ``end``: aware, or days; ``end`` is not part of it.

    ``private``: it is marked so there.
    """

    uid: str
    title: str
    start: datetime | date
    end: datetime | date
    place: str | None = None
    attendees: tuple[Attendee, ...] = ()
    private: bool = False


@dataclass(frozen=True, slots=True)
class CalendarEvent:
    """``start``, ``end``: aware local times, or days for what lasts whole days; ``end`` is not part of it.

    ``uid`` is that of this one time that it happens. ``people``: who of those known comes, or is named in the title.
    ``private``: it is marked so in the calendar.
    """

    uid: str
    title: str
    start: datetime | date
    end: datetime | date
    place: str | None
    people: tuple[Person, ...]
    private: bool = False


def events(db: Database, first: date, last: date) -> list[CalendarEvent]:
    """All that goes on during these local days, both included, soonest first."""
    begins, ends = _midnight(first), _midnight(last + timedelta(days=1))
    rows = db.rows(
        """SELECT * FROM occurrences WHERE last >= ?1 AND (
               (length(first) > 10 AND first < ?4 AND (last > ?3 OR first >= ?3))
               OR (length(first) = 10 AND first <= ?2 AND last > ?1))
           GROUP BY uid""",
        # A day sorts before its times; UTC is a day away from here at most.
        ((first - timedelta(days=1)).isoformat(), last.isoformat(), begins, ends),
    )
    return [event for event in _events(db, rows) if _goes_on(event, first)]


def starting(db: Database, after: datetime, until: datetime) -> list[CalendarEvent]:
    """What starts at a time of day between these moments, the last of them included; soonest first."""
    rows = db.rows(
        "SELECT * FROM occurrences WHERE length(first) > 10 AND first > ? AND first <= ? GROUP BY uid",
        (_kept(after), _kept(until)),
    )
    return _events(db, rows)


def replace(db: Database, source_id: int, found: Iterable[Occurrence]) -> None:
    """Keeps these as all that a source has: what is not among them is gone."""
    with db.transaction():
        db.write("DELETE FROM occurrences WHERE source_id = ?", (source_id,))
        for one in found:
            db.write(
                """INSERT INTO occurrences(source_id, uid, title, first, last, place, attendees, private)
                   VALUES (?, ?, ?, ?, ?, ?, ?, ?)""",
                (
                    source_id,
                    one.uid,
                    one.title,
                    _kept(one.start),
                    _kept(one.end),
                    one.place,
                    json.dumps([[a.name, a.mail] for a in one.attendees], ensure_ascii=False),
                    one.private,
                ),
            )


def _events(db: Database, rows: Sequence[Row]) -> list[CalendarEvent]:
    known = acquaintances(db) if rows else None
    found = [_event(row, known.of(row["title"], _attendees(row))) for row in rows if known]
    return sorted(found, key=lambda e: (_moment(e.start), e.title, e.uid))


def _goes_on(event: CalendarEvent, first: date) -> bool:
    """Whether what lasts whole days is not over by then: SQL looked a day further back."""
    return isinstance(event.end, datetime) or event.end > first or event.start >= first


def _kept(moment: datetime | date) -> str:
    if isinstance(moment, datetime):
        return moment.astimezone(UTC).isoformat(timespec="seconds")
    return moment.isoformat()


def _midnight(day: date) -> str:
    return _kept(datetime.combine(day, time()).astimezone())


def _moment(start: datetime | date) -> datetime:
    return start if isinstance(start, datetime) else datetime.combine(start, time()).astimezone()


def _event(row: Row, people: tuple[Person, ...]) -> CalendarEvent:
    start, end = _read(row["first"]), _read(row["last"])
    return CalendarEvent(row["uid"], row["title"], start, end, row["place"], people, bool(row["private"]))


def _read(kept: str) -> datetime | date:
    return date.fromisoformat(kept) if len(kept) == 10 else datetime.fromisoformat(kept).astimezone()


def _attendees(row: Row) -> list[Attendee]:
    return [Attendee(name, mail) for name, mail in json.loads(row["attendees"])]
