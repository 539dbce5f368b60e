"""Counting in weeks, months, seasons and years."""

from __future__ import annotations

from calendar import monthrange
from datetime import date, timedelta

from memory.dates import DateSpan


def add_months(day: date, months: int) -> date:
    """The same day so many months on, or that month's last day. ValueError outside the calendar."""
    total = day.year * 12 + day.month - 1 + months
    year, month = divmod(total, 12)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


def next_on(start: date, day: int) -> date:
    """The first day from ``start`` on that is the ``day``-th of its month. ValueError if there is none."""
    for months in range(12):
        first = add_months(start.replace(day=1), months)
        if day <= monthrange(first.year, first.month)[1] and first.replace(day=day) >= start:
            return first.replace(day=day)
    raise ValueError(f"no month has a day {day}")


def last_on(end: date, day: int) -> date:
    """The last day up to ``end`` that is the ``day``-th of its month. ValueError if there is none."""
    for months in range(12):
        first = add_months(end.replace(day=1), -months)
        if day <= monthrange(first.year, first.month)[1] and first.replace(day=day) <= end:
            return first.replace(day=day)
    raise ValueError(f"no month has a day {day}")


def week_span(day: date) -> DateSpan:
    """Monday to Sunday."""
    monday = day - timedelta(days=day.weekday())
    return DateSpan(monday, monday + timedelta(days=6))


def weekend_span(day: date) -> DateSpan:
    """Saturday and Sunday of the day's week."""
    sunday = week_span(day).last
    return DateSpan(sunday - timedelta(days=1), sunday)


def month_span(day: date) -> DateSpan:
    return DateSpan(day.replace(day=1), day.replace(day=monthrange(day.year, day.month)[1]))


def months_span(year: int, month: int, months: int = 3) -> DateSpan:
    """So many whole months: a quarter, a season."""
    first = date(year, month, 1)
    return DateSpan(first, add_months(first, months) - timedelta(days=1))


def year_span(year: int) -> DateSpan:
    return DateSpan(date(year, 1, 1), date(year, 12, 31))


def nth_weekday(span: DateSpan, weekday: int, nth: int) -> date | None:
    """The so-manieth such weekday of a span; -1 is the last."""
    if nth > 0:
        day = span.first + timedelta(days=(weekday - span.first.weekday()) % 7 + 7 * (nth - 1))
    else:
        day = span.last - timedelta(days=(span.last.weekday() - weekday) % 7 + 7 * (-nth - 1))
    return day if day in span else None


def part_of(span: DateSpan, part: str) -> DateSpan:
    """The "early", "middle" or "late" part of a span, or one half of it."""
    first, last = span.first, span.last
    days = (last - first).days + 1
    if days == 7:
        cuts = (2, 4)  # Monday and Tuesday, Wednesday and Thursday, the rest
    elif 28 <= days <= 31 and first.day == 1:
        cuts = (10, 20)
    elif 365 <= days <= 366 and first.month == 1:
        cuts = ((date(first.year, 4, 1) - first).days, (date(first.year, 10, 1) - first).days)
    elif days > 3650:
        cuts = ((date(first.year + 4, 1, 1) - first).days, (date(first.year + 7, 1, 1) - first).days)
    else:
        cuts = (days // 3, days - days // 3)
    half = 15 if 28 <= days <= 31 else (date(first.year, 7, 1) - first).days if 365 <= days <= 366 else (days + 1) // 2
    bounds = {
        "early": (0, cuts[0]),
        "middle": cuts,
        "late": (cuts[1], days),
        "first_half": (0, half),
        "second_half": (half, days),
    }
    low, high = bounds[part]
    return DateSpan(first + timedelta(days=low), first + timedelta(days=max(high, low + 1) - 1))
