"""The data of one spoken language: the word lists and sentence patterns of a folder beside this file."""

from __future__ import annotations

import tomllib
from functools import lru_cache
from pathlib import Path
from typing import Any

DEFAULT = "en"


@lru_cache
def load(name: str, language: str = DEFAULT) -> dict[str, Any]:
    """The table of ``{language}/{name}.toml``. OSError or tomllib.TOMLDecodeError if the file is broken."""
    path = Path(__file__).parent / language / f"{name}.toml"
    return tomllib.loads(path.read_text(encoding="utf-8"))


@lru_cache
def word_set(name: str, *keys: str) -> frozenset[str]:
    """The words of one space-separated list: ``word_set("words", "nouns", "pets")``."""
    value: Any = load(name)
    for key in keys:
        value = value[key]
    return frozenset(value.split() if isinstance(value, str) else value)
