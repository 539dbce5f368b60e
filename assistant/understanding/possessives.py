"""Possessives that a speech engine writes without an apostrophe: "freddies flat"."""

from __future__ import annotations

from collections.abc import Sequence

from assistant.understanding.known import KnownNames
from assistant.understanding.language import word_set
from assistant.understanding.lexicon import all_roles, given_names
from assistant.understanding.words import Word, split_word


def possessives_apart(words: Sequence[Word], known: KnownNames, cased: bool) -> list[Word]:
    """ "freddies flat" as freddie + s; also "James'" stays whole."""
    parted: list[Word] = []
    for number, word in enumerate(words):
        follow = words[number + 1].plain if number + 1 < len(words) else ""
        before = words[number - 1].plain if number else ""
        if _is_joined_possessive(word, before, follow, known, cased):
            parted += split_word(word, len(word.text) - 1, (word.plain[:-1], "'s"))
        else:
            parted.append(word)
    return parted


def _is_joined_possessive(word: Word, before: str, follow: str, known: KnownNames, cased: bool) -> bool:
    stem = word.plain[:-1]
    if not word.plain.endswith("s") or len(stem) < 2 or len(word.plain) != len(word.text) or word.mark or not follow:
        return False
    if known.is_name(word.plain) or word.plain in given_names():
        return False
    if known.is_name(stem):
        return True
    if cased:
        return False
    if stem in word_set("words", "ordinary", "words") - given_names() and stem in all_roles():
        owned = before == "'s" or before in word_set("words", "pronouns", "possessive")
        return owned and follow not in word_set("clauses", "verbs")
    if before in given_names() and stem not in word_set("words", "ordinary", "words") and len(stem) > 3:
        if word.plain.endswith(tuple(word_set("words", "nouns", "surname_endings"))) and follow not in all_roles():
            return False
        if follow.endswith("ing"):
            return True
        return follow in all_roles() or follow in word_set("clauses", "verbs") - word_set("clauses", "auxiliaries")
    unsure = word.plain in word_set("words", "ordinary", "words") or word.plain in word_set("names", "also_plural")
    if stem in given_names():
        return not unsure or follow in all_roles()
    return (
        follow in all_roles()
        and stem not in word_set("words", "ordinary", "words")
        and word.plain not in word_set("words", "ordinary", "words")
    )
