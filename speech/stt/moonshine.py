"""Moonshine tiny-en (MIT): English, on one core, with its weights in the wheel of ``moonshine-voice`` 0.1.0.

Measured on human recordings: word error rate 3 to 5%, about 0.03 of the sound's length on one core.
"""

from __future__ import annotations

import threading
from collections.abc import Sequence
from functools import cached_property
from pathlib import Path

import numpy as np

from speech.audio import RATE_HZ, Samples, silence
from speech.errors import EngineMissing
from speech.stt import Utterance
from speech.stt.decoder import Decoder
from speech.stt.names import with_names
from speech.stt.pieces import hear_all, pieces
from speech.vad import SileroVoiceActivity, VoiceActivity

LONGEST_SECONDS = 16.0
"""Of sound at once. On recordings joined to minutes the word error rate is 4 to 5% in pieces of at most 8 to
18 s, and 7 to 14% from 20 s on."""

_SILENCE = silence(0.2).samples
"""Put on both sides of a piece: this takes a quarter of the errors away."""


class Moonshine:
    """Loads on first use. One utterance at a time: others wait their turn."""

    name = "Moonshine tiny-en"

    def __init__(self, voices: VoiceActivity | None = None) -> None:
        """``voices`` decides where somebody speaks; Silero if none is given."""
        self._voices = voices or SileroVoiceActivity()
        self._lock = threading.Lock()

    def transcribe(self, samples: Samples, names: Sequence[str] = ()) -> Utterance:
        """See SpeechToText.transcribe."""
        probabilities = hear_all(self._voices, samples)
        seconds = len(samples) / RATE_HZ
        found = pieces(probabilities, LONGEST_SECONDS)  # none without speech: it would hear "You" in silence
        said = [self._words(samples[piece.start : piece.end], names) for piece in found]
        return Utterance(" ".join(words for words in said if words), "en", None, seconds)

    def _words(self, samples: Samples, names: Sequence[str]) -> str:
        padded = np.concatenate((_SILENCE, samples, _SILENCE)).astype(np.float32)
        seconds = len(samples) / RATE_HZ
        with self._lock:
            sound = self._decoder.hear(padded)
            heard = self._decoder.likeliest(sound, seconds)
            if names:
                heard = with_names(self._decoder, sound, heard, names, seconds)
            return self._decoder.tokens.decode(heard.tokens)

    @cached_property
    def _decoder(self) -> Decoder:
        try:
            from moonshine_voice.utils import get_model_path
        except (ImportError, OSError) as err:
            raise EngineMissing(f"Moonshine is not here ({err}).", "pip install moonshine-voice==0.1.0") from err
        folder = Path(get_model_path("tiny-en"))
        if not folder.is_dir():  # later versions come without weights
            raise EngineMissing("Moonshine came without its model.", "pip install moonshine-voice==0.1.0")
        return Decoder(folder)
