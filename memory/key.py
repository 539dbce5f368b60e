"""The key of the encrypted database: a file of its own, outside the data directory, or a passphrase."""

from __future__ import annotations

import os
import secrets
from pathlib import Path

from memory.errors import KeyMissing, WrongKey

_BYTES = 32  # SQLCipher's raw key length, https://www.zetetic.net/sqlcipher/sqlcipher-api/#key


def key_from_passphrase(passphrase: str) -> str:
    """The SQL literal of a passphrase; SQLCipher derives the key from it (PBKDF2, some tenths of a second)."""
    return "'" + passphrase.replace("'", "''") + "'"


def key_from_file(path: Path, database: Path) -> str:
    """The SQL literal of the raw key in ``path``. Makes the file (mode 0600) if there is no ``database`` yet.

    Raises KeyMissing if a database is there without its key, WrongKey if the file holds no key.
    """
    if not path.exists():
        if database.exists():
            raise KeyMissing(f"{database} has no key: put its key file back at {path}, or move the database away.")
        _make(path)
    text = path.read_text(encoding="ascii", errors="replace").strip()
    if len(text) != 2 * _BYTES or set(text) - set("0123456789abcdef"):
        raise WrongKey(f"{path} holds no key: put the key file back from your backup.")
    return f"\"x'{text}'\""


def _make(path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    # The key is on the disk before the database is: never a database whose key was lost to a power cut.
    new = path.with_suffix(".new")
    with os.fdopen(os.open(new, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
        file.write(secrets.token_hex(_BYTES) + "\n")
        file.flush()
        os.fsync(file.fileno())
    new.replace(path)
