"""Every reason to speak up by itself, what matters most first."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from assistant.triggers import content, meeting, near, place, taste
from assistant.triggers.occasion import Look, Occasion

TRIGGERS: dict[str, Callable[[Look], Iterable[Occasion]]] = {
    "place": place.occasions,
    "meeting": meeting.occasions,
    "near": near.occasions,
    "taste": taste.occasions,
    "content": content.occasions,
}
