"""One stretch of sound on its way from a phone: which part of it is here, was taken, and may be forgotten there."""

from __future__ import annotations

from collections import deque
from typing import Literal

from satellites.errors import SatelliteError
from speech.audio import RATE_HZ, AudioChunk, AudioFormat, decode_pcm

Mode = Literal["hold", "open", "answer"]
"""Held down: one utterance from press to release. Open: hands-free, begun by the wake word. Answer: to a question."""

BYTES_PER_SECOND = RATE_HZ * 2
_MOST_WAITING = 60 * BYTES_PER_SECOND  # the page sends at most half of it ahead of what was taken
_MARGIN = 3 * BYTES_PER_SECOND  # a wake word may have begun that long ago
_TOLD_EVERY = BYTES_PER_SECOND // 2


class Stream:
    """Places in it are counted in bytes of 16 kHz mono s16le from where the phone began to record."""

    def __init__(self, id: str, mode: Mode, start: int) -> None:
        self.id = id
        self.mode = mode
        self.have = start
        """Up to where it is here."""
        self.taken = start
        """Up to where it was listened to."""
        self.safe = start
        """Up to where it is durable, or is known to hold nothing."""
        self.ended = False
        self._told = start
        self._waiting: deque[bytes] = deque()

    @property
    def finished(self) -> bool:
        return self.ended and not self._waiting

    @property
    def waiting(self) -> bool:
        return bool(self._waiting)

    def add(self, pcm: bytes) -> None:
        """Raises SatelliteError for what is no sound, or too much of it at once."""
        if len(pcm) % 2 or self.have - self.taken + len(pcm) > _MOST_WAITING:
            raise SatelliteError("The page sends what is no sound, or more than was asked for.")
        self.have += len(pcm)
        self._waiting.append(pcm)

    def take(self, keep_back: bool) -> AudioChunk:
        """The next piece. ``keep_back``: what is being said now is not durable yet."""
        pcm = self._waiting.popleft()
        self.taken += len(pcm)
        if not keep_back:
            self.safe = max(self.safe, self.taken - _MARGIN)
        return AudioChunk(decode_pcm(pcm, AudioFormat()))

    def drop(self) -> None:
        """Nothing more of it is wanted."""
        self._waiting.clear()
        self.ended = True
        self.taken = self.have

    def give_back(self) -> None:
        """What is not durable is the page's again."""
        self.drop()
        self.have = self.taken = self.safe

    def progress(self, always: bool = False) -> dict[str, object] | None:
        """What to tell the phone, now and then."""
        if not always and self.taken - self._told < _TOLD_EVERY:
            return None
        self._told = self.taken
        return {"type": "took", "id": self.id, "bytes": self.taken, "safe": self.safe}
