"""What someone asked to be told, and when."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, time, timedelta

from memory.database import Database, Row
from memory.records import Person, Reminder, ReminderState

MORNING = time(9)
_DECENT_HOURS = (MORNING, time(13), time(18))
"""When a reminder for a day, without a time, comes up: at the first of these that is still an hour away."""


def add(
    db: Database,
    capture_id: int,
    now: datetime,
    *,
    text: str,
    about: Sequence[Person] = (),
    due: date | datetime | None = None,
    after_event: str | None = None,
    after_days: int | None = None,
    place: str | None = None,
) -> Reminder:
    with db.transaction():
        reminder_id = db.write(
            """INSERT INTO reminders(capture_id, text, due, after_event, after_days, place, state)
               VALUES (?, ?, ?, ?, ?, ?, 'open')""",
            (capture_id, text, due and _settled(due, now).isoformat(), after_event, after_days, place),
        )
        for person in about:
            db.write("INSERT OR IGNORE INTO reminder_people VALUES (?, ?)", (reminder_id, person.id))
        return _reminders(db, "id = ?", (reminder_id,))[0]


def due(db: Database, now: datetime) -> list[Reminder]:
    """What is to be told by the local time ``now`` and has not been, the longest due first."""
    return [r for r in _reminders(db, "state = 'open' AND due IS NOT NULL") if moment(r.due) <= _local(now)]


def after_events(db: Database) -> list[Reminder]:
    """What is to be told so long after something of theirs."""
    return _reminders(db, "state = 'open' AND after_event IS NOT NULL")


def ahead(db: Database, now: datetime, days: int) -> list[Reminder]:
    """What comes up within so many days, the soonest first."""
    until = _local(now) + timedelta(days=days)
    return [r for r in _reminders(db, "state = 'open' AND due IS NOT NULL") if moment(r.due) <= until]


def by_id(db: Database, reminder_id: int) -> Reminder | None:
    return next(iter(_reminders(db, "id = ?", (reminder_id,))), None)


def about(db: Database, person_id: int) -> list[Reminder]:
    return _reminders(
        db,
        "state IN ('open', 'told') AND id IN (SELECT reminder_id FROM reminder_people WHERE person_id = ?)",
        (person_id,),
    )


def settle(db: Database, reminder_id: int, state: ReminderState) -> None:
    db.write("UPDATE reminders SET state = ? WHERE id = ?", (state, reminder_id))


def put_off(db: Database, reminder_id: int, until: date | datetime) -> None:
    """To another time, and no longer after an event or at a place."""
    db.write(
        "UPDATE reminders SET state = 'open', due = ?, after_event = NULL WHERE id = ?",
        (until.isoformat(), reminder_id),
    )


def move(db: Database, reminder_id: int, due: date | None) -> None:
    """The event that it comes after has another day now, or none that is known."""
    db.write("UPDATE reminders SET due = ? WHERE id = ?", (due and due.isoformat(), reminder_id))


def _reminders(db: Database, condition: str, values: Sequence[object] = (), order: str = "due, id") -> list[Reminder]:
    rows = db.rows(f"SELECT * FROM reminders WHERE {condition} ORDER BY {order}", values)
    return [_reminder(db, row) for row in rows]


def _reminder(db: Database, row: Row) -> Reminder:
    whom = db.rows(
        "SELECT p.id, p.name FROM reminder_people r JOIN people p ON p.id = r.person_id WHERE r.reminder_id = ?",
        (row["id"],),
    )
    return Reminder(
        id=row["id"],
        capture_id=row["capture_id"],
        text=row["text"],
        about=tuple(Person(p["id"], p["name"]) for p in whom),
        due=_due(row["due"]),
        after_event=row["after_event"],
        after_days=row["after_days"],
        place=row["place"],
        state=row["state"],
    )


def _due(text: str | None) -> date | datetime | None:
    if text is None:
        return None
    return datetime.fromisoformat(text) if "T" in text else date.fromisoformat(text)


def _settled(due: date | datetime, now: datetime) -> date | datetime:
    """A reminder for today comes later today, not at once."""
    soon = _local(now) + timedelta(hours=1)
    if isinstance(due, datetime) or due != soon.date():
        return due
    return next((m for hour in _DECENT_HOURS if (m := datetime.combine(due, hour)) >= soon), soon)


def moment(due: date | datetime | None) -> datetime:
    """When it comes up, in local time without zone: of a day, in the morning."""
    if isinstance(due, datetime):
        return due
    return datetime.combine(due, MORNING) if due else datetime.max  # noqa: DTZ901 - local, without zone


def _local(now: datetime) -> datetime:
    return now.astimezone().replace(tzinfo=None) if now.tzinfo else now
