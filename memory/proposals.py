"""What ambient speech seems to tell of people: it waits for a review, and until then nothing knows of it."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import date, datetime

from memory.database import Database, Row
from memory.dates import DateSpan
from memory.records import Proposal, ProposalState

_SELECT = "SELECT p.*, c.heard_at FROM proposals p JOIN captures c ON c.id = p.capture_id"


def add(
    db: Database,
    capture_id: int,
    *,
    about: Sequence[str],
    kind: str,
    text: str,
    evidence: str,
    when: DateSpan | None = None,
    place: str | None = None,
    sensitive: bool = False,
) -> bool:
    """False: it says what was proposed, or kept, in the same words before, whatever became of it."""
    with db.transaction():
        if db.row("SELECT 1 FROM proposals WHERE text = ?1 UNION ALL SELECT 1 FROM memories WHERE text = ?1", (text,)):
            return False
        db.write(
            """INSERT INTO proposals(capture_id, about, kind, text, evidence, when_first, when_last, place, sensitive,
                   state)
               VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, 'open')""",
            (
                capture_id,
                json.dumps(list(about), ensure_ascii=False),
                kind,
                text,
                evidence,
                when and when.first.isoformat(),
                when and when.last.isoformat(),
                place,
                sensitive,
            ),
        )
        return True


def waiting(db: Database, limit: int = 100) -> list[Proposal]:
    """What was not reviewed, newest first."""
    return [_proposal(row) for row in db.rows(f"{_SELECT} WHERE p.state = 'open' ORDER BY p.id DESC LIMIT ?", (limit,))]


def get(db: Database, proposal_id: int) -> Proposal | None:
    """One that was not reviewed."""
    row = db.row(f"{_SELECT} WHERE p.id = ? AND p.state = 'open'", (proposal_id,))
    return _proposal(row) if row else None


def settle(db: Database, proposal_id: int, state: ProposalState) -> None:
    db.write("UPDATE proposals SET state = ? WHERE id = ?", (state, proposal_id))


def _proposal(row: Row) -> Proposal:
    first, last = row["when_first"], row["when_last"]
    return Proposal(
        id=row["id"],
        capture_id=row["capture_id"],
        about=tuple(json.loads(row["about"])),
        kind=row["kind"],
        text=row["text"],
        evidence=row["evidence"],
        when=DateSpan(date.fromisoformat(first), date.fromisoformat(last)) if first else None,
        place=row["place"],
        sensitive=bool(row["sensitive"]),
        heard_at=datetime.fromisoformat(row["heard_at"]),
    )
