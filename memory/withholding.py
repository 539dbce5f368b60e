"""What is known as others may hear it: as if what is not for their ears had never been told.

What may be said somewhere is found by answering once without the rest, whatever finds the answer: nothing that reads
the database can forget to leave something out.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from memory.database import Database

# The same words as those of the index memories_withheld, which finds them.
_KEPT_BACK = "(sensitive OR discretion IN ('private', 'unspoken'))"
_NOTES = f"(SELECT capture_id FROM memories WHERE {_KEPT_BACK})"
_NOTES_IN_CONFIDENCE = f"(SELECT capture_id FROM memories WHERE {_KEPT_BACK} AND discretion IN ('private', 'unspoken'))"
_NEVER_SAID = f"{_KEPT_BACK} AND discretion = 'unspoken'"

# A status that nothing holds by: deleting would take the words out of the indexes as well, which takes long.
_WITHOUT_UNSPOKEN = (
    f"UPDATE captures SET state = 'undone' WHERE id IN (SELECT capture_id FROM memories WHERE {_NEVER_SAID})",
    f"UPDATE memories SET status = 'withheld' WHERE {_NEVER_SAID}",
)
_WITHOUT_PRIVATE = (
    f"UPDATE captures SET state = 'undone' WHERE id IN {_NOTES}",  # other words of it tell the same
    f"DELETE FROM reminders WHERE capture_id IN {_NOTES}",
    f"DELETE FROM introductions WHERE capture_id IN {_NOTES}",
    f"DELETE FROM interactions WHERE capture_id IN {_NOTES_IN_CONFIDENCE}",
    "DELETE FROM occurrences WHERE private",
    "UPDATE suggestions SET said = '' WHERE private",
    f"UPDATE memories SET status = 'withheld' WHERE {_KEPT_BACK}",
)


def is_any(db: Database, overheard: bool) -> bool:
    """Whether anything is never to be said; or not where it is ``overheard``."""
    some = [f"memories WHERE {_KEPT_BACK if overheard else _NEVER_SAID}"]
    if overheard:
        some += ["occurrences WHERE private", "suggestions WHERE private"]
    return any(db.row(f"SELECT 1 FROM {one} LIMIT 1") for one in some)


@contextmanager
def withheld(db: Database, overheard: bool) -> Iterator[None]:
    """Within, nothing is known that is never to be said, nor, if ``overheard``, what others are not to hear. All that
    is written within is taken back.
    """
    with db.rehearsal():
        for statement in _WITHOUT_PRIVATE if overheard else _WITHOUT_UNSPOKEN:
            db.write(statement)
        yield
