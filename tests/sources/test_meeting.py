"""What is said before someone is met: a breath, and nothing that others may not hear."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest

from assistant.triggers.meeting import occasions
from assistant.triggers.occasion import Look, Occasion
from memory import calendars, sources
from memory.calendars import Occurrence
from memory.database import Database
from memory.people import find_or_add
from tests.sources.conftest import NOW, said, tell

LookAt = Callable[[datetime], Look]


def ahead(db: Database, look: LookAt, title: str, place: str | None = None, private: bool = False) -> list[Occasion]:
    start = NOW.replace(hour=11, minute=0).astimezone()
    source = sources.add(db, "calendar", "test")
    one = Occurrence("1", title, start, start + timedelta(hours=1), place, private=private)
    calendars.replace(db, source.id, [one])
    return list(occasions(look(NOW)))


def test_it_fits_in_one_breath(db: Database, look: LookAt) -> None:
    for text in ("Joan moves in July.", "Joan likes tea.", "Joan has a new boss.", "Joan plays chess."):
        tell(db, "Joan", text)
    tell(db, "Joan", "Joan's mother is ill.", sensitive=True)
    (one,) = ahead(db, look, "Lunch with Joan", "Café Nero, 12 High Street")
    assert len(one.lines) <= 3
    assert "Gently: Joan's mother is ill" in said(one, NOW)
    assert "Café Nero" in said(one, NOW)
    assert "High Street" not in said(one, NOW)
    assert one.private


def test_several_people_get_a_thing_each(db: Database, look: LookAt) -> None:
    tell(db, "Joan", "Joan moves in July.")
    tell(db, "Rahul", "Rahul plays chess.")
    find_or_add(db, "Zoe")
    (one,) = ahead(db, look, "Drinks: Zoe, Joan & Rahul")
    assert [p.name for p in one.people] == ["Zoe", "Joan", "Rahul"]
    assert "Joan moves in July" in said(one, NOW)
    assert "Rahul plays chess" in said(one, NOW)
    assert not one.private


def test_someone_new_gets_a_question_that_fits(db: Database, look: LookAt) -> None:
    find_or_add(db, "Zoe")
    (one,) = ahead(db, look, "Project interview with Zoe", "https://example.org/call/1")
    assert said(one, NOW).endswith("You could ask what they are working on, and what they enjoy about it.")
    assert "https" not in said(one, NOW)


def test_what_a_calendar_keeps_private_is_private(db: Database, look: LookAt) -> None:
    tell(db, "Joan", "Joan plays chess.")
    (one,) = ahead(db, look, "Coffee with Joan", private=True)
    assert one.private


def test_what_is_never_to_be_said_is_not(db: Database, look: LookAt) -> None:
    tell(db, "Joan", "Joan plays chess.")
    db.write("UPDATE memories SET discretion = 'unspoken'")
    (one,) = ahead(db, look, "Coffee with Joan")
    assert "chess" not in said(one, NOW)
    assert not one.private


@pytest.mark.parametrize("title", ["Joan's funeral", "Memorial with Joan", "Visit Joan"])
def test_no_small_talk_about_the_dead(db: Database, look: LookAt, title: str) -> None:
    tell(db, "Joan", "Joan plays chess.")
    tell(db, "Joan", "Joan died.", sensitive=True)
    assert ahead(db, look, title) == []


def test_nobody_known_is_no_occasion(db: Database, look: LookAt) -> None:
    tell(db, "Joan", "Joan plays chess.")
    assert ahead(db, look, "Dentist") == []
