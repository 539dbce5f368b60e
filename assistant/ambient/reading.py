"""From what was overheard to what it tells of people: proposals, and nothing else.

No command, question or reminder is taken from it, nobody's name from a label, and of someone else's words only those
that are plainly about a person with a name.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime

from assistant.ambient.transcript import MOST_WORDS, Passage, pattern, sentences
from assistant.understanding.meaning import KnownPerson, Remembered
from assistant.understanding.rules import asks, understand
from memory.dates import on_day

_TELLING = frozenset({"capture", "remind"})


def tellings(passages: Sequence[Passage], now: datetime, people: Sequence[KnownPerson]) -> list[tuple[str, Remembered]]:
    """What it tells of people, each with its kind: that of the memory, or "meeting"."""
    found: list[tuple[str, Remembered]] = []
    for passage in passages:
        topic: str | None = None
        for stretch in _stretches(passage, now):
            if stretch is None:
                topic = None  # whom "she" means was said in what is left out
                continue
            meaning = understand(stretch, now, people, topic)
            topic = meaning.people[-1] if meaning.people else topic
            if meaning.intent not in _TELLING:
                continue
            found += [(one.kind, one) for one in meaning.memories]
            met = meaning.interaction
            if met and met.text and passage.mine and not any(met.evidence in one.evidence for one in meaning.memories):
                found.append(("meeting", Remembered(met.people, "event", met.text, met.evidence, on_day(met.on))))
    return [(kind, one) for kind, one in found if one.about and not _of_a_label(one)]


def _stretches(passage: Passage, now: datetime) -> Iterator[str | None]:
    """What is told in one go, at most so many words long; None where something between two was left out."""
    told: list[str] = []
    for said in sentences(passage.text):
        to_us = pattern("addressed").match(said)
        sentence = to_us["words"] if to_us else said
        left_out = asks(sentence, now) or not (passage.mine or _of_others(sentence))
        if told and (left_out or sum(len(s.split()) for s in (*told, sentence)) > MOST_WORDS):
            yield " ".join(told)
            told = []
        if left_out:
            yield None
        else:
            told.append(sentence)
    if told:
        yield " ".join(told)


def _of_others(sentence: str) -> bool:
    """Whether it speaks neither of the one who says it nor of the one who hears it."""
    return not pattern("speaker_or_hearer").search(sentence)


def _of_a_label(told: Remembered) -> bool:
    return any(pattern("label").search(words) for words in (*told.about, told.text))
