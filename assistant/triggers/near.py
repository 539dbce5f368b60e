"""Someone is where the speaker is, or will be: on a visit, or because they live where the speaker travels to."""

from __future__ import annotations

from collections.abc import Iterator

from assistant.phrasing import Line, line, say_day, say_until
from assistant.triggers.occasion import Look, Occasion
from memory import holding, places, whereabouts
from memory.guests import Guest, living, visiting
from memory.hardship import hard_now
from memory.places import Place
from memory.whereabouts import Stay

_DAYS_AHEAD = 3


def occasions(look: Look) -> Iterator[Occasion]:
    """On visits, whoever does not live there, too; at home, whoever is there while the speaker travels."""
    stays = whereabouts.stays(look.db, look.now, _DAYS_AHEAD)
    if not stays:
        return
    at_home, gone = whereabouts.home(look.db), holding.dead(look.db)
    away = [stay for stay in stays if _away(stay, at_home)]
    visitors = visiting(look.db, look.now.date(), _DAYS_AHEAD)
    homes = {host.person.id: host for host in living(look.db)}
    for guest in (*visitors, *homes.values()):
        visits = guest.days is not None
        stay = next((s for s in (stays if visits else away) if _meet(guest, s, at_home)), None)
        if stay is None or not gone.isdisjoint(person.id for person in guest.memory.about):
            continue
        lives_here = visits and stay not in away and _meet(homes.get(guest.person.id), stay, at_home)
        elsewhere = not visits and any(_is_elsewhere(v, guest, stay, at_home) for v in visitors)
        if not lives_here and not elsewhere:
            yield _occasion(look, guest, stay)


def _is_elsewhere(visitor: Guest, host: Guest, stay: Stay, at_home: Place | None) -> bool:
    """Whether someone is on a visit to another place while the speaker is where they live."""
    if visitor.person != host.person or visitor.days is None or not visitor.days.overlaps(stay.days):
        return False
    return not _meet(visitor, stay, at_home)


def _meet(guest: Guest | None, stay: Stay, at_home: Place | None) -> bool:
    if guest is None or not (guest.days is None or guest.days.overlaps(stay.days)):
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
        private=any(told.private for told in (guest.memory, hard, stay.memory) if told),
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
