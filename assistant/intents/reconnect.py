"""Who might be nice to hear from: one name, kindly, and only because it was asked."""

from __future__ import annotations

from assistant.intents.asked import Asked, Deed, deed
from assistant.phrasing import line
from memory import memories, suggestions


def act(asked: Asked) -> Deed:
    person = suggestions.someone(asked.db)
    if person is None:
        return deed(line("reconnect_nothing"))
    suggestions.offered(asked.db, person.id, asked.now)
    known = memories.about(asked.db, person.id)
    light = [m for m in known if not (m.private or m.unspoken)]
    if not light:
        return deed(line("reconnect_found_gently", name=person.name), line("reconnect_welcome"))
    told = light[0]
    return deed(
        line("reconnect_found", name=person.name, when=told.kept_at.astimezone().date(), things=[told.text]),
        line("reconnect_welcome"),
    )
