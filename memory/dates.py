"""Dates as people know them: spans of days, at the precision that was said."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, slots=True, order=True)
class DateSpan:
    """Whole days from ``first`` to ``last``, both included; a single day has them equal."""

    first: date
    last: date

    def __post_init__(self) -> None:
        if self.last < self.first:
            raise ValueError(f"a span cannot end ({self.last}) before it begins ({self.first})")

    def __contains__(self, day: date) -> bool:
        return self.first <= day <= self.last

    def overlaps(self, other: DateSpan) -> bool:
        return self.first <= other.last and other.first <= self.last


def on_day(day: date) -> DateSpan:
    return DateSpan(day, day)


def spoken_days(*days: date) -> str:
    """Days as people say them, each once: "Monday 4 May 2026"."""
    return " ".join(dict.fromkeys(f"{day:%A} {day.day} {day:%B %Y}" for day in days))
