"""What every listening and speaking device is to the rest: something that yields turns and plays speech."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Literal, Protocol, runtime_checkable

from speech.audio import AudioChunk


class Satellite(Protocol):
    @property
    def name(self) -> str:
        """As people call it: "kitchen", "microphone"."""

    def turns(self) -> AsyncIterator[Turn]:
        """Someone may be about to speak, again and again, until the device is gone.

        To ask for the next turn says that the last one is over, whether anything was played in it or not.
        """

    async def play(self, speech: AsyncIterator[AudioChunk], then_listen: bool = False) -> None:
        """Returns when it has been heard, so that "said" means said; cancelled, it falls silent at once.

        ``then_listen``: it is a question, whose answer needs no wake word. Within a turn it is the reply, outside of
        one an announcement. Raises Interrupted when someone spoke over it, SatelliteError when the device is gone.
        """


@runtime_checkable
class Remote(Protocol):
    """A satellite that is dialled, and may be away."""

    @property
    def trouble(self) -> str:
        """Why it cannot be spoken to now; "" while all is well."""


@runtime_checkable
class Attentive(Protocol):
    """A satellite that shows how far its turn is. None of this may raise or wait."""

    def woken(self) -> None:
        """What it hears from now on is meant for us."""

    def outdone(self) -> None:
        """Another satellite heard the same wake word louder, and answers."""

    def thinking(self) -> None:
        """What was meant has been heard."""

    def settled(self) -> None:
        """That is durable, or there was nothing in it."""

    def show(self, what: Literal["heard", "answer"], text: str) -> None:
        """The words that were heard, or that are about to be said."""


@dataclass(frozen=True, slots=True)
class Turn:
    """A chance to be spoken to. ``audio``: 16 kHz mono, in pieces of about 80 ms. Where the device heard
    its own wake word, to close it says that what was meant has been heard, and the microphone may stop; other sound may
    go on after the turn.

    ``wake_phrase`` is set when the device itself heard it, and is "" when none is needed: an answer, a button.
    Otherwise it is listened for in ``audio``, unless the sound is a ``memo``: meant for Fondly from its first word,
    and one utterance however long its pauses. ``open_ear``: the sound goes on, as it is heard, while something is
    played, so that the wake word can be heard over it.
    """

    satellite: Satellite
    audio: AsyncIterator[AudioChunk]
    wake_phrase: str | None = None
    memo: bool = False
    open_ear: bool = False
