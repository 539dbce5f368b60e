"""What is hard for someone now, and makes other things be told gently."""

from __future__ import annotations

from datetime import datetime, timedelta

from memory import memories
from memory.database import Database
from memory.holding import LIVE
from memory.records import Memory

_NOW = timedelta(days=60)


def hard_now(db: Database, person_id: int, now: datetime) -> Memory | None:
    """The newest that was told of someone's trouble, or of a death in their family, and may be said."""
    row = db.row(
        f"""SELECT m.id FROM memories m JOIN memory_people mp ON mp.memory_id = m.id
            WHERE mp.person_id = ? AND {LIVE} AND m.kept_at >= ? AND m.discretion IS NOT 'unspoken'
                AND (m.sensitive OR EXISTS (SELECT 1 FROM slots
                    WHERE memory_id = m.id AND (slot LIKE 'died%' OR slot LIKE 'funeral%')))
            ORDER BY m.id DESC LIMIT 1""",
        (person_id, (now - _NOW).isoformat()),
    )
    return memories.by_ids(db, [row["id"]])[0] if row else None
