"""Connections one would not have made: what two people share, who could bring them together, who should meet whom.

Only from what may be said to either: see memory/interests.py.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from heapq import nlargest

from memory import holding, memories, people, threads
from memory.database import Database
from memory.interests import roots, telling
from memory.records import Memory, Person
from memory.slots import all_day_words, occupied
from memory.support import how_many
from memory.threads import Thread
from memory.vectors import Vectors, without_names

_LOOKED_AT = 100  # memories of each of two people
_MOST_TOLD = 12  # memories with a word that still tells something
_WEIGHED = 30  # pairs compared on their own
_ALIKE = 0.45  # a cosine of vectors from which on two memories tell of the same sort of thing
_TOLD = """SELECT m.capture_id, mp.person_id FROM memories m JOIN memory_people mp ON mp.memory_id = m.id
        WHERE m.status NOT IN ('undone', 'withheld')
    UNION SELECT capture_id, person_id FROM interactions
    UNION SELECT r.capture_id, rp.person_id FROM reminders r JOIN reminder_people rp ON rp.reminder_id = r.id"""
"""Of whom each note told."""


@dataclass(frozen=True, slots=True)
class Match:
    """Two people and what they share, ``one``'s side first in each thread."""

    one: Person
    other: Person
    threads: tuple[Thread, ...]


@dataclass(frozen=True, slots=True)
class Link:
    """Someone who was told of with each of two people, the last time on these days."""

    through: Person
    with_one: date
    with_other: date


@dataclass(frozen=True, slots=True)
class Bridge:
    """Someone who shares something with each of two people who share nothing."""

    through: Person
    with_one: Thread
    with_other: Thread


def common_threads(db: Database, vectors: Vectors, one: Person, other: Person, now: datetime) -> list[Thread]:
    """What two people share, what fewest share first."""
    return threads.between(db, vectors, one, other, now.date())


def alike(db: Database, vectors: Vectors, one: Person, other: Person) -> tuple[Memory, Memory] | None:
    """What was told of two people that is most alike, to tell whoever told it: by the rarest word, or by meaning."""
    mine, theirs = (_told_lightly(db, person) for person in (one, other))
    names = [n for p in (one, other) for n in (p.name, *p.also)]
    stems = roots({m.id: without_names(m.text, names) for m in (*mine, *theirs)})
    both = [
        (how_many(db, stem), -max(ids), stem)
        for stem, ids in stems.items()
        if telling(stem) and any(m.id in ids for m in mine) and any(m.id in ids for m in theirs)
    ]
    number, _, stem = min(both, default=(_MOST_TOLD, 0, ""))
    if number < _MOST_TOLD:
        return next(m for m in mine if m.id in stems[stem]), next(m for m in theirs if m.id in stems[stem])
    return _nearest(vectors, mine, theirs)


def _told_lightly(db: Database, person: Person) -> list[Memory]:
    """What someone does, likes and plans, and nobody else with them; the newest first."""
    known = memories.about(db, person.id, _LOOKED_AT)
    light = [m for m in known if not (m.private or m.unspoken) and m.kind in ("fact", "preference", "plan", "event")]
    light = [m for m in light if not {slot for _, slot in occupied(m)} & {"birthday", "age"}]
    return [m for m in light if len(m.about) == 1]


def _nearest(vectors: Vectors, mine: Sequence[Memory], theirs: Sequence[Memory]) -> tuple[Memory, Memory] | None:
    """The two that mean most alike. The stored vectors, which have what was told before in them, show where to look."""
    stored = vectors.of(m.id for m in (*mine, *theirs))
    pairs = [(a, b) for a in mine for b in theirs if a.id in stored and b.id in stored]
    likely = nlargest(_WEIGHED, pairs, key=lambda pair: float(stored[pair[0].id] @ stored[pair[1].id]))
    alone = {m.id: _gist(m) for pair in likely for m in pair}
    found = vectors.embedded(list(set(alone.values())))
    weighed = [(float(found[alone[a.id]] @ found[alone[b.id]]), a.id, a, b) for a, b in likely]
    cosine, _, *pair = max(weighed, default=(0.0, 0, None, None))
    return (pair[0], pair[1]) if pair[0] and pair[1] and cosine >= _ALIKE else None


