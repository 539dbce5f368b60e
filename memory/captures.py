"""The journal of what was said. A capture is durable before anything is said back."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, datetime

from memory import memories
from memory.database import Database, Row
from memory.records import Capture, CaptureState


def begin(db: Database, heard_at: datetime, satellite: str) -> int:
    """Opens a capture before its sound is heard; what is heard until a crash is then found again."""
    return db.write(
        "INSERT INTO captures(heard_at, satellite, state) VALUES (?, ?, 'listening')",
        (heard_at.isoformat(), satellite),
    )


def add_sound(db: Database, capture_id: int, pcm: bytes) -> None:
    """Appends sound (16 kHz mono s16le) to a capture."""
    db.write(
        """INSERT INTO sounds(capture_id, piece, pcm)
           SELECT ?1, coalesce(max(piece) + 1, 0), ?2 FROM sounds WHERE capture_id = ?1""",
        (capture_id, pcm),
    )


def keep(db: Database, capture_id: int) -> Capture:
    """All of its sound is there: from now on it is finished, now or at the next start."""
    db.write("UPDATE captures SET state = 'heard' WHERE id = ?", (capture_id,))
    return get(db, capture_id)


def keep_text(db: Database, text: str, heard_at: datetime, satellite: str) -> Capture:
    """A capture that came as words."""
    return get(
        db,
        db.write(
            "INSERT INTO captures(heard_at, satellite, state, text) VALUES (?, ?, 'heard', ?)",
            (heard_at.isoformat(), satellite, text),
        ),
    )


def overhear(db: Database, heard_at: datetime, satellite: str) -> int:
    """Opens a capture for ambient speech: no turn is made of it, and nothing searches or repeats it."""
    return db.write(
        "INSERT INTO captures(heard_at, satellite, state) VALUES (?, ?, 'overhearing')",
        (heard_at.isoformat(), satellite),
    )


def add_line(db: Database, capture_id: int, line: str) -> None:
    """Appends words; the sound there was until now has become words, and is let go."""
    with db.transaction():
        db.write("UPDATE captures SET text = coalesce(text || char(10), '') || ? WHERE id = ?", (line, capture_id))
        db.write("DELETE FROM sounds WHERE capture_id = ?", (capture_id,))


def stop_overhearing(db: Database) -> None:
    """What a crash left open is read as far as it came."""
    db.write("UPDATE captures SET state = 'overheard' WHERE state = 'overhearing'")


def next_overheard(db: Database, without: Iterable[int] = ()) -> Capture | None:
    """The oldest that waits to be read, but for those (ids)."""
    rows = db.rows("SELECT * FROM captures WHERE state = 'overheard' ORDER BY id")
    return next((_capture(row) for row in rows if row["id"] not in set(without)), None)


def set_text(db: Database, capture_id: int, text: str) -> Capture:
    db.write("UPDATE captures SET text = ? WHERE id = ?", (text, capture_id))
    return get(db, capture_id)


def finish(db: Database, capture_id: int, state: CaptureState) -> None:
    """ "done", or "unclear" when there were no words in it. One that undid itself stays undone."""
    with db.transaction():
        db.write("UPDATE captures SET state = ? WHERE id = ? AND state <> 'undone'", (state, capture_id))
        db.write(
            """INSERT OR IGNORE INTO refinements(capture_id) SELECT id FROM captures
               WHERE id = ? AND state = 'done' AND EXISTS (SELECT 1 FROM refining)""",
            (capture_id,),
        )


def want_refinement(db: Database, wanted: bool) -> None:
    """Whether what is finished from now on waits for a better reading; without one, nothing waits any more."""
    with db.transaction():
        if wanted:
            db.write("INSERT OR IGNORE INTO refining VALUES (1)")
        else:
            db.write("DELETE FROM refining")
            db.write("DELETE FROM refinements")


def next_to_refine(db: Database) -> Capture | None:
    """The oldest capture that waits for a better reading, those that took too long before after the others."""
    row = db.row(
        """SELECT c.* FROM refinements r JOIN captures c ON c.id = r.capture_id
           WHERE c.state = 'done' AND c.text <> '' ORDER BY r.tries, c.id LIMIT 1"""
    )
    return _capture(row) if row else None


def took_too_long(db: Database, capture_id: int, most_tries: int) -> None:
    """It waits behind the others, and after so many tries no more."""
    with db.transaction():
        db.write("UPDATE refinements SET tries = tries + 1 WHERE capture_id = ?", (capture_id,))
        db.write("DELETE FROM refinements WHERE capture_id = ? AND tries >= ?", (capture_id, most_tries))


def refined(db: Database, capture_id: int) -> None:
    """It has been read as well as it can be."""
    db.write("DELETE FROM refinements WHERE capture_id = ?", (capture_id,))


def set_reply(db: Database, capture_id: int, reply: str) -> None:
    db.write("UPDATE captures SET reply = ? WHERE id = ?", (reply, capture_id))


def discard(db: Database, capture_id: int) -> None:
    """Nobody spoke: as if it had never been opened."""
    db.write("DELETE FROM captures WHERE id = ?", (capture_id,))


def get(db: Database, capture_id: int) -> Capture:
    row = db.row("SELECT * FROM captures WHERE id = ?", (capture_id,))
    if row is None:
        raise LookupError(f"no capture {capture_id}")
    return _capture(row)


def unfinished(db: Database) -> list[Capture]:
    """What a crash left behind, oldest first."""
    return [
        _capture(row) for row in db.rows("SELECT * FROM captures WHERE state IN ('listening', 'heard') ORDER BY id")
    ]


def last_reply(db: Database, satellite: str | None = None) -> str | None:
    """What was said back last; with ``satellite``, by that one."""
    row = db.row(
        """SELECT reply FROM captures WHERE state = 'done' AND reply <> '' AND satellite = coalesce(?, satellite)
           ORDER BY id DESC LIMIT 1""",
        (satellite,),
    )
    return row["reply"] if row else None


def before(db: Database, capture: Capture, since: datetime) -> Capture | None:
    """What was said to the same satellite just before ``capture``, not earlier than ``since``."""
    row = db.row(
        """SELECT * FROM captures WHERE id < ? AND satellite = ? AND state = 'done' AND text <> ''
           AND datetime(heard_at) >= datetime(?) ORDER BY id DESC LIMIT 1""",
        (capture.id, capture.satellite, since.isoformat()),
    )
    return _capture(row) if row else None


def last_heard_before(db: Database, day: date) -> datetime | None:
    """When something was last said to Fondly before a local day."""
    row = db.row(
        """SELECT heard_at FROM captures WHERE state IN ('done', 'heard', 'undone') AND substr(heard_at, 1, 10) < ?
           ORDER BY id DESC LIMIT 1""",
        (day.isoformat(),),
    )
    return datetime.fromisoformat(row["heard_at"]) if row else None


def last_heard_at(db: Database, before: int | None = None) -> datetime | None:
    """When something was last said to Fondly; with ``before``, before that capture (an id)."""
    row = db.row(
        """SELECT heard_at FROM captures WHERE state IN ('done', 'heard', 'undone') AND id < ?
           ORDER BY id DESC LIMIT 1""",
        (before or 1 << 62,),
    )
    return datetime.fromisoformat(row["heard_at"]) if row else None


def last_keeping(db: Database, before: int) -> Capture | None:
    """The newest capture before ``before`` (an id) that something was kept from."""
    row = db.row(
        """SELECT * FROM captures c WHERE c.id < ? AND c.state = 'done' AND (
               EXISTS (SELECT 1 FROM memories WHERE capture_id = c.id AND status IN ('pending', 'accepted'))
               OR EXISTS (SELECT 1 FROM interactions WHERE capture_id = c.id)
               OR EXISTS (SELECT 1 FROM reminders WHERE capture_id = c.id AND state IN ('open', 'told'))
               OR EXISTS (SELECT 1 FROM introductions WHERE capture_id = c.id AND state = 'open'))
           ORDER BY c.id DESC LIMIT 1""",
        (before,),
    )
    return _capture(row) if row else None


def search(db: Database, words: Sequence[str], limit: int = 20) -> list[Capture]:
    """Notes that something was kept from, with one of ``words``, the likeliest first. None of which a part is over,
    was put right or is not for everyone's ears: its words would tell that part as well.
    """
    if not words:
        return []
    rows = db.rows(
        """SELECT c.* FROM said_words JOIN captures c ON c.id = said_words.rowid
           WHERE said_words MATCH ? AND c.state = 'done' AND (
               EXISTS (SELECT 1 FROM memories WHERE capture_id = c.id AND status IN ('pending', 'accepted'))
               OR EXISTS (SELECT 1 FROM interactions WHERE capture_id = c.id))
               AND NOT EXISTS (SELECT 1 FROM memories WHERE capture_id = c.id
                   AND (valid_to IS NOT NULL OR discretion IS NOT NULL))
           ORDER BY bm25(said_words) LIMIT ?""",
        (" OR ".join(f'"{word}"' for word in words), limit),
    )
    return [_capture(row) for row in rows]


def undo(db: Database, capture_id: int) -> None:
    """Takes back all that was kept from a capture. What was said stays in the journal, marked so."""
    with db.transaction():
        db.write("UPDATE captures SET state = 'undone' WHERE id = ?", (capture_id,))
        memories.take_back(db, capture_id)
        db.write("UPDATE reminders SET state = 'undone' WHERE capture_id = ?", (capture_id,))
        db.write("UPDATE introductions SET state = 'undone' WHERE capture_id = ?", (capture_id,))
        db.write("DELETE FROM interactions WHERE capture_id = ?", (capture_id,))


def sound(db: Database, capture_id: int) -> bytes:
    """All its sound, 16 kHz mono s16le; empty for a capture of words, or once it has aged out."""
    rows = db.rows("SELECT pcm FROM sounds WHERE capture_id = ? ORDER BY piece", (capture_id,))
    return b"".join(row["pcm"] for row in rows)


def age_out_sound(db: Database, before: datetime) -> None:
    """Drops the sound of what was heard before then and is finished: a recording is not the product. Of ambient
    speech the words go as well, but for those that something kept, or proposed, came from.
    """
    with db.transaction():
        old = "datetime(heard_at) < datetime(?)"
        db.write(
            f"""DELETE FROM sounds WHERE capture_id IN (SELECT id FROM captures WHERE {old}
                AND state NOT IN ('listening', 'heard', 'overhearing', 'overheard'))""",
            (before.isoformat(),),
        )
        db.write(f"UPDATE captures SET text = '' WHERE state = 'read' AND {old}", (before.isoformat(),))


def _capture(row: Row) -> Capture:
    return Capture(
        id=row["id"],
        heard_at=datetime.fromisoformat(row["heard_at"]),
        satellite=row["satellite"],
        state=row["state"],
        text=row["text"],
        reply=row["reply"],
    )
