"""The real wyoming-satellite 1.0.0, as a program of its own: what is spoken into its microphone arrives as a turn, and
what it plays is understood. Installed once from PyPI into the system's folder for caches."""

from __future__ import annotations

import asyncio
import os
import socket
import subprocess
import sys
import venv
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from difflib import SequenceMatcher
from pathlib import Path

import filelock
import numpy as np
import platformdirs
import pytest

from satellites.satellite import Turn
from satellites.wyoming import WyomingSatellite
from speech.audio import AudioChunk, AudioFormat, Resampler, Samples, read_sound, resample
from speech.stt.moonshine import Moonshine
from speech.tts.espeak import Espeak

SPOKEN = Path(__file__).parents[1] / "fixtures" / "speech" / "Good_morning.wav"
VERSION = "1.0.0"
RATE = 22_050

# Silence, paced as a microphone is, until a file of raw sound stands in the folder: then that.
MICROPHONE = """
import pathlib, sys, time
spoken, quiet, due = b"", b"\\1\\0" * 1024, time.monotonic()
while True:
    for file in sorted(pathlib.Path(sys.argv[1]).glob("*.raw")):
        spoken += file.read_bytes()
        file.unlink()
    block, spoken = spoken[:2048] + quiet, spoken[2048:]
    sys.stdout.buffer.write(block[:2048])
    sys.stdout.buffer.flush()
    due += 0.064
    time.sleep(max(0, due - time.monotonic()))
"""

# Keeps what it is to play, a file each time, and takes as long as it would sound.
SPEAKER = f"""
import pathlib, sys, time
started, sound = time.monotonic(), sys.stdin.buffer.read()
time.sleep(max(0, started + len(sound) / 2 / {RATE} - time.monotonic()))
file = pathlib.Path(sys.argv[1]) / str(time.time_ns())
file.write_bytes(sound)
file.rename(file.with_suffix(".raw"))
"""

# Hears a wake word in everything once a file called "wake" stands in the folder.
WAKE = """
import pathlib, sys
sign = pathlib.Path(sys.argv[1]) / "wake"
while sys.stdin.buffer.read(2048):
    if sign.exists():
        sign.unlink()
        print("hey_test", flush=True)
"""


