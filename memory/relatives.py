"""People known only by who they are to someone: "Joan's mother", until her name is told.

Only roles that one person at a time has: of "Joan's sister" there may be several.
"""

from __future__ import annotations

import re

from memory import identity, memories, people
from memory.database import Database
from memory.records import Memory, Person
from memory.slots import occupied, relative_in


def tie(db: Database, memory: Memory) -> None:
    """Ties a memory that was just kept to the relative it speaks of; gives a relative the name that it tells."""
    with db.transaction():
        for person in memory.about:
            if named := _named(memory, person):
                for nameless in _nameless(db, person.id, named[0]):
                    identity.merge(db, named[1].id, nameless, memory.capture_id)
            elif role := relative_in(memory.text, person):
                _attach(db, memory, find(db, person, role) or _add(db, person, role, memory.capture_id))


def tie_again(db: Database, capture_id: int) -> None:
    """After what a note told was given to someone else: the relatives are theirs, too."""
    with db.transaction():
        note = "SELECT id FROM memories WHERE capture_id = ?"
        nameless = "SELECT id FROM people WHERE standing = 'role'"
        db.write(f"DELETE FROM memory_people WHERE memory_id IN ({note}) AND person_id IN ({nameless})", (capture_id,))
        db.write(
            "DELETE FROM people WHERE standing = 'role' AND id NOT IN (SELECT person_id FROM memory_people)",
        )
        for memory in memories.from_capture(db, capture_id):
            tie(db, memory)


def find(db: Database, person: Person, role: str) -> Person | None:
    """Who has that role in someone's life: by name if it was told, else the nameless one something was told of."""
    for memory in memories.about(db, person.id, limit=-1):
        named = _named(memory, person)
        if named and named[0] == role:
            return named[1]
    nameless = _nameless(db, person.id, role)
    return people.by_id(db, nameless[0]) if nameless else None


def called(db: Database, person: Person, role: str) -> list[Person]:
    """Everyone who was said to be that to someone, the newest first: "Themba is Joan's brother."."""
    said = re.compile(rf"['’]s? (?:[\w-]+ )*{re.escape(role)}s?\b", re.IGNORECASE)
    told = [m for m in memories.about(db, person.id, limit=-1) if m.kind == "relation" and said.search(m.text)]
    return list(dict.fromkeys(other for memory in told for other in memory.about if other.id != person.id))


def _named(memory: Memory, person: Person) -> tuple[str, Person] | None:
    """The role and who has it, of "Ruth is Joan's mother."."""
    others = [p for p in memory.about if p.id != person.id]
    roles = [slot.removeprefix("called:") for whose, slot in occupied(memory) if whose == person.id]
    if memory.kind != "relation" or len(others) != 1 or len(roles) != 1:
        return None
    return roles[0], others[0]


def _nameless(db: Database, person_id: int, role: str) -> list[int]:
    rows = db.rows("SELECT id FROM people WHERE standing = 'role' AND role_of = ? AND role = ?", (person_id, role))
    return [row["id"] for row in rows]


def _add(db: Database, person: Person, role: str, capture_id: int) -> Person:
    name = f"{person.name}'s {role}"
    new = db.write(
        "INSERT INTO people(name, standing, role_of, role, capture_id) VALUES (?, 'role', ?, ?, ?)",
        (name, person.id, role, capture_id),
    )
    return Person(new, name)


def _attach(db: Database, memory: Memory, relative: Person) -> None:
    db.write(
        """INSERT OR IGNORE INTO memory_people SELECT ?1, ?2, max(position) + 1 FROM memory_people
           WHERE memory_id = ?1""",
        (memory.id, relative.id),
    )
