"""Where the speaker is: the newest of what devices, calendars and they themselves say."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import pytest

from memory import calendars, captures, memories, people, positions, sources, whereabouts
from memory.calendars import Occurrence
from memory.database import Database
from memory.dates import DateSpan
from memory.positions import Landmark, Position

NOW = datetime(2026, 5, 4, 10, 0).astimezone()
TODAY = NOW.date()


def told(db: Database, place: str, first: int = 0, last: int = 0, at: datetime = NOW) -> None:
    capture = captures.keep_text(db, "x", at, "test")
    days = DateSpan(TODAY + timedelta(days=first), TODAY + timedelta(days=last))
    memories.add(db, capture, about=(), kind="plan", text=f"You're in {place}.", evidence="x", when=days, place=place)


def lives(db: Database, place: str) -> None:
    capture = captures.keep_text(db, "x", NOW, "test")
    memories.add(db, capture, about=(), kind="fact", text=f"You live in {place}.", evidence="x", place=place)


def here(db: Database, now: datetime = NOW) -> str | None:
    place = whereabouts.mine(db, now)
    return place.said if place else None


def test_nothing_is_known(db: Database) -> None:
    assert here(db) is None
    assert whereabouts.home(db) is None
    assert whereabouts.stays(db, NOW, 3) == []


def test_at_home_as_long_as_nothing_else_is_said(db: Database) -> None:
    lives(db, "York")
    lives(db, "Leeds")
    assert here(db) == "Leeds, the UK"
    place = whereabouts.mine(db, NOW)
    assert place
    assert place.names == ()  # in the town, nobody knows where


def test_the_newest_counts(db: Database) -> None:
    lives(db, "Leeds")
    told(db, "Lisbon", 0, 4)
    assert here(db) == "Lisbon, Portugal"
    positions.keep(db, Position(NOW + timedelta(hours=1), 43.51, 16.44))
    assert here(db, NOW + timedelta(hours=2)) == "Split, Croatia"
    told(db, "Rome", 0, 4, NOW + timedelta(hours=2))
    assert here(db, NOW + timedelta(hours=3)) == "Rome, Italy"
    told(db, "home", 0, 0, NOW + timedelta(hours=4))
    assert here(db, NOW + timedelta(hours=5)) == "Leeds, the UK"


def test_a_plan_counts_from_its_first_day(db: Database) -> None:
    told(db, "Lisbon", 2, 4, NOW - timedelta(days=5))
    assert here(db) is None
    assert here(db, NOW + timedelta(days=2)) == "Lisbon, Portugal"
    assert here(db, NOW + timedelta(days=5)) is None


def test_a_place_on_no_map_is_left_within_hours(db: Database) -> None:
    lives(db, "Leeds")
    told(db, "the market")
    at_market = whereabouts.mine(db, NOW + timedelta(minutes=5))
    assert at_market
    assert (at_market.said, at_market.names) == ("Leeds, the UK", ("the market",))
    later = whereabouts.mine(db, NOW + timedelta(hours=4))
    assert later
    assert later.names == ()


@pytest.mark.parametrize(
    ("place", "said"),
    [
        ("Lisbon", "Lisbon, Portugal"),
        ("Hotel Mundial, Praça Martim Moniz 2, Lisboa, Portugal", "Lisboa, Portugal"),
        ("https://meet.example/abc", "Leeds, the UK"),
        (None, "Leeds, the UK"),
    ],
)
def test_an_event_of_a_calendar_says_it(db: Database, place: str | None, said: str) -> None:
    lives(db, "Leeds")
    source = sources.add(db, "calendar", "/mine.ics")
    event = Occurrence("1", "Conference", NOW - timedelta(hours=1), NOW + timedelta(hours=1), place)
    calendars.replace(db, source.id, [event])
    assert here(db) == said
    assert here(db, NOW + timedelta(hours=2)) == "Leeds, the UK"


def test_the_days_ahead(db: Database) -> None:
    lives(db, "Leeds")
    told(db, "Lisbon", 2, 5)
    stays = [(s.place.name, s.days.first, s.days.last) for s in whereabouts.stays(db, NOW, 3)]
    tomorrow = TODAY + timedelta(days=1)
    lisbon = (TODAY + timedelta(days=2), TODAY + timedelta(days=5))
    assert stays == [("Leeds", TODAY, TODAY), ("Lisbon", *lisbon), ("Leeds", tomorrow, tomorrow)]


def test_since_when(db: Database) -> None:
    for minutes, place in ((0, (53.80, -1.55)), (10, (53.81, -1.54)), (20, (43.51, 16.44)), (30, (43.52, 16.43))):
        positions.keep(db, Position(NOW + timedelta(minutes=minutes), *place))
    visit = whereabouts.visiting(db, NOW + timedelta(minutes=40))
    assert visit
    assert (visit.place.name, visit.since) == ("Split", NOW + timedelta(minutes=20))


def test_home_as_it_was_marked(db: Database) -> None:
    positions.mark(db, [Landmark("1", "Home", 53.80, -1.55, 100), Landmark("2", "Work", 43.51, 16.44, 100)])
    home = whereabouts.home(db)
    assert home
    assert home.said == "Leeds, the UK"
    assert positions.names_at(db, 53.8001, -1.55) == ("Home",)
    assert positions.names_at(db, 53.9, -1.55) == ()


def test_a_place_called_after_someone_who_is_forgotten(db: Database) -> None:
    joan = people.find_or_add(db, "Joan Mbeki")
    positions.mark(db, [Landmark("1", "Joan's house", 53.80, -1.55, 100)])
    positions.keep(db, Position(NOW, 53.80, -1.55, ("Joan's house",)))
    people.forget(db, joan.id)
    assert [m.name for m in positions.landmarks(db)] == ["someone's house"]
    last = positions.last(db)
    assert last
    assert last.names == ("someone's house",)


def test_what_says_where_one_lives() -> None:
    for said in ("You live in Leeds.", "You have moved to Leeds.", "You've moved to Leeds.", "So you live in Leeds."):
        assert whereabouts.is_home(said)
    for said in ("You're in Leeds.", "The library in Leeds is closed.", "You lived in Leeds.", "You live for Leeds."):
        assert not whereabouts.is_home(said)
    assert date(2026, 5, 4) == TODAY
