"""Voice activity: how surely somebody is speaking, for every 32 ms of sound.

The model is Silero VAD (version 6, MIT), in the ONNX file that faster-whisper carries in its wheel; it is
found without importing faster-whisper. One frame costs about 0.06 ms; the weights are shared by all streams.
"""

from __future__ import annotations

import importlib.util
import threading
from pathlib import Path
from typing import Any, Protocol

import numpy as np

from speech.audio import RATE_HZ, Samples
from speech.errors import EngineFailed, EngineMissing
from speech.onnx import onnx_errors

FRAME_SAMPLES = 512
"""Silero's frame at 16 kHz: 32 ms."""

FRAME_SECONDS = FRAME_SAMPLES / RATE_HZ

_CONTEXT_SAMPLES = 64
"""What Silero wants to see of the frame before (its own code prepends as much at 16 kHz)."""

_STATE_SHAPE = (1, 1, 128)
"""Of the two halves (h, c) of its recurrent state."""

_MODEL_FILE = "silero_vad_v6.onnx"
_FRAMES_AT_ONCE = 1000
"""32 s a call: the network takes frames in one batch and carries its state through them."""


class VadStream(Protocol):
    """One stream's ears."""

    def hear(self, samples: Samples) -> list[float]:
        """Take 16 kHz samples, however many; give the speech probability of each frame (512) completed."""


class VoiceActivity(Protocol):
    """Something that tells speech from other sound."""

    def listen(self) -> VadStream:
        """A new stream, knowing nothing of others."""


class SileroVoiceActivity:
    """Silero on one core. The model is loaded when first heard; many streams may be heard in many threads."""

    def __init__(self, model: Path | None = None) -> None:
        self._model = model
        self._session: Any = None
        self._loading = threading.Lock()

    def listen(self) -> SileroStream:
        """A new stream. Raises EngineMissing or EngineFailed if the model cannot be had."""
        return SileroStream(self._loaded())

    def _loaded(self) -> Any:
        with self._loading:
            if self._session is None:
                self._session = _session(self._model or _carried_model())
            return self._session


class SileroStream:
    """The state of one stream: its unfinished frame, the 64 samples before it, the network's memory."""

    def __init__(self, session: Any) -> None:
        self._session = session
        self._unfinished: Samples = np.zeros(0, np.float32)
        self._context: Samples = np.zeros(_CONTEXT_SAMPLES, np.float32)
        self._h = np.zeros(_STATE_SHAPE, np.float32)
        self._c = np.zeros(_STATE_SHAPE, np.float32)

    def hear(self, samples: Samples) -> list[float]:
        """See VadStream.hear."""
        sound = np.concatenate((self._unfinished, samples)).astype(np.float32, copy=False)
        whole = len(sound) // FRAME_SAMPLES * FRAME_SAMPLES
        self._unfinished = sound[whole:].copy()
        frames = sound[:whole].reshape(-1, FRAME_SAMPLES)
        probabilities: list[float] = []
        for start in range(0, len(frames), _FRAMES_AT_ONCE):
            probabilities += self._judge(frames[start : start + _FRAMES_AT_ONCE])
        return probabilities

    def _judge(self, frames: Samples) -> list[float]:
        tails = frames[:, -_CONTEXT_SAMPLES:]
        contexts = np.concatenate((self._context[None], tails[:-1]))
        self._context = tails[-1].copy()
        given = {"input": np.concatenate((contexts, frames), axis=1), "h": self._h, "c": self._c}
        output, self._h, self._c = self._session.run(None, given)
        return [float(probability) for probability in np.ravel(output)]


def _carried_model() -> Path:
    spec = importlib.util.find_spec("faster_whisper")
    for folder in (spec.submodule_search_locations or ()) if spec else ():
        model = Path(folder) / "assets" / _MODEL_FILE
        if model.is_file():
            return model
    raise EngineMissing("The model that hears speech is not here.", "pip install 'faster-whisper>=1.2'")


def _session(model: Path) -> Any:
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.inter_op_num_threads = options.intra_op_num_threads = 1
    options.enable_cpu_mem_arena = False
    options.log_severity_level = 4
    here = ["CPUExecutionProvider"]
    try:
        return onnxruntime.InferenceSession(str(model), sess_options=options, providers=here)
    except onnx_errors() as err:
        raise EngineFailed(f"The voice activity model {model.name} could not be loaded: {err}") from err
