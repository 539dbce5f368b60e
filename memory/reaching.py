"""Whom one might reach out to, and why now. Nobody is graded: it is an order, made anew each time, and kept nowhere."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cache
from pathlib import Path

from memory import birthdays, circles, goals, holding, introductions, memories, people, suggestions
from memory.circles import Standing
from memory.database import Database
from memory.dates import DateSpan
from memory.goals import Goal
from memory.natural_end import has_ended
from memory.records import Introduction, Memory, Person
from memory.slots import claims

INNER = 15  # the outermost circle whose people are missed when they slip out of sight
_FLOOR = timedelta(days=21)  # nobody is missed sooner
_TIMES = 2  # of someone's rhythm
_MOST_REFUSALS = 3
_NEAR = timedelta(days=7)
KEYS = ("drift", "reconnect")
"""What begins the keys of suggestions by which someone was brought to mind."""

_BROUGHT_TO_MIND = f"""suggestions s JOIN suggestion_people p ON p.suggestion_id = s.id
    WHERE s.offered_at IS NOT NULL AND s.state <> 'later'
    AND substr(s.key, 1, instr(s.key, '/') - 1) IN ({", ".join(f"'{key}'" for key in KEYS)})"""
_LATELY = timedelta(days=14)
_LET_GO = timedelta(days=90)
_CLOSE = {5: 4.0, 15: 3.0, 50: 1.5, 150: 0.5}
_FITS, _SOON, _SLIPPED, _JUST_MET = 6.0, 3.0, 1.5, -3.0
_TELLING = ("fact", "event", "preference", "plan")
_NO_NEWS = {"circle", "met", "pronounced", "age", "birthday", "estranged", "origin"}


@dataclass(frozen=True, slots=True)
class Reach:
    """Someone, and all that speaks for saying hello now; ``wanted`` is an open introduction of theirs.

    ``fits``: a goal, and what of theirs fits it. ``soon``: a plan or event of theirs within days. ``owed``: a promise.
    """

    person: Person
    standing: Standing | None
    fits: tuple[Goal, Memory] | None = None
    birthday: DateSpan | None = None
    soon: Memory | None = None
    owed: Memory | None = None
    wanted: Introduction | None = None


def offered_since(db: Database, person_id: int, day: date) -> bool:
    """Whether someone was brought to mind after that day."""
    at = _offered(db).get(person_id)
    return at is not None and at.astimezone().date() > day


def offered_after(db: Database, moment: datetime) -> set[int]:
    """Who (ids) was brought to mind since then."""
    return {person_id for person_id, at in _offered(db).items() if at >= moment}


def gone(db: Database) -> set[int]:
    """Who (ids) died, or is not to be heard of."""
    return holding.dead(db) | {h.person_id for h in holding.everyones(db, "estranged")}


def slipped(standing: Standing, refused: int, today: date) -> bool:
    """Whether someone was met, called and spoken of longer ago than their own rhythm allows."""
    if standing.last is None or refused >= _MOST_REFUSALS:
        return False
    return today - standing.last > max(_TIMES * standing.rhythm, _FLOOR) * (1 << refused)


def slipping(db: Database, now: datetime) -> list[tuple[int, Standing]]:
    """Those of the inner circles (ids) who slip out of sight, whoever fits a goal first, then the closest."""
    today = now.date()
    found = [
        (person_id, standing)
        for person_id, standing in circles.everyones(db, now).items()
        if standing.circle <= INNER and not at_home(standing)
        if slipped(standing, 0, today) and slipped(standing, suggestions.refusals(db, person_id), today)
    ]
    wished = wishes(db) if found else {}
    return sorted(found, key=lambda one: one[0] not in wished)


def wishes(db: Database) -> dict[int, tuple[Goal, Memory]]:
    """Who has to do with what the speaker would like, by id, with what of theirs does. Nothing of a private wish."""
    found: dict[int, tuple[Goal, Memory]] = {}
    away = gone(db)
    for goal in goals.standing(db):
        if goal.memory.private or goal.memory.unspoken:
            continue
        for person_id, memory in goals.fitting(db, goal).items():
            if person_id not in away:
                found.setdefault(person_id, (goal, memory))
    return found


def news(known: Iterable[Memory], person: Person, today: date) -> Memory | None:
    """The newest of what is known of someone that anyone may hear, still holds and says more than who they are."""
    return next((m for m in known if _light(m, person) and not has_ended(m, today)), None)


def grieves(known: Iterable[Memory]) -> bool:
    """Whether the newest that was told of someone is hard for them."""
    told = next((m for m in known if m.kind != "meeting"), None)
    return told is not None and told.sensitive


def at_home(standing: Standing) -> bool:
    return standing.kin is not None and standing.kin in _table()["at_home"].split()


def whom(db: Database, now: datetime) -> list[Reach]:
    """Everyone one might reach out to, for whom most speaks first; who was offered lately comes last. Someone who was
    only mentioned in passing is there where nobody else is.
    """
    everyone = _all_reasons(db, now, circles.everyones(db, now))
    found = [r for r in everyone if r.standing or r.fits] or everyone
    offered = _offered(db)
    away = {p for p, day in offered.items() if now - day < _LATELY}
    refused = _let_go(db, now)
    return sorted(
        (r for r in found if not (r.standing and at_home(r.standing))),
        key=lambda r: (
            r.person.id in refused,
            r.person.id in away,
            offered[r.person.id] if r.person.id in away else now,
            -_speaks_for(r, now.date()),
            r.person.id,
        ),
    )


def _all_reasons(db: Database, now: datetime, standings: Mapping[int, Standing]) -> list[Reach]:
    today = now.date()
    soon, owed = _soon(db, today), {m.about[0].id: m for m in memories.of_kind(db, "promise") if m.about}
    born = {b.person.id: b.when for b in birthdays.within(db, DateSpan(today, today + _NEAR))}
    wanted = {p.id: i for i in introductions.open_ones(db) for p in (i.one, i.other)}
    wished = wishes(db)
    away = gone(db)
    return [
        Reach(
            p,
            standings.get(p.id),
            fits=wished.get(p.id),
            birthday=born.get(p.id),
            soon=soon.get(p.id),
            owed=owed.get(p.id),
            wanted=wanted.get(p.id),
        )
        for p in people.everyone(db)
        if p.id not in away
    ]


def _soon(db: Database, today: date) -> dict[int, Memory]:
    """Whose plan or event lies within days, with it."""
    near = memories.on_days(db, DateSpan(today - timedelta(days=2), today + _NEAR), limit=-1)
    light = [m for m in near if m.when and m.when.last - m.when.first <= _NEAR and m.kind in ("plan", "event")]
    return {m.about[0].id: m for m in reversed(light) if m.about and not (m.private or m.unspoken)}


def _speaks_for(one: Reach, today: date) -> float:
    if one.standing is None:
        return _FITS if one.fits else 0.0
    weight = _CLOSE[one.standing.circle]
    weight += _FITS * bool(one.fits) + _SOON * bool(one.birthday or one.soon) + bool(one.owed or one.wanted)
    if slipped(one.standing, 0, today):
        return weight + _SLIPPED
    just_met = one.standing.last_contact and today - one.standing.last_contact < one.standing.rhythm / 2
    return weight + (_JUST_MET if just_met else 0)


def _offered(db: Database) -> dict[int, datetime]:
    """When someone (an id) was last brought to mind, and it was heard and not put off."""
    rows = db.rows(f"SELECT p.person_id, max(s.offered_at) AS at FROM {_BROUGHT_TO_MIND} GROUP BY p.person_id")
    return {row["person_id"]: datetime.fromisoformat(row["at"]) for row in rows}


def _let_go(db: Database, now: datetime) -> set[int]:
    rows = db.rows(f"SELECT p.person_id, s.offered_at FROM {_BROUGHT_TO_MIND} AND s.state = 'let go'")
    return {row["person_id"] for row in rows if now - datetime.fromisoformat(row["offered_at"]) < _LET_GO}


def _light(memory: Memory, person: Person) -> bool:
    if (
        memory.private
        or memory.unspoken
        or memory.kind not in _TELLING
        or [p.id for p in memory.about[:1]] != [person.id]
    ):
        return False
    only_who = re.match(_table()["who_they_are"], memory.text, re.IGNORECASE)
    return not only_who and _NO_NEWS.isdisjoint(c.slot[1] for c in claims(memory))


@cache
def _table() -> dict[str, str]:
    return tomllib.loads((Path(__file__).parent / "reaching.en.toml").read_text(encoding="utf-8"))
