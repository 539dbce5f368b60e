"""Sound in memory: the formats it comes in, and the one form it has inside (16 kHz mono float32)."""

from __future__ import annotations

import wave
from collections.abc import Iterable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

import numpy as np
from numpy.typing import NDArray

from speech.errors import UnreadableSound

if TYPE_CHECKING:
    import av
    from av.container import InputContainer

Samples = NDArray[np.float32]
"""(n,) float32 in [-1, 1], mono; 16 kHz unless a rate stands beside it."""

RATE_HZ = 16_000
"""The rate that wake words, voice activity and transcription all take."""

CHUNK_SAMPLES = 1280
"""80 ms at 16 kHz: the hop of the wake word models, and the length of a chunk read from a file."""

QUIETEST_DB = -120.0
"""What ``level_db`` says of digital silence."""

_KINDS_OF_FILE = "wav,w64,aiff,au,caf,flac,mp3,ogg,mov,mp4,m4a,3gp,matroska,webm,aac,ac3,eac3,amr,asf,avi,wv,ape,tta"
"""FFmpeg's names of what may be read. Playlists are not among them: one could name other files to open."""


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


def silence(seconds: float, rate_hz: int = RATE_HZ) -> AudioChunk:
    """So many seconds of nothing."""
    return AudioChunk(np.zeros(round(seconds * rate_hz), np.float32), rate_hz)


def level_db(samples: Samples) -> float:
    """Root mean square in dB below full scale: 0 for a full square wave, -120 for silence or no samples."""
    if not len(samples):
        return QUIETEST_DB
    power = float(np.mean(np.square(samples, dtype=np.float64)))
    return max(QUIETEST_DB, 10 * float(np.log10(power))) if power > 0 else QUIETEST_DB


