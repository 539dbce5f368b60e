"""Where the speaker is and will be: a device of theirs says it, a calendar, or they themselves. The newest counts."""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from memory import calendars, memories, places, positions
from memory.calendars import CalendarEvent
from memory.database import Database
from memory.dates import DateSpan, on_day
from memory.holding import LIVE
from memory.places import Place
from memory.records import Memory

_FRESH = timedelta(hours=24)  # a device that lies still says nothing for long
_PASSING = timedelta(hours=3)  # at a place that is on no map: "at the market"
_ABOUT_OTHERS = "EXISTS (SELECT 1 FROM memory_people WHERE memory_id = m.id)"


@dataclass(frozen=True, slots=True)
class Visit:
    """Where the speaker is, and since when (aware)."""

    place: Place
    since: datetime


@dataclass(frozen=True, slots=True)
class Stay:
    """Where the speaker is on some days. ``memory``: what tells of it, about those they are there with."""

    place: Place
    days: DateSpan
    memory: Memory | None = None


def mine(db: Database, now: datetime) -> Place | None:
    """Where the speaker is at the local time ``now``, with the names of their own that it has; None if unknown."""
    visit = visiting(db, now)
    if visit:
        return visit.place
    at_home = home(db)
    return dataclasses.replace(at_home, names=()) if at_home else None  # in that town: who knows where


def visiting(db: Database, now: datetime) -> Visit | None:
    """Where the speaker is said to be, and since when."""
    at_home = home(db)
    spot: Visit | None = None  # at a place that is on no map
    for _, since, place in sorted(_told(db, now, at_home), key=lambda told: told[0], reverse=True):
        if _somewhere(place):
            names = (spot.place.name, *place.names) if spot else place.names
            return Visit(dataclasses.replace(place, names=names), spot.since if spot else since)
        if spot is None and now - since < _PASSING:
            spot = Visit(dataclasses.replace(place, names=(place.name,)), since)
    if spot and at_home:
        return Visit(dataclasses.replace(at_home, names=spot.place.names), spot.since)
    return spot


def home(db: Database) -> Place | None:
    """Where the speaker lives: as they told it last, or marked it on a device."""
    facts = db.rows(
        f"""SELECT m.text, m.place FROM memories m WHERE m.kind = 'fact' AND m.place IS NOT NULL
            AND m.when_first IS NULL AND {LIVE} AND NOT {_ABOUT_OTHERS} ORDER BY m.id DESC"""
    )
    told = next((row["place"] for row in facts if is_home(row["text"])), None)
    if told:
        return dataclasses.replace(places.called(told), names=(_at_home(),))
    marked = next((m for m in positions.landmarks(db) if m.name.casefold() == _at_home()), None)
    return places.at(marked.latitude, marked.longitude, (_at_home(),)) if marked else None


def is_home(text: str) -> bool:
    """Whether it says to the speaker where they live: "You live in Leeds."."""
    return re.match(places.language()["home"], text, re.IGNORECASE) is not None


def stays(db: Database, now: datetime, days: int) -> list[Stay]:
    """Where the speaker is today and on each of the next days, as far as it is known, soonest first."""
    today, here, at_home = now.date(), mine(db, now), home(db)
    plans = _plans_somewhere(db, today, today + timedelta(days=days))
    told = [Stay(_called(m.place or "", at_home), m.when, m) for m in plans if m.when]
    found = [s for s in told if _somewhere(s.place) and s.days.first > today]
    if here and _somewhere(here):
        of_it = (s for s in reversed(told) if today in s.days and places.same(s.place, here))
        found.insert(0, next(of_it, Stay(here, on_day(today))))
    if at_home and _somewhere(at_home):
        all_days = [today + timedelta(days=n) for n in range(days + 1)]
        found += [Stay(at_home, on_day(day)) for day in all_days if not any(day in s.days for s in found)]
    return found


def own_plans(db: Database, first: date, last: date, condition: str = "TRUE") -> list[Memory]:
    """What the speaker means to do within these days, alone or with others, soonest first."""
    rows = db.rows(
        f"""SELECT m.id, m.text, {_ABOUT_OTHERS} AS with_others FROM memories m
            WHERE m.kind = 'plan' AND m.when_first <= ? AND m.when_last >= ? AND {LIVE} AND {condition}
            ORDER BY m.when_first, m.id""",
        (last.isoformat(), first.isoformat()),
    )
    going = places.language()["going"]
    own = [row["id"] for row in rows if not row["with_others"] or re.match(going, row["text"], re.IGNORECASE)]
    return [memory for memory in memories.by_ids(db, own) if not memory.unspoken]


def _plans_somewhere(db: Database, first: date, last: date) -> list[Memory]:
    return [m for m in own_plans(db, first, last, "m.place IS NOT NULL") if places.says_where(m.text)]


def _told(db: Database, now: datetime, at_home: Place | None) -> Iterator[tuple[datetime, datetime, Place]]:
    """Every place that the speaker may be at, with when that was said, and since when they are there."""
    position = positions.last(db)
    if position and now - position.at < _FRESH:
        here = places.at(position.latitude, position.longitude, position.names)
        yield position.at, position.since or position.at, here
    for plan in _plans_somewhere(db, now.date(), now.date()):
        if plan.when and plan.place:
            began = datetime.combine(plan.when.first, time(), now.tzinfo)
            yield (said := max(plan.kept_at, began)), said, _called(plan.place, at_home)
    for event in calendars.events(db, now.date(), now.date()):
        if (place := _of_event(event, at_home)) and _under_way(event, now):
            yield (began := _moment(event.start, now)), began, place


def _called(words: str, at_home: Place | None) -> Place:
    return at_home if at_home and words.casefold() == _at_home() else places.called(words, at_home)


def _at_home() -> str:
    return places.language()["at_home"]


def _somewhere(place: Place) -> bool:
    return bool(place.country or place.point)


def _of_event(event: CalendarEvent, at_home: Place | None) -> Place | None:
    """Where it is, where that is understood: of an address the first part that is a town."""
    parts = [part.strip() for part in (event.place or "").split(",")]
    some = (places.called(", ".join(parts[n:]), at_home) for n in range(len(parts)))
    return next((place for place in some if place.point), None)


def _under_way(event: CalendarEvent, now: datetime) -> bool:
    return _moment(event.start, now) <= now < _moment(event.end, now)


def _moment(day: date, now: datetime) -> datetime:
    return day if isinstance(day, datetime) else datetime.combine(day, time(), now.tzinfo)
