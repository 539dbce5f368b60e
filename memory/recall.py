"""From a question to the memories that answer it: words (FTS5) and meaning (vectors), a person given weight."""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from heapq import nlargest
from pathlib import Path

from memory import holding, memories
from memory.database import Database, Row
from memory.dates import DateSpan
from memory.errors import MeaningUnavailable
from memory.records import Memory, Person
from memory.support import coverage, is_common, quoted
from memory.topics import Topic, topics_of
from memory.vectors import Vectors, without_names

_CANDIDATES = 200
# What each signal weighs, fitted on half of LoCoMo (docs/bench.md has what each gives): bm25 over its best, and cosines
# over the least of those found. Whom and which days the question names count beside that. A filter by person instead
# of a weight loses much: half of what is known of someone is said of someone else.
_WORDS_WEIGHT, _COSINE_WEIGHT = 1.0, 1.8
_PERSON_WEIGHT, _DAYS_WEIGHT, _DATED_WEIGHT, _ASKING_WEIGHT = 0.3, 0.85, 0.5, -1.0
# What share a memory gets of the nearness of those told so many places before it in the same note (below 0: after it).
# The one just before it is in its vector already and so counts a little against it, unless it asks: this one answers.
_NEIGHBOURS = {2: 0.2, 1: -0.1, -1: 0.3, -2: 0.2}
_ANSWERS = 0.5
_MOST_RANKED = 50
_SHORT = 80  # characters of a question that tells nothing
_CLOSE_ENOUGH = 0.38  # a cosine that counts as meaning the same without one word in common
# What answers covers this share of the question, or comes this near in meaning; together they count the half of each.
_COVERED, _CLOSE, _ENOUGH = 0.5, 0.5, 0.85
_OF_ANOTHER = 0.4  # of what someone else's memory, that names them, answers
_PLACE = 0.35  # what a place adds to an answer to "where"
_COVER_WEIGHT, _TOPIC_WEIGHT, _SLOT_WEIGHT = 1.0, 0.5, 1.5


@dataclass(frozen=True, slots=True)
class Recalled:
    """``near``: it comes near the question itself, and not only by what was told beside it. ``cosine``: how near in
    meaning."""

    memory: Memory
    rank: float
    near: bool = True
    cosine: float = 0.0


def recall(
    db: Database,
    vectors: Vectors,
    question: str,
    person: Person | None,
    limit: int = 3,
    days: DateSpan | None = None,
) -> list[Recalled]:
    """The memories that answer ``question``, best first; none when nothing known comes near.

    With a ``person`` and no words of content, what is known of them, newest first. ``days``: when it was, if asked.
    """
    names = (person.name, *person.also) if person else ()
    words = content_words(without_names(question, names) if person else question, names)
    if person and not words:
        return [Recalled(m, 0.0) for m in memories.about(db, person.id, limit)]
    topics = topics_of(re.findall(r"\w+", without_names(question, names).casefold()))
    found = {r.memory.id: r for r in ranked(db, vectors, question, person, days)}
    for memory in _by_topic(db, person, topics):
        found.setdefault(memory.id, Recalled(memory, 0.0, near=False))
    covered = coverage(db, words, list(found))
    slots = _slots_of(db, person, topics) if person else set()
    of_kind = {i for i, r in found.items() if person and any(r.memory.kind in topic.kinds for topic in topics)}
    asks_where = question.casefold().startswith("where")
    ranks = {
        i: r.rank + _COVER_WEIGHT * covered[i] + _TOPIC_WEIGHT * (i in of_kind) + _SLOT_WEIGHT * (i in slots)
        for i, r in found.items()
        if r.memory.holds and (person is None or _of(r.memory, person) or _names(r.memory, person, names))
        if i in slots
        or i in of_kind
        or _answers(r, covered[i] + _PLACE * (asks_where and r.memory.place is not None), person)
        if not (_single(topics) and r.memory.kind == "meeting")
    }
    return [
        dataclasses.replace(found[i], rank=ranks[i])
        for i in sorted(ranks, key=lambda i: ranks[i], reverse=True)[:limit]
    ]


def _answers(found: Recalled, covered: float, person: Person | None) -> bool:
    """Whether it tells what was asked, and of whom: what is known of someone else, who knows them, counts less."""
    support = covered / _COVERED + max(0.0, found.cosine) / _CLOSE
    return support * (_OF_ANOTHER if person and not _of(found.memory, person) else 1.0) >= _ENOUGH


def _single(topics: Sequence[Topic]) -> bool:
    """Whether it asks for what someone has one of, which a meeting does not tell."""
    return any({"home", "employer"} & set(topic.slots) for topic in topics)


def _by_topic(db: Database, person: Person | None, topics: Sequence[Topic]) -> list[Memory]:
    """What belongs to a topic, whatever words the question has for it."""
    if person is None:
        told = sorted({word for topic in topics for word in topic.told})
        return memories.by_ids(db, list(_by_words(db, told))[:_MOST_RANKED])
    kinds = {kind for topic in topics for kind in topic.kinds}
    slots = _slots_of(db, person, topics)
    return [m for m in memories.about(db, person.id, _CANDIDATES) if m.kind in kinds or m.id in slots]


def _slots_of(db: Database, person: Person, topics: Sequence[Topic]) -> set[int]:
    """The memories (ids) that say the one thing of someone that a topic asks for."""
    wanted = {slot for topic in topics for slot in topic.slots}
    return {h.memory_id for slot, h in holding.claims_of(db, person.id).items() if slot in wanted}


