"""How much it may speak up by itself, and when the day is told."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import time

FIRST_WORDS = "first words"
NEVER = "never"


@dataclass(frozen=True, slots=True)
class Manner:
    """``daily``: things a day that nobody asked for. ``briefing``: when the day is told: at a local time, after the
    FIRST_WORDS of the morning, or NEVER. ``room``: where, by the name of a satellite or its room; "" for anywhere.
    """

    daily: int = 3
    briefing: time | str = FIRST_WORDS
    room: str = ""


def manner(daily: int, briefing: str) -> Manner:
    """``briefing``: as "07:30", "07:30 kitchen", "first words" or "never". Raises ValueError, which says so."""
    if briefing in (FIRST_WORDS, NEVER):
        return Manner(daily, briefing)
    said = re.fullmatch(r"\s*(\d{1,2}:\d\d)(?:\s+(\S.*?))?\s*", briefing)
    try:
        if said:
            return Manner(daily, time.fromisoformat(said[1].zfill(5)), said[2] or "")
    except ValueError:
        pass
    raise ValueError(f"{briefing!r} is no time to tell the day: write it like 07:30 kitchen, {FIRST_WORDS}, or {NEVER}")
