"""Who an event is with: only those of whom it is clear, and no word that merely looks like a name."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from memory import addresses, birthdays, calendars, people, sources
from memory.addresses import Card
from memory.attending import Attendee, acquaintances
from memory.calendars import Occurrence
from memory.database import Database
from memory.dates import DateSpan, on_day

KNOWN = ["Priya", "Joan Mbeki", "Rahul", "Mark", "May", "Will Okoro", "Tomás", "Florence", "Jordan", "Grace", "Zoe"]
AT = datetime(2026, 5, 4, 11).astimezone()


@pytest.mark.parametrize(
    ("title", "whom"),
    [
        ("Coffee with Priya", ["Priya"]),
        ("coffee with priya", ["Priya"]),
        ("Lunch Joan & Rahul", ["Joan Mbeki", "Rahul"]),
        ("Joan/Rahul 1:1", ["Joan Mbeki", "Rahul"]),
        ("Walk, Priya, Zoe and Rahul", ["Priya", "Zoe", "Rahul"]),
        ("Lunch: Joan Mbeki", ["Joan Mbeki"]),
        ("tomas & zoe drinks", ["Tomás", "Zoe"]),
        ("Priya <> me", ["Priya"]),
        ("Dinner with Priya Sharma", ["Priya"]),
        ("Dinner at Joan's", ["Joan Mbeki"]),
        ("Priya’s birthday", ["Priya"]),
        ("Call Mark", ["Mark"]),
        ("Tea with Mark", ["Mark"]),
        ("Lunch with May and Will", ["May", "Will Okoro"]),
        ("Meet Grace at 5", ["Grace"]),
        ("Dentist", []),
        ("", []),
        ("Mark exam", []),
        ("Mark & send", []),
        ("Trip in May", []),
        ("May 5 party", []),
        ("Will sign papers", []),
        ("Grace period ends", []),
        ("Trip to Florence", []),
        ("Hotel Florence", []),
        ("Jordan trip", []),
        ("Flight to Jordan", []),
        ("Saint Joan", []),
        ("Joan of Arc", []),
        ("Joan Baez concert", []),
        ("Lunch with Joan Smith", []),
        ("Priya Patel", []),
        ("priya's school", []),
    ],
)
def test_titles(db: Database, title: str, whom: list[str]) -> None:
    for name in KNOWN:
        people.find_or_add(db, name)
    assert [p.name for p in acquaintances(db).named_in(title)] == whom


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.text(max_size=80))
def test_no_title_makes_it_stumble(db: Database, title: str) -> None:
    people.find_or_add(db, "Priya")
    assert len(acquaintances(db).named_in(title)) <= title.casefold().count("priya")


def book(db: Database, *cards: Card) -> None:
    addresses.replace(db, sources.add(db, "addresses", "book").id, cards)


def whom(db: Database, *attendees: Attendee, title: str = "") -> list[str]:
    return [p.name for p in acquaintances(db).of(title, attendees)]


def test_attendees(db: Database) -> None:
    for name in ("Priya", "Joan Mbeki", "Tom"):
        people.find_or_add(db, name)
    book(db, Card("Tom Hall", ("Tommo",), ("th@example.org",)), Card("A Stranger", (), ("s@example.org",)))
    assert whom(db, Attendee(None, "th@example.org")) == ["Tom"]
    assert whom(db, Attendee("Mbeki, Joan", "x@example.org")) == ["Joan Mbeki"]
    assert whom(db, Attendee("Priya Sharma", None)) == ["Priya"]
    assert whom(db, Attendee("Joan Smith", None)) == []
    assert whom(db, Attendee("A Stranger", "s@example.org")) == []
    assert whom(db, Attendee("Tom Hall", None), title="Lunch with Tom") == ["Tom"]
    assert whom(db, title="Pub with Tommo") == ["Tom"]
    assert [p.name for p in people.everyone(db)] == ["Joan Mbeki", "Priya", "Tom"]


def test_the_speaker_is_nobody(db: Database) -> None:
    people.find_or_add(db, "Tom Hall")
    sources.add(db, "calendar", "https://example.org", "me@example.org", "x")
    assert whom(db, Attendee("Tom Hall", "me@example.org")) == []


def test_where_two_can_be_meant_nobody_is(db: Database) -> None:
    for name in ("Joan Mbeki", "Joan Smith"):
        people.find_or_add(db, name)
    assert whom(db, title="Coffee with Joan") == []
    assert whom(db, Attendee("Joan Smith", None), title="Coffee with Joan") == ["Joan Smith"]


def test_a_card_is_theirs_only_where_it_is_clear(db: Database) -> None:
    people.find_or_add(db, "Joan")
    book(db, Card("Joan Mbeki", (), ("jm@example.org",)), Card("Joan Smith", (), ("js@example.org",)))
    assert whom(db, Attendee(None, "jm@example.org")) == []
    assert whom(db, Attendee("Joan Smith", "js@example.org")) == []
    book(db, Card("Joan Mbeki", (), ("jm@example.org",)))
    assert whom(db, Attendee(None, "jm@example.org")) == ["Joan"]


def test_a_birthday_of_the_address_book_is_for_those_known(db: Database) -> None:
    joan = people.find_or_add(db, "Joan")
    maya = people.find_or_add(db, "Maya")
    book(db, Card("Joan Mbeki", born="1985-05-12"), Card("Maya", born="--02"), Card("Stranger", born="--05-12"))
    may = birthdays.within(db, DateSpan(date(2026, 5, 1), date(2026, 5, 31)))
    assert [(b.person, b.when) for b in may] == [(joan, on_day(date(2026, 5, 12)))]
    (one,) = birthdays.within(db, DateSpan(date(2028, 1, 30), date(2028, 2, 3)))
    assert (one.person, one.when) == (maya, DateSpan(date(2028, 2, 1), date(2028, 2, 29)))


def test_what_was_told_of_a_birthday_wins(db: Database) -> None:
    from memory import captures, memories

    joan = people.find_or_add(db, "Joan")
    book(db, Card("Joan Mbeki", born="1985-05-12"))
    text = "Joan's birthday is 20 May."
    note = captures.keep_text(db, text, AT, "test")
    memories.add(db, note, about=[joan], kind="date", text=text, evidence=text, when=on_day(date(2026, 5, 20)))
    (one,) = birthdays.within(db, DateSpan(date(2026, 5, 1), date(2026, 5, 31)))
    assert one.when == on_day(date(2026, 5, 20))
    text = "Joan died."
    memories.add(db, note, about=[joan], kind="event", text=text, evidence=text, sensitive=True)
    assert birthdays.within(db, DateSpan(date(2026, 5, 1), date(2026, 5, 31))) == []


def test_days_of_events(db: Database) -> None:
    day = AT.date()
    kept = [
        Occurrence("coffee", "Coffee", AT, AT + timedelta(hours=1)),
        Occurrence("yesterday", "Yesterday", day - timedelta(days=1), day),
        Occurrence("away", "Away", day - timedelta(days=2), day + timedelta(days=2)),
        Occurrence("night", "Night", AT.replace(hour=23), AT.replace(hour=23) + timedelta(hours=3)),
    ]
    source = sources.add(db, "calendar", "file")
    calendars.replace(db, source.id, kept)

    def on(when: date) -> list[str]:
        return [e.title for e in calendars.events(db, when, when)]

    assert on(day) == ["Away", "Coffee", "Night"]
    assert on(day - timedelta(days=1)) == ["Away", "Yesterday"]
    assert on(day + timedelta(days=1)) == ["Away", "Night"]
    assert on(day + timedelta(days=2)) == []
    assert [e.title for e in calendars.starting(db, AT - timedelta(minutes=15), AT)] == ["Coffee"]
    assert list(calendars.starting(db, AT, AT + timedelta(minutes=15))) == []
    calendars.replace(db, source.id, kept[1:])
    assert on(day) == ["Away", "Night"]


def test_one_event_of_two_calendars_is_one(db: Database) -> None:
    for name in ("one", "other"):
        calendars.replace(db, sources.add(db, "calendar", name).id, [Occurrence("1", "Tea", AT, AT)])
    assert len(calendars.events(db, AT.date(), AT.date())) == 1
    sources.remove(db, 1)
    sources.remove(db, 2)
    assert calendars.events(db, AT.date(), AT.date()) == []
