"""Whether words that could be a new name are a person: what stands before and after them tells."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

from assistant.understanding.clock import number_at
from assistant.understanding.language import word_set
from assistant.understanding.lexicon import all_roles, given_names
from assistant.understanding.words import Word


def is_person(words: Sequence[Word], first: int, last: int, cased: bool, beside_person: bool) -> bool:
    """Whether ``words[first:last]``, capitalised or a given name, is a person here and not a place or a thing."""
    before = words[first - 1].plain if first else ""
    follow = words[last].plain if last < len(words) else ""
    given = _is_given(words[first:last])
    if not cased:
        return before not in word_set("words", "around", "no_name_after")
    if is_pet(words, first):
        return False
    if first > 1 and words[first - 2].plain == "name" and before in word_set("words", "around", "before_pet_name"):
        return True
    if before in word_set("words", "around", "articles"):
        return False
    if first > 1 and before in word_set("words", "nouns", "pets"):
        return False
    street = words[last - 1].plain.endswith(tuple(word_set("words", "nouns", "street_ending")))
    if street or follow in word_set("words", "nouns", "street"):
        return False
    if before == "into" and first > 1 and words[first - 2].plain in word_set("words", "nouns", "bumping"):
        return True
    if before in word_set("words", "nouns", "before_place"):
        inside = before in word_set("words", "nouns", "inside_place")
        return given and not inside and not (before == "from" and first > 1 and _moves(words, first))
    if before in word_set("words", "nouns", "before_either") and not words[first].first:
        return _after_preposition(words, first, last, before, given)
    if given or beside_person:
        return True
    return _is_placed_like_person(words, first, last, before, follow)


def is_pet(words: Sequence[Word], first: int) -> bool:
    """ "a kelpie called Biscuit", "her cats, Bori and Miso", "the dog Tinker"."""
    pets = word_set("words", "nouns", "pets")
    for back in range(first - 1, max(-1, first - 7), -1):
        word = words[back]
        if word.mark in {".", "?"} or word.plain in word_set("words", "around", "before_owner"):
            return False
        if word.plain in pets or word.plain.removesuffix("s") in pets:
            between = {w.plain for w in words[back + 1 : first]}
            return between <= word_set("words", "around", "before_pet_name") or "called" in between
        if word.capital and first - back > 3:
            return False
    return False


def is_surname(word: str) -> bool:
    """Whether a lower-case word after a given name can only be a surname."""
    if number_at([word], 0) is not None:
        return False
    unlike = word.endswith(("ing", "ed", "ly", "'s", "n't")) or word.startswith("'") or not word.isalpha()
    common = word in word_set("words", "ordinary", "words") or word in _not_surnames()
    return len(word) > 3 and not unlike and not common


def _after_preposition(words: Sequence[Word], first: int, last: int, before: str, given: bool) -> bool:
    if before == "to":
        return not _moves(words, first) and (given or _near(words, first, word_set("words", "around", "giving"), 6))
    if before == "at":
        return given and last < len(words) and words[last].plain == "'s"
    if before == "for":
        return given or not _near(words, first, word_set("words", "around", "working"), 3)
    return given or (before == "of" and not words[first - 2].capital if first > 1 else False)


def _is_placed_like_person(words: Sequence[Word], first: int, last: int, before: str, follow: str) -> bool:
    if before in all_roles() or before in word_set("words", "around", "called"):
        return True
    if before == "'s" and first > 1:
        return False
    if follow == "'s" and before in word_set("words", "around", "before_thing"):
        return False
    after = words[last + 1].plain if last + 1 < len(words) else ""
    if follow == "'s" and after in all_roles():
        return True
    opens = (
        words[first].first
        or not before
        or words[first - 1].mark
        or before in word_set("words", "around", "before_subject")
    )
    if opens and follow in word_set("words", "around", "after_subject"):
        return True
    if opens and follow == "the" and words[first].first:  # "Con the caretaker"
        return True
    if opens and (follow.endswith("ed") or (follow.endswith("s") and len(follow) > 3 and last < len(words))):
        return True
    if before in word_set("words", "nouns", "before_person") or before in word_set("words", "around", "asking"):
        return True
    if (
        words[first].first
        and words[last - 1].mark == ","
        and last - first < 3
        and follow in word_set("words", "around", "after_comma")
    ):
        return True
    joined = before in word_set("words", "around", "joining") or words[first - 1].mark == "," if first else False
    return bool(joined and last - first <= 2 and first > 1 and words[first - 2].capital and follow != "of")


def _moves(words: Sequence[Word], first: int) -> bool:
    return _near(words, first, word_set("words", "nouns", "moving"), 4)


def _near(words: Sequence[Word], first: int, which: frozenset[str], reach: int) -> bool:
    for word in reversed(words[max(0, first - reach) : first]):
        if word.plain in which:
            return True
        if word.mark in {".", "?"}:
            return False
    return False


def _is_given(words: Sequence[Word]) -> bool:
    titles = word_set("words", "nouns", "titles")
    return (
        any(w.plain in given_names() or w.plain.split("-")[0] in given_names() for w in words)
        or words[0].plain in titles
    )


@lru_cache
def _not_surnames() -> frozenset[str]:
    names = given_names() | all_roles() | word_set("words", "nouns", "pets") | word_set("words", "capitals", "never")
    return (
        names
        | word_set("words", "around", "after_subject")
        | word_set("words", "nouns", "before_place")
        | word_set("words", "nouns", "moving")
    )
