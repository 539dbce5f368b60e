"""What two people share that nobody said of both: the same rare word, or the same meaning in other words.

What few people share comes before what many do. Rarity is counted in people known here, not in words of the language.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from itertools import combinations

import numpy as np

from memory import interests, memories, people
from memory.database import Database
from memory.embedding import EmbedderUnavailable
from memory.interests import Interest
from memory.records import Memory, Person
from memory.vectors import Vectors

_FEW = 12  # people: what more than these share is no thread
_MOST_TOLD = 500  # memories: a word in more of them is not rare, whoever they are about
_NEWEST = 300  # memories of one person whose words are looked at
# Words that are followed to people, memories that are compared by meaning (the newest of each person), and likely
# threads of either sort that are read once more: between two, of one with all, and of all with all.
_RAREST, _RAREST_OF_ONE, _RAREST_OF_ALL = 12, 30, 2_000
_COMPARED, _COMPARED_OF_ONE, _COMPARED_OF_ALL = 150, 60, 12
_WEIGHED, _WEIGHED_OF_ONE, _WEIGHED_OF_ALL = 3, 8, 16
_NEAREST = 20
_MOST_ALIKE = 2_000  # among everyone, before those who know each other are left out
# Cosines. The vectors that are kept know what was told before, so they only show where to look; then what the two do
# is compared alone, and once more without the words that say nothing ("is learning", "old").
_WORTH_A_LOOK, _SAME_WORD, _LIKE, _SAME_GIST = 0.35, 0.28, 0.38, 0.47


@dataclass(frozen=True, slots=True)
class Thread:
    """``people``: how many share it. ``both``: what is said of both in the same words, as "restores clocks"."""

    one: Memory
    other: Memory
    people: int
    both: str | None


@dataclass(frozen=True, slots=True)
class _Likely:
    """``people`` is 0 where it is meaning that they share: then it is counted last."""

    one: Interest
    other: Interest
    people: int
    cosine: float = 0.0

    @property
    def whose(self) -> frozenset[int]:
        return frozenset((self.one.person_id, self.other.person_id))


Pairs = Callable[[int, int], bool]
"""Whether two people, by their ids, are to be looked at."""


def between(db: Database, vectors: Vectors, one: Person, other: Person, today: date) -> list[Thread]:
    """What two people share, what fewest share first."""
    told = interests.of_people(db, [one.id, other.id], today, _NEWEST)
    mine, theirs = ([i for i in told if i.person_id == whose.id] for whose in (one, other))
    whose_is = {i.memory_id: i.person_id for i in told}
    shared = [stem for stem, ids in _roots(told).items() if len({whose_is[i] for i in ids}) == 2]
    by_word = _by_words(db, _rare(db, shared), today, lambda a, b: {a, b} == {one.id, other.id})
    near = _alike(vectors, mine[:_COMPARED], theirs[:_COMPARED], _WEIGHED)
    likely = [*by_word[:_WEIGHED], *near]
    return _threads(db, vectors, [_facing(one.id, each) for each in likely], today)


def of_person(db: Database, vectors: Vectors, person: Person, today: date, pairs: Pairs) -> list[Thread]:
    """What someone shares with others, theirs first."""
    mine = interests.of_people(db, [person.id], today, _NEWEST)
    by_word = _by_words(
        db, _rare(db, _roots(mine), _RAREST_OF_ONE), today, lambda a, b: person.id in (a, b) and pairs(a, b)
    )
    near = [each for each in _near(db, vectors, mine[:_COMPARED_OF_ONE], today) if pairs(*each.whose)]
    likely = [*by_word[:_WEIGHED_OF_ONE], *near[:_WEIGHED_OF_ONE]]
    return _threads(db, vectors, [_facing(person.id, each) for each in likely], today)


def of_all(db: Database, vectors: Vectors, everyone: Sequence[Person], today: date, pairs: Pairs) -> list[Thread]:
    """What any two people share."""
    by_word = _by_words(db, _rare(db, None, _RAREST_OF_ALL), today, pairs)
    some = interests.of_people(db, [p.id for p in everyone], today, _COMPARED_OF_ALL)
    near = [each for each in _alike(vectors, some, some, _MOST_ALIKE) if pairs(*each.whose)]
    return _threads(db, vectors, [*by_word[:_WEIGHED_OF_ALL], *near[:_WEIGHED_OF_ALL]], today)


def _roots(some: Iterable[Interest]) -> dict[str, set[int]]:
    return interests.roots({i.memory_id: i.does for i in some})


def _rare(db: Database, stems: Iterable[str] | None, limit: int = _RAREST) -> list[str]:
    """The words that tell something (of ``stems``, or of all) and are in fewest memories, but in two at least."""
    _look_into_words(db)
    names = interests.roots({0: " ".join(name for p in people.everyone(db) for name in (p.name, *p.also))})
    fits = "col = 'text' AND doc BETWEEN 2 AND ?"
    if stems is None:
        rows = db.rows(f"SELECT term, doc FROM temp.stem_counts WHERE {fits}", (_MOST_TOLD,))
    else:
        wanted = json.dumps([s for s in stems if interests.telling(s)])
        rows = db.rows(
            f"SELECT term, doc FROM json_each(?) j CROSS JOIN temp.stem_counts ON term = j.value WHERE {fits}",
            (wanted, _MOST_TOLD),
        )
    found = sorted((row["doc"], row["term"]) for row in rows if row["term"] not in names)
    return [stem for _, stem in found if interests.telling(stem)][:limit]


def _by_words(db: Database, stems: Sequence[str], today: date, pairs: Pairs) -> list[_Likely]:
    """Two people for each word that few share, and that the pair's shortest memory with it says; rarest first."""
    rows = db.rows(
        """SELECT term, doc FROM json_each(?) j CROSS JOIN temp.stem_places ON term = j.value WHERE col = 'text'""",
        (json.dumps(stems),),
    )
    known = {i.memory_id: i for i in interests.among(db, {row["doc"] for row in rows}, today)}
    holders: dict[str, dict[int, Interest]] = {}
    for row in rows:
        if told := known.get(row["doc"]):
            of_word = holders.setdefault(row["term"], {})
            shorter = of_word.get(told.person_id)
            if shorter is None or len(told.does) < len(shorter.does):
                of_word[told.person_id] = told
    found = {
        (a.memory_id, b.memory_id): _Likely(a, b, len(of_word))
        for of_word in holders.values()
        if 2 <= len(of_word) <= _FEW
        for a, b in combinations(of_word.values(), 2)
        if pairs(a.person_id, b.person_id)
    }
    return sorted(found.values(), key=lambda each: (each.people, -each.one.memory_id - each.other.memory_id))


