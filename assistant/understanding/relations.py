"""Who is who to whom: "her husband Femi", "his dog is called Pickle", "two kids, Theo and Margot"."""

from __future__ import annotations

import re
from functools import lru_cache

from assistant.understanding.contacts import met_in
from assistant.understanding.language import load, word_set
from assistant.understanding.lexicon import all_roles
from assistant.understanding.meaning import Remembered
from assistant.understanding.phrases import Line, macros_of, translate
from assistant.understanding.scene import Scene, Told


def relations(scene: Scene, told: Told) -> list[Remembered]:
    """The relations a clause names."""
    found: dict[tuple[str, ...], Remembered] = {}
    line = told.line
    for pattern in _patterns():
        for match in pattern.finditer(line.text):
            memory = _relation(scene, told, line, match)
            if memory and memory.about not in found:
                found[memory.about] = memory
    if (memory := _beside_role(scene, told)) and memory.about not in found:
        found[memory.about] = memory
    return list(found.values())


def _beside_role(scene: Scene, told: Told) -> Remembered | None:
    """ "Her eldest, Anjali, is seven and the little one, Kiran, is five": who was to be told of when a clause ended."""
    if told.number < 2:
        return None
    before, alone = (t.line.text for t in scene.told[told.number - 2 : told.number])
    role = re.fullmatch(rf"(?:\S+ )?the ({_roles()}) ", alone)
    other = re.match(r"@(\d+) ", told.line.text)
    whose = re.findall(r"@(\d+) 's ", before)
    if role is None or other is None or not whose or other[1] in whose:
        return None
    named, owner = (scene.cast.figures[int(n)].shown for n in (other[1], whose[0]))
    plainest = load("relations")["plainer"].get(role[1], role[1])
    return _kept(scene, told, (int(whose[0]), int(other[1])), f"{named} is {owner}'s {plainest}.")


def to_speaker(scene: Scene, told: Told) -> list[Remembered]:
    """Who someone new, whom the speaker met, is to the speaker: "Met my neighbour Ines"."""
    met = set(met_in(told)) - {scene.cast.number(m.name, m.shown) for m in scene.mentions if m.known}
    your, plainer = load("wording")["speaker"]["my"], load("relations")["plainer"]
    kept = []
    for match in _own_role().finditer(told.line.text) if met else ():
        number, role = _number(match["who"]), plainer.get(match["role"], match["role"])
        if number in met:
            text = f"{scene.cast.figures[number].shown} is {your} {match['before']}{role}."
            kept.append(_kept(scene, told, (number,), text))
    return kept


def only_relation(line: Line) -> bool:
    """Whether the clause says no more than who someone is."""
    return any((m := p.search(line.text)) and m.end() >= len(line.text) - 1 for p in _whole_patterns())


def _relation(scene: Scene, told: Told, line: Line, match: re.Match[str]) -> Remembered | None:
    groups = match.groupdict()
    role = (groups.get("role") or "").strip()
    whose = _number(groups.get("whose")) if groups.get("whose") else told.topic
    others = [int(n) for n in re.findall(r"@(\d+)", groups.get("others") or "")]
    if not role:
        whose, role = _earlier_role(scene, told) if others else _earlier_pet(scene, told)
    if whose is None or whose in others or not role:
        return None
    pet = role in word_set("words", "nouns", "pets")
    pet_name = (groups.get("pet") or "").strip()
    if pet_name and not _can_be_name(scene, line, match):
        return None
    if pet or pet_name:
        return _kept(scene, told, (whose,), _pet_text(scene, whose, line, match, role)) if pet_name else None
    if not others:
        return None
    shown = " and ".join(scene.cast.figures[o].shown for o in others)
    verb = "are" if len(others) > 1 or len(scene.names(others[0])) > 1 else "is"
    owner = scene.cast.figures[whose].shown
    before = " ".join(w for w in (groups.get("before") or "").split() if not w.startswith("'"))
    role = load("relations")["plainer"].get(role, role)
    if len(others) > 1 and role in _roles().split("|") and role not in word_set("relations", "roles", "plural"):
        role = load("relations")["plurals"].get(role, f"{role}s")
    text = f"{shown} {verb} {owner}'s {f'{before} ' if before else ''}{role}."
    return _kept(scene, told, (whose, *others), text)


