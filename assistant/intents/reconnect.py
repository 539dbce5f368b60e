"""Who might be nice to hear from: one name, kindly, and only because it was asked."""

from __future__ import annotations

from assistant.intents.asked import Asked, Deed, deed
from assistant.phrasing import line
from assistant.triggers.occasion import Occasion
from memory import memories, suggestions


def act(asked: Asked) -> Deed:
    person = suggestions.someone(asked.db)
    if person is None:
        return deed(line("reconnect_nothing"))
    offered = (Occasion(f"reconnect/{person.id}/{asked.now.date()}", (), (person,)),)
    known = memories.about(asked.db, person.id)
    light = [m for m in known if not (m.private or m.unspoken)]
    if not light:
        return Deed((line("reconnect_found_gently", name=person.name), line("reconnect_welcome")), tells=offered)
    told = light[0]
    found = line("reconnect_found", name=person.name, when=told.kept_at.astimezone().date(), things=[told.text])
    return Deed((found, line("reconnect_welcome")), tells=offered)