def _gist(memory: Memory) -> str:
    """What it says without names and days."""
    text = without_names(memory.text, [n for p in memory.about for n in (p.name, *p.also)])
    for day in all_day_words(text):
        text = text.replace(day, " ")
    return text


def threads_with(db: Database, vectors: Vectors, person: Person, now: datetime) -> list[Match]:
    """Those whom someone could meet: what connects them, what fewest share first."""
    apart = _know(db, person.id) | holding.dead(db)
    if person.id in apart:
        return []
    found = threads.of_person(db, vectors, person, now.date(), lambda a, b: apart.isdisjoint((a, b)))
    return _matches(db, found)


def suggestions(db: Database, vectors: Vectors, now: datetime) -> list[Match]:
    """Who among everyone could meet whom, those who share what is rarest first."""
    gone, known = holding.dead(db), _acquainted(db)
    everyone = [p for p in people.everyone(db) if p.id not in gone]
    found = threads.of_all(
        db,
        vectors,
        everyone,
        now.date(),
        lambda a, b: a not in gone and b not in gone and (min(a, b), max(a, b)) not in known,
    )
    return _matches(db, found)


def links(db: Database, one: Person, other: Person) -> list[Link]:
    """Who was told of with each of two people, the newest first: perhaps they know both."""
    ones, others = _told_with(db, one.id), _told_with(db, other.id)
    alive = (ones.keys() & others.keys()) - holding.dead(db) - {one.id, other.id}
    found = [
        Link(p, ones[p.id], others[p.id]) for p in people.by_ids(db, alive) if people.standing(db, p.id) == "named"
    ]
    return sorted(found, key=lambda link: min(link.with_one, link.with_other), reverse=True)


def bridges(db: Database, vectors: Vectors, one: Person, other: Person, now: datetime) -> list[Bridge]:
    """Who shares something with each of two people, those who share what is rarest first."""
    ones = {m.other.id: m for m in threads_with(db, vectors, one, now)}
    others = {m.other.id: m for m in threads_with(db, vectors, other, now)}
    found = [
        Bridge(ones[i].other, ones[i].threads[0], others[i].threads[0])
        for i in ones.keys() & others.keys() - {one.id, other.id}
    ]
    return sorted(found, key=lambda bridge: bridge.with_one.people + bridge.with_other.people)


def _matches(db: Database, found: Sequence[Thread]) -> list[Match]:
    """The threads by whom they connect; rare ones and several ones count for more."""
    pairs: dict[tuple[int, int], list[Thread]] = {}
    for thread in found:
        pairs.setdefault((thread.one.about[0].id, thread.other.about[0].id), []).append(thread)
    best = sorted(pairs.values(), key=lambda some: -sum(1 / thread.people for thread in some))
    return [Match(some[0].one.about[0], some[0].other.about[0], tuple(some)) for some in best]


def _told_with(db: Database, person_id: int) -> dict[int, date]:
    """Whom someone was told of with in one note, and the last day of that."""
    of_them = f"SELECT capture_id FROM ({_TOLD}) WHERE person_id = ?1"
    rows = db.rows(
        f"""SELECT t.person_id, max(c.heard_at) AS heard_at FROM ({_TOLD}) t JOIN captures c ON c.id = t.capture_id
            WHERE t.capture_id IN ({of_them}) AND t.person_id <> ?1 GROUP BY t.person_id""",
        (person_id,),
    )
    return {row["person_id"]: datetime.fromisoformat(row["heard_at"]).astimezone().date() for row in rows}


def _know(db: Database, person_id: int) -> set[int]:
    """Whom someone knows, as far as anyone said: told of together, or brought together."""
    rows = db.rows(
        """SELECT one_id + other_id - ?1 AS id FROM introductions
           WHERE ?1 IN (one_id, other_id) AND state <> 'undone'""",
        (person_id,),
    )
    return {*_told_with(db, person_id), *(row["id"] for row in rows)}


def _acquainted(db: Database) -> set[tuple[int, int]]:
    """All two who know each other, the lower id first."""
    rows = db.rows(
        f"""WITH told AS ({_TOLD}) SELECT DISTINCT a.person_id AS one, b.person_id AS other FROM told a
            JOIN told b ON b.capture_id = a.capture_id AND b.person_id > a.person_id
            UNION SELECT min(one_id, other_id), max(one_id, other_id) FROM introductions WHERE state <> 'undone'"""
    )
    return {(row["one"], row["other"]) for row in rows}
