"""Feasts and holidays: on which days of a year they are, and how they are said."""

from __future__ import annotations

from datetime import date, timedelta
from functools import lru_cache
from typing import Any

from assistant.understanding.language import load
from assistant.understanding.months import month_span, nth_weekday, week_span, weekend_span
from assistant.understanding.said import Read, Said
from assistant.understanding.words import plain_words
from memory.dates import DateSpan

_Name = tuple[str, ...]
_Rule = tuple[str, Any]


def easter(year: int) -> date:
    """Easter Sunday of the Western churches (Meeus, Jones and Butcher)."""
    a, b, c = year % 19, year // 100, year % 100
    d, e, f = b // 4, b % 4, (b + 8) // 25
    g = (b - f + 1) // 3
    h = (19 * a + b - d - g + 15) % 30
    i, k = c // 4, c % 4
    m = (32 + 2 * e + 2 * i - h - k) % 7
    n = (a + 11 * h + 22 * m) // 451
    month, day = divmod(h + m - 7 * n + 114, 31)
    return date(year, month, day + 1)


def holiday_at(said: Said, i: int) -> Read | None:
    """ "Christmas Eve", "next Easter", "over Christmas", "Diwali 2027", "the August bank holiday weekend"."""
    lead = said.over(i, "the")
    step = said.step(lead)
    start = lead + (step is not None or said.is_in(lead, "coming"))
    for name, rule in _names().get(said.word(start), ()):
        if said.says(start, name):
            return _read(said, i, start, name, rule, step)
    return None


def _read(said: Said, i: int, start: int, name: _Name, rule: _Rule, step: int | None) -> Read | None:
    feasts = load("holidays")
    end = start + len(name)
    if said.word(end) in feasts["after"]["things"].split() or said.word(i - 1) in feasts["greeting"].split():
        return None
    year = said.year_after(end)
    if year:
        days = _days(rule, year[0], said.day_first)
        day, end = (days[0] if days else None), year[1]
    else:
        day = _chosen(said, rule, step)
    if day is None:
        return None
    if said.word(end) == feasts["after"]["weekend"]:
        return end + 1, _weekend_around(day, rule)
    if said.word(end) == feasts["after"]["week"] and name[-1] != feasts["after"]["week"]:
        return end + 1, week_span(day)
    over = feasts["over"].get(" ".join(name))
    led = said.word(i - 1) if said.word(i) != "over" else "over"
    if over and (led == "over" or (said.word(i - 2) == "over" and led == "the")):
        return end, DateSpan(day + timedelta(days=over[0]), day + timedelta(days=over[1]))
    return end, DateSpan(day, day + timedelta(days=_length(rule) - 1))


def _chosen(said: Said, rule: _Rule, step: int | None) -> date | None:
    """The one meant when no year is said."""
    years = range(max(said.today.year - 2, 1), min(said.today.year + 2, 9998) + 1)
    days = [d for year in years for d in _days(rule, year, said.day_first)]
    length = timedelta(days=_length(rule) - 1)
    behind = [d for d in days if d < said.today]
    ahead = [d for d in days if d + length >= said.today]
    if step == 0:
        this = [d for d in days if d.year == said.today.year]
        return next(iter(this or ahead), None)
    if step == -1 or (step is None and said.past):
        latest = behind if step == -1 else [d for d in days if d <= said.today]
        return latest[-1] if latest else None
    if step == 1:
        ahead = [d for d in days if d > said.today]
    return ahead[0] if ahead else None


def _days(rule: _Rule, year: int, day_first: bool) -> list[date]:
    """The days on which the feast begins in that year."""
    kind, what = rule
    if kind == "fixed":
        return [_fixed(what, year)]
    if kind == "easter":
        return [easter(year) + timedelta(days=what)]
    if kind == "weekday":
        return [_nth(what, year)]
    if kind == "mothers":
        return _days(("easter", what["day_first"]) if day_first else ("weekday", what["month_first"]), year, day_first)
    if kind == "bank":
        return _bank_holidays(year)
    return [d for d in _listed(what["on"]) if d.year == year]


def _fixed(day: str, year: int) -> date:
    return date(year, int(day[:2]), int(day[3:]))


def _nth(what: list[int], year: int) -> date:
    day = nth_weekday(month_span(date(year, what[2], 1)), what[1], what[0])
    if day is None:
        raise ValueError(f"no such weekday: {what}")
    return day + timedelta(days=what[3] if len(what) > 3 else 0)


def _bank_holidays(year: int) -> list[date]:
    bank = load("holidays")["bank"]
    days = [easter(year) + timedelta(days=d) for d in bank["easter"]] + [_nth(what, year) for what in bank["weekday"]]
    taken = [_fixed(day, year) for day in bank["fixed"]]
    for day in taken:
        moved = day
        while moved.weekday() > 4 or moved in days or (moved != day and moved in taken):
            moved += timedelta(days=1)
        days.append(moved)
    return sorted(days)


def _weekend_around(day: date, rule: _Rule) -> DateSpan:
    """The weekend beside a holiday, with the holiday where it lengthens it."""
    if rule[0] == "easter" and rule[1] == 0:
        return DateSpan(day - timedelta(days=2), day + timedelta(days=1))
    if day.weekday() == 0:
        return DateSpan(day - timedelta(days=2), day)
    weekend = weekend_span(day)
    return DateSpan(min(day, weekend.first), weekend.last) if day.weekday() >= 3 else weekend


def _length(rule: _Rule) -> int:
    return int(rule[1].get("days", 1)) if rule[0] == "listed" else 1


@lru_cache
def _listed(days: str) -> tuple[date, ...]:
    return tuple(date.fromisoformat(day) for day in days.split())


@lru_cache
def _names() -> dict[str, list[tuple[_Name, _Rule]]]:
    """Every name with its rule, by its first word, the longest first."""
    feasts = load("holidays")
    named: dict[str, _Rule] = {}
    for kind in ("fixed", "easter", "weekday"):
        named |= {name: (kind, what) for name, what in feasts[kind].items()}
    named |= dict.fromkeys(feasts["mothers"]["names"], ("mothers", feasts["mothers"]))
    named |= dict.fromkeys(feasts["mothers"]["always_easter"], ("easter", feasts["mothers"]["day_first"]))
    named |= dict.fromkeys(feasts["bank"]["names"], ("bank", None))
    named |= {name: ("listed", feast) for feast in feasts["listed"] for name in feast["names"]}
    found: dict[str, list[tuple[_Name, _Rule]]] = {}
    for name, rule in named.items():
        words = plain_words(name)
        found.setdefault(words[0], []).append((words, rule))
    return {first: sorted(pairs, key=lambda pair: -len(pair[0])) for first, pairs in found.items()}
