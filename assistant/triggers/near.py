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
    """Whoever lives where the speaker does is no occasion."""
    stays = whereabouts.stays(look.db, look.now, _DAYS_AHEAD)
    if not stays:
        return
    at_home, gone = whereabouts.home(look.db), holding.dead(look.db)
    away = [s for s in stays if _away(s, at_home)]
    hosts = living(look.db)
    homes = {host.person.id: host for host in hosts}
    for guests, where in ((visiting(look.db, look.now.date(), _DAYS_AHEAD), stays), (hosts, away)):
        for guest in guests:
            stay = next((s for s in where if _meet(guest, s, at_home)), None)
            local = stay not in away and _meet(homes.get(guest.person.id), stay, at_home)
            if stay and not local and gone.isdisjoint(p.id for p in guest.memory.about):
                yield _occasion(look, guest, stay)


def _meet(guest: Guest | None, stay: Stay | None, at_home: Place | None) -> bool:
    if guest is None or stay is None or not (guest.days is None or guest.days.overlaps(stay.days)):
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
