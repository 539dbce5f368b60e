"""What someone can have only one of at a time: a home, an employer, a birthday, a day for one plan."""

from __future__ import annotations

import hashlib
import re
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from memory.records import Memory, Person

_RULES = Path(__file__).parent / "slots.en.toml"

Slot = tuple[int, str]
"""Whose it is (a person's id), and what: "home", "birthday:mother", "plan:wedding"."""


@dataclass(frozen=True, slots=True)
class Claim:
    """What a memory says of one slot: that it holds, with its value in words where a rule names it, or is over.

    ``many``: any number of memories may say it, and none takes another's place.
    """

    slot: Slot
    holds: bool
    value: str | None = None
    many: bool = False


@dataclass(frozen=True, slots=True)
class _Pattern:
    name: str
    regex: re.Pattern[str]
    holds: bool
    rule: dict[str, Any]


def claims(memory: Memory) -> list[Claim]:
    """All that ``memory`` says of slots, each once; nothing for most memories."""
    return list({(c.slot, c.holds): c for c in _claims(memory)}.values())


def occupied(memory: Memory) -> frozenset[Slot]:
    """What ``memory`` says the one value of."""
    return frozenset(c.slot for c in claims(memory) if c.holds and not c.many)


@cache
def version() -> str:
    """Changes with the rules: what was derived by others is derived anew."""
    return hashlib.sha256(_RULES.read_bytes()).hexdigest()[:16]


def says_no_more(new: str, old: str) -> bool:
    """Whether ``new`` only says again what ``old`` says already."""
    denied = re.compile(_table()["denied"])
    return content(new) <= content(old) and not denied.search(new) and not denied.search(old)


def relative_in(text: str, person: Person) -> str | None:
    """The role of the relative whom ``text`` begins with: "mother" for "Joan's mum had surgery."."""
    match = re.match(rf"(?:{_ways(person)})['’]s ([\w -]+)", text, re.IGNORECASE)
    words = match.group(1).casefold().split() if match else []
    return next((role for n in (1, 2, 3) if (role := role_of(" ".join(words[:n])))), None)


def role_of(words: str) -> str | None:
    """The role that ``words`` are, in its plainest word, if one person at a time has it: "mother" for "mum"."""
    role = _plainest(words)
    return role if role in _table()["single_roles"].split() else None


def with_its_day(old: str, new: str) -> str | None:
    """``old`` with the day that ``new`` says, where the day is all that is new in it; else None.

    "Joan is moving to Bangalore in July." and "Joan moves in August." give "Joan is moving to Bangalore in August."
    """
    then, now = day_words(old), day_words(new)
    if not then or not now:
        return None
    rest = {w[:3] for w in content(new.replace(now, ""))}
    if not rest <= {w[:3] for w in content(old)}:
        return None
    return old.replace(then, now)


def day_words(text: str) -> str | None:
    """The words of ``text`` that say when, the last if there are several."""
    found = all_day_words(text)
    return found[-1] if found else None


def all_day_words(text: str) -> list[str]:
    return [found.group().strip() for found in _days().finditer(text)]


def undated(memory: Memory) -> str:
    """Its words without those that say the day, which are true only when they are told: "tomorrow"."""
    names = {n for p in memory.about for name in (p.name, *p.also) for n in (name, *name.split())}
    table = _table()
    day = f"(?i:{_filled(table['days'])})"
    days = re.compile(f"{day}{table['of_the_day']}(?: (?:{table['till']}) {day})?")
    text = days.sub(lambda found: found.group() if found.group().strip() in names else "", memory.text)
    text = " ".join(text.replace(" .", ".").split()).rstrip(".")
    return re.sub(table["dangling"], "", text).strip() + "."


def content(text: str) -> set[str]:
    """The words of ``text`` but for the light ones, lower case."""
    return set(re.findall(r"\w+", text.casefold())) - set(_table()["light"].split())


def _claims(memory: Memory) -> Iterator[Claim]:
    for pattern in _patterns():
        match = pattern.regex.search(memory.text) if _may(memory, pattern.rule) else None
        if match:
            value = match.groupdict().get("value")
            for person_id, thing in _whose(match.group("who"), memory.about):
                if key := _key(pattern, thing, match, memory.place):
                    yield Claim((person_id, key), pattern.holds, value, bool(pattern.rule.get("many")))


def _may(memory: Memory, rule: dict[str, Any]) -> bool:
    return memory.kind in rule.get("kinds", [memory.kind]) and (not rule.get("dated") or memory.when is not None)


def _whose(who: str, about: tuple[Person, ...]) -> list[tuple[int, str]]:
    """The people that ``who`` names, each with what of theirs it is: "" for themselves, "gran" for "Joan's gran"."""
    found = []
    for part in re.split(r" and | & ", who):
        for person in about:
            if match := re.fullmatch(rf"(?:{_ways(person)})(?:['’]s ([\w'’ -]{{1,60}}))?", part.strip(), re.IGNORECASE):
                found.append((person.id, (match.group(1) or "").casefold()))
                break
        else:
            return []
    return found


def _ways(person: Person) -> str:
    names = {n for name in (person.name, *person.also) for n in (name, name.split(" ")[0])}
    return "|".join(map(re.escape, sorted(names, key=len, reverse=True)))


def _key(pattern: _Pattern, thing: str, match: re.Match[str], place: str | None) -> str | None:
    """The slot's name with what it is of; None where it is not single after all."""
    what = _plainest(match.groupdict().get("thing") or thing)
    rule = pattern.rule
    if rule.get("of_something") and not what:
        return None
    if rule.get("single_roles") and what.split(" ")[-1] not in _table()["single_roles"].split():
        return None
    if rule.get("by_place"):
        return f"{pattern.name}:{what}:{place.casefold()}" if place else None
    if rule.get("fixed"):
        what = f"{rule['fixed']} {thing}".strip()
    return f"{pattern.name}:{what}" if what else pattern.name


def _plainest(thing: str) -> str:
    """ "her new mum" is "mother": words that only decorate go, and of words that mean the same one is taken."""
    words = [w for w in thing.split(" ") if w not in _table()["decoration"].split()]
    same: dict[str, str] = _table()["same"]
    return " ".join(w for word in words if (w := same.get(word, word)))


@cache
def _patterns() -> tuple[_Pattern, ...]:
    return tuple(
        _Pattern(rule["slot"], re.compile(_filled(text), re.IGNORECASE), group == "holds", rule)
        for rule in _table()["rules"]
        for group in ("holds", "ends")
        for text in rule.get(group, [])
    )


@cache
def _days() -> re.Pattern[str]:
    return re.compile(_filled(_table()["days"]), re.IGNORECASE)


def _filled(text: str) -> str:
    """``text`` with its macros, which may hold macros themselves."""
    for name, macro in (*_table()["macros"].items(),) * 3:
        text = text.replace(f"{{{name}}}", macro)
    return text


@cache
def _table() -> dict[str, Any]:
    return tomllib.loads(_RULES.read_text(encoding="utf-8"))
