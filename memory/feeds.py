"""What those who are known bring out: the items of their feeds, and which of them came lately."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from memory import people
from memory.database import Database, Row
from memory.records import Person

_KEPT = timedelta(days=60)  # of what a feed no longer has


@dataclass(frozen=True, slots=True)
class FeedItem:
    """``heard``: it is for listening."""

    uid: str
    title: str
    summary: str
    published_at: datetime
    heard: bool = False


@dataclass(frozen=True, slots=True)
class NewItem:
    """An item of somebody's feed that was not there when the feed was named. ``id`` is ours."""

    id: int
    whose: Person
    item: FeedItem


def add(db: Database, source_id: int, items: Sequence[FeedItem], fresh: bool, now: datetime) -> None:
    """Keeps what was not there before. ``fresh``: it came while we were looking."""
    with db.transaction():
        for one in items:
            db.write(
                """INSERT OR IGNORE INTO feed_items(source_id, uid, title, summary, published_at, heard, fresh)
                   VALUES (?, ?, ?, ?, ?, ?, ?)""",
                (source_id, one.uid, one.title, one.summary, _utc(one.published_at), one.heard, fresh),
            )
        there = {one.uid for one in items}
        for row in db.rows(
            "SELECT id, uid FROM feed_items WHERE source_id = ? AND published_at < ?", (source_id, _utc(now - _KEPT))
        ):
            if row["uid"] not in there:
                db.write("DELETE FROM feed_items WHERE id = ?", (row["id"],))


def new_since(db: Database, since: datetime, now: datetime, limit: int) -> list[NewItem]:
    """What came out between these moments and came while we were looking, the newest first."""
    rows = db.rows(
        """SELECT i.*, s.person_id FROM feed_items i JOIN sources s ON s.id = i.source_id
           WHERE i.fresh AND i.published_at BETWEEN ? AND ? AND s.person_id IS NOT NULL
           ORDER BY i.published_at DESC, i.id DESC LIMIT ?""",
        (_utc(since), _utc(now), limit),
    )
    whose = {p.id: p for p in people.by_ids(db, {row["person_id"] for row in rows})} if rows else {}
    return [NewItem(row["id"], whose[row["person_id"]], _item(row)) for row in rows]


def _item(row: Row) -> FeedItem:
    published_at = datetime.fromisoformat(row["published_at"])
    return FeedItem(row["uid"], row["title"], row["summary"], published_at, bool(row["heard"]))


def _utc(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat(timespec="seconds")
