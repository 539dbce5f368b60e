"""Days by their number: "the 14th of June", "June 14th 2027", "Saturday the 7th", "2/3", "2027-06-14"."""

from __future__ import annotations

import re
from calendar import monthrange
from datetime import date, timedelta

from assistant.understanding.months import add_months, last_on, next_on
from assistant.understanding.said import Read, Said
from memory.dates import on_day

_ISO = re.compile(r"(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})")
_NUMERIC = re.compile(r"(\d{1,2})[/.-](\d{1,2})(?:[/.-](\d{4}|\d\d))?")
_MONTHS_SEARCHED = 14  # for "Friday the 13th"


def numeric_day(said: Said, i: int) -> Read | None:
    """ "2027-06-14", "14/6", "14.6.2027"."""
    word = said.word(i)
    if not word[:1].isdecimal() or len(word) > 10 or said.is_in(i, "odd_days"):
        return None
    iso = _ISO.fullmatch(word)
    if iso:
        return i + 1, on_day(date(*map(int, iso.groups())))
    match = _NUMERIC.fullmatch(word)
    if match is None or ("/" not in word and not match[3]) or said.unit(i + 1):
        return None
    day, month = (int(match[1]), int(match[2])) if said.day_first else (int(match[2]), int(match[1]))
    if month > 12 >= day:
        day, month = month, day
    if not match[3]:
        found = _in_tense(said, month, day)
        return (i + 1, on_day(found)) if found else None
    year = int(match[3])
    return i + 1, on_day(date(year if year > 99 else 2000 + year if year < 70 else 1900 + year, month, day))


def day_of_month(said: Said, i: int) -> Read | None:
    """ "the 14th of June", "June 14th", "14 June 2027", "Saturday the 7th", "the 3rd of next month"."""
    lead = said.over(i, "before_number")
    weekday = said.data["weekdays"].get(said.word(lead))
    start = i if weekday is None else lead + 1
    read = _numbered(said, start, weekday)
    if read is None or weekday is None or read[1].first.weekday() == weekday or said.year_said(i, read[0]):
        return read
    day = read[1].first
    years = [
        y
        for y in (said.today.year + n for n in (-1, 0, 1))
        if 1 <= y <= 9999 and day.day <= monthrange(y, day.month)[1]
    ]
    same = [date(y, day.month, day.day) for y in years]
    fit = [d for d in same if d.weekday() == weekday and abs((d - said.today).days) < 180]
    return read[0], on_day(fit[0] if fit else day)


def _numbered(said: Said, start: int, weekday: int | None) -> Read | None:
    j = said.over(start, "on_or_the")
    day = said.ordinal(j) or _cardinal(said, j)
    if day is None:
        return _after_month(said, j)
    of = said.over(day[1], "of_month")
    month = said.data["months"].get(said.word(of))
    if month:
        return _dated(said, of + 1, month, day[0])
    if not said.ordinal(j) or not 1 <= day[0] <= 31:
        return None
    within = _of_named_month(said, day[1], day[0])
    if within:
        return within
    if weekday is not None and (j > start or not _counts(said, day[1], said.word(j))):
        return day[1], on_day(_on_weekday(said, day[0], weekday))
    return None


def bare_ordinal(said: Said, i: int) -> Read | None:
    """ "the 14th"."""
    j = said.over(i, "the")
    day = said.ordinal(j) if j > i or said.alone else None
    if day is None or not 1 <= day[0] <= 31 or _counts(said, day[1], said.words[j]):
        return None
    return day[1], on_day(nearest(said, day[0]))


def nearest(said: Said, day: int) -> date:
    """The coming such day of a month; the latest in past wording."""
    return last_on(said.today, day) if said.past else next_on(said.today, day)


def loose_day(said: Said, i: int) -> tuple[int, int] | None:
    """A number that can be a day beside another one ("from the 3rd", "13 to 15 July"): (the day, past it)."""
    j = said.over(i, "the")
    day = said.ordinal(j) or said.number(j)
    return day if day and 1 <= day[0] <= 31 else None


def _after_month(said: Said, i: int) -> Read | None:
    """ "June 14th", "June the 14th", "March 5"."""
    month = said.data["months"].get(said.word(i))
    after = said.over(i + 1, "the")
    if not month or (said.word(after) in said.data["centuries"] and said.year(after)):
        return None
    day = said.ordinal(after) or _cardinal(said, after)
    if day is None or (not said.ordinal(after) and said.word(day[1]) in said.data["no_days"]["after_number"]):
        return None
    return _dated(said, day[1], month, day[0])


def _cardinal(said: Said, i: int) -> tuple[int, int] | None:
    day = said.number(i)
    if not day or not 1 <= day[0] <= 31:
        return None
    follow = said.word(day[1])
    return None if follow in said.data["no_days"]["after_cardinal"] else day


def _dated(said: Said, end: int, month: int, day: int) -> Read | None:
    """A day and a month, with the year after it if one is said."""
    if not 1 <= day <= 31:
        return None
    year = said.year_after(end)
    if year:
        return year[1], on_day(date(year[0], month, day))
    found = _in_tense(said, month, day)
    return (end, on_day(found)) if found else None


def _in_tense(said: Said, month: int, day: int) -> date | None:
    """The coming such day, or the latest in past wording; None if there is no such day."""
    if not 1 <= month <= 12 or not 1 <= day <= (29 if month == 2 else monthrange(2001, month)[1]):
        return None
    years = range(said.today.year - 8, said.today.year + 9)
    days = [date(y, month, day) for y in years if 1 <= y <= 9999 and day <= monthrange(y, month)[1]]
    return said.in_tense(days)


def _of_named_month(said: Said, i: int, day: int) -> Read | None:
    """ "of next month", "of the month", "of this month"."""
    of = said.over(i, "of_this")
    start = said.over(of, "the")
    step = said.step(start)
    if of == i or said.unit(start + (step is not None)) != "month":
        return None
    if step is None:
        return (start + 1, on_day(nearest(said, day))) if start > of else None
    first = add_months(said.today.replace(day=1), step)
    return start + 2, on_day(first.replace(day=day))


def _on_weekday(said: Said, day: int, weekday: int) -> date:
    """The nearest such day of a month that is that weekday, if one is near; else the nearest."""
    first = found = nearest(said, day)
    behind = last_on(said.today, day)
    if first.weekday() != weekday == behind.weekday():
        return behind
    for _ in range(_MONTHS_SEARCHED):
        if found.weekday() == weekday:
            return found
        found = (
            last_on(found.replace(day=1) - timedelta(days=1), day)
            if said.past
            else next_on(add_months(found.replace(day=1), 1), day)
        )
    return first


def _counts(said: Said, after: int, word: str) -> bool:
    """ "the third time", "the first of them": an ordinal that is no day."""
    follow, no_days = said.word(after), said.data["no_days"]
    small = word in no_days["small"]
    if not follow or not small or follow in no_days["after_any"]:
        return follow in no_days["after_any"]
    return follow not in no_days["after_small"]