def ranked(
    db: Database,
    vectors: Vectors,
    question: str,
    person: Person | None,
    days: DateSpan | None = None,
    limit: int = _MOST_RANKED,
) -> list[Recalled]:
    """What comes nearest to a question, or was told beside what does, best first."""
    names = (person.name, *person.also) if person else ()
    topic = without_names(question, names) if person else question
    by_words = _by_words(db, content_words(topic, names))
    by_meaning = _by_meaning(vectors, topic)
    least = min(by_meaning.values(), default=0.0)  # as near at most are those that were not among the nearest
    near = {
        i: _WORDS_WEIGHT * by_words.get(i, 0.0) + _COSINE_WEIGHT * (by_meaning.get(i, least) - least)
        for i in {*by_words, *by_meaning}
    }
    asks_when = question.split(" ")[0].casefold() in _when_words()
    notes = _notes(db, nlargest(_CANDIDATES, near, key=near.__getitem__), person)
    ranks = {
        row["id"]: near.get(row["id"], 0.0)
        + _beside(near, note, place)
        + _PERSON_WEIGHT * row["theirs"]
        + _DAYS_WEIGHT * (days is not None and _within(row, days))
        + _DATED_WEIGHT * (asks_when and row["when_first"] is not None)
        + _ASKING_WEIGHT * row["only_asks"]
        for note in notes
        for place, row in enumerate(note)
    }
    best = sorted(ranks, key=lambda i: ranks[i], reverse=True)[:limit]
    return [
        Recalled(
            m, ranks[m.id], m.id in by_words or by_meaning.get(m.id, 0.0) >= _CLOSE_ENOUGH, by_meaning.get(m.id, 0.0)
        )
        for m in memories.by_ids(db, best)
    ]


def _notes(db: Database, ids: Sequence[int], person: Person | None) -> list[list[Row]]:
    """Of every note that told one of these memories, what ranks all that was told in it, in order."""
    rows = db.rows(
        f"""SELECT id, capture_id, when_first, when_last, kept_at,
                text LIKE '%?%' AS asks, text LIKE '%?' AND length(text) < {_SHORT} AS only_asks,
                EXISTS (SELECT 1 FROM memory_people WHERE memory_id = id AND person_id = ?) AS theirs
            FROM memories WHERE capture_id IN (
                SELECT capture_id FROM memories WHERE id IN ({",".join("?" * len(ids))})) ORDER BY id""",
        (person.id if person else None, *ids),
    )
    notes: dict[int, list[Row]] = {}
    for row in rows:
        notes.setdefault(row["capture_id"], []).append(row)
    return list(notes.values())


def _beside(near: Mapping[int, float], note: Sequence[Row], place: int) -> float:
    """What a memory gets from those that were told around it in the same note."""
    gained = 0.0
    for step, share in _NEIGHBOURS.items():
        if 0 <= place - step < len(note):
            other = note[place - step]
            gained += (_ANSWERS if step == 1 and other["asks"] else share) * near.get(other["id"], 0.0)
    return gained


def _within(row: Row, days: DateSpan) -> bool:
    """Whether it was told, or happens, on one of those days."""
    first, last = row["when_first"], row["when_last"]
    told = datetime.fromisoformat(row["kept_at"]).astimezone().date()
    happens = first and days.overlaps(DateSpan(date.fromisoformat(first), date.fromisoformat(last)))
    return told in days or bool(happens)


def content_words(text: str, names: Sequence[str] = ()) -> list[str]:
    """The words of ``text`` that say what it is about, lower case."""
    left_out = _stopwords() | {part.casefold() for name in names for part in name.split()}
    words = re.findall(r"\w+", re.sub(r"['’]\w+", "", text.casefold()))
    return [w for w in words if w not in left_out]


def _by_words(db: Database, words: Sequence[str]) -> dict[int, float]:
    """Rank by words, 1 for the best."""
    if not words:
        return {}
    rare = [w for w in words if not is_common(db, w)]
    # Words that very many memories have tell little and take long: they count together, and beside no rarer one.
    rows = _matching(db, " OR ".join(map(quoted, rare))) if rare else _matching(db, " AND ".join(map(quoted, words)))
    rows = rows or _matching(db, " OR ".join(map(quoted, words)))
    best = min((row["score"] for row in rows), default=1.0) or 1.0  # SQLite's scores are negative
    return {row["id"]: row["score"] / best for row in rows}


def _matching(db: Database, query: str) -> list[Row]:
    return db.rows(
        "SELECT rowid AS id, bm25(memory_words) AS score FROM memory_words WHERE memory_words MATCH ? "
        "ORDER BY score LIMIT ?",
        (query, _CANDIDATES),
    )


def _by_meaning(vectors: Vectors, text: str) -> dict[int, float]:
    try:
        return vectors.nearest(text, _CANDIDATES)
    except MeaningUnavailable:
        return {}  # words still find


def _of(memory: Memory, person: Person) -> bool:
    return any(p.id == person.id for p in memory.about)


def _names(memory: Memory, person: Person, names: Sequence[str]) -> bool:
    """Whether it speaks of ``person``, and not of someone else who is called the same."""
    first = person.name.split(" ")[0]
    return all(p.name.split(" ")[0] != first for p in memory.about) and any(
        re.search(rf"\b{re.escape(name)}\b", memory.text, re.IGNORECASE) for name in names
    )


@cache
def _stopwords() -> frozenset[str]:
    return frozenset((Path(__file__).parent / "stopwords.en.txt").read_text(encoding="utf-8").split())


@cache
def _when_words() -> frozenset[str]:
    """The words with which a question for a time begins."""
    return frozenset((Path(__file__).parent / "when.en.txt").read_text(encoding="utf-8").split())
