"""There's another Joan there; that's a different Colin: one name, two people from then on, and their full names."""

from __future__ import annotations

import dataclasses
import re

from assistant.intents.asked import Asked, Deed, deed
from assistant.intents.keeping import keep
from assistant.intents.reading import language
from assistant.intents.telling_apart import best_described
from assistant.phrasing import Slot, line
from assistant.understanding.meaning import Meaning, Remembered
from memory import captures, identity, people
from memory.database import Database
from memory.records import Person

_FIRST_NAME = r"(?P<name>[^\W\d_a-zß-ÿ][\w-]+)"


def act(asked: Asked) -> Deed | None:
    """None: that is not what was said."""
    if (said := _said(asked, "surname")) and (done := _named_in_full(asked, said)):
        return done
    here, before = _said(asked, "here"), _said(asked, "before")
    found = people.called(asked.db, said["name"]) if (said := here or before) else []
    if said is None or len(found) != 1:
        return None
    if before:
        return _of_note_before(asked, found[0], said)
    things = _keep_but(asked, said.string)
    identity.split(asked.db, found[0], said["name"], [asked.capture.id], asked.capture.id)
    return _kept(things, said["name"])


def _of_note_before(asked: Asked, known: Person, said: re.Match[str]) -> Deed | None:
    """The note before told of someone new, and both may get their full names."""
    told = captures.last_keeping(asked.db, asked.capture.id)
    if told is None or known not in identity.people_of(asked.db, told.id):
        return None
    name = said["name"]
    identity.split(asked.db, known, name, [told.id], asked.capture.id)
    named = {said["name"]: said for said in re.finditer(language("another")["named"], asked.words)}
    names = [full for full in named if full.split(" ")[0] == name]
    # Whoever is described first; the other name is then the other one's.
    for full in sorted(names, key=lambda full: len(_nameless(asked.db, name, named[full]["which"]))):
        if len(whose := _nameless(asked.db, name, named[full]["which"])) == 1:
            people.rename(asked.db, whose[0].id, full)
    return _kept(_keep_only(asked, {full: named[full].group() for full in names}), name)


def _keep_only(asked: Asked, told: dict[str, str]) -> list[Slot]:
    """Keeps words of the note, each of someone by name."""
    kept = [Remembered((name,), "fact", f"{words[:1].upper()}{words[1:]}.", words) for name, words in told.items()]
    return keep(dataclasses.replace(asked, meaning=Meaning("capture", tuple(told), tuple(kept))))


def _keep_but(asked: Asked, said: str) -> list[Slot]:
    """Keeps what was told, but for the sentence ``said``."""
    told = [m for m in asked.meaning.memories if m.evidence not in said]
    return keep(dataclasses.replace(asked, meaning=dataclasses.replace(asked.meaning, memories=tuple(told))))


def _kept(things: list[Slot], name: str) -> Deed:
    return deed(line("kept", things=things) if things else line("which_kept_new", name=name))


def _nameless(db: Database, first: str, which: str) -> list[Person]:
    """Those known by a first name alone whom ``which`` describes best."""
    return best_described(db, [p for p in people.called(db, first) if " " not in p.name], which)


def _named_in_full(asked: Asked, said: re.Match[str]) -> Deed | None:
    """ "Swimming Aoife's surname is Healy": kept of her by her full name; None where that can be nobody's or two's."""
    *which, first = said["whose"].split()
    one = _nameless(asked.db, first, " ".join(which))
    if len(one) != 1:
        return None
    full = f"{one[0].name} {said['surname']}"
    people.rename(asked.db, one[0].id, full)
    words = said.group().removeprefix(said["opener"] or "")
    return _kept(_keep_only(asked, {full: words.replace(said["whose"], full, 1)}), full)


def _said(asked: Asked, what: str) -> re.Match[str] | None:
    table = language("another")
    pattern = table[what].replace("{opener}", f"(?P<opener>(?i:{table['opener']}))").replace("{name}", _FIRST_NAME)
    sentences = re.split(r"(?<=[.!?;]) +", asked.words.strip())
    return next((m for s in sentences if (m := re.match(pattern, s))), None)
