"""Spoken times of day: "half eight", "quarter to nine", "3pm", "noon", "from 2 to 4pm"."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import time
from functools import lru_cache
from typing import Any

from assistant.understanding.language import load
from assistant.understanding.numbers import number_at

__all__ = ["SpokenTime", "number_at", "time_at"]

_EARLIEST_GUESS = 7  # an hour without morning or evening is not in the night: "at six" is 18:00, "at seven" 07:00
_Face = tuple[int, int, int, bool]  # past the last word, hour, minute, whether it can only be a time


@dataclass(frozen=True, slots=True)
class SpokenTime:
    """Words ``first:last`` say this time; ``certain`` if morning or evening was said or cannot be doubted."""

    first: int
    last: int
    at: time
    certain: bool = True


def time_at(words: Sequence[str], start: int, alone: bool = False) -> SpokenTime | None:
    """The time of day that begins at this word, if one does; ``alone`` lets a bare number be an hour."""
    data = _clock()
    part = data["parts"].get(words[start]) if start < len(words) else None
    if tuple(words[start : start + len(data["first_thing"])]) == data["first_thing"]:
        return SpokenTime(start, start + len(data["first_thing"]), time(data["parts"]["morning"]))
    if part is not None:
        return SpokenTime(start, start + 1, time(part))
    i = start
    while i < len(words) and words[i] in data["before"]:
        i += 1
    led = i > start
    between = _between(words, start, data)
    if between:
        return between
    if led and words[start] in data["range"] and i == start + 1:
        led = False
    read = _clock_face(words, i, data, led)
    if read is None:
        return _named_part(words, start, i) if led else None
    end, hour, minute, shaped = read
    end, half, marked = _half_of_day(words, end, data)
    half = half or ("am" if words[i][:1] == "0" and hour < 12 else "")
    if not (led or shaped or marked or alone) or hour > 24 or _is_amount(words, end, marked or shaped):
        return None
    return SpokenTime(start, end, *_placed(hour % 24, minute, half))


def _between(words: Sequence[str], start: int, data: Mapping[str, Any]) -> SpokenTime | None:
    """ "from 2 to 4pm", "between nine and half past ten", "3 to 5 pm": the time it begins."""
    led = words[start] in data["range"]
    first = _clock_face(words, start + led, data, led) if start + led < len(words) else None
    if led and first is None and words[start + 1 : start + 2] and words[start + 1] in data["parts"]:
        first = start + 2, data["parts"][words[start + 1]], 0, True
    number = number_at(words, start + led)
    if number and (first is None or (number[1] < len(words) and words[number[1]] in data["until"])):
        first = number[1], number[0], 0, False  # "five to nine" after "from" is no time of its own
    if first is None or first[1] > 24:
        return None
    end, half, marked = _half_of_day(words, first[0], data)
    if end >= len(words) or words[end] not in data["until"] or not (led or first[3] or marked or number):
        return None
    second = _clock_face(words, end + 1, data, True)
    if second is None or second[1] > 24:
        return None
    last, second_half, second_marked = _half_of_day(words, second[0], data)
    suffix = second_half or ("pm" if second[3] and second[1] > 12 and ":" not in words[end + 1] else "")
    before_day = last == len(words) or words[last] in data["before_day"]
    sure = marked or second_marked or first[3] or second[3] or (before_day and second[1] <= 12)
    if not sure or (not led and not (suffix and (second_marked or second[3])) and not (first[3] and second[3])):
        return None
    if not led and not first[3] and not marked and (first[1] % 5 == 0 or not words[start].isdecimal()):
        return None  # "ten to nine pm"
    half = half or (suffix if first[1] <= second[1] % 12 or suffix == "am" else "am" if suffix == "pm" else "")
    return SpokenTime(start, last, *_placed(first[1] % 24, first[2], half if first[1] <= 12 else ""))


def _is_amount(words: Sequence[str], end: int, shaped: bool) -> bool:
    """ "at five minutes", "for ten days", "about six guests": a number that counts something."""
    if shaped or end >= len(words):
        return False
    word, data = words[end], _clock()
    plural = len(word) > 3 and word.endswith("s") and word.isalpha() and word not in data["before_day"]
    return plural or word in data["counted"]


def _named_part(words: Sequence[str], start: int, i: int) -> SpokenTime | None:
    part = _clock()["parts"].get(words[i]) if i < len(words) else None
    return SpokenTime(start, i + 1, time(part)) if part is not None else None


def _clock_face(words: Sequence[str], i: int, data: Mapping[str, Any], led: bool) -> _Face | None:
    if i >= len(words):
        return None
    word = words[i]
    if word in data["half"] or word == data["quarter"] or word == "a":
        return _fraction(words, i, data)
    if word[:1].isdecimal():
        face = _digits(word, led, data)
        if face:
            return i + 1, *face
    read = number_at(words, i)
    if read is None:
        vague = number_at([word.removesuffix(data["ish"])], 0) if word.endswith(data["ish"]) else None
        return (i + 1, vague[0], 0, True) if vague and vague[0] <= 24 else None
    if read[0] % 100 < 60 and 100 <= read[0] < 2400 and led and word.isdecimal() and len(word) == 4:
        return i + 1, read[0] // 100, read[0] % 100, False
    return _after_number(words, read, data) if read[0] <= 60 else None


def _digits(word: str, led: bool, data: Mapping[str, Any]) -> tuple[int, int, bool] | None:
    """ "10:15", "6.30pm", "3pm" as hour, minute and whether it can only be a time."""
    for ending, half in data["endings"]:
        if word.endswith(ending):
            hour, _, minute = word[: -len(ending)].replace(".", ":").partition(":")
            if hour.isdecimal() and int(hour) <= 12 and (not minute or (minute.isdecimal() and int(minute) < 60)):
                return int(hour) % 12 + 12 * (half == "pm"), int(minute or 0), True
            return None
    digits, _, rest = word.replace(".", ":").partition(":")
    if rest.isdecimal() and len(rest) == 2 and digits.isdecimal() and int(digits) < 24 and int(rest) < 60:
        return int(digits), int(rest), ":" in word
    return None


def _after_number(words: Sequence[str], read: tuple[int, int], data: Mapping[str, Any]) -> _Face | None:
    """After "ten": "past nine", "minutes to nine", "thirty" or nothing."""
    number, i = read
    link = i + (i < len(words) and words[i] in data["minutes"])
    here = words[link] if link < len(words) else ""
    if here in data["past"] or here in data["to"]:
        hour = _hour(words, link + 1, data)
        if hour is None or not 0 < number < 60:
            return None if link > i or number > 24 else (i, number, 0, False)
        total = hour[0] * 60 + (number if here in data["past"] else -number)
        return hour[1], total // 60 % 24, total % 60, True
    if number > 24 or link > i:
        return None
    minutes = number_at(words, i)
    if minutes and minutes[0] in {5, 10, 15, 20, 25, 30, 35, 40, 45, 50, 55} and number <= 23:
        return minutes[1], number, minutes[0], False
    return i, number, 0, False


def _fraction(words: Sequence[str], i: int, data: Mapping[str, Any]) -> _Face | None:
    """ "half eight", "half past eight", "a quarter to nine"."""
    i += words[i] == "a"
    if i >= len(words):
        return None
    half, quarter = words[i] in data["half"], words[i] == data["quarter"]
    link = words[i + 1] if i + 1 < len(words) else ""
    to = quarter and (link in data["to"] or link == data["of"])
    linked = link in data["past"] or to
    if not (half or (quarter and linked)):
        return None
    hour = _hour(words, i + 2 if linked else i + 1, data)
    if hour is None:
        return None
    total = hour[0] * 60 + (30 if half else -15 if to else 15)
    return hour[1], total // 60 % 24, total % 60, True


def _hour(words: Sequence[str], i: int, data: Mapping[str, Any]) -> tuple[int, int] | None:
    """The hour after "past" or "to": 1 to 12, noon or midnight; and past it."""
    if i < len(words) and words[i] in data["parts"] and data["parts"][words[i]] in {0, 12}:
        return data["parts"][words[i]] or 24, i + 1
    if i < len(words) and words[i][:1].isdecimal() and not words[i].isdecimal():
        face = _digits(words[i], True, data)
        return (face[0] or 24, i + 1) if face and not face[1] else None
    hour = number_at(words, i)
    return hour if hour and 1 <= hour[0] <= 12 else None


def _half_of_day(words: Sequence[str], i: int, data: Mapping[str, Any]) -> tuple[int, str, bool]:
    """Past "o'clock" and "in the morning": (past the last word, "am", "pm" or "", whether anything was said)."""
    start = i
    for phrase in data["sharp"]:
        if tuple(words[i : i + len(phrase)]) == phrase:
            i += len(phrase)
            break
    for skip in data["before_half"]:
        after = i + len(skip)
        if tuple(words[i:after]) == skip and after < len(words):
            if words[after] in data["am"] or words[after] in data["earlier"]:
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
    halves = {key: frozenset(clock[key].split()) for key in ("am", "pm")}
    return {
        **{key: frozenset(" ".join(clock[key]).split()) for key in ("past", "to")},
        **{key: frozenset(clock[key].split()) for key in ("before", "later", "earlier", "range", "until", "minutes")},
        **halves,
        "half": frozenset({clock["half"][-1]}),
        "quarter": clock["quarter"],
        "of": clock["of"],
        "ish": clock["ish"],
        "before_day": {*clock["before_day"].split(), *" ".join(dates["weekdays"]).split()},
        "first_thing": tuple(clock["first_thing"].split()),
        "before_half": [(), *(tuple(phrase.split()) for phrase in clock["before_half"])],
        "sharp": [tuple(phrase.split()) for phrase in clock["sharp"]],
        "endings": [(ending, half) for half, endings in halves.items() for ending in endings],
        "parts": dates["parts"],
        "counted": {
            *dates["no_days"]["after_number"].split(),
            *(w for names in dates["units"].values() if isinstance(names, str) for w in names.split()),
        },
    }
