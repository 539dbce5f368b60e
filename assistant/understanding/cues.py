"""What a request is likely to be where no sentence pattern fits it."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

from assistant.understanding.language import load
from assistant.understanding.phrases import Line, Phrases, macros_of

_Weighted = tuple[tuple[Phrases, int], ...]


def likely_intent(lines: Sequence[tuple[Line, bool]], only: frozenset[str] | None = None) -> str | None:
    """The intent whose cues weigh most in these sentences (each with whether it asks); None if none weighs enough."""
    best, most = None, float(load("cues")["least"]) - 0.5
    for intent in _intents():
        if only and intent not in only:
            continue
        weight = sum(_weight(intent, line, asked) for line, asked in lines)
        if weight > most:
            best, most = intent, weight
    return best


def _weight(intent: str, line: Line, asked: bool) -> int:
    shapes = ("patterns", "asks" if asked else "tells")
    return sum(weight for shape in shapes for cue, weight in _cues(intent, shape) if cue.find(line))


@lru_cache
def _intents() -> tuple[str, ...]:
    return tuple(name for name, table in load("cues").items() if isinstance(table, dict) and name != "macros")


@lru_cache
def _cues(intent: str, shape: str) -> _Weighted:
    listed = load("cues")[intent].get(shape, [])
    return tuple((Phrases([pattern], macros_of("cues")), weight) for pattern, weight in listed)
