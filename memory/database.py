"""The encrypted SQLite database: one connection, one writer at a time, every commit on the disk."""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sqlcipher3 import dbapi2 as sqlcipher

from memory.errors import CorruptStore, FullDisk, LockedStore, StoreError, WrongKey
from memory.migrations import MIGRATIONS

Row = sqlite3.Row  # sqlcipher3.dbapi2.Row is its twin
_BUSY_MILLISECONDS = 5_000
_CACHE_KILOBYTES = 65_536  # a page that is not in it is decrypted again


class Database:
    """Opens (and migrates) the database at ``path``. ``key`` is an SQL literal from memory.key.

    Usable from any thread; a transaction belongs to the thread that opened it, and others wait for it.
    Raises WrongKey, CorruptStore, LockedStore or FullDisk.
    """

    def __init__(self, path: Path, key: str) -> None:
        self.path = path
        self._lock = threading.RLock()
        self._depth = 0
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        with self._translated():
            self._connection = sqlcipher.connect(str(path), check_same_thread=False, isolation_level=None)
        try:
            self._open(key)
        except BaseException:
            self._connection.close()
            raise

    def _open(self, key: str) -> None:
        self._connection.row_factory = sqlcipher.Row
        with self._translated():
            self._connection.execute("PRAGMA cipher_log_level = NONE")  # it would write to stderr
            self._connection.execute(f"PRAGMA key = {key}")
            self._connection.execute(f"PRAGMA busy_timeout = {_BUSY_MILLISECONDS}")
            self._connection.execute("SELECT count(*) FROM sqlite_master").fetchone()  # reads: the key fits
            self._connection.execute("PRAGMA journal_mode = WAL")
            # FULL: in WAL mode NORMAL does not sync at commit, and what is acknowledged has to be on the disk.
            self._connection.execute("PRAGMA synchronous = FULL")
            self._connection.execute(
                f"PRAGMA cache_size = -{_CACHE_KILOBYTES}"
            )  # a page is decrypted whenever it is read
            self._connection.execute("PRAGMA foreign_keys = ON")
            self._connection.execute("PRAGMA secure_delete = ON")  # what is forgotten is overwritten
        self._migrate()

    def _migrate(self) -> None:
        with self.transaction():
            done = int(self.rows("PRAGMA user_version")[0][0])
            if done > len(MIGRATIONS):
                raise StoreError(f"{self.path} was kept by a newer Fondly: update Fondly to open it.")
            for migrate in MIGRATIONS[done:]:
                migrate(self._connection)
            self._connection.execute(f"PRAGMA user_version = {len(MIGRATIONS)}")

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """All of it or nothing. A transaction inside another is part of the outer one."""
        with self._lock, self._translated():
            if self._depth == 0:
                self._connection.execute("BEGIN IMMEDIATE")
            self._depth += 1
            try:
                yield
            except BaseException:
                self._depth -= 1
                if self._depth == 0 and self._connection.in_transaction:
                    self._connection.execute("ROLLBACK")
                raise
            self._depth -= 1
            if self._depth == 0:
                self._commit()

    @contextmanager
    def rehearsal(self) -> Iterator[None]:
        """What is written within is taken back at its end."""
        with self.transaction():
            self._connection.execute("SAVEPOINT rehearsal")
            try:
                yield
            finally:
                if self._connection.in_transaction:  # some errors take all of it back by themselves
                    self._connection.execute("ROLLBACK TO rehearsal")
                    self._connection.execute("RELEASE rehearsal")

    def _commit(self) -> None:
        try:
            self._connection.execute("COMMIT")
        except sqlcipher.Error:
            if self._connection.in_transaction:
                self._connection.execute("ROLLBACK")
            raise

    def rows(self, sql: str, values: Sequence[Any] = ()) -> list[Row]:
        with self._lock, self._translated():
            return list(self._connection.execute(sql, values))

    def row(self, sql: str, values: Sequence[Any] = ()) -> Row | None:
        rows = self.rows(sql, values)
        return rows[0] if rows else None

    def write(self, sql: str, values: Sequence[Any] = ()) -> int:
        """Runs one statement, in the open transaction or one of its own; returns the id of an inserted row."""
        with self.transaction():
            return int(self._connection.execute(sql, values).lastrowid or 0)

    def check(self) -> list[str]:
        """What SQLCipher's and SQLite's own checks find wrong; empty when all is well."""
        rows = self.rows("PRAGMA cipher_integrity_check") + self.rows("PRAGMA integrity_check")
        return [str(row[0]) for row in rows if row[0] != "ok"]

    def close(self) -> None:
        with self._lock:
            self._connection.close()

    @contextmanager
    def _translated(self) -> Iterator[None]:
        try:
            yield
        except sqlcipher.Error as err:
            raise _ours(err, self.path) from err


def _ours(err: Exception, path: Path) -> Exception:
    said = str(err)
    if "locked" in said:
        return LockedStore(f"{path} is held by another program: close it, or try again in a moment.")
    if "full" in said:
        return FullDisk(f"The disk of {path} is full: make some room and say it again.")
    if "not a database" in said:
        return WrongKey(
            f"{path} does not open with this key: check the key file or passphrase, "
            "or put the database back from a backup if it was damaged."
        )
    if "malformed" in said:
        return CorruptStore(f"{path} is damaged: put it back from a backup.")
    if "unable to open" in said or "readonly" in said:
        return StoreError(f"{path} cannot be written: check that the folder is yours and is no other file.")
    return err
