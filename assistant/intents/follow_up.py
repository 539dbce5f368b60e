"""What leans on the turn before: "And her brother?", "What about Rahul?", "The other one.", "Why?"."""

from __future__ import annotations

import dataclasses
import re
from datetime import timedelta

from assistant.intents.asked import Asked, Deed, deed
from assistant.intents.reading import language, reread
from assistant.phrasing import line
from assistant.understanding.lexicon import all_roles
from memory import captures, people
from memory.recall import recall
from memory.records import Capture, Person

_FRESH = timedelta(minutes=2)  # a longer pause begins a new conversation
_TURNS = 4  # that may lean on each other
_ASKING = frozenset({"prep", "recall", "find", "last_contact", "upcoming"})


def topic(asked: Asked) -> str | None:
    """Whom "she" means where nobody is named: who was spoken of in the turn before."""
    before = _before(asked)
    return before.person_name() if before else None


def whole(asked: Asked, turns: int = _TURNS) -> Asked:
    """The question that was meant, said out in full; the same if it does not lean on another."""
    also, other = _said(asked, "also"), _said(asked, "other")
    before = _before(asked, turns) if also or other else None
    if before is None or before.meaning.intent not in _ASKING:
        return asked
    person = before.person()
    if also:
        text = _about(before, person, also["rest"])
        return _reworded(asked, text) if text else asked
    others = [p for p in people.called(asked.db, person.name.split()[0]) if p.id != person.id] if person else []
    text = _with_name(before, person, others[0].name) if person and len(others) == 1 else None
    return dataclasses.replace(_reworded(before, text), chosen=others[0]) if text else asked


def why(asked: Asked) -> Deed | None:
    """Where the answer before came from, in the words it was told in. None: that was not asked."""
    before = _before(asked) if _said(asked, "why") else None
    if before is None or before.meaning.intent not in _ASKING:
        return None
    found = recall(asked.db, asked.vectors, before.words, before.person(), 1)
    if not found:
        return None
    memory = found[0].memory
    return deed(line("why", when=memory.kept_at.astimezone().date(), things=[memory.evidence]))


def _before(asked: Asked, turns: int = _TURNS) -> Asked | None:
    """What was said there just before, itself made whole."""
    capture = captures.before(asked.db, asked.capture, asked.now - _FRESH) if turns else None
    return whole(_reworded(asked, capture.text, capture), turns - 1) if capture and capture.text else None


def _reworded(asked: Asked, text: str, capture: Capture | None = None) -> Asked:
    meant = dataclasses.replace(asked, capture=dataclasses.replace(capture or asked.capture, text=text), chosen=None)
    return dataclasses.replace(meant, meaning=reread(meant, text))


def _about(before: Asked, person: Person | None, rest: str) -> str | None:
    """The whole question about ``rest``: someone else, or someone of theirs. None: it is neither."""
    words = rest.split()
    if len(words) > 1 and not all_roles().isdisjoint(words):
        if words[0].casefold() in language("follow_up")["whose"].split():
            if person is None:
                return None
            words[0] = f"{person.name}'s"
        return str(language("follow_up")["question"]).replace("{rest}", " ".join(words))
    named = reread(before, rest).people
    return _with_name(before, person, named[0]) if person and len(named) == 1 else None


def _with_name(before: Asked, person: Person, other: str) -> str | None:
    """The question with another name in it."""
    for name in sorted((person.name, *person.also, person.name.split()[0]), key=len, reverse=True):
        text, count = re.subn(rf"\b{re.escape(name)}\b", other, before.words, flags=re.IGNORECASE)
        if count:
            return text
    return None


def _said(asked: Asked, what: str) -> re.Match[str] | None:
    return re.match(language("follow_up")[what], asked.words.strip().rstrip("?.! "), re.IGNORECASE)
