"""What is known of people that may be said to others: what they do, like and plan, and where; nothing private."""

from __future__ import annotations

import json
import re
import tomllib
from collections.abc import Iterable, Mapping
from contextlib import closing
from dataclasses import dataclass
from datetime import date
from functools import cache, lru_cache
from pathlib import Path
from typing import Any

from sqlcipher3 import dbapi2 as sqlcipher

from memory.database import Database, Row
from memory.holding import LIVE
from memory.support import quoted

_KINDS = ("fact", "preference", "plan", "event")
_MOST_PREFERENCES = 50
_KIND_NAMES = ",".join(f"'{kind}'" for kind in _KINDS)
_MOST_TOLD = 12  # memories with a word that still tells something
_MOST_WORDS = 16  # of a memory that can be given as a reason in one breath
_MAY = f"""{LIVE} AND m.sensitive = 0 AND m.discretion IS NULL
    AND m.kind IN ({_KIND_NAMES})
    AND (m.kind <> 'plan' OR m.when_last IS NULL OR m.when_last >= ?) AND p.standing = 'named'
    AND (SELECT count(*) FROM memory_people WHERE memory_id = m.id) = 1"""
_ALSO = "(SELECT group_concat(alias, char(31)) FROM aliases WHERE person_id = p.id) AS also"
_WORD = re.compile(r"\w+")
_TOKENIZER = "porter unicode61 remove_diacritics 2"  # as the database's own words are


@dataclass(frozen=True, slots=True)
class Interest:
    """A memory of one person alone. ``does``: what it says after their name, as "restores clocks"."""

    memory_id: int
    person_id: int
    does: str


def of_people(db: Database, ids: Iterable[int], today: date, limit: int) -> list[Interest]:
    """The newest of each of these people, at most ``limit`` memories looked at for each."""
    wanted = f"""SELECT memory_id FROM (
            SELECT memory_id, row_number() OVER (PARTITION BY person_id ORDER BY memory_id DESC) AS number
            FROM memory_people JOIN json_each(?) j ON person_id = j.value)
        WHERE number <= {int(limit)}"""
    return _interests(db, wanted, ids, today)


def among(db: Database, memory_ids: Iterable[int], today: date) -> list[Interest]:
    """Those of these memories that are one."""
    return _interests(db, "SELECT value FROM json_each(?)", memory_ids, today)


def preferences(db: Database, words: Iterable[str], today: date) -> list[Interest]:
    """What people like or dislike that has one of these words."""
    rows = db.rows(
        f"""SELECT m.id FROM memory_words w JOIN memories m ON m.id = w.rowid
            WHERE memory_words MATCH ? AND m.kind = 'preference' AND {LIVE} LIMIT {_MOST_PREFERENCES}""",
        (" OR ".join(map(quoted, words)),),
    )
    return among(db, [row["id"] for row in rows], today)


def caring_about(db: Database, word: str, today: date) -> set[int | None]:
    """Who does, likes or plans what has that word (ids; None is the speaker), where few memories have it."""
    rows = db.rows("SELECT rowid AS id FROM memory_words WHERE memory_words MATCH ?", (f'text : "{word}"',))
    ids = [row["id"] for row in rows] if len(rows) <= _MOST_TOLD else []
    own: set[int | None] = {None} if _own(db, ids) else set()
    return own | {i.person_id for i in among(db, ids, today)}


def _own(db: Database, ids: Iterable[int]) -> list[Row]:
    """The memories (ids) among these that are about nobody but the speaker."""
    return db.rows(
        f"""SELECT m.id FROM memories m WHERE m.id IN (SELECT value FROM json_each(?)) AND {LIVE} AND m.sensitive = 0
            AND m.discretion IS NULL AND m.kind IN ({_KIND_NAMES})
            AND NOT EXISTS (SELECT 1 FROM memory_people WHERE memory_id = m.id)""",
        (json.dumps(list(ids)),),
    )


def roots(texts: Mapping[int, str]) -> dict[str, set[int]]:
    """The stems of the words in ``texts``, each with the keys of the texts that it is in."""
    with closing(sqlcipher.connect(":memory:", isolation_level=None)) as ram:
        ram.execute(f"CREATE VIRTUAL TABLE words USING fts5(text, tokenize='{_TOKENIZER}')")
        ram.execute("CREATE VIRTUAL TABLE stems USING fts5vocab(words, instance)")
        ram.execute("BEGIN")
        ram.executemany("INSERT INTO words(rowid, text) VALUES (?, ?)", texts.items())
        found: dict[str, set[int]] = {}
        for stem, key in ram.execute("SELECT term, doc FROM stems"):
            found.setdefault(stem, set()).add(key)
    return found


def telling(stem: str) -> bool:
    """Whether two people who share a word with this stem share something."""
    return len(stem) > 2 and not any(c.isdigit() for c in stem) and stem not in _generic_stems()


def gist(does: str) -> str:
    """Its words that say something, for comparing what is meant."""
    return " ".join(w for w in _WORD.findall(does.casefold()) if w not in _words("generic"))


def somewhere(does: str) -> bool:
    """Whether it only says where someone is or goes: Leeds and York are alike, and still not the same."""
    return bool(re.match(_table()["somewhere"], does, re.IGNORECASE))


def _interests(db: Database, wanted: str, ids: Iterable[int], today: date) -> list[Interest]:
    rows = db.rows(
        f"""SELECT m.id, m.text, p.id AS person_id, p.name, {_ALSO} FROM memories m
            JOIN memory_people mp ON mp.memory_id = m.id JOIN people p ON p.id = mp.person_id
            WHERE m.id IN ({wanted}) AND {_MAY} ORDER BY m.id DESC""",
        (json.dumps(list(ids)), today.isoformat()),
    )
    return [Interest(row["id"], row["person_id"], does) for row in rows if (does := _does(row))]


def _does(row: Row) -> str | None:
    """What it says after the name; None where it says too much, something else first, that it is not so, or anything
    private."""
    text = row["text"].strip()
    name = next((n for n in _ways(row["name"], row["also"]) if text.casefold().startswith(f"{n.casefold()} ")), None)
    words = _WORD.findall(text.casefold())
    if name is None or "?" in text or len(words) > _MOST_WORDS or not _words("private").isdisjoint(words):
        return None
    if _denied().search(text):
        return None
    return str(text[len(name) + 1 :].rstrip(". "))


@lru_cache(1_000)
def _ways(name: str, also: str | None) -> tuple[str, ...]:
    """How someone is called, the longest first."""
    ways = {way for known in (name, *(also.split("\x1f") if also else ())) for way in (known, known.split(" ")[0])}
    return tuple(sorted(ways, key=len, reverse=True))


@cache
def _generic_stems() -> frozenset[str]:
    return frozenset(roots({0: _table()["generic"]}))


@cache
def _denied() -> re.Pattern[str]:
    return re.compile(_table()["denied"], re.IGNORECASE)


@cache
def _words(which: str) -> frozenset[str]:
    return frozenset(_table()[which].split())


@cache
def _table() -> dict[str, Any]:
    return tomllib.loads((Path(__file__).parent / "connections.en.toml").read_text(encoding="utf-8"))
