from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable
from dataclasses import dataclass

import pytest

from assistant.phrasing import phrase
from assistant.triggers.occasion import Look, Occasion
from assistant.turn import Parts, take_words
from tests.assistant.conftest import Clock


@dataclass(frozen=True)
class Told:
    """What was told to a home, and what one trigger finds in it."""

    parts: Parts
    clock: Clock

    def tell(self, *notes: str) -> str:
        """The reply to the last of these notes."""
        reply = None
        for note in notes:
            self.clock.forward(minutes=1)
            reply = asyncio.run(take_words(note, "test", self.parts)).reply
        return reply.text if reply else ""

    def found(self, trigger: Callable[[Look], Iterable[Occasion]]) -> list[Occasion]:
        return list(trigger(Look(self.parts.db, self.parts.vectors, self.clock())))

    def said(self, trigger: Callable[[Look], Iterable[Occasion]]) -> list[str]:
        return [phrase(occasion.lines, self.clock()) for occasion in self.found(trigger)]


@pytest.fixture
def told(parts: Parts, clock: Clock) -> Told:
    return Told(parts, clock)
