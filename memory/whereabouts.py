"""Where the speaker is: as a device of theirs says, or as they said themselves. Only the latest is known, no track."""

from __future__ import annotations

from datetime import datetime

from memory import places
from memory.database import Database
from memory.holding import LIVE
from memory.places import Place

_OWN = f"{LIVE} AND m.place IS NOT NULL AND NOT EXISTS (SELECT 1 FROM memory_people WHERE memory_id = m.id)"


def mine(db: Database, now: datetime) -> Place | None:
    """Where the speaker is at the local time ``now``; None where that is not known."""
    today = now.date().isoformat()
    row = db.row(
        f"""SELECT m.place FROM memories m WHERE m.kind = 'plan' AND m.when_first <= ? AND m.when_last >= ? AND {_OWN}
            ORDER BY m.id DESC LIMIT 1""",
        (today, today),
    )
    return places.called(row["place"], home(db)) if row else home(db)


def home(db: Database) -> Place | None:
    """Where the speaker lives, as they told it last."""
    row = db.row(f"SELECT m.place FROM memories m WHERE m.kind = 'fact' AND {_OWN} ORDER BY m.id DESC LIMIT 1")
    return places.called(row["place"]) if row else None
