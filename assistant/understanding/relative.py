"""So long before or after something: "three days after she gets home", "the evening before"."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date, datetime, time, timedelta

from assistant.understanding.clock import number_at
from assistant.understanding.dates import spoken_dates
from assistant.understanding.language import load
from assistant.understanding.meaning import AfterEvent, Remembered
from assistant.understanding.phrases import Found, phrases
from assistant.understanding.scene import Scene, Told

_DAYS = {"day": 1, "week": 7, "fortnight": 14, "month": 30}


def relative_due(
    scene: Scene, clauses: Sequence[Told], memories: Sequence[Remembered]
) -> tuple[AfterEvent | None, date | datetime | None]:
    """How long after (or before) what, and the day or moment of it where that is known."""
    after_phrases = phrases("reminders", "patterns", "after")
    told, found = next(((t, f) for t in clauses if (f := after_phrases.find(t.line))), (None, None))
    if told is None or found is None:
        return None, None
    words = found.match.group().split()
    before = "before" in words or "beforehand" in words
    days = _days(words)
    if days is None:
        return None, None
    event = None if found.text("event").split(" ")[0] in {"", "to", "about"} else found.group("event")
    text = scene.said(*_event_words(scene, told, event)) if event else ""
    span = _event_span(told, found, memories, scene)
    due: date | datetime | None = None
    if span:
        due = span + timedelta(days=-days if before else days)
        part = next((load("dates")["parts"][w] for w in words if w in load("dates")["parts"]), None)
        if part is not None:
            due = datetime.combine(due, time(part))
    after = None if before else AfterEvent(_event_text(scene, told, found, text), days)
    return after, due


def _days(words: list[str]) -> int | None:
    """How many days "three days", "a couple of weeks" or "the evening" before or after are."""
    units = {w: days for unit, days in _DAYS.items() for w in load("dates")["units"][unit].split()}
    unit = next((units[w] for w in words if w in units), None)
    if words[0] == "the":
        return 1 if words[1] in {"day", "evening", "night", "morning", "afternoon", "eve", "week"} else None
    if unit is None:
        return None
    at = next(i for i, w in enumerate(words) if w in units)
    words = words[max(0, at - 3) : at + 1]
    while len(words) > 2 and words[0] not in {"a", "couple", "few", "one"} and number_at(words, 0) is None:
        words = words[1:]
    number = number_at(words, 0)
    for phrase, amount in (
        ("a couple of", 2),
        ("couple of", 2),
        ("a few", 3),
        ("few", 3),
        ("a", 1),
        ("one", 1),
    ):
        if " ".join(words).startswith(phrase + " "):
            return amount * unit
    return number[0] * unit if number else None


def _event_words(scene: Scene, told: Told, event: tuple[int, int]) -> tuple[int, int]:
    first = event[0]
    end = first
    while end < told.clause.last and scene.words[end].plain != "to" and end - first < 7:
        end += 1
        if scene.words[end - 1].mark:
            break
    return first, max(end, first + 1)


def _event_text(scene: Scene, told: Told, found: Found, text: str) -> str:
    return text


def _event_span(told: Told, found: Found, memories: Sequence[Remembered], scene: Scene) -> date | None:
    """The last day of the event meant: the one that shares a word with it, else the last one with a day."""
    dated = [m for m in memories if m.when and m.kind in {"plan", "event", "fact", "promise"}]
    rest = told.line.text[found.match.start() :].split()
    stated = next((d for d in spoken_dates(rest[_past_link(rest) :], scene.now) if not d.frequent), None)
    words = {w for w in rest if len(w) > 2 and not w.startswith("@")} - {
        "after",
        "before",
        "days",
        "day",
        "week",
        "weeks",
        "the",
        "that",
    }
    alike = {
        "wedding": "married",
        "op": "prostate",
        "operation": "surgery",
        "home": "back",
        "left": "leaving",
        "due": "baby",
        "birth": "baby",
    }
    words |= {alike[w] for w in words & set(alike)}
    for memory in reversed(dated):
        text = memory.text.lower()
        if memory.when and any(
            re.search(rf"\b{re.escape(w[:5])}", text)
            for w in words
            if w not in {"ring", "ask", "send", "call", "her", "him"}
        ):
            return memory.when.first if "before" in rest else memory.when.last
    if stated:
        return stated.span.last
    named = found.text("event").split(" ")[0]
    vague = named in {"", "to", "about", "that", "it", "then"} or bool({"that", "it"} & set(rest[:6]))
    if dated and vague:
        last = dated[-1].when
        return last.first if last and "before" in rest else last.last if last else None
    return None


def _past_link(words: list[str]) -> int:
    """Past "before" or "after", where the event begins: the amount before it counts from there."""
    return next((i + 1 for i, w in enumerate(words) if w in {"before", "after", "from"}), 0)
