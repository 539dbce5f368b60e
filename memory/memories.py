"""The things known about people."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime

from memory import holding
from memory.database import Database, Row
from memory.dates import DateSpan, spoken_days
from memory.holding import LIVE
from memory.records import Capture, Discretion, Memory, MemoryStatus, Person
from memory.slots import claims, occupied, says_no_more

_SELECT = "SELECT m.* FROM memories m"


def add(
    db: Database,
    capture: Capture,
    *,
    about: Sequence[Person],
    kind: str,
    text: str,
    evidence: str,
    when: DateSpan | None = None,
    place: str | None = None,
    sensitive: bool = False,
    correction: bool = False,
    discretion: Discretion | None = None,
) -> Memory:
    """Keeps a memory. What it contradicts stays as history: superseded, or retracted if this is a ``correction``."""
    told = capture.heard_at.astimezone().date()
    with db.transaction():
        memory_id = db.write(
            """INSERT INTO memories(capture_id, kind, text, evidence, when_first, when_last, place, sensitive,
                   status, kept_at, valid_from, days, discretion)
               VALUES (?, ?, ?, ?, ?, ?, ?, ?, 'pending', ?, ?, ?, ?)""",
            (
                capture.id,
                kind,
                text,
                evidence,
                when and when.first.isoformat(),
                when and when.last.isoformat(),
                place,
                sensitive,
                capture.heard_at.isoformat(),
                told.isoformat(),
                spoken_days(told, *((when.first, when.last) if when else ())),
                discretion,
            ),
        )
        for position, person in enumerate(dict.fromkeys(about)):
            db.write("INSERT OR IGNORE INTO memory_people VALUES (?, ?, ?)", (memory_id, person.id, position))
        settle(db, memory_id, correction)
        return by_ids(db, [memory_id])[0]


def rivals(db: Database, memory: Memory) -> list[Memory]:
    """What holds now and cannot hold beside ``memory``, which need not be kept itself yet."""
    derive(db)
    claimed = holding.memories_claiming(db, dict.fromkeys(c.slot for c in claims(memory) if not c.many))
    return by_ids(db, [i for i in claimed if i != memory.id])


def derive(db: Database) -> None:
    """Sees to it that what every memory says of slots is known."""
    while ids := holding.underived(db):
        with db.transaction():
            for memory in by_ids(db, ids):
                holding.derive(db, memory)


def settle(db: Database, memory_id: int, correction: bool = False) -> None:
    """Sees to it that nothing else holds that ``memory_id`` contradicts. What only says it again adds nothing."""
    with db.transaction():
        memory = by_ids(db, [memory_id])[0]
        against = {other.id: other for other in rivals(db, memory)} if memory.holds else {}
        for other in against.values():
            taken = occupied(memory)
            if not correction and taken and taken <= occupied(other) and says_no_more(memory.text, other.text):
                supersede(db, memory, other)
                return
        for other in against.values():
            supersede(db, other, memory, correction)


def collisions(db: Database, person_id: int) -> Iterator[tuple[Memory, Memory]]:
    """What holds of someone and cannot hold together, as (the older, the newer). Each older one comes once."""
    over: set[int] = set()
    for memory in about(db, person_id, limit=-1):
        for other in rivals(db, memory) if memory.id not in over else ():
            if other.id < memory.id and other.id not in over:
                over.add(other.id)
                yield other, memory


def take_back(db: Database, capture_id: int) -> None:
    """Nothing that was kept from a note holds any more; what that had superseded holds again."""
    with db.transaction():
        told = [row["id"] for row in db.rows("SELECT id FROM memories WHERE capture_id = ?", (capture_id,))]
        whom = _touched(db, told)
        db.write("UPDATE memories SET status = 'undone' WHERE capture_id = ?", (capture_id,))
        _mend(db, whom)


def supersede(db: Database, old: Memory, new: Memory, correction: bool = False) -> None:
    """``old`` is over: ``new`` holds instead. With ``correction``, it never held."""
    db.write(
        "UPDATE memories SET status = ?, valid_to = ?, superseded_by = ? WHERE id = ?",
        ("retracted" if correction else old.status, (new.valid_from or new.kept_at.date()).isoformat(), new.id, old.id),
    )


def release(db: Database, memory_id: int) -> None:
    """What ``memory_id`` had superseded holds again."""
    db.write(
        """UPDATE memories SET status = CASE status WHEN 'retracted' THEN 'pending' ELSE status END,
               valid_to = NULL, superseded_by = NULL WHERE superseded_by = ?""",
        (memory_id,),
    )


def superseded_by(db: Database, memory_id: int) -> list[Memory]:
    """The history that ``memory_id`` put an end to."""
    return _memories(db, db.rows(f"{_SELECT} WHERE m.superseded_by = ? ORDER BY m.id", (memory_id,)))


def by_ids(db: Database, ids: Iterable[int]) -> list[Memory]:
    """In the order of ``ids``; those that are gone are left out."""
    wanted = list(ids)
    rows = db.rows(f"{_SELECT} WHERE m.id IN ({','.join('?' * len(wanted))})", wanted)
    found = {memory.id: memory for memory in _memories(db, rows)}
    return [found[i] for i in wanted if i in found]


def about(db: Database, person_id: int, limit: int = 50) -> list[Memory]:
    """What holds of someone, newest first."""
    return _where(
        db,
        f"{LIVE} AND m.id IN (SELECT memory_id FROM memory_people WHERE person_id = ?)",
        (person_id,),
        limit,
    )


def history(db: Database, person_id: int) -> list[Memory]:
    """All that was ever true of someone, what is over by now as well, newest first."""
    return _where(
        db,
        """m.status IN ('pending', 'accepted')
           AND m.id IN (SELECT memory_id FROM memory_people WHERE person_id = ?)""",
        (person_id,),
        -1,
    )


def of_kind(db: Database, kind: str) -> list[Memory]:
    """All of a kind that holds, newest first."""
    return _where(db, f"{LIVE} AND m.kind = ?", (kind,), -1)


def on_days(db: Database, days: DateSpan, limit: int = 50) -> list[Memory]:
    """What happens within those days, soonest first."""
    rows = db.rows(
        f"""{_SELECT} WHERE {LIVE} AND m.when_first <= ? AND m.when_last >= ? ORDER BY m.when_first LIMIT ?""",
        (days.last.isoformat(), days.first.isoformat(), limit),
    )
    return _memories(db, rows)


def from_capture(db: Database, capture_id: int) -> list[Memory]:
    return _memories(db, db.rows(f"{_SELECT} WHERE {LIVE} AND m.capture_id = ? ORDER BY m.id", (capture_id,)))


def is_confidential(db: Database, capture_id: int) -> bool:
    """Whether anything that a note told is not for everyone's ears."""
    return any(memory.private or memory.unspoken for memory in from_capture(db, capture_id))


