"""A real CalDAV and CardDAV server, from its first reading to what is said before someone is met."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import date, datetime, timedelta

import pytest

from assistant.sources.dav import joined
from assistant.sources.polling import poll_due
from assistant.triggers.meeting import occasions
from assistant.triggers.occasion import Look
from memory import birthdays, calendars, identity, people, sources
from memory.database import Database
from memory.dates import DateSpan
from memory.people import find_or_add
from tests.sources.conftest import NOW, Radicale, said, tell

TODAY = date(2026, 5, 4)


def event(uid: str, title: str, start: str, more: str = "") -> str:
    return (
        "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//test//EN\r\nBEGIN:VEVENT\r\n"
        f"UID:{uid}\r\nDTSTAMP:20260501T000000Z\r\nDTSTART:{start}\r\nDURATION:PT1H\r\nSUMMARY:{title}\r\n"
        f"{more}END:VEVENT\r\nEND:VCALENDAR\r\n"
    )


def poll(db: Database, now: datetime) -> list[str]:
    told: list[str] = []
    asyncio.run(poll_due(db, now, lambda source, what: told.append(what)))
    return told


def test_a_calendar_drives_what_is_said_before_someone_is_met(
    db: Database, radicale: Radicale, look: Callable[[datetime], Look]
) -> None:
    tell(db, "Priya", "Priya is waiting on her visa.")
    tell(db, "Rahul", "Rahul is training for a marathon.")
    radicale.put("/ana/calendar/coffee.ics", "text/calendar", event("coffee", "Coffee with Priya", "20260504T110000Z"))
    invited = (
        "ORGANIZER:mailto:ana@example.org\r\nATTENDEE:mailto:ana@example.org\r\nATTENDEE:mailto:rn@example.org\r\n"
        "RRULE:FREQ=WEEKLY;COUNT=3\r\n"
    )
    radicale.put("/ana/calendar/1-1.ics", "text/calendar", event("one", "Catch-up", "20260504T140000Z", invited))
    card = "BEGIN:VCARD\r\nVERSION:3.0\r\nUID:rn\r\nFN:Rahul Nair\r\nN:Nair;Rahul;;;\r\nEMAIL:rn@example.org\r\n"
    radicale.put("/ana/people/rn.vcf", "text/vcard", f"{card}BDAY:--0512\r\nEND:VCARD\r\n")
    sources.add(db, "calendar", radicale.url, "ana", "secret")
    sources.add(db, "addresses", f"{radicale.url}/ana/people/", "ana", "secret")

    assert poll(db, NOW) == ["Read 4 events.", "Read 1 cards."]
    assert [(e.title, [p.name for p in e.people]) for e in calendars.events(db, TODAY, TODAY)] == [
        ("Coffee with Priya", ["Priya"]),
        ("Catch-up", ["Rahul"]),
    ]
    assert [p.name for p in people.everyone(db)] == ["Priya", "Rahul"]
    assert [b.person.name for b in birthdays.within(db, DateSpan(TODAY, TODAY + timedelta(30)))] == ["Rahul"]

    assert list(occasions(look(NOW - timedelta(minutes=6)))) == []
    (one,) = occasions(look(NOW))
    assert (one.key, [p.name for p in one.people], one.private) == (
        "meeting/coffee/2026-05-04T11:00:00+00:00",
        ["Priya"],
        False,
    )
    assert "Coffee with Priya" in said(one, NOW)
    assert "waiting on her visa" in said(one, NOW)
    assert list(occasions(look(NOW + timedelta(minutes=10)))) == []
    (later,) = occasions(look(NOW.replace(hour=13)))
    assert "marathon" in said(later, NOW)

    assert poll(db, NOW + timedelta(hours=7)) == ["Nothing changed.", "Nothing changed."]
    radicale.client.delete("/ana/calendar/coffee.ics").raise_for_status()
    assert poll(db, NOW + timedelta(hours=8)) == ["Read 3 events."]
    assert [e.title for e in calendars.events(db, TODAY, TODAY)] == ["Catch-up"]


def test_a_wrong_password_is_said_so(db: Database, radicale: Radicale) -> None:
    sources.add(db, "calendar", f"{radicale.url}/ana/", "ana", "wrong")
    assert poll(db, NOW) == ["It does not let us in: add it again with the right name and password."]
    (source,) = sources.everything(db)
    assert source.due_at is not None
    assert source.due_at >= NOW + timedelta(minutes=15)
    assert "wrong" not in repr(source)
    sources.add(db, "calendar", f"{radicale.url}/ana/", "ana", "secret")
    assert poll(db, NOW)[0].startswith("Read ")


@pytest.mark.parametrize(
    ("href", "url"),
    [
        ("/dav/ana/", "https://a.example/dav/ana/"),
        (" ana/ ", "https://a.example/x/ana/"),
        ("http://a.example/dav/", "https://a.example/dav/"),
        ("https://p42.a.example/dav/", "https://p42.a.example/dav/"),
    ],
)
def test_a_password_is_never_sent_in_the_clear_where_it_was_not(href: str, url: str) -> None:
    assert joined("https://a.example/x/", href) == url


@pytest.mark.parametrize("method", ["PUT", "DELETE", "POST", "MKCALENDAR", "PROPPATCH"])
def test_nothing_in_the_package_writes(method: str) -> None:
    from pathlib import Path

    import assistant.sources

    folder = Path(assistant.sources.__file__).parent
    assert [f.name for f in folder.glob("*.py") if f'"{method}"' in f.read_text(encoding="utf-8")] == []


def test_forgetting_someone_takes_their_card_their_feed_and_their_name(db: Database, radicale: Radicale) -> None:
    ana = find_or_add(db, "Ana Silva")
    sources.add(db, "feed", "https://example.org/ana.xml", person_id=ana.id)
    card = "BEGIN:VCARD\r\nVERSION:3.0\r\nUID:as\r\nFN:Ana Silva\r\nN:Silva;Ana;;;\r\nEMAIL:as@example.org\r\n"
    radicale.put("/ana/people/as.vcf", "text/vcard", f"{card}END:VCARD\r\n")
    invited = "ATTENDEE;CN=Ana Silva:mailto:as@example.org\r\n"
    radicale.put("/ana/calendar/a.ics", "text/calendar", event("a", "Ana and me", "20260504T150000Z", invited))
    sources.add(db, "addresses", f"{radicale.url}/ana/people/", "ana", "secret")
    sources.add(db, "calendar", f"{radicale.url}/ana/calendar/", "ana", "secret")
    for source in sources.everything(db)[1:]:
        asyncio.run(_poll(db, source))
    people.forget(db, ana.id)
    kept = [
        str(tuple(row))
        for table in ("sources", "cards", "occurrences", "feed_items")
        for row in db.rows(f"SELECT * FROM {table}")
    ]
    assert kept
    assert [row for row in kept if "Ana" in row or "as@" in row or "ana.xml" in row] == []


def test_the_feed_of_two_who_are_one_is_theirs(db: Database) -> None:
    keep, gone = find_or_add(db, "Ana"), find_or_add(db, "Anita")
    sources.add(db, "feed", "https://example.org/ana.xml", person_id=gone.id)
    change = identity.merge(db, keep.id, gone.id)
    assert [s.person and s.person.id for s in sources.everything(db)] == [keep.id]
    identity.unmerge(db, change.id)
    assert [s.person for s in sources.everything(db)] == [gone]


async def _poll(db: Database, source: sources.Source) -> None:
    from assistant.sources.polling import poll as poll_these

    await poll_these(db, [source], NOW)
