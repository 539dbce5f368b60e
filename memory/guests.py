"""Who is where: those on a visit, and everybody where they live."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, timedelta

from memory import memories, places
from memory.database import Database
from memory.dates import DateSpan
from memory.holding import LIVE
from memory.records import Memory, Person

_LONGEST = timedelta(days=21)  # a longer span is only roughly known
_NAMED = """(SELECT count(*) FROM memory_people WHERE memory_id = m.id) >= 1 AND NOT EXISTS (
    SELECT 1 FROM memory_people mp JOIN people p ON p.id = mp.person_id
    WHERE mp.memory_id = m.id AND p.standing <> 'named')"""


@dataclass(frozen=True, slots=True)
class Guest:
    """Someone is in a place on some days; ``days`` None: they live there."""

    person: Person
    memory: Memory
    days: DateSpan | None


def visiting(db: Database, today: date, days: int) -> list[Guest]:
    """Who is told to be somewhere today or on one of the next days."""
    rows = db.rows(
        f"""SELECT m.id FROM memories m WHERE {LIVE} AND m.place IS NOT NULL AND m.kind IN ('plan', 'event', 'fact')
            AND m.when_first <= ? AND m.when_last >= ? AND {_NAMED} ORDER BY m.when_first, m.id""",
        ((today + timedelta(days=days)).isoformat(), today.isoformat()),
    )
    found = memories.by_ids(db, [row["id"] for row in rows])
    return [Guest(m.about[0], m, m.when) for m in found if m.about and m.when and _is_there(m, today)]


def living(db: Database) -> list[Guest]:
    """Everyone whose home is told, with where that is."""
    rows = db.rows(
        f"""SELECT s.person_id, max(m.id) AS id FROM slots s JOIN memories m ON m.id = s.memory_id
            WHERE s.slot = 'home' AND NOT s.ends AND m.place IS NOT NULL AND {LIVE} AND {_NAMED}
            GROUP BY s.person_id"""
    )
    whose = {row["id"]: row["person_id"] for row in rows}
    return [
        Guest(person, m, None)
        for m in memories.by_ids(db, whose)
        for person in m.about
        if person.id == whose[m.id] and not m.unspoken
    ]


def _is_there(memory: Memory, today: date) -> bool:
    """Whether it tells that someone themselves is there then, and not that they were, nor only the month."""
    ways = "|".join(re.escape(n) for p in memory.about for n in (p.name, *p.also, p.name.split(" ")[0]))
    days = memory.when
    return (
        days is not None
        and days.last - days.first <= _LONGEST
        and (memory.kind != "event" or days.last > today)
        and bool(re.match(rf"(?:{ways})(?: |,)", memory.text))
        and places.says_where(memory.text)
        and not memory.unspoken
    )