def _alike(vectors: Vectors, some: Sequence[Interest], others: Sequence[Interest], limit: int) -> list[_Likely]:
    """Two memories of two people that come near each other, the nearest first."""
    kept = vectors.of(i.memory_id for i in (*some, *others))
    left, right = ([i for i in these if i.memory_id in kept] for these in (some, others))
    if not left or not right:
        return []
    cosines = np.stack([kept[i.memory_id] for i in left]) @ np.stack([kept[i.memory_id] for i in right]).T
    cosines[np.equal.outer([i.person_id for i in left], [i.person_id for i in right])] = 0
    rows, columns = np.nonzero(cosines >= _WORTH_A_LOOK)
    nearest = np.argsort(-cosines[rows, columns])[:limit]
    found: dict[frozenset[int], _Likely] = {}
    for row, column in zip(rows[nearest], columns[nearest], strict=True):
        each = _Likely(left[row], right[column], 0, float(cosines[row, column]))
        found.setdefault(frozenset((each.one.memory_id, each.other.memory_id)), each)
    return list(found.values())


def _near(db: Database, vectors: Vectors, mine: Sequence[Interest], today: date) -> list[_Likely]:
    """What comes near to someone's memories among all there are, the nearest first."""
    kept = vectors.of([i.memory_id for i in mine])
    told = [i for i in mine if i.memory_id in kept]
    around = vectors.near([kept[i.memory_id] for i in told], _NEAREST)
    others = {i.memory_id: i for i in interests.among(db, {i for found in around for i in found}, today)}
    likely = [
        _Likely(i, others[j], 0, cosine)
        for i, found in zip(told, around, strict=True)
        for j, cosine in found.items()
        if cosine >= _WORTH_A_LOOK and j in others and others[j].person_id != i.person_id
    ]
    return sorted(likely, key=lambda each: -each.cosine)


