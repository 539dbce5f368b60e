"""Amounts of time and what they count from: "in three days", "a year and a half ago", "a week on Friday"."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from assistant.understanding.months import add_months, month_span, year_span
from assistant.understanding.said import Read, Said
from memory.dates import DateSpan, on_day

_MONTHS = {"month": 1, "year": 12, "decade": 120}
_DAYS = {"day": 1, "week": 7, "fortnight": 14}
_SECONDS = {"second": 1, "minute": 60, "hour": 3600}
_MOST_SECONDS = 8 * 24 * 3600

Reader = Callable[[Said, int], Read | None]


@dataclass(frozen=True, slots=True)
class Amount:
    """So much time, in the largest ``unit`` that was said."""

    unit: str
    months: int = 0
    days: int = 0
    seconds: int = 0

    def from_day(self, day: date, sign: int = 1) -> date:
        """The day so long after (or before) ``day``. ValueError or OverflowError outside the calendar."""
        return add_months(day, sign * self.months) + timedelta(days=sign * self.days)

    def with_more(self, more: Amount) -> Amount:
        return Amount(self.unit, self.months + more.months, self.days + more.days, self.seconds + more.seconds)


def amount_at(said: Said, i: int) -> tuple[Amount, int] | None:
    """An amount ("a couple of weeks", "two and a half hours", "a year and three months") and past its last word."""
    for phrase, minutes in said.data["of_an_hour"].get(said.word(i), ()):
        if said.says(i, phrase):
            return Amount("hour", seconds=60 * minutes), i + len(phrase)
    half = said.over(i, "half")
    if half > i and said.unit(half) in {"year", "month", "day", "decade"}:
        return _of(0.5, said.unit(half)), half + 1
    read = _counted(said, i)
    if read is None:
        return None
    amount, end = read
    if said.word(end) == "and":
        more = _counted(said, end + 1)
        if more and _is_smaller(more[0].unit, amount.unit):
            return amount.with_more(more[0]), more[1]
    return amount, said.over(end, "or_so")


def moment_at(said: Said, i: int) -> tuple[int, datetime] | None:
    """ "in two hours", "half an hour ago": seconds, minutes and hours give a moment (and past its last word)."""
    lead = _lead(said, i)
    read = amount_at(said, lead)
    if read is None or not read[0].seconds:
        return None
    amount, end = read
    seconds = amount.seconds + 86400 * amount.days
    timed = said.over(end, "from_now")
    timed = said.over(end, "time") if timed == end else timed
    back = said.is_in(end, "ago")
    if seconds > _MOST_SECONDS or amount.months or not (lead > i or back or timed > end):
        return None
    return (end + 1 if back else timed), said.now + timedelta(seconds=-seconds if back else seconds)


def amount_from_now(said: Said, i: int, read_day: Reader) -> Read | None:
    """ "in three days", "two weeks ago", "a week on Friday", "ten days before Christmas"."""
    lead = _lead(said, i)
    read = amount_at(said, lead)
    either = _either_amount(said, i, lead)
    if either or read is None or read[0].seconds:
        return either
    amount, end = read
    end += said.word(end) == "'s"
    if said.is_in(end, "ago"):
        return _ago(said, amount, end + 1, read_day)
    beside = _from_day(said, amount, end, read_day)
    if beside:
        return beside
    timed = said.over(said.over(end, "time"), "from_now")
    if (lead == i and timed == end) or ((said.word(i),) in said.data["behind"] and amount.months >= 12):
        return None  # not "after forty years"
    there = amount.from_day(said.today)
    within = (said.word(i),) in said.data["within"]
    return timed, DateSpan(said.today, there) if within else on_day(there)


def amount_over(said: Said, i: int) -> Read | None:
    """ "the next two weeks", "the last few days"."""
    start = said.over(i, "the_my")
    back = said.is_in(start, "last")
    if not back and not said.is_in(start, "next") and not said.is_in(start, "coming"):
        return None
    rolling = (said.is_in(start, "rolling") or said.unit(start + 1) == "fortnight") and said.unit(start + 1)
    read = (_of(1, str(rolling)), start + 2) if rolling else amount_at(said, start + 1)
    if read is None or read[0].seconds or (read[1] == start + 2 and not rolling):
        return None
    amount, end = read
    if back:
        return end, DateSpan(amount.from_day(said.today, -1), said.today)
    return end, DateSpan(said.today, amount.from_day(said.today))


def _lead(said: Said, i: int) -> int:
    """Past "in", "within" or "in about"; ``i`` if nothing leads."""
    start = said.over(i, "in")
    if start == i or (said.past and (said.word(i),) in said.data["behind"]):
        return i
    return said.over(start, "about")


def _counted(said: Said, i: int) -> tuple[Amount, int] | None:
    """ "three weeks", "two and a half months", "a year and a half"."""
    count, start = _count(said, i)
    half = said.over(start, "and_half")
    unit = said.unit(half)
    if not count or not unit:
        return None
    after = said.over(half + 1, "and_half")
    if after > half + 1 and said.unit(after):  # "an hour and a half hour" is no amount
        after = half + 1
    return _of(count + (0.5 if half > start or after > half + 1 else 0), unit), after


def _count(said: Said, i: int) -> tuple[float, int]:
    """How many, and past it; 0 if nothing counts."""
    start, count = i, 0.0
    word = said.word(i)
    whole, dot, part = word.partition(".")
    if dot and whole.isdecimal() and part.isdecimal() and len(word) <= 6:
        start, count = i + 1, float(word)
    for phrase, number in () if count else said.data["amounts"].get(word, ()):
        if said.says(i, phrase):
            start, count = i + len(phrase), number
            break
    number_read = None if count and word != "a" else said.number(i)
    if number_read:
        start, count = number_read[1], number_read[0]
    while start > i and said.is_in(start, "more"):
        start += 1
    return count, start


def _of(count: float, unit: str) -> Amount:
    if unit in _SECONDS:
        return Amount(unit, seconds=int(count * _SECONDS[unit]))
    if unit in _DAYS:
        return Amount(unit, days=int(count * _DAYS[unit]))
    months = count * _MONTHS[unit]
    return Amount(unit, months=int(months), days=15 if months % 1 else 0)


def _is_smaller(unit: str, than: str) -> bool:
    order = ["second", "minute", "hour", "day", "week", "fortnight", "month", "year", "decade"]
    return order.index(unit) < order.index(than)


def _either_amount(said: Said, i: int, lead: int) -> Read | None:
    """ "in two or three days", "in a day or two", "2-3 weeks ago"."""
    low, start = _count(said, lead)
    unit_first = said.unit(start)
    start += bool(unit_first)
    high, end = _count(said, start + 1) if low and said.is_in(start, "or") else (0.0, start)
    unit = unit_first or said.unit(end)
    if not high or not unit or unit in _SECONDS or high < low:
        return None
    end += not unit_first
    back = said.is_in(end, "ago")
    timed = said.over(said.over(end + (said.word(end) == "'s"), "time"), "from_now")
    if not back and lead == i and timed == end:
        return None
    ends = [_of(count, unit).from_day(said.today, -1 if back else 1) for count in (low, high)]
    return end + 1 if back else timed, DateSpan(min(ends), max(ends))


def _ago(said: Said, amount: Amount, end: int, read_day: Reader) -> Read:
    """ "two weeks ago", "a year ago today", "a week ago on Friday"."""
    start = said.over(end, "before_base")
    weekly = not amount.months and said.word(start) in said.data["weekdays"]
    base = read_day(said.looking_back(), start) if weekly or (said.word(start),) in said.data["from_today"] else None
    if base:
        return base[0], on_day(amount.from_day(base[1].first, -1))
    day = amount.from_day(said.today, -1)
    if amount.days or amount.unit not in _MONTHS:
        return end, on_day(day)
    return end, month_span(day) if amount.unit == "month" or amount.months % 12 else year_span(day.year)


def _from_day(said: Said, amount: Amount, end: int, read_day: Reader) -> Read | None:
    """ "two weeks from Tuesday", "a week on Friday", "a week today", "ten days before Christmas"."""
    before, after = said.over(end, "before"), said.over(end, "after")
    if said.over(end, "from_now") > end:
        return None
    if before > end or after > end:
        base = read_day(said, max(before, after))
        if base is None:
            return None
        day = base[1].first if before > end else base[1].last
        return base[0], on_day(amount.from_day(day, -1 if before > end else 1))
    on = said.over(end, "on")
    weekly = not amount.days % 7 and amount.days > 0
    back = said.is_in(end, "last") and said.word(end + 1) in said.data["weekdays"]
    named = said.word(on) in said.data["weekdays"] or said.is_in(on, "next") or said.word(on) == "the"
    if (said.word(on),) in said.data["from_today"] or (weekly and (back or (named and (on > end or said.alone)))):
        base = read_day(said, on)
        return (base[0], on_day(amount.from_day(base[1].first, -1 if back else 1))) if base else None
    return None
