"""Moonshine tiny-en (MIT): English, on one core, with its weights in the wheel of ``moonshine-voice`` 0.1.0.

Measured on human recordings: word error rate 3 to 5%, about 0.03 of the sound's length on one core.
"""

from __future__ import annotations

import ctypes
import threading
from collections.abc import Sequence
from typing import Any

import numpy as np

from speech.audio import RATE_HZ, Samples, silence
from speech.errors import EngineFailed, EngineMissing
from speech.stt import Utterance
from speech.stt.pieces import hear_all, pieces
from speech.vad import SileroVoiceActivity, VoiceActivity

LONGEST_SECONDS = 16.0
"""Of sound at once. On recordings joined to minutes the word error rate is 4 to 5% in pieces of at most 8 to
18 s, and 7 to 14% from 20 s on."""

_SILENCE = silence(0.2).samples
"""Put on both sides of a piece: with ``vad_threshold`` 0 this takes a quarter of the errors away."""

_OPTIONS = {"vad_threshold": "0.0", "return_audio_data": "false"}


class Moonshine:
    """Loads on first use. One utterance at a time: others wait their turn."""

    name = "Moonshine tiny-en"

    def __init__(self, voices: VoiceActivity | None = None) -> None:
        """``voices`` decides where somebody speaks; Silero if none is given."""
        self._voices = voices or SileroVoiceActivity()
        self._transcriber: Any = None
        self._lock = threading.Lock()

    def transcribe(self, samples: Samples, names: Sequence[str] = ()) -> Utterance:
        """See SpeechToText.transcribe. ``names`` are of no use to this engine."""
        probabilities = hear_all(self._voices, samples)
        seconds = len(samples) / RATE_HZ
        found = pieces(probabilities, LONGEST_SECONDS)  # none without speech: it would hear "You" in silence
        said = [self._words(samples[piece.start : piece.end]) for piece in found]
        return Utterance(" ".join(words for words in said if words), "en", None, seconds)

    def _words(self, samples: Samples) -> str:
        sound = np.concatenate((_SILENCE, samples, _SILENCE)).astype(np.float32)
        with self._lock:
            if self._transcriber is None:
                self._transcriber = _load()
            return _transcribe(self._transcriber, sound)


def _load() -> Any:
    try:
        from moonshine_voice.errors import MoonshineError
        from moonshine_voice.moonshine_api import ModelArch
        from moonshine_voice.transcriber import Transcriber
        from moonshine_voice.utils import get_model_path
    except (ImportError, OSError) as err:
        raise EngineMissing(f"Moonshine is not here ({err}).", "pip install moonshine-voice==0.1.0") from err
    folder = get_model_path("tiny-en")
    if not folder.is_dir():  # later versions come without weights
        raise EngineMissing("Moonshine came without its model.", "pip install moonshine-voice==0.1.0")
    try:
        return Transcriber(folder, ModelArch.TINY, options=_OPTIONS)
    except MoonshineError as err:
        raise EngineFailed(f"Moonshine could not load its model: {err}") from err


def _transcribe(transcriber: Any, samples: Samples) -> str:
    """What Transcriber.transcribe_without_streaming does, without its detour through 16,000 Python floats a
    second, which takes a tenth of the time. It leans on the insides of one pinned version."""
    from moonshine_voice.errors import MoonshineError, check_error
    from moonshine_voice.moonshine_api import TranscriptC

    data = samples.ctypes.data_as(ctypes.POINTER(ctypes.c_float))
    result = ctypes.POINTER(TranscriptC)()
    try:
        check_error(
            transcriber._lib.moonshine_transcribe_without_streaming(
                transcriber._handle, data, len(samples), RATE_HZ, 0, ctypes.byref(result)
            )
        )
    except MoonshineError as err:
        raise EngineFailed(f"Moonshine could not transcribe: {err}") from err
    lines = transcriber._parse_transcript(result).lines
    return " ".join(text for line in lines if (text := str(line.text).strip()))
