"""The database: encrypted, durable, migrated, and clear about what is wrong with it."""

from __future__ import annotations

import stat
import subprocess
import sys
import threading
from datetime import UTC, datetime
from pathlib import Path

import pytest

from memory import captures
from memory.database import Database
from memory.errors import CorruptStore, FullDisk, KeyMissing, LockedStore, StoreError, WrongKey
from memory.key import key_from_file, key_from_passphrase
from memory.migrations import MIGRATIONS

NOW = datetime(2026, 5, 4, 9, 30, tzinfo=UTC)


def test_what_is_kept_cannot_be_read_on_the_disk(db: Database) -> None:
    captures.keep_text(db, "Zebedee restores harpsichords", NOW, "test")
    files = [file for file in db.path.parent.iterdir() if file.is_file()]
    assert len(files) >= 2  # the database and its log
    for file in files:
        assert b"Zebedee" not in file.read_bytes()
        assert not file.read_bytes().startswith(b"SQLite format")


def test_the_key_is_the_owners_alone_and_outside_the_data(db: Database, tmp_path: Path) -> None:
    key = tmp_path / "config" / "key"
    assert stat.S_IMODE(key.stat().st_mode) == 0o600
    assert db.path.parent not in key.parents


def test_another_key_opens_nothing(db: Database) -> None:
    with pytest.raises(WrongKey, match="does not open with this key"):
        Database(db.path, key_from_passphrase("not it"))


def test_a_passphrase_opens_what_it_closed(tmp_path: Path) -> None:
    key = key_from_passphrase("it's a 'quoted' one; DROP TABLE people")
    first = Database(tmp_path / "a.db", key)
    captures.keep_text(first, "hello", NOW, "test")
    first.close()
    again = Database(tmp_path / "a.db", key)
    assert captures.get(again, 1).text == "hello"
    again.close()


def test_a_lost_key_is_not_replaced_by_a_new_one(db: Database, tmp_path: Path) -> None:
    with pytest.raises(KeyMissing, match="put its key file back"):
        key_from_file(tmp_path / "elsewhere" / "key", db.path)


@pytest.mark.parametrize("content", ["", "xyz", "0" * 63, "g" * 64, "ключ"])
def test_a_key_file_that_holds_no_key_is_said_so(tmp_path: Path, content: str) -> None:
    (tmp_path / "key").write_text(content, encoding="utf-8")
    with pytest.raises(WrongKey, match="holds no key"):
        key_from_file(tmp_path / "key", tmp_path / "fondly.db")


def test_a_damaged_page_is_found(db: Database, tmp_path: Path) -> None:
    for i in range(200):
        captures.keep_text(db, f"note {i} " + "x" * 500, NOW, "test")
    db.close()
    with db.path.open("r+b") as file:
        file.seek(-20 * 4096, 2)
        file.write(b"\0" * 4096)
    with pytest.raises(CorruptStore, match="put it back from a backup"):
        Database(db.path, key_from_file(tmp_path / "config" / "key", db.path)).rows(
            "SELECT sum(length(text)) FROM captures"
        )


def test_a_database_that_is_something_else_is_said_so(tmp_path: Path) -> None:
    (tmp_path / "fondly.db").write_bytes(b"hello" * 1000)
    with pytest.raises(WrongKey):
        Database(tmp_path / "fondly.db", key_from_passphrase("x"))


def test_a_folder_in_its_place_is_said_so(tmp_path: Path) -> None:
    (tmp_path / "fondly.db").mkdir()
    with pytest.raises(StoreError, match="cannot be written"):
        Database(tmp_path / "fondly.db", key_from_passphrase("x"))


def test_a_newer_database_is_left_alone(db: Database, tmp_path: Path) -> None:
    db.rows(f"PRAGMA user_version = {len(MIGRATIONS) + 1}")
    db.close()
    with pytest.raises(StoreError, match="newer Fondly"):
        Database(db.path, key_from_file(tmp_path / "config" / "key", db.path))


def test_a_transaction_is_all_or_nothing(db: Database) -> None:
    def fail() -> None:
        with db.transaction():
            captures.keep_text(db, "half", NOW, "test")
            with db.transaction():
                captures.keep_text(db, "done", NOW, "test")
            raise InterruptedError

    with pytest.raises(InterruptedError):
        fail()
    assert db.rows("SELECT * FROM captures") == []


def test_another_thread_waits_for_a_transaction_and_joins_none(db: Database) -> None:
    def write() -> None:
        captures.keep_text(db, "from the other", NOW, "test")

    other = threading.Thread(target=write)

    def fail() -> None:
        with db.transaction():
            other.start()
            other.join(0.1)
            captures.keep_text(db, "from this", NOW, "test")
            raise InterruptedError

    with pytest.raises(InterruptedError):
        fail()
    other.join()
    assert [row["text"] for row in db.rows("SELECT text FROM captures")] == ["from the other"]


def test_a_full_disk_is_said_so_and_loses_nothing_kept(db: Database) -> None:
    captures.keep_text(db, "kept before", NOW, "test")
    pages = db.rows("PRAGMA page_count")[0][0]
    db.rows(f"PRAGMA max_page_count = {pages + 4}")
    with pytest.raises(FullDisk, match="make some room"):
        captures.keep_text(db, "x" * 100_000, NOW, "test")
    db.rows("PRAGMA max_page_count = 100000")
    assert [c.text for c in captures.unfinished(db)] == ["kept before"]


def test_a_database_held_by_another_program_is_said_so(
    db: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    key = (tmp_path / "config" / "key").read_text().strip()
    hold = f"""
import sys
from sqlcipher3 import dbapi2
c = dbapi2.connect({str(db.path)!r}, isolation_level=None)
c.execute("PRAGMA key = \\"x'{key}'\\"")
c.execute("BEGIN IMMEDIATE")
print("held", flush=True)
sys.stdin.read()
"""
    with subprocess.Popen(
        [sys.executable, "-c", hold], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as holder:
        assert holder.stdout
        assert holder.stdout.readline() == "held\n"
        db.rows("PRAGMA busy_timeout = 50")
        with pytest.raises(LockedStore, match="held by another program"):
            captures.keep_text(db, "hello", NOW, "test")
        holder.communicate()
    captures.keep_text(db, "hello", NOW, "test")
