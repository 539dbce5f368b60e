"""When a reminder comes up, and what becomes of it."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from memory import captures, reminders, suggestions
from memory.database import Database
from memory.key import key_from_passphrase

NOW = datetime(2026, 5, 4, 9, 30).astimezone()


@pytest.fixture
def capture_id(db: Database) -> int:
    return captures.keep_text(db, "remind me", NOW, "test").id


def tell(db: Database, reminder_id: int, now: datetime) -> None:
    suggestions.begin(db, "key", "call", now, asked_for=True, reminder_id=reminder_id)
    suggestions.heard(db, "key", now)


def test_it_comes_up_at_its_time_and_once(db: Database, capture_id: int) -> None:
    at = datetime(2026, 5, 5, 15, 0)  # noqa: DTZ001 - local, without zone
    reminder = reminders.add(db, capture_id, NOW, text="call", due=at)
    local = at.astimezone()
    assert reminders.due(db, local - timedelta(minutes=1)) == []
    assert reminders.due(db, local) == [reminder]
    tell(db, reminder.id, local)
    assert reminders.due(db, local) == []


def test_for_a_day_it_comes_up_in_the_morning_and_not_at_night(db: Database, capture_id: int) -> None:
    reminders.add(db, capture_id, NOW, text="call", due=date(2026, 5, 6))
    midnight = datetime(2026, 5, 6).astimezone()
    assert reminders.due(db, midnight) == []
    assert len(reminders.due(db, midnight.replace(hour=9))) == 1


@given(hour=st.integers(0, 22), minute=st.integers(0, 59))
def test_for_today_it_comes_up_later_and_still_today(
    hour: int, minute: int, tmp_path_factory: pytest.TempPathFactory
) -> None:
    db = Database(tmp_path_factory.mktemp("db") / "x.db", key_from_passphrase("x"))
    now = NOW.replace(hour=hour, minute=minute)
    capture = captures.keep_text(db, "remind me today", now, "test")
    reminders.add(db, capture.id, now, text="call", due=now.date())
    assert reminders.due(db, now) == []
    assert len(reminders.due(db, now.replace(hour=23, minute=59))) == 1
    db.close()


def test_put_off_comes_again_and_settled_does_not(db: Database, capture_id: int) -> None:
    reminder = reminders.add(db, capture_id, NOW, text="call", due=date(2026, 5, 1))
    tell(db, reminder.id, NOW)
    reminders.put_off(db, reminder.id, date(2026, 5, 8))
    assert reminders.due(db, NOW) == []
    later = NOW + timedelta(days=5)
    assert [r.id for r in reminders.due(db, later)] == [reminder.id]
    reminders.settle(db, reminder.id, "let go")
    assert reminders.due(db, later) == []
    tell(db, reminder.id, later)  # said aloud just as it was let go: it stays so
    told = reminders.by_id(db, reminder.id)
    assert told is not None
    assert told.state == "let go"
