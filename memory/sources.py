"""What the speaker named to be read: calendars, address books, feeds. Nothing is by itself, and nothing is written."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal
from urllib.parse import urlsplit

from memory import people
from memory.database import Database, Row
from memory.records import Person

Kind = Literal["calendar", "addresses", "feed"]


@dataclass(frozen=True, slots=True)
class Source:
    """``person``: whose feed it is. ``own``: mail addresses that are the speaker's own there, from its last reading.

    ``etag``, ``modified``: what it said of its state. ``polled_at``: when it last answered, ``read_at``: when it last
    gave all it has; ``due_at``: when it is asked again, None for at once. ``trouble``: what went wrong the last time,
    ``failures``: how often that was in a row.
    """

    id: int
    kind: Kind
    url: str
    user: str | None
    password: str | None = field(repr=False)
    person: Person | None
    own: tuple[str, ...]
    etag: str | None
    modified: str | None
    polled_at: datetime | None
    read_at: datetime | None
    due_at: datetime | None
    trouble: str | None
    failures: int

    @property
    def shown(self) -> str:
        """Where it is, without what may let others read it."""
        where = urlsplit(self.url)
        return f"{where.hostname or ''}/…/{where.path.rstrip('/').rsplit('/', 1)[-1]}" if where.hostname else self.url


def add(
    db: Database,
    kind: Kind,
    url: str,
    user: str | None = None,
    password: str | None = None,
    person_id: int | None = None,
) -> Source:
    """One that is there already gets another user, password or person."""
    with db.transaction():
        db.write(
            """INSERT INTO sources(kind, url, user, password, person_id) VALUES (?1, ?2, ?3, ?4, ?5)
               ON CONFLICT DO UPDATE SET user = ?3, password = ?4, person_id = ?5, etag = NULL, modified = NULL,
                   due_at = NULL, trouble = NULL, failures = 0""",
            (kind, url, user, password, person_id),
        )
        return _sources(db, "kind = ? AND url = ?", kind, url)[0]


def everything(db: Database) -> list[Source]:
    return _sources(db, "1")


def get(db: Database, source_id: int) -> Source | None:
    return next(iter(_sources(db, "id = ?", source_id)), None)


def due(db: Database, now: datetime) -> list[Source]:
    """Those to be asked by now."""
    return [s for s in everything(db) if s.due_at is None or s.due_at <= now]


def remove(db: Database, source_id: int) -> None:
    """Forgets it and all that was read there."""
    db.write("DELETE FROM sources WHERE id = ?", (source_id,))


def answered(db: Database, source: Source, now: datetime, due_at: datetime) -> None:
    """It is as it was."""
    db.write(
        "UPDATE sources SET polled_at = ?, due_at = ?, trouble = NULL, failures = 0 WHERE id = ?",
        (now.isoformat(), due_at.isoformat(), source.id),
    )


def has_read(
    db: Database, source: Source, now: datetime, etag: str | None, modified: str | None, own: Iterable[str] = ()
) -> None:
    """All of it was read, in this state."""
    db.write(
        "UPDATE sources SET read_at = ?, etag = ?, modified = ?, own = ? WHERE id = ?",
        (now.isoformat(), etag, modified, json.dumps(list(own)), source.id),
    )


def failed(db: Database, source: Source, trouble: str, due_at: datetime) -> None:
    db.write(
        "UPDATE sources SET trouble = ?, failures = failures + 1, due_at = ? WHERE id = ?",
        (trouble, due_at.isoformat(), source.id),
    )


def _sources(db: Database, condition: str, *values: object) -> list[Source]:
    rows = db.rows(f"SELECT * FROM sources WHERE {condition} ORDER BY id", values)
    whose = {p.id: p for p in people.by_ids(db, {r["person_id"] for r in rows if r["person_id"]})}
    return [_source(row, whose.get(row["person_id"])) for row in rows]


def _source(row: Row, person: Person | None) -> Source:
    return Source(
        id=row["id"],
        kind=row["kind"],
        url=row["url"],
        user=row["user"],
        password=row["password"],
        person=person,
        own=tuple(json.loads(row["own"])),
        etag=row["etag"],
        modified=row["modified"],
        polled_at=_moment(row["polled_at"]),
        read_at=_moment(row["read_at"]),
        due_at=_moment(row["due_at"]),
        trouble=row["trouble"],
        failures=row["failures"],
    )


def _moment(kept: str | None) -> datetime | None:
    return datetime.fromisoformat(kept) if kept else None
