"""openWakeWord's models through ``pyopen-wakeword``: one hop of 80 ms costs about 4 ms.

The word models that come with it are licensed CC BY-NC-SA 4.0, the network below them Apache-2.0.
"""

from __future__ import annotations

import threading
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from speech.audio import CHUNK_SAMPLES, RATE_HZ, Samples, encode_pcm
from speech.errors import EngineFailed, EngineMissing
from speech.wake import Detection

BUILT_IN = ("alexa", "hey_jarvis", "hey_mycroft", "hey_rhasspy", "okay_nabu")

_FEATURES_STATE = ("new_audio_samples", "audio", "new_mels", "mels")
_WORD_STATE = ("new_embeddings", "embeddings")
_FLATBUFFER_MARK = b"TFL3"
_EMBEDDING_SIZE = 96


class OpenWakeWord:
    """Listens for several phrases at once, each a name of ``BUILT_IN`` or the path of a .tflite file."""

    def __init__(self, words: Sequence[str | Path], threshold: float = 0.5, refractory_seconds: float = 2.0) -> None:
        """``threshold``: the score that wakes (openWakeWord's own default). After a detection nothing wakes
        for ``refractory_seconds`` of sound: one "alexa" stays above the threshold for several hops."""
        self._words = tuple(words)
        self.phrases = tuple(Path(word).stem for word in words)
        self._threshold = threshold
        self._refractory_samples = round(refractory_seconds * RATE_HZ)
        self._warm: _Ears | None = None
        self._loading = threading.Lock()

    def listen(self) -> OpenWakeWordStream:
        """See WakeWord.listen."""
        with self._loading:
            if self._warm is None:
                self._warm = _Ears(self._words)
                self._warm.hop(np.zeros(CHUNK_SAMPLES, np.float32))  # the library fills in 8 s of silence here
            ears = _Ears(self._words)
            ears.take_after(self._warm)
        return OpenWakeWordStream(ears, self.phrases, self._threshold, self._refractory_samples)


class OpenWakeWordStream:
    """The state of one stream. Not for several threads at once."""

    def __init__(self, ears: _Ears, phrases: tuple[str, ...], threshold: float, refractory_samples: int) -> None:
        self.score = 0.0
        self._ears = ears
        self._phrases = phrases
        self._threshold = threshold
        self._refractory_samples = refractory_samples
        self._unfinished: Samples = np.zeros(0, np.float32)
        self._heard = 0  # samples, in whole hops
        self._deaf_until = 0

    def hear(self, samples: Samples) -> Detection | None:
        """See WakeStream.hear."""
        sound = np.concatenate((self._unfinished, samples)).astype(np.float32, copy=False)
        whole = len(sound) // CHUNK_SAMPLES * CHUNK_SAMPLES
        self._unfinished = sound[whole:].copy()
        first: Detection | None = None
        for start in range(0, whole, CHUNK_SAMPLES):
            end = start + CHUNK_SAMPLES
            found = self._hop(sound[start:end], samples_after=len(sound) - end)
            first = first or found
        return first

    def _hop(self, samples: Samples, samples_after: int) -> Detection | None:
        scores = self._ears.hop(samples)
        self._heard += len(samples)
        self.score = max(scores)
        if self.score < self._threshold or self._heard < self._deaf_until:
            return None
        self._deaf_until = self._heard + self._refractory_samples
        phrase = self._phrases[scores.index(self.score)]
        return Detection(phrase, self.score, self._heard / RATE_HZ, samples_after)


class _Ears:
    """The networks and their memory: one feature extractor, one small network per phrase."""

    def __init__(self, words: Sequence[str | Path]) -> None:
        try:
            import pyopen_wakeword
        except (ImportError, OSError) as err:
            raise EngineMissing(f"The wake words are not here ({err}).", "pip install pyopen-wakeword") from err
        self._features = pyopen_wakeword.OpenWakeWordFeatures.from_builtin()
        self._words = [_load(word, pyopen_wakeword, self._features) for word in words]

    def hop(self, samples: Samples) -> list[float]:
        """The score of each phrase after 80 ms more."""
        scores = [0.0] * len(self._words)
        for embedding in self._features.process_streaming(encode_pcm(samples)):
            for index, word in enumerate(self._words):
                for score in word.process_streaming(embedding):
                    scores[index] = float(score)
        return scores

    def take_after(self, other: _Ears) -> None:
        """Go on from where ``other`` is."""
        _copy(other._features, self._features, _FEATURES_STATE)
        for theirs, ours in zip(other._words, self._words, strict=True):
            _copy(theirs, ours, _WORD_STATE)


def _copy(source: Any, target: Any, fields: Sequence[str]) -> None:
    for field in fields:
        value = getattr(source, field)
        setattr(target, field, value.copy() if isinstance(value, np.ndarray) else value)


def _load(word: str | Path, pyopen_wakeword: Any, features: Any) -> Any:
    if str(word) in BUILT_IN:
        return pyopen_wakeword.OpenWakeWord.from_builtin(pyopen_wakeword.Model(str(word)))
    path = Path(word)
    if not path.is_file():
        known = ", ".join(BUILT_IN)
        raise EngineMissing(
            f"No wake word {str(word)!r}: it is neither a .tflite file nor one of {known}.",
            f"fondly models pull {path.stem}",
        )
    _check(path, features)
    loaded = pyopen_wakeword.OpenWakeWord.from_model(path)
    lib, taken = loaded.lib, loaded.input_tensor
    if lib.TfLiteTensorNumDims(taken) != 3 or lib.TfLiteTensorDim(taken, 2) != _EMBEDDING_SIZE:
        raise EngineFailed(f"{path.name} is no openWakeWord model: those take 96 features a step.")
    return loaded


def _check(path: Path, features: Any) -> None:
    """The library does not look whether a model could be read, and crashes the process on what is none."""
    with path.open("rb") as file:
        marked = file.read(8)[4:] == _FLATBUFFER_MARK
    model = features.lib.TfLiteModelCreateFromFile(str(path).encode()) if marked else None
    if not model:
        raise EngineFailed(f"{path.name} is not a TensorFlow Lite model.")
    features.lib.TfLiteModelDelete(model)
