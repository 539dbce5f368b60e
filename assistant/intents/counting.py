"""How many, how often: counted from what was told, and only because it was asked."""

from __future__ import annotations

import re
from collections.abc import Sequence

from assistant.intents import evidence, family
from assistant.intents.asked import Asked, Deed, deed
from assistant.intents.evidence import in_full
from assistant.intents.reading import language
from assistant.phrasing import Slot, line
from assistant.understanding.dates import span_in
from memory import memories, people
from memory.recall import Recalled
from memory.records import Memory

_SHOWN = 4


def times(asked: Asked) -> Deed | None:
    """How often someone was met or spoken to, within the days that were asked about."""
    person = asked.person()
    if person is None or not re.search(language("recall")["times"], asked.words, re.IGNORECASE):
        return None
    span = span_in(asked.words, asked.now, past=True)
    days = [d for d in people.meetings(asked.db, person.id, seeing(asked)) if span is None or d in span]
    if not days:
        return deed(line("last_contact_nothing"))
    return deed(line("count", number=_number(len(days)), things=list[Slot](days[:_SHOWN])))


def seeing(asked: Asked) -> bool:
    """Whether it asks for meetings face to face, and not for calls and letters as well."""
    return bool(re.search(language("recall")["seeing"], asked.words, re.IGNORECASE))


def as_search(asked: Asked) -> str | None:
    """ "How many of my friends do pottery?" as "who do pottery?"; None where it is no such question."""
    said = re.search(language("recall")["number_of_people"], asked.words, re.IGNORECASE)
    return f"who {said['rest']}?" if said and asked.person_name() is None else None


def of_people(asked: Asked, found: Sequence[Recalled]) -> Deed:
    """How many people these memories are about, and what they say."""
    first: dict[int, Memory] = {}
    for one in found:
        for person in one.memory.about[:1]:
            first.setdefault(person.id, one.memory)
    things: list[Slot] = [in_full(asked, m) for m in first.values()]
    return deed(line("count", number=_number(len(first)), things=things[:_SHOWN]))


def children(asked: Asked) -> Deed | None:
    """How many children someone has, by those that were spoken of, or by the number that was told."""
    said = re.search(language("recall")["number"], asked.words, re.IGNORECASE)
    person = asked.person()
    words = set(language("recall")["children"].split())
    if said is None or person is None or not words & set(said["noun"].casefold().split()):
        return None
    named = family.children(asked, person, "kids")
    if not named:
        return None
    return deed(line("count", number=_number(len(named)), things=[p.name for p in named[:_SHOWN]]))


def told(asked: Asked) -> Deed | None:
    """The number that was told of something of theirs, "He has two hives.", or what was told of these since."""
    said = re.search(language("recall")["number"], asked.words, re.IGNORECASE)
    person = asked.person()
    if said is None or person is None:
        return None
    noun = re.escape(said["noun"].split(" ")[-1][:4])
    wanted = re.compile(rf"{language('recall')['digits']}{noun}", re.IGNORECASE)
    spoken_of = re.compile(rf"\b{noun}", re.IGNORECASE)
    known = [m for m in memories.about(asked.db, person.id, -1) if spoken_of.search(m.text)]
    if not any(wanted.search(m.text) for m in known):
        return None
    return deed(*evidence.told(asked, known[:1]))  # the newest: what it says of them now


def _number(count: int) -> str:
    words = language("numbers")["words"]
    return str(words[count]) if count < len(words) else str(count)
