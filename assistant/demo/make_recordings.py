"""Make the four recordings of `fondly demo`: what someone says to a satellite, wake phrase and all.

    apt install espeak-ng flite sox
    python assistant/demo/make_recordings.py

Each is 16 kHz mono, 16 bit: a second of silence, "hey jarvis", a short gap, the words, silence. The file's name is
the words, numbered. Voice, pace and words were chosen together so that the embedded engines
understand them: openWakeWord's hey_jarvis hears the phrase, Moonshine tiny-en every word. (flite's rms is
the clearest voice for most, but its "I'm" is mostly heard as "I am"; eSpeak's is not.)
"""

from __future__ import annotations

import re
import subprocess
import tempfile
import wave
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

TARGET = Path(__file__).parent
RATE_HZ = 16_000

ESPEAK = ["espeak-ng", "-v", "en-us", "-s", "145", "-w", "{out}", "{text}"]
FLITE = ["flite", "-voice", "rms", "--setf", "duration_stretch=1.2", "-o", "{out}", "-t", "{text}"]
WAKE = ["espeak-ng", "-v", "en-us+f3", "-s", "160", "-w", "{out}", "{text}"]

SAYINGS = [
    (
        "Met Rachel after football practice. Her mother's surgery went well. She's moving to Boston in July. "
        "Need to connect her with Michael from design.",
        FLITE,
    ),
    ("I'm about to see Rachel. What should I know?", ESPEAK),
    ("Good morning.", FLITE),
    ("Scratch that.", FLITE),
]

BEFORE_SECONDS = 1.2
GAP_SECONDS = 0.4  # between the wake phrase and the words
PAUSE_SECONDS = 0.5  # between two sentences: shorter than the silence that ends a request
AFTER_SECONDS = 2.0
NOISE = 1e-4  # the hiss of a quiet room; pure digital silence is something no microphone gives
EDGE_SECONDS = 0.05  # kept around speech when its silence is cut off
QUIET = 0.005  # amplitude below which a synthetic voice is silent
LOUDNESS = 0.5  # peak amplitude

Samples = NDArray[np.float32]
"""(n,) float32 in [-1, 1], 16 kHz mono."""


def main() -> None:
    noise = np.random.default_rng(1)
    wake = _speak(WAKE, "hey jarvis")
    for number, (saying, voice) in enumerate(SAYINGS, start=1):
        sentences = [_speak(voice, text) for text in re.split(r"(?<=[.?]) ", saying)]
        parts = [_silence(BEFORE_SECONDS), wake, _silence(GAP_SECONDS), sentences[0]]
        for sentence in sentences[1:]:
            parts += [_silence(PAUSE_SECONDS), sentence]
        sound = np.concatenate([*parts, _silence(AFTER_SECONDS)])
        hiss = noise.normal(0, NOISE, len(sound)).astype(np.float32)
        path = TARGET / f"{number}_{file_name(saying)}.wav"
        _write(path, sound + hiss)
        print(f"{path.name}: {len(sound) / RATE_HZ:.1f} s, {path.stat().st_size} octets")


def file_name(saying: str) -> str:
    """The words without question marks and the last full stop, an underscore for every space."""
    return saying.rstrip(".?").replace("?", "").replace(" ", "_")


def _speak(command: list[str], text: str) -> Samples:
    with tempfile.TemporaryDirectory() as folder:
        raw, path = Path(folder) / "raw.wav", Path(folder) / "spoken.wav"
        subprocess.run([part.format(out=raw, text=text) for part in command], check=True)
        subprocess.run(["sox", "-D", raw, "-r", str(RATE_HZ), "-c", "1", "-b", "16", path], check=True)
        with wave.open(str(path)) as file:
            pcm = np.frombuffer(file.readframes(file.getnframes()), "<i2")
    samples = pcm.astype(np.float32) / 32768
    loud = np.flatnonzero(np.abs(samples) > QUIET)
    edge = round(EDGE_SECONDS * RATE_HZ)
    samples = samples[max(0, loud[0] - edge) : loud[-1] + edge]
    peak = float(np.abs(samples).max())
    return np.asarray(samples * (LOUDNESS / peak), np.float32)


def _silence(seconds: float) -> Samples:
    return np.zeros(round(seconds * RATE_HZ), np.float32)


def _write(path: Path, samples: Samples) -> None:
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(RATE_HZ)
        file.writeframes((np.clip(samples, -1, 1) * 32767).astype("<i2").tobytes())


if __name__ == "__main__":
    main()
