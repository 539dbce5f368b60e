"""What no memory was made of: found in the words themselves, and said in them."""

from __future__ import annotations

import re

from assistant.intents.asked import Asked, Deed, deed
from assistant.phrasing import line, say_day
from memory import captures, identity, memories, people
from memory.recall import content_words
from memory.records import Capture, Person
from memory.support import coverage

_COVERED = 0.6  # of the question, by one note
_LONGEST = 220  # characters that are said whole; of a longer note, the sentence that says most


def in_words(asked: Asked) -> Deed | None:
    """The note that has the words of a question, if one does; of whoever it asks about."""
    named = [p.id for p in people.named_in(asked.db, asked.words)]
    names = [n for p in people.by_ids(asked.db, named) for n in (p.name, *p.also)]
    words = content_words(asked.words, names)
    found = [c for c in captures.search(asked.db, words) if c.id != asked.capture.id and _tells_of(asked, c, named)]
    covered = coverage(asked.db, words, [c.id for c in found], "said_words")
    best = max(found, key=lambda c: (round(covered[c.id], 1), c.id), default=None)
    if best is None or covered[best.id] < _COVERED:
        return None
    if told := _put_right(asked, best, words):
        return told
    return deed(line("recall_said", when=best.heard_at.astimezone().date(), words=_shortest(best.text or "", words)))


def _put_right(asked: Asked, note: Capture, words: list[str]) -> Deed | None:
    """What was kept of a note that has a name in it which was wrong: its words would say that name again."""
    said = (note.text or "").casefold()
    named = [p for p in identity.people_of(asked.db, note.id) if people.standing(asked.db, p.id) == "named"]
    right = {p.id for p in named if not _called_in(p, said)}
    told = [m for m in memories.from_capture(asked.db, note.id) if right & {p.id for p in m.about}]
    covered = coverage(asked.db, words, [m.id for m in told])
    best = max(told, key=lambda m: covered[m.id], default=None)
    return (
        deed(line("recall_found", when=say_day(note.heard_at.astimezone().date(), asked.now), things=[best.text]))
        if best
        else None
    )


def _called_in(person: Person, said: str) -> bool:
    ways = [way for name in (person.name, *person.also) for way in name.split(" ")]
    return any(way.casefold() in said for way in ways)


def _tells_of(asked: Asked, note: Capture, whom: list[int]) -> bool:
    return set(whom) <= {p.id for p in identity.people_of(asked.db, note.id)}


def _shortest(text: str, words: list[str]) -> str:
    if len(text) <= _LONGEST:
        return text
    sentences = re.split(r"(?<=[.!?]) ", text)
    return max(sentences, key=lambda sentence: sum(word[:4] in sentence.casefold() for word in words))
