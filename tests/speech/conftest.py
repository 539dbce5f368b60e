"""Recordings of people, when they are there, and how words are compared."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest

from speech.audio import Samples, read_sound

CHECKOUT = Path(__file__).resolve().parents[2]
RECORDINGS = CHECKOUT.parent / "shared" / "audio"
FIXTURES = CHECKOUT / "tests" / "fixtures"


@dataclass(frozen=True)
class Recording:
    path: Path
    kind: str
    said: str

    def sound(self) -> Samples:
        return whole(self.path)


def whole(path: Path) -> Samples:
    return np.concatenate([chunk.samples for chunk in read_sound(path)])


@pytest.fixture(scope="session")
def recordings() -> Callable[[str], list[Recording]]:
    """All recordings of a kind: speech, noise, wake, neg_words."""
    manifest = RECORDINGS / "manifest.jsonl"
    if not manifest.is_file():
        pytest.skip("the recordings of people are not beside this checkout")
    lines = [json.loads(line) for line in manifest.read_text().splitlines()]
    everything = [Recording(RECORDINGS / e["path"], e["kind"], e["transcript"] or "") for e in lines]
    return lambda kind: [recording for recording in everything if recording.kind == kind]


@pytest.fixture(scope="session")
def moonshine():  # type: ignore[no-untyped-def]
    """One for all tests: it takes half a second and 400 MB."""
    from speech.stt.moonshine import Moonshine

    return Moonshine()


@pytest.fixture(scope="session")
def words_of() -> Callable[[str], list[str]]:
    return _words


@pytest.fixture(scope="session")
def errors_between() -> Callable[[Sequence[str], Sequence[str]], int]:
    """Words to change, add or take away to come from one to the other."""
    return _errors


_SMALL = [
    *("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten"),
    *("eleven", "twelve", "thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen"),
]
_TENS = ["", "", "twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"]


def _words(text: str) -> list[str]:
    plain = text.lower().replace("mr.", "mister").replace("%", " percent").replace("’", "'")
    plain = re.sub(r"(?<=\d),(?=\d)", "", plain)
    plain = re.sub(r"\d+", lambda found: f" {_spelt(int(found[0]))} ", plain)
    return re.sub(r"[^a-z' ]", " ", plain).split()


def _spelt(number: int) -> str:
    if number < 20:
        return _SMALL[number]
    if number < 100:
        return _TENS[number // 10] + (f" {_SMALL[number % 10]}" if number % 10 else "")
    for size, word in ((1000, "thousand"), (100, "hundred")):
        if number >= size:
            rest = number % size
            return f"{_spelt(number // size)} {word}" + (f" {_spelt(rest)}" if rest else "")
    return str(number)


def _errors(wanted: Sequence[str], got: Sequence[str]) -> int:
    row = list(range(len(got) + 1))
    for i, ours in enumerate(wanted, 1):
        diagonal, row[0] = row[0], i
        for j, theirs in enumerate(got, 1):
            diagonal, row[j] = row[j], min(row[j] + 1, row[j - 1] + 1, diagonal + (ours != theirs))
    return row[-1]
