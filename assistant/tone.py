"""The rules of tone, as a program: what Fondly never says, spoken or written."""

from __future__ import annotations

import re
import tomllib
from functools import cache
from pathlib import Path


def unkind(text: str) -> list[str]:
    """The rules that ``text`` breaks, each as "words: why"; empty when it may be said."""
    return [f"{found.group()}: {why}" for pattern, why in _rules() if (found := pattern.search(text))]


@cache
def _rules() -> list[tuple[re.Pattern[str], str]]:
    rules = tomllib.loads((Path(__file__).parent / "tone.en.toml").read_text(encoding="utf-8"))["never"]
    return [
        (re.compile(rf"(?<!\w)(?:{words})(?!\w)", re.IGNORECASE), rule["why"])
        for rule in rules
        for words in rule["words"]
    ]
