"""What a question is about beyond its own words: "Where does she work?" is answered by "She got a job at …"."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from itertools import pairwise
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Topic:
    """``ask``, ``told``: words of questions and of notes about it; ``slots``, ``kinds``: what answers it."""

    name: str
    ask: frozenset[str]
    told: frozenset[str]
    slots: tuple[str, ...]
    kinds: tuple[str, ...]


def topics_of(words: Iterable[str]) -> list[Topic]:
    """The topics that these words of a question (lower case, in order) show, singly or two together: "still_with"."""
    single = list(words)
    asked = frozenset(single) | {"_".join(pair) for pair in pairwise(single)}
    return [topic for topic in all_topics() if topic.ask & asked]


def topics_told(words: Iterable[str]) -> list[Topic]:
    """The topics that these words of a note (lower case) tell of."""
    told = frozenset(words)
    return [topic for topic in all_topics() if topic.told & told]


@cache
def all_topics() -> tuple[Topic, ...]:
    table = tomllib.loads((Path(__file__).parent / "topics.en.toml").read_text(encoding="utf-8"))
    return tuple(
        Topic(
            name,
            frozenset(row["ask"].split()),
            frozenset(row["told"].split()),
            tuple(row.get("slots", ())),
            tuple(row.get("kinds", ())),
        )
        for name, row in table.items()
    )
