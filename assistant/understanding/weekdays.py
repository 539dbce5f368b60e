"""Weekdays and weekends: "next Friday", "Tuesday week", "Monday of next week", "the weekend after next"."""

from __future__ import annotations

from datetime import date, timedelta

from assistant.understanding.months import week_span, weekend_span
from assistant.understanding.said import Read, Said
from memory.dates import DateSpan, on_day

_WEEK = timedelta(days=7)


def weekday_at(said: Said, i: int) -> Read | None:
    on = said.over(i, "before_weekday")
    start, step = _lead(said, on)
    word = said.word(start)
    weekday = said.data["weekdays"].get(word)
    if weekday is None or (word in said.data["unsure_weekdays"] and start == i and not said.alone):
        return None
    end = start + 1
    week = _week_named(said, end)
    if week:
        return week[0], on_day(week[1] + timedelta(days=weekday))
    for key, sign in (("after_next", 1), ("before_last", -1)):
        after = said.over(end, key)
        if after > end:
            return after, on_day(_stepped(said, weekday, sign) + sign * _WEEK)
    day = _stepped(said, weekday, step)
    if said.is_in(end, "week"):
        return end + 1, on_day(day + _WEEK)
    if said.is_in(end, "fortnight"):
        return end + 1, on_day(day + 2 * _WEEK)
    gone = said.over(end, "just_gone") if start == on else end
    if gone > end + 1 or (gone > end and gone == len(said.words)):
        return gone, on_day(_stepped(said, weekday, -1))
    step_after = said.step(end) if end == len(said.words) - 1 and start == on else None  # "Tuesday last"
    if step_after:
        return end + 1, on_day(_stepped(said, weekday, None if step_after > 0 else -1))
    return end, on_day(day)


def counted_weekday(said: Said, i: int) -> Read | None:
    """ "two Mondays ago", "in three Fridays", "three weekends from now"."""
    lead = said.over(i, "in")
    number = said.number(lead)
    start = number[1] if number else said.over(lead, "few")
    count = number[0] if number else {3: 2, 2: 3}.get(start - lead, 0)
    word = said.word(start)
    weekday = said.data["weekdays"].get(word, 5 if said.is_in(start, "weekends") else None)
    if not count or weekday is None:
        return None
    back, ahead = said.is_in(start + 1, "ago"), said.over(start + 1, "from_now")
    if not (back or ahead > start + 1 or lead > i):
        return None
    day = _stepped(said, weekday, -1) - (count - 1) * _WEEK if back else _coming(said, weekday) + (count - 1) * _WEEK
    span = weekend_span(day) if said.is_in(start, "weekends") else on_day(day)
    return (start + 2 if back else ahead), span


def weekend_at(said: Said, i: int) -> Read | None:
    on = said.over(i, "before_weekend")
    start, step = _lead(said, said.over(on, "the"))
    end = said.over(start, "weekend")
    if end == start or (start == i and not said.alone):
        return None
    this = weekend_span(said.today).first
    for key, sign in (("after_next", 2), ("before_last", -2)):
        after = said.over(end, key)
        if after > end:
            return after, _two_days(this + sign * _WEEK)
    if step == -1 or (said.past and step != 1 and this > said.today):
        return end, _two_days(this - _WEEK)
    return end, _two_days(this + _WEEK if step == 1 else this)


def is_frequent(said: Said, first: int, last: int) -> bool:
    """ "on Fridays", "every Friday", "his Sunday dinners": no one day is meant."""
    data = said.data
    if said.is_in(first - 1, "every"):
        return True
    habit = said.is_in(first - 1, "possessive") and last < len(said.words) and said.word(first) in data["weekdays"]
    follow = said.word(last)
    if habit and last == first + 1 and len(follow) > 4 and follow.endswith("s"):
        return True
    plural = any(
        w in data["weekdays"] and w.endswith("s") and w not in data["singular"] for w in said.words[first:last]
    )
    return plural and not any(said.is_in(n, "ago") or said.number(n) for n in range(first, last))


def _lead(said: Said, start: int) -> tuple[int, int | None]:
    """Past "next", "this coming" or "last", and 1, 0 or -1."""
    step = said.step(start)
    if step == 0 and (said.is_in(start + 1, "last") or said.is_in(start + 1, "next")):  # "this past Friday"
        return start + 2, -1 if said.is_in(start + 1, "last") else 0
    start += step is not None
    if said.is_in(start, "coming"):
        return start + 1, 0
    return start, step


def _stepped(said: Said, weekday: int, step: int | None) -> date:
    """The coming such weekday, that of next week (1) or the latest (-1)."""
    if step == 1:
        return week_span(said.today).first + timedelta(days=7 + weekday)
    coming = _coming(said, weekday)
    if step == -1 or (said.past and step is None):
        return coming - _WEEK if coming - _WEEK < said.today else coming - 2 * _WEEK
    return coming


def _coming(said: Said, weekday: int) -> date:
    return said.today + timedelta(days=(weekday - said.today.weekday()) % 7 or 7)


def _week_named(said: Said, i: int) -> tuple[int, date] | None:
    """Monday of "of next week", "last week" or "of the week after next", and past it."""
    start = said.over(i, "of_in")
    step = said.step(start)
    monday = week_span(said.today).first
    if step is not None and said.is_in(start + 1, "week"):
        return start + 2, monday + step * _WEEK
    the = said.over(start, "the")
    if the > start and said.is_in(the, "week"):
        for key, sign in (("after_next", 2), ("before_last", -2)):
            after = said.over(the + 1, key)
            if after > the + 1:
                return after, monday + sign * _WEEK
    return None


def _two_days(saturday: date) -> DateSpan:
    return DateSpan(saturday, saturday + timedelta(days=1))
