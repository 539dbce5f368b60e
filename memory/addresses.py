"""Address books. Being in one makes nobody known; it lends mail addresses, nicknames and birthdays to those who are."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from memory.database import Database
from memory.names import folded
from memory.records import Person


@dataclass(frozen=True, slots=True)
class Card:
    """Someone in an address book. ``also``: nicknames. ``born``, ``anniversary``: 1985-04-12, --04-12 or --04."""

    name: str
    also: tuple[str, ...] = ()
    mails: tuple[str, ...] = ()
    born: str | None = None
    anniversary: str | None = None


def replace(db: Database, source_id: int, cards: Iterable[Card]) -> None:
    """Keeps these as all that an address book has: who is not among them is gone."""
    with db.transaction():
        db.write("DELETE FROM cards WHERE source_id = ?", (source_id,))
        for card in cards:
            db.write(
                "INSERT INTO cards(source_id, name, also, mails, born, anniversary) VALUES (?, ?, ?, ?, ?, ?)",
                (source_id, card.name, json.dumps(card.also), json.dumps(card.mails), card.born, card.anniversary),
            )


def of_known(db: Database, everyone: Sequence[Person]) -> list[tuple[Person, Card]]:
    """The cards of those who are known (``everyone``), as far as it is clear whose each is."""
    return [(person, card) for person, card, _ in _known(db, everyone)]


def shared_first_names(db: Database) -> frozenset[str]:
    """The first names, as they are compared, that several people in the address books have."""
    names = {folded(row["name"]) for row in db.rows("SELECT DISTINCT name FROM cards")}
    return frozenset(first for first, number in Counter(map(_first, names)).items() if number > 1)


def forget(db: Database, everyone: Sequence[Person], person_id: int) -> list[str]:
    """Removes someone's cards; returns the mail addresses that were on them."""
    theirs = [(card, card_id) for person, card, card_id in _known(db, everyone) if person.id == person_id]
    for _, card_id in theirs:
        db.write("DELETE FROM cards WHERE id = ?", (card_id,))
    return [mail for card, _ in theirs for mail in card.mails]


def _known(db: Database, everyone: Sequence[Person]) -> list[tuple[Person, Card, int]]:
    """Whose card it is, the card, and its id."""
    rows = [(row, (row["name"], *_list(row["also"]))) for row in db.rows("SELECT * FROM cards ORDER BY id")]
    called: dict[str, set[Person]] = {}
    for person in everyone if rows else ():
        for name in (person.name, *person.also):
            called.setdefault(folded(name), set()).add(person)
            called.setdefault(_first(name), set()).add(person)
    firsts = Counter(first for first, _ in {(_first(n), folded(names[0])) for _, names in rows for n in names})
    found = []
    for row, names in rows:
        whose = {p for name in names if _first(name) in called for p in _whose(name, called, firsts)}
        if len(whose) == 1:
            card = Card(row["name"], names[1:], _list(row["mails"]), row["born"], row["anniversary"])
            found.append((whose.pop(), card, row["id"]))
    return found


def _list(kept: str) -> tuple[str, ...]:
    return tuple(json.loads(kept)) if kept != "[]" else ()


def _first(name: str) -> str:
    return folded(name).split(" ")[0]


def _whose(name: str, called: dict[str, set[Person]], firsts: Counter[str]) -> set[Person]:
    """Whom a card with this name can be of: a Joan Mbeki is the Joan that is known, where there is one Joan alone,
    here and there.
    """
    whole = folded(name)
    first = _first(name)
    if " " in whole and whole in called:
        return called[whole]
    whose = called.get(first, set())
    alone = len(whose) == 1 and firsts[first] == 1
    by_first_name = " " not in whole or any(first == folded(n) for p in whose for n in (p.name, *p.also))
    return whose if alone and by_first_name else set()
