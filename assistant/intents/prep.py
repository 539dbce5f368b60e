"""About to meet or call someone: what there is to know, what could be asked."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from assistant.intents.asked import Asked, Deed, deed
from assistant.phrasing import Line, Slot, line
from memory import introductions, memories, people, reminders
from memory.records import Memory, Person

_MEMORIES = 4  # what fits in one breath or two


def act(asked: Asked) -> Deed:
    name, person = asked.person_name(), asked.person()
    if name is None:
        return deed(line("prep_whom"))
    known = memories.about(asked.db, person.id, _MEMORIES) if person else []
    if person is None or not (known or _wanted(asked, person)):
        return deed(line("prep_unknown", name=name))
    light = [m for m in known if not m.sensitive]
    hard = [m for m in known if m.sensitive]
    return deed(*_told(asked, person, light), *_wanted(asked, person), *_gently(hard), _question(light, hard))


def _told(asked: Asked, person: Person, light: Sequence[Memory]) -> list[Line]:
    """When they last met, and what was told, the newest day's telling first."""
    met = people.last_met(asked.db, person.id)
    days: dict[date, list[Slot]] = {}
    for memory in light:
        days.setdefault(memory.kept_at.astimezone().date(), []).insert(0, memory.text)
    lines = [line("prep_last_met", name=person.name, when=met)] if met and met not in days else []
    for day, things in days.items():
        lines.append(
            line("prep_last_time" if day == met else "prep_memories", name=person.name, when=day, things=things)
        )
    return lines


def _wanted(asked: Asked, person: Person) -> list[Line]:
    others = [i.other.name for i in introductions.of(asked.db, person.id)]
    asked_for = [r.text for r in reminders.about(asked.db, person.id)]
    return [
        *([line("prep_introduction", name=person.name, others=others)] if others else []),
        *([line("prep_reminder", things=asked_for)] if asked_for else []),
    ]


def _gently(hard: Sequence[Memory]) -> list[Line]:
    """What is hard comes last, and softly, so that the question is about it."""
    return [line("prep_gently", things=[m.text for m in reversed(hard)])] if hard else []


def _question(light: Sequence[Memory], hard: Sequence[Memory]) -> Line:
    if hard:
        return line("prep_ask_gently")
    return line("prep_ask_plan" if any(m.kind == "plan" for m in light) else "prep_ask_new")
