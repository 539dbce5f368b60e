"""Word lists put together from the language's data."""

from __future__ import annotations

from functools import lru_cache

from assistant.understanding.language import word_set


@lru_cache
def given_names() -> frozenset[str]:
    return word_set("names", "female") | word_set("names", "male") | word_set("names", "either")


@lru_cache
def all_roles() -> frozenset[str]:
    """Every word for who someone is to someone else."""
    return frozenset().union(*(word_set("relations", "roles", kind) for kind in ("he", "she", "any", "plural")))


@lru_cache
def single_roles() -> frozenset[str]:
    """Those for one person."""
    return frozenset().union(*(word_set("relations", "roles", kind) for kind in ("he", "she", "any")))


def gender_of(name: str) -> str:
    """ "she" or "he" where a title, a role or a given name shows it, else ""."""
    first = name.lower().split()
    if any(w in word_set("words", "gender", "she") for w in first) or (
        first and first[-1] in word_set("words", "gender", "she")
    ):
        return "she"
    if any(w in word_set("words", "gender", "he") for w in first):
        return "he"
    she, he = word_set("names", "female"), word_set("names", "male")
    for word in first:
        if (word in she) != (word in he):
            return "she" if word in she else "he"
        if word in she and word in he:
            return ""
    return ""
