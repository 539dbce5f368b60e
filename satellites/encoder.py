"""Sound as devices want to fetch it: FLAC, MP3, Opus or WAV of their own rate, made while it is being spoken."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from speech.audio import AudioChunk

if TYPE_CHECKING:
    import av

_KINDS = {  # a device's word for it: FFmpeg's container and codec, and the media type
    "flac": ("flac", "flac", "audio/flac"),
    "mp3": ("mp3", "libmp3lame", "audio/mpeg"),
    "ogg": ("ogg", "libopus", "audio/ogg"),
    "opus": ("ogg", "libopus", "audio/ogg"),
    "wav": ("wav", "pcm_s16le", "audio/wav"),
}


@dataclass(frozen=True, slots=True)
class Form:
    """``name``: one that ``can_encode`` knows."""

    name: str = "mp3"
    rate_hz: int = 48_000
    channels: int = 1

    @property
    def media_type(self) -> str:
        return _KINDS[self.name][2]


def can_encode(name: str) -> bool:
    return name in _KINDS


class Encoder:
    """One stream. Chunks may differ in rate; each is given out whole but for a frame that waits for the next."""

    def __init__(self, form: Form) -> None:
        import av

        container, codec, _ = _KINDS[form.name]
        self._out = _Drain()
        self._container = av.open(self._out, "w", format=container, options={"flush_packets": "1"})
        stream: Any = self._container.add_stream(codec, rate=form.rate_hz)
        stream.layout = self._layout = "mono" if form.channels == 1 else "stereo"
        self._stream: Any = stream
        self._form = form
        self._change: tuple[int, av.AudioResampler] | None = None

    def feed(self, chunk: AudioChunk) -> bytes:
        import av

        if not len(chunk.samples):
            return b""
        if self._change is None or self._change[0] != chunk.rate_hz:
            rate = av.AudioResampler(self._stream.format, self._stream.layout, self._form.rate_hz)
            self._encode(self._change[1].resample(None) if self._change else [])
            self._change = (chunk.rate_hz, rate)
        same = np.repeat(chunk.samples, self._form.channels).reshape(1, -1)  # FFmpeg would make two channels quieter
        frame = av.AudioFrame.from_ndarray(same, "flt", self._layout)
        frame.sample_rate = chunk.rate_hz
        self._encode(self._change[1].resample(frame))
        return self._out.take()

    def end(self) -> bytes:
        self._encode(self._change[1].resample(None) if self._change else [])
        self._container.mux(self._stream.encode(None))
        self._container.close()
        return self._out.take()

    def _encode(self, frames: list[av.AudioFrame]) -> None:
        for frame in frames:
            frame.pts = None  # counted anew by the encoder: chunks of two rates have two clocks
            self._container.mux(self._stream.encode(frame))


class _Drain:
    """What FFmpeg writes to; it cannot seek, so that nothing waits for the end."""

    def __init__(self) -> None:
        self._data = bytearray()

    def write(self, data: bytes) -> int:
        self._data += data
        return len(data)

    def take(self) -> bytes:
        data = bytes(self._data)
        self._data.clear()
        return data
