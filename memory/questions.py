"""The one question of ours that waits for an answer. Kept, so that the answer may come from anywhere."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from memory.database import Database

_ANSWERABLE = timedelta(minutes=3)


@dataclass(frozen=True, slots=True)
class OpenQuestion:
    """``intent``: what asks, by its name. ``person_id``: whom it is about; ``capture_id``: what was said before."""

    intent: str
    person_id: int | None = None
    capture_id: int | None = None


def ask(db: Database, question: OpenQuestion, now: datetime) -> None:
    db.write(
        "INSERT OR REPLACE INTO open_question(only, intent, person_id, capture_id, asked_at) VALUES (1, ?, ?, ?, ?)",
        (question.intent, question.person_id, question.capture_id, now.isoformat()),
    )


def take(db: Database, now: datetime) -> OpenQuestion | None:
    """The open question, no longer open. One asked some minutes ago is over: a stray yes does nothing."""
    with db.transaction():
        row = db.row("SELECT * FROM open_question")
        db.write("DELETE FROM open_question")
    if row is None or now - datetime.fromisoformat(row["asked_at"]) > _ANSWERABLE:
        return None
    return OpenQuestion(row["intent"], row["person_id"], row["capture_id"])
