"""So long before or after something: "three days after she gets home", "the evening before"."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date, datetime, time, timedelta

from assistant.understanding.clock import number_at
from assistant.understanding.dates import spoken_dates
from assistant.understanding.language import load, word_set
from assistant.understanding.meaning import AfterEvent, Remembered
from assistant.understanding.phrases import Found, phrases
from assistant.understanding.scene import Scene, Told

_DAYS = {"day": 1, "week": 7, "fortnight": 14, "month": 30}


def relative_due(
    scene: Scene, told: Told, memories: Sequence[Remembered]
) -> tuple[AfterEvent | None, date | datetime | None]:
    """How long after (or before) what, and the day or moment of it where that is known."""
    found = phrases("reminders", "patterns", "after").find(told.line)
    if found is None:
        return None, None
    words = found.match.group().split()
    before = not word_set("reminders", "relative", "before").isdisjoint(words)
    days = _days(words)
    if days is None:
        return None, None
    named = found.text("event").split(" ")[0]
    event = found.group("event") if named and named not in word_set("reminders", "relative", "no_event") else None
    text = scene.said(*_event_words(scene, told, event)) if event else ""
    span = _event_span(told, found, memories, scene)
    due: date | datetime | None = None
    if span:
        due = span + timedelta(days=-days if before else days)
        part = next((load("dates")["parts"][w] for w in words if w in load("dates")["parts"]), None)
        if part is not None:
            due = datetime.combine(due, time(part))
    after = None if before else AfterEvent(text, days)
    return after, due


def _days(words: list[str]) -> int | None:
    """How many days "three days", "a couple of weeks" or "the evening" before or after are."""
    units = {w: days for unit, days in _DAYS.items() for w in load("dates")["units"][unit].split()}
    unit = next((units[w] for w in words if w in units), None)
    if words[0] == "the":
        return 1 if words[1] in word_set("reminders", "relative", "one_day") else None
    if unit is None:
        return None
    at = next(i for i, w in enumerate(words) if w in units)
    words = words[max(0, at - 3) : at + 1]
    amounts = load("reminders")["relative"]["amounts"]
    openings = {phrase.split()[0] for phrase in amounts}
    while len(words) > 2 and words[0] not in openings and number_at(words, 0) is None:
        words = words[1:]
    number = number_at(words, 0)
    for phrase, amount in amounts.items():
        if " ".join(words).startswith(phrase + " "):
            return int(amount) * unit
    return number[0] * unit if number else None


def _event_words(scene: Scene, told: Told, event: tuple[int, int]) -> tuple[int, int]:
    first = event[0]
    end = first
    while end < told.clause.last and scene.words[end].plain != "to" and end - first < 7:
        end += 1
        if scene.words[end - 1].mark:
            break
    return first, max(end, first + 1)


def _event_span(told: Told, found: Found, memories: Sequence[Remembered], scene: Scene) -> date | None:
    """The last day of the event meant: the one that shares a word with it, else the last one with a day."""
    dated = [m for m in memories if m.when and m.kind in {"plan", "event", "fact", "promise"}]
    rest = told.line.text[found.match.start() :].split()
    rest += _rest_of_sentence(scene, told)
    stated = next((d for d in spoken_dates(rest[_past_link(rest) :], scene.now) if not d.frequent), None)
    words = {w for w in rest if len(w) > 2 and not w.startswith("@")} - word_set("reminders", "relative", "small")
    alike = load("reminders")["relative"]["alike"]
    words |= {alike[w] for w in words & set(alike)}
    words -= word_set("reminders", "relative", "actions")
    for memory in reversed(dated):
        text = memory.text.lower()
        if memory.when and any(re.search(rf"\b{re.escape(w[:5])}", text) for w in words):
            return memory.when.first if "before" in rest else memory.when.last
    if stated:
        return stated.span.last
    named = found.text("event").split(" ")[0]
    vague = not named or named in word_set("reminders", "relative", "vague")
    vague = vague or not word_set("reminders", "relative", "pronouns").isdisjoint(rest[:6])
    spoken_of = {n for item in told.line.text.split() if item[0] == "@" for n in scene.names(int(item[1:]))}
    ahead = [m for m in dated if m.when and m.when.last >= scene.now.date() and spoken_of.intersection(m.about)]
    last = (dated if vague else ahead)[-1:]
    if last and last[0].when:
        return last[0].when.first if "before" in rest else last[0].when.last
    return None


def _rest_of_sentence(scene: Scene, told: Told) -> list[str]:
    """Of "… two days before her birthday, which is the 11th": what follows the clause."""
    after = [t for t in scene.told if t.clause.first >= told.clause.last and t.clause.sentence == told.clause.sentence]
    return [word for t in after for word in t.line.text.split()]


def _past_link(words: list[str]) -> int:
    """Past "before" or "after", where the event begins: the amount before it counts from there."""
    return next((i + 1 for i, w in enumerate(words) if w in word_set("reminders", "relative", "links")), 0)
