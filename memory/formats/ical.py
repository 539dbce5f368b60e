"""iCalendar files (RFC 5545), as programs really write them: what one entry has wrong does not cost the others."""

from __future__ import annotations

import hashlib
import re
import threading
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from itertools import islice
from typing import Any

import icalendar
import recurring_ical_events
from icalendar.timezone import tzp

from memory.attending import Attendee
from memory.calendars import Occurrence
from memory.errors import NotInThisFormat
from memory.formats.text import blocks, decoded, unfolded

_MOST_OF_ONE = 1_000  # times that one entry happens
_TOO_OFTEN = {"SECONDLY", "MINUTELY", "HOURLY"}
_NOT_OF_DAYS = {"BYMONTHDAY", "BYYEARDAY", "BYWEEKNO", "BYSETPOS"}
_OLDEST_YEAR = 1850  # that anything recurs since
_LONGEST = 300  # characters of a title
_CALLED_OFF = re.compile(r"(cancell?ed|declined)\s*:", re.IGNORECASE)
_NEEDED = ("DTSTART", "DTEND", "DURATION", "RRULE", "RDATE", "EXDATE", "RECURRENCE-ID")
_CALENDAR_NAME = re.compile(r"^X-WR-CALNAME[^:\n]*:\s*(\S+@\S+)\s*$", re.MULTILINE | re.IGNORECASE)
_BAD = (ValueError, TypeError, KeyError, AttributeError, IndexError, OverflowError, ArithmeticError, RecursionError)
"""What the libraries raise for entries that make no sense."""
_zones = threading.Lock()
"""icalendar knows the time zones that a file defines for all of the program: one file is read after the other."""


@dataclass(frozen=True, slots=True)
class CalendarRead:
    """``skipped``: entries that made no sense. ``own``: mail addresses that the calendar itself goes by."""

    occurrences: tuple[Occurrence, ...]
    skipped: int
    own: tuple[str, ...]


def read_calendar(raw: bytes, first: date, last: date, own: Collection[str] = ()) -> CalendarRead:
    """All that happens from the day ``first`` to the day ``last``. What ``own`` (mail addresses) declined does not.

    Raises NotInThisFormat. It can take seconds.
    """
    text = unfolded(decoded(raw))
    if not re.search(r"^BEGIN:VCALENDAR", text, re.MULTILINE | re.IGNORECASE):
        raise NotInThisFormat("There is no calendar: check the address, it may be that of a page about one.")
    named = tuple(mail.lower() for mail in _CALENDAR_NAME.findall(text)[:1])
    found: list[Occurrence] = []
    with _zones:
        _learn_zones(text)
        series, skipped = _series(text)
        for uid, entries in series.items():
            try:
                found += _occurrences(uid, entries, first, last, {*own, *named})
            except _BAD:
                skipped += len(entries)
    return CalendarRead(tuple(found), skipped, named)


def _series(text: str) -> tuple[dict[str, list[icalendar.Component]], int]:
    """The entries of each UID, an appointment and its exceptions, and how many entries made no sense."""
    entries, skipped = blocks(text, "VEVENT")
    series: dict[str, list[icalendar.Component]] = {}
    for entry in entries:
        try:
            event = _event(entry)
        except _BAD:
            skipped += 1
        else:
            series.setdefault(str(event["UID"]), []).append(event)
    return series, skipped


def _learn_zones(text: str) -> None:
    tzp.use_default()  # forgets those of the file before
    for zone in blocks(text, "VTIMEZONE")[0]:
        try:
            icalendar.Calendar.from_ical(f"BEGIN:VCALENDAR\n{zone}END:VCALENDAR\n")
        except _BAD:
            continue  # its times are then taken as local ones


def _event(entry: str) -> icalendar.Component:
    event = icalendar.Event.from_ical(entry)
    if any(name in _NEEDED for name, _ in event.errors):
        raise ValueError("a time or a rule that cannot be read")
    _check_rules(event)
    if not str(event.get("UID", "")).strip():
        event["UID"] = hashlib.sha256(entry.encode("utf-8", "replace")).hexdigest()[:32]
    return event


def _occurrences(
    uid: str, entries: Iterable[icalendar.Component], first: date, last: date, own: Collection[str]
) -> list[Occurrence]:
    calendar = icalendar.Calendar()
    for entry in entries:
        calendar.add_component(entry)
    happening = recurring_ical_events.of(calendar).between(first, last + timedelta(days=1))
    return [one for event in islice(happening, _MOST_OF_ONE) if (one := _occurrence(uid, event, own))]


def _check_rules(entry: Any) -> None:
    """Raises ValueError for a rule that takes for ever to work out, or nearly so: none such is an appointment."""
    for rule in _all(entry, "RRULE"):
        often = rule["FREQ"][0].upper()
        endless = often in _TOO_OFTEN or (often == "DAILY" and not _NOT_OF_DAYS.isdisjoint(rule))
        many = any(len(rule.get(part, ())) > 1 for part in ("BYMINUTE", "BYSECOND")) or len(rule.get("BYHOUR", ())) > 24
        if endless or many or rule.get("INTERVAL", [1])[0] < 1 or entry["DTSTART"].dt.year < _OLDEST_YEAR:
            raise ValueError("a rule that is too much")


def _occurrence(uid: str, event: Any, own: Collection[str]) -> Occurrence | None:
    title = " ".join(str(event.get("SUMMARY", "")).split())[:_LONGEST]
    status = str(event.get("STATUS", "")).upper()
    attendees = dict(_attendees(event))
    declined = {who for who, stays in attendees.items() if not stays}
    if status == "CANCELLED" or _CALLED_OFF.match(title) or any(who.mail in own for who in declined):
        return None
    start, end = _ours(event["DTSTART"].dt), _ours(event["DTEND"].dt)
    moment = start.astimezone(UTC).isoformat(timespec="seconds") if isinstance(start, datetime) else start.isoformat()
    place = " ".join(str(event.get("LOCATION", "")).split())[:_LONGEST] or None
    return Occurrence(
        uid=f"{uid}/{moment}",
        title=title,
        start=start,
        end=max(start, end),
        place=place,
        attendees=tuple(who for who in attendees if who not in declined),
        private=str(event.get("CLASS", "PUBLIC")).upper() in ("PRIVATE", "CONFIDENTIAL"),
    )


def _attendees(event: Any) -> Iterator[tuple[Attendee, bool]]:
    """Each and whether they come, as far as they said; the organizer comes unless they are asked and decline."""
    for who in (*_all(event, "ORGANIZER"), *_all(event, "ATTENDEE")):
        params = getattr(who, "params", {})
        if str(params.get("CUTYPE", "INDIVIDUAL")).upper() not in ("INDIVIDUAL", "UNKNOWN"):
            continue  # a room
        mail = re.sub(r"^mailto:", "", str(who).strip(), flags=re.IGNORECASE).lower()
        name = str(params.get("CN", "")).strip().strip("\"'")
        known = Attendee(name if name and "@" not in name else None, mail if "@" in mail else None)
        if known != Attendee(None, None):
            yield known, str(params.get("PARTSTAT", "")).upper() != "DECLINED"


def _all(event: Any, name: str) -> Iterable[Any]:
    found = event.get(name, [])
    return found if isinstance(found, list) else [found]


def _ours(moment: datetime | date) -> datetime | date:
    """In local time; one that floats is meant to be local everywhere."""
    return moment.astimezone() if isinstance(moment, datetime) else moment
