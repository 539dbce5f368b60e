"""Words read once more: in other words, or without what is known. And the data that some intents read by."""

from __future__ import annotations

import tomllib
from functools import cache
from pathlib import Path
from typing import Any

from assistant.intents.asked import Asked
from assistant.understanding.meaning import KnownPerson, Meaning
from assistant.understanding.rules import understand
from memory import people
from memory.database import Database


def reread(asked: Asked, words: str) -> Meaning:
    """What ``words`` would have meant, said at the same moment."""
    return understand(words, asked.now, known_people(asked.db))


def known_people(db: Database) -> list[KnownPerson]:
    """Everyone spoken of before, as understanding knows them."""
    return [KnownPerson(p.name, p.also) for p in people.everyone(db)]


def names_said(asked: Asked) -> tuple[str, ...]:
    """The names in what was said, as they were said: not taken for people known who are called much the same."""
    return understand(asked.words, asked.now, ()).people


@cache
def language(name: str) -> dict[str, Any]:
    """The table of ``{name}.en.toml`` beside this file."""
    return tomllib.loads((Path(__file__).parent / f"{name}.en.toml").read_text(encoding="utf-8"))
