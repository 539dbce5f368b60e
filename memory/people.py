"""The people in one's life."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Sequence
from datetime import date

from memory import addresses
from memory.database import Database, Row
from memory.names import folded
from memory.records import Person

_TOLD_OF = "SELECT person_id FROM memory_people JOIN memories m ON m.id = memory_id WHERE m.capture_id = ?"


def everyone(db: Database) -> list[Person]:
    """All who have a name of their own, in the order of their names."""
    return _known(db, "WHERE p.standing = 'named'")


def called(db: Database, name: str) -> list[Person]:
    """All whom ``name`` can mean: by full name, by alias or by first name, in the order of their names."""
    wanted = folded(name)
    known = everyone(db)
    whole = [p for p in known if wanted in {folded(n) for n in (p.name, *p.also)}]
    if " " not in wanted:
        return [p for p in known if p in whole or wanted in {folded(n).split(" ")[0] for n in (p.name, *p.also)}]
    first = called(db, wanted.split(" ")[0]) if not whole else []
    fuller = [p for p in first if wanted.split(" ")[0] == folded(p.name)]
    return whole or (fuller if len(first) == 1 else [])


def find(db: Database, name: str) -> Person | None:
    """Whom ``name`` means, if that is one person: by full name, by alias, or by a first name."""
    found = called(db, name)
    return found[0] if len(found) == 1 else None


def named_in(db: Database, text: str) -> list[Person]:
    """Everyone known whom ``text`` names, in the order it does, by a name, an alias or a first name."""
    places = {
        found.start(): person
        for person in everyone(db)
        for name in sorted({person.name, *person.also, person.name.split(" ")[0]}, key=len)
        if (found := re.search(rf"\b{re.escape(name)}\b", text, re.IGNORECASE))
    }
    return [places[start] for start in sorted(places)]


def find_or_add(db: Database, name: str, capture_id: int | None = None) -> Person:
    """Whom ``name`` means, or someone new, first spoken of in ``capture_id``.

    A fuller name than the known one takes its place. Where several people can be meant it is someone unclear, of
    that note alone, until it is said who.
    """
    with db.transaction():
        found = called(db, name)
        if len(found) != 1:
            return _which_or_unclear(db, found, name, capture_id) if found else _add(db, name, capture_id, "named")
        person = found[0]
        if len(name.split()) > len(person.name.split()):
            db.write("INSERT OR IGNORE INTO aliases VALUES (?, ?)", (person.id, person.name))
            db.write("UPDATE people SET name = ? WHERE id = ?", (name, person.id))
            return Person(person.id, name, (*person.also, person.name))
        return person


def unclear_in(db: Database, capture_id: int) -> list[Person]:
    """Whom a note named so that several people can be meant, and it was not said yet who."""
    return _known(db, "WHERE p.standing = 'unclear' AND p.capture_id = ?", (capture_id,))


def standing(db: Database, person_id: int) -> str:
    """ "named", "unclear", or "role" for someone known only as somebody's mother, boss …"""
    row = db.row("SELECT standing FROM people WHERE id = ?", (person_id,))
    return str(row["standing"]) if row else "named"


def first_told_in(db: Database, person_id: int) -> int | None:
    """The note that someone came into being by."""
    row = db.row("SELECT capture_id FROM people WHERE id = ?", (person_id,))
    return row["capture_id"] if row else None


def rename(db: Database, person_id: int, name: str) -> None:
    """Gives someone another name, by which it is clear who they are."""
    db.write("UPDATE people SET standing = 'named', name = ? WHERE id = ?", (name, person_id))


def respell(db: Database, capture_id: int, wrong: Person, name: str) -> None:
    """Puts ``name`` for the ways ``wrong`` is called, in what was kept from a note. What was said stays as it was."""
    for table in ("memories", "reminders"):
        for row in db.rows(f"SELECT id, text FROM {table} WHERE capture_id = ?", (capture_id,)):
            if (text := respelled(row["text"], wrong, name)) != row["text"]:
                db.write(f"UPDATE {table} SET text = ? WHERE id = ?", (text, row["id"]))


