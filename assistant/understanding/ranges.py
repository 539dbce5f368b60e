"""Spans between two days: "from Friday till Monday", "between the 3rd and the 5th of April", "until the 14th"."""

from __future__ import annotations

from datetime import date, timedelta

from assistant.understanding.amounts import amount_at
from assistant.understanding.calendarwords import ordinal
from assistant.understanding.days import SpokenDate, date_at
from assistant.understanding.monthdays import day_of_month, loose_day
from assistant.understanding.months import add_months, last_on, next_on, year_span
from assistant.understanding.said import Said
from memory.dates import DateSpan


def range_at(said: Said, i: int) -> SpokenDate | None:
    """The span of days that begins at this word. ValueError or OverflowError outside the calendar."""
    until = said.over(i, "until")
    if until > i:
        return _until(said, i, until)
    start = said.over(i, "from") if said.word(i) != "on" else i
    led = start > i
    loose = _loose_first(said, i, start, led) or (_years(said, i, start) if led else None)
    if loose:
        return loose
    first = date_at(said, start)
    if first is None:
        return None
    link = _link(said, first.last, led)
    second = date_at(said, link) if link else None
    if second:
        return _joined(said, i, first, second)
    if link:
        loose = _loose_second(said, i, first, link)
        if loose:
            return loose
    return _lasting(said, i, first) if led else None


def _link(said: Said, i: int, led: bool) -> int:
    """Past "to" or "until" ("and" only after "between"); 0 if nothing links."""
    link = said.over(i, "to")
    return link if link > i and (led or said.word(i) != "and") else 0


def _until(said: Said, i: int, start: int) -> SpokenDate | None:
    end = date_at(said, start)
    if end is None or end.span.last < said.today:
        return None
    return SpokenDate(i, end.last, DateSpan(said.today, end.span.last))


def _loose_first(said: Said, i: int, start: int, led: bool) -> SpokenDate | None:
    """ "13 to 15 July", "between 3rd and 5th of April": only the second day has its month."""
    day = loose_day(said, start)
    link = _link(said, day[1], led) if day else 0
    second = day_of_month(said, said.over(link, "the")) if link else None
    if day is None or second is None or not any(w in said.data["months"] for w in said.words[link : second[0]]):
        return None
    end = second[1].last
    begin = last_on(end, day[0])
    return SpokenDate(i, second[0], DateSpan(begin, end)) if begin <= end else None


def _loose_second(said: Said, i: int, first: SpokenDate, link: int) -> SpokenDate | None:
    """ "July 13 to 15": only the first day has its month."""
    day = loose_day(said, link)
    dated = any(w in said.data["months"] for w in said.words[first.first : first.last])
    if day is None or not dated or said.unit(day[1]) or said.is_in(day[1], "half_days"):
        return None
    if first.span.first != first.span.last:
        return None
    return SpokenDate(i, day[1], DateSpan(first.span.first, next_on(first.span.first, day[0])))


def _years(said: Said, i: int, start: int) -> SpokenDate | None:
    """ "from 2019 to 2021"."""
    first = said.year(start)
    link = _link(said, first[1], True) if first else 0
    second = said.year(link) if link else None
    if first is None or second is None or second[0] < first[0]:
        return None
    return SpokenDate(i, second[1], DateSpan(year_span(first[0]).first, year_span(second[0]).last))


def _lasting(said: Said, i: int, first: SpokenDate) -> SpokenDate:
    """ "from the 14th for two weeks", or only "from the 14th"."""
    amount = amount_at(said, first.last + 1) if said.is_in(first.last, "for") else None
    if amount and not amount[0].seconds and not first.frequent:
        last = amount[0].from_day(first.span.first) - timedelta(days=1)
        return SpokenDate(i, amount[1], DateSpan(first.span.first, max(last, first.span.first)))
    return SpokenDate(i, first.last, first.span, frequent=first.frequent)


def _joined(said: Said, i: int, first: SpokenDate, second: SpokenDate) -> SpokenDate:
    """ "from the 20th to the 4th of May": the first is the last such day before the second."""
    begin, end = first.span.first, second.span.last
    if _only_day(said, first) and not _only_day(said, second) and not _is_weekday(said, second):
        begin = last_on(end, begin.day)
    elif said.year_said(second.first, second.last) and not said.year_said(first.first, first.last):
        begin = begin.replace(year=end.year)
        begin = begin if begin <= end else begin.replace(year=end.year - 1)
    if end < begin:
        begin, end = _ordered(said, second, begin, end)
    if said.past and begin <= said.today < end and _is_weekday(said, first) and _is_weekday(said, second):
        begin, end = begin - timedelta(days=7), end - timedelta(days=7)
    return SpokenDate(i, second.last, DateSpan(min(begin, end), max(begin, end)))


def _ordered(said: Said, second: SpokenDate, begin: date, end: date) -> tuple[date, date]:
    if _is_weekday(said, second):
        return begin, end + timedelta(days=7 * ((begin - end).days // 7 + 1))
    if _only_day(said, second):
        return begin, next_on(begin, end.day)
    return (add_months(begin, -12), end) if said.past else (begin, add_months(end, 12))


def _only_day(said: Said, d: SpokenDate) -> bool:
    words = said.words[d.first : d.last]
    named = any(w in said.data["months"] or w in said.data["units"] for w in words)
    return d.span.first == d.span.last and any(ordinal(w) for w in words) and not named


def _is_weekday(said: Said, d: SpokenDate) -> bool:
    words = said.words[d.first : d.last]
    return any(w in said.data["weekdays"] for w in words) and not any(ordinal(w) for w in words)
