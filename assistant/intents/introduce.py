"""Who should meet whom, and what two people have in common."""

from __future__ import annotations

from assistant.intents.asked import Asked, Deed, deed
from assistant.phrasing import line
from memory import introductions, memories, people


def act(asked: Asked) -> Deed:
    known = [p for name in asked.meaning.people if (p := people.find(asked.db, name))]
    if len(known) >= 2:
        one, other = known[:2]
        both = [m.text for m in memories.about(asked.db, one.id) if other.id in {p.id for p in m.about}]
        if both:
            return deed(line("introduce_common", one=one.name, other=other.name, things=both[:2]))
    wanted = introductions.of(asked.db, known[0].id) if known else introductions.open_ones(asked.db)
    if len(known) >= 2:
        wanted = [i for i in wanted if i.other.id == known[1].id]
    if not wanted:
        return deed(line("introduce_nothing"))
    return deed(line("introduce_open", one=wanted[0].one.name, other=wanted[0].other.name))
