"""Long random tokens, for devices that can show nothing but the address they call. Only their hashes are kept."""

from __future__ import annotations

import hashlib
import secrets

from memory.database import Database

_TOKEN_BYTES = 32


def add(db: Database, kind: str, name: str) -> str:
    """A new token for the device called ``name``, which is never shown again; one that it had before ends."""
    token = secrets.token_urlsafe(_TOKEN_BYTES)
    with db.transaction():
        remove(db, kind, name)
        db.write("INSERT INTO tokens VALUES (?, ?, ?)", (_hash(token), kind, name))
    return token


def whose(db: Database, kind: str, token: str) -> str | None:
    """The name of the device with this token."""
    row = db.row("SELECT name FROM tokens WHERE sha256 = ? AND kind = ?", (_hash(token), kind))
    return row["name"] if row else None


def names(db: Database, kind: str) -> list[str]:
    return [row["name"] for row in db.rows("SELECT name FROM tokens WHERE kind = ? ORDER BY name", (kind,))]


def remove(db: Database, kind: str, name: str) -> None:
    db.write("DELETE FROM tokens WHERE kind = ? AND name = ?", (kind, name))


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode("utf-8", "replace")).hexdigest()
