"""The first words of the morning, or a set time in a set room: then the day is told, once."""

from __future__ import annotations

import dataclasses
from datetime import datetime, time, timedelta

from assistant.manner import NEVER
from assistant.triggers.occasion import Look, Occasion, the_day
from memory import captures

_MORNING = (time(5), time(11))
_SET_TIME = timedelta(minutes=30)  # in which it can be told where it was wanted


def is_time(look: Look, at: time | str) -> bool:
    """Whether the day is to be told now: ``at`` a set time; where that was not possible, and otherwise, once someone
    has spoken this morning.
    """
    now = look.now
    if at == NEVER:
        return False
    if isinstance(at, time) and timedelta() <= now - datetime.combine(now.date(), at, now.tzinfo) < _SET_TIME:
        return True
    spoken = captures.last_heard_at(look.db)
    if spoken is None or not _MORNING[0] <= now.time() < _MORNING[1]:
        return False
    return spoken.astimezone() >= datetime.combine(now.date(), _MORNING[0], now.tzinfo)


def occasion(look: Look, at: time | str) -> Occasion:
    """The morning, still without its lines."""
    due = datetime.combine(look.now.date(), at) if isinstance(at, time) else None
    return dataclasses.replace(the_day(look), due=due)
