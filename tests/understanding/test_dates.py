# ruff: noqa: DTZ001 - local times
"""Spoken dates and times. It is a Tuesday, the 10th of March 2026, 16:42."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.understanding.dates import due_in, span_in, spoken_dates
from assistant.understanding.words import plain_words
from memory.dates import DateSpan, on_day
from tests.understanding.sentences import NOW

DAYS = [
    ("today", date(2026, 3, 10)),
    ("tomorrow", date(2026, 3, 11)),
    ("the day after tomorrow", date(2026, 3, 12)),
    ("in a couple of days", date(2026, 3, 12)),
    ("in a few days", date(2026, 3, 13)),
    ("in a fortnight", date(2026, 3, 24)),
    ("in a month", date(2026, 4, 10)),
    ("on Friday", date(2026, 3, 13)),
    ("on Tuesday", date(2026, 3, 17)),
    ("next Friday", date(2026, 3, 20)),
    ("a week on Friday", date(2026, 3, 20)),
    ("last Sunday", date(2026, 3, 8)),
    ("the 14th", date(2026, 3, 14)),
    ("the 2nd", date(2026, 4, 2)),
    ("the twenty first of November", date(2026, 11, 21)),
    ("January 5th", date(2027, 1, 5)),
    ("thirtieth June", date(2026, 6, 30)),
    ("on boxing day", date(2026, 12, 26)),
    ("three weeks from now", date(2026, 3, 31)),
]
SPANS = [
    ("next week", date(2026, 3, 16), date(2026, 3, 22)),
    ("this weekend", date(2026, 3, 14), date(2026, 3, 15)),
    ("in July", date(2026, 7, 1), date(2026, 7, 31)),
    ("in February", date(2027, 2, 1), date(2027, 2, 28)),
    ("next month", date(2026, 4, 1), date(2026, 4, 30)),
    ("next year", date(2027, 1, 1), date(2027, 12, 31)),
    ("from the 20th of April to the 4th of May", date(2026, 4, 20), date(2026, 5, 4)),
    ("from the 6th to the 17th of July", date(2026, 7, 6), date(2026, 7, 17)),
    ("from the 28th to the 3rd of June", date(2026, 5, 28), date(2026, 6, 3)),
    ("until Friday", date(2026, 3, 10), date(2026, 3, 13)),
    ("from Friday to Monday", date(2026, 3, 13), date(2026, 3, 16)),
]
DUE = [
    ("tomorrow at nine", datetime(2026, 3, 11, 9)),
    ("tomorrow morning", datetime(2026, 3, 11, 9)),
    ("at noon", datetime(2026, 3, 11, 12)),
    ("on Friday afternoon", datetime(2026, 3, 13, 15)),
    ("this evening", datetime(2026, 3, 10, 19)),
    ("tonight", datetime(2026, 3, 10, 19)),
    ("tomorrow at half eight", datetime(2026, 3, 11, 8, 30)),
    ("at six this evening", datetime(2026, 3, 10, 18)),
    ("at eight", datetime(2026, 3, 10, 20)),
    ("on Monday at quarter to five", datetime(2026, 3, 16, 16, 45)),
    ("tomorrow at 10:15", datetime(2026, 3, 11, 10, 15)),
    ("at 3pm on Friday", datetime(2026, 3, 13, 15)),
    ("in half an hour", datetime(2026, 3, 10, 17, 12)),
    ("in twenty minutes", datetime(2026, 3, 10, 17, 2)),
    ("on Saturday", date(2026, 3, 14)),
    ("some day", None),
]


@pytest.mark.parametrize(("said", "day"), DAYS)
def test_days(said: str, day: date) -> None:
    assert span_in(said, NOW) == on_day(day)


@pytest.mark.parametrize(("said", "first", "last"), SPANS)
def test_spans(said: str, first: date, last: date) -> None:
    assert span_in(said, NOW) == DateSpan(first, last)


@pytest.mark.parametrize(("said", "due"), DUE)
def test_when_a_reminder_is_due(said: str, due: date | datetime | None) -> None:
    assert due_in(plain_words(said), NOW) == due


@pytest.mark.parametrize(
    ("said", "day"),
    [("on Friday", date(2026, 3, 6)), ("on Tuesday", date(2026, 3, 3)), ("on the 14th", date(2026, 2, 14))],
)
def test_past_wording_looks_back(said: str, day: date) -> None:
    assert span_in(said, NOW, past=True) == on_day(day)


@pytest.mark.parametrize(
    "said", ["the second time", "she may go", "on Fridays", "will march on", "one of them", "half of it"]
)
def test_what_is_no_date(said: str) -> None:
    assert span_in(said, NOW) is None


MOMENTS = st.datetimes(datetime(1990, 1, 1), datetime(2150, 1, 1))
WEEKDAYS = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"]


@given(MOMENTS, st.sampled_from(range(7)))
def test_a_weekday_is_the_coming_one(now: datetime, weekday: int) -> None:
    span = span_in(f"on {WEEKDAYS[weekday]}", now)
    assert span is not None
    assert span.first.weekday() == weekday
    assert timedelta(0) < span.first - now.date() <= timedelta(7)


@given(MOMENTS, st.integers(1, 31))
def test_a_day_of_the_month_is_the_next_one(now: datetime, day: int) -> None:
    suffix = {1: "st", 2: "nd", 3: "rd"}.get(day % 10 if day not in {11, 12, 13} else 0, "th")
    span = span_in(f"the {day}{suffix}", now)
    assert span is not None
    assert span.first.day == day
    assert timedelta(0) <= span.first - now.date() <= timedelta(62)


@given(MOMENTS)
def test_next_week_is_monday_to_sunday(now: datetime) -> None:
    span = span_in("next week", now)
    assert span is not None
    assert (span.first.weekday(), span.last.weekday()) == (0, 6)
    assert now.date() < span.first <= now.date() + timedelta(7)


@given(MOMENTS, st.integers(1, 200), st.sampled_from(["minutes", "hours"]))
def test_so_many_minutes_or_hours_on(now: datetime, count: int, unit: str) -> None:
    due = due_in(plain_words(f"in {count} {unit}"), now)
    expected = now + timedelta(**{unit: count})
    if expected - now <= timedelta(days=7):
        assert due == expected.replace(second=0, microsecond=0)


SAID = [
    "the",
    "next",
    "last",
    "on",
    "in",
    "at",
    "of",
    "may",
    "march",
    "14th",
    "first",
    "second",
    "friday",
    "week",
    "weekend",
    "ago",
    "from",
    "to",
    "until",
    "two",
    "half",
    "past",
    "nine",
    "a",
    "month",
    "every",
    "31",
    "99",
    "9999",
    "0",
    "and",
]


@given(MOMENTS, st.lists(st.sampled_from(SAID), max_size=12), st.booleans())
def test_no_words_break_the_reading_of_dates(now: datetime, words: list[str], past: bool) -> None:
    for found in spoken_dates(words, now, past):
        assert 0 <= found.first < found.last <= len(words)
    due_in(words, now)


@given(st.lists(st.sampled_from(SAID), max_size=8), st.sampled_from([date.min, date.max]))
def test_the_ends_of_the_calendar_are_safe(words: list[str], day: date) -> None:
    spoken_dates(words, datetime(day.year, day.month, day.day))
