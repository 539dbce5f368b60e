"""What someone asked to be told, and when."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, time, timedelta

from memory.database import Database, Row
from memory.records import Person, Reminder, ReminderState

_DECENT_HOURS = (time(9), time(13), time(18))
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
    return [r for r in _reminders(db, "state = 'open' AND due IS NOT NULL") if _moment(r.due) <= _local(now)]


def ahead(db: Database, now: datetime, days: int) -> list[Reminder]:
    """What comes up within so many days, the soonest first."""
    until = _local(now) + timedelta(days=days)
    return [r for r in _reminders(db, "state = 'open' AND due IS NOT NULL") if _moment(r.due) <= until]


def at_places(db: Database) -> list[Reminder]:
    """What is to be told at a place, whenever that is."""
    return _reminders(db, "state = 'open' AND place IS NOT NULL AND due IS NULL", order="id")


def last_told(db: Database) -> Reminder | None:
    """The newest one that was told and not settled since: what "done" and "later" mean."""
    found = _reminders(db, "state = 'told'", order="told_at DESC, id DESC")
    return found[0] if found else None


def about(db: Database, person_id: int) -> list[Reminder]:
    return _reminders(
        db,
        "state IN ('open', 'told') AND id IN (SELECT reminder_id FROM reminder_people WHERE person_id = ?)",
        (person_id,),
    )


def told(db: Database, reminder_id: int, now: datetime) -> None:
    """It was heard. One that was settled meanwhile stays settled."""
    db.write(
        "UPDATE reminders SET state = 'told', told_at = ? WHERE id = ? AND state = 'open'",
        (now.isoformat(), reminder_id),
    )


def settle(db: Database, reminder_id: int, state: ReminderState) -> None:
    db.write("UPDATE reminders SET state = ? WHERE id = ?", (state, reminder_id))


def put_off(db: Database, reminder_id: int, until: date | datetime) -> None:
    db.write(
        "UPDATE reminders SET state = 'open', due = ? WHERE id = ?",
        (until.isoformat(), reminder_id),
    )


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


def _moment(due: date | datetime | None) -> datetime:
    if isinstance(due, datetime):
        return due
    return datetime.combine(due, _DECENT_HOURS[0]) if due else datetime.max  # noqa: DTZ901 - local, without zone


def _local(now: datetime) -> datetime:
    return now.astimezone().replace(tzinfo=None) if now.tzinfo else now
