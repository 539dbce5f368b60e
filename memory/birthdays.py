"""Birthdays as they come round: of a day, or of a month alone; never of someone who died."""

from __future__ import annotations

from calendar import isleap
from dataclasses import dataclass
from datetime import date

from memory import holding, memories, people
from memory.database import Database
from memory.dates import DateSpan
from memory.records import Person


@dataclass(frozen=True, slots=True)
class Birthday:
    """The next one: a day, or all of a month where no more than the month was told."""

    person: Person
    when: DateSpan


def within(db: Database, span: DateSpan) -> list[Birthday]:
    """Those that come round within these days, soonest first."""
    gone = holding.dead(db)
    told = {h.person_id: h.memory_id for h in holding.everyones(db, "birthday") if h.person_id not in gone}
    found = {m.id: m for m in memories.by_ids(db, told.values())}
    whom = {p.id: p for p in people.by_ids(db, told)}
    ahead = [
        Birthday(whom[person_id], again)
        for person_id, memory_id in told.items()
        if person_id in whom and memory_id in found and (when := found[memory_id].when)
        if (again := next_round(when, span.first)).first in span or again.last in span
    ]
    return sorted(ahead, key=lambda b: (b.when.first, b.person.name))


def next_round(when: DateSpan, today: date) -> DateSpan:
    """The same days of the year, not over by ``today``. 29 February is the 28th in other years."""
    year = today.year
    while (again := _in_year(when, year)).last < today:
        year += 1
    return again


def _in_year(when: DateSpan, year: int) -> DateSpan:
    leap_day = (when.first.month, when.first.day) == (2, 29) and not isleap(year)
    first = date(year, 2, 28) if leap_day else when.first.replace(year=year)
    return DateSpan(first, first + (when.last - when.first))
