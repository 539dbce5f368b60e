"""Piper (GPL-3.0-or-later): a neural voice, from an ONNX file with its JSON beside it."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np

from speech.audio import AudioChunk
from speech.errors import EngineFailed, EngineMissing
from speech.onnx import onnx_errors
from speech.tts.sentences import sentences


class Piper:
    """One voice, loaded when it first speaks. ``voice``: its .onnx file."""

    def __init__(self, voice: Path, pace: float = 1.0) -> None:
        """``pace``: 1 is the voice's own, 0.8 is slower."""
        self.name = f"Piper {voice.stem}"
        self._path = voice
        self._pace = pace
        self._voice: Any = None
        self._loading = threading.Lock()

    def speak(self, text: str) -> Iterator[AudioChunk]:
        """See TextToSpeech.speak."""
        for sentence in sentences(text):
            voice = self._loaded()
            try:
                yield from self._sound_of(voice, sentence)
            except onnx_errors(KeyError) as err:
                raise EngineFailed(f"{self.name} could not speak: {err}") from err

    def _sound_of(self, voice: Any, sentence: str) -> Iterator[AudioChunk]:
        from piper import SynthesisConfig

        settings = SynthesisConfig(length_scale=voice.config.length_scale / self._pace)
        for made in voice.synthesize(sentence, settings):
            samples = np.ravel(made.audio_float_array).astype(np.float32)
            if len(samples):
                yield AudioChunk(samples, int(made.sample_rate))

    def _loaded(self) -> Any:
        with self._loading:
            if self._voice is None:
                self._voice = _load(self._path)
            return self._voice


def _load(path: Path) -> Any:
    get_it = f"fondly models pull {path.stem}"
    if not path.is_file() or not path.with_name(path.name + ".json").is_file():
        raise EngineMissing(f"The voice {path.stem} is not here.", get_it)
    try:
        from piper import PiperVoice
    except ImportError as err:
        raise EngineMissing(f"Piper is not here ({err}).", "pip install piper-tts") from err
    try:
        return PiperVoice.load(path)
    except onnx_errors(KeyError, OSError) as err:
        raise EngineFailed(f"The voice {path.stem} is broken ({err}); try: {get_it}") from err