def _earlier_role(scene: Scene, told: Told) -> tuple[int | None, str]:
    """Of "Cait's got a boyfriend, he's called Lachie": whose, and what he is to her."""
    number = told.number
    having = macros_of("relations")["having"]
    for before in reversed(scene.told[max(0, number - 2) : number]):
        for pattern, role in load("relations")["implied"]:
            if implied := re.search(rf"(@\d+) (?:'s (?:{_roles()}) )?(?:{having}|is|are) {pattern} ", before.line.text):
                return int(implied[1][1:]), str(role)
        found = re.findall(rf"(@\d+) (?:{having}) (?:\S+ ){{0,3}}?({_roles()}) ", before.line.text)
        if found:
            return int(found[-1][0][1:]), found[-1][1]
    return None, ""


def _earlier_pet(scene: Scene, told: Told) -> tuple[int | None, str]:
    """Of "Ana has bought a horse. He's called Pancake": whose, and what it is."""
    pets = "|".join(sorted(word_set("words", "nouns", "pets")))
    for before in reversed(scene.told[max(0, told.number - 2) : told.number]):
        if found := re.search(
            rf"^(?:\S+ ){{0,2}}?(@\d+) (?:\S+ ){{1,4}}?(?:a|an) (?:\S+ ){{0,3}}?({pets}) ", before.line.text
        ):
            return int(found[1][1:]), found[2]
    return None, ""


def _kept(scene: Scene, told: Told, numbers: tuple[int, ...], text: str) -> Remembered:
    names = tuple(dict.fromkeys(n for number in numbers for n in scene.names(number)))
    clause = told.clause
    return Remembered(names, "relation", text, scene.said(clause.first, clause.last))


def _can_be_name(scene: Scene, line: Line, match: re.Match[str]) -> bool:
    low, high = line.words(match.start("pet"), match.end("pet"))
    word = scene.words[low] if low < high else None
    if word is None or word.plain.startswith("'"):
        return False
    return word.capital or any(called in match.group() for called in word_set("words", "around", "called"))


def _pet_text(scene: Scene, whose: int, line: Line, match: re.Match[str], role: str) -> str:
    low, high = line.words(match.start("pet"), match.end("pet"))
    name = " ".join(w.text[:1].upper() + w.text[1:] for w in scene.words[low:high])
    return f"{scene.cast.figures[whose].shown}'s {role} is called {name}."


def _number(text: str | None) -> int:
    return int((text or "@0").strip()[1:])


@lru_cache
def _roles() -> str:
    words = all_roles()
    return "|".join(
        sorted(map(re.escape, words | {w.replace("-", " ") for w in words if "-" in w}), key=len, reverse=True)
    )


@lru_cache
def _own_role() -> re.Pattern[str]:
    own = "|".join(word_set("words", "pronouns", "own"))
    return re.compile(_filled(f"({own}) BEFORE ROLE OWN"))


@lru_cache
def _patterns() -> tuple[re.Pattern[str], ...]:
    return tuple(re.compile(_filled(p)) for p in load("relations")["patterns"]["said"])


@lru_cache
def _whole_patterns() -> tuple[re.Pattern[str], ...]:
    return tuple(re.compile(_filled(p)) for p in load("relations")["patterns"]["whole"])


def _filled(pattern: str) -> str:
    before = "|".join(sorted(word_set("relations", "before", "words"), key=len, reverse=True))
    pets = "|".join(sorted(word_set("words", "nouns", "pets")))
    raw = {
        "ROLE": f"(?P<role>{_roles()}) ",
        "PET": f"(?P<role>{pets}) ",
        "BEFORE": f"(?P<before>(?:(?:{before}) ){{0,3}})",
        "WHOSE": r"(?P<whose>@\d+) ",
        "OTHERS": r"(?P<others>@\d+ (?:(?:and )?@\d+ (?!'s )){0,3})",
        "OWN": r"(?P<who>@\d+) (?!'s )",
        "PETNAME": r"(?:it )?(?P<pet>[^@\s]+ )",
    }
    return translate(pattern, macros_of("relations"), raw)
