"""Counting in months and years, where months are of different length."""

from __future__ import annotations

from calendar import monthrange
from datetime import date

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


def month_span(day: date) -> DateSpan:
    return DateSpan(day.replace(day=1), day.replace(day=monthrange(day.year, day.month)[1]))


def year_span(year: int) -> DateSpan:
    return DateSpan(date(year, 1, 1), date(year, 12, 31))
