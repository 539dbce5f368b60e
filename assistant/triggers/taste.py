"""A plan of the speaker's, in the next days, is to the taste of someone who is in town."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cache, lru_cache
from pathlib import Path

from assistant.phrasing import line, say_day
from assistant.triggers.occasion import Look, Occasion
from memory import calendars, holding, interests, people, places, whereabouts
from memory.database import Database
from memory.guests import Guest, living, visiting
from memory.hardship import hard_now
from memory.interests import Interest
from memory.places import Place
from memory.recall import content_words
from memory.records import Person
from memory.support import is_common
from memory.whereabouts import Stay

_DAYS_AHEAD = 3
_ENOUGH = 0.5  # of the telling words of what someone likes


@dataclass(frozen=True, slots=True)
class _Plan:
    key: str
    what: str
    day: date
    place: str | None
    people: tuple[Person, ...]


def occasions(look: Look) -> Iterator[Occasion]:
    fitting = [(plan, liked) for plan in _plans(look) for liked in _liked(look.db, plan, look.now.date())]
    if not fitting:
        return
    gone, around = holding.dead(look.db), [*living(look.db), *visiting(look.db, look.now.date(), _DAYS_AHEAD)]
    at_home, stays = whereabouts.home(look.db), whereabouts.stays(look.db, look.now, _DAYS_AHEAD)
    for plan, liked in fitting:
        where = _where(plan, stays, at_home)
        theirs = [guest for guest in around if guest.person.id == liked.person_id]
        coming = liked.person_id in {person.id for person in plan.people}
        if where and liked.person_id not in gone and not coming and _in_town(theirs, where, plan.day, at_home):
            yield _occasion(look, plan, liked)


def _occasion(look: Look, plan: _Plan, liked: Interest) -> Occasion:
    person, hard = people.by_id(look.db, liked.person_id), hard_now(look.db, liked.person_id, look.now)
    slots = {"name": person.name, "does": liked.does, "when": say_day(plan.day, look.now)}
    gently = (line("gently", thing=hard.text.removesuffix(".")),) if hard else ()
    return Occasion(
        key=f"taste/{plan.key}/{person.id}",
        lines=(line("taste_hard" if hard else "taste", **slots), *gently),
        people=(person,),
        private=bool(hard and hard.private),
    )


def _plans(look: Look) -> Iterator[_Plan]:
    """The speaker's own of the next days, told or in their calendars."""
    today = look.now.date()
    until = today + timedelta(days=_DAYS_AHEAD)
    for memory in whereabouts.own_plans(look.db, today, until):
        if memory.when and not memory.private:
            told = memory.text.partition(" ")[2]  # without how it begins, "You're"
            yield _Plan(str(memory.id), told, max(memory.when.first, today), memory.place, memory.about)
    for event in calendars.events(look.db, today, until):
        day = event.start.date() if isinstance(event.start, datetime) else event.start
        yield _Plan(event.uid, event.title, max(day, today), event.place, event.people)


def _liked(db: Database, plan: _Plan, today: date) -> list[Interest]:
    """What people like that the plan is about, one thing of each."""
    words = [w for w in content_words(plan.what) if interests.telling(w) and not is_common(db, w)]
    if not words:
        return []
    found = [i for i in interests.preferences(db, words, today) if _fits(plan.what, i.does)]
    return list({i.person_id: i for i in reversed(found)}.values())


@lru_cache(1_000)  # asked again at every look
def _fits(what: str, does: str) -> bool:
    """Whether they like what the plan is about: by its name, or in most of the words that tell it."""
    likes = re.match(_table()["likes"], does, re.IGNORECASE)
    if likes is None:
        return False
    thing = does[likes.end() :]
    named, liked = _names(what), _names(thing)
    if named and liked:
        return not named.isdisjoint(liked)
    stems = {stem: found for stem, found in interests.roots({0: what, 1: thing}).items() if interests.telling(stem)}
    whole = [found for found in stems.values() if 1 in found]
    return bool(whole) and sum(0 in found for found in whole) >= _ENOUGH * len(whole)


def _names(text: str) -> set[str]:
    """What is written with capitals, word beside word, but for words that add nothing: "national gallery"."""
    beside = _table()["beside"].split()
    runs = re.findall(r"\b[A-Z][\w.'’]*(?: (?:of |the |and |& )?[A-Z][\w.'’]*)*", text)
    plain = (" ".join(w for w in run.casefold().replace(".", "").split() if w not in beside) for run in runs)
    return {name for name in plain if any(interests.telling(w) for w in name.split())}


def _in_town(theirs: list[Guest], where: Place, day: date, at_home: Place | None) -> bool:
    """Whether someone is there on that day: on a visit, or because they live there and are not away."""
    of_the_day = [g for g in theirs if g.days and day in g.days] or [g for g in theirs if g.days is None]
    return any(places.within(where, g.memory.place or "", at_home) for g in of_the_day)


def _where(plan: _Plan, stays: Sequence[Stay], at_home: Place | None) -> Place | None:
    """Where the plan is: as it says, or where the speaker is on that day."""
    said = places.called(plan.place, at_home) if plan.place else None
    return said if said and said.point else next((s.place for s in stays if plan.day in s.days), None)


@cache
def _table() -> dict[str, str]:
    return tomllib.loads((Path(__file__).parent / "taste.en.toml").read_text(encoding="utf-8"))
