"""The sound that a Wyoming satellite sends in one run, on its way to a turn."""

from __future__ import annotations

import asyncio
from collections import deque
from math import inf
from typing import Any

import numpy as np

from speech.audio import CHUNK_SAMPLES, RATE_HZ, AudioChunk, AudioFormat, Resampler

_HELD_SAMPLES = 30 * RATE_HZ  # what a slow machine may lag behind before the oldest sound is dropped


class Run:
    """Takes chunks of any format as they come, and gives 16 kHz mono in pieces of at most 80 ms.

    ``phrase``: as in Turn. ``streaming``: the device sends, as far as it has said. ``told``: it has been told that it
    was heard. ``handed``: a turn has it. ``over``: nothing more will come.
    """

    def __init__(self, phrase: str | None) -> None:
        self.phrase = phrase
        self.streaming = True
        self.told = False
        self.handed = False
        self.over = False
        self._heard: deque[AudioChunk] = deque()
        self._held = 0
        self._form: AudioFormat | None = None
        self._resampler: Resampler | None = None
        self._at_start = True
        self._until: float | None = None
        self._news = asyncio.Event()

    def feed(self, form: AudioFormat, pcm: bytes, newest_seconds: float = inf) -> None:
        """Of this chunk only the ``newest_seconds`` count: what is older was recorded too early to be meant."""
        if self.over:
            return
        self.streaming = True
        if self._resampler is None or form != self._form:
            self._form, self._resampler = form, Resampler(form)
        samples = self._resampler.feed(pcm).samples
        if newest_seconds * RATE_HZ < len(samples):
            samples = samples[len(samples) - int(max(0.0, newest_seconds) * RATE_HZ) :]
        if self._at_start:  # a buffer that was not full yet begins with zeros: that is no silence that anyone kept
            sounding = np.flatnonzero(samples)
            samples = samples[sounding[0] :] if len(sounding) else samples[:0]
            self._at_start = not len(samples)
        for start in range(0, len(samples), CHUNK_SAMPLES):
            self._heard.append(AudioChunk(samples[start : start + CHUNK_SAMPLES]))
        self._held += len(samples)
        while self._held > _HELD_SAMPLES:
            self._held -= len(self._heard.popleft().samples)
        self._news.set()

    def restart(self) -> None:
        """The device begins anew, with its buffer, in the midst of what it was sending."""
        self._at_start = True

    def flush(self) -> None:
        """What was heard and not listened to is not wanted."""
        self._heard.clear()
        self._held = 0

    def expect(self, until: float | None) -> None:
        """Ends by itself when nothing has come until then (the event loop's time); None: it waits on."""
        self._until = until
        self._news.set()

    def end(self) -> None:
        """What has come is still given."""
        self.over = True
        self._news.set()

    async def next(self) -> AudioChunk | None:
        """None: it is over."""
        while not self._heard:
            if self.over:
                return None
            self._news.clear()
            try:
                async with asyncio.timeout_at(self._until):
                    await self._news.wait()
            except TimeoutError:
                self.streaming = False
                self.end()
        chunk = self._heard.popleft()
        self._held -= len(chunk.samples)
        return chunk


def audio_format(data: Any) -> AudioFormat | None:
    """What an event says of its sound. None: it says nothing that could be true."""
    if not isinstance(data, dict):
        return None
    rate, width, channels = (data.get(key) for key in ("rate", "width", "channels"))
    if not (isinstance(rate, int) and isinstance(width, int) and isinstance(channels, int)):
        return None
    if not (4_000 <= rate <= 192_000 and 1 <= width <= 4 and 1 <= channels <= 8):
        return None
    return AudioFormat(rate, width, channels)
