"""Spoken times of day: "half eight", "quarter to nine", "3pm", "noon"."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import time
from functools import lru_cache
from typing import Any

from assistant.understanding.language import load

_EARLIEST_GUESS = 7  # an hour without morning or evening is not in the night: "at six" is 18:00, "at seven" 07:00


@dataclass(frozen=True, slots=True)
class SpokenTime:
    """Words ``first:last`` say this time; ``certain`` if morning or evening was said or cannot be doubted."""

    first: int
    last: int
    at: time
    certain: bool = True


def time_at(words: Sequence[str], start: int) -> SpokenTime | None:
    """The time of day that begins at this word, if one does."""
    data = _clock()
    part = data["parts"].get(words[start]) if start < len(words) else None
    if part is not None:
        return SpokenTime(start, start + 1, time(part))
    i = start
    led = words[i] in data["before"]
    while i < len(words) and words[i] in data["before"]:
        i += 1
    read = _clock_face(words, i, data)
    if read is None:
        return _named_part(words, start, i) if led else None
    end, hour, minute, shaped = read
    end, half, marked = _half_of_day(words, end, data)
    if not (led or shaped or marked) or hour > 24:
        return None
    return SpokenTime(start, end, *_placed(hour % 24, minute, half))


def number_at(words: Sequence[str], start: int) -> tuple[int, int] | None:
    """A whole number in words or digits: (its value, past its last word)."""
    if start >= len(words):
        return None
    data, word = _clock(), words[start]
    if word.isdecimal() and len(word) <= 4:
        return int(word), start + 1
    if word in data["numbers"]:
        return data["numbers"][word], start + 1
    tens, _, ones = word.partition("-")
    if tens not in data["tens"]:
        return None
    if ones:
        return (data["tens"][tens] + data["numbers"][ones], start + 1) if ones in data["numbers"] else None
    follow = data["numbers"].get(words[start + 1], 0) if start + 1 < len(words) else 0
    return (data["tens"][tens] + follow, start + 2) if 0 < follow < 10 else (data["tens"][tens], start + 1)


def _named_part(words: Sequence[str], start: int, i: int) -> SpokenTime | None:
    part = _clock()["parts"].get(words[i]) if i < len(words) else None
    return SpokenTime(start, i + 1, time(part)) if part is not None else None


def _clock_face(words: Sequence[str], i: int, data: Mapping[str, Any]) -> tuple[int, int, int, bool] | None:
    """(past the last word, hour, minute, whether it can only be a time)."""
    if i >= len(words):
        return None
    if words[i] in data["half"] or words[i] == data["quarter"] or words[i] == "a":
        return _fraction(words, i, data)
    word = words[i]
    digits, _, rest = word.replace(".", ":").partition(":")
    if rest.isdecimal() and len(rest) == 2 and digits.isdecimal() and int(digits) < 24 and int(rest) < 60:
        return i + 1, int(digits), int(rest), ":" in word
    for ending in (*data["am"], *data["pm"]):
        if word.endswith(ending) and word[: -len(ending)].isdecimal():
            hour = int(word[: -len(ending)]) % 12
            return i + 1, hour + (12 if ending in data["pm"] else 0), 0, True
    read = number_at(words, i)
    if read is None or read[0] > 24:
        return None
    return _after_number(words, read, data)


def _after_number(
    words: Sequence[str], read: tuple[int, int], data: Mapping[str, Any]
) -> tuple[int, int, int, bool] | None:
    """After "ten": "past nine", "to nine", "thirty" or nothing."""
    number, i = read
    here = words[i] if i < len(words) else ""
    if here in data["past"] or here in data["to"]:
        hour = number_at(words, i + 1)
        if hour is None or hour[0] > 12:
            return None
        total = hour[0] * 60 + (number if here in data["past"] else -number)
        return hour[1], total // 60 % 24, total % 60, True
    minutes = number_at(words, i)
    if minutes and minutes[0] in {5, 10, 15, 20, 25, 30, 35, 40, 45, 50, 55} and number <= 12:
        return minutes[1], number, minutes[0], False
    return i, number, 0, False


def _fraction(words: Sequence[str], i: int, data: Mapping[str, Any]) -> tuple[int, int, int, bool] | None:
    i += words[i] == "a"
    if i >= len(words):
        return None
    half, quarter = words[i] in data["half"], words[i] == data["quarter"]
    link = words[i + 1] if i + 1 < len(words) else ""
    linked = link in data["past"] or (quarter and link in data["to"])
    if not (half or (quarter and linked)):
        return None
    hour = number_at(words, i + 2 if linked else i + 1)
    if hour is None or not 1 <= hour[0] <= 12:
        return None
    total = hour[0] * 60 + (30 if half else -15 if link in data["to"] else 15)
    return hour[1], total // 60 % 24, total % 60, True


def _half_of_day(words: Sequence[str], i: int, data: Mapping[str, Any]) -> tuple[int, str, bool]:
    """Past "o'clock" and "in the morning": (past the last word, "am", "pm" or "", whether anything was said)."""
    start = i
    for phrase in data["sharp"]:
        if tuple(words[i : i + len(phrase)]) == phrase:
            i += len(phrase)
            break
    for skip in ((), ("in", "the"), ("at",), ("this",), ("in", "my")):
        after = i + len(skip)
        if tuple(words[i:after]) == skip and after < len(words):
            if words[after] in data["am"] or words[after] in {"morning", "mornings"}:
                return after + 1, "am", True
            if words[after] in data["pm"] or words[after] in data["later"]:
                return after + 1, "pm", True
    return i, "", i > start


def _placed(hour: int, minute: int, half: str) -> tuple[time, bool]:
    if half == "am":
        return time(hour % 12, minute), True
    if half == "pm" and hour < 12:
        return time(hour % 12 + 12, minute), True
    if hour > 12 or hour == 0 or half:
        return time(hour, minute), True
    if hour == 12:
        return time(12, minute), True
    return time(hour + 12 if hour < _EARLIEST_GUESS else hour, minute), False


@lru_cache
def _clock() -> dict[str, Any]:
    dates = load("dates")
    clock = dates["clock"]
    listed = {key: frozenset(" ".join(clock[key]).split()) for key in ("half", "past", "to")}
    split = {key: frozenset(clock[key].split()) for key in ("before", "am", "pm", "later")}
    return {
        **listed,
        **split,
        "half": frozenset({"half"}),
        "quarter": clock["quarter"],
        "sharp": [tuple(phrase.split()) for phrase in clock["sharp"]],
        "parts": dates["parts"],
        "numbers": {word: value for value, word in enumerate(dates["numbers"].split())},
        "tens": dates["tens"],
    }
