"""Birthdays, anniversaries and gatherings: on their day, once, and never cheerful about the dead."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable

import pytest

from assistant.phrasing import phrase
from assistant.triggers import anniversary, birthday, gathering
from assistant.triggers.occasion import Look, Occasion
from assistant.turn import Parts, take_words
from memory import memories
from tests.assistant.conftest import Clock

Trigger = Callable[[Look], Iterable[Occasion]]


def tell(parts: Parts, *notes: str) -> None:
    for note in notes:
        asyncio.run(take_words(note, "test", parts))


def said(parts: Parts, clock: Clock, trigger: Trigger) -> list[str]:
    return [phrase(one.lines, clock()) for one in found(parts, clock, trigger)]


def found(parts: Parts, clock: Clock, trigger: Trigger) -> list[Occasion]:
    memories.derive(parts.db)
    return list(trigger(Look(parts.db, parts.vectors, clock())))


class TestBirthdays:
    @pytest.mark.parametrize(
        ("note", "days", "names"),
        [
            ("Ana's birthday is on 6 May.", 2, 1),
            ("Ana was born on 6 May 1988.", 2, 1),
            ("Ana's birthday is on 6 May.", 1, 0),
            ("Ana's birthday is on 6 May.", 3, 0),
            ("Ana's birthday is in June.", 20, 0),
            ("Ana's birthday is in June.", 30, 1),
            ("Ana's birthday is on 29 February.", 300, 1),  # on the 28th
        ],
    )
    def test_on_the_day_or_as_the_month_begins(
        self, parts: Parts, clock: Clock, note: str, days: int, names: int
    ) -> None:
        tell(parts, note)
        clock.forward(days=days)
        assert sum("Ana" in one for one in said(parts, clock, birthday.occasions)) == names

    def test_every_year_anew(self, parts: Parts, clock: Clock) -> None:
        tell(parts, "Ana's birthday is on 6 May.")
        keys = set()
        for _ in range(3):
            clock.now = clock.now.replace(month=5, day=6)
            keys |= {one.key for one in birthday.occasions(Look(parts.db, parts.vectors, clock()))}
            clock.now = clock.now.replace(year=clock.now.year + 1)
        assert len(keys) == 3

    def test_never_of_someone_who_died(self, parts: Parts, clock: Clock) -> None:
        tell(parts, "Ana's birthday is on 6 May.", "Ana died last night.")
        clock.forward(days=2)
        assert said(parts, clock, birthday.occasions) == []


class TestAnniversaries:
    def test_of_a_wedding(self, parts: Parts, clock: Clock) -> None:
        tell(parts, "Ana and Leo got married on 6 May 2024.")
        assert said(parts, clock, anniversary.occasions) == []
        clock.forward(days=2)
        (one,) = said(parts, clock, anniversary.occasions)
        assert "Ana and Leo" in one

    def test_of_a_wedding_only_while_both_are_alive(self, parts: Parts, clock: Clock) -> None:
        tell(parts, "Ana and Leo got married on 6 May 2024.", "Leo died in March.")
        clock.forward(days=2)
        assert said(parts, clock, anniversary.occasions) == []

    @pytest.mark.parametrize("note", ["Ana died on 6 May 2024.", "Ana's father died on 6 May 2024."])
    def test_of_a_loss_gently_and_in_private(self, parts: Parts, clock: Clock, note: str) -> None:
        tell(parts, note)
        clock.forward(days=2)
        (one,) = found(parts, clock, anniversary.occasions)
        assert one.private
        assert phrase(one.lines, clock()).startswith("Gently: ")
        assert "Ana" in phrase(one.lines, clock())

    def test_not_in_the_year_itself(self, parts: Parts, clock: Clock) -> None:
        tell(parts, "Ana died this morning.")
        assert said(parts, clock, anniversary.occasions) == []


class TestGatherings:
    NOTE = "I met Ana, Tom and Priya at the conference today."

    def test_in_the_evening(self, parts: Parts, clock: Clock) -> None:
        tell(parts, self.NOTE)
        assert said(parts, clock, gathering.occasions) == []
        clock.forward(hours=9)
        (one,) = said(parts, clock, gathering.occasions)
        assert all(name in one for name in ("Ana", "Tom", "Priya", "today"))
        clock.forward(days=1)
        assert "yesterday" in said(parts, clock, gathering.occasions)[0]
        clock.forward(days=1)
        assert said(parts, clock, gathering.occasions) == []

    def test_two_are_no_gathering(self, parts: Parts, clock: Clock) -> None:
        tell(parts, "I met Ana and Tom at the conference today.", "I called Priya today.")
        clock.forward(hours=9)
        assert said(parts, clock, gathering.occasions) == []
