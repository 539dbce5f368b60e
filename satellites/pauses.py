"""How long to wait before a device is called again."""

from __future__ import annotations

import random


class Pauses:
    """Each twice as long as the one before, up to ``longest_seconds``, and none exactly: devices that a power cut took
    together are not called together."""

    def __init__(self, first_seconds: float = 1.0, longest_seconds: float = 60.0) -> None:
        self._first = first_seconds
        self._longest = longest_seconds
        self._next = first_seconds

    def next_seconds(self) -> float:
        pause = self._next
        self._next = min(2 * pause, self._longest)
        return pause * random.uniform(0.75, 1.25)  # noqa: S311 - no secret

    def start_over(self) -> None:
        self._next = self._first
