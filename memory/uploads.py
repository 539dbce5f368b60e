"""Recordings that came as files. Each is kept once, however often it is sent."""

from __future__ import annotations

from dataclasses import dataclass

from memory import captures
from memory.database import Database
from memory.records import Capture

_THEIRS = "captures c JOIN uploads u ON c.satellite = 'upload ' || u.id"


@dataclass(frozen=True, slots=True)
class Upload:
    """``satellite`` is the name that its captures have."""

    id: int
    complete: bool

    @property
    def satellite(self) -> str:
        return f"upload {self.id}"


def begin(db: Database, sha256: str) -> Upload:
    """The upload of that content: the one that is complete already, or one to be filled now. What an earlier try that
    was cut off had brought is taken back, so that it is kept once."""
    with db.transaction():
        db.write("INSERT OR IGNORE INTO uploads(sha256) VALUES (?)", (sha256,))
        row = db.rows("SELECT id, complete FROM uploads WHERE sha256 = ?", (sha256,))[0]
        upload = Upload(row["id"], bool(row["complete"]))
        if not upload.complete:
            take_back(db, upload)
        return upload


def complete(db: Database, upload: Upload) -> None:
    """All of its sound is in captures: from now on it need not be sent again."""
    db.write("UPDATE uploads SET complete = 1 WHERE id = ?", (upload.id,))


def take_back(db: Database, upload: Upload) -> None:
    """Nothing is kept of it."""
    with db.transaction():
        for capture in _captures(db, upload.id):
            captures.undo(db, capture.id)
            db.write("DELETE FROM sounds WHERE capture_id = ?", (capture.id,))


def get(db: Database, upload_id: int) -> Upload | None:
    """One that is complete."""
    row = db.row("SELECT 1 FROM uploads WHERE id = ? AND complete", (upload_id,))
    return Upload(upload_id, True) if row else None


def of(db: Database, upload: Upload) -> list[Capture]:
    """Its captures, in order: one for each five minutes or so."""
    return [capture for capture in _captures(db, upload.id) if capture.state != "undone"]


def unfinished(db: Database) -> list[Capture]:
    """Captures of complete uploads that are still to be understood, oldest first."""
    ids = db.rows(f"SELECT c.id FROM {_THEIRS} WHERE u.complete AND c.state = 'heard' ORDER BY c.id")
    return [captures.get(db, row["id"]) for row in ids]


def _captures(db: Database, upload_id: int) -> list[Capture]:
    ids = db.rows(f"SELECT c.id FROM {_THEIRS} WHERE u.id = ? ORDER BY c.id", (upload_id,))
    return [captures.get(db, row["id"]) for row in ids]
