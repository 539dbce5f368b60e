"""What the speaker would like with people, in their own words: friends in Leeds, a mentor in design. Never measured."""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

from memory import memories
from memory.database import Database
from memory.holding import LIVE
from memory.records import Capture, Discretion, Memory
from memory.slots import content
from memory.support import quoted

KIND = "wish"
_WANTS = "You'd like to "
_LOOKED_AT = 200
_KNOWN_FROM = ("met", "circle", "kin")
_WORK = ("employer", "job")


@dataclass(frozen=True, slots=True)
class Goal:
    """``wish``: what it is, as it goes on after "you'd like to": "make friends in Leeds"."""

    memory: Memory
    wish: str


def keep(db: Database, capture: Capture, wish: str, evidence: str, discretion: Discretion | None = None) -> Goal:
    """Keeps a wish; the same one that stands already is not kept twice."""
    for goal in standing(db):
        if goal.wish.casefold() == wish.casefold():
            return goal
    text = f"{_WANTS}{wish}."
    kept = memories.add(db, capture, about=(), kind=KIND, text=text, evidence=evidence, discretion=discretion)
    return Goal(kept, wish)


def standing(db: Database) -> list[Goal]:
    """Those that were not let go, the newest first."""
    found = memories.of_kind(db, KIND)
    return [Goal(m, m.text.removeprefix(_WANTS).rstrip(". ")) for m in found]


def let_go(db: Database, goal: Goal, day: date) -> None:
    """It is over; that it was once wished for stays."""
    db.write("UPDATE memories SET valid_to = ? WHERE id = ?", (day.isoformat(), goal.memory.id))


def fitting(db: Database, goal: Goal) -> dict[int, Memory]:
    """Who could have to do with it, by id, the likeliest first, each with the memory that says why."""
    words = [word for word in sorted(content(goal.wish)) if word not in _table()["generic"].split()]
    slots = _slots(goal, words)
    if not words and not slots:
        return {}
    of_slots = f"AND m.id IN (SELECT memory_id FROM slots WHERE NOT ends AND slot IN ({','.join('?' * len(slots))}))"
    with_words = "JOIN memory_words w ON w.rowid = m.id AND memory_words MATCH ?"
    rows = db.rows(
        f"""SELECT m.id FROM memories m {with_words if words else ""}
            WHERE {LIVE} AND m.sensitive = 0 AND m.discretion IS NULL AND m.kind NOT IN ('meeting', 'gift', 'promise')
            {of_slots if slots else ""}
            ORDER BY {"bm25(memory_words)," if words else ""} m.id DESC LIMIT {_LOOKED_AT}""",
        (*([" OR ".join(map(quoted, words))] if words else []), *slots),
    )
    found: dict[int, Memory] = {}
    for memory in memories.by_ids(db, [row["id"] for row in rows]):
        if memory.about and not re.search(_table()["denied"], memory.text, re.IGNORECASE):
            found.setdefault(memory.about[0].id, memory)
    return found


def _slots(goal: Goal, words: list[str]) -> tuple[str, ...]:
    """What a memory has to tell, beside having the words."""
    if re.search(_table()["known_already"], goal.wish, re.IGNORECASE):
        return _KNOWN_FROM
    return _WORK if not words and re.search(_table()["work"], goal.wish, re.IGNORECASE) else ()


@cache
def _table() -> dict[str, Any]:
    return tomllib.loads((Path(__file__).parent / "goals.en.toml").read_text(encoding="utf-8"))
