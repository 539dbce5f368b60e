"""What the speaker asked to be told at a place, once they come to be there."""

from __future__ import annotations

from collections.abc import Iterator

from assistant.phrasing import Line, line
from assistant.triggers.occasion import Look, Occasion
from memory import captures, memories, places, reminders, whereabouts


def occasions(look: Look) -> Iterator[Occasion]:
    """Told where the speaker already is, it is for the next time."""
    waiting = reminders.at_places(look.db)
    visit = whereabouts.visiting(look.db, look.now) if waiting else None
    if visit is None:
        return
    at_home = whereabouts.home(look.db)
    for reminder in waiting:
        words = reminder.place or ""
        told_at = captures.get(look.db, reminder.capture_id).heard_at
        if told_at <= visit.since and places.within(visit.place, words, at_home):
            yield Occasion(
                key=f"place/{reminder.id}/{words.casefold()}",
                lines=(_said(words, reminder.text.removesuffix(".")),),
                people=reminder.about,
                private=memories.is_confidential(look.db, reminder.capture_id),
                asked_for=True,
                reminder=reminder.id,
            )


def _said(words: str, text: str) -> Line:
    if places.called(words).country:
        return line("place_there", place=places.spoken(words), text=text)
    return line("place_here", text=text)