def respelled(text: str, wrong: Person, name: str) -> str:
    """``text`` with ``name`` for the ways ``wrong`` is called; as it is where it has that name already."""
    if re.search(rf"\b{re.escape(name)}\b", text):
        return text
    ways = sorted({wrong.name, *wrong.also, wrong.name.split(" ")[0]}, key=len, reverse=True)
    return re.sub(rf"\b(?:{'|'.join(map(re.escape, ways))})\b", lambda _: name, text)


def by_id(db: Database, person_id: int) -> Person:
    found = _known(db, "WHERE p.id = ?", (person_id,))
    if not found:
        raise LookupError(f"no person {person_id}")
    return found[0]


def next_id(db: Database) -> int:
    """The id of the next new person: none that was ever used."""
    row = db.row("SELECT seq FROM sqlite_sequence WHERE name = 'people'")
    return int(row["seq"]) + 1 if row else 1


def by_ids(db: Database, ids: Iterable[int]) -> list[Person]:
    wanted = set(ids)
    return [p for p in _known(db, "") if p.id in wanted]


def forget(db: Database, person_id: int) -> None:
    """Removes someone wholly: what was kept about them, the words and sound it came from, and, wherever they
    were only mentioned, their name (it becomes "someone").
    """
    with db.transaction():
        names = [n for p in by_ids(db, [person_id]) for n in (p.name, *p.also)]
        mails = addresses.forget(db, everyone(db), person_id)
        told_of_them = [*_captures_about(db, person_id), *_forget_proposals(db, person_id)]
        db.write(
            "DELETE FROM memories WHERE id IN (SELECT memory_id FROM memory_people WHERE person_id = ?)",
            (person_id,),
        )
        db.write(
            "DELETE FROM suggestions WHERE id IN (SELECT suggestion_id FROM suggestion_people WHERE person_id = ?)",
            (person_id,),
        )
        db.write(
            "DELETE FROM reminders WHERE id IN (SELECT reminder_id FROM reminder_people WHERE person_id = ?)",
            (person_id,),
        )
        for capture_id in told_of_them:
            db.write("DELETE FROM sounds WHERE capture_id = ?", (capture_id,))
            db.write("UPDATE captures SET text = '', reply = '' WHERE id = ?", (capture_id,))
        db.write("DELETE FROM people WHERE id = ?1 OR (role_of = ?1 AND standing = 'role')", (person_id,))
        for name in (*_only_theirs(names, _known(db, "")), *mails):
            _take_out(db, name)
        # No memory is number 0: vectors of what was only changed have to go as well.
        db.write("INSERT OR IGNORE INTO vectors_to_remove VALUES (0)")


def _forget_proposals(db: Database, person_id: int) -> list[int]:
    """Removes what was proposed about someone; returns the captures that it came from."""
    rows = [
        row
        for row in db.rows("SELECT id, capture_id, about FROM proposals")
        if any(p.id == person_id for name in json.loads(row["about"]) for p in called(db, name))
    ]
    for row in rows:
        db.write("DELETE FROM proposals WHERE id = ?", (row["id"],))
    return [row["capture_id"] for row in rows]


def _captures_about(db: Database, person_id: int) -> list[int]:
    rows = db.rows(
        """SELECT m.capture_id FROM memories m JOIN memory_people p ON p.memory_id = m.id WHERE p.person_id = ?1
           UNION SELECT capture_id FROM interactions WHERE person_id = ?1
           UNION SELECT capture_id FROM introductions WHERE one_id = ?1 OR other_id = ?1
           UNION SELECT r.capture_id FROM reminders r JOIN reminder_people p ON p.reminder_id = r.id
               WHERE p.person_id = ?1""",
        (person_id,),
    )
    return [row["capture_id"] for row in rows]


