"""Someone is where the speaker is, or will be: on a visit, or because they live where the speaker travels to."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from assistant.phrasing import Line, line, say_day, say_until
from assistant.triggers.gently import hard_now
from assistant.triggers.occasion import Look, Occasion
from memory import holding, memories, places, whereabouts
from memory.database import Database
from memory.dates import DateSpan
from memory.holding import LIVE
from memory.places import Place
from memory.records import Memory, Person
from memory.whereabouts import Stay

_DAYS_AHEAD = 3
_ONE_NAMED = """(SELECT count(*) FROM memory_people WHERE memory_id = m.id) >= 1 AND NOT EXISTS (
    SELECT 1 FROM memory_people mp JOIN people p ON p.id = mp.person_id
    WHERE mp.memory_id = m.id AND p.standing <> 'named')"""


@dataclass(frozen=True, slots=True)
class Guest:
    """Someone is in a place on some days; ``days`` None: they live there."""

    person: Person
    memory: Memory
    days: DateSpan | None


def occasions(look: Look) -> Iterator[Occasion]:
    """Whoever lives where the speaker does is no occasion."""
    stays = whereabouts.stays(look.db, look.now, _DAYS_AHEAD)
    if not stays:
        return
    at_home, gone = whereabouts.home(look.db), holding.dead(look.db)
    away = [s for s in stays if _away(s, at_home)]
    hosts = living(look.db)
    for guests, where in ((visiting(look.db, look.now.date(), _DAYS_AHEAD), stays), (hosts, away)):
        for guest in guests:
            stay = next((s for s in where if _meet(guest, s, at_home)), None)
            local = stay not in away and any(h.person == guest.person and _meet(h, stay, at_home) for h in hosts)
            if stay and not local and gone.isdisjoint(p.id for p in guest.memory.about):
                yield _occasion(look, guest, stay)


def visiting(db: Database, today: date, days: int) -> list[Guest]:
    """Who is told to be somewhere today or on one of the next days."""
    rows = db.rows(
        f"""SELECT m.id FROM memories m WHERE {LIVE} AND m.place IS NOT NULL AND m.kind IN ('plan', 'event', 'fact')
            AND m.when_first <= ? AND m.when_last >= ? AND {_ONE_NAMED} ORDER BY m.when_first, m.id""",
        ((today + timedelta(days=days)).isoformat(), today.isoformat()),
    )
    found = memories.by_ids(db, [row["id"] for row in rows])
    going_along = places.language()["going"]
    return [
        Guest(m.about[0], m, m.when)
        for m in found
        if m.about and m.when and not m.unspoken and not re.match(going_along, m.text, re.IGNORECASE)
    ]


def living(db: Database) -> list[Guest]:
    """Everyone whose home is told, with where that is."""
    rows = db.rows(
        f"""SELECT s.person_id, max(m.id) AS id FROM slots s JOIN memories m ON m.id = s.memory_id
            WHERE s.slot = 'home' AND NOT s.ends AND m.place IS NOT NULL AND {LIVE} AND {_ONE_NAMED}
            GROUP BY s.person_id"""
    )
    whose = {row["id"]: row["person_id"] for row in rows}
    return [
        Guest(person, m, None)
        for m in memories.by_ids(db, whose)
        for person in m.about
        if person.id == whose[m.id] and not m.unspoken
    ]


def _meet(guest: Guest, stay: Stay | None, at_home: Place | None) -> bool:
    if stay is None or not (guest.days is None or guest.days.overlaps(stay.days)):
        return False
    if stay.memory and guest.person in stay.memory.about:  # they go there together
        return False
    return places.within(stay.place, guest.memory.place or "", at_home)


def _away(stay: Stay, at_home: Place | None) -> bool:
    if at_home is None:
        return stay.memory is not None
    if stay.place.point is None:
        return stay.place.country != at_home.country
    return not places.same(stay.place, at_home)


def _occasion(look: Look, guest: Guest, stay: Stay) -> Occasion:
    hard = hard_now(look.db, guest.person.id, look.now)
    if hard and hard.id == guest.memory.id:
        lines: tuple[Line, ...] = (line("near_hard", thing=hard.text.removesuffix(".")),)
    elif hard:
        lines = (_said(look, guest, stay), line("gently", thing=hard.text.removesuffix(".")))
    else:
        lines = (_said(look, guest, stay), line("near_hello"))
    return Occasion(
        key=f"near/{guest.memory.id}" + ("" if guest.days else f"/{stay.days.first:%Y-%m}"),
        lines=lines,
        people=guest.memory.about if guest.days else (guest.person,),
        private=guest.memory.private or bool(hard and hard.private),
    )


def _said(look: Look, guest: Guest, stay: Stay) -> Line:
    place, today = places.spoken(guest.memory.place or ""), look.now.date()
    if guest.days is None:
        if today in stay.days:
            return line("near_living", name=guest.person.name, place=place)
        return line("near_living_soon", name=guest.person.name, place=place, when=stay.days.first)
    together = max(guest.days.first, stay.days.first)
    when = say_until(guest.days.last, look.now) if together <= today else say_day(together, look.now)
    return line("near_visiting", name=guest.person.name, place=place, when=when)
