"""What can go wrong with keeping. Each message says in one line what to do.

StoreError
├── WrongKey        the database does not open with this key (or its first page is damaged: the two look alike)
├── KeyMissing      there is a database and no key for it
├── CorruptStore    the database opened, and some of it cannot be read
├── LockedStore     another program holds the database
└── FullDisk        nothing more can be written
"""

from __future__ import annotations


class StoreError(Exception):
    """Root of this package's errors."""


class WrongKey(StoreError):
    pass


class KeyMissing(StoreError):
    pass


class CorruptStore(StoreError):
    pass


class LockedStore(StoreError):
    pass


class FullDisk(StoreError):
    pass
