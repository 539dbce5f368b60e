"""What every listening and speaking device is to the rest: something that yields turns and plays speech."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Protocol

from speech.audio import AudioChunk


class Satellite(Protocol):
    @property
    def name(self) -> str:
        """As people call it: "kitchen", "microphone"."""

    def turns(self) -> AsyncIterator[Turn]:
        """Someone may be about to speak, again and again, until the device is gone."""

    async def play(self, speech: AsyncIterator[AudioChunk]) -> None:
        """Returns when it has been heard, so that "said" means said."""


@dataclass(frozen=True, slots=True)
class Turn:
    """A chance to be spoken to. ``audio``: 16 kHz mono, in pieces of about 80 ms; it may go on after the turn.

    ``wake_phrase`` is set when the device itself heard it; otherwise it is listened for in ``audio``, unless the
    sound is a ``memo``: meant for Fondly from its first word, and one utterance however long its pauses.
    """

    satellite: Satellite
    audio: AsyncIterator[AudioChunk]
    wake_phrase: str | None = None
    memo: bool = False
