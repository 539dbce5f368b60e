"""Who might be nice to hear from, and what became of having said so."""

from __future__ import annotations

from datetime import datetime
from typing import Literal

from memory.database import Database
from memory.records import Person

Outcome = Literal["done", "later", "let go"]


def someone(db: Database) -> Person | None:
    """Someone who was spoken of, longest ago; whoever was offered lately, or let go, comes last."""
    row = db.row(
        """SELECT p.id, p.name,
                  (SELECT max(s.offered_at) FROM suggestions s WHERE s.person_id = p.id) AS offered,
                  max(m.kept_at) AS spoken_of
           FROM people p JOIN memory_people mp ON mp.person_id = p.id JOIN memories m ON m.id = mp.memory_id
           WHERE p.standing = 'named' AND m.status IN ('pending', 'accepted')
           GROUP BY p.id ORDER BY offered IS NOT NULL, offered, spoken_of, p.id LIMIT 1"""
    )
    return Person(row["id"], row["name"]) if row else None


def offered(db: Database, person_id: int, now: datetime) -> None:
    db.write(
        "INSERT INTO suggestions(person_id, offered_at, outcome) VALUES (?, ?, 'offered')",
        (person_id, now.isoformat()),
    )


def last_offered(db: Database) -> tuple[int, Person, datetime] | None:
    """The newest one that nothing has become of yet: its id, whom, when."""
    row = db.row(
        """SELECT s.id, s.offered_at, p.id AS person_id, p.name FROM suggestions s JOIN people p ON p.id = s.person_id
           WHERE s.outcome = 'offered' ORDER BY s.id DESC LIMIT 1"""
    )
    if row is None:
        return None
    return row["id"], Person(row["person_id"], row["name"]), datetime.fromisoformat(row["offered_at"])


def settle(db: Database, suggestion_id: int, outcome: Outcome) -> None:
    db.write("UPDATE suggestions SET outcome = ? WHERE id = ?", (outcome, suggestion_id))
