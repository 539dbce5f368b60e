"""What tells people of one name apart: a surname, or something short that is known of one of them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from assistant.intents.reading import language
from assistant.understanding.heard import stem
from memory import captures, identity, memories
from memory.database import Database
from memory.recall import content_words
from memory.records import Person
from memory.slots import day_words, occupied

_TELLING = ("home", "employer", "origin")


def told_apart(db: Database, found: Sequence[Person]) -> list[str]:
    """How to speak of each so that it is clear who is meant: "Joan Mbeki", "Joan from football"."""
    names = [p.name for p in found]
    clear = {p.id for p in found if " " in p.name and names.count(p.name) == 1}
    alone = len(clear) == len(found) - 1
    return [p.name if p.id in clear else _with_something_known(db, p, alone) for p in found]


def words_about(db: Database, person: Person, in_notes: bool = True) -> set[str]:
    """Every word that someone can be recognised by, lower case: of names, of what was told, of the notes themselves
    if ``in_notes``; but not of what these say someone is not: "not Joan from football".
    """
    texts = [person.name, *person.also]
    texts += [text for m in memories.about(db, person.id, limit=-1) for text in (m.text, m.place or "")]
    notes = [captures.get(db, n).text or "" for n in identity.notes_about(db, person.id)] if in_notes else []
    texts = [re.sub(language("which")["denied"], " ", text, flags=re.IGNORECASE) for text in (*texts, *notes)]
    return {word for text in texts for word in re.findall(r"[\w-]+", re.sub(r"['’]s\b", "", text.casefold()))}


def best_described(db: Database, found: Sequence[Person], text: str) -> list[Person]:
    """Whom most of the words fit: those of what was told of them, else of the notes, which may tell of others, too.
    All of ``found`` where they fit none."""
    said = stems(content_words(text))
    for in_notes in (False, True):
        fits = {p: len(said & stems(words_about(db, p, in_notes))) for p in found}
        best = [p for p, fit in fits.items() if fit == max(fits.values()) > 0]
        if len(best) == 1:
            return best
    return list(found)


def stems(words: Iterable[str]) -> set[str]:
    return {stem(word) for word in words}


def _with_something_known(db: Database, person: Person, alone: bool) -> str:
    first = person.name.split(" ")[0]
    pattern = re.compile(language("which")["cue"].replace("{name}", re.escape(first)), re.IGNORECASE)
    for note in identity.notes_about(db, person.id):
        found = pattern.search(captures.get(db, note).text or "")
        if found and not day_words(found["cue"]):
            return f"{person.name} from {found['cue']}"
    for memory in memories.about(db, person.id, limit=-1):
        if memory.place and not memory.sensitive and {(person.id, slot) for slot in _TELLING} & occupied(memory):
            return f"{person.name} from {memory.place}"
    return f"the other {person.name}" if alone else person.name
