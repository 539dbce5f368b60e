"""Parts of longer spans: "early next month", "the third Thursday of November", "the first week of June"."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from functools import partial

from assistant.understanding.months import month_span, nth_weekday, part_of, week_span
from assistant.understanding.periods import period_at
from assistant.understanding.said import Read, Said
from memory.dates import DateSpan, on_day

_Choose = Callable[[DateSpan], DateSpan | None]
_UNTIL_TODAY = "earlier"
_FROM_TODAY = ("later", "rest")


def part_at(said: Said, i: int) -> Read | None:
    """ "early May", "mid-2027", "the end of the week", "the second half of next year", "later this month"."""
    for lead in dict.fromkeys((i, said.over(i, "the"))):
        for phrase, part in said.data["span_parts"].get(said.word(lead), ()):
            if not said.says(lead, phrase):
                continue
            start = lead + len(phrase)
            period = period_at(said, said.over(start, "of_part"), inside=True)
            if period is None:
                continue
            end, span = period
            turned = _in_tense(said, start, end, span, partial(_part, said, part))
            return (end, turned) if turned else None
    return None


def nth_at(said: Said, i: int) -> Read | None:
    """ "the third Thursday of November", "the last day of the month", "the first two weeks of June"."""
    read = _nth(said, said.over(i, "on_the"))
    if read is None:
        return None
    nth, start = read
    number = said.number(start)
    count, what = (number[0], number[1]) if number else (1, start)
    of = said.over(what + 1, "of_in")
    weekday = said.data["weekdays"].get(said.word(what))
    unit = "weekend" if said.is_in(what, "weekends") else said.unit(what)
    if of == what + 1 or (weekday is None and unit not in {"day", "week", "weekend", "month"}):
        return None
    period = period_at(said, of, inside=True)
    if period is None:
        return None
    end, span = period
    turned = _in_tense(said, of, end, span, partial(_chosen, nth, count, unit, weekday))
    return (end, turned) if turned else None


def _nth(said: Said, i: int) -> tuple[int, int] | None:
    """(1 to 31, -1 for the last, -2 for the last but one; past the words)."""
    for key, nth in (("second_last", -2), ("last", -1)):
        for phrase in said.data["nth"][key]:
            if said.says(i, phrase):
                return nth, i + len(phrase)
    return said.ordinal(i)


def _chosen(nth: int, count: int, unit: str, weekday: int | None, span: DateSpan) -> DateSpan | None:
    if weekday is not None:
        day = nth_weekday(span, weekday, nth)
        return on_day(day) if day else None
    if unit == "weekend":
        saturday = nth_weekday(span, 5, nth)
        return DateSpan(saturday, saturday + timedelta(days=1)) if saturday else None
    if unit == "week" and count == 1:
        return _nth_week(span, nth)
    if unit == "month":
        return _nth_month(span, nth)
    days = count * (7 if unit == "week" else 1)
    first = span.first + timedelta(days=days * (nth - 1)) if nth > 0 else span.last - timedelta(days=-nth * days - 1)
    found = DateSpan(first, first + timedelta(days=days - 1))
    return found if found.first in span and found.last in span else None


def _nth_week(span: DateSpan, nth: int) -> DateSpan | None:
    """The so-manieth week, Monday to Sunday, that lies wholly in the span."""
    monday = nth_weekday(span, 0, nth)
    if monday and nth < 0 and monday + timedelta(days=6) > span.last:
        monday = nth_weekday(span, 0, nth - 1)
    return week_span(monday) if monday else None


def _nth_month(span: DateSpan, nth: int) -> DateSpan | None:
    if (span.last - span.first).days < 364 or not (1 <= nth <= 12 or nth < 0):
        return None
    month = nth if nth > 0 else 13 + nth
    return month_span(date(span.first.year, month, 1))


def _part(said: Said, part: str, span: DateSpan) -> DateSpan | None:
    if part in _FROM_TODAY:
        first = said.today + timedelta(days=part == "later" and said.today < span.last)
        return DateSpan(max(first, span.first), span.last) if first <= span.last else None
    if part == _UNTIL_TODAY:
        last = said.today - timedelta(days=said.today > span.first)
        return DateSpan(span.first, min(last, span.last)) if last >= span.first else None
    return part_of(span, part)


def _in_tense(said: Said, start: int, end: int, span: DateSpan, choose: _Choose) -> DateSpan | None:
    """The part chosen of a span; of a month without a year, the one not over yet (or begun, in past wording)."""
    found = choose(span)
    free = said.word(end - 1) in said.data["months"] and not any(said.step(n) is not None for n in range(start, end))
    if not free or found is None:
        return found
    over, not_begun = found.last < said.today and not said.past, found.first > said.today and said.past
    if not (over or not_begun):
        return found
    first = span.first.replace(year=span.first.year + (1 if over else -1))
    return choose(month_span(first))