@pytest.fixture(scope="session")
def python() -> Path:
    """The Python of an environment that has the satellite."""
    home = platformdirs.user_cache_path("fondly-tests", appauthor=False) / f"wyoming-satellite-{VERSION}"
    home.mkdir(parents=True, exist_ok=True)
    inside = home / "venv" / "bin" / "python"
    with filelock.FileLock(home / "lock"):
        if not (home / "complete").exists():
            venv.create(home / "venv", with_pip=True, clear=True)
            wanted = [f"wyoming-satellite=={VERSION}"]
            if sys.version_info >= (3, 13):
                wanted.append("audioop-lts")
            pip = [inside, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", *wanted]
            installed = subprocess.run(pip, capture_output=True, text=True)
            if installed.returncode:
                pytest.skip(f"pip cannot install wyoming-satellite: {installed.stderr.strip()[-200:]}")
            (home / "complete").touch()
    return inside


class Room:
    """A satellite in a room: ``say`` speaks to it, ``heard`` is what it said."""

    def __init__(self, folder: Path) -> None:
        self.microphone = folder / "microphone"
        self.speaker = folder / "speaker"
        for one in (self.microphone, self.speaker):
            one.mkdir()

    def command(self, python: Path, script: str, name: str) -> str:
        file = self.microphone.parent / f"{name}.py"
        file.write_text(script)
        return f"{python} -u {file} {self.speaker if name == 'speaker' else self.microphone}"

    def say(self, samples: Samples) -> None:
        file = self.microphone / "spoken"
        file.write_bytes((samples * 32767).astype("<i2").tobytes())
        file.rename(file.with_suffix(".raw"))

    async def heard(self, count: int) -> list[Samples]:
        """As 16 kHz mono, once there are so many."""
        async with asyncio.timeout(20):
            while len(files := sorted(self.speaker.glob("*.raw"))) < count:  # noqa: ASYNC110 - by another program
                await asyncio.sleep(0.05)
        sounds = []
        for file in files:
            resampler = Resampler(AudioFormat(RATE))
            sounds.append(np.concatenate([resampler.feed(file.read_bytes()).samples, resampler.end().samples]))
        return sounds


@asynccontextmanager
async def living(python: Path, room: Room, *more: str) -> AsyncIterator[int]:
    """The satellite, listening at a port, with nothing announced to the network."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    program = await asyncio.create_subprocess_exec(
        python, "-m", "wyoming_satellite", "--name", "room", "--uri", f"tcp://127.0.0.1:{port}", "--no-zeroconf",
        "--mic-command", room.command(python, MICROPHONE, "microphone"),
        "--snd-command", room.command(python, SPEAKER, "speaker"),
        *more,
        stderr=asyncio.subprocess.DEVNULL,
        env={**os.environ, "PYTHONPATH": ""},
    )  # fmt: skip
    try:
        yield port
    finally:
        program.terminate()
        await program.wait()


async def take(turns: AsyncIterator[Turn]) -> Turn:
    async with asyncio.timeout(30):
        return await anext(turns)


async def listen(turn: Turn, seconds: float) -> Samples:
    heard: list[Samples] = []
    async with asyncio.timeout(30):
        async for chunk in turn.audio:
            heard.append(chunk.samples)
            if sum(map(len, heard)) >= seconds * 16_000:
                break
    return np.concatenate(heard)


async def spoken(text: str, made: list[Samples]) -> AsyncIterator[AudioChunk]:
    """``made`` gets the sound: a voice made by a machine is not always understood, and never twice the same."""
    sound = list(Espeak().speak(text))
    made.append(np.concatenate([chunk.samples for chunk in resample(sound)]))
    for chunk in sound:
        yield chunk


def sounds_like(said: Samples, made: Samples) -> bool:
    ears = Moonshine()
    words = SequenceMatcher(None, ears.transcribe(said).text.lower(), ears.transcribe(made).text.lower())
    return words.ratio() > 0.5 and abs(len(said) - len(made)) < 0.3 * 16_000


def test_a_turn_and_an_announcement_of_one_that_always_streams(python: Path, tmp_path: Path) -> None:
    async def story(made: list[Samples]) -> tuple[Samples, list[Samples]]:
        room = Room(tmp_path)
        async with living(python, room) as port:
            satellite = WyomingSatellite("room", "127.0.0.1", port)
            turns = satellite.turns()
            turn = await take(turns)
            assert turn.wake_phrase is None
            room.say(np.concatenate([chunk.samples for chunk in read_sound(SPOKEN)]))
            heard = await listen(turn, 5)
            await satellite.play(spoken("Good morning to you.", made))
            following = asyncio.ensure_future(take(turns))
            await satellite.play(spoken("The water is boiling.", made))
            said = await room.heard(2)
            await following
            await turns.aclose()  # type: ignore[attr-defined]
        return heard, said

    made: list[Samples] = []
    heard, said = asyncio.run(story(made))
    assert "good morning" in Moonshine().transcribe(heard).text.lower()
    assert sounds_like(said[0], made[0])
    assert sounds_like(said[1], made[1])


def test_a_turn_of_one_that_hears_its_own_wake_word(python: Path, tmp_path: Path) -> None:
    async def story(made: list[Samples]) -> tuple[Samples, list[Samples]]:
        room = Room(tmp_path)
        async with living(python, room, "--wake-command", room.command(python, WAKE, "wake")) as port:
            satellite = WyomingSatellite("room", "127.0.0.1", port)
            turns = satellite.turns()
            coming = asyncio.ensure_future(take(turns))
            async with asyncio.timeout(20):
                while satellite.state != "there":  # noqa: ASYNC110 - a state is only looked at
                    await asyncio.sleep(0.05)
            (room.microphone / "wake").touch()
            turn = await coming
            assert turn.wake_phrase
            room.say(np.concatenate([chunk.samples for chunk in read_sound(SPOKEN)]))
            heard = await listen(turn, 4)
            await turn.audio.aclose()  # type: ignore[attr-defined]
            await satellite.play(spoken("Good morning to you.", made))
            said = await room.heard(1)
            following = asyncio.ensure_future(take(turns))
            await asyncio.sleep(0.5)
            assert not following.done()  # it has stopped streaming
            (room.microphone / "wake").touch()
            await following
            await turns.aclose()  # type: ignore[attr-defined]
        return heard, said

    made: list[Samples] = []
    heard, said = asyncio.run(story(made))
    assert "good morning" in Moonshine().transcribe(heard).text.lower()
    assert sounds_like(said[0], made[0])
