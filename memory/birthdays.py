"""Birthdays as they come round: of a day, or of a month alone; never of someone who died.

What was told counts; the address book helps out for those who are known.
"""

from __future__ import annotations

from calendar import isleap, monthrange
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date

from memory import addresses, holding, memories, people
from memory.database import Database
from memory.dates import DateSpan, on_day
from memory.records import Person

_LEAP_YEAR = 2000  # stands for one that nobody knows


@dataclass(frozen=True, slots=True)
class Birthday:
    """The next one: a day, or all of a month where no more than the month was told."""

    person: Person
    when: DateSpan


def within(db: Database, span: DateSpan) -> list[Birthday]:
    """Those that come round within these days, soonest first."""
    gone = holding.dead(db)
    told = {h.person_id: h.memory_id for h in holding.everyones(db, "birthday")}
    born = dict(_told(db, told)) | dict(_on_cards(db, told.keys()))
    ahead = [
        Birthday(person, again)
        for person, when in born.items()
        if person.id not in gone and ((again := next_round(when, span.first)).first in span or again.last in span)
    ]
    return sorted(ahead, key=lambda b: (b.when.first, b.person.name))


def next_round(when: DateSpan, today: date) -> DateSpan:
    """The same days of the year, not over by ``today``. 29 February is the 28th in other years."""
    year = today.year
    while (again := _in_year(when, year)).last < today:
        year += 1
    return again


def _in_year(when: DateSpan, year: int) -> DateSpan:
    if when == _month(when.first.year, when.first.month):
        return _month(year, when.first.month)
    leap_day = (when.first.month, when.first.day) == (2, 29) and not isleap(year)
    first = date(year, 2, 28) if leap_day else when.first.replace(year=year)
    return DateSpan(first, first + (when.last - when.first))


def _told(db: Database, told: dict[int, int]) -> Iterator[tuple[Person, DateSpan]]:
    found = {m.id: m for m in memories.by_ids(db, told.values())}
    for person in people.by_ids(db, told):
        memory = found.get(told[person.id])
        if memory and memory.when:
            yield person, memory.when


def _on_cards(db: Database, told: Iterable[int]) -> Iterator[tuple[Person, DateSpan]]:
    others = [(person, card) for person, card in addresses.of_known(db, people.everyone(db)) if person.id not in told]
    return ((person, _of_card(card.born)) for person, card in reversed(others) if card.born)


def _of_card(born: str) -> DateSpan:
    """A day of some year, or all of a month: see addresses.Card."""
    year, month, *day = map(int, born.replace("--", f"{_LEAP_YEAR}-", 1).split("-"))
    return on_day(date(year, month, *day)) if day else _month(year, month)


def _month(year: int, month: int) -> DateSpan:
    return DateSpan(date(year, month, 1), date(year, month, monthrange(year, month)[1]))
