"""Spoken dates and spans of days: "next week", "the 14th of June", "in a couple of days", "from Friday till Monday"."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, time, timedelta

from assistant.understanding.calendarwords import ordinal
from assistant.understanding.clock import SpokenTime, time_at
from assistant.understanding.days import DayReader, SpokenDate
from assistant.understanding.language import load
from assistant.understanding.months import add_months, next_on
from assistant.understanding.words import plain_words
from memory.dates import DateSpan

__all__ = ["SpokenDate", "due_in", "span_in", "spoken_dates", "spoken_times"]

_Read = tuple[int, DateSpan]  # past the last word, the days


def spoken_dates(words: Sequence[str], now: datetime, past: bool = False) -> list[SpokenDate]:
    """Every date said in these plain words, in order. ``past`` says the wording is of what has happened."""
    reader = _Reader(words, now, past)
    found, i = [], 0
    while i < len(words):
        here = reader.at(i)
        if here:
            found.append(here)
            i = here.last
        else:
            i += 1
    return found


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
    day = next((d.span.first for d in dates if not d.frequent), None)
    if not times:
        return day
    return _moment(day, times, now)


def spoken_times(words: Sequence[str], taken: set[int] | None = None) -> list[SpokenTime]:
    """Times of day in the words; those that only lie inside a date ("tomorrow evening") count too."""
    found, i = [], 0
    while i < len(words):
        here = time_at(words, i)
        if here and (here.first not in (taken or set()) or words[here.first] in load("dates")["parts"]):
            found.append(here)
            i = here.last
        else:
            i += 1
    return found


def _moment(day: date | None, times: list[SpokenTime], now: datetime) -> datetime:
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
    if moment > local or (day and day != local.date()):
        return moment
    if not best.certain and at.hour < 12 and moment + timedelta(hours=12) > local:
        return moment + timedelta(hours=12)
    return moment if day else moment + timedelta(days=1)


class _Reader(DayReader):
    """Reads ranges of days as well."""

    def at(self, i: int) -> SpokenDate | None:
        try:
            return self.moment_at(i) or self._range_at(i) or self.single(i)
        except (OverflowError, ValueError):  # a day outside the calendar, "in 9999 years"
            return None

    def _range_at(self, i: int) -> SpokenDate | None:
        led = self.word(i) in self.data["from"] and self.word(i) != "on"
        start = i + 1 if led else i
        if not led and self.skip(i, *self.data["until"]) > i:
            return self._until(i)
        first = self.single(start)
        if first is None:
            return None
        link = self.skip(first.last, *self.data["to"])
        linked = link > first.last and (led or self.word(first.last) != "and")
        second = self.single(link) if linked else None
        if second is None or second.first > link + 3:
            return SpokenDate(i, first.last, first.span, frequent=first.frequent) if led else None
        return self._joined(i, first, second)

    def _joined(self, i: int, first: SpokenDate, second: SpokenDate) -> SpokenDate:
        """ "from the 20th to the 4th of May": the first is the last such day before the second."""
        begin, end = first.span.first, second.span.last
        if self._only_day(first) and not self._only_day(second):
            day = begin.day
            begin = next_on(add_months(end.replace(day=1), -1 if day > end.day else 0), day)
        if end < begin:
            if self._is_weekday(second):
                end += timedelta(days=7 * ((begin - end).days // 7 + 1))
            elif self._only_day(second):
                end = next_on(begin, end.day)
            else:
                begin, end = (end, begin) if self.past else (begin, end.replace(year=end.year + 1))
        return SpokenDate(i, second.last, DateSpan(min(begin, end), max(begin, end)))

    def _until(self, i: int) -> SpokenDate | None:
        start = self.skip(i, *self.data["until"])
        end = self.single(start)
        if end is None or end.first != start or end.span.last < self.today:
            return None
        return SpokenDate(i, end.last, DateSpan(self.today, end.span.last))

    def _only_day(self, d: SpokenDate) -> bool:
        words = self.words[d.first : d.last]
        return any(ordinal(w) for w in words) and not any(w in self.data["months"] for w in words)

    def _is_weekday(self, d: SpokenDate) -> bool:
        words = self.words[d.first : d.last]
        return any(w in self.data["weekdays"] for w in words) and not any(ordinal(w) for w in words)
