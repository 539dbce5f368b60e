"""Waiting for a device: something has changed, so whoever waits for a state looks again."""

from __future__ import annotations

import asyncio
from collections.abc import Callable


class News:
    """For one event loop. Whoever changes something tells it; nothing is lost between looking and waiting, for
    both are done without letting another task in between."""

    def __init__(self) -> None:
        self._waiting: set[asyncio.Future[None]] = set()

    def tell(self) -> None:
        for waiting in self._waiting:
            if not waiting.done():
                waiting.set_result(None)

    async def next(self, seconds: float | None = None) -> None:
        """Returns at the next change, or after so many seconds (None: however long that takes)."""
        waiting = asyncio.get_running_loop().create_future()
        self._waiting.add(waiting)
        try:
            await asyncio.wait((waiting,), timeout=seconds)
        finally:
            self._waiting.discard(waiting)

    async def until(self, so: Callable[[], bool], seconds: float | None = None) -> bool:
        """Waits until it is so. False: it did not become so within the seconds."""
        loop = asyncio.get_running_loop()
        ends = None if seconds is None else loop.time() + seconds
        while not so():
            left = None if ends is None else ends - loop.time()
            if left is not None and left <= 0:
                return False
            await self.next(left)
        return True
