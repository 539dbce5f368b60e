"""Birthdays, plans and reminders ahead."""

from __future__ import annotations

import dataclasses
from datetime import timedelta

from assistant.intents import recall
from assistant.intents.asked import Asked, Deed, deed
from assistant.phrasing import Slot, line
from assistant.understanding.dates import span_in
from memory import birthdays, memories, people, reminders
from memory.dates import DateSpan
from memory.recall import content_words
from memory.records import Memory, Person
from memory.slots import undated
from memory.topics import topics_of

_DAYS = 60
_THINGS = 4


def act(asked: Asked) -> Deed:
    today = asked.now.date()
    query = asked.meaning.query
    span = (query and query.when) or span_in(asked.words, asked.now) or DateSpan(today, today + timedelta(days=_DAYS))
    about = people.named_in(asked.db, asked.words)
    if about and (known := recall.of_person(dataclasses.replace(asked, chosen=about[0]))):
        return known
    born: list[Slot] = [
        line("birthday_ahead", name=b.person.name, when=b.when)
        for b in birthdays.within(asked.db, span)
        if not about or b.person in about
    ]
    if any("birthday" in topic.slots for topic in topics_of(content_words(asked.words))):
        return _found(born)
    plans = [m for m in memories.on_days(asked.db, span) if _is_ahead(m, span) and _concerns(m, about)]
    wanted = [
        line("kept_reminder", when=r.due, text=r.text)
        for r in reminders.ahead(asked.db, asked.now, (span.last - today).days + 1)
        if r.due and (not about or {p.id for p in r.about} & {p.id for p in about})
    ]
    return _found([*map(_with_its_day, plans), *born, *wanted])


def _with_its_day(memory: Memory) -> Slot:
    when = memory.when
    return line("thing_on", thing=undated(memory).removesuffix("."), when=when) if when else memory.text


def _found(things: list[Slot]) -> Deed:
    return deed(line("upcoming_found", things=things[:_THINGS]) if things else line("upcoming_nothing"))


def _is_ahead(memory: Memory, span: DateSpan) -> bool:
    """Whether it is something to come, and not what has gone on for long."""
    if memory.unspoken or memory.kind not in ("plan", "event", "promise"):
        return False
    return memory.when is not None and memory.when.last >= span.first


def _concerns(memory: Memory, about: list[Person]) -> bool:
    return not about or bool({p.id for p in memory.about} & {p.id for p in about})
