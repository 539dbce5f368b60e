"""Who is who: two people made one, one made two, both exactly reversible; a note given to whom it was about."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from memory import memories, people
from memory.database import Database
from memory.records import Person
from memory.rowlog import RowLog, Values, do_again, exists, moved_key, references, take_back

_OF_NOTE = {
    "memory_people": "memory_id IN (SELECT id FROM memories WHERE capture_id = ?)",
    "reminder_people": "reminder_id IN (SELECT id FROM reminders WHERE capture_id = ?)",
    "interactions": "capture_id = ?",
    "introductions": "capture_id = ?",
}
"""What a note told of people, by table."""
_NOTE_OF = {
    "memory_people": "(SELECT capture_id FROM memories WHERE id = memory_id)",
    "reminder_people": "(SELECT capture_id FROM reminders WHERE id = reminder_id)",
    "interactions": "capture_id",
    "introductions": "capture_id",
}


@dataclass(frozen=True, slots=True)
class Change:
    """Two people made one (``other_id`` is gone), one made two (``other_id`` is new), or another name for someone."""

    id: int
    kind: Literal["merge", "split", "alias"]
    keep_id: int
    other_id: int
    capture_id: int | None


def merge(db: Database, keep_id: int, gone_id: int, capture_id: int | None = None) -> Change:
    """Makes two people one. All that pointed to ``gone_id`` points to ``keep_id``; the name stays as an alias."""
    if keep_id == gone_id:
        raise ValueError("someone cannot be merged with themselves")
    with db.transaction():
        keep, gone = people.by_id(db, keep_id), people.by_id(db, gone_id)
        log = RowLog(db)
        _move_all(db, log, gone_id, keep_id)
        _one_of_each_introduction(db, log)
        _keep_name(db, log, keep, gone)
        log.delete("people", _row(db, "people", gone_id))
        _settle(db, log, keep_id)
        return _noted(db, "merge", keep_id, gone_id, capture_id, log)


def split(db: Database, person: Person, name: str, notes: Sequence[int], capture_id: int | None = None) -> Change:
    """Makes one person two: what ``notes`` (ids of captures) told goes to a new person called ``name``."""
    with db.transaction():
        log = RowLog(db)
        new_id = people.next_id(db)
        log.insert("people", {"id": new_id, "name": name, "standing": "named", "capture_id": capture_id})
        for row in _rows(db, "aliases", "person_id = ? AND alias = ?", (person.id, name)):
            log.delete("aliases", row)
        for note in notes:
            _move_note(db, log, note, person.id, new_id)
        for memory in memories.about(db, new_id, limit=-1):
            text = people.respelled(memory.text, person, name)
            if text != memory.text and person.id not in {p.id for p in memory.about}:
                log.update("memories", _row(db, "memories", memory.id), {"text": text})
        _part(db, log, person.id, new_id)
        return _noted(db, "split", person.id, new_id, capture_id, log)


def add_alias(db: Database, person_id: int, alias: str, capture_id: int | None = None) -> Change:
    """Someone is called ``alias``, too."""
    with db.transaction():
        log = RowLog(db)
        if not exists(db, "aliases", row := {"person_id": person_id, "alias": alias}):
            log.insert("aliases", row)
        return _noted(db, "alias", person_id, person_id, capture_id, log)


def unmerge(db: Database, change_id: int) -> None:
    """Takes a merge or a split back, exactly. What was told since stays where it was told."""
    with db.transaction():
        this, *later = [c for c in changes(db) if c.id >= change_id]
        built_on = _built_on(this, later)
        for change in (*reversed(built_on), this):
            _take_back(db, change)
        for change in built_on:
            _again(db, change)
        db.write("DELETE FROM identity_changes WHERE id = ?", (change_id,))


def changes(db: Database) -> list[Change]:
    """All that stand, oldest first."""
    rows = db.rows("SELECT * FROM identity_changes ORDER BY id")
    return [Change(r["id"], r["kind"], r["keep_id"], r["other_id"], r["capture_id"]) for r in rows]


def merge_of(db: Database, person_id: int, name: str) -> Change | None:
    """The newest merge by which someone called ``name`` became one with this person."""
    for change in reversed(changes(db)):
        if change.kind == "merge" and change.keep_id == person_id:
            rows = json.loads(_row(db, "identity_changes", change.id)["rows"])
            gone = [r["before"]["name"] for r in rows if r["table"] == "people" and r["after"] is None]
            if name.casefold() in {n.casefold() for n in gone}:
                return change
    return None


def notes_about(db: Database, person_id: int) -> list[int]:
    """The notes (ids of captures) that told something of someone, oldest first."""
    found: set[int] = set()
    for table, column in references(db, "people"):
        if condition := _NOTE_OF.get(table):
            rows = db.rows(f"SELECT {condition} AS note FROM {table} WHERE {column} = ?", (person_id,))
            found |= {row["note"] for row in rows}
    return sorted(found)


def people_of(db: Database, capture_id: int) -> list[Person]:
    """Whom a note told something of."""
    found: dict[int, None] = {}
    for table, column in references(db, "people"):
        if condition := _OF_NOTE.get(table):
            rows = db.rows(f"SELECT {column} AS id FROM {table} WHERE {condition} ORDER BY rowid", (capture_id,))
            found |= dict.fromkeys(row["id"] for row in rows)
    known = {p.id: p for p in people.by_ids(db, found)}
    return [known[i] for i in found]


def reattach(db: Database, capture_id: int, wrong: Person, right: Person) -> None:
    """All that a note told of ``wrong`` was about ``right``. Whoever only that note spoke of is gone then."""
    with db.transaction():
        told = [m.id for m in memories.from_capture(db, capture_id) if wrong.id in {p.id for p in m.about}]
        for memory_id in told:
            memories.release(db, memory_id)
        log = RowLog(db)
        _move_note(db, log, capture_id, wrong.id, right.id)
        for memory_id in told:
            memories.settle(db, memory_id)
        if people.first_told_in(db, wrong.id) == capture_id and not _spoken_of(db, wrong.id):
            db.write("DELETE FROM people WHERE id = ?", (wrong.id,))


def _built_on(change: Change, later: Sequence[Change]) -> list[Change]:
    """Those of the later changes that had to do with the same people, or with people of such a change."""
    whom = {change.keep_id, change.other_id}
    found = []
    for one in later:
        if whom & {one.keep_id, one.other_id}:
            whom |= {one.keep_id, one.other_id}
            found.append(one)
    return found


def _spoken_of(db: Database, person_id: int) -> bool:
    return any(exists(db, table, {column: person_id}) for table, column in references(db, "people"))


def _move_all(db: Database, log: RowLog, source: int, to: int) -> None:
    for table, column in references(db, "people"):
        for row in _rows(db, table, f"{column} = ?", (source,)):
            _move(db, log, table, column, row, to)


def _move(db: Database, log: RowLog, table: str, column: str, row: Values, to: int) -> None:
    key = moved_key(db, table, row, column, to)
    if key and exists(db, table, key):
        log.delete(table, row)
    else:
        log.update(table, row, {column: to})


def _move_note(db: Database, log: RowLog, capture_id: int, source: int, to: int) -> None:
    for table, column in references(db, "people"):
        if condition := _OF_NOTE.get(table):
            for row in _rows(db, table, f"{condition} AND {column} = ?", (capture_id, source)):
                _move(db, log, table, column, row, to)


def _one_of_each_introduction(db: Database, log: RowLog) -> None:
    """Nobody is to meet themselves, and no two people twice."""
    seen: set[frozenset[int]] = set()
    for row in _rows(db, "introductions", "state = 'open'"):
        pair = frozenset((row["one_id"], row["other_id"]))
        if len(pair) == 1 or pair in seen:
            log.update("introductions", row, {"state": "let go"})
        seen.add(pair)


def _keep_name(db: Database, log: RowLog, keep: Person, gone: Person) -> None:
    alias = {"person_id": keep.id, "alias": gone.name}
    adds = gone.name not in (keep.name, keep.name.split(" ")[0]) and people.standing(db, gone.id) == "named"
    if adds and not exists(db, "aliases", alias):
        log.insert("aliases", alias)


def _settle(db: Database, log: RowLog, person_id: int) -> None:
    """Of two things that cannot both hold of one person, the newer does."""
    for older, newer in list(memories.collisions(db, person_id)):
        until = (newer.valid_from or newer.kept_at.date()).isoformat()
        log.update("memories", _row(db, "memories", older.id), {"valid_to": until, "superseded_by": newer.id})


def _part(db: Database, log: RowLog, one: int, other: int) -> None:
    """What superseded something of the other person does so no more."""
    rows = _rows(
        db,
        "memories",
        """status <> 'retracted' AND EXISTS (
               SELECT 1 FROM memory_people a, memory_people b WHERE a.memory_id = memories.id
               AND b.memory_id = memories.superseded_by
               AND (a.person_id, b.person_id) IN (VALUES (?1, ?2), (?2, ?1)))""",
        (one, other),
    )
    for row in rows:
        log.update("memories", row, {"valid_to": None, "superseded_by": None})


def _noted(db: Database, kind: str, keep_id: int, other_id: int, capture_id: int | None, log: RowLog) -> Change:
    db.write(
        "INSERT INTO identity_changes(kind, keep_id, other_id, capture_id, rows) VALUES (?, ?, ?, ?, ?)",
        (kind, keep_id, other_id, capture_id, json.dumps(log.rows, ensure_ascii=False)),
    )
    return changes(db)[-1]


def _take_back(db: Database, change: Change) -> None:
    rows = json.loads(_row(db, "identity_changes", change.id)["rows"])
    if change.kind != "split":
        take_back(db, rows)
        return
    take_back(db, rows[1:])
    _move_all(db, RowLog(db), change.other_id, change.keep_id)  # told since: it would be lost with the person
    take_back(db, rows[:1])


def _again(db: Database, change: Change) -> None:
    if change.kind != "merge":
        do_again(db, json.loads(_row(db, "identity_changes", change.id)["rows"]))
        return
    db.write("DELETE FROM identity_changes WHERE id = ?", (change.id,))
    if len(people.by_ids(db, (change.keep_id, change.other_id))) == 2:
        made = merge(db, change.keep_id, change.other_id, change.capture_id)
        db.write("UPDATE identity_changes SET id = ? WHERE id = ?", (change.id, made.id))


def _row(db: Database, table: str, row_id: int) -> Values:
    rows = _rows(db, table, "id = ?", (row_id,))
    if not rows:
        raise LookupError(f"no {row_id} in {table}")
    return rows[0]


def _rows(db: Database, table: str, condition: str, values: Sequence[object] = ()) -> list[Values]:
    return [dict(row) for row in db.rows(f"SELECT * FROM {table} WHERE {condition} ORDER BY rowid", values)]
