"""The computer's own microphone, through PyAudio (the extra ``mic``)."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import Any

from satellites.errors import SoundDeviceMissing
from satellites.satellite import Turn
from satellites.speakers import Speaker, closed, open_pyaudio
from speech.audio import RATE_HZ, AudioChunk, AudioFormat, decode_pcm

_HOP_SAMPLES = 1280  # 80 ms
_GONE_SECONDS = 5.0  # without sound, and not even silence: it was unplugged
_QUEUED_CHUNKS = 375  # 30 s: what a slow machine may lag behind before the oldest sound is dropped


class Microphone:
    """Always listening for the wake word, while Fondly speaks, too."""

    name = "microphone"

    def __init__(self, speaker: Speaker) -> None:
        self._audio = open_pyaudio()
        self._speaker = speaker

    async def turns(self) -> AsyncIterator[Turn]:
        audio = self._listen()
        while True:
            yield Turn(self, audio, open_ear=True)

    async def play(self, speech: AsyncIterator[AudioChunk], then_listen: bool = False) -> None:
        await self._speaker.play(speech)

    async def _listen(self) -> AsyncIterator[AudioChunk]:
        loop = asyncio.get_running_loop()
        heard: asyncio.Queue[bytes] = asyncio.Queue()

        def take(pcm: bytes) -> None:
            if heard.qsize() >= _QUEUED_CHUNKS:
                heard.get_nowait()
            heard.put_nowait(pcm)

        stream = await asyncio.to_thread(self._open, lambda pcm: loop.call_soon_threadsafe(take, pcm))
        try:
            while True:
                yield AudioChunk(decode_pcm(await asyncio.wait_for(heard.get(), _GONE_SECONDS), AudioFormat()))
        except TimeoutError as err:
            raise SoundDeviceMissing("The microphone is gone: plug it in again.") from err
        finally:
            await closed(stream.close)

    def _open(self, take: Any) -> Any:
        import pyaudio

        def callback(pcm: bytes, *_: object) -> tuple[None, int]:
            take(pcm)
            return None, pyaudio.paContinue

        try:
            return self._audio.open(
                format=pyaudio.paInt16,
                channels=1,
                rate=RATE_HZ,
                input=True,
                frames_per_buffer=_HOP_SAMPLES,
                stream_callback=callback,
            )
        except OSError as err:
            raise SoundDeviceMissing(f"The microphone cannot be used: {err}.") from err
