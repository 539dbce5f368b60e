"""The people in one's life."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from datetime import date

from memory.database import Database, Row
from memory.records import Person


def everyone(db: Database) -> list[Person]:
    """In the order of their names."""
    rows = db.rows(
        """SELECT p.id, p.name, group_concat(a.alias, char(31)) AS also
           FROM people p LEFT JOIN aliases a ON a.person_id = p.id GROUP BY p.id ORDER BY p.name"""
    )
    return [_person(row) for row in rows]


def find(db: Database, name: str) -> Person | None:
    """Whom ``name`` means: by full name, by alias, or by a first name that only one person has."""
    wanted = _folded(name)
    known = everyone(db)
    whole = [p for p in known if wanted in {_folded(n) for n in (p.name, *p.also)}]
    first = [p for p in known if wanted in {n.split(" ")[0] for n in map(_folded, (p.name, *p.also))}]
    fuller = [p for p in known if wanted.split(" ")[0] == _folded(p.name)] if " " in wanted else []
    for found in (whole, first, fuller):
        if len(found) == 1:
            return found[0]
    return whole[0] if whole else None


def find_or_add(db: Database, name: str) -> Person:
    """Whom ``name`` means, or someone new. A fuller name than the known one takes its place."""
    with db.transaction():
        person = find(db, name)
        if person is None:
            return Person(db.write("INSERT INTO people(name) VALUES (?)", (name,)), name)
        if len(name.split()) > len(person.name.split()):
            db.write("INSERT OR IGNORE INTO aliases VALUES (?, ?)", (person.id, person.name))
            db.write("UPDATE people SET name = ? WHERE id = ?", (name, person.id))
            return Person(person.id, name, (*person.also, person.name))
        return person


def by_ids(db: Database, ids: Iterable[int]) -> list[Person]:
    wanted = set(ids)
    return [p for p in everyone(db) if p.id in wanted]


def forget(db: Database, person_id: int) -> None:
    """Removes someone wholly: what was kept about them, the words and sound it came from, and, wherever they
    were only mentioned, their name (it becomes "someone").
    """
    with db.transaction():
        names = [n for p in by_ids(db, [person_id]) for n in (p.name, *p.also)]
        told_of_them = _captures_about(db, person_id)
        db.write(
            "DELETE FROM memories WHERE id IN (SELECT memory_id FROM memory_people WHERE person_id = ?)",
            (person_id,),
        )
        db.write(
            "DELETE FROM reminders WHERE id IN (SELECT reminder_id FROM reminder_people WHERE person_id = ?)",
            (person_id,),
        )
        for capture_id in told_of_them:
            db.write("DELETE FROM sounds WHERE capture_id = ?", (capture_id,))
            db.write("UPDATE captures SET text = '', reply = '' WHERE id = ?", (capture_id,))
        db.write("DELETE FROM people WHERE id = ?", (person_id,))
        for name in _only_theirs(names, everyone(db)):
            _take_out(db, name)


def _captures_about(db: Database, person_id: int) -> list[int]:
    rows = db.rows(
        """SELECT m.capture_id FROM memories m JOIN memory_people p ON p.memory_id = m.id WHERE p.person_id = ?1
           UNION SELECT capture_id FROM interactions WHERE person_id = ?1
           UNION SELECT capture_id FROM introductions WHERE one_id = ?1 OR other_id = ?1
           UNION SELECT r.capture_id FROM reminders r JOIN reminder_people p ON p.reminder_id = r.id
               WHERE p.person_id = ?1""",
        (person_id,),
    )
    return [row["capture_id"] for row in rows]


def _only_theirs(names: list[str], others: list[Person]) -> list[str]:
    """Their names and first names, longest first, without those that someone else goes by."""
    taken = {part for p in others for n in (p.name, *p.also) for part in (_folded(n), _folded(n).split(" ")[0])}
    parts = {part for name in names for part in (name, name.split(" ")[0])}
    return sorted((part for part in parts if _folded(part) not in taken), key=len, reverse=True)


def _take_out(db: Database, name: str) -> None:
    word = re.compile(rf"\b{re.escape(name)}\b", re.IGNORECASE)
    columns = (
        ("captures", "text"),
        ("captures", "reply"),
        ("memories", "text"),
        ("memories", "evidence"),
        ("reminders", "text"),
    )
    for table, column in columns:
        for row in db.rows(f"SELECT id, {column} AS said FROM {table} WHERE {column} LIKE ?", (f"%{name}%",)):
            if (without := word.sub("someone", row["said"])) != row["said"]:
                db.write(f"UPDATE {table} SET {column} = ? WHERE id = ?", (without, row["id"]))


def last_met(db: Database, person_id: int) -> date | None:
    row = db.row("SELECT max(day) AS day FROM interactions WHERE person_id = ?", (person_id,))
    return date.fromisoformat(row["day"]) if row and row["day"] else None


def add_meeting(db: Database, capture_id: int, person_id: int, day: date) -> None:
    db.write(
        "INSERT INTO interactions(capture_id, person_id, day) VALUES (?, ?, ?)",
        (capture_id, person_id, day.isoformat()),
    )


def _person(row: Row) -> Person:
    return Person(row["id"], row["name"], tuple(row["also"].split("\x1f")) if row["also"] else ())


def _folded(name: str) -> str:
    plain = "".join(c for c in unicodedata.normalize("NFKD", name) if not unicodedata.combining(c))
    return " ".join(plain.casefold().split())
