"""A wake word listened for on another machine, over Wyoming; by the engine here while that one is slow or gone."""

from __future__ import annotations

import time
from contextlib import suppress

import numpy as np
from wyoming.audio import AudioChunk, AudioStart
from wyoming.event import Event
from wyoming.info import Describe, Info
from wyoming.wake import Detect
from wyoming.wake import Detection as Heard

from speech.audio import RATE_HZ, Samples, encode_pcm
from speech.wake import LATEST_SECONDS, Detection, WakeStream, WakeWord
from speech.wyoming import PCM, Away, Connection, Service

PULSE_SECONDS = 2.0
"""How often it is asked for a sign of life: one that hears nothing and one that is gone are equally quiet."""

ANSWER_SECONDS = 3.0
"""How long that sign may take, and sending a piece of sound."""

AHEAD_SECONDS = 0.5
"""How far the sound may run ahead of the clock: a recording comes faster than the other machine can listen."""


class WyomingWake:
    """Listens for one ``word``, by the name it has there. ``local``: what listens when the other machine does not."""

    def __init__(self, service: Service, word: str, local: WakeWord, answer_seconds: float = ANSWER_SECONDS) -> None:
        self.service = service
        self.local = local
        self.phrases = (word,)
        self._answer_seconds = answer_seconds

    def listen(self) -> WyomingWakeStream:
        """See WakeWord.listen. Connects with the first sound."""
        return WyomingWakeStream(self.service, self.phrases[0], self.local, self._answer_seconds)


class WyomingWakeStream:
    """One stream, heard there or here. Whoever takes over hears the last seconds again: a word is not cut in two."""

    def __init__(self, service: Service, word: str, local: WakeWord, answer_seconds: float) -> None:
        self.score = 0.0  # the protocol tells none before there is a detection
        self._service = service
        self._word = word
        self._local = local
        self._answer_seconds = answer_seconds
        self._there: _Listener | None = None
        self._here: WakeStream | None = None
        self._heard = 0  # samples
        self._recent: Samples = np.zeros(0, np.float32)

    def hear(self, samples: Samples) -> Detection | None:
        """See WakeStream.hear."""
        self._heard += len(samples)
        self._recent = np.concatenate((self._recent, samples))[-round(LATEST_SECONDS * RATE_HZ) :]
        after = self._samples_after(samples)
        self.score = 0.0 if after is None else 1.0
        if after is None:
            return None
        self._recent = self._recent[len(self._recent) - after :]
        self._there = self._here = None
        return Detection(self._word, self.score, (self._heard - after) / RATE_HZ, after)

    def _samples_after(self, samples: Samples) -> int | None:
        """How many of the recent samples came after the word; None: it has not been heard."""
        if self._service.there:
            self._here = None
            with suppress(Away), self._service.watched():
                return self._hear_there(samples)
        self._there = None
        return self._hear_here(samples)

    def _hear_there(self, samples: Samples) -> int | None:
        if self._there is None:
            samples = self._recent
            self._there = _Listener(self._service, self._word, self._answer_seconds)
        after = self._there.hear(samples)
        return None if after is None else min(after, len(self._recent))

    def _hear_here(self, samples: Samples) -> int | None:
        if self._here is None:
            samples = self._recent
            self._here = self._local.listen()
        found = self._here.hear(samples)
        return found.samples_after if found else None


class _Listener:
    """One connection that listens."""

    def __init__(self, service: Service, word: str, answer_seconds: float) -> None:
        self._service = service
        self._answer_seconds = answer_seconds
        self._connection = Connection(service.address, answer_seconds)
        self._connection.send(Detect([word]), AudioStart(**PCM))
        self._began = time.monotonic()
        self._sent = 0  # samples
        self._asked_at: float | None = None  # for a sign of life; None: it has been given
        self._alive_at = self._began

    def hear(self, samples: Samples) -> int | None:
        """How many samples came after the word; None: it has not been heard. Raises Away."""
        if not self._sent:
            self._began -= len(samples) / RATE_HZ  # these have been heard already
        self._sent += len(samples)
        self._connection.more_time(self._answer_seconds)
        until_ms = self._sent * 1000 // RATE_HZ
        self._connection.send(AudioChunk(**PCM, audio=encode_pcm(samples), timestamp=until_ms))
        while self._connection.has_sent(self._ahead_seconds()):
            event = self._connection.receive()
            if Heard.is_type(event.type):
                self._service.worked()
                return self._samples_since(event)
            if Info.is_type(event.type):
                self._service.worked()
                self._asked_at, self._alive_at = None, time.monotonic()
        self._feel_its_pulse()
        return None

    def _ahead_seconds(self) -> float:
        return max(0.0, self._began + self._sent / RATE_HZ - time.monotonic() - AHEAD_SECONDS)

    def _feel_its_pulse(self) -> None:
        now = time.monotonic()
        if self._asked_at is not None and now - self._asked_at > self._answer_seconds:
            raise Away(f"The Wyoming service at {self._service.address} did not answer in time.")
        if self._asked_at is None and now - self._alive_at > PULSE_SECONDS:
            self._connection.send(Describe())
            self._asked_at = now

    def _samples_since(self, event: Event) -> int:
        """The time stamps that we give are where a chunk ends, in milliseconds; services give back the chunk's."""
        at_ms = event.data.get("timestamp")
        return max(0, self._sent - at_ms * RATE_HZ // 1000) if isinstance(at_ms, int) and at_ms > 0 else 0
