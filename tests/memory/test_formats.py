"""What other programs write is read as far as it makes sense, and no bytes at all make the reader stumble."""

from __future__ import annotations

from contextlib import suppress
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from memory.addresses import Card
from memory.attending import Attendee
from memory.errors import NotInThisFormat
from memory.formats.feed import read_feed
from memory.formats.ical import CalendarRead, read_calendar
from memory.formats.vcard import read_cards

FILE = Path(__file__).parents[1] / "fixtures" / "calendars" / "three_zones.ics"
NOW = datetime(2026, 5, 4, 10, 0, tzinfo=UTC)
YEAR = (date(2026, 1, 1), date(2026, 12, 31))


@pytest.fixture(scope="module")
def calendar() -> CalendarRead:
    return read_calendar(FILE.read_bytes(), *YEAR)


def starts(calendar: CalendarRead, title: str) -> list[str]:
    found = [o.start for o in calendar.occurrences if o.title.startswith(title)]
    return [s.astimezone(UTC).isoformat()[:16] if isinstance(s, datetime) else s.isoformat() for s in found]


def test_a_zone_of_the_files_own_follows_its_summer_time(calendar: CalendarRead) -> None:
    # Summer time began on 29 March; the third time is an exception, the fourth is at another hour.
    assert starts(calendar, "Walk with Maya") == ["2026-03-22T08:00", "2026-03-29T07:00", "2026-04-12T13:00"]
    assert calendar.occurrences[0].title.endswith("river that goes on over several folded lines")


def test_zones_that_everyone_knows(calendar: CalendarRead) -> None:
    # New York's summer time began on 8 March.
    assert starts(calendar, "Call") == ["2026-03-06T14:00", "2026-03-13T13:00", "2026-03-20T13:00"]
    assert starts(calendar, "Landing") == ["2026-03-31T23:00"]


def test_whole_days(calendar: CalendarRead) -> None:
    (away,) = [o for o in calendar.occurrences if o.title == "Away"]
    assert (away.start, away.end) == (date(2026, 3, 30), date(2026, 4, 2))


def test_who_comes(calendar: CalendarRead) -> None:
    call = next(o for o in calendar.occurrences if o.title == "Call")
    assert set(call.attendees) == {Attendee("Tomás", "tomas@example.org"), Attendee(None, "me@example.org")}
    assert (call.place, calendar.own) == ("Kitchen, at home", ("me@example.org",))


def test_what_is_called_off_or_declined_does_not_happen(calendar: CalendarRead) -> None:
    titles = {o.title for o in calendar.occurrences}
    assert titles.isdisjoint({"Called off", "Canceled: Lunch with Maya", "Not going"})


def test_what_makes_no_sense_is_told_of_and_costs_nothing_else(calendar: CalendarRead) -> None:
    assert calendar.skipped == 3
    (nameless,) = [o for o in calendar.occurrences if o.title.startswith("Nobody")]
    assert nameless.private
    assert len({o.uid for o in calendar.occurrences}) == len(calendar.occurrences)


def test_a_floating_time_is_local_everywhere() -> None:
    raw = b"BEGIN:VCALENDAR\nBEGIN:VEVENT\nUID:1\nDTSTART:20260504T090000\nEND:VEVENT\nEND:VCALENDAR"
    (one,) = read_calendar(raw, *YEAR).occurrences
    assert one.start == datetime(2026, 5, 4, 9, 0).astimezone()


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "cp1252"])
def test_encodings(encoding: str) -> None:
    text = "BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\nSUMMARY:Café\r\nDTSTART:20260504T090000Z\r\nEND:VEVENT\r\nEND:VCALENDAR"
    assert [o.title for o in read_calendar(text.encode(encoding), *YEAR).occurrences] == ["Café"]


def test_zones_of_one_file_are_not_those_of_the_next() -> None:
    other = FILE.read_text(encoding="utf-8").replace("+0100", "+0900").replace("+0200", "+0900").encode()
    assert starts(read_calendar(other, *YEAR), "Walk")[0] == "2026-03-22T00:00"
    assert starts(read_calendar(FILE.read_bytes(), *YEAR), "Walk")[0] == "2026-03-22T08:00"


@pytest.mark.parametrize("raw", [b"", b"<html></html>", b"BEGIN:VCARD\nEND:VCARD", b"\x00\xff"])
def test_what_is_no_calendar_is_said_so(raw: bytes) -> None:
    with pytest.raises(NotInThisFormat):
        read_calendar(raw, *YEAR)


LINES = st.one_of(
    st.text(max_size=40),
    st.builds(
        "{}{}:{}".format,
        st.sampled_from(
            ["DTSTART", "DTEND", "DURATION", "RRULE", "RDATE", "EXDATE", "RECURRENCE-ID", "ATTENDEE", "UID"]
        ),
        st.sampled_from(
            ["", ";VALUE=DATE", ";TZID=Nowhere", ";TZID=Europe/Paris", ';CN="a', ";CN=a;PARTSTAT=DECLINED"]
        ),
        st.one_of(
            st.sampled_from(
                ["20260504", "20260504T100000", "20260504T100000Z", "00010101", "99991231T235959Z", "P1W", "-P1D", "1"]
            ),
            st.builds(
                "FREQ={};{}={}".format,
                st.sampled_from(["DAILY", "WEEKLY", "YEARLY", "SECONDLY", "X"]),
                st.sampled_from(["COUNT", "UNTIL", "BYDAY", "BYHOUR", "INTERVAL", "WKST"]),
                st.sampled_from(["0", "-1", "1", "20260601", "MO,TU", "99MO", "x", "1,2,3"]),
            ),
        ),
    ),
)


