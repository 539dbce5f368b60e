"""When someone was last seen or spoken to. The day is said because it was asked for."""

from __future__ import annotations

from assistant.intents import counting
from assistant.intents.asked import Asked, Deed, deed
from assistant.phrasing import line
from memory import people


def act(asked: Asked) -> Deed:
    if counted := counting.times(asked):
        return counted
    person = asked.person()
    day = people.last_met(asked.db, person.id, counting.seeing(asked)) if person else None
    if person is None or day is None:
        return deed(line("last_contact_nothing"))
    return deed(line("last_contact_found", name=person.name, when=day))
