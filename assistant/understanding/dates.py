"""Spoken times: "next week", "the 14th of June", "from Friday till Monday", "tomorrow evening at seven"."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta

from assistant.understanding.clock import SpokenTime, time_at
from assistant.understanding.days import SpokenDate, date_at, may_open, moment_said
from assistant.understanding.language import load
from assistant.understanding.ranges import range_at
from assistant.understanding.said import Said, tokens
from assistant.understanding.words import Word, plain_words, read_words, within_reach
from memory.dates import DateSpan, on_day

__all__ = ["SpokenDate", "TimeExpression", "due_in", "read_time", "span_in", "spoken_dates", "spoken_times"]

_END = "end"
_GAP = 3  # words that may stand between a day and its time


@dataclass(frozen=True, slots=True)
class TimeExpression:
    """``text`` says these days, and the time on the first of them where one was said or is implied by "morning"."""

    span: DateSpan
    time: time | None
    text: str


def read_time(text: str, now: datetime, *, past: bool = False, day_first: bool = True) -> TimeExpression | None:
    """The first time that ``text`` speaks of. In ``past`` wording "Friday" is the latest one, else the coming one;
    "2/3" is the second of March if ``day_first``, else the third of February."""
    text = within_reach(text)
    words = _with_slashes(read_words(text), text)
    said = Said([w.plain for w in words], now, past, day_first)
    said.after_marks = frozenset(i for i, p in enumerate(said.places) if 0 < p < len(words) and words[p - 1].mark)
    first, last, span, at = _expression(said) or _expression_alone(said) or (0, 0, None, None)
    if span is None:
        return None
    places = said.places
    return TimeExpression(span, at, text[words[places[first]].start : words[places[last - 1]].end])


def spoken_dates(words: Sequence[str], now: datetime, past: bool = False) -> list[SpokenDate]:
    """Every date said in these plain words, in order. ``past`` says the wording is of what has happened."""
    said = Said(words, now, past)
    places = said.places
    return [replace(d, first=places[d.first], last=places[d.last - 1] + 1) for d in _dates(said)]


def span_in(text: str, now: datetime, past: bool = False) -> DateSpan | None:
    """The first date said in ``text``."""
    found = [d for d in spoken_dates(plain_words(text), now, past) if not d.frequent]
    return found[0].span if found else None


def due_in(words: Sequence[str], now: datetime) -> date | datetime | None:
    """When a reminder with these plain words is due: a day, or a local moment where a time of day was said."""
    dates = spoken_dates(words, now)
    moment = next((d.at for d in dates if d.at), None)
    if moment:
        return moment.replace(tzinfo=None, second=0, microsecond=0)
    taken = {i for d in dates for i in range(d.first, d.last)}
    times = spoken_times(words, taken)
    day = next((_due_day(d, words) for d in dates if not d.frequent), None)
    if not times:
        return day
    try:
        return _moment(day, times, now)
    except OverflowError:  # at the end of the calendar
        return day


def _due_day(said: SpokenDate, words: Sequence[str]) -> date:
    """The first day of a span, or the last of "the end of the month"."""
    return said.span.last if _END in words[said.first : said.last] else said.span.first


def spoken_times(words: Sequence[str], taken: set[int] | None = None) -> list[SpokenTime]:
    """Times of day in the words; those that only lie inside a date ("tomorrow evening") count too."""
    apart, places = tokens(words)
    inside = {i for i, place in enumerate(places[:-1]) if place in (taken or set())}
    return [replace(t, first=places[t.first], last=places[t.last - 1] + 1) for t in _times(apart, inside)]


def _dates(said: Said) -> list[SpokenDate]:
    found, i = [], 0
    while i < len(said.words):
        here = _at(said, i)
        if here:
            found.append(here)
            i = here.last
        else:
            i += 1
    return found


def _at(said: Said, i: int) -> SpokenDate | None:
    if not (said.alone or may_open(said.word(i))):
        return None
    try:
        return moment_said(said, i) or range_at(said, i) or date_at(said, i)
    except (OverflowError, ValueError):  # a day outside the calendar, "in 9999 years"
        return None


def _times(words: Sequence[str], taken: set[int], alone: bool = False) -> list[SpokenTime]:
    parts = load("dates")["parts"]
    found, i = [], 0
    while i < len(words):
        here = time_at(words, i, alone)
        if here and (here.first not in taken or words[here.first] in parts):
            found.append(here)
            i = here.last
        else:
            i += 1
    return found


def _expression(said: Said) -> tuple[int, int, DateSpan, time | None] | None:
    """The first date and the times beside it: first word, past the last, days and time."""
    dates = [d for d in _dates(said) if not d.frequent]
    taken = {i for d in dates for i in range(d.first, d.last)}
    times = _times(said.words, taken, said.alone)
    parts: list[SpokenDate | SpokenTime] = sorted([*dates, *times], key=lambda part: (part.first, part.last))
    group: list[SpokenDate | SpokenTime] = []
    for part in parts:
        end = max((p.last for p in group), default=part.first)
        near = part.first - end <= _GAP and all(said.is_in(n, "between_parts") for n in range(end, part.first))
        second = isinstance(part, SpokenDate) and any(isinstance(p, SpokenDate) for p in group)
        if not near or second:
            break
        group.append(part)
    if not group:
        return None
    first, last = group[0].first, max(p.last for p in group)
    day = next((p for p in group if isinstance(p, SpokenDate)), None)
    if day and day.at:
        return first, last, day.span, day.at.time().replace(second=0, microsecond=0)
    at_times = [p for p in group if isinstance(p, SpokenTime)]
    if not at_times:
        return (first, last, day.span, None) if day else None
    try:
        moment = _moment(day.span.first if day else None, at_times, said.now, said.past)
    except OverflowError:  # at the end of the calendar
        return None
    return first, last, day.span if day else on_day(moment.date()), moment.time()


def _expression_alone(said: Said) -> tuple[int, int, DateSpan, time | None] | None:
    """As an expression, with every word allowed that can only be a time where nothing else is said ("May", "nine")."""
    said.alone, said.known = True, {}
    found = _expression(said)
    rest = range(found[1], len(said.words)) if found else range(0)
    lead = range(found[0]) if found else range(0)
    return found if all(said.is_in(n, "between_parts") for n in (*lead, *rest)) else None


def _moment(day: date | None, times: Sequence[SpokenTime], now: datetime, past: bool = False) -> datetime:
    """One moment from a day and the times said ("at eight", "in the evening")."""
    exact = [t for t in times if t.last - t.first > 1 or t.at.minute] or times
    best = exact[0]
    others = [t for t in times if t is not best and t.certain]
    at = best.at
    if not best.certain and others and others[0].at.hour >= 12 and at.hour < 12:
        at = time(at.hour + 12, at.minute)
    elif not best.certain and others and others[0].at.hour < 12 <= at.hour:
        at = time(at.hour - 12, at.minute)
    local = now.replace(tzinfo=None)
    moment = datetime.combine(day or local.date(), at)
    if past:
        if not day and moment > local:
            half = not best.certain and moment - timedelta(hours=12) <= local and at.hour >= 12
            return moment - timedelta(hours=12 if half else 24)
        return moment
    if moment > local or (day and day != local.date()):
        return moment
    if not best.certain and at.hour < 12 and moment + timedelta(hours=12) > local:
        return moment + timedelta(hours=12)
    return moment if day else moment + timedelta(days=1)


def _with_slashes(words: Sequence[Word], text: str) -> list[Word]:
    """The words, with "2/3" and "2/3/2027" as one."""
    found: list[Word] = []
    for word in words:
        last = found[-1] if found else None
        if last and text[last.end : word.start] == "/" and last.plain[-1:].isdecimal() and word.plain.isdecimal():
            plain = f"{last.plain}/{word.plain}"
            found[-1] = Word(text[last.start : word.end], plain, last.start, word.end, last.first, word.mark)
        else:
            found.append(word)
    return found
