"""What was overheard, as lines of words: who spoke is known only in so far as it was the wearer or not."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from itertools import groupby
from pathlib import Path

_WEARER, _OTHER = "me: ", "other: "
MOST_WORDS = 100
"""That are understood at once."""
_SENTENCE = re.compile(r"(?<=[.?!…])\s+")


@dataclass(frozen=True, slots=True)
class Passage:
    """What one voice said. ``mine``: it is surely the wearer's; else it is someone's, or nobody knows whose."""

    mine: bool
    text: str


def to_lines(passages: Iterable[Passage]) -> str:
    """As a capture keeps it: one line each."""
    return "\n".join((_WEARER if p.mine else _OTHER) + " ".join(p.text.split()) for p in passages if p.text.strip())


def from_lines(text: str) -> list[Passage]:
    """What ``to_lines`` wrote; what one voice said in several lines is one passage."""
    said = [Passage(line.startswith(_WEARER), line.split(": ", 1)[-1]) for line in text.splitlines() if line]
    return [Passage(mine, " ".join(p.text for p in some)) for mine, some in groupby(said, lambda p: p.mine)]


def from_plain(text: str) -> list[Passage]:
    """A transcript in plain words, as "User: …" and "Speaker 1: …"; a line without a label goes on as the last."""
    found: list[Passage] = []
    for line in filter(str.strip, text.splitlines()):
        labelled = pattern("line").match(line)
        if labelled:
            found.append(Passage(bool(pattern("wearer").match(labelled["who"])), labelled["text"]))
        else:
            found.append(Passage(bool(found) and found[-1].mine, line))
    return found


def sentences(text: str) -> Iterator[str]:
    """Words that no full stop ends for long are cut somewhere."""
    for sentence in _SENTENCE.split(text):
        words = sentence.split()
        for start in range(0, len(words), MOST_WORDS):
            yield " ".join(words[start : start + MOST_WORDS])


def addressed(passages: Iterable[Passage]) -> Iterator[str]:
    """What the wearer said to Fondly itself, without its name."""
    for sentence in (s for p in passages if p.mine for s in sentences(p.text)):
        if to_us := pattern("addressed").match(sentence):
            yield to_us["words"]


@cache
def pattern(name: str) -> re.Pattern[str]:
    table = tomllib.loads((Path(__file__).parent / "ambient.en.toml").read_text(encoding="utf-8"))
    return re.compile(table[name], re.IGNORECASE)
