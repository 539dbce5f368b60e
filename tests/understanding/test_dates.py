# ruff: noqa: DTZ001 - local times
"""Spoken dates and times. It is a Tuesday, the 10th of March 2026, 16:42."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date, datetime, time, timedelta
from time import process_time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.understanding.dates import due_in, read_time, span_in, spoken_dates, spoken_times
from assistant.understanding.holidays import easter
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
# What is said, the first and last day of it, and the time.
TIMES = """
# days from today
now | 2026-03-10
today | 2026-03-10
tomorrow | 2026-03-11
yesterday | 2026-03-09
the day after tomorrow | 2026-03-12
the day before yesterday | 2026-03-08
in three days | 2026-03-13
in a week | 2026-03-17
in a fortnight | 2026-03-24
in a month | 2026-04-10
in a year | 2027-03-10
in six months | 2026-09-10
in half a year | 2026-09-10
in two and a half weeks | 2026-03-27
in twenty one days | 2026-03-31
in about ten days | 2026-03-20
in three days' time | 2026-03-13
in a week's time | 2026-03-17
four days from now | 2026-03-14
ten days hence | 2026-03-20
a hundred days from now | 2026-06-18
two weeks and three days from now | 2026-03-27
in a couple of weeks | 2026-03-24
a few days ago | 2026-03-07
three days ago | 2026-03-07
two nights ago | 2026-03-08
a week ago | 2026-03-03
about two weeks ago | 2026-02-24
a fortnight ago | 2026-02-24
a week ago today | 2026-03-03
a year ago today | 2025-03-10
a month ago | 2026-02-01 2026-02-28
three months ago | 2025-12-01 2025-12-31
two years ago | 2024-01-01 2024-12-31
a year and three months ago | 2024-12-01 2024-12-31
in two or three weeks | 2026-03-24 2026-03-31
in a day or two | 2026-03-11 2026-03-12
in 3-4 weeks | 2026-03-31 2026-04-07
two to three days ago | 2026-03-07 2026-03-08
within a fortnight | 2026-03-10 2026-03-24
the next two weeks | 2026-03-10 2026-03-24
over the next few days | 2026-03-10 2026-03-13
the last three months | 2025-12-10 2026-03-10
the past ten days | 2026-02-28 2026-03-10
a week today | 2026-03-17
a fortnight tomorrow | 2026-03-25
this time next week | 2026-03-17
this time next year | 2027-03-10
# weekdays
Friday | 2026-03-13
on Tuesday | 2026-03-17
this Thursday | 2026-03-12
this coming Friday | 2026-03-13
next Friday | 2026-03-20
next Tuesday | 2026-03-17
last Sunday | 2026-03-08
last Tuesday | 2026-03-03
this past Friday | 2026-03-06
Friday just gone | 2026-03-06
Tuesday last | 2026-03-03
Thursday week | 2026-03-19
Tuesday fortnight | 2026-03-31
next Tuesday week | 2026-03-24
a week on Friday | 2026-03-20
two weeks on Saturday | 2026-03-28
a fortnight on Sunday | 2026-03-29
a week from Friday | 2026-03-20
two weeks from Tuesday | 2026-03-31
a week ago Friday | 2026-02-27
a week last Tuesday | 2026-02-24
three days after Friday | 2026-03-16
the day after Friday | 2026-03-14
the Friday after next | 2026-03-27
the Friday before last | 2026-02-27
Monday of next week | 2026-03-16
next week Monday | 2026-03-16
next week on Thursday | 2026-03-19
Wednesday next week | 2026-03-18
Tuesday last week | 2026-03-03
Friday of the week after next | 2026-03-27
three Fridays from now | 2026-03-27
two Mondays ago | 2026-03-02
in two Saturdays | 2026-03-21
sat | 2026-03-14
every Friday | none
on Mondays | none
# weekends
this weekend | 2026-03-14 2026-03-15
at the weekend | 2026-03-14 2026-03-15
next weekend | 2026-03-21 2026-03-22
last weekend | 2026-03-07 2026-03-08
the weekend after next | 2026-03-28 2026-03-29
the weekend before last | 2026-02-28 2026-03-01
over the coming weekend | 2026-03-14 2026-03-15
the weekend after Easter | 2026-04-11 2026-04-12
the last weekend of June | 2026-06-27 2026-06-28
the first weekend in May | 2026-05-02 2026-05-03
two weekends ago | 2026-02-28 2026-03-01
# weeks
this week | 2026-03-09 2026-03-15
next week | 2026-03-16 2026-03-22
last week | 2026-03-02 2026-03-08
the previous week | 2026-03-02 2026-03-08
the week after next | 2026-03-23 2026-03-29
the week before last | 2026-02-23 2026-03-01
the past week | 2026-03-03 2026-03-10
all next week | 2026-03-16 2026-03-22
early next week | 2026-03-16 2026-03-17
the middle of next week | 2026-03-18 2026-03-19
the end of next week | 2026-03-20 2026-03-22
the end of the week | 2026-03-13 2026-03-15
later this week | 2026-03-11 2026-03-15
earlier this week | 2026-03-09
the rest of the week | 2026-03-10 2026-03-15
the week of the 14th of April | 2026-04-13 2026-04-19
the week commencing the 6th of April | 2026-04-06 2026-04-12
the first week of June | 2026-06-01 2026-06-07
the first week of April | 2026-04-06 2026-04-12
the last week of August | 2026-08-24 2026-08-30
the second week in July | 2026-07-13 2026-07-19
the week before Easter | 2026-03-23 2026-03-29
the week after Christmas | 2026-12-28 2027-01-03
Christmas week | 2026-12-21 2026-12-27
the first two weeks of June | 2026-06-01 2026-06-14
# months
in July | 2026-07-01 2026-07-31
in March | 2026-03-01 2026-03-31
in February | 2027-02-01 2027-02-28
May | 2026-05-01 2026-05-31
next month | 2026-04-01 2026-04-30
this month | 2026-03-01 2026-03-31
last month | 2026-02-01 2026-02-28
the month after next | 2026-05-01 2026-05-31
next March | 2027-03-01 2027-03-31
last November | 2025-11-01 2025-11-30
this September | 2026-09-01 2026-09-30
June 2027 | 2027-06-01 2027-06-30
June next year | 2027-06-01 2027-06-30
June twenty twenty seven | 2027-06-01 2027-06-30
the whole of June | 2026-06-01 2026-06-30
sometime in May | 2026-05-01 2026-05-31
early May | 2026-05-01 2026-05-10
mid-May | 2026-05-11 2026-05-20
the middle of August | 2026-08-11 2026-08-20
late July | 2026-07-21 2026-07-31
the end of March | 2026-03-21 2026-03-31
the beginning of February | 2027-02-01 2027-02-10
early March | 2026-03-01 2026-03-10
early next month | 2026-04-01 2026-04-10
the end of the month | 2026-03-21 2026-03-31
the end of this month | 2026-03-21 2026-03-31
the first half of June | 2026-06-01 2026-06-15
the second half of July | 2026-07-16 2026-07-31
later this month | 2026-03-11 2026-03-31
the last day of the month | 2026-03-31
the last day of February | 2027-02-28
the first ten days of April | 2026-04-01 2026-04-10
# quarters, seasons, years, decades
Q3 | 2026-07-01 2026-09-30
Q1 next year | 2027-01-01 2027-03-31
Q4 2025 | 2025-10-01 2025-12-31
the third quarter of 2027 | 2027-07-01 2027-09-30
next quarter | 2026-04-01 2026-06-30
last quarter | 2025-10-01 2025-12-31
last summer | 2025-06-01 2025-08-31
this summer | 2026-06-01 2026-08-31
next spring | 2027-03-01 2027-05-31
in the autumn | 2026-09-01 2026-11-30
last winter | 2025-12-01 2026-02-28
in the fall | 2026-09-01 2026-11-30
the summer of 2019 | 2019-06-01 2019-08-31
winter 2027 | 2027-12-01 2028-02-29
early summer | 2026-06-01 2026-06-30
since the fall | none
this year | 2026-01-01 2026-12-31
next year | 2027-01-01 2027-12-31
last year | 2025-01-01 2025-12-31
the year before last | 2024-01-01 2024-12-31
in 2019 | 2019-01-01 2019-12-31
back in 2012 | 2012-01-01 2012-12-31
the year 2030 | 2030-01-01 2030-12-31
in nineteen eighty four | 1984-01-01 1984-12-31
in two thousand and nine | 2009-01-01 2009-12-31
twenty nineteen | 2019-01-01 2019-12-31
early next year | 2027-01-01 2027-03-31
late 2019 | 2019-10-01 2019-12-31
the end of the year | 2026-10-01 2026-12-31
the first half of 2027 | 2027-01-01 2027-06-30
the 80s | 1980-01-01 1989-12-31
the nineties | 1990-01-01 1999-12-31
the 2010s | 2010-01-01 2019-12-31
the early 80s | 1980-01-01 1983-12-31
# days of a month
the 14th | 2026-03-14
the 2nd | 2026-04-02
the tenth | 2026-03-10
the thirty first | 2026-03-31
the fourteenth of Feb | 2027-02-14
14th March | 2026-03-14
June 14th | 2026-06-14
June the 14th | 2026-06-14
14 June | 2026-06-14
the twenty first of November | 2026-11-21
twenty-first of November | 2026-11-21
3rd of May 2027 | 2027-05-03
March 5th, 2027 | 2027-03-05
the third of June two thousand and nine | 2009-06-03
the 5th of January next year | 2027-01-05
29th of February | 2028-02-29
Saturday the 14th | 2026-03-14
Friday the 13th | 2026-03-13
Monday the 13th of April | 2026-04-13
on Saturday the 14th | 2026-03-14
next Friday the 20th | 2026-03-20
Sat 7 Mar | 2026-03-07
Thursday, March 5th | 2026-03-05
the 3rd of next month | 2026-04-03
the 20th of this month | 2026-03-20
the first of the month | 2026-04-01
2/3 | 2027-03-02
14/6 | 2026-06-14
5/3/27 | 2027-03-05
12/25 | 2026-12-25
2027-06-14 | 2027-06-14
14.6.2027 | 2027-06-14
24/7 | none
30/2 | none
the second time | none
# so-manieth weekdays
the third Thursday of November | 2026-11-19
the first Monday in May | 2026-05-04
the last Friday of March | 2026-03-27
the first Monday of March | 2027-03-01
the second to last Friday of June | 2026-06-19
the first Monday of next month | 2026-04-06
the last Friday of the month | 2026-03-27
the second Sunday of May 2027 | 2027-05-09
# feasts
Christmas | 2026-12-25
Christmas Eve | 2026-12-24
Boxing Day | 2026-12-26
New Year's Eve | 2026-12-31
New Year's Day | 2027-01-01
last Christmas | 2025-12-25
Christmas 2030 | 2030-12-25
over Christmas | 2026-12-24 2026-12-26
Easter | 2026-04-05
over Easter | 2026-04-03 2026-04-06
the Easter weekend | 2026-04-03 2026-04-06
Easter Monday | 2026-04-06
Good Friday | 2026-04-03
Easter 2027 | 2027-03-28
next Easter | 2026-04-05
last Easter | 2025-04-20
Palm Sunday | 2026-03-29
Pancake Day | 2027-02-09
Whit Monday | 2026-05-25
Mother's Day | 2026-03-15
Father's Day | 2026-06-21
Halloween | 2026-10-31
Valentine's Day | 2027-02-14
St Patrick's Day | 2026-03-17
Thanksgiving | 2026-11-26
Black Friday | 2026-11-27
Labor Day | 2026-09-07
Memorial Day | 2026-05-25
Martin Luther King Day | 2027-01-18
the Fourth of July | 2026-07-04
the bank holiday | 2026-04-03
the August bank holiday | 2026-08-31
the August bank holiday weekend | 2026-08-29 2026-08-31
Diwali | 2026-11-08
last Diwali | 2025-10-20
Holi | 2027-03-22
Eid | 2026-03-20
Eid al-Adha | 2026-05-27
Ramadan 2027 | 2027-02-08 2027-03-08
Chinese New Year | 2027-02-06
Hanukkah | 2026-12-05 2026-12-12
Yom Kippur | 2026-09-21
a Christmas present | none
ten days before Christmas | 2026-12-15
the day after Christmas | 2026-12-26
the Monday after Easter | 2026-04-06
the Sunday before Easter | 2026-03-29
two weeks after Easter | 2026-04-19
the weekend before Christmas | 2026-12-19 2026-12-20
# spans
from Monday to Wednesday | 2026-03-16 2026-03-18
Mon-Fri | 2026-03-16 2026-03-20
between Tuesday and Thursday | 2026-03-17 2026-03-19
from Friday till Monday | 2026-03-13 2026-03-16
between the 3rd and the 5th of April | 2026-04-03 2026-04-05
from the 28th to the 3rd | 2026-03-28 2026-04-03
13 to 15 of July | 2026-07-13 2026-07-15
July 13 to 15 | 2026-07-13 2026-07-15
13-15 July | 2026-07-13 2026-07-15
the 1st of May to the 3rd of June | 2026-05-01 2026-06-03
from 20 December to 3 January | 2026-12-20 2027-01-03
June to August | 2026-06-01 2026-08-31
between June and August | 2026-06-01 2026-08-31
November to February | 2026-11-01 2027-02-28
from 2019 to 2021 | 2019-01-01 2021-12-31
from the 14th for two weeks | 2026-03-14 2026-03-27
until Friday | 2026-03-10 2026-03-13
till Easter | 2026-03-10 2026-04-05
between now and the 20th | 2026-03-10 2026-03-20
between Christmas and New Year | 2026-12-25 2027-01-01
# times of day
6pm | 2026-03-10 | 18:00
at 18:30 | 2026-03-10 | 18:30
6 p.m. | 2026-03-10 | 18:00
6.30pm | 2026-03-10 | 18:30
quarter to six | 2026-03-10 | 17:45
a quarter past seven tomorrow | 2026-03-11 | 07:15
half eight tonight | 2026-03-10 | 20:30
half-past nine | 2026-03-10 | 21:30
twenty-five to eight | 2026-03-10 | 19:35
five minutes to nine | 2026-03-10 | 20:55
six-thirty | 2026-03-10 | 18:30
at 6ish | 2026-03-10 | 18:00
seven o'clock | 2026-03-10 | 19:00
at seven in the morning | 2026-03-11 | 07:00
at 0600 | 2026-03-11 | 06:00
noon on Saturday | 2026-03-14 | 12:00
midnight | 2026-03-11 | 00:00
12pm | 2026-03-11 | 12:00
this morning | 2026-03-10 | 09:00
tonight | 2026-03-10 | 19:00
tomorrow evening at 7 | 2026-03-11 | 19:00
tomorrow lunchtime | 2026-03-11 | 12:00
first thing tomorrow | 2026-03-11 | 09:00
last night | 2026-03-09 | 19:00
yesterday afternoon at three | 2026-03-09 | 15:00
Friday at half past four | 2026-03-13 | 16:30
the 12th at 4 | 2026-03-12 | 16:00
on the morning of the 14th | 2026-03-14 | 09:00
Friday 13 March at 2:30pm | 2026-03-13 | 14:30
the night before Christmas | 2026-12-24 | 19:00
from 3 to 5pm tomorrow | 2026-03-11 | 15:00
from 9 to 5 on Monday | 2026-03-16 | 09:00
between 9:30 and 11 on Thursday | 2026-03-12 | 09:30
in a couple of hours | 2026-03-10 | 18:42
in half an hour | 2026-03-10 | 17:12
an hour and a half from now | 2026-03-10 | 18:12
in an hour and twenty minutes | 2026-03-10 | 18:02
in three quarters of an hour | 2026-03-10 | 17:27
45 minutes ago | 2026-03-10 | 15:57
two and a half hours ago | 2026-03-10 | 14:12
in ten hours | 2026-03-11 | 02:42
# nothing
when he turns forty | none
for two people | none
she may go | none
hello there | none
"""
PAST_TIMES = """
on Friday | 2026-03-06
on Tuesday | 2026-03-03
on the 14th | 2026-02-14
in June | 2025-06-01 2025-06-30
in March | 2026-03-01 2026-03-31
on the 3rd of April | 2025-04-03
at the weekend | 2026-03-07 2026-03-08
in the summer | 2025-06-01 2025-08-31
in Q4 | 2025-10-01 2025-12-31
at Christmas | 2025-12-25
at Easter | 2025-04-20
from Monday to Wednesday | 2026-03-02 2026-03-04
at six | 2026-03-10 | 06:00
Friday at six | 2026-03-06 | 18:00
late May | 2025-05-21 2025-05-31
the last Friday of March | 2025-03-28
"""


def _rows(table: str) -> list[tuple[str, ...]]:
    lines = [line for line in table.strip().splitlines() if not line.startswith("#")]
    return [tuple(cell.strip() for cell in f"{line} | ".split("|")[:3]) for line in lines]


def _written(said: str, past: bool) -> tuple[str, str]:
    found = read_time(said, NOW, past=past)
    if found is None:
        return "none", ""
    days = dict.fromkeys([found.span.first.isoformat(), found.span.last.isoformat()])
    return " ".join(days), f"{found.time:%H:%M}" if found.time else ""


@pytest.mark.parametrize(("said", "days", "at"), _rows(TIMES))
def test_times(said: str, days: str, at: str) -> None:
    assert _written(said, past=False) == (days, at)


@pytest.mark.parametrize(("said", "days", "at"), _rows(PAST_TIMES))
def test_times_in_past_wording(said: str, days: str, at: str) -> None:
    assert _written(said, past=True) == (days, at)


@pytest.mark.parametrize(
    ("said", "words"),
    [
        ("Remind me tomorrow evening at 7 to ring Joan", "tomorrow evening at 7"),
        ("We met on 2/3 in Leeds", "2/3"),
        ("She is away from the 3rd to the 5th of April.", "from the 3rd to the 5th of April"),
        ("On Friday, or maybe next week", "On Friday"),
        ("There is a tea the day before, the 29th", "the 29th"),
    ],
)
def test_the_words_of_a_time(said: str, words: str) -> None:
    found = read_time(said, NOW)
    assert found is not None
    assert found.text == words


def test_mothers_day_and_numbers_follow_the_order_of_day_and_month() -> None:
    for said, british, american in (
        ("2/3/2026", date(2026, 3, 2), date(2026, 2, 3)),
        ("Mother's Day", date(2026, 3, 15), date(2026, 5, 10)),
    ):
        days = [read_time(said, NOW, day_first=day_first) for day_first in (True, False)]
        assert [d.span for d in days if d] == [on_day(british), on_day(american)]


def test_easter_sundays() -> None:
    days = [
        "2000-04-23",
        "2008-03-23",
        "2019-04-21",
        "2024-03-31",
        "2025-04-20",
        "2026-04-05",
        "2027-03-28",
        "2038-04-25",
    ]
    assert [easter(int(day[:4])).isoformat() for day in days] == days


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


# fmt: off
ORDINALS = [
    "first", "second", "third", "fourth", "fifth", "sixth", "seventh",
    "eighth", "ninth", "tenth", "eleventh", "twelfth", "thirteenth", "fourteenth",
    "fifteenth", "sixteenth", "seventeenth", "eighteenth", "nineteenth", "twentieth",
]
# fmt: on
ORDINALS += [f"twenty {word}" for word in ORDINALS[:9]] + ["thirtieth", "thirty first"]
MONTHS = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
]
DATES = st.dates(date(1950, 1, 1), date(2150, 12, 31))


def _suffix(day: int) -> str:
    return {1: "st", 2: "nd", 3: "rd"}.get(day % 10 if day not in {11, 12, 13} else 0, "th")


FORMATS = [
    lambda d: d.isoformat(),
    lambda d: f"{d.day}/{d.month}/{d.year}",
    lambda d: f"{d.day:02}.{d.month:02}.{d.year}",
    lambda d: f"{d.day} {MONTHS[d.month - 1]} {d.year}",
    lambda d: f"the {d.day}{_suffix(d.day)} of {MONTHS[d.month - 1]} {d.year}",
    lambda d: f"{MONTHS[d.month - 1]} {d.day}{_suffix(d.day)}, {d.year}",
    lambda d: f"{MONTHS[d.month - 1][:3].lower()} {d.day} {d.year}",
    lambda d: f"the {ORDINALS[d.day - 1]} of {MONTHS[d.month - 1]} {d.year}",
    lambda d: f"on {WEEKDAYS[d.weekday()]} the {d.day}{_suffix(d.day)} of {MONTHS[d.month - 1]} {d.year}",
    lambda d: f"{WEEKDAYS[d.weekday()][:3]} {d.day} {MONTHS[d.month - 1][:3]} {d.year}",
]


@given(MOMENTS, DATES, st.sampled_from(FORMATS), st.booleans())
def test_a_written_day_reads_back_as_itself(
    now: datetime, day: date, written: Callable[[date], str], past: bool
) -> None:
    found = read_time(written(day), now, past=past)
    assert found is not None
    assert (found.span, found.time) == (on_day(day), None)


@given(MOMENTS, DATES, st.booleans())
def test_the_order_of_day_and_month_is_symmetric(now: datetime, day: date, past: bool) -> None:
    idiom = {(24, 7), (7, 24)} & {(day.day, day.month)}
    for year in (f"/{day.year}", "") if not idiom else (f"/{day.year}",):
        first = read_time(f"{day.day}/{day.month}{year}", now, past=past)
        assert first == replace(
            read_time(f"{day.month}/{day.day}{year}", now, past=past, day_first=False), text=first.text
        )


@given(MOMENTS, st.integers(1, 60), st.sampled_from(["day", "week", "month", "year"]))
def test_later_is_later(now: datetime, count: int, unit: str) -> None:
    ahead = [read_time(f"in {n} {unit}s", now) for n in (count, count + 1)]
    behind = [read_time(f"{n} {unit}s ago", now) for n in (count, count + 1)]
    before = [read_time(f"{n} {unit}s before Christmas", now) for n in (count, count + 1)]
    assert all(found for found in (*ahead, *behind, *before))
    assert now.date() < ahead[0].span.first < ahead[1].span.first
    assert now.date() > behind[0].span.first > behind[1].span.first
    assert before[0].span.first > before[1].span.first


@given(MOMENTS, st.integers(0, 23), st.integers(0, 59))
def test_a_time_reads_back_as_itself(now: datetime, hour: int, minute: int) -> None:
    half = "pm" if hour > 11 else "am"
    said_in = [f"tomorrow at {hour % 12 or 12}:{minute:02} {half}", f"{hour % 12 or 12}.{minute:02}{half} tomorrow"]
    for said in [*said_in, f"tomorrow at {hour:02}:{minute:02}"]:
        found = read_time(said, now)
        assert found is not None
        assert found.span == on_day(now.date() + timedelta(1))
        assert found.time == time(hour, minute)


@given(st.text(max_size=80), MOMENTS, st.booleans(), st.booleans())
def test_no_text_breaks_the_reading_of_times(said: str, now: datetime, past: bool, day_first: bool) -> None:
    found = read_time(said, now, past=past, day_first=day_first)
    assert found is None or found.text in said


SPOKEN = sorted({word for row in _rows(TIMES) for word in row[0].split()})


@given(st.lists(st.sampled_from(SPOKEN), max_size=14), MOMENTS, st.booleans())
def test_no_mixture_of_words_breaks_the_reading_of_times(words: list[str], now: datetime, past: bool) -> None:
    said = " ".join(words)
    found = read_time(said, now, past=past)
    assert found is None or found.text in said
    for part in (*spoken_dates(plain_words(said), now, past), *spoken_times(plain_words(said))):
        assert 0 <= part.first < part.last <= len(plain_words(said))


@given(st.lists(st.sampled_from(SPOKEN), min_size=2, max_size=8), st.sampled_from([date.min, date.max]))
def test_times_at_the_ends_of_the_calendar(words: list[str], day: date) -> None:
    read_time(" ".join(words), datetime(day.year, day.month, day.day, 12))


def test_long_speech_is_read_in_time_that_grows_with_its_length() -> None:
    def seconds(times: int) -> float:
        said = plain_words(" ".join(SPOKEN * times))
        begun = process_time()
        spoken_dates(said, NOW)
        return process_time() - begun

    once, eight_times = (min(seconds(times) for _ in range(3)) for times in (1, 8))
    assert eight_times < 40 * max(once, 0.002)
