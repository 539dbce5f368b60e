"""What a day brings, and the days after it: plans, and whose birthday it is; of those close first, and nothing hard."""

from __future__ import annotations

from collections.abc import Container, Iterable
from dataclasses import dataclass
from datetime import timedelta

from assistant.phrasing import Slot, line
from assistant.triggers import birthday as at_birthday
from assistant.triggers.occasion import Look, Occasion
from memory import birthdays, circles, holding, memories, suggestions
from memory.dates import DateSpan, on_day
from memory.records import Memory, Person
from memory.slots import undated

_DAYS = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class Coming:
    """``said`` is a part of a sentence; ``occasion`` what has been told with it."""

    occasion: Occasion
    said: Slot


def today(look: Look, but_not: Container[int | None] = ()) -> list[Coming]:
    """``but_not``: memories (ids) that are told otherwise."""
    day = on_day(look.now.date())
    plans = [
        Coming(Occasion(f"today/{m.id}/{day.first}", (), m.about), undated(m))
        for m in _plans(look, day)
        if m.id not in but_not
    ]
    born = [b for b in birthdays.within(look.db, day) if b.when == day]
    return plans + [
        Coming(Occasion(at_birthday.key(b), (), (b.person,)), line("birthday_of", name=b.person.name)) for b in born
    ]


def ahead(look: Look) -> list[Coming]:
    """In the days after this one. Each is told once, on one day."""
    span = DateSpan(look.now.date() + timedelta(days=1), look.now.date() + _DAYS)
    plans = [
        Coming(
            Occasion(f"ahead/{m.id}/{m.when.first}", (), m.about),
            line("thing_on", thing=undated(m).removesuffix("."), when=m.when),
        )
        for m in _plans(look, span)
        if m.when
    ]
    born = [
        Coming(
            Occasion(f"ahead/{at_birthday.key(b)}", (), (b.person,)),
            line("birthday_ahead", name=b.person.name, when=b.when),
        )
        for b in birthdays.within(look.db, span)
        if b.when.first in span
    ]
    return _closest_first(look, [one for one in (*plans, *born) if _is_new(look, one.occasion)])


def _plans(look: Look, span: DateSpan) -> list[Memory]:
    """What starts within these days: of a day or a few, not "some time in July"; nothing hard, and not of the dead."""
    born, dead = {h.memory_id for h in holding.everyones(look.db, "birthday")}, holding.dead(look.db)
    return [
        m
        for m in memories.on_days(look.db, span)
        if m.when and m.when.first in span and m.when.last - m.when.first <= _DAYS
        if not (m.private or m.unspoken) and m.id not in born and dead.isdisjoint(p.id for p in m.about)
    ]


def _closest_first(look: Look, some: Iterable[Coming]) -> list[Coming]:
    """The speaker's own before all."""
    standings = circles.everyones(look.db, look.now)

    def circle(people: tuple[Person, ...]) -> int:
        return min((standings[p.id].circle if p.id in standings else circles.OUTSIDE for p in people), default=0)

    return sorted(some, key=lambda one: circle(one.occasion.people))


def _is_new(look: Look, occasion: Occasion) -> bool:
    before = suggestions.by_key(look.db, occasion.key)
    return before is None or before.tried_at.astimezone().date() == look.now.date()
