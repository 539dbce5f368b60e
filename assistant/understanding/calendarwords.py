"""The words that dates are made of, from the language's data."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import lru_cache
from typing import Any

from assistant.understanding.language import load
from assistant.understanding.words import plain_words

Phrase = tuple[str, ...]


def ordinal(word: str) -> int:
    """The number of "14th", "fourteenth" or "twenty-first"; 0 if it is none."""
    data = calendar_words()
    if word in data["ordinals"]:
        return int(data["ordinals"][word])
    if word[:1].isdecimal():
        head = word[:-2]
        return int(head) if word[-2:] in data["ordinal_ending"] and head.isdecimal() and len(word) <= 4 else 0
    tens, _, ones = word.partition("-")
    return int(data["tens"][tens] + data["ordinals"].get(ones, 0)) if ones and tens in data["tens"] else 0


@lru_cache
def calendar_words() -> dict[str, Any]:
    """Weekdays, months, units and the small words around them, by what they stand for."""
    raw = load("dates")
    words, units, seasons, years = raw["words"], raw["units"], raw["seasons"], raw["years"]
    ordinals = {word: number for number, word in enumerate(raw["ordinals"].split()) if number}
    listed = {key: phrases_of(names) for key, names in words.items() if not isinstance(names, str)}
    listed |= {key: phrases_of(units[key]) for key in ("half", "and_half")}
    return {
        "openings": {key: frozenset(phrase[0] for phrase in phrases) for key, phrases in listed.items()},
        **listed,
        "weekdays": {name: number for number, names in enumerate(raw["weekdays"]) for name in names.split()},
        "months": {name: number for number, names in enumerate(raw["months"], 1) for name in names.split()},
        "ordinals": {**ordinals, **raw["tens_ordinals"]},
        "tens": raw["tens"],
        "units": {w: unit for unit, names in units.items() if isinstance(names, str) for w in names.split()},
        "of_an_hour": _by_first(units["of_an_hour"]),
        "amounts": _by_first(raw["amounts"]),
        "days": _by_first(raw["days"]),
        "ordinal_ending": frozenset(raw["ordinal_ending"].split()),
        "unsure_months": frozenset(raw["unsure_months"].split()),
        "unsure_weekdays": frozenset(raw["unsure_weekdays"].split()),
        "before_month": frozenset(raw["before_month"].split()),
        "no_days": {key: frozenset(names.split()) for key, names in raw["no_days"].items()},
        "span_parts": _by_first({name: part for part, names in raw["span_parts"].items() for name in names}),
        "seasons": {w: seasons["months"][name] for name in seasons["months"] for w in seasons[name].split()},
        "season_guards": {k: frozenset(seasons[k].split()) for k in seasons if k.startswith(("before", "unsure"))},
        "quarters": {name: number for number, name in enumerate(raw["quarters"]["names"].split(), 1)},
        "quarter": raw["quarters"]["quarter"],
        "before_year": frozenset(years["before"].split()),
        "before_decade": frozenset(years["before_decade"].split()),
        "decades": years["decades"],
        "oh": frozenset(years["oh"].split()),
        "centuries": {years["nineteen"]: 1900, years["twenty"]: 2000},
        "part_words": frozenset(raw["parts"]),
        "nth": {key: phrases_of(names) for key, names in raw["nth"].items()},
        **{key: frozenset(names.split()) for key, names in words.items() if isinstance(names, str)},
    }


@lru_cache
def opening_words() -> frozenset[str]:
    """Every word that a date can begin with."""
    data, feasts = calendar_words(), load("holidays")
    words = set(data["weekdays"]) | set(data["months"]) | set(data["ordinals"]) | set(data["tens"])
    words |= set(load("dates")["numbers"].split()) | set(data["seasons"]) | set(data["quarters"]) | set(data["decades"])
    for table in ("amounts", "days", "span_parts", "of_an_hour"):
        words |= set(data[table])
    for key in ("whole", "around", "until", "from", "in", "weekend", "week_of", "weekend_of", "this_time", "half"):
        words |= {phrase[0] for phrase in data[key]}
    for key in ("next", "this", "coming", "last"):
        words |= data[key]
    words |= {phrase[0] for phrases in data["nth"].values() for phrase in phrases}
    names = [n for table in ("fixed", "easter", "weekday") for n in feasts[table]]
    names += [n for table in (feasts["mothers"], feasts["bank"], *feasts["listed"]) for n in table["names"]]
    names += feasts["mothers"]["always_easter"]
    return frozenset(words | {plain_words(name)[0].split("-")[0] for name in names} | data["also_open"])


def phrases_of(names: Iterable[str]) -> list[Phrase]:
    """The phrases, longest first."""
    return sorted((tuple(name.split()) for name in names), key=lambda phrase: -len(phrase))


def _by_first(table: Mapping[str, Any]) -> dict[str, list[tuple[Phrase, Any]]]:
    """The phrases of a table by their first word, longest first."""
    found: dict[str, list[tuple[Phrase, Any]]] = {}
    for name, value in sorted(table.items(), key=lambda pair: -len(pair[0].split())):
        phrase = tuple(name.split())
        found.setdefault(phrase[0], []).append((phrase, value))
    return found
