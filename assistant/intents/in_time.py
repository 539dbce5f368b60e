"""Before and after: which of two things came first, and what was before or after one."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date

from assistant.intents.asked import Asked, Deed, deed
from assistant.intents.evidence import in_full, told
from assistant.intents.reading import language
from assistant.phrasing import line
from memory import memories, people
from memory.recall import content_words, recall
from memory.records import Memory, Person
from memory.slots import all_day_words, claims
from memory.support import coverage
from memory.topics import topics_of, topics_told
from memory.vectors import without_names

_ANCHORED = 0.4  # of the words of an event that a memory of it has
_AFTER = 2
_SOMEWHERE = re.compile(r"\b(?:in|at|to|near|from) [A-Z]")


def which_first(asked: Asked) -> Deed | None:
    """Did one thing happen before or after another?"""
    said = re.search(language("recall")["order"], asked.words.strip(), re.IGNORECASE)
    if said is None:
        return None
    both = [_event(asked, said["one"]), _event(asked, said["other"])]
    if None in both:
        return None
    one, other = sorted((m for m in both if m), key=_day)
    if _day(one) == _day(other):
        return deed(*told(asked, [one, other]))
    return deed(
        line("recall_first", when=_day(one), thing=in_full(asked, one)),
        line("recall_then", when=_day(other), thing=in_full(asked, other)),
    )


def beside(asked: Asked) -> Deed | None:
    """What was before, or after, something in someone's life, what holds no more included."""
    said = re.search(language("recall")["beside"], asked.words.strip(), re.IGNORECASE)
    named = people.named_in(asked.db, asked.words)
    if said is None or not named:
        return None
    names = [n for p in named for n in (p.name, *p.also)]
    earlier = bool(re.fullmatch(language("recall")["earlier"], said["which"], re.IGNORECASE))
    history = memories.history(asked.db, named[0].id)
    anchor = _best(asked, history, said["anchor"], named, first=True)
    if anchor is None:
        return None
    there = [
        m for m in history if m.id != anchor.id and (_day(m) < _day(anchor) if earlier else _day(m) > _day(anchor))
    ]
    there.sort(key=_day, reverse=earlier)
    found = [m for m in there if _fits(m, anchor, without_names(said["asked"], names))] or (
        [] if earlier else _told_besides(there)
    )
    found = found[: 1 if earlier else _AFTER]
    if not found and earlier:  # what is so now was not asked for
        return deed(line("recall_nothing_about", name=named[0].name))
    return deed(*told(asked, found)) if found else None


def _event(asked: Asked, words: str) -> Memory | None:
    """The memory that tells of what ``words`` name, over or not."""
    for day in all_day_words(words):
        words = words.replace(day, " ")
    named = people.named_in(asked.db, words)
    if named:
        known = memories.about(asked.db, named[0].id, -1)
        return _best(asked, known, words, named) or _best(asked, memories.history(asked.db, named[0].id), words, named)
    found = recall(asked.db, asked.vectors, words, None, 1)
    return found[0].memory if found else None


def _best(
    asked: Asked, some: Sequence[Memory], words: str, named: Sequence[Person], first: bool = False
) -> Memory | None:
    """Of ``some`` the one that has most of the words; of equals what happened rather than what was planned, and the
    ``first`` or the newest of these."""
    wanted = content_words(words, [n for p in named for n in (p.name, *p.also)]) or content_words(words)
    covered = coverage(asked.db, wanted, [m.id for m in some])
    near = [m for m in some if covered[m.id] >= _ANCHORED]
    age = -1 if first else 1
    return max(
        near, key=lambda m: (round(covered[m.id], 1), m.kind == "event", age * _day(m).toordinal()), default=None
    )


def _fits(memory: Memory, anchor: Memory, question: str) -> bool:
    """Whether a memory can be what is asked beside an anchor: the same kind of thing, or of the topic, or a place."""
    words = _words(question)
    asked = topics_of(words)
    if words and words[0].startswith("where"):
        names = [n for p in memory.about for n in (p.name, *p.also)]
        somewhere = bool(memory.place or _SOMEWHERE.search(without_names(memory.text, names)))
        if not somewhere or not asked:
            return somewhere
    said = {claim.slot[1] for claim in claims(memory)}
    if said & ({slot for topic in asked for slot in topic.slots} | {claim.slot[1] for claim in claims(anchor)}):
        return True
    topics = {t.name for t in asked} or {t.name for t in topics_told(_words(anchor.text))}
    return bool(topics & {t.name for t in topics_told(_words(memory.text))})


def _told_besides(some: Sequence[Memory]) -> list[Memory]:
    """What tells something of someone, and not only that they were met."""
    return [m for m in some if m.kind != "meeting"]


def _words(text: str) -> list[str]:
    return re.findall(r"\w+", text.casefold())


def _day(memory: Memory) -> date:
    return memory.when.first if memory.when else memory.kept_at.astimezone().date()
