"""Speech on its way to a Wyoming satellite: at the device's own format, and only a little ahead of what is heard."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable

import numpy as np
from wyoming.audio import AudioChunk as WyomingChunk
from wyoming.audio import AudioStart, AudioStop

from satellites.wyoming_link import Link
from speech.audio import AudioChunk, AudioFormat, Resampler, Samples, encode_pcm

AHEAD_SECONDS = 0.5
"""What the device is given before it is due: bridges a slow network, and is all that is heard after "be quiet"."""

_PIECE_SECONDS = 0.1


async def send_speech(
    link: Link, speech: AsyncIterator[AudioChunk], form: AudioFormat, at_stop: Callable[[], None]
) -> float | None:
    """Sends all of it. When the device will have played it (the event loop's time); None: there was nothing to say.

    ``at_stop`` is called just before the device is told that this was all. Cancelled, the device gets no more.
    Raises SatelliteAway.
    """
    clock = asyncio.get_running_loop().time
    heard_at: float | None = None
    try:
        async for samples in _pieces(speech, form.rate_hz):
            if heard_at is None:
                await link.send(AudioStart(form.rate_hz, form.width_bytes, form.channels).event())
                heard_at = clock()
            await asyncio.sleep(heard_at - AHEAD_SECONDS - clock())
            pcm = _pcm(samples, form)
            await link.send(WyomingChunk(form.rate_hz, form.width_bytes, form.channels, pcm).event())
            heard_at = max(heard_at, clock()) + len(samples) / form.rate_hz
    finally:
        if heard_at is not None:
            at_stop()
            await link.send(AudioStop().event())
    return heard_at


async def _pieces(speech: AsyncIterator[AudioChunk], rate_hz: int) -> AsyncIterator[Samples]:
    """The speech at the device's rate, in short pieces."""
    piece = max(1, int(rate_hz * _PIECE_SECONDS))
    async for sound in _resampled(speech, rate_hz):
        for start in range(0, len(sound), piece):
            yield sound[start : start + piece]


async def _resampled(speech: AsyncIterator[AudioChunk], rate_hz: int) -> AsyncIterator[Samples]:
    from_hz, resampler = rate_hz, Resampler(AudioFormat(rate_hz), rate_hz)
    async for chunk in speech:
        if chunk.rate_hz != from_hz:
            yield resampler.end().samples
            from_hz, resampler = chunk.rate_hz, Resampler(AudioFormat(chunk.rate_hz), rate_hz)
        yield resampler.feed(encode_pcm(chunk.samples)).samples
    yield resampler.end().samples


def _pcm(samples: Samples, form: AudioFormat) -> bytes:
    """The same sound in every channel, at the width that the device takes."""
    mono = np.frombuffer(encode_pcm(samples), "<i2").astype("<i4") << 16
    frames = np.repeat(mono, form.channels).astype("<i4").view(np.uint8).reshape(-1, 4)
    return frames[:, 4 - form.width_bytes :].tobytes()
