"""No, it's Joanne: whom the note before named wrongly gets their name, or what was told goes to who was meant."""

from __future__ import annotations

import re
from difflib import SequenceMatcher

from assistant.intents.asked import Asked
from assistant.intents.reading import language, names_said
from memory import identity, people, relatives
from memory.records import Capture, Person


def rename(asked: Asked, before: Capture) -> str | None:
    """The name that is right, once it is put right; None when no name was corrected.

    Someone who came into being by the note is renamed. Someone known before keeps their name, and what the note
    told goes to whoever was meant.
    """
    instead = _instead(asked)
    said = instead[:1] or names_said(asked)
    only_name = re.compile(language("corrections")["only_name"], re.IGNORECASE)
    if len(said) != 1 or any(not only_name.search(m.text) for m in asked.meaning.memories):
        return None
    name = said[0]
    wrong = _wrong(asked, before, name)
    if wrong is None and instead:
        return _of_old(asked, *instead)
    if wrong is None or name == wrong.name:
        return None
    known = people.find(asked.db, name)
    if known and known.id == wrong.id:
        fuller = len(name.split()) > len(wrong.name.split())
        return people.find_or_add(asked.db, name).name if fuller or instead else None
    if known is None and people.first_told_in(asked.db, wrong.id) == before.id:
        people.rename(asked.db, wrong.id, name)
        right = wrong
    else:
        right = known or people.find_or_add(asked.db, name, asked.capture.id)
        identity.reattach(asked.db, before.id, wrong, right)
    people.respell(asked.db, before.id, wrong, name)
    relatives.tie_again(asked.db, before.id)
    return name


def _instead(asked: Asked) -> tuple[str, ...]:
    """ "Zuzia, not Susie": the name that is right and the one that is wrong, of someone known; nothing else so said."""
    said = re.search(language("corrections")["instead"], asked.words)
    return said.group("right", "wrong") if said and people.find(asked.db, said["wrong"]) else ()


def _of_old(asked: Asked, name: str, wrong: str) -> str | None:
    """Someone told of long ago has another name than was thought; None where that one is somebody else's."""
    person = people.find(asked.db, wrong)
    if person is None or people.called(asked.db, name):
        return None
    people.rename(asked.db, person.id, name)
    for note in identity.notes_about(asked.db, person.id):
        people.respell(asked.db, note, person, name)
    return name


def _wrong(asked: Asked, before: Capture, right: str) -> Person | None:
    """Who was named wrongly: the one turned down by name, else the one whose name is likest."""
    told_of = [
        p
        for p in identity.people_of(asked.db, before.id)
        if p.name != right and people.standing(asked.db, p.id) != "role"
    ]
    turned_down = [
        p
        for p in told_of
        for name in (p.name, *p.also, p.name.split(" ")[0])
        if name != right and re.search(rf"\bnot\W+{re.escape(name)}\b", asked.words, re.IGNORECASE)
    ]
    if turned_down:
        return turned_down[0]
    if _instead(asked):
        return None
    return max(told_of, key=lambda p: _alike(p.name, right), default=None)


def _alike(one: str, other: str) -> float:
    return SequenceMatcher(None, one.split(" ")[0].casefold(), other.split(" ")[0].casefold()).ratio()
