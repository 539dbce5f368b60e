"""ESPHome's own firmware as a program of this machine, built once into the cache of the user who tests.

It lies beside this checkout and is never part of it: ESPHome's C++ has a licence of its own.
"""

from __future__ import annotations

import asyncio
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest
from aioesphomeapi import APIClient
from filelock import FileLock
from platformdirs import user_cache_path

from assistant.demo.demo import recordings
from satellites.esphome import EspHome
from satellites.satellite import Turn
from speech.audio import AudioChunk, Samples, read_sound, silence, write_wav
from speech.endpoint import Endpointer, EndpointSettings
from speech.tts.espeak import Espeak
from speech.vad import FRAME_SECONDS, SileroVoiceActivity

FIRMWARE = Path(__file__).parents[3] / "shared" / "esphome-host"
ESPHOME = "esphome==2026.6.5"
PORTS = {"media": 36053, "speaker": 36054}
CACHE = user_cache_path("fondly-tests", appauthor=False) / "esphome"
NEEDED = ("g++", "ffmpeg", "ffprobe", "stdbuf")
WAKE_WORD_CHUNKS = 30  # at the beginning of each recording; these devices have heard it already


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    missing = [name for name in NEEDED if not shutil.which(name)]
    if not config.getoption("--devices"):
        why = "takes minutes: give pytest --devices"
    elif not FIRMWARE.is_dir():
        why = "the firmware is not beside this checkout (../shared/esphome-host)"
    elif missing:
        why = f"no {', '.join(missing)} here"
    else:
        return
    for item in items:
        if item.path.is_relative_to(Path(__file__).parent):
            item.add_marker(pytest.mark.skip(reason=why))


@dataclass(frozen=True)
class Firmware:
    """A device that runs. What it is told to hear is spoken into its microphone at the pace of speech."""

    folder: Path
    port: int

    async def act(self, *actions: str) -> None:
        """Its buttons: "wake" as if its wake word had been heard, "stop_va" as if its stop word had."""
        client = APIClient("127.0.0.1", self.port, client_info="finger")
        await client.connect(login=True)
        _, services = await client.list_entities_services()
        for action in actions:
            await client.execute_service(next(one for one in services if one.name == action), {})
            await asyncio.sleep(0.5)
        await client.disconnect()

    def hears(self) -> None:
        """A note about Rachel: the first recording of the demo."""
        once = self.folder / "next.wav"
        write_wav(once, [silence(0.3), *list(read_sound(recordings()[0]))[WAKE_WORD_CHUNKS:]])
        once.rename(self.folder / "say" / "next.wav")

    def said(self) -> Samples:
        """All that its speaker has played: 16 kHz."""
        raw = self.folder / "spoken.raw"
        return np.frombuffer(raw.read_bytes(), "<i2").astype(np.float32) / 32768 if raw.exists() else np.zeros(0)

    def log(self) -> str:
        return (self.folder / "satellite.log").read_text(errors="replace")


@pytest.fixture(scope="session")
def built() -> Iterator[Callable[[str], Path]]:
    """Builds a variant, if that has not been done; one test run at a time has the devices."""
    CACHE.mkdir(parents=True, exist_ok=True)

    def build(variant: str) -> Path:
        tools, folder = CACHE / "venv", CACHE / variant
        stamp = folder / ".built"
        if stamp.exists() and stamp.read_text() == ESPHOME:
            return folder
        shutil.rmtree(folder, ignore_errors=True)
        if not (tools / "bin" / "esphome").exists():
            subprocess.run([sys.executable, "-m", "venv", "--clear", tools], check=True)
            subprocess.run([tools / "bin" / "pip", "install", "-q", ESPHOME], check=True)
        env = {**os.environ, "PATH": f"{tools / 'bin'}:{os.environ['PATH']}"}
        subprocess.run([FIRMWARE / "build", variant, folder, str(PORTS[variant])], check=True, env=env)
        stamp.write_text(ESPHOME)
        return folder

    with FileLock(CACHE / "lock"):
        yield build


def _start(folder: Path, port: int) -> Iterator[Firmware]:
    shutil.rmtree(folder / "say", ignore_errors=True)
    started = subprocess.run([FIRMWARE / "start", folder], check=True, stdout=subprocess.PIPE, text=True)
    pids = [int(pid) for pid in started.stdout.split()]
    try:
        yield Firmware(folder, port)
    finally:
        for pid in pids:
            os.kill(pid, signal.SIGKILL)
        deadline = time.monotonic() + 10
        while any(Path(f"/proc/{pid}").exists() and _runs(pid) for pid in pids) and time.monotonic() < deadline:
            time.sleep(0.05)


def _runs(pid: int) -> bool:
    return "\nState:\tZ" not in Path(f"/proc/{pid}/status").read_text()


@pytest.fixture
def media(built: Callable[[str], Path]) -> Iterator[Firmware]:
    """Like a Voice PE: it fetches what it is to say, as FLAC of 48 kHz."""
    yield from _start(built("media"), PORTS["media"])


@pytest.fixture
def speaker(built: Callable[[str], Path]) -> Iterator[Firmware]:
    """Like an Atom Echo: what it is to say is streamed to it."""
    yield from _start(built("speaker"), PORTS["speaker"])


@pytest.fixture(params=["media", "speaker"])
def device(request: pytest.FixtureRequest, built: Callable[[str], Path]) -> Iterator[Firmware]:
    yield from _start(built(request.param), PORTS[request.param])


async def ready(satellite: EspHome) -> None:
    async with asyncio.timeout(30):
        while satellite.trouble:  # noqa: ASYNC110
            await asyncio.sleep(0.05)


async def spoken(text: str) -> AsyncIterator[AudioChunk]:
    for chunk in Espeak().speak(text):
        yield chunk


async def listened(turn: Turn) -> Samples:
    """What is said in the turn, to its end; then the device may close its microphone."""
    voice, endpoint, heard = SileroVoiceActivity().listen(), Endpointer(EndpointSettings()), []
    async for chunk in turn.audio:
        heard.append(chunk.samples)
        for probability in voice.hear(chunk.samples):
            endpoint.hear(probability, FRAME_SECONDS)
        if endpoint.finished:
            break
    await turn.audio.aclose()
    return np.concatenate(heard)
