"""Text to speech on another machine, over Wyoming; by the voice here while that one is slow or gone."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress

import numpy as np
from wyoming.audio import AudioChunk as Sound
from wyoming.audio import AudioStop
from wyoming.event import Event
from wyoming.tts import Synthesize, SynthesizeStopped

from speech.audio import AudioChunk, AudioFormat, Resampler
from speech.errors import UnreadableSound
from speech.tts import TextToSpeech
from speech.tts.sentences import sentences
from speech.wyoming import Away, Connection, Service

SENTENCE_SECONDS = 8.0
"""How long a sentence may take to be made. Then it is said by this machine."""


class WyomingTts:
    """``local``: what speaks when the other machine does not.

    Each sentence is asked for on its own and said when it is whole. So the first is heard soon, also from services
    that make everything before they send anything; and where one dies, no sentence is said half or twice.
    """

    def __init__(self, service: Service, local: TextToSpeech, sentence_seconds: float = SENTENCE_SECONDS) -> None:
        self.service = service
        self.local = local
        self.name = f"Wyoming at {self.service.address}"
        self._sentence_seconds = sentence_seconds

    def speak(self, text: str) -> Iterator[AudioChunk]:
        """See TextToSpeech.speak."""
        for sentence in sentences(text):
            if (sound := self._ask(sentence)) is not None:
                yield sound
            else:
                yield from self.local.speak(sentence)

    def _ask(self, sentence: str) -> AudioChunk | None:
        if not self.service.there:
            return None
        with suppress(Away), self.service.asked(self._sentence_seconds) as connection:
            connection.send(Synthesize(sentence))
            try:
                return _whole(connection)
            except (KeyError, TypeError, UnreadableSound) as err:
                raise Away(f"{self.name} sent sound that cannot be heard.") from err
        return None


def _whole(connection: Connection) -> AudioChunk:
    """All the sound up to its end, at the rate that it comes in."""
    pieces: list[AudioChunk] = []
    change: Resampler | None = None
    while not _is_end(event := connection.receive()):
        if not Sound.is_type(event.type):
            continue
        sound = Sound.from_event(event)
        change = change or Resampler(AudioFormat(sound.rate, sound.width, sound.channels), sound.rate)
        pieces.append(change.feed(sound.audio))
    if not any(len(piece.samples) for piece in pieces):
        raise UnreadableSound("There is no sound.")
    return AudioChunk(np.concatenate([piece.samples for piece in pieces]), pieces[0].rate_hz)


def _is_end(event: Event) -> bool:
    return AudioStop.is_type(event.type) or SynthesizeStopped.is_type(event.type)