def _threads(db: Database, vectors: Vectors, likely: Sequence[_Likely], today: date) -> list[Thread]:
    """Those that hold when both are read once more, what fewest share first, every memory of a pair once."""
    sure = _sure(vectors, likely)
    told = {m.id: m for m in memories.by_ids(db, {i.memory_id for each in sure for i in (each.one, each.other)})}
    found: list[Thread] = []
    used: set[tuple[frozenset[int], int]] = set()
    for each in sorted(_counted(db, vectors, sure, today), key=lambda each: (each.people, -each.cosine)):
        taken = {(each.whose, i.memory_id) for i in (each.one, each.other)}
        if not taken & used:
            used |= taken
            both = _said_of_both(each.one.does, each.other.does)
            found.append(Thread(told[each.one.memory_id], told[each.other.memory_id], each.people, both))
    return found


def _sure(vectors: Vectors, likely: Sequence[_Likely]) -> list[_Likely]:
    """Those that are alike, too, when what was told beside them is left out."""
    try:
        whole = _compared(vectors, [(f"{each.one.does}.", f"{each.other.does}.") for each in likely])
        alike = [
            replace(each, cosine=cosine)
            for each, cosine in zip(likely, whole, strict=True)
            if cosine >= (_SAME_WORD if each.people else _LIKE)
        ]
        gists = _compared(vectors, [_gists(each) for each in alike])
    except EmbedderUnavailable:
        return [each for each in likely if each.people]  # words still connect
    return [each for each, cosine in zip(alike, gists, strict=True) if each.people or cosine >= _SAME_GIST]


def _gists(each: _Likely) -> tuple[str, str]:
    """What to compare of two that share no word; nothing where they only say where someone is."""
    if each.people or (interests.somewhere(each.one.does) and interests.somewhere(each.other.does)):
        return "", ""
    return interests.gist(each.one.does), interests.gist(each.other.does)


def _compared(vectors: Vectors, pairs: Sequence[tuple[str, str]]) -> list[float]:
    """The cosines of two texts each; 0 where one is empty."""
    vector = vectors.embedded(sorted({text for pair in pairs for text in pair if text}))
    return [float(vector[a] @ vector[b]) if a and b else 0.0 for a, b in pairs]


def _counted(db: Database, vectors: Vectors, likely: Sequence[_Likely], today: date) -> list[_Likely]:
    """With how many people mean the same, where it is a meaning; without what many do."""
    kept = vectors.of([each.one.memory_id for each in likely if not each.people])
    around = dict(zip(kept, vectors.near(list(kept.values()), _NEAREST), strict=True))
    whose = {
        i.memory_id: i.person_id for i in interests.among(db, {i for near in around.values() for i in near}, today)
    }
    counted = []
    for each in likely:
        near = around.get(each.one.memory_id, {})
        them = {whose[i] for i, cosine in near.items() if i in whose and cosine >= _SAME_GIST} | each.whose
        counted.append(each if each.people else replace(each, people=len(them)))
    return [each for each in counted if each.people <= _FEW]


def _said_of_both(one: str, other: str) -> str | None:
    """The shorter of the two, where the other only says more after it."""
    short, long = sorted((one, other), key=len)
    return short if re.match(rf"{re.escape(short)}(?!\w)", long, re.IGNORECASE) else None


def _facing(person_id: int, likely: _Likely) -> _Likely:
    """With that person's side first."""
    return likely if likely.one.person_id == person_id else replace(likely, one=likely.other, other=likely.one)


def _look_into_words(db: Database) -> None:
    """What FTS5 knows of its own words, as tables for as long as the database is open."""
    for name, what in (("stem_counts", "col"), ("stem_places", "instance")):
        db.write(f"CREATE VIRTUAL TABLE IF NOT EXISTS temp.{name} USING fts5vocab(main, memory_words, {what})")