@given(st.lists(st.lists(LINES, max_size=6), max_size=4))
def test_no_calendar_makes_the_reader_stumble(entries: list[list[str]]) -> None:
    good = ["UID:good", "SUMMARY:Good", "DTSTART:20260504T100000Z"]
    blocks = "".join("BEGIN:VEVENT\r\n" + "\r\n".join(lines) + "\r\nEND:VEVENT\r\n" for lines in (*entries, good))
    read = read_calendar(f"BEGIN:VCALENDAR\r\n{blocks}END:VCALENDAR\r\n".encode("utf-8", "replace"), *YEAR)
    assert "Good" in {o.title for o in read.occurrences} or any("good" in line for lines in entries for line in lines)
    assert all(o.start <= o.end for o in read.occurrences)


CARDS = """BEGIN:VCARD\r
VERSION:3.0\r
N:Mbeki;Joan;;;\r
FN:Joan Mbeki\r
NICKNAME:Jo\\, really,Joanie\r
item1.EMAIL;type=INTERNET;type=pref:Joan@Example.org\r
BDAY;X-APPLE-OMIT-YEAR=1604:1604-04-12\r
item2.X-ABDATE;type=pref:2015-05-20\r
item2.X-ABLabel:_$!<Anniversary>!$_\r
END:VCARD\r
BEGIN:VCARD
VERSION:4.0
FN:Priya
EMAIL:mailto:priya@example.org
BDAY:--0412
ANNIVERSARY:20100101
END:VCARD
BEGIN:VCARD
VERSION:4.0
FN:Maya
BDAY:--04
this is no line
END:VCARD
BEGIN:VCARD
VERSION:2.1
N;ENCODING=QUOTED-PRINTABLE;CHARSET=UTF-8:S=C3=A1nchez;=
Tom=C3=A1s
EMAIL;HOME:tomas@example.org
BDAY:19850412T000000Z
END:VCARD
BEGIN:VCARD
KIND:org
FN:A company
END:VCARD
BEGIN:VCARD
EMAIL:nobody@example.org
END:VCARD
BEGIN:VCARD
FN:Cut off
"""


def test_cards_of_all_versions() -> None:
    assert read_cards(CARDS.encode()) == (
        [
            Card("Joan Mbeki", ("Jo, really", "Joanie"), ("joan@example.org",), "--04-12", "2015-05-20"),
            Card("Priya", (), ("priya@example.org",), "--04-12", "2010-01-01"),
            Card("Maya", (), (), "--04"),
            Card("Tomás Sánchez", (), ("tomas@example.org",), "1985-04-12"),
        ],
        2,
    )


@pytest.mark.parametrize("day", ["", "---05", "1985-13-01", "19850230", "circa 1800", "1985", "04-12", "9" * 99])
def test_a_birthday_that_is_no_day_is_none(day: str) -> None:
    ((card,), _) = read_cards(f"BEGIN:VCARD\nFN:A\nBDAY:{day}\nEND:VCARD\n".encode())
    assert card.born is None


@given(st.binary(max_size=200), st.text(max_size=100))
def test_no_cards_make_the_reader_stumble(raw: bytes, text: str) -> None:
    raw = b"BEGIN:VCARD\nFN:Good\nEND:VCARD\nBEGIN:VCARD\n" + raw.replace(b"END", b"") + text.encode("utf-8", "replace")
    cards, _ = read_cards(raw if b"\x00" not in raw[:2] else b"BEGIN:VCARD\nFN:Good\nEND:VCARD\n")
    assert cards[0].name == "Good"


def test_what_is_no_address_book_is_said_so() -> None:
    with pytest.raises(NotInThisFormat):
        read_cards(b"<html></html>")


ATOM = """<?xml version="1.0"?><feed xmlns="http://www.w3.org/2005/Atom"><title>A</title>
<entry><id>1</id><title type="html">Tea &amp;amp; &lt;b&gt;Tomás&lt;/b&gt;</title>
<updated>2026-05-03T08:00:00+02:00</updated></entry>
<entry><title>No day</title><link href="https://example.org/2"/></entry></feed>"""


def test_feeds() -> None:
    one, other = read_feed(ATOM.encode(), NOW)
    assert (one.title, one.published_at, one.heard) == ("Tea & Tomás", datetime(2026, 5, 3, 6, 0, tzinfo=UTC), False)
    assert (other.title, other.published_at) == ("No day", NOW)


@given(st.binary(max_size=300))
def test_no_feed_makes_the_reader_stumble(raw: bytes) -> None:
    with suppress(NotInThisFormat):
        assert len(read_feed(ATOM.encode().replace(b"No day", raw), NOW)) <= 200
