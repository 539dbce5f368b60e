"""Text to speech: one file per engine, all of them behind ``TextToSpeech``."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Protocol

from speech.audio import AudioChunk


class TextToSpeech(Protocol):
    """An engine that speaks. Safe to call from several threads."""

    @property
    def name(self) -> str:
        """What to call it to the user, as "eSpeak NG en-gb"."""

    def speak(self, text: str) -> Iterator[AudioChunk]:
        """The text as sound, a sentence a chunk, each at the engine's own rate; nothing for nothing to say.

        Close the iterator to stop: what has not been asked for is never made. Raises EngineMissing or
        EngineFailed, at the latest with the first chunk.
        """
