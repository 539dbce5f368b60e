"""What can go wrong in the program itself. The packages below have their own: see their errors.py.

FondlyError
├── AlreadyRunning    another Fondly holds this home
├── AddressTaken      the web page's address cannot be listened on
├── MemoTooLong       a recording is longer than is taken at once
├── SourceTrouble     a calendar, an address book or a feed cannot be read now
└── ModelUnavailable  a model is not in the catalog, or cannot be downloaded now
"""

from __future__ import annotations

from datetime import timedelta


class FondlyError(Exception):
    """Root of this package's errors. Each says in one line what to do."""


class AlreadyRunning(FondlyError):
    """``url`` is where the running one listens, or None when it is no server."""

    def __init__(self, url: str | None) -> None:
        where = f" at {url}" if url else ""
        super().__init__(f"Fondly is running already{where}: stop it first, or talk to that one.")
        self.url = url


class AddressTaken(FondlyError):
    pass


class MemoTooLong(FondlyError):
    pass


class SourceTrouble(FondlyError):
    """``status``: what the server answered with; ``wait``: how long it wants to be left alone."""

    def __init__(self, trouble: str, status: int | None = None, wait: timedelta | None = None) -> None:
        super().__init__(trouble)
        self.status = status
        self.wait = wait


class ModelUnavailable(FondlyError):
    pass
