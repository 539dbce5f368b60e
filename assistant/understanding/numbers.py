"""Whole numbers in words or digits: "twenty-one", "a hundred and five", "12"."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from typing import Any

from assistant.understanding.language import load


def number_at(words: Sequence[str], start: int) -> tuple[int, int] | None:
    """A whole number in words or digits: (its value, past its last word)."""
    if start >= len(words):
        return None
    word = words[start]
    if word.isdecimal():
        return (int(word), start + 1) if len(word) <= 4 else None
    data = _number_words()
    small = _below_hundred(words, start)
    scaled = words[start + 1] if word == "a" and start + 1 < len(words) else ""
    if scaled in data["scales"]:
        small = 1, start + 1
    if small is None or small[1] >= len(words) or words[small[1]] not in data["scales"] or not small[0]:
        return small
    total, end = small[0] * data["scales"][words[small[1]]], small[1] + 1
    joined = end + (end < len(words) and words[end] == data["and"])
    rest = _below_hundred(words, joined)
    if rest and rest[0]:
        return total + rest[0], rest[1]
    return total, end


def _below_hundred(words: Sequence[str], start: int) -> tuple[int, int] | None:
    if start >= len(words):
        return None
    data, word = _number_words(), words[start]
    tens, _, ones = word.partition("-")
    if tens not in data["tens"]:
        return (data["numbers"][word], start + 1) if word in data["numbers"] else None
    if ones:
        return (data["tens"][tens] + data["numbers"][ones], start + 1) if ones in data["numbers"] else None
    follow = data["numbers"].get(words[start + 1], 0) if start + 1 < len(words) else 0
    return (data["tens"][tens] + follow, start + 2) if 0 < follow < 10 else (data["tens"][tens], start + 1)


@lru_cache
def _number_words() -> dict[str, Any]:
    dates = load("dates")
    return {
        "numbers": {word: value for value, word in enumerate(dates["numbers"].split())},
        "tens": dates["tens"],
        "scales": {dates["hundred"]: 100, dates["thousand"]: 1000},
        "and": dates["and"],
    }