def decode_pcm(data: bytes, format: AudioFormat) -> Samples:
    """Raw PCM to mono samples, still at ``format.rate_hz``; channels are averaged.

    Bytes after the last whole sample of all channels are left out. Raises UnreadableSound for a width
    other than 1 to 4 bytes, no channels, or a rate that is none.
    """
    _check(format)
    step = format.width_bytes * format.channels
    raw = np.frombuffer(data, np.uint8, count=len(data) // step * step)
    if format.width_bytes == 3:  # numpy knows no 24 bits: they become the upper three bytes of 32
        wide = np.zeros((len(raw) // 3, 4), np.uint8)
        wide[:, 1:] = raw.reshape(-1, 3)
        whole = wide.reshape(-1).view("<i4")
    else:
        whole = raw.view(f"<i{format.width_bytes}")
    full_scale = float(2 ** (8 * whole.itemsize - 1))
    mono = whole if format.channels == 1 else whole.reshape(-1, format.channels).mean(axis=1)
    samples: Samples = (mono / full_scale).astype(np.float32)
    return samples


def encode_pcm(samples: Samples) -> bytes:
    """Mono samples to signed 16-bit little-endian; louder than full scale is clipped, NaN is silence."""
    known = np.nan_to_num(np.asarray(samples, np.float32), nan=0.0, posinf=1.0, neginf=-1.0)
    whole: NDArray[np.int16] = np.clip(np.rint(np.clip(known, -1, 1) * 32768.0), -32768, 32767).astype("<i2")
    return whole.tobytes()


class Resampler:
    """One raw PCM stream on its way to mono at ``rate_hz``. Bytes may be cut anywhere, even inside a sample.

    What comes out does not depend on how the bytes were cut. A few milliseconds stay inside until ``end``.
    """

    def __init__(self, format: AudioFormat, rate_hz: int = RATE_HZ) -> None:
        _check(format)
        self._format = format
        self._rate = _RateChange(format.rate_hz, rate_hz)
        self._left = b""

    def feed(self, data: bytes) -> AudioChunk:
        """Take bytes, give the sound that is ready (perhaps none)."""
        data = self._left + data
        step = self._format.width_bytes * self._format.channels
        whole = len(data) // step * step
        self._left = data[whole:]
        return self._rate.feed(decode_pcm(data[:whole], self._format))

    def end(self) -> AudioChunk:
        """The rest, when no more bytes will come."""
        self._left = b""
        return self._rate.end()


def resample(chunks: Iterable[AudioChunk], rate_hz: int = RATE_HZ) -> Iterator[AudioChunk]:
    """The same sound at another rate, chunk by chunk. All chunks must have one rate (ValueError if not)."""
    change: _RateChange | None = None
    for chunk in chunks:
        change = change or _RateChange(chunk.rate_hz, rate_hz)
        if chunk.rate_hz != change.from_hz:
            raise ValueError(f"a stream of {change.from_hz} Hz went on at {chunk.rate_hz} Hz")
        ready = change.feed(chunk.samples)
        if len(ready.samples):
            yield ready
    if change is not None and len(last := change.end().samples):
        yield AudioChunk(last, rate_hz)


def read_sound(source: str | Path | BinaryIO) -> Iterator[AudioChunk]:
    """Any sound file, from disk or an open binary file, as 16 kHz mono in chunks of 1280 samples (80 ms).

    WAV, FLAC, MP3, m4a, webm, ogg and their like; the last chunk may be shorter; memory stays small however
    long the file. A file cut short gives what is there. Raises UnreadableSound before the first chunk
    if there is no sound to be had.
    """
    called = source if isinstance(source, str | Path) else getattr(source, "name", None)
    name = str(called) if isinstance(called, str | Path) else "the upload"  # a temporary file's name is a number
    with ExitStack() as opened:
        file = opened.enter_context(_open(source, name)) if isinstance(source, str | Path) else source
        container = opened.enter_context(_container(file, name))
        empty = True
        kept: list[Samples] = []
        held = 0
        for samples in _decoded(container):
            kept.append(samples)
            held += len(samples)
            if held < CHUNK_SAMPLES:
                continue
            sound = np.concatenate(kept)
            whole = held // CHUNK_SAMPLES * CHUNK_SAMPLES
            for start in range(0, whole, CHUNK_SAMPLES):
                empty = False
                yield AudioChunk(sound[start : start + CHUNK_SAMPLES])
            kept, held = [sound[whole:]], held - whole
        if held:
            yield AudioChunk(np.concatenate(kept))
        elif empty:
            raise UnreadableSound(f"{name}: there is no sound in it; record it again.")


def write_wav(target: str | Path | BinaryIO, chunks: Iterable[AudioChunk]) -> None:
    """A 16-bit mono WAV at the rate of the first chunk (16 kHz if there is none).

    ValueError if a later chunk has another rate.
    """
    opened = str(target) if isinstance(target, str | Path) else target
    with wave.open(opened, "wb") as out:
        out.setnchannels(1)
        out.setsampwidth(2)
        rate_hz = 0
        for chunk in chunks:
            if not rate_hz:
                rate_hz = chunk.rate_hz
                out.setframerate(rate_hz)
            if chunk.rate_hz != rate_hz:
                raise ValueError(f"a WAV of {rate_hz} Hz cannot go on at {chunk.rate_hz} Hz")
            out.writeframes(encode_pcm(chunk.samples))
        if not rate_hz:
            out.setframerate(RATE_HZ)


class _RateChange:
    """Mono float32 from one rate to another, through FFmpeg's resampler; state goes on from call to call."""

    def __init__(self, from_hz: int, to_hz: int) -> None:
        self.from_hz = from_hz
        self._to_hz = to_hz
        self._resampler: av.AudioResampler | None = None
        if from_hz != to_hz:
            import av

            self._resampler = av.AudioResampler("flt", "mono", to_hz)

    def feed(self, samples: Samples) -> AudioChunk:
        if self._resampler is None or not len(samples):
            return AudioChunk(samples, self._to_hz)
        import av

        frame = av.AudioFrame.from_ndarray(np.ascontiguousarray(samples).reshape(1, -1), "flt", "mono")
        frame.sample_rate = self.from_hz
        return self._joined(self._resampler.resample(frame))

    def end(self) -> AudioChunk:
        return self._joined([] if self._resampler is None else self._resampler.resample(None))

    def _joined(self, frames: list[av.AudioFrame]) -> AudioChunk:
        return AudioChunk(_samples_of(frames), self._to_hz)


def _samples_of(frames: list[av.AudioFrame]) -> Samples:
    parts = [np.asarray(frame.to_ndarray()[0], np.float32) for frame in frames]
    return np.concatenate(parts) if parts else np.zeros(0, np.float32)


def _check(format: AudioFormat) -> None:
    known = 1 <= format.width_bytes <= 4 and 1 <= format.channels <= 64 and 1 <= format.rate_hz <= 768_000
    if not known:
        raise UnreadableSound(f"No one records sound like this: {format}. Send 16 kHz, 16 bits, mono.")


def _open(path: str | Path, name: str) -> BinaryIO:
    try:
        return Path(path).open("rb")
    except OSError as err:
        raise UnreadableSound(f"{name}: cannot be opened ({err.strerror}); choose a sound file.") from err


def _container(file: BinaryIO, name: str) -> InputContainer:
    import av

    try:
        container = av.open(file, "r", options={"format_whitelist": _KINDS_OF_FILE})
    except (av.FFmpegError, ValueError, OSError) as err:
        raise UnreadableSound(f"{name}: not sound that can be read; try WAV, FLAC, MP3, m4a or ogg.") from err
    if not container.streams.audio:
        container.close()
        raise UnreadableSound(f"{name}: there is no sound in this file.")
    return container


def _decoded(container: InputContainer) -> Iterator[Samples]:
    """16 kHz mono from the first audio stream; damaged stretches are passed over."""
    import av

    change: _ToMono | None = None
    for frame in _frames(container):
        kind = (frame.format.name, frame.layout.name, frame.sample_rate)
        if change is not None and change.kind != kind:  # some streams turn from mono to stereo on the way
            yield change.end()
            change = None
        change = change or _ToMono(kind, av.AudioResampler("flt", None, RATE_HZ))
        yield change.feed(frame)
    if change is not None:
        yield change.end()


def _frames(container: InputContainer) -> Iterator[av.AudioFrame]:
    import av

    packets = container.demux(container.streams.audio[0])
    while True:
        try:
            packet = next(packets, None)
        except av.FFmpegError:  # the file itself ends in rubble
            return
        if packet is None:
            return
        try:
            yield from packet.decode()
        except av.FFmpegError:  # a damaged packet: the next may be whole
            continue


class _ToMono:
    """Frames of one kind (sample format, channels, rate) to 16 kHz mono; channels are averaged."""

    def __init__(self, kind: tuple[str, str, int], resampler: av.AudioResampler) -> None:
        self.kind = kind
        self._resampler = resampler

    def feed(self, frame: av.AudioFrame) -> Samples:
        frame.pts = None  # gaps in time stamps are not to become silence
        return self._averaged(self._resampler.resample(frame))

    def end(self) -> Samples:
        return self._averaged(self._resampler.resample(None))

    def _averaged(self, frames: list[av.AudioFrame]) -> Samples:
        # interleaved, not planar: PyAV 18 crashes on planes beyond the eighth channel
        parts = [frame.to_ndarray().reshape(-1, frame.layout.nb_channels).mean(axis=1) for frame in frames]
        return np.nan_to_num(np.concatenate(parts)).astype(np.float32) if parts else np.zeros(0, np.float32)
