"""About to meet or call someone: what there is to know, what could be asked."""

from __future__ import annotations

from collections.abc import Sequence

from assistant.intents.asked import Asked, Deed, deed
from assistant.phrasing import Line, line
from memory import introductions, memories, people, reminders
from memory.records import Memory, Person

_MEMORIES = 4  # what fits in one breath or two


def act(asked: Asked) -> Deed:
    name = asked.person_name()
    if name is None:
        return Deed((line("prep_whom"),), expects_answer=True)
    person = asked.person()
    known = memories.about(asked.db, person.id, _MEMORIES) if person else []
    lines = [*_told(asked, known), *_wanted(asked, person)] if person else []
    if not lines:
        return deed(line("prep_unknown", name=name))
    return deed(*_last_met(asked, person), *lines, _question(known))


def _last_met(asked: Asked, person: Person | None) -> list[Line]:
    day = people.last_met(asked.db, person.id) if person else None
    return [line("prep_last_met", name=person.name, when=day)] if person and day else []


def _told(asked: Asked, known: Sequence[Memory]) -> list[Line]:
    """What is known, the newest day's telling first; what is hard is said gently, after the rest."""
    open_ones = [m for m in known if not m.sensitive]
    gentle = [m for m in known if m.sensitive]
    lines = []
    for day in dict.fromkeys(m.kept_at.astimezone().date() for m in open_ones):
        things = [m.text for m in reversed(open_ones) if m.kept_at.astimezone().date() == day]
        lines.append(line("prep_memories", when=day, things=things))
    if gentle:
        lines.append(line("prep_gently", things=[m.text for m in reversed(gentle)]))
    return lines


def _wanted(asked: Asked, person: Person | None) -> list[Line]:
    if person is None:
        return []
    others = [i.other.name for i in introductions.of(asked.db, person.id)]
    asked_for = [r.text for r in reminders.about(asked.db, person.id)]
    return [
        *([line("prep_introduction", name=person.name, others=others)] if others else []),
        *([line("prep_reminder", things=asked_for)] if asked_for else []),
    ]


def _question(known: Sequence[Memory]) -> Line:
    if any(m.sensitive for m in known):
        return line("prep_ask_gently")
    if any(m.kind == "plan" for m in known):
        return line("prep_ask_plan")
    return line("prep_ask_new")
