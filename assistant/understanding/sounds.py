"""Names that sound alike: a speech engine writes "Bucky" for Bukky and "Tarik" for Tariq."""

from __future__ import annotations

import re
from functools import lru_cache

from assistant.understanding.words import plain

# Spellings that sound the same, applied in order.
_SPELLINGS = """
ph>f gh>g ck>k qu>k q>k x>ks sch>sh cz>sh sz>sh ch>c th>t kh>k dh>d bh>b jh>j wh>w rh>r wr>r kn>n
ce>se ci>si cy>si sh>s c>k z>s v>f w>f j>g dt>t d>t b>p
"""
_SAME = tuple(tuple(pair.split(">")) for pair in _SPELLINGS.split())
_VOWELS = re.compile(r"[aeiouyh]")
_TWICE = re.compile(r"(.)\1+")


def sound_alike(heard: str, name: str) -> bool:
    """Whether ``heard`` is likely to be a mis-hearing of ``name``; both of four letters at least."""
    heard, name = _letters(heard), _letters(name)
    if min(len(heard), len(name)) < 3 or abs(len(heard) - len(name)) > 3 or max(len(heard), len(name)) > 24:
        return heard == name
    if _TWICE.sub(r"\1", heard) == _TWICE.sub(r"\1", name):
        return True
    mine, other = sound(heard), sound(name)
    if _first(heard) != _first(name):
        return False
    if mine == other:
        return len(mine) > 2 or _edits(heard, name) <= 2
    return min(len(heard), len(name)) > 4 and _edits(mine, other) <= 1 and _edits(heard, name) <= 2


@lru_cache(maxsize=4096)
def sound(name: str) -> str:
    """The consonants one hears."""
    letters = _letters(name)
    for spelling, sounds in _SAME:
        letters = letters.replace(spelling, sounds)
    letters = letters.replace("g", "k")
    return _TWICE.sub(r"\1", _VOWELS.sub("", letters.rstrip("f") if name.endswith("w") else letters))


def _first(name: str) -> str:
    return "vowel" if name[0] in "aeiouyh" else sound(name)[:1]


def _letters(name: str) -> str:
    return "".join(c for c in plain(name) if c.isalpha())


def _edits(a: str, b: str) -> int:
    """How many letters apart (insertions, deletions, replacements)."""
    row = list(range(len(b) + 1))
    for i, x in enumerate(a, 1):
        last, row[0] = row[0], i
        for j, y in enumerate(b, 1):
            last, row[j] = row[j], min(row[j] + 1, row[j - 1] + 1, last + (x != y))
    return row[-1]