def ever_from_capture(db: Database, capture_id: int) -> list[Memory]:
    """All that was ever kept from a capture, what was put aside or taken back as well."""
    return _where(db, "m.capture_id = ?", (capture_id,), -1)


def put_better(db: Database, better: Memory) -> None:
    """Says a memory better. One that was reviewed stays as it is."""
    when = better.when
    with db.transaction():
        db.write(
            """UPDATE memories SET kind = ?, text = ?, evidence = ?, when_first = ?, when_last = ?, sensitive = ?,
               days = ? WHERE id = ? AND status = 'pending'""",
            (
                better.kind,
                better.text,
                better.evidence,
                when and when.first.isoformat(),
                when and when.last.isoformat(),
                better.sensitive,
                spoken_days(better.kept_at.astimezone().date(), *((when.first, when.last) if when else ())),
                better.id,
            ),
        )
        for position, person in enumerate(better.about):
            db.write("INSERT OR IGNORE INTO memory_people VALUES (?, ?, ?)", (better.id, person.id, position))


def sensitive(db: Database) -> list[Memory]:
    """All that was ever told and is nobody else's business, newest first."""
    return _where(db, "m.sensitive", (), -1)


def pending(db: Database, limit: int = 100) -> list[Memory]:
    """What has not been reviewed, newest first."""
    return _where(db, "m.status = 'pending' AND m.valid_to IS NULL", (), limit)


def review(db: Database, memory_id: int, status: MemoryStatus, text: str | None = None) -> bool:
    """Accepts or ignores a memory, with other words if they were edited. False: there is no such memory."""
    with db.transaction():
        if not by_ids(db, [memory_id]):
            return False
        if text is not None:
            db.write("UPDATE memories SET text = ? WHERE id = ? AND text <> ?", (text, memory_id, text))
        whom = _touched(db, [memory_id])
        db.write("UPDATE memories SET status = ? WHERE id = ?", (status, memory_id))
        settle(db, memory_id)
        _mend(db, whom)
        return True


def _touched(db: Database, ids: Sequence[int]) -> set[int]:
    """Whom memories, and those that they superseded, are about."""
    over = [memory for memory_id in ids for memory in superseded_by(db, memory_id)]
    return {person.id for memory in (*by_ids(db, ids), *over) for person in memory.about}


def _mend(db: Database, people_ids: Iterable[int]) -> None:
    """Of what holds again since something was taken back, the newest does where only one can."""
    for person_id in people_ids:
        for older, newer in list(collisions(db, person_id)):
            supersede(db, older, newer)


def _where(db: Database, condition: str, values: Sequence[object], limit: int) -> list[Memory]:
    rows = db.rows(f"{_SELECT} WHERE {condition} ORDER BY m.id DESC LIMIT ?", (*values, limit))
    return _memories(db, rows)


def _memories(db: Database, rows: Sequence[Row]) -> list[Memory]:
    whom = _people_of(db, [row["id"] for row in rows])
    return [_memory(row, whom.get(row["id"], ())) for row in rows]


def _people_of(db: Database, ids: Sequence[int]) -> dict[int, tuple[Person, ...]]:
    rows = db.rows(
        f"""SELECT mp.memory_id, p.id, p.name,
                (SELECT group_concat(alias, char(31)) FROM aliases WHERE person_id = p.id) AS also
            FROM memory_people mp JOIN people p ON p.id = mp.person_id
            WHERE p.standing <> 'role' AND mp.memory_id IN ({",".join("?" * len(ids))})
            ORDER BY mp.memory_id, mp.position""",
        ids,
    )
    whom: dict[int, tuple[Person, ...]] = {}
    for row in rows:
        also = tuple(row["also"].split("\x1f")) if row["also"] else ()
        whom[row["memory_id"]] = (*whom.get(row["memory_id"], ()), Person(row["id"], row["name"], also))
    return whom


def _memory(row: Row, whom: tuple[Person, ...]) -> Memory:
    first, last = row["when_first"], row["when_last"]
    return Memory(
        id=row["id"],
        capture_id=row["capture_id"],
        about=whom,
        kind=row["kind"],
        text=row["text"],
        evidence=row["evidence"],
        when=DateSpan(date.fromisoformat(first), date.fromisoformat(last)) if first else None,
        place=row["place"],
        sensitive=bool(row["sensitive"]),
        status=row["status"],
        kept_at=datetime.fromisoformat(row["kept_at"]),
        valid_from=date.fromisoformat(row["valid_from"]) if row["valid_from"] else None,
        valid_to=date.fromisoformat(row["valid_to"]) if row["valid_to"] else None,
        superseded_by=row["superseded_by"],
        discretion=row["discretion"],
    )
