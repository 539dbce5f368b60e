"""Relatives as people ask for them: someone's kids are also their partner's, and "kids" are sons and daughters."""

from __future__ import annotations

from assistant.intents.asked import Asked
from assistant.intents.reading import language
from memory import relatives
from memory.records import Person


def called(asked: Asked, person: Person, role: str) -> list[Person]:
    """Everyone who was said to be that to someone."""
    if role in language("recall")["children"].split():
        return children(asked, person, role)
    return relatives.called(asked.db, person, role)


def children(asked: Asked, person: Person, role: str) -> list[Person]:
    """Their children, or their partner's, of whom a word for children (``role``) can speak."""
    table = language("recall")
    words = table["daughters"].split() if role in table["daughters"].split() else table["sons"].split()
    either = role not in table["daughters"].split() and role not in table["sons"].split()
    partners = [p for word in table["partners"].split() for p in relatives.called(asked.db, person, word)]
    found = [
        child
        for parent in (person, *partners)
        for word in (table["children"].split() if either else words)
        for child in relatives.called(asked.db, parent, word)
    ]
    return [c for c in dict.fromkeys(found) if c.id not in {p.id for p in (person, *partners)}]
