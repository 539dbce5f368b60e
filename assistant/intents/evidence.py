"""What is known, said with where it comes from: the words it was told in, and when."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from assistant.intents.asked import Asked, Telling
from assistant.intents.reading import language
from assistant.phrasing import Line, line, say_day
from memory import memories, people
from memory.natural_end import has_ended
from memory.recall import content_words
from memory.records import Memory
from memory.support import coverage

_HAS_AN_OUTCOME = ("promise", "plan", "gift")
_SAME_THING = 0.4  # of the words of what was promised or planned, in what was told later


def told(asked: Asked, found: Sequence[Memory]) -> list[Line]:
    """Lines that tell what is ``found``, grouped by when it was told, and what of it may be over by now."""
    found = speakable(m for one in found for m in (one, *what_became_of(asked, one)))
    return [
        *by_day(asked, "recall_found", found),
        *(_the_day(asked, found) if found else ()),
        *_over(asked, found),
    ]


def speakable(some: Iterable[Memory]) -> list[Memory]:
    """Those that may be said, each once: nothing that is never to be said."""
    return list({m.id: m for m in some if not m.unspoken}.values())


def deaths(asked: Telling, told: Iterable[int | None]) -> list[Memory]:
    """The memories (ids; None where no death was told) that tell of deaths, as far as they may be said."""
    return speakable(memories.by_ids(asked.db, dict.fromkeys(i for i in told if i)))


def by_day(asked: Telling, phrase: str, some: Iterable[Memory]) -> list[Line]:
    """``phrase`` for each day of telling, with what was told on it."""
    days: dict[str, list[str]] = {}
    for memory in some:
        day = say_day(memory.kept_at.astimezone().date(), asked.now)
        days.setdefault(day, []).append(in_full(asked, memory))
    return [line(phrase, when=day, things=things) for day, things in days.items()]


def in_full(asked: Telling, memory: Memory) -> str:
    """Its words, with a surname where a first name alone could be somebody else's."""
    text = memory.text
    for person in memory.about:
        first = person.name.split(" ")[0]
        if first != person.name and person.name not in text and len(people.called(asked.db, first)) > 1:
            text = re.sub(rf"\b{re.escape(first)}\b", person.name, text, count=1)
    return text


def what_became_of(asked: Telling, memory: Memory) -> list[Memory]:
    """What was told later of something owed, planned or thought of as a present: the newest."""
    if memory.kind not in _HAS_AN_OUTCOME or not memory.about:
        return []
    later = [m for m in memories.about(asked.db, memory.about[0].id, -1) if m.kept_at > memory.kept_at]
    names = [n for p in memory.about for n in (p.name, *p.also)]
    covered = coverage(asked.db, content_words(memory.text, names), [m.id for m in later])
    return [m for m in later if covered[m.id] >= _SAME_THING or m.kind == memory.kind == "gift"][:1]


def _over(asked: Asked, found: Sequence[Memory]) -> list[Line]:
    """A plan whose day is past, or what does not stay so for ever: nobody said how it went on."""
    ended = [m for m in found if has_ended(m, asked.now.date())]
    if not ended:
        return []
    return [line("recall_over" if ended[0].kind == "plan" else "recall_aged")]


def _the_day(asked: Asked, found: Sequence[Memory]) -> list[Line]:
    """The day itself, where a question for it finds "next Tuesday"; that it is not known, where it finds a month."""
    table = language("recall")
    words = asked.words.casefold()
    first = found[0]
    if re.search(table["which_day"], words) and (first.when is None or first.when.first != first.when.last):
        return [line("recall_no_day")]
    if not words.startswith("when") or first.when is None or not re.search(table["relative_day"], first.text, re.I):
        return []
    return [line("recall_day", when=first.when.first)]
