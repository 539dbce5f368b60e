"""From a question to the memories that answer it: words (FTS5) and meaning (vectors), a person given weight."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from memory import memories
from memory.database import Database
from memory.embedding import EmbedderUnavailable
from memory.records import Memory, Person
from memory.vectors import Vectors, without_names

_CANDIDATES = 200
# Weights as measured on LoCoMo: bm25 over its best + 2 cosines, and 0.6 for the person asked about. A filter by
# person instead of a boost loses much: half of what is known of someone is said of someone else.
_COSINE_WEIGHT = 2.0
_PERSON_WEIGHT = 0.6
_CLOSE_ENOUGH = 0.38  # a cosine that counts as meaning the same without one word in common


@dataclass(frozen=True, slots=True)
class Recalled:
    memory: Memory
    rank: float


def recall(db: Database, vectors: Vectors, question: str, person: Person | None, limit: int = 3) -> list[Recalled]:
    """The memories that answer ``question``, best first; none when nothing known comes near.

    With a ``person`` and no words of content, what is known of them, newest first.
    """
    names = (person.name, *person.also) if person else ()
    topic = without_names(question, names) if person else question
    words = content_words(topic, names)
    if person and not words:
        return [Recalled(m, 0.0) for m in memories.about(db, person.id, limit)]
    by_words = _by_words(db, words)
    by_meaning = _by_meaning(vectors, topic)
    found = memories.by_ids(db, {*by_words, *by_meaning})
    ranked = [
        Recalled(m, by_words.get(m.id, 0.0) + _COSINE_WEIGHT * by_meaning.get(m.id, 0.0) + _boost(m, person))
        for m in found
        if m.holds
        and (m.id in by_words or by_meaning[m.id] >= _CLOSE_ENOUGH)
        and (person is None or _boost(m, person) or _names(m, names))
    ]
    return sorted(ranked, key=lambda r: r.rank, reverse=True)[:limit]


def content_words(text: str, names: Sequence[str] = ()) -> list[str]:
    """The words of ``text`` that say what it is about, lower case."""
    left_out = _stopwords() | {part.casefold() for name in names for part in name.split()}
    words = re.findall(r"\w+", re.sub(r"['’]\w+", "", text.casefold()))
    return [w for w in words if w not in left_out]


def _by_words(db: Database, words: Sequence[str]) -> dict[int, float]:
    """Rank by words, 1 for the best."""
    if not words:
        return {}
    rows = db.rows(
        "SELECT rowid AS id, -bm25(memory_words) AS rank FROM memory_words WHERE memory_words MATCH ? "
        "ORDER BY bm25(memory_words) LIMIT ?",
        (" OR ".join(f'"{w}"' for w in words), _CANDIDATES),
    )
    best = max((row["rank"] for row in rows), default=1.0) or 1.0
    return {row["id"]: row["rank"] / best for row in rows}


def _by_meaning(vectors: Vectors, text: str) -> dict[int, float]:
    try:
        return vectors.nearest(text, _CANDIDATES)
    except EmbedderUnavailable:
        return {}  # words still find


def _boost(memory: Memory, person: Person | None) -> float:
    return _PERSON_WEIGHT if person and any(p.id == person.id for p in memory.about) else 0.0


def _names(memory: Memory, names: Sequence[str]) -> bool:
    return any(re.search(rf"\b{re.escape(name)}\b", memory.text, re.IGNORECASE) for name in names)


@cache
def _stopwords() -> frozenset[str]:
    return frozenset((Path(__file__).parent / "stopwords.en.txt").read_text(encoding="utf-8").split())
