"""When what was told has run its course: a plan whose day is past, last winter's cold, a child's age of last year."""

from __future__ import annotations

import re
import tomllib
from datetime import date, timedelta
from functools import cache
from pathlib import Path

from memory.records import Memory

_OF_THE_MOMENT = ("fact", "plan", "relation", "preference")  # what happened stays as it happened


def natural_end(memory: Memory) -> date | None:
    """The last day on which it can be told as true; None for what may hold for ever, or has happened."""
    told = memory.kept_at.astimezone().date()
    if memory.kind == "plan" and memory.when:
        return max(memory.when.last, told)
    if memory.kind not in _OF_THE_MOMENT:
        return None
    return next((told + timedelta(days) for days, pattern in _ends() if pattern.search(memory.text)), None)


def has_ended(memory: Memory, today: date) -> bool:
    end = natural_end(memory)
    return end is not None and end < today


@cache
def _ends() -> list[tuple[int, re.Pattern[str]]]:
    table = tomllib.loads((Path(__file__).parent / "natural_ends.en.toml").read_text(encoding="utf-8"))
    return [(rule["days"], re.compile(rule["pattern"], re.IGNORECASE)) for rule in table["ends"]]
