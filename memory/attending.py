"""Who of the people known an event of a calendar is with: by mail address, by name, and by its title."""

from __future__ import annotations

import json
import re
import tomllib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import chain
from pathlib import Path

from memory import addresses, people
from memory.database import Database
from memory.names import folded
from memory.records import Person

_TOKEN = re.compile(r"[^\W_]+(?:[-'’:][^\W_]+)*|&|@|\+|,|/")
_JOINS = {"&", "+", ",", "/", "and"}
_POSSESSIVE = re.compile(r"['’]s?$")
_LONGEST_NAME = 4  # words


@dataclass(frozen=True, slots=True)
class Attendee:
    """As a calendar has them; the mail address in lower case."""

    name: str | None
    mail: str | None


@dataclass(frozen=True, slots=True)
class Acquaintances:
    """By what those known are found. ``whole``: full names, nicknames; ``first``: first names; ``shared``: those that
    several people in the address books have; ``own``: the mail addresses of the speaker, who is nobody here.
    """

    mails: dict[str, set[Person]]
    whole: dict[str, set[Person]]
    first: dict[str, set[Person]]
    shared: frozenset[str]
    own: frozenset[str]

    def of(self, title: str, attendees: Iterable[Attendee]) -> tuple[Person, ...]:
        """Who comes, then who is named in the title, each once and only where it is clear who is meant."""
        coming = (self._one(self._attending(a)) for a in attendees if a.mail is None or a.mail not in self.own)
        return tuple(dict.fromkeys(p for p in chain(coming, self.named_in(title)) if p))

    def named_in(self, title: str, strangers: bool = False) -> list[Person]:
        """Whom a title names. ``strangers``: it is no title of the speaker's own, so a Joan with a surname that is
        not known is some other Joan.
        """
        tokens = _tokens(title)
        found: list[Person] = []
        at, led = 0, False
        while at < len(tokens):
            length, person = self._name_at(tokens, at, led, strangers)
            if person:
                found.append(person)
            plain = tokens[at].plain
            led = bool(person) or plain in _words("with", "meeting") or (led and plain in _JOINS)
            at += length
        return found

    def _attending(self, attendee: Attendee) -> set[Person]:
        if attendee.mail and (whose := self.mails.get(attendee.mail)):
            return whose
        name = folded(" ".join(reversed((attendee.name or "").split(","))))
        if whole := self.whole.get(name):
            return whole
        return self._known_by_first_name_alone(name)

    def _known_by_first_name_alone(self, name: str) -> set[Person]:
        """A Priya Sharma is the Priya that is known, unless several are called so or hers is another surname."""
        first = name.split(" ")[0]
        whose = self.first.get(first, set())
        alone = len(whose) == 1 and first not in self.shared
        return whose if alone and self.whole.get(first) == whose else set()

    def _name_at(self, tokens: Sequence[_Token], at: int, led: bool, strangers: bool) -> tuple[int, Person | None]:
        """How many tokens from there on are read, and whom they name."""
        if tokens[at].plain not in self.first:
            return 1, None
        for length in range(min(_LONGEST_NAME, len(tokens) - at), 1, -1):
            whole = self.whole.get(" ".join(t.plain for t in tokens[at : at + length]))
            if whole and tokens[at].capital:
                return length, self._one(whole)
        token = tokens[at]
        person = self._one(self.whole.get(token.plain, set()) | self.first.get(token.plain, set()))
        if person is None:
            return 1, None
        return 1, person if _is_a_name(tokens, at, led, strangers or " " in person.name) else None

    @staticmethod
    def _one(whose: set[Person]) -> Person | None:
        return next(iter(whose)) if len(whose) == 1 else None


def acquaintances(db: Database) -> Acquaintances:
    everyone = people.everyone(db)
    found = Acquaintances({}, {}, {}, addresses.shared_first_names(db), _own(db))
    for person in everyone:
        for name in (person.name, *person.also):
            _add(found, person, name)
    for person, card in addresses.of_known(db, everyone):
        for name in (card.name, *card.also):
            _add(found, person, name)
        for mail in card.mails:
            found.mails.setdefault(mail, set()).add(person)
    return found


def _add(found: Acquaintances, person: Person, name: str) -> None:
    plain = folded(name)
    found.whole.setdefault(plain, set()).add(person)
    found.first.setdefault(plain.split(" ")[0], set()).add(person)


def _own(db: Database) -> frozenset[str]:
    rows = db.rows("SELECT own, user FROM sources WHERE kind = 'calendar'")
    users = (row["user"] for row in rows if row["user"] and "@" in row["user"])
    return frozenset(mail.lower() for mail in chain(users, *(json.loads(row["own"]) for row in rows)))


@dataclass(frozen=True, slots=True)
class _Token:
    """``plain``: as names are compared, without an 's. ``close``: only a space is between it and the one before."""

    plain: str
    capital: bool
    possessive: bool
    close: bool


def _tokens(title: str) -> list[_Token]:
    found = []
    lower, end = title.islower(), 0
    for match in _TOKEN.finditer(title):
        word = _POSSESSIVE.sub("", match[0])
        capital = lower or word[:1].isupper()
        found.append(_Token(folded(word), capital, word != match[0], title[end : match.start()] == " "))
        end = match.end()
    return found


def _is_a_name(tokens: Sequence[_Token], at: int, led: bool, has_surname: bool) -> bool:
    """Whether a word that is somebody's name means them: "Lunch Joan", but not "Saint Joan", "Joan Baez live".

    ``led``: it follows "with", "lunch", another name.
    """
    token = tokens[at]
    before = tokens[at - 1] if at else None
    after = tokens[at + 1] if at + 1 < len(tokens) and tokens[at + 1].close else None
    if after and after.plain in _words("thing"):
        return False
    if token.possessive:
        return (before is not None and before.plain in ("at", "@")) or bool(after and after.plain in _words("hosted"))
    if before and token.close and (before.plain in _words("place") or (at > 1 and _like_a_name(before))):
        return led and before.plain not in _words("place")
    if after and _like_a_name(after):
        return led and not has_surname
    if token.plain in _words("words"):
        return led and (after is None or after.plain in _words("after") | _JOINS)
    return token.capital or led


def _like_a_name(token: _Token) -> bool:
    """Whether it has a capital that the words of an appointment do not explain: "Baez", but not "Lunch", "With"."""
    return token.capital and token.plain not in _words("with", "meeting", "hosted", "after") | _JOINS


@cache
def _words(*kinds: str) -> frozenset[str]:
    table = tomllib.loads((Path(__file__).parent / "titles.en.toml").read_text(encoding="utf-8"))
    return frozenset(word for kind in kinds for word in table[kind].split())
