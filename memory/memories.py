"""The things known about people."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, datetime

from memory.database import Database, Row
from memory.dates import DateSpan
from memory.records import Capture, Memory, MemoryStatus, Person

LIVE = "m.status IN ('pending', 'accepted')"
"""Unreviewed memories already work."""

_SELECT = "SELECT m.* FROM memories m"


def add(
    db: Database,
    capture: Capture,
    *,
    about: Sequence[Person],
    kind: str,
    text: str,
    evidence: str,
    when: DateSpan | None = None,
    place: str | None = None,
    sensitive: bool = False,
) -> Memory:
    with db.transaction():
        memory_id = db.write(
            """INSERT INTO memories(capture_id, kind, text, evidence, when_first, when_last, place, sensitive,
                   status, kept_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, 'pending', ?)""",
            (
                capture.id,
                kind,
                text,
                evidence,
                when and when.first.isoformat(),
                when and when.last.isoformat(),
                place,
                sensitive,
                capture.heard_at.isoformat(),
            ),
        )
        for position, person in enumerate(dict.fromkeys(about)):
            db.write("INSERT OR IGNORE INTO memory_people VALUES (?, ?, ?)", (memory_id, person.id, position))
        return by_ids(db, [memory_id])[0]


def by_ids(db: Database, ids: Iterable[int]) -> list[Memory]:
    """In the order of ``ids``; those that are gone are left out."""
    wanted = list(ids)
    rows = db.rows(f"{_SELECT} WHERE m.id IN ({','.join('?' * len(wanted))})", wanted)
    found = {memory.id: memory for memory in _memories(db, rows)}
    return [found[i] for i in wanted if i in found]


def about(db: Database, person_id: int, limit: int = 50) -> list[Memory]:
    """What holds of someone, newest first."""
    return _where(
        db,
        f"{LIVE} AND m.id IN (SELECT memory_id FROM memory_people WHERE person_id = ?)",
        (person_id,),
        limit,
    )


def on_days(db: Database, days: DateSpan, limit: int = 50) -> list[Memory]:
    """What happens within those days, soonest first."""
    rows = db.rows(
        f"""{_SELECT} WHERE {LIVE} AND m.when_first <= ? AND m.when_last >= ? ORDER BY m.when_first LIMIT ?""",
        (days.last.isoformat(), days.first.isoformat(), limit),
    )
    return _memories(db, rows)


def from_capture(db: Database, capture_id: int) -> list[Memory]:
    return _memories(db, db.rows(f"{_SELECT} WHERE {LIVE} AND m.capture_id = ? ORDER BY m.id", (capture_id,)))


def pending(db: Database, limit: int = 100) -> list[Memory]:
    """What has not been reviewed, newest first."""
    return _where(db, "m.status = 'pending'", (), limit)


def review(db: Database, memory_id: int, status: MemoryStatus, text: str | None = None) -> bool:
    """Accepts or ignores a memory, with other words if they were edited. False: there is no such memory."""
    with db.transaction():
        if not by_ids(db, [memory_id]):
            return False
        if text is not None:
            db.write("UPDATE memories SET text = ? WHERE id = ? AND text <> ?", (text, memory_id, text))
        db.write("UPDATE memories SET status = ? WHERE id = ?", (status, memory_id))
        return True


def _where(db: Database, condition: str, values: Sequence[object], limit: int) -> list[Memory]:
    rows = db.rows(f"{_SELECT} WHERE {condition} ORDER BY m.id DESC LIMIT ?", (*values, limit))
    return _memories(db, rows)


def _memories(db: Database, rows: Sequence[Row]) -> list[Memory]:
    whom = _people_of(db, [row["id"] for row in rows])
    return [_memory(row, whom.get(row["id"], ())) for row in rows]


def _people_of(db: Database, ids: Sequence[int]) -> dict[int, tuple[Person, ...]]:
    rows = db.rows(
        f"""SELECT mp.memory_id, p.id, p.name FROM memory_people mp JOIN people p ON p.id = mp.person_id
            WHERE mp.memory_id IN ({",".join("?" * len(ids))}) ORDER BY mp.memory_id, mp.position""",
        ids,
    )
    whom: dict[int, tuple[Person, ...]] = {}
    for row in rows:
        whom[row["memory_id"]] = (*whom.get(row["memory_id"], ()), Person(row["id"], row["name"]))
    return whom


def _memory(row: Row, whom: tuple[Person, ...]) -> Memory:
    first, last = row["when_first"], row["when_last"]
    return Memory(
        id=row["id"],
        capture_id=row["capture_id"],
        about=whom,
        kind=row["kind"],
        text=row["text"],
        evidence=row["evidence"],
        when=DateSpan(date.fromisoformat(first), date.fromisoformat(last)) if first else None,
        place=row["place"],
        sensitive=bool(row["sensitive"]),
        status=row["status"],
        kept_at=datetime.fromisoformat(row["kept_at"]),
    )
