"""How many known people's names are right after they were spoken and heard: real speech engines, no recordings.

Voices speak the notes of ``names.en.toml``, Moonshine hears them, and ``understand`` says who is meant. Nothing is
kept on the disk but a flite voice's sound, for as long as it is being heard.
"""

from __future__ import annotations

import shutil
import subprocess
import tempfile
import tomllib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import numpy as np
from rich.console import Console
from rich.progress import Progress
from rich.table import Table

from assistant.understanding.known import spoken_names
from assistant.understanding.meaning import KnownPerson
from assistant.understanding.rules import understand
from assistant.understanding.words import plain_words
from speech.audio import Samples, read_sound, resample
from speech.errors import EngineFailed
from speech.stt import SpeechToText
from speech.stt.moonshine import Moonshine
from speech.tts.espeak import Espeak

ESPEAK_VOICES = ("en-gb-x-rp", "en-gb", "en-us", "en-us+f2")
FLITE_VOICES = ("slt", "rms", "awb")  # those that come with flite and can be understood
_HALVES = ("tuning", "held")
_LONGEST_SECONDS = 60  # for flite to speak one sentence


@dataclass(frozen=True, slots=True)
class Note:
    """``text`` names the known people ``who``, by their full names; ``half``: "tuning" or "held"."""

    half: str
    who: tuple[str, ...]
    text: str


@dataclass(frozen=True, slots=True)
class Heard:
    """A note as one voice said it and the engine heard it, and the known people found in it."""

    note: Note
    voice: str
    text: str
    as_heard: frozenset[str]  # by a name that stands in ``text``
    found: frozenset[str]  # by ``understand``


@dataclass(frozen=True, slots=True)
class Figures:
    """What was right in some heard notes."""

    notes: int
    names: int
    as_heard: int
    found: int
    wrong: int

    @property
    def wrong_each(self) -> float:
        return self.wrong / self.notes if self.notes else 0.0


def corpus() -> tuple[list[KnownPerson], list[Note]]:
    """Everybody known, and every note."""
    table = tomllib.loads((Path(__file__).parent / "names.en.toml").read_text(encoding="utf-8"))
    people, notes = [], []
    for half in _HALVES:
        for row in _lines(table["people"][half]):
            name, _, also = row.partition(" = ")
            people.append(KnownPerson(name, (also,) if also else ()))
        for row in _lines(table["notes"][half]):
            who, _, text = row.partition(" | ")
            notes.append(Note(half, tuple(who.split(", ")), text))
        notes += [Note(half, (), text) for text in _lines(table["nobody"][half])]
    return people, notes


def voices() -> tuple[str, ...]:
    """The voices that this computer has."""
    return ESPEAK_VOICES + (tuple(f"flite {voice}" for voice in FLITE_VOICES) if shutil.which("flite") else ())


def hear(note: Note, voice: str, engine: SpeechToText, people: Sequence[KnownPerson], now: datetime) -> Heard:
    """One note spoken, heard and understood."""
    text = engine.transcribe(spoken(note.text, voice), spoken_names(people)).text
    known = {person.name for person in people}
    named = frozenset(person.name for person in people if _stands_in(person, text))
    return Heard(note, voice, text, named, frozenset(known & set(understand(text, now, people).people)))


def spoken(text: str, voice: str) -> Samples:
    """The sound of ``text``. Raises EngineFailed for a voice that is not here."""
    engine, _, name = voice.partition(" ")
    if engine != "flite":
        return np.concatenate([chunk.samples for chunk in resample(Espeak(voice).speak(text))])
    with tempfile.TemporaryDirectory(prefix="fondly-bench-") as folder:
        file = Path(folder) / "said.wav"
        command = ["flite", "-voice", name, "-t", text, "-o", str(file)]
        try:
            subprocess.run(command, check=True, capture_output=True, timeout=_LONGEST_SECONDS)
        except (subprocess.SubprocessError, OSError) as err:
            raise EngineFailed(f"flite could not speak as {name!r}: {err}") from err
        return np.concatenate([chunk.samples for chunk in read_sound(file)])


def figures(heard: Sequence[Heard]) -> Figures:
    """What was right in them."""
    return Figures(
        len(heard),
        sum(len(h.note.who) for h in heard),
        sum(len(h.as_heard & set(h.note.who)) for h in heard),
        sum(len(h.found & set(h.note.who)) for h in heard),
        sum(len(h.found - set(h.note.who)) for h in heard),
    )


def run(console: Console, errors: bool = False) -> None:
    """Speak and hear every note in every voice, and print how many names were right. ``errors``: and which not."""
    people, notes = corpus()
    engine, now, said = Moonshine(), datetime.now().astimezone(), voices()
    heard: list[Heard] = []
    with Progress(console=console, transient=True) as progress:
        task = progress.add_task("Speaking and listening", total=len(notes) * len(said))
        for voice in said:
            for note in notes:
                heard.append(hear(note, voice, engine, people, now))
                progress.advance(task)
    console.print(_table(heard, said))
    if errors:
        for row in _errors(heard):
            console.print(row, markup=False, soft_wrap=True)


def _table(heard: Sequence[Heard], said: Sequence[str]) -> Table:
    table = Table(box=None, pad_edge=False)
    for column in ("notes", "voice", "names", "as heard", "repaired", "false names per utterance"):
        table.add_column(column, justify="left" if column in {"notes", "voice"} else "right")
    for half in (*_HALVES, "all"):
        for voice in (*said, "all"):
            some = [h for h in heard if half in {h.note.half, "all"} and voice in {h.voice, "all"}]
            one = figures(some)
            shares = (f"{count / one.names:.0%}" if one.names else "" for count in (one.as_heard, one.found))
            table.add_row(half, voice, str(one.names), *shares, f"{one.wrong_each:.3f}", end_section=voice == "all")
    return table


def _errors(heard: Sequence[Heard]) -> Iterator[str]:
    for one in heard:
        missed, wrong = set(one.note.who) - one.found, one.found - set(one.note.who)
        if missed or wrong:
            parts = [f"missed {', '.join(sorted(missed))}"] * bool(missed) + [f"false {', '.join(wrong)}"] * bool(wrong)
            yield f"{one.voice}: {'; '.join(parts)}: {one.text}"


def _stands_in(person: KnownPerson, text: str) -> bool:
    """Whether any of their names stands in the text as it is."""
    words = plain_words(text)
    for name in (person.name.split()[0], *person.also):
        key = plain_words(name)
        if any(words[i : i + len(key)] == key for i in range(len(words))):
            return True
    return False


def _lines(text: str) -> list[str]:
    return [line for line in text.splitlines() if line.strip()]
