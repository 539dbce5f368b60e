"""How far a memory answers a question, rather than merely sharing a word with it: so that no guess is said."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from memory.database import Database
from memory.topics import topics_of

_COUNTED = 2_000  # memories with a word; a commoner one weighs no less
_TOPIC_WEIGHT = 0.6  # of a word that names a kind of thing ("food"), beside the thing itself
_TOPIC_SHARE = 0.7  # of a word's weight, where a memory says it in other words of the topic


@dataclass(frozen=True, slots=True)
class _Asked:
    """A word of the question, its weight, and the memories (ids) that say it, or tell of it in other words."""

    weight: float
    said: frozenset[int]
    told: frozenset[int]


def coverage(db: Database, words: Sequence[str], ids: Sequence[int], index: str = "memory_words") -> dict[int, float]:
    """For each memory the share of a question's ``words`` that it has, 0-1, rare words counting for more.

    ``index``: "memory_words", or "said_words" for captures.
    """
    asked = [_asked(db, word, ids, index) for word in dict.fromkeys(words)]
    whole = sum(a.weight for a in asked) or 1.0
    return {
        i: sum(a.weight * (1.0 if i in a.said else _TOPIC_SHARE if i in a.told else 0.0) for a in asked) / whole
        for i in ids
    }


@lru_cache(4_096)
def is_common(db: Database, word: str) -> bool:
    """Whether so many memories have it that it tells little. Asked of the database once: it seldom changes."""
    return how_many(db, word, "memory_words") >= _COUNTED


def quoted(word: str) -> str:
    """As FTS5 takes a word for nothing but itself."""
    return f'"{word}"'


def how_many(db: Database, word: str, index: str = "memory_words") -> int:
    """How many have it, as far as it matters."""
    sql = f"SELECT count(*) AS n FROM (SELECT 1 FROM {index} WHERE {index} MATCH ? LIMIT {_COUNTED})"
    row = db.row(sql, (quoted(word),))
    return row["n"] if row else 0


def _asked(db: Database, word: str, ids: Sequence[int], index: str) -> _Asked:
    total = db.row(f"SELECT max(rowid) AS n FROM {index}")
    number = (total["n"] if total else 0) or 0
    told = {w for topic in topics_of([word]) for w in topic.told}
    # A word that nobody ever said may be another word for what was: it weighs as much as a rare one.
    weight = math.log(1 + (number + 1) / (how_many(db, word, index) + 1))
    if topics_of([word]):
        weight *= _TOPIC_WEIGHT
    others = _with(db, sorted(told), ids, index) if told else frozenset()
    return _Asked(weight, _with(db, [word], ids, index), others)


def _with(db: Database, words: Sequence[str], ids: Sequence[int], index: str) -> frozenset[int]:
    rows = db.rows(
        f"""SELECT rowid AS id FROM {index} WHERE {index} MATCH ?
            AND rowid IN ({",".join("?" * len(ids))})""",
        (" OR ".join(map(quoted, words)), *ids),
    )
    return frozenset(row["id"] for row in rows)
