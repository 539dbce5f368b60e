"""People whom someone wants to bring together."""

from __future__ import annotations

from collections.abc import Sequence

from memory.database import Database
from memory.records import Introduction, Person


def add(db: Database, capture_id: int, one: Person, other: Person) -> Introduction | None:
    """None when it stands already, or when they are the same person."""
    if one.id == other.id or any({i.one.id, i.other.id} == {one.id, other.id} for i in open_ones(db)):
        return None
    new = db.write(
        "INSERT INTO introductions(capture_id, one_id, other_id, state) VALUES (?, ?, ?, 'open')",
        (capture_id, one.id, other.id),
    )
    return Introduction(new, one, other)


def open_ones(db: Database) -> list[Introduction]:
    """Newest first."""
    return _introductions(db, "", ())


def of(db: Database, person_id: int) -> list[Introduction]:
    """Those in which someone is one of the two, named first."""
    found = _introductions(db, "AND ? IN (i.one_id, i.other_id)", (person_id,))
    return [i if i.one.id == person_id else Introduction(i.id, i.other, i.one) for i in found]


def _introductions(db: Database, condition: str, values: Sequence[object]) -> list[Introduction]:
    rows = db.rows(
        f"""SELECT i.id, a.id AS one_id, a.name AS one, b.id AS other_id, b.name AS other
            FROM introductions i JOIN people a ON a.id = i.one_id JOIN people b ON b.id = i.other_id
            WHERE i.state = 'open' {condition} ORDER BY i.id DESC""",
        values,
    )
    return [Introduction(r["id"], Person(r["one_id"], r["one"]), Person(r["other_id"], r["other"])) for r in rows]
