"""After an absence, however long: at most three things that still matter, if they are wanted. The rest is let go."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from itertools import islice

from assistant.coming import ahead
from assistant.intents.asked import Asked, Deed, deed
from assistant.phrasing import Line, Slot, line
from assistant.triggers import table, time
from assistant.triggers.occasion import Look, Occasion, the_day
from assistant.triggers.standing import open_ones
from assistant.understanding.answers import yes_or_no
from memory import captures, questions, reminders
from memory.questions import OpenQuestion

QUESTION = "catch_up"
_THINGS = 3
_OF_THE_PAST = 2  # of these


def greet(asked: Asked, greeting: tuple[Line, ...]) -> Deed | None:
    """``greeting``, and the question whether they are wanted. None: nobody was away, or nothing matters still."""
    before, day = captures.last_heard_before(asked.db, asked.now.date()), the_day(asked.look())
    if before is None or asked.now - before < time.STALE or not any(open_ones(asked.look(), [day])):
        return None
    things = _things(asked.look())
    if not things:
        return None
    kept = {one.reminder for one in things}
    for reminder in reminders.due(asked.db, asked.now):
        if time.is_stale(asked.look(), reminder) and reminder.id not in kept:
            reminders.settle(asked.db, reminder.id, "let go")
    questions.ask(asked.db, OpenQuestion(QUESTION), asked.now)
    return Deed((*greeting, line(f"catch_up_{len(things)}")), expects_answer=True, tells=(day,))


def answer(asked: Asked, question: OpenQuestion) -> Deed | None:
    wanted = yes_or_no(asked.words)
    if wanted is None:
        return None
    things = _things(asked.look())
    if wanted:
        return Deed(tuple(_told(asked.look(), things)), tells=tuple(things))
    for one in things:
        if one.reminder:
            reminders.settle(asked.db, one.reminder, "let go")
    return deed(line("snoozed"))


def _told(look: Look, things: Sequence[Occasion]) -> list[Line]:
    """What was to be told meanwhile in one line."""
    due = {r.id: r.text for r in reminders.due(look.db, look.now)}
    asked_for: list[Slot] = [due[one.reminder] for one in things if one.reminder in due]
    first = [line("briefing_asked", things=asked_for)] if asked_for else []
    return [*first, *(said for one in things if one.reminder not in due for said in one.lines)]


def _things(look: Look) -> list[Occasion]:
    """Of what was to be told meanwhile the newest, and what is near now."""
    due = reversed(reminders.due(look.db, look.now))
    past = islice(open_ones(look, (time.occasion(look.db, r) for r in due)), _OF_THE_PAST)
    near = (dataclasses.replace(c.occasion, lines=(line("briefing_ahead", things=[c.said]),)) for c in ahead(look))
    return list(islice((*past, *open_ones(look, near), *open_ones(look, table.unasked(look))), _THINGS))
