"""Every reason to speak up by itself, what matters most first."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from assistant.triggers import content, meeting
from assistant.triggers.occasion import Look, Occasion

TRIGGERS: dict[str, Callable[[Look], Iterable[Occasion]]] = {
    "meeting": meeting.occasions,
    "content": content.occasions,
}
