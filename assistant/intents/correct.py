"""No, it's Joanne; she moves in August: what was wrong is retracted, and kept as it should be."""

from __future__ import annotations

import dataclasses
import re

from assistant.intents import rejected
from assistant.intents.asked import Asked, Deed, deed
from assistant.intents.keeping import contradicted, keep, keep_words
from assistant.intents.reading import language, reread
from assistant.intents.renaming import rename
from assistant.phrasing import line
from assistant.understanding.meaning import Meaning
from memory import captures, memories
from memory.records import Capture, Memory
from memory.slots import all_day_words, content


def act(asked: Asked) -> Deed:
    before = captures.last_keeping(asked.db, asked.capture.id)
    if before and (name := rename(asked, before)):
        return deed(line("renamed", name=name))
    if before and not asked.meaning.memories:
        asked = dataclasses.replace(asked, meaning=_of_whom_was_meant(asked, before))
    things = keep(asked, correction=True)
    if not things:
        keep_words(asked)
        return deed(line("kept_words"))
    rejected.retract(asked, correction=True)
    if before:
        _retract(asked, before)
    return deed(line("corrected", things=things))


def _of_whom_was_meant(asked: Asked, before: Capture) -> Meaning:
    """The meaning, where "she" is someone in the note before; as it was if that makes no sense of it."""
    told = memories.from_capture(asked.db, before.id)
    named = [_with_name(asked.words, p.name) for p in dict.fromkeys(p for memory in told for p in memory.about)]
    dated = [_with_day(asked.words, memory) for memory in reversed(told)]
    made = [m for words in (*named, *dated) if words and (m := reread(asked, words)).memories]
    if not made:
        return asked.meaning
    likest = max(made, key=lambda meaning: _fits(asked, meaning, told))
    return dataclasses.replace(likest, intent="correct", interaction=None)


def _fits(asked: Asked, meaning: Meaning, told: list[Memory]) -> int:
    """How much it is about what was told just before."""
    first = meaning.memories[0]
    against = {m.id for m in contradicted(asked, first)}
    alike = max((len(content(m.text) & content(first.text)) for m in told if m.kind == first.kind), default=0)
    return alike + 100 * len(against & {m.id for m in told}) + 50 * bool(against)


def _with_name(words: str, name: str) -> str | None:
    """ "Actually she moves in August" as "Joan moves in August"; None where nobody is stood for."""
    table = language("corrections")
    first, _, rest = _without_openers(words).replace("’", "'").partition(" ")
    word, ending = re.fullmatch(r"([\w-]*)('\w+)?.*", first, re.DOTALL).groups()  # type: ignore[union-attr]
    if not rest:
        return None
    if word.casefold() in table["pronouns"]["subject"].split():
        verb = f" {table['verbs'].get(ending, '')}" if ending else ""
        return f"{name}{verb} {rest}"
    if word.casefold() in table["pronouns"]["possessive"].split():
        return f"{name}'s {rest}"
    return None


def _without_openers(words: str) -> str:
    openers = language("corrections")["openers"].split()
    parts = words.split()
    while parts and parts[0].strip(",.!-–—;:").casefold() in openers:
        parts.pop(0)
    return " ".join(parts)


def _with_day(words: str, told: Memory) -> str | None:
    """ "No, not July, August" about something in July: the same in August."""
    table = language("corrections")
    then, days = all_day_words(told.text), all_day_words(words)
    right = [d for d in days if not re.search(table["not"], words[: words.find(d)], re.IGNORECASE)]
    for day in days:
        words = words.replace(day, " ")
    said_else = set(re.findall(r"[\w']+", words.casefold())) - {*table["around"].split(), *table["openers"].split()}
    if said_else or not right or not then:
        return None
    return told.text.replace(_bare(then[-1]), _bare(right[-1]))


def _bare(day: str) -> str:
    return re.sub(r"^(?:in|on|at|by|until|from|around) ", "", day, flags=re.IGNORECASE)


def _retract(asked: Asked, before: Capture) -> None:
    """Where nothing else was contradicted, the likest thing of its kind in the note before was meant."""
    for right in memories.from_capture(asked.db, asked.capture.id):
        if memories.superseded_by(asked.db, right.id):
            continue
        whom = {p.id for p in right.about}
        alike = {
            m.id: len(content(m.text) & content(right.text)) + (whom & {p.id for p in m.about} != set())
            for m in memories.from_capture(asked.db, before.id)
            if m.kind == right.kind
        }
        if likest := max(alike, key=lambda i: alike[i], default=None):
            wrong = memories.by_ids(asked.db, [likest])[0]
            if alike[likest]:
                memories.supersede(asked.db, wrong, right, correction=True)
