"""Birthdays and weddings told in passing: the day of one, and what was given for it."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from assistant.understanding.language import load
from assistant.understanding.meaning import Remembered
from assistant.understanding.phrases import phrases
from assistant.understanding.scene import Scene, Told
from assistant.understanding.wording import stand_alone
from memory.dates import DateSpan

_LONGEST = 8  # words that tell nothing but a birthday


def birthday_in(scene: Scene, told: Told) -> Remembered | None:
    """The birthday said beside a greeting: "Rang Joan for her birthday. Ninth of May, born 1984"."""
    number, day = _whose_birthday(scene, told), _day_in(scene, told)
    if number is None or day is None:
        return None
    first, last, span = day
    start = next(i for i, words in enumerate(told.line.spans) if words[0] >= first)
    end = next((i for i, words in enumerate(told.line.spans) if words[0] >= last), len(told.line.spans))
    said = stand_alone(scene, told.line, start, end)
    if not said:
        return None
    shown = scene.cast.figures[number].shown
    text = load("memories")["birthday"].format(name=shown, day=f"{said[:1].lower()}{said[1:-1]}")
    return Remembered(scene.names(number), "fact", text, scene.said(first, last), span)


def with_occasion(scene: Scene, told: Told, given: Remembered) -> Remembered:
    """What was given, with what it was for, where only the words before say so: "It was Joan's birthday"."""
    if given.kind != "gift" or given.text[:-1].endswith(tuple(load("memories")["occasions"])):
        return given
    for before in reversed(scene.told[: told.number + 1]):
        for occasion in load("memories")["occasions"]:
            hit = phrases("memories", "occasion", occasion).find(before.line)
            number = hit.person("who") if hit else None
            if number is None or not set(scene.names(number)) & set(given.about) or f" {occasion}" in given.text:
                continue
            shown = next(f.shown for f in scene.cast.figures if f.names == given.about)
            return replace(given, text=f"{given.text[:-1]}, for {shown}'s {occasion}.")
    return given


def _whose_birthday(scene: Scene, told: Told) -> int | None:
    """Whose birthday the clause speaks of, or the one before it."""
    for said in (told, *scene.told[max(0, told.number - 1) : told.number]):
        dated = said is not told and scene.dates(said.clause.first, said.clause.last)
        hit = phrases("memories", "occasion", "birthday").find(said.line)
        if hit and not dated:
            return hit.person("who")
    return None


def _day_in(scene: Scene, told: Told) -> tuple[int, int, DateSpan] | None:
    """The words of a day that stands by itself, and the day: a whole clause, or what follows "birthday"."""
    clause = told.clause
    dates = [d for d in scene.dates(clause.first, clause.last) if d.span.last - d.span.first < timedelta(days=1)]
    for said in dates:
        before = scene.words[said.first - 1].plain if said.first else ""
        opens = said.first - clause.first < 2 and clause.last - clause.first <= _LONGEST
        opens = opens and not any("@" in item for item in told.line.text.split())
        if opens or (before == "the" and said.first > 1 and scene.words[said.first - 2].plain == "birthday"):
            return (clause.first if opens else said.first - 1), clause.last, said.span
        if before == "birthday":
            return said.first, clause.last, said.span
    return None
