"""Runs the recordings of this folder through the whole way of a note, in a home made for it, and checks each stage."""

from __future__ import annotations

import re
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from difflib import SequenceMatcher
from pathlib import Path
from typing import Any

from rich.console import Console

from assistant.app import open_home
from assistant.household import Household
from assistant.settings import Settings
from assistant.show import Shown
from assistant.turn import Parts
from memory import memories
from satellites.recording import Recording
from satellites.speakers import Speaker, WavFiles
from speech.audio import read_sound


@dataclass(frozen=True, slots=True)
class Expected:
    intent: str
    kept: int  # memories at least


_EXPECTED = (Expected("capture", 2), Expected("prep", 0), Expected("briefing", 0), Expected("undo", 0))


def recordings() -> list[Path]:
    """In the order they are spoken; a file's name is its words."""
    return sorted(Path(__file__).parent.glob("*.wav"))


def spoken_words(recording: Path) -> str:
    """The words that a recording's name says are in it, lower case."""
    return plain_words(recording.stem.split("_", 1)[1].replace("_", " "))


def plain_words(text: str) -> str:
    return " ".join(re.findall(r"[a-z']+", text.lower()))


async def run_demo(
    replies: Path, speaker: Speaker, console: Console | None, settings: Settings | None = None
) -> dict[str, Any]:
    """Performs the demo; the replies are written to ``replies``. "wrong" lists the stages that did not work."""
    with tempfile.TemporaryDirectory(prefix="fondly-demo-") as scratch:
        given = (settings or Settings()).model_dump(exclude={"home"})
        with open_home(Settings(**{**given, "home": Path(scratch), "passphrase": None})) as parts:
            household = Household(parts)
            files = WavFiles(replies, speaker)
            turns = []
            for recording in recordings():
                turns.append(await _one(recording, household, files, console))
            wrong = [w for turn, expected in zip(turns, _EXPECTED, strict=True) for w in _check(turn, expected)]
            wrong += _check_undone(parts)
    return {"turns": turns, "wrong": wrong}


async def _one(recording: Path, household: Household, files: WavFiles, console: Console | None) -> dict[str, Any]:
    if console:
        console.print(f"\n[bold]{recording.name}[/]")
    shown = Shown(console)
    before = len(files.written)
    taken = await household.attend(Recording("demo", read_sound(recording), files), shown.watch)
    seen = shown.turns(taken, household.parts.db)
    turn = seen[0] if seen else {"heard": None}
    speech = files.written[before:]
    return {
        "recording": recording.name,
        "said": spoken_words(recording),
        **turn,
        "speech": [str(p) for p in speech],
    }


def _check(turn: dict[str, Any], expected: Expected) -> list[str]:
    """What did not work, as "recording: what"."""
    checks: dict[str, Callable[[], bool]] = {
        "the wake word was not heard": lambda: bool(turn.get("wake_word")),
        "the words were not heard as they were said": lambda: _alike(turn["heard"] or "", turn["said"]),
        "it was not understood": lambda: turn["meaning"]["intent"] == expected.intent,
        "nothing was kept": lambda: len(turn["kept"]) >= expected.kept,
        "there was no reply": lambda: bool(turn["reply"]),
        "the reply was not spoken": lambda: all(Path(p).stat().st_size > 8_000 for p in turn["speech"] or [""]),
    }
    for what, works in checks.items():
        if not works():
            return [f"{turn['recording']}: {what}"]  # what comes after it cannot have worked
    return []


def _alike(heard: str, said: str) -> bool:
    """But for a word in ten: "I am" for "I'm"."""
    return SequenceMatcher(None, plain_words(heard).split(), said.split()).ratio() >= 0.8


def _check_undone(parts: Parts) -> list[str]:
    return ["the note was not taken back"] if memories.pending(parts.db) else []