def _only_theirs(names: list[str], others: list[Person]) -> list[str]:
    """Their names and first names, longest first, without those that someone else goes by."""
    taken = {part for p in others for n in (p.name, *p.also) for part in (folded(n), folded(n).split(" ")[0])}
    parts = {part for name in names for part in (name, name.split(" ")[0])}
    return sorted((part for part in parts if folded(part) not in taken), key=len, reverse=True)


def _take_out(db: Database, name: str) -> None:
    word = re.compile(rf"\b{re.escape(name)}\b", re.IGNORECASE)
    columns = (
        ("captures", "text"),
        ("captures", "reply"),
        ("memories", "text"),
        ("memories", "evidence"),
        ("reminders", "text"),
        ("suggestions", "said"),
        ("proposals", "text"),
        ("proposals", "evidence"),
        ("identity_changes", "rows"),
        ("occurrences", "title"),
        ("occurrences", "attendees"),
        ("feed_items", "title"),
        ("feed_items", "summary"),
    )
    for table, column in columns:
        for row in db.rows(f"SELECT id, {column} AS said FROM {table} WHERE {column} LIKE ?", (f"%{name}%",)):
            if (without := word.sub("someone", row["said"])) != row["said"]:
                db.write(f"UPDATE {table} SET {column} = ? WHERE id = ?", (without, row["id"]))


def met_on(db: Database, day: date) -> list[Person]:
    """Whom the speaker saw in person on a day."""
    return _known(
        db,
        """WHERE p.standing = 'named'
           AND p.id IN (SELECT person_id FROM interactions WHERE day = ? AND NOT apart)""",
        (day.isoformat(),),
    )


def last_met(db: Database, person_id: int, seen: bool = False) -> date | None:
    """The last day that someone was met, called or written to; with ``seen``, met face to face."""
    return next(iter(meetings(db, person_id, seen)), None)


def meetings(db: Database, person_id: int, seen: bool = False) -> list[date]:
    """The days on which someone was met, called or written to, the last first; with ``seen``, met face to face."""
    rows = db.rows(
        "SELECT DISTINCT day FROM interactions WHERE person_id = ? AND apart <= ? ORDER BY day DESC",
        (person_id, not seen),
    )
    return [date.fromisoformat(row["day"]) for row in rows]


def add_meeting(db: Database, capture_id: int, person_id: int, day: date, apart: bool = False) -> None:
    """``apart``: by telephone or in writing."""
    db.write(
        "INSERT INTO interactions(capture_id, person_id, day, apart) VALUES (?, ?, ?, ?)",
        (capture_id, person_id, day.isoformat(), apart),
    )


def _known(db: Database, condition: str, values: Sequence[object] = ()) -> list[Person]:
    rows = db.rows(
        f"""SELECT p.id, p.name, group_concat(a.alias, char(31)) AS also
            FROM people p LEFT JOIN aliases a ON a.person_id = p.id {condition} GROUP BY p.id ORDER BY p.name, p.id""",
        values,
    )
    return [_person(row) for row in rows]


def _add(db: Database, name: str, capture_id: int | None, standing: str) -> Person:
    new = db.write(
        "INSERT INTO people(name, capture_id, standing) VALUES (?, ?, ?)",
        (name, capture_id, standing),
    )
    return Person(new, name)


def _which_or_unclear(db: Database, found: list[Person], name: str, capture_id: int | None) -> Person:
    """Whom the note was said to mean already; else one unclear person for each such name of a note."""
    told = {row["person_id"] for row in db.rows(_TOLD_OF, (capture_id,))}
    if len(meant := [p for p in found if p.id in told]) == 1:
        return meant[0]
    same = [p for p in unclear_in(db, capture_id) if folded(p.name) == folded(name)] if capture_id else []
    return same[0] if same else _add(db, name, capture_id, "unclear")


def _person(row: Row) -> Person:
    return Person(row["id"], row["name"], tuple(row["also"].split("\x1f")) if row["also"] else ())
