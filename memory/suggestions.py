"""What became of the reasons to speak up, by the key that a reason has at every look and after every restart."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Literal

from memory.database import Database, Row
from memory.records import Person

SuggestionState = Literal["saying", "unheard", "withheld", "offered", "done", "later", "let go"]


@dataclass(frozen=True, slots=True)
class Suggestion:
    """``state``: "saying" from before the first sound of ``said``, and after a crash, when nobody knows whether it was
    heard; "unheard"; "withheld", where others would have heard it; "offered", which means heard; and what was said to
    it.

    ``asked_for``: the speaker wanted to be told. ``not_before``: put off until then.
    """

    id: int
    key: str
    people: tuple[Person, ...]
    reminder_id: int | None
    asked_for: bool
    state: SuggestionState
    said: str
    tries: int
    tried_at: datetime
    offered_at: datetime | None
    not_before: datetime | None


def begin(
    db: Database,
    key: str,
    said: str,
    now: datetime,
    *,
    people: Sequence[Person] = (),
    asked_for: bool = False,
    private: bool = False,
    reminder_id: int | None = None,
) -> None:
    """It is about to be said, in the words ``said``, which are not for everyone's ears if they are ``private``."""
    with db.transaction():
        db.write(
            """INSERT INTO suggestions(key, reminder_id, asked_for, state, said, tries, tried_at, private)
               VALUES (?1, ?2, ?3, 'saying', ?5, 1, ?4, ?6)
               ON CONFLICT(key) DO UPDATE SET
                   state = 'saying', said = ?5, tries = tries + 1, tried_at = ?4, not_before = NULL, private = ?6""",
            (key, reminder_id, asked_for, _utc(now), said, private),
        )
        for person in people:
            db.write(
                "INSERT OR IGNORE INTO suggestion_people SELECT id, ? FROM suggestions WHERE key = ?", (person.id, key)
            )


def heard(db: Database, key: str, now: datetime) -> None:
    """It was heard to its end, and with it the reminder that it told. What was settled meanwhile stays settled."""
    with db.transaction():
        db.write(
            "UPDATE suggestions SET state = 'offered', offered_at = ? WHERE key = ? AND state = 'saying'",
            (_utc(now), key),
        )
        db.write(
            """UPDATE reminders SET state = 'told', told_at = ? WHERE state = 'open'
               AND id = (SELECT reminder_id FROM suggestions WHERE key = ?)""",
            (now.isoformat(), key),
        )


def not_heard(db: Database, key: str, state: Literal["unheard", "withheld"]) -> None:
    db.write("UPDATE suggestions SET state = ? WHERE key = ? AND state = 'saying'", (state, key))


def settle(db: Database, suggestion: Suggestion, state: Literal["done", "later", "let go"]) -> None:
    """What was said to it; its reminder is settled with it. One that is put off has a day of its own: ``put_off``."""
    with db.transaction():
        db.write("UPDATE suggestions SET state = ? WHERE id = ?", (state, suggestion.id))
        db.write("UPDATE reminders SET state = ? WHERE id = ?", (state, suggestion.reminder_id))


def put_off(db: Database, suggestion: Suggestion, until: datetime) -> None:
    """It is offered again from then on, if it still holds."""
    db.write(
        "UPDATE suggestions SET state = 'later', not_before = ?, tries = 0 WHERE id = ?", (_utc(until), suggestion.id)
    )


def by_key(db: Database, key: str) -> Suggestion | None:
    found = _suggestions(db, "WHERE key = ?", (key,))
    return found[0] if found else None


def latest(db: Database, count: int = 1) -> list[Suggestion]:
    """Those that were said, or begun, last: the newest first, whatever became of them."""
    return _suggestions(db, "ORDER BY tried_at DESC, id DESC LIMIT ?", (count,))


def last_offered(db: Database, person_id: int | None = None) -> Suggestion | None:
    """What "done", "later" and "let it go" mean: the newest that was said and not settled; about ``person_id``, if
    given. One that was spoken over counts: that is how people say it.
    """
    about = "AND id IN (SELECT suggestion_id FROM suggestion_people WHERE person_id = ?)" if person_id else ""
    found = _suggestions(
        db,
        f"WHERE state IN ('saying', 'unheard', 'withheld', 'offered') {about} ORDER BY tried_at DESC, id DESC LIMIT 1",
        (person_id,) if person_id else (),
    )
    return found[0] if found else None


def unasked_since(db: Database, moment: datetime) -> list[Suggestion]:
    """What was said by itself since then, or begun to be, and had not been asked for."""
    return _suggestions(db, "WHERE tried_at >= ? AND NOT asked_for", (_utc(moment),))


def refusals(db: Database, person_id: int) -> int:
    """How often what was suggested about someone was let go."""
    row = db.row(
        """SELECT count(*) AS n FROM suggestions s JOIN suggestion_people p ON p.suggestion_id = s.id
           WHERE p.person_id = ? AND s.state = 'let go' AND NOT s.asked_for""",
        (person_id,),
    )
    return row["n"] if row else 0


def _suggestions(db: Database, rest: str, values: Iterable[object]) -> list[Suggestion]:
    return [_suggestion(db, row) for row in db.rows(f"SELECT * FROM suggestions {rest}", tuple(values))]


def _suggestion(db: Database, row: Row) -> Suggestion:
    whom = db.rows(
        "SELECT p.id, p.name FROM suggestion_people s JOIN people p ON p.id = s.person_id WHERE s.suggestion_id = ?",
        (row["id"],),
    )
    return Suggestion(
        id=row["id"],
        key=row["key"],
        people=tuple(Person(p["id"], p["name"]) for p in whom),
        reminder_id=row["reminder_id"],
        asked_for=bool(row["asked_for"]),
        state=row["state"],
        said=row["said"],
        tries=row["tries"],
        tried_at=datetime.fromisoformat(row["tried_at"]),
        offered_at=_moment(row["offered_at"]),
        not_before=_moment(row["not_before"]),
    )


def _moment(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text) if text else None


def _utc(moment: datetime) -> str:
    """So that the text has the order of time, whatever the zone."""
    return moment.astimezone(UTC).isoformat()
