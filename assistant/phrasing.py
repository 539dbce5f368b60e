"""From what was done to what is said. All wording is in phrases.en.toml; here it is only filled in and joined."""

from __future__ import annotations

import tomllib
from calendar import monthrange
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any

from memory.dates import DateSpan


@dataclass(frozen=True, slots=True)
class Line:
    """One phrase and what fills its slots: text, dates, lists, or lines within it."""

    phrase: str
    slots: Mapping[str, Slot] = field(default_factory=dict)


Slot = str | date | DateSpan | Line | Sequence["Slot"]


@dataclass(frozen=True, slots=True)
class Reply:
    """What is said back. ``expects_answer``: it is a question."""

    text: str
    expects_answer: bool = False


def line(phrase: str, **slots: Slot) -> Line:
    return Line(phrase, slots)


def phrase(lines: Sequence[Line], now: datetime) -> str:
    """The lines as one text. ``now`` is local: days are said as today, tomorrow, on Saturday."""
    return " ".join(_say(one, now) for one in lines)


@cache
def phrases() -> dict[str, tuple[str, ...]]:
    """Every phrase there is, by name, each in all its wordings: there are several of what comes again and again."""
    return {
        name: (said,) if isinstance(said, str) else tuple(said)
        for name, said in _wording().items()
        if not isinstance(said, dict)
    }


def say_day(day: date, now: datetime) -> str:
    """A day, or a day and time, as people say it: never as a count of days gone by."""
    words = _wording()["words"]
    if isinstance(day, datetime):
        return str(words["at_time"].format(day=say_day(day.date(), now), time=say_time(day)))
    near = {0: "today", 1: "tomorrow", -1: "yesterday"}.get((day - now.date()).days)
    if near:
        return str(words[near])
    month = words["months"][day.month - 1]
    if abs(day - now.date()) < timedelta(days=7):
        return str(words["weekday"].format(weekday=words["weekdays"][day.weekday()]))
    if -180 < (day - now.date()).days < 330:
        return str(words["this_year"].format(day=day.day, month=month))
    return str(words["other_year"].format(month=month, year=day.year))


def say_until(day: date, now: datetime) -> str:
    """Until when something goes on: "till Friday"; on its last day "today"."""
    words = _wording()["words"]
    if day == now.date():
        return str(words["today"])
    if day - now.date() == timedelta(days=1):
        return str(words["until"].format(day=words["tomorrow"]))
    if day - now.date() < timedelta(days=7):
        return str(words["until"].format(day=words["weekdays"][day.weekday()]))
    return str(words["until"].format(day=f"{day.day} {words['months'][day.month - 1]}"))


def say_time(moment: datetime) -> str:
    """A time of the day as people say it: "9am", "1:30pm", "noon"."""
    words = _wording()["words"]
    if moment.minute == 0 and moment.hour in (0, 12):
        return str(words["noon"] if moment.hour else words["midnight"])
    minutes = f":{moment:%M}" if moment.minute else ""
    return f"{moment.hour % 12 or 12}{minutes}{words['am'] if moment.hour < 12 else words['pm']}"


def say_span(span: DateSpan, now: datetime) -> str:
    """A day; a month that is meant as a whole by its name; else its first and last day."""
    if span.first == span.last:
        return say_day(span.first, now)
    words = _wording()["words"]
    if (span.first.day, span.last.day) == (1, monthrange(span.first.year, span.first.month)[1]):
        return str(words["month"].format(month=words["months"][span.first.month - 1]))
    first, last = (say_day(day, now).removeprefix(words["on"]) for day in (span.first, span.last))
    return str(words["span"].format(first=first, last=last))


def _say(one: Line, now: datetime) -> str:
    wordings = phrases()[one.phrase]
    template = wordings[now.toordinal() % len(wordings)]  # another one each day
    return template.format(**{name: _fill(slot, now) for name, slot in one.slots.items()})


def _fill(slot: Slot, now: datetime) -> str:
    if isinstance(slot, str):
        return slot
    if isinstance(slot, date):
        return say_day(slot, now)
    if isinstance(slot, DateSpan):
        return say_span(slot, now)
    if isinstance(slot, Line):
        return _say(slot, now)
    return _join([_fill(part, now).strip().removesuffix(".") for part in slot])


def _join(parts: Sequence[str]) -> str:
    if len(parts) < 2:
        return "".join(parts)
    comma = "," if len(parts) > 2 or any(" " in part for part in parts) else ""
    going_on = [parts[0], *(_going_on(part) for part in parts[1:])]
    return f"{', '.join(going_on[:-1])}{comma} {_wording()['words']['and']} {going_on[-1]}"


def _going_on(part: str) -> str:
    """As it is said inside a sentence: "you lent", not "You lent"."""
    return part[:1].lower() + part[1:] if part.split(" ")[0] in _wording()["words"]["small"].split() else part


@cache
def _wording() -> dict[str, Any]:
    return tomllib.loads((Path(__file__).parent / "phrases.en.toml").read_text(encoding="utf-8"))
