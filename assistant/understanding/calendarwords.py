"""The words that dates are made of, from the language's data."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any

from assistant.understanding.language import load
from assistant.understanding.words import plain_words


def ordinal(word: str) -> int:
    """The number of "14th", "fourteenth" or "twenty-first"; 0 if it is none."""
    data = calendar_words()
    if word in data["ordinals"]:
        return int(data["ordinals"][word])
    for ending in data["ordinal_ending"]:
        if word.endswith(ending) and word[: -len(ending)].isdecimal() and len(word) <= 4:
            return int(word[: -len(ending)])
    tens, _, ones = word.partition("-")
    return int(data["tens"][tens] + data["ordinals"].get(ones, 0)) if ones and tens in data["tens"] else 0


@lru_cache
def calendar_words() -> dict[str, Any]:
    """Weekdays, months, units and the small words around them, by what they stand for."""
    raw = load("dates")
    words = raw["words"]
    weekdays = {name: number for number, names in enumerate(raw["weekdays"]) for name in names.split()}
    months = {name: number for number, names in enumerate(raw["months"], 1) for name in names.split()}
    ordinals = {word: number for number, word in enumerate(raw["ordinals"].split()) if number}
    units = {w: unit for unit, names in raw["units"].items() if isinstance(names, str) for w in names.split()}
    holidays = {plain_words(name): tuple(map(int, day.split("-"))) for name, day in raw["holidays"].items()}
    return {
        "weekdays": weekdays,
        "months": months,
        "ordinals": {**ordinals, **raw["tens_ordinals"]},
        "tens": raw["tens"],
        "units": units,
        "half_hour": [tuple(p.split()) for p in raw["units"]["half_hour"]],
        "amounts": _longest_first(raw["amounts"]),
        "days": _longest_first(raw["days"]),
        "holidays": sorted(holidays.items(), key=lambda pair: -len(pair[0])),
        "ordinal_ending": raw["ordinal_ending"].split(),
        "unsure_months": frozenset(raw["unsure_months"].split()),
        "unsure_weekdays": frozenset(raw["unsure_weekdays"].split()),
        "before_month": frozenset(raw["before_month"].split()),
        "from": frozenset(words["from"]),
        "in": frozenset(words["in"]),
        "from_today": frozenset(words["from_today"]),
        **{key: frozenset(words[key].split()) for key in ("next", "this", "last", "ago", "week")},
        **{key: _phrases(words[key]) for key in ("whole", "part", "to", "until")},
        "time": _phrases(["time", "from now", "hence"]),
        "weekend": _phrases(["weekend", "week end", "weak end"]),
    }


def _phrases(names: Sequence[str]) -> list[tuple[str, ...]]:
    return sorted((tuple(name.split()) for name in names), key=lambda phrase: -len(phrase))


def _longest_first(table: Mapping[str, int]) -> list[tuple[tuple[str, ...], int]]:
    return sorted(((tuple(k.split()), v) for k, v in table.items()), key=lambda pair: -len(pair[0]))
