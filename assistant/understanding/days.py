"""One spoken day or span, of whatever kind: the order in which the kinds are tried."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from assistant.understanding.amounts import amount_from_now, amount_over, moment_at
from assistant.understanding.beside import beside_at
from assistant.understanding.calendarwords import opening_words
from assistant.understanding.holidays import holiday_at
from assistant.understanding.monthdays import bare_ordinal, day_of_month, numeric_day
from assistant.understanding.parts import nth_at, part_at
from assistant.understanding.periods import period_at
from assistant.understanding.said import Read, Said
from assistant.understanding.weekdays import counted_weekday, is_frequent, weekday_at, weekend_at
from memory.dates import DateSpan, on_day

_PLAIN = (
    numeric_day,
    part_at,
    nth_at,
    day_of_month,
    amount_over,
    holiday_at,
    weekday_at,
    weekend_at,
    period_at,
    bare_ordinal,
)


@dataclass(frozen=True, slots=True)
class SpokenDate:
    """Words ``first:last`` say these days; ``at`` is set when they say a moment ("in two hours")."""

    first: int
    last: int
    span: DateSpan
    at: datetime | None = None
    frequent: bool = False  # "on Fridays": no one day is meant


def date_at(said: Said, i: int) -> SpokenDate | None:
    """The day or span that begins at this word. ValueError or OverflowError outside the calendar."""
    start = said.over(i, "whole")
    if said.is_in(i - 1 - (said.word(i - 1) == "the"), "since"):
        said = said.looking_back()
    read = _day_at(said, start)
    return SpokenDate(i, read[0], read[1], frequent=is_frequent(said, start, read[0])) if read else None


def moment_said(said: Said, i: int) -> SpokenDate | None:
    """The moment that begins at this word."""
    read = moment_at(said, i)
    return SpokenDate(i, read[0], on_day(read[1].date()), read[1]) if read else None


def plain_day(said: Said, i: int) -> Read | None:
    """A day that is not counted from another one. ValueError or OverflowError outside the calendar."""
    if i not in said.known:
        said.known[i] = next((found for read in (_relative_day, *_PLAIN) if (found := read(said, i))), None)
    return said.known[i]


def _day_at(said: Said, i: int) -> Read | None:
    return (
        beside_at(said, i, plain_day)
        or _relative_day(said, i)
        or amount_from_now(said, i, plain_day)
        or counted_weekday(said, i)
        or plain_day(said, i)
    )


def _relative_day(said: Said, i: int) -> Read | None:
    for phrase, days in said.data["days"].get(said.word(i), ()):
        if said.says(i, phrase):
            return i + len(phrase), on_day(said.today + timedelta(days=days))
    now = said.over(i, "now") if said.alone else i
    return (now, on_day(said.today)) if now > i else None


def may_open(word: str) -> bool:
    """Whether a date can begin with this word."""
    return word in opening_words() or word[:1].isdecimal() or "-" in word
