"""Whisper through faster-whisper and CTranslate2: many languages, and can be told what names to expect."""

from __future__ import annotations

import math
import threading
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from speech.audio import RATE_HZ, Samples
from speech.errors import EngineFailed, EngineMissing
from speech.stt import Utterance
from speech.stt.pieces import hear_all, somebody_spoke
from speech.vad import SileroVoiceActivity, VoiceActivity

_SURELY_NO_SPEECH = 0.6
_UNSURE_OF_WORDS = -1.0
"""A segment that is both is dropped (Whisper's own thresholds for silence)."""

_MOST_NAMES = 60
"""There is room for some 220 tokens. They go in as hotwords: an initial prompt is forgotten after 30 s."""

_ONE_WINDOW_SECONDS = 30
"""Whisper's window. Time stamps cost tokens, and are needed only to find where the next window begins."""


class FasterWhisper:
    """One model, loaded on first use. ``model``: its directory, with model.bin in it."""

    def __init__(self, model: Path, language: str | None = "en", voices: VoiceActivity | None = None) -> None:
        """``language``: ISO 639-1, or None to let the model find out for each utterance."""
        self.name = f"faster-whisper {model.name}"
        self._path = model
        self._language = language
        self._voices = voices or SileroVoiceActivity()
        self._model: Any = None
        self._loading = threading.Lock()

    def transcribe(self, samples: Samples, names: Sequence[str] = ()) -> Utterance:
        """See SpeechToText.transcribe. ``names`` are put before the decoder, the first sixty of them."""
        seconds = len(samples) / RATE_HZ
        model = self._loaded()
        if not somebody_spoke(hear_all(self._voices, samples)):
            return Utterance("", self._language or "en", None, seconds)
        try:
            segments, found = model.transcribe(
                samples,
                language=self._language,
                hotwords=", ".join(names[:_MOST_NAMES]) or None,
                beam_size=5,
                vad_filter=True,
                condition_on_previous_text=False,  # or one mistake repeats itself to the end
                without_timestamps=seconds < _ONE_WINDOW_SECONDS,
            )
            kept = [segment for segment in segments if _is_speech(segment)]
        except (RuntimeError, ValueError) as err:
            raise EngineFailed(f"{self.name} could not transcribe: {err}") from err
        text = " ".join(words for segment in kept if (words := str(segment.text).strip()))
        return Utterance(text, str(found.language), _confidence(kept), seconds)

    def _loaded(self) -> Any:
        with self._loading:
            if self._model is None:
                self._model = _load(self._path)
            return self._model


def _load(path: Path) -> Any:
    get_it = f"fondly models pull {path.name}"
    if not (path / "model.bin").is_file():
        raise EngineMissing(f"The speech model {path.name} is not here.", get_it)
    try:
        from faster_whisper import WhisperModel
    except ImportError as err:
        raise EngineMissing(f"faster-whisper is not here ({err}).", "pip install faster-whisper") from err
    try:
        return WhisperModel(str(path), device="cpu", compute_type="int8", local_files_only=True)
    except (RuntimeError, ValueError, OSError) as err:
        raise EngineFailed(f"The speech model {path.name} is broken ({err}); try: {get_it}") from err


def _is_speech(segment: Any) -> bool:
    return not (segment.no_speech_prob > _SURELY_NO_SPEECH and segment.avg_logprob < _UNSURE_OF_WORDS)


def _confidence(segments: Sequence[Any]) -> float | None:
    """The mean probability of a token, over all segments by their length."""
    tokens = sum(len(segment.tokens) for segment in segments)
    if not tokens:
        return None
    return math.exp(min(0.0, sum(s.avg_logprob * len(s.tokens) for s in segments) / tokens))
