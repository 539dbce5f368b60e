"""Whether what was found may be offered now, by what became of it before."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta

from assistant.quiet import QuietHours
from assistant.triggers.occasion import Look, Occasion
from memory import captures, suggestions
from memory.suggestions import Suggestion

_TRIES = 3  # to say it by itself; after that it comes with a reply, or in the morning, as long as it holds
_AGAIN = timedelta(hours=2)  # after one that was not heard
_AGAIN_SOON = timedelta(minutes=15)  # if someone has spoken since
_BETWEEN = timedelta(minutes=45)  # two things that nobody asked for
_AFTER_LATER = timedelta(hours=3)
_PRESENT = timedelta(hours=36)  # someone spoke to us: they are at home, and in the mood
_UP = 10  # o'clock: who has not spoken today is not woken before


def open_ones(look: Look, found: Iterable[Occasion]) -> Iterator[Occasion]:
    """Those that were not heard, let go, or put off, and may be said here."""
    for occasion in found:
        if occasion.private and look.overheard:
            continue
        before = suggestions.by_key(look.db, occasion.key)
        if before is None or _is_open(before, look.now):
            yield occasion


def may_be_said(look: Look, occasion: Occasion, quiet: QuietHours) -> bool:
    """Whether it may be said by itself at this moment, once it is open."""
    if look.now in quiet and not (occasion.asked_for and occasion.due and occasion.due in quiet):
        return False
    before = suggestions.by_key(look.db, occasion.key)
    if before is None or before.state == "later":
        return True
    if before.tries >= _TRIES:
        return False
    spoken = captures.last_heard_at(look.db)
    natural = before.state == "unheard" and spoken is not None and spoken > before.tried_at
    return _since(look.now, before.tried_at) >= (_AGAIN_SOON if natural else _AGAIN)


def is_little(look: Look, daily: int) -> bool:
    """Whether less than so many things were said today that nobody asked for."""
    said = suggestions.unasked_since(look.db, look.now.replace(hour=0, minute=0))
    return sum(s.offered_at is not None or s.state == "withheld" for s in said) < daily


def is_welcome(look: Look) -> bool:
    """Whether anything may be said that nobody asked for, and that could wait: someone is about, and has not just heard
    something.
    """
    spoken = captures.last_heard_at(look.db)
    if spoken is None or _since(look.now, spoken) > _PRESENT:
        return False
    if look.now.hour < _UP and spoken.astimezone().date() != look.now.date():
        return False
    said = suggestions.unasked_since(look.db, look.now.replace(hour=0, minute=0))
    return all(_since(look.now, s.tried_at) >= (_AFTER_LATER if s.state == "later" else _BETWEEN) for s in said)


def _is_open(before: Suggestion, now: datetime) -> bool:
    if before.state == "later":
        return before.not_before is None or now >= before.not_before
    return before.state in ("saying", "unheard", "withheld")


def _since(now: datetime, moment: datetime) -> timedelta:
    """What is still to come, since the clock was moved, is long past."""
    return now - moment if now >= moment else timedelta.max
