"""What kind of thing a statement is, whether it is past, and whether it is better not said aloud."""

from __future__ import annotations

import re
from dataclasses import replace
from itertools import pairwise

from assistant.understanding.language import load, word_set
from assistant.understanding.meaning import Kind, Remembered
from assistant.understanding.phrases import Line, phrases
from assistant.understanding.scene import Scene
from memory.dates import DateSpan


def kind_of(line: Line, span: DateSpan | None, scene: Scene) -> Kind:
    """The kind of a plain statement."""
    if phrases("kinds", "preference", "patterns").find(line):
        return "preference"
    if is_birthday(line):
        return "fact"
    today = scene.now.date()
    ahead = span is not None and span.last >= today
    if ahead and span != DateSpan(today, today):
        return "plan"
    if phrases("kinds", "holds", "patterns").find(line):
        return "fact"
    planned = phrases("kinds", "plan", "patterns").find(line)
    happened = phrases("kinds", "event", "patterns").find(line)
    if planned and not (happened and not ahead):
        return "plan" if re.search(load("kinds")["plan"]["ahead"], line.text) else "event" if happened else "plan"
    return "event" if happened else "fact"


def is_birthday(line: Line) -> bool:
    """Birthdays and pregnancies are facts, whatever their day."""
    return bool(re.search(load("kinds")["birthday"]["said"], line.text))


def is_past(line: Line) -> bool:
    """Whether the wording is of what has happened."""
    if phrases("kinds", "past", "never").find(line):
        return False
    if phrases("kinds", "past", "patterns").find(line):
        return True
    words = line.text.split()
    return any(
        word.endswith("ed") and len(word) > 4 and before not in word_set("kinds", "past", "present")
        for before, word in pairwise(["", *words])
    )


def is_hard(line: Line) -> bool:
    """Whether it tells of a loss, however it may sound."""
    return phrases("kinds", "sensitive", "hard").find(line) is not None


def is_sensitive(line: Line) -> bool:
    if phrases("kinds", "sensitive", "public").find(line) or phrases("kinds", "sensitive", "never").find(line):
        return False
    if phrases("kinds", "sensitive", "patterns").find(line):
        return True
    return bool(re.search(load("kinds")["sensitive"]["pregnant"], line.text)) and bool(
        phrases("kinds", "sensitive", "pregnancy_private").find(line)
    )


def with_privacy(scene: Scene, kept: list[tuple[int, Remembered]]) -> list[Remembered]:
    """The memories, those that the speaker called private marked as sensitive: in the same sentence, else the
    last before it, else the first after."""
    private: set[int] = set()
    for told in scene.told:
        if phrases("kinds", "sensitive", "private").find(told.line):
            here = told.clause.sentence
            same = [i for i, (sentence, _) in enumerate(kept) if sentence == here]
            before = [i for i, (sentence, _) in enumerate(kept) if sentence < here]
            private.update(same or before[-1:] or range(min(1, len(kept))))
    return [
        replace(m, sensitive=True) if i in private and m.kind not in {"gift", "preference"} else m
        for i, (_, m) in enumerate(kept)
    ]
