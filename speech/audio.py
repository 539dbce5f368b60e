"""Sound in memory: the formats it comes in, and the one form it has inside (16 kHz mono float32)."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Samples = NDArray[np.float32]
"""(n,) float32 in [-1, 1], mono; 16 kHz unless a rate stands beside it."""

RATE_HZ = 16_000
"""The rate that wake words, voice activity and transcription all take."""


@dataclass(frozen=True, slots=True)
class AudioFormat:
    """Raw PCM on a wire: signed little-endian, ``width_bytes`` a sample, channels interleaved."""

    rate_hz: int = RATE_HZ
    width_bytes: int = 2
    channels: int = 1


@dataclass(frozen=True, slots=True)
class AudioChunk:
    """A stretch of sound. ``samples``: (n,) float32 in [-1, 1], mono at ``rate_hz``."""

    samples: Samples
    rate_hz: int = RATE_HZ

    @property
    def seconds(self) -> float:
        return len(self.samples) / self.rate_hz
