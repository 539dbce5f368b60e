"""Every reason to speak up by itself, what matters most first."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

from assistant.triggers import (
    after_event,
    anniversary,
    birthday,
    content,
    drift,
    gathering,
    meeting,
    near,
    place,
    taste,
    time,
)
from assistant.triggers.occasion import Look, Occasion
from assistant.triggers.standing import open_ones
from memory import withholding

Trigger = Callable[[Look], Iterable[Occasion]]

PROMISED: dict[str, Trigger] = {
    "time": time.occasions,
    "place": place.occasions,
}
"""What the speaker wanted to be told."""

PRESSING: dict[str, Trigger] = {
    "meeting": meeting.occasions,
}
"""What is of use only now."""

UNASKED: dict[str, Trigger] = {
    "near": near.occasions,
    "after_event": after_event.occasions,
    "birthday": birthday.occasions,
    "anniversary": anniversary.occasions,
    "gathering": gathering.occasions,
    "taste": taste.occasions,
    "content": content.occasions,
    "drift": drift.occasions,
}
"""What may be welcome."""


def promised(look: Look) -> Iterator[Occasion]:
    for trigger in PROMISED.values():
        yield from trigger(look)


def pressing(look: Look) -> Iterator[Occasion]:
    for trigger in PRESSING.values():
        yield from trigger(look)


def unasked(look: Look) -> Iterator[Occasion]:
    for trigger in UNASKED.values():
        yield from trigger(look)


def as_heard(look: Look, occasion: Occasion) -> Occasion | None:
    """The same one, as far as it may be said here; None where it may not be said at all."""
    if not withholding.is_any(look.db, look.overheard):
        return occasion
    trigger = (PROMISED | PRESSING | UNASKED)[occasion.trigger]
    with withholding.withheld(look.db, look.overheard):
        return next((one for one in trigger(look) if one.key == occasion.key), None)


def to_read(look: Look) -> list[Occasion]:
    """What is for nobody else's ears, and was not said yet."""
    found = open_ones(look, _all(look))
    with withholding.withheld(look.db, overheard=True):
        others = [one for one in _all(look) if not one.private]
    return [one for one in found if one not in others]


def _all(look: Look) -> list[Occasion]:
    return [*promised(look), *pressing(look), *unasked(look)]
