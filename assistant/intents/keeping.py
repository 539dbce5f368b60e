"""Keeping what was said along the way, whatever it was that was asked."""

from __future__ import annotations

import dataclasses
import re

from assistant.intents.asked import Asked
from assistant.intents.reading import language
from assistant.phrasing import Slot, line
from assistant.understanding.meaning import Remembered, WantedReminder
from memory import introductions, memories, people, places, relatives, reminders
from memory.database import Database
from memory.dates import on_day
from memory.records import Capture, Discretion, Memory, Person
from memory.slots import all_day_words, content, with_its_day


def keep(asked: Asked, correction: bool = False) -> list[Slot]:
    """Keeps all that the meaning holds; returns it as things that can be said. ``correction``: what is known
    otherwise was wrong, and has not merely changed.
    """
    meaning = asked.meaning
    _people(asked, meaning.people)
    things: list[Slot] = [_memory(asked, remembered, correction) for remembered in meaning.memories]
    met = _meeting(asked)
    things += met if not things else []
    for one, other in meaning.introductions:
        if introductions.add(asked.db, asked.capture.id, *_people(asked, (one, other))):
            things.append(line("kept_introduction", one=one, other=other))
    things += [_reminder(asked, wanted) for wanted in meaning.reminders]
    return things


def keep_words(asked: Asked) -> None:
    """Keeps the words themselves: a half sentence that was not understood is worth keeping, too."""
    memories.add(
        asked.db,
        asked.capture,
        about=_people(asked, asked.meaning.people),
        kind="fact",
        text=asked.words,
        evidence=asked.words,
        discretion=discretion(asked.words),
    )


def as_told(db: Database, capture: Capture, remembered: Remembered) -> Memory:
    """The memory that it would be if it were kept, about those of its people who are known."""
    return Memory(
        id=0,
        capture_id=capture.id,
        about=tuple(p for name in remembered.about if (p := people.find(db, name))),
        kind=remembered.kind,
        text=remembered.text,
        evidence=remembered.evidence,
        when=remembered.when,
        place=remembered.place,
        sensitive=remembered.sensitive,
        status="pending",
        kept_at=capture.heard_at,
    )


def keep_told(db: Database, capture: Capture, remembered: Remembered, correction: bool = False) -> Memory:
    """Keeps it, for people known or new, and ties it to the relative it speaks of."""
    kept = memories.add(
        db,
        capture,
        about=[people.find_or_add(db, name, capture.id) for name in remembered.about],
        kind=remembered.kind,
        text=remembered.text,
        evidence=remembered.evidence,
        when=remembered.when,
        place=remembered.place,
        sensitive=remembered.sensitive,
        correction=correction,
        discretion=discretion(capture.text or ""),
    )
    relatives.tie(db, kept)
    return kept


def discretion(words: str) -> Discretion | None:
    """What a note asks of all that it tells."""
    asked: dict[Discretion, str] = language("keeping")["discretion"]
    return next((name for name, said in asked.items() if re.search(said, words, re.IGNORECASE)), None)


def contradicted(asked: Asked, remembered: Remembered) -> list[Memory]:
    """What is known that cannot be true beside it."""
    return memories.rivals(asked.db, as_told(asked.db, asked.capture, remembered))


def _with_what_was_said(asked: Asked, remembered: Remembered) -> Remembered:
    """A plan told with nothing new but its day keeps the rest: where she moves to."""
    for known in contradicted(asked, remembered) if remembered.kind == "plan" else ():
        if text := with_its_day(known.text, remembered.text):
            return dataclasses.replace(remembered, text=text, place=remembered.place or known.place)
    return remembered


def _memory(asked: Asked, remembered: Remembered, correction: bool) -> str:
    kept = keep_told(asked.db, asked.capture, _with_what_was_said(asked, remembered), correction)
    if before := _moved(asked, kept):
        memories.supersede(asked.db, before, kept, correction)
    return kept.text


def _moved(asked: Asked, kept: Memory) -> Memory | None:
    """The plan that has another day by what was kept just now: of the same people, in some of the same words."""
    said = re.search(language("keeping")["moved"], asked.words, re.IGNORECASE)
    if said is None or kept.when is None or not kept.about:
        return None
    new = _stems(kept)
    alike = [
        m
        for m in memories.about(asked.db, kept.about[0].id, -1)
        if m.kind == "plan" and m.when and m.when != kept.when and m.capture_id != kept.capture_id and new & _stems(m)
    ]
    return max(alike, key=lambda m: (len(new & _stems(m)), m.id), default=None)


def _stems(memory: Memory) -> set[str]:
    """The beginnings of the words that say what a plan is, without names, days and what says that it moved."""
    words = memory.text
    for said in (*all_day_words(words), *(n for p in memory.about for n in (p.name, *p.name.split()))):
        words = words.replace(said, " ")
    words = re.sub(language("keeping")["moved"], " ", words, flags=re.IGNORECASE)
    return {word[:4] for word in content(words) if len(word) > 2}


def _meeting(asked: Asked) -> list[Slot]:
    met = asked.meaning.interaction
    if met is None:
        return []
    whom = _people(asked, met.people)
    for person in whom:
        people.add_meeting(asked.db, asked.capture.id, person.id, met.on, met.apart)
    if met.text and not any(met.evidence in m.evidence for m in asked.meaning.memories):
        memories.add(
            asked.db,
            asked.capture,
            about=whom,
            kind="meeting",
            text=met.text,
            evidence=met.evidence,
            when=on_day(met.on),
            discretion=discretion(asked.words),
        )
    return [line("kept_call" if met.apart else "kept_meeting", people=list(met.people), when=met.on)]


def _reminder(asked: Asked, wanted: WantedReminder) -> Slot:
    text = _clause(wanted.text, asked.meaning.people)
    due = reminders.add(
        asked.db,
        asked.capture.id,
        asked.now,
        text=text,
        about=_people(asked, wanted.about),
        due=wanted.due,
        after_event=wanted.after.event if wanted.after else None,
        after_days=wanted.after.days if wanted.after else None,
        place=wanted.place,
    ).due
    if due is None and wanted.place:
        return line("kept_reminder_place", place=places.spoken(wanted.place), text=text)
    if due is None:
        return line("kept_reminder_someday", text=text)
    return line("kept_reminder", when=due, text=text)


def _clause(text: str, names: tuple[str, ...]) -> str:
    """As it goes on after a colon: no capital but a name's, no full stop."""
    text = text.strip().removesuffix(".")
    first = text.split(" ")[0].removesuffix("'s")
    named = any(first in name.split() for name in names) or first.isupper()
    return text if named else text[:1].lower() + text[1:]


def _people(asked: Asked, names: tuple[str, ...]) -> list[Person]:
    return [people.find_or_add(asked.db, name, asked.capture.id) for name in names]
