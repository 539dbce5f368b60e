"""Joanie and Joan are the same person; Joan Mbeki and Joan Smith are two: people made one, or two again."""

from __future__ import annotations

import re
from functools import cache

from assistant.intents.asked import Asked, Deed, deed
from assistant.intents.reading import language
from assistant.phrasing import line
from memory import captures, identity, people
from memory.records import Person


def act(asked: Asked) -> Deed | None:
    """None: that is not what was said."""
    words = asked.words.strip().rstrip(".!")
    for saying, does in (("same", _same), ("different", _different)):
        for pattern in _patterns(saying):
            if match := pattern.match(words):
                return does(asked, match["one"].strip(), match["other"].strip())
    return None


def _same(asked: Asked, one: str, other: str) -> Deed:
    found = _two(asked, one, other)
    known = [p for p in found if p]
    if not known:
        return deed(line("forget_unknown", name=one))
    if len(known) == 1:
        identity.add_alias(asked.db, known[0].id, other if found[0] else one, asked.capture.id)
    elif known[0].id != known[1].id:
        keep, gone = sorted(known, key=lambda p: (-len(p.name.split()), p.id))
        identity.merge(asked.db, keep.id, gone.id, asked.capture.id)
    return deed(line("same_person", one=one, other=other))


def _different(asked: Asked, one: str, other: str) -> Deed:
    first, second = _two(asked, one, other)
    if first and second and first.id == second.id:
        _part(asked, first, next((n for n in (one, other) if n.casefold() != first.name.casefold()), other))
    elif first and second is None:
        _part(asked, first, other)
    elif second and first is None:
        _part(asked, second, one)
    elif first is None:
        return deed(line("forget_unknown", name=one))
    return deed(line("different_people", one=one, other=other))


def _part(asked: Asked, person: Person, name: str) -> None:
    """As it was before they were made one; else with every note that said ``name``."""
    made = identity.merge_of(asked.db, person.id, name)
    if made:
        identity.unmerge(asked.db, made.id)
        return
    said = re.compile(rf"\b{re.escape(name)}\b", re.IGNORECASE)
    notes = [c for c in identity.notes_about(asked.db, person.id) if said.search(captures.get(asked.db, c).text or "")]
    identity.split(asked.db, person, name, notes, asked.capture.id)


def _two(asked: Asked, one: str, other: str) -> tuple[Person | None, Person | None]:
    """Whom the names mean; where one can mean several, whoever the other name does not mean."""
    first, second = people.called(asked.db, one), people.called(asked.db, other)
    if len(first) > 1 and len(second) == 1:
        first = [p for p in first if p.id != second[0].id]
    if len(second) > 1 and len(first) == 1:
        second = [p for p in second if p.id != first[0].id]
    return (first[0] if len(first) == 1 else None), (second[0] if len(second) == 1 else None)


@cache
def _patterns(saying: str) -> list[re.Pattern[str]]:
    table = language("same_person")
    name = r"[^\W\d][\w'’.-]*(?: [^\W\d][\w'’.-]*){0,3}?"
    slots = {
        "{opener}": table["opener"],
        "{closer}": table["closer"],
        "{one}": f"(?P<one>{name})",
        "{other}": f"(?P<other>{name})",
    }
    found = []
    for text in table[saying]:
        for slot, pattern in slots.items():
            text = text.replace(slot, pattern)
        found.append(re.compile(text, re.IGNORECASE))
    return found
