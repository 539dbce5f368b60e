"""What holds of whom, one value each: a home, a birthday, how close someone is. Derived from the memories' words.

Memories stay the only source: rows here follow them, so what is undone, corrected, merged or forgotten is so here too.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from memory.database import Database
from memory.records import Memory
from memory.slots import Slot, claims, version

LIVE = "m.status IN ('pending', 'accepted') AND m.valid_to IS NULL"
"""What holds now, of memories ``m``. Unreviewed memories already work."""


_DEATH = ("died", "funeral")


@dataclass(frozen=True, slots=True)
class Holding:
    """``memory_id`` says what holds of someone; ``value`` is its words, where a rule names them."""

    person_id: int
    slot: str
    value: str | None
    memory_id: int


def of(db: Database, person_id: int) -> dict[str, Holding]:
    """All that holds of someone, by slot."""
    return {h.slot: h for h in _holdings(db, "s.person_id = ? AND NOT s.ends", person_id)}


def claims_of(db: Database, person_id: int) -> dict[str, Holding]:
    """By slot the newest that was told of it, be it that it is over: whom someone is with, or that they parted."""
    return {h.slot: h for h in _holdings(db, "s.person_id = ?", person_id)}


def everyones(db: Database, slot: str) -> list[Holding]:
    """Of whom a slot holds: everyone's birthday."""
    return _holdings(db, "s.slot = ? AND NOT s.ends", slot)


def everyones_or_relatives(db: Database, slot: str) -> list[Holding]:
    """Of whom a slot holds, or of a relative of theirs: who died, and whose mother did."""
    return _holdings(db, "(s.slot = ?1 OR (s.slot > ?1 || ':' AND s.slot < ?1 || ';')) AND NOT s.ends", slot)


def dead(db: Database) -> set[int]:
    """The ids of those who died."""
    return {h.person_id for slot in _DEATH for h in everyones(db, slot)}


def death(db: Database, person_id: int, whose: str = "") -> int | None:
    """The memory (id) that tells of someone's death, or of that of their mother, father … (``whose``)."""
    holds = of(db, person_id)
    told = (holds.get(f"{slot}:{whose}" if whose else slot) for slot in _DEATH)
    return next((h.memory_id for h in told if h), None)


def memories_claiming(db: Database, slots: Iterable[Slot]) -> list[int]:
    """The memories (ids) that hold now and say the value of one of these slots."""
    found: dict[int, None] = {}
    for person_id, slot in slots:
        rows = db.rows(
            f"""SELECT m.id FROM slots s JOIN memories m ON m.id = s.memory_id
                WHERE s.person_id = ? AND s.slot = ? AND NOT s.ends AND {LIVE} ORDER BY m.id DESC""",
            (person_id, slot),
        )
        found |= dict.fromkeys(row["id"] for row in rows)
    return list(found)


def underived(db: Database, limit: int = 500) -> list[int]:
    """Memories (ids) whose slots are to be derived."""
    rows = db.rows(
        "SELECT id FROM memories WHERE slots_by IS NULL OR slots_by < ?1 OR slots_by > ?1 LIMIT ?2", (version(), limit)
    )
    return [row["id"] for row in rows]


def derive(db: Database, memory: Memory) -> None:
    """Keeps what a memory says of slots."""
    db.write("DELETE FROM slots WHERE memory_id = ?", (memory.id,))
    for claim in claims(memory):
        db.write(
            "INSERT INTO slots(memory_id, person_id, slot, ends, value) VALUES (?, ?, ?, ?, ?)",
            (memory.id, *claim.slot, not claim.holds, claim.value),
        )
    db.write("UPDATE memories SET slots_by = ? WHERE id = ?", (version(), memory.id))


def _holdings(db: Database, condition: str, value: object) -> list[Holding]:
    """The oldest memory first, so that of two the newest stands."""
    rows = db.rows(
        f"""SELECT s.person_id, s.slot, s.value, s.memory_id FROM slots s JOIN memories m ON m.id = s.memory_id
            WHERE {condition} AND {LIVE} ORDER BY m.id""",
        (value,),
    )
    return [Holding(row["person_id"], row["slot"], row["value"], row["memory_id"]) for row in rows]
