"""A recording that is listened to as if it were spoken now: a sound file, an upload, or a raw stream."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator
from itertools import chain, islice
from typing import BinaryIO

from satellites.satellite import Turn
from satellites.speakers import Speaker
from speech.audio import AudioChunk, AudioFormat, Resampler

_READ_SECONDS = 0.08


class Recording:
    """Takes turns until the sound ends. ``memo``: no wake word is needed, and its pauses end nothing.

    Raises what ``sound`` raises at its first piece: here, before anyone listens, is where a bad file is found.
    """

    def __init__(self, name: str, sound: Iterator[AudioChunk], speaker: Speaker, memo: bool = False) -> None:
        self.name = name
        self._sound = chain([*islice(sound, 1)], sound)
        self._speaker = speaker
        self._memo = memo
        self._ended = False

    async def turns(self) -> AsyncIterator[Turn]:
        audio = self._audio()
        while not self._ended:
            yield Turn(self, audio, memo=self._memo)

    async def play(self, speech: AsyncIterator[AudioChunk], then_listen: bool = False) -> None:
        await self._speaker.play(speech)

    async def _audio(self) -> AsyncIterator[AudioChunk]:
        try:
            while (chunk := await asyncio.to_thread(next, self._sound, None)) is not None:
                yield chunk
        finally:
            self._ended = True


def read_stream(stream: BinaryIO, form: AudioFormat) -> Iterator[AudioChunk]:
    """Raw PCM from a pipe, as it comes in, until it is closed."""
    resampler = Resampler(form)
    piece = max(1, int(form.rate_hz * _READ_SECONDS)) * form.width_bytes * form.channels
    while data := stream.read(piece):
        yield resampler.feed(data)
