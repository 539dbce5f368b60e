"""Joanie and Joan are the same person; Joan Mbeki and Joan Smith are two: people made one, or two again."""

from __future__ import annotations

import dataclasses
import re
from functools import cache

from assistant.intents.asked import Asked, Deed, deed
from assistant.intents.keeping import keep
from assistant.intents.reading import language
from assistant.intents.telling_apart import best_described
from assistant.phrasing import line
from memory import captures, identity, people
from memory.records import Person


def act(asked: Asked) -> Deed | None:
    """None: that is not what was said."""
    sentences = re.split(r"(?<=[.!;]) +", asked.words.strip())
    for sentence in sentences:
        for saying, does in (("same", _same), ("names_of_one", _same_if_known), ("different", _different)):
            for pattern in _patterns(saying):
                match = pattern.match(sentence.rstrip(".!; "))
                if match and (done := does(asked, match["one"].strip(), match["other"].strip())):
                    _keep_rest(asked, sentence)
                    return done
    return None


def _keep_rest(asked: Asked, said: str) -> None:
    """What else was told in the same breath, but for what says the same of the same two again."""
    rest = [m for m in asked.meaning.memories if m.evidence not in said and not says(m.evidence)]
    keep(dataclasses.replace(asked, meaning=dataclasses.replace(asked.meaning, memories=tuple(rest))))


def says(words: str) -> bool:
    """Whether a sentence tells no more than that two people are one, or two."""
    return any(
        p.match(words.rstrip(".!; ")) for which in ("same", "names_of_one", "different") for p in _patterns(which)
    )


def _same_if_known(asked: Asked, one: str, other: str) -> Deed | None:
    """ "Nessa is Vanessa", of two who are known; None where the words say something else of someone."""
    first, second = _two(asked, one, other)
    return _same(asked, one, other) if first and second and first.id != second.id else None


def _same(asked: Asked, one: str, other: str) -> Deed:
    found = _two(asked, one, other)
    known = [p for p in found if p]
    if not known:
        return deed(line("forget_unknown", name=one))
    if len(known) == 1:
        identity.add_alias(asked.db, known[0].id, _parted(other if found[0] else one)[0], asked.capture.id)
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
    first, second = _called(asked, one), _called(asked, other)
    if len(first) > 1 and len(second) == 1:
        first = [p for p in first if p.id != second[0].id]
    if len(second) > 1 and len(first) == 1:
        second = [p for p in second if p.id != first[0].id]
    return (first[0] if len(first) == 1 else None), (second[0] if len(second) == 1 else None)


def _called(asked: Asked, said: str) -> list[Person]:
    """Whom "Beth from the pottery" can mean: by the name, and of several by what is said beside it."""
    name, beside = _parted(said)
    found = people.called(asked.db, name)
    return best_described(asked.db, found, beside) if len(found) > 1 and beside else found


def _parted(said: str) -> tuple[str, str]:
    """The name, and what is said beside it to tell who is meant."""
    parts = re.split(language("same_person")["beside"], said, maxsplit=1)
    return parts[0], parts[1] if len(parts) > 1 else ""


@cache
def _patterns(saying: str) -> list[re.Pattern[str]]:
    table = language("same_person")
    name = rf"[^\W\d][\w'’.-]*(?: [^\W\d][\w'’.-]*){{0,3}}?(?:{table['beside']}[^.,;]{{1,40}}?)?"
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
