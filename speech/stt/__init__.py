"""Speech to text: one file per engine, all of them behind ``SpeechToText``."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from speech.audio import Samples


@dataclass(frozen=True, slots=True)
class Utterance:
    """What was said. ``text`` is empty if nobody spoke."""

    text: str
    language: str
    """ISO 639-1, as "en"."""
    confidence: float | None
    """0 to 1: how sure the engine is of its words; None where it does not say."""
    seconds: float
    """Length of the sound it was made from."""


class SpeechToText(Protocol):
    """An engine that writes down what is said. Safe to call from several threads."""

    @property
    def name(self) -> str:
        """What to call it to the user, as "Moonshine tiny-en"."""

    def transcribe(self, samples: Samples, names: Sequence[str] = ()) -> Utterance:
        """Words for (n,) 16 kHz mono samples, up to minutes of them. ``names``: people who may be spoken of.

        Nothing but noise or silence gives an empty text. Raises EngineMissing or EngineFailed.
        """
