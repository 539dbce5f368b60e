"""Sources that behave, and sources that do not: asked politely, and one never costs the others."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable
from datetime import date, datetime, timedelta
from email.utils import format_datetime
from pathlib import Path

import pytest

from assistant.sources import fetching
from assistant.sources.polling import poll, poll_due
from assistant.triggers.content import occasions
from assistant.triggers.occasion import Look
from memory import calendars, sources
from memory.database import Database
from memory.people import find_or_add
from tests.sources.conftest import NOW, Page, Web, said, tell

CALENDAR = (
    b"BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\nUID:1\r\nSUMMARY:Lunch\r\nDTSTART:20260504T120000Z\r\n"
    b"END:VEVENT\r\nEND:VCALENDAR\r\n"
)


def ask(db: Database, now: datetime = NOW) -> list[str]:
    told: list[str] = []
    asyncio.run(poll_due(db, now, lambda source, what: told.append(what)))
    return told


def feed(*items: tuple[str, str, datetime], audio: bool = True) -> bytes:
    enclosure = '<enclosure url="https://example.org/1.mp3" type="audio/mpeg" length="1"/>' if audio else ""
    rows = "".join(
        f"<item><guid>{uid}</guid><title>{title}</title><pubDate>{format_datetime(at)}</pubDate>{enclosure}</item>"
        for uid, title, at in items
    )
    return f'<rss version="2.0"><channel><title>A feed</title>{rows}</channel></rss>'.encode()


def test_it_asks_only_for_what_changed(db: Database, web: Web) -> None:
    web.pages["/cal.ics"] = Page(CALENDAR, etag='"one"', headers={"last-modified": "Mon, 04 May 2026 08:00:00 GMT"})
    sources.add(db, "calendar", f"{web.url}/cal.ics")
    assert ask(db) == ["Read 1 events."]
    assert ask(db, NOW + timedelta(minutes=14)) == []
    assert ask(db, NOW + timedelta(minutes=17)) == ["Nothing changed."]
    assert web.asked[0][2]["if-none-match"] is None
    assert web.asked[1][2]["if-none-match"] == '"one"'
    assert web.asked[1][2]["if-modified-since"] == "Mon, 04 May 2026 08:00:00 GMT"
    assert len(calendars.events(db, date(2026, 5, 4), date(2026, 5, 4))) == 1
    assert ask(db, NOW + timedelta(days=8)) == ["Read 1 events."]  # what lies ahead moves on


def test_webcal_is_the_web(db: Database, web: Web) -> None:
    web.pages["/cal.ics"] = Page(CALENDAR)
    sources.add(db, "calendar", f"webcal{web.url.removeprefix('http')}/cal.ics")
    assert ask(db) == ["Read 1 events."]


def test_a_file_is_read_when_it_changed(db: Database, tmp_path: Path) -> None:
    file = tmp_path / "my calendar.ics"
    file.write_bytes(CALENDAR)
    sources.add(db, "calendar", str(file))
    assert ask(db) == ["Read 1 events."]
    assert ask(db, NOW + timedelta(hours=1)) == ["Nothing changed."]
    file.write_bytes(b"BEGIN:VCALENDAR\nEND:VCALENDAR\n")
    assert ask(db, NOW + timedelta(hours=2)) == ["Read 0 events."]
    file.unlink()
    assert ask(db, NOW + timedelta(hours=3)) == [f"{file} cannot be read (No such file or directory)."]


@pytest.mark.parametrize(
    ("page", "trouble"),
    [
        (Page(status=500), "It answers that it has trouble of its own (500); it is asked again later."),
        (Page(status=401), "It does not let us in: add it again with the right name and password."),
        (Page(status=404), "There is nothing at that address: check it."),
        (Page(b"<html><body>Log in</body></html>"), "There is no calendar: check the address"),
        (Page(b"\xff\xfe\x00\x00garbage"), "There is no calendar: check the address"),
        (Page(status=302, headers={"location": "/bad.ics"}), "It sends us round in circles: check the address."),
        (Page(status=302, headers={"location": "ftp://example.org/"}), "That is no address"),
        (Page(b"this is no gzip", headers={"content-encoding": "gzip"}), "It cannot be reached"),
    ],
)
def test_one_bad_source_does_not_cost_the_others(db: Database, web: Web, page: Page, trouble: str) -> None:
    web.pages |= {"/bad.ics": page, "/good.ics": Page(CALENDAR)}
    sources.add(db, "calendar", f"{web.url}/bad.ics")
    sources.add(db, "calendar", f"{web.url}/good.ics")
    bad, good = ask(db)
    assert bad.startswith(trouble)
    assert good == "Read 1 events."
    assert [(s.trouble or "").startswith(trouble) for s in sources.everything(db)] == [True, False]


def test_what_was_read_stays_through_trouble_and_waits_grow(db: Database, web: Web) -> None:
    web.pages["/cal.ics"] = Page(CALENDAR)
    sources.add(db, "calendar", f"{web.url}/cal.ics")
    ask(db)
    web.pages["/cal.ics"] = Page(status=503)
    now, waits = NOW, []
    for _ in range(9):
        now = sources.everything(db)[0].due_at or now
        ask(db, now)
        source = sources.everything(db)[0]
        assert source.due_at is not None
        waits.append(source.due_at - now)
    assert waits == sorted(waits[:7]) + waits[7:]
    assert waits[0] < timedelta(minutes=20)
    assert timedelta(hours=24) <= waits[-1] < timedelta(hours=27)
    assert len(calendars.events(db, date(2026, 5, 4), date(2026, 5, 4))) == 1
    web.pages["/cal.ics"] = Page(CALENDAR)
    ask(db, now + timedelta(days=2))
    assert [(s.trouble, s.failures) for s in sources.everything(db)] == [(None, 0)]


def test_a_server_that_wants_to_be_left_alone_is(db: Database, web: Web) -> None:
    web.pages["/cal.ics"] = Page(status=429, headers={"retry-after": "7200"})
    sources.add(db, "calendar", f"{web.url}/cal.ics")
    ask(db)
    assert sources.everything(db)[0].due_at == NOW + timedelta(hours=2)


def test_one_that_never_answers_is_left(db: Database, web: Web, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fetching, "_SECONDS", 0.2)
    hold = threading.Event()
    web.pages["/cal.ics"] = Page(CALENDAR, hold=hold)
    sources.add(db, "calendar", f"{web.url}/cal.ics")
    assert ask(db) == ["It did not answer in time; it is asked again later."]
    hold.set()


def test_one_that_is_huge_is_left(db: Database, web: Web, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fetching, "_MOST_BYTES", 1_000)
    web.pages["/cal.ics"] = Page(CALENDAR + b" " * 100_000)
    sources.add(db, "calendar", f"{web.url}/cal.ics")
    assert ask(db) == ["It is too large to be read: name a smaller one."]


@pytest.mark.parametrize("answer", [b"<a", b"", b"<!DOCTYPE a [<!ENTITY b 'c'>]><a>&b;</a>", b"<multistatus/>"])
def test_a_server_whose_protocol_makes_no_sense(db: Database, web: Web, answer: bytes) -> None:
    for path in ("/dav/", "/.well-known/caldav"):
        web.pages[path] = Page(answer, status=207)
    sources.add(db, "calendar", f"{web.url}/dav/", "ana", "secret")
    (what,) = ask(db)
    assert what.startswith(("What it answers makes no sense", "There is no calendar"))


def test_a_password_does_not_follow_to_another_server(db: Database, web: Web) -> None:
    other = Web()
    other.pages["/cal.ics"] = Page(CALENDAR)
    web.pages["/cal.ics"] = Page(status=302, headers={"location": f"{other.url}/cal.ics"})
    sources.add(db, "feed", f"{web.url}/cal.ics", "ana", "secret")
    ask(db)
    other.end()
    assert [headers["authorization"] for _, _, headers in other.asked] == [None]


def test_one_removed_while_it_is_read_stays_removed(db: Database, web: Web) -> None:
    web.pages["/cal.ics"] = Page(CALENDAR)
    source = sources.add(db, "calendar", f"{web.url}/cal.ics")
    sources.remove(db, source.id)
    asyncio.run(poll(db, [source], NOW))
    assert calendars.events(db, date(2026, 5, 4), date(2026, 5, 4)) == []


def test_something_new_that_names_someone(db: Database, web: Web, look: Callable[[datetime], Look]) -> None:
    ana = find_or_add(db, "Ana")
    tell(db, "Tomás", "Tomás keeps bees.")
    old = ("1", "With Tomás", NOW - timedelta(days=2))
    web.pages["/feed.xml"] = Page(feed(old))
    sources.add(db, "feed", f"{web.url}/feed.xml", person_id=ana.id)
    assert ask(db) == ["Read 1 items."]
    assert list(occasions(look(NOW))) == []  # it was there before
    later = NOW + timedelta(hours=4)
    new = ("2", "Talking honey with Tomás", later - timedelta(hours=1))
    stranger = ("3", "An evening with Tomás Berdych", later - timedelta(hours=1))
    stale = ("4", "Tomás again", NOW - timedelta(days=9))
    web.pages["/feed.xml"] = Page(feed(new, stranger, stale, old))
    assert ask(db, later) == ["Read 4 items."]
    (one,) = occasions(look(later))
    assert [p.name for p in one.people] == ["Ana", "Tomás"]
    assert one.key.startswith("content/")
    assert "Ana" in said(one, later)
    assert "Tomás" in said(one, later)
    assert not one.private
    ask(db, later + timedelta(hours=4))
    assert [o.key for o in occasions(look(later + timedelta(hours=4)))] == [one.key]
    assert list(occasions(look(later + timedelta(days=8)))) == []


def test_something_new_on_what_one_cares_about(db: Database, web: Web, look: Callable[[datetime], Look]) -> None:
    ana = find_or_add(db, "Ana")
    tell(db, "Maya", "Maya is one of your closest friends.", "relation")
    tell(db, "Maya", "Maya is learning pottery.", "preference")
    tell(db, "Leo", "Leo collects stamps.", "preference")  # mentioned in passing
    tell(db, "Ana", "Ana loves falconry.", "preference")
    web.pages["/feed.xml"] = Page(feed())
    sources.add(db, "feed", f"{web.url}/feed.xml", person_id=ana.id)
    ask(db)
    later = NOW + timedelta(hours=4)
    at = later - timedelta(hours=1)
    web.pages["/feed.xml"] = Page(
        feed(("1", "Why pottery calms", at), ("2", "On falconry", at), ("3", "News", at), ("4", "My stamps", at))
    )
    ask(db, later)
    (one,) = occasions(look(later))
    assert [p.name for p in one.people] == ["Ana"]
    assert "pottery" in said(one, later)


def test_the_dead_are_not_news(db: Database, web: Web, look: Callable[[datetime], Look]) -> None:
    ana = find_or_add(db, "Ana")
    tell(db, "Tomás", "Tomás died.", sensitive=True)
    web.pages["/feed.xml"] = Page(feed())
    sources.add(db, "feed", f"{web.url}/feed.xml", person_id=ana.id)
    ask(db)
    later = NOW + timedelta(hours=4)
    web.pages["/feed.xml"] = Page(feed(("1", "Remembering Tomás", later)))
    ask(db, later)
    assert list(occasions(look(later))) == []
