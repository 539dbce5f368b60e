"""The hours in which Fondly does not speak up by itself."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime, time


@dataclass(frozen=True, slots=True)
class QuietHours:
    """From ``start`` to before ``end``, local time, over midnight if it is earlier; none where they are the same."""

    start: time
    end: time

    def __contains__(self, moment: datetime) -> bool:
        now = moment.time()
        if self.start <= self.end:
            return self.start <= now < self.end
        return now >= self.start or now < self.end


NEVER_QUIET = QuietHours(time(0), time(0))


def quiet_hours(text: str) -> QuietHours:
    """From "22:00-08:00"; "none" for none. Raises ValueError, which says what it should look like."""
    if text.strip().casefold() == "none":
        return NEVER_QUIET
    said = re.fullmatch(r"\s*(\d{1,2}:\d\d)\s*[-–]\s*(\d{1,2}:\d\d)\s*", text)
    if said:
        try:
            return QuietHours(*(time.fromisoformat(part.zfill(5)) for part in said.groups()))
        except ValueError:
            pass
    raise ValueError(f"{text!r} is no span of hours: write it like 22:00-08:00, or none")
