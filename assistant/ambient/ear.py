"""Cuts an endless stream of sound into what was spoken."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from speech.audio import RATE_HZ, AudioFormat, Resampler, Samples
from speech.endpoint import Endpointer, EndpointSettings, State
from speech.vad import FRAME_SAMPLES, FRAME_SECONDS, VoiceActivity

_STEP_SAMPLES = 8 * FRAME_SAMPLES  # about a quarter of a second
_RUN_UP_SAMPLES = 2 * _STEP_SAMPLES  # kept from before the first voice, so that no beginning is cut off


@dataclass(frozen=True, slots=True)
class Spoken:
    """A piece of something spoken. ``at_seconds``: where it begins in the stream. ``ends``: it is the last piece."""

    samples: Samples
    at_seconds: float
    ends: bool


class Ear:
    """One stream of raw PCM. Silence between what is spoken is left out."""

    def __init__(self, voices: VoiceActivity, form: AudioFormat, settings: EndpointSettings) -> None:
        self.form = form
        self._resampler = Resampler(form)
        self._voice = voices.listen()
        self._settings = settings
        self._endpointer = Endpointer(settings)
        self._unheard = np.zeros(0, np.float32)
        self._before = np.zeros(0, np.float32)
        self._heard_samples = 0

    def hear(self, pcm: bytes) -> Iterator[Spoken]:
        """Takes bytes, cut anywhere; gives what was spoken in them."""
        self._unheard = np.concatenate((self._unheard, self._resampler.feed(pcm).samples))
        while len(self._unheard) >= _STEP_SAMPLES:
            step, self._unheard = self._unheard[:_STEP_SAMPLES], self._unheard[_STEP_SAMPLES:]
            yield from self._hear(step)

    def end(self) -> Iterator[Spoken]:
        """The rest, when no more will come."""
        rest = np.concatenate((self._unheard, self._resampler.end().samples))
        speaking = self._endpointer.state is State.SPEAKING
        self._unheard = np.zeros(0, np.float32)
        if speaking:
            self._endpointer = Endpointer(self._settings)
            yield Spoken(rest, self._heard_samples / RATE_HZ, ends=True)

    def _hear(self, step: Samples) -> Iterator[Spoken]:
        for probability in self._voice.hear(step):
            self._endpointer.hear(probability, FRAME_SECONDS)
        state = self._endpointer.state
        since = np.concatenate((self._before, step))
        self._heard_samples += len(step)
        at_seconds = (self._heard_samples - len(since)) / RATE_HZ
        if state in (State.SPEAKING, State.ENDED):
            self._before = self._before[:0]
            yield Spoken(since, at_seconds, ends=state is State.ENDED)
        else:
            self._before = since[-_RUN_UP_SAMPLES:]
        if self._endpointer.finished:
            self._endpointer = Endpointer(self._settings)
