"""Where a local satellite's speech goes: the sound card, files, or nowhere."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any, Protocol

from satellites.errors import SoundDeviceMissing
from speech.audio import AudioChunk, encode_pcm, write_wav

_CLOSING_SECONDS = 5.0
_PIECES_A_SECOND = 10  # within such a piece it falls silent when it is to


class Speaker(Protocol):
    async def play(self, speech: AsyncIterator[AudioChunk]) -> None:
        """Returns when it has been heard."""


class NoSpeaker:
    """For a reply that is only read."""

    async def play(self, speech: AsyncIterator[AudioChunk]) -> None:
        async for _ in speech:
            pass


class WavFiles:
    """Writes each reply to ``folder`` as reply-1.wav, reply-2.wav …, and hands it on to another speaker."""

    def __init__(self, folder: Path, then: Speaker) -> None:
        self._folder = folder
        self._then = then
        self.written: list[Path] = []

    async def play(self, speech: AsyncIterator[AudioChunk]) -> None:
        chunks = [chunk async for chunk in speech]
        if not chunks:
            return
        self._folder.mkdir(parents=True, exist_ok=True)
        path = self._folder / f"reply-{len(self.written) + 1}.wav"
        await asyncio.to_thread(write_wav, path, chunks)
        self.written.append(path)
        await self._then.play(_each(chunks))


class SoundCard:
    """The computer's own speaker, through PyAudio. Raises SoundDeviceMissing when it is made."""

    def __init__(self) -> None:
        self._audio = open_pyaudio()

    async def play(self, speech: AsyncIterator[AudioChunk]) -> None:
        out: Any = None
        steps: list[Callable[[], None]] = []
        try:
            async for chunk in speech:
                if out is None:
                    out = await asyncio.to_thread(self._open, chunk.rate_hz)
                    steps = [out.close]  # drops what has not been played yet
                for start in range(0, len(chunk.samples), piece := chunk.rate_hz // _PIECES_A_SECOND):
                    await asyncio.to_thread(out.write, encode_pcm(chunk.samples[start : start + piece]))
            if out is not None:
                steps = [out.stop_stream, out.close]  # waits until what was written has been played
        finally:
            await closed(*steps)

    def _open(self, rate_hz: int) -> Any:
        import pyaudio

        try:
            return self._audio.open(format=pyaudio.paInt16, channels=1, rate=rate_hz, output=True)
        except OSError as err:
            raise SoundDeviceMissing(f"The speaker cannot be used: {err}.") from err


async def closed(*steps: Callable[[], None]) -> None:
    """Takes the last steps of a stream, and waits no longer for them than is natural: a sound server that hangs
    would hold them, and the whole program, for ever."""

    def take() -> None:
        for step in steps:
            step()

    closing = threading.Thread(target=take, daemon=True)
    closing.start()
    await asyncio.to_thread(closing.join, _CLOSING_SECONDS)


def open_pyaudio() -> Any:
    """PyAudio, ready to open streams. Raises SoundDeviceMissing when it is not installed."""
    try:
        import pyaudio
    except ImportError as err:
        raise SoundDeviceMissing(
            "The microphone and speaker need PyAudio: run `.venv/bin/pip install pyaudio` "
            "(on Debian, first `sudo apt install portaudio19-dev gcc python3-dev`)."
        ) from err
    return pyaudio.PyAudio()


async def _each(chunks: list[AudioChunk]) -> AsyncIterator[AudioChunk]:
    for chunk in chunks:
        yield chunk
