"""A server of its own for each test, a browser whose microphone is a file, and a connection that can be cut."""

from __future__ import annotations

import asyncio
import os
import shutil
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from speech.audio import AudioChunk, read_sound, silence, write_wav

ROOT = Path(__file__).parents[2]
CHROMIUM = next(
    (path for name in ("chromium", "chromium-browser", "google-chrome") if (path := shutil.which(name))), None
)
needs_chromium = pytest.mark.skipif(CHROMIUM is None, reason="no Chromium here (on Debian: apt install chromium)")
BESIDES_THE_FILE = 60.0  # seconds of silence after what is said: Chromium plays the file again and again


class Server:
    """`fondly serve`, and what it says."""

    def __init__(self, home: Path, *options: str) -> None:
        env = {**os.environ, "FONDLY_HOME": str(home), "FONDLY_PORT": "0", "FONDLY_LAN_PORT": "0"}
        self.process = subprocess.Popen(
            [sys.executable, "-m", "assistant", "serve", *options],
            env=env,
            stdout=subprocess.PIPE,
            cwd=ROOT,
            text=True,
        )
        assert self.process.stdout
        self.env = env
        self.url = self.process.stdout.readline().split(" at ")[1].split(" ")[0]

    @property
    def port(self) -> int:
        return int(self.url.rsplit(":", 1)[1])

    def end(self) -> None:
        self.process.terminate()
        self.process.wait(timeout=30)
        if self.process.stdout:
            self.process.stdout.close()


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Server]:
    running = Server(tmp_path / "home")
    yield running
    running.end()


class Cable:
    """Between a browser and a server: TCP that can be cut, and mended."""

    def __init__(self, to_port: int) -> None:
        self._to_port = to_port
        self._writers: set[asyncio.StreamWriter] = set()
        self._whole = True
        self._loop = asyncio.new_event_loop()
        self._listening = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self._listening.getsockname()[1]}"
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)
        self._thread.start()
        self._do(self._start())

    def cut(self) -> None:
        self._do(self._cut())

    def mend(self) -> None:
        self._whole = True

    def end(self) -> None:
        self.cut()
        self._server.close()
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()

    def _do(self, work: Any) -> None:
        asyncio.run_coroutine_threadsafe(work, self._loop).result(30)

    async def _start(self) -> None:
        self._server = await asyncio.start_server(self._carry, sock=self._listening)

    async def _cut(self) -> None:
        self._whole = False
        for writer in list(self._writers):
            writer.transport.abort()
        await asyncio.sleep(0.2)

    async def _carry(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if not self._whole:
            writer.transport.abort()
            return
        there_reader, there_writer = await asyncio.open_connection("127.0.0.1", self._to_port)
        self._writers |= {writer, there_writer}
        await asyncio.gather(self._pour(reader, there_writer), self._pour(there_reader, writer))

    async def _pour(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(OSError):
            while data := await reader.read(65_536):
                writer.write(data)
                await writer.drain()
        writer.transport.abort()
        self._writers.discard(writer)


@pytest.fixture
def cable(server: Server) -> Iterator[Cable]:
    laid = Cable(server.port)
    yield laid
    laid.end()


KEEPS_WHAT_IS_PLAYED = """
window.played = [];
const start = AudioBufferSourceNode.prototype.start;
AudioBufferSourceNode.prototype.start = function (...when) {
  window.played.push({ rate: this.buffer.sampleRate, samples: Array.from(this.buffer.getChannelData(0)) });
  return start.apply(this, when);
};
"""


@contextmanager
def browser(said: Path, *more: str) -> Iterator[Any]:
    """A Chromium that hears ``said``."""
    from playwright.sync_api import sync_playwright

    arguments = [
        "--no-sandbox",
        "--disable-gpu",
        "--use-fake-device-for-media-stream",
        "--use-fake-ui-for-media-stream",
        f"--use-file-for-fake-audio-capture={said}",
        "--autoplay-policy=no-user-gesture-required",
        *more,
    ]
    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path=CHROMIUM, args=arguments)
        yield opened
        opened.close()


def page_in(opened: Any, **context: Any) -> Any:
    page = opened.new_context(viewport={"width": 390, "height": 844}, **context).new_page()
    page.set_default_timeout(60_000)
    page.add_init_script(KEEPS_WHAT_IS_PLAYED)
    return page


def microphone_file(path: Path, *parts: Path | float) -> Path:
    """What the microphone hears: recordings, and seconds of silence; then nothing for a while."""
    rate_hz = 48_000  # what Chromium's fake device asks for
    chunks: list[AudioChunk] = []
    for part in (*parts, BESIDES_THE_FILE):
        if isinstance(part, Path):
            from speech.audio import resample

            chunks += resample(read_sound(part), rate_hz)
        else:
            chunks.append(silence(part, rate_hz))
    write_wav(path, chunks)
    return path


def heard_back(page: Any) -> str:
    """What was played in the page, as Moonshine hears it."""
    from speech.audio import resample
    from speech.stt.moonshine import Moonshine

    played = page.evaluate("window.played.splice(0)")
    chunks = [AudioChunk(np.array(one["samples"], np.float32), one["rate"]) for one in played]
    samples = np.concatenate([chunk.samples for chunk in resample(chunks)])
    return Moonshine().transcribe(samples).text
