"""Writes that can be taken back: every row changed through a RowLog is noted as it was and as it became."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from memory.database import Database

Values = dict[str, Any]


class RowLog:
    """Changes rows and notes them. ``rows`` can be kept as JSON and given to ``take_back`` or ``do_again``."""

    def __init__(self, db: Database) -> None:
        self._db = db
        self.rows: list[dict[str, Any]] = []

    def insert(self, table: str, row: Mapping[str, Any]) -> None:
        self._note(table, {}, None, dict(row))

    def delete(self, table: str, row: Mapping[str, Any]) -> None:
        self._note(table, {}, dict(row), None)

    def update(self, table: str, row: Mapping[str, Any], changes: Values) -> None:
        """Changes some columns of ``row``, which is the whole row as it is now."""
        key = {column: row[column] for column in _key(self._db, table)}
        self._note(table, key, {c: row[c] for c in changes}, changes)

    def _note(self, table: str, key: Values, before: Values | None, after: Values | None) -> None:
        noted = {"table": table, "key": key, "before": before, "after": after}
        do_again(self._db, [noted])
        self.rows.append(noted)


def take_back(db: Database, rows: Sequence[Mapping[str, Any]]) -> None:
    """Undoes noted changes, the last first. A row that something else changed since stays as it is."""
    for noted in reversed(rows):
        _change(db, noted["table"], noted["key"], noted["after"], noted["before"])


def do_again(db: Database, rows: Sequence[Mapping[str, Any]]) -> None:
    for noted in rows:
        _change(db, noted["table"], noted["key"], noted["before"], noted["after"])


def references(db: Database, to: str) -> list[tuple[str, str]]:
    """Every (table, column) that points to rows of the table ``to``."""
    tables = db.rows("SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%' ORDER BY name")
    return [
        (table["name"], key["from"])
        for table in tables
        for key in db.rows(f"PRAGMA foreign_key_list({table['name']})")
        if key["table"] == to
    ]


def exists(db: Database, table: str, values: Mapping[str, Any]) -> bool:
    return db.row(f"SELECT 1 FROM {table} WHERE {_match(values)}", tuple(values.values())) is not None


def moved_key(db: Database, table: str, row: Mapping[str, Any], column: str, to: object) -> Values | None:
    """The key that ``row`` would have with another ``column``; None where that is no part of its key."""
    key = _key(db, table)
    return {c: to if c == column else row[c] for c in key} if column in key else None


def _change(db: Database, table: str, key: Values, old: Values | None, new: Values | None) -> None:
    if old is None and new is not None:
        if whole := _with_parents(db, table, new):
            columns = ", ".join(whole)
            marks = ", ".join("?" * len(whole))
            db.write(f"INSERT OR IGNORE INTO {table}({columns}) VALUES ({marks})", tuple(whole.values()))
    elif new is None and old is not None:
        db.write(f"DELETE FROM {table} WHERE {_match(old)}", tuple(old.values()))
    elif new is not None and old is not None:
        found = {**key, **old}
        sets = ", ".join(f"{column} = ?" for column in new)
        db.write(f"UPDATE OR IGNORE {table} SET {sets} WHERE {_match(found)}", (*new.values(), *found.values()))


def _with_parents(db: Database, table: str, row: Values) -> Values | None:
    """``row``, pointing to nothing that is gone; None if it cannot be without that."""
    needed = {c["name"] for c in db.rows(f"PRAGMA table_info({table})") if c["notnull"]}
    for key in db.rows(f"PRAGMA foreign_key_list({table})"):
        value = row.get(key["from"])
        if value is not None and not exists(db, key["table"], {key["to"] or "id": value}):
            if key["from"] in needed:
                return None
            row = {**row, key["from"]: None}
    return row


def _match(values: Mapping[str, Any]) -> str:
    return " AND ".join(f"{column} IS ?" for column in values)


def _key(db: Database, table: str) -> list[str]:
    columns = db.rows(f"PRAGMA table_info({table})")
    return [c["name"] for c in columns if c["pk"]] or [c["name"] for c in columns]
