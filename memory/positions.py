"""Where a device of the speaker's was last, and the places that they marked on it. No track is kept."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from memory.database import Database
from memory.gazetteer import distance_km, town_at


@dataclass(frozen=True, slots=True)
class Position:
    """``at``: aware; in degrees; ``names``: the speaker's own places that it is in, as "work".

    ``since``: when they came to that town, or to those places of their own.
    """

    at: datetime
    latitude: float
    longitude: float
    names: tuple[str, ...] = ()
    since: datetime | None = None


@dataclass(frozen=True, slots=True)
class Landmark:
    """A place that the speaker marked, in degrees, and how far it reaches around that. ``key``: its device's."""

    key: str
    name: str
    latitude: float
    longitude: float
    radius_metres: float


def keep(db: Database, position: Position) -> None:
    """It is where the speaker is, unless something newer is known: devices send what they could not send before."""
    with db.transaction():
        before = last(db)
        if before and before.at > position.at:
            return
        since = before.since if before and before.since and _still_there(before, position) else position.at
        db.write(
            "INSERT OR REPLACE INTO position VALUES (1, ?, ?, ?, ?, ?)",
            (
                position.at.isoformat(),
                position.latitude,
                position.longitude,
                json.dumps(position.names, ensure_ascii=False),
                since.isoformat(),
            ),
        )


def last(db: Database) -> Position | None:
    row = db.row("SELECT * FROM position")
    if row is None:
        return None
    names = tuple(json.loads(row["names"]))
    at, since = (datetime.fromisoformat(row[column]) for column in ("at", "since"))
    return Position(at, row["latitude"], row["longitude"], names, since)


def forget(db: Database) -> None:
    db.write("DELETE FROM position")


def mark(db: Database, some: Iterable[Landmark]) -> None:
    """Keeps places; one that has moved, or has another name, takes its former's place."""
    with db.transaction():
        for one in some:
            db.write(
                """INSERT OR REPLACE INTO landmarks(key, name, latitude, longitude, radius_metres)
                   VALUES (?, ?, ?, ?, ?)""",
                (one.key, one.name, one.latitude, one.longitude, one.radius_metres),
            )


def landmarks(db: Database) -> list[Landmark]:
    return [Landmark(*row) for row in db.rows("SELECT key, name, latitude, longitude, radius_metres FROM landmarks")]


def names_at(db: Database, latitude: float, longitude: float) -> tuple[str, ...]:
    """Of the places that were marked, those that a point is in."""
    here = latitude, longitude
    near = [m for m in landmarks(db) if distance_km(here, (m.latitude, m.longitude)) * 1000 <= m.radius_metres]
    return tuple(dict.fromkeys(m.name for m in near))


def _still_there(before: Position, now: Position) -> bool:
    same_town = town_at(before.latitude, before.longitude) == town_at(now.latitude, now.longitude)
    return same_town and set(before.names) == set(now.names)
