"""What can go wrong with keeping. Each message says in one line what to do.

StoreError
├── WrongKey        the database does not open with this key (or its first page is damaged: the two look alike)
├── KeyMissing      there is a database and no key for it
├── CorruptStore    the database opened, and some of it cannot be read
├── LockedStore     another program holds the database
└── FullDisk        nothing more can be written

NotInThisFormat         what should be a calendar, an address book or a feed is something else
MeaningUnavailable      nothing is found by meaning now; words still find
├── EmbedderUnavailable (embedding.py)  the model that makes vectors cannot be reached
└── ChromaAway (chroma.py)              what keeps them cannot
"""

from __future__ import annotations


class StoreError(Exception):
    """What is kept cannot be read or written."""


class MeaningUnavailable(Exception):
    """Nothing is lost: what was not embedded is embedded later."""


class NotInThisFormat(Exception):
    """None of it can be read. Of what can be read in part, the rest is left out."""


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
