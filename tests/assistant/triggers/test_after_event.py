"""So long after an event of theirs: it moves when the event does, and is asked for, once, where nobody told when."""

from __future__ import annotations

import asyncio
from datetime import date, timedelta

import pytest

from assistant.triggers import after_event
from assistant.triggers.occasion import Look
from assistant.turn import Parts, take_words
from memory import reminders
from memory.after_events import date_reminders
from tests.assistant.conftest import Clock

MONDAY = date(2026, 5, 4)


def say(parts: Parts, text: str) -> str:
    taken = asyncio.run(take_words(text, "test", parts))
    return taken.reply.text if taken.reply else ""


def due(parts: Parts) -> date | None:
    date_reminders(parts.db)
    (reminder,) = reminders.after_events(parts.db)
    return reminder.due


def asked(parts: Parts) -> list[str]:
    return [one.key for one in after_event.occasions(Look(parts.db, parts.vectors, parts.clock()))]


@pytest.mark.parametrize(
    ("note", "days"),
    [
        ("Anna is in Croatia until Sunday. Three days after she gets home remind me to ask about her trip.", 9),
        ("Remind me to call Leo two days after his exam. His exam is on Friday.", 6),
        ("Mia is visiting her gran from Wednesday to Saturday. A day after she is back remind me to call her.", 6),
    ],
)
def test_it_comes_so_long_after_the_end(parts: Parts, note: str, days: int) -> None:
    say(parts, note)
    assert due(parts) == MONDAY + timedelta(days=days)
    assert asked(parts) == []


@pytest.mark.parametrize(
    ("note", "news", "days"),
    [
        (
            "Anna is in Croatia until Sunday. Three days after she gets home remind me to ask about her trip.",
            "Anna is in Croatia until Wednesday next week now.",
            9 + 3,
        ),
        (
            "Anna is in Croatia until Sunday. Three days after she gets home remind me to ask about her trip.",
            "Anna gets back on Thursday after all.",
            3 + 3,
        ),
        (
            "Joan's surgery is on Friday. Remind me to call Joan two days after her surgery.",
            "Joan's surgery was moved to 20 May.",
            16 + 2,
        ),
    ],
)
def test_it_moves_when_the_event_moves(parts: Parts, clock: Clock, note: str, news: str, days: int) -> None:
    say(parts, note)
    before = due(parts)
    clock.forward(days=1)
    say(parts, news)
    assert due(parts) == MONDAY + timedelta(days=days)
    assert due(parts) != before


@pytest.mark.parametrize(
    ("note", "answer", "days"),
    [
        ("Anna is off to Croatia tomorrow. Remind me to ask her how it was three days after she's back.", "Sunday", 9),
        ("Remind me to call Joan two days after her surgery.", "It's on the twentieth of May.", 16 + 2),
    ],
)
def test_nobody_knows_when_it_is_over(parts: Parts, clock: Clock, note: str, answer: str, days: int) -> None:
    from memory import questions

    say(parts, note)
    assert due(parts) is None
    assert asked(parts) == []  # not at once: the rest may yet be told
    clock.forward(days=1)
    (one,) = after_event.occasions(Look(parts.db, parts.vectors, parts.clock()))
    assert one.question is not None
    questions.ask(parts.db, one.question, clock())
    said = say(parts, answer)
    assert due(parts) == MONDAY + timedelta(days=days)
    assert asked(parts) == []
    assert said.startswith("Kept: ")
    assert "she" not in said.casefold().split()


def test_what_is_no_answer_is_taken_for_what_it_is(parts: Parts, clock: Clock) -> None:
    from memory import questions

    say(parts, "Remind me to call Joan two days after her surgery.")
    clock.forward(days=1)
    (one,) = after_event.occasions(Look(parts.db, parts.vectors, parts.clock()))
    assert one.question is not None
    questions.ask(parts.db, one.question, clock())
    assert say(parts, "Leo plays the oboe.") == "Kept: Leo plays the oboe."
    assert due(parts) is None
