"""Known people whose names a speech engine wrote as something else: "Had lunch with she won and Terrick".

Every one to three words are compared by ear with every known name. How alike they sound, how much less alike the
next best name is, and whether a name fits there make one score; the best that do not overlap are taken.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from assistant.understanding.language import word_set
from assistant.understanding.lexicon import given_names
from assistant.understanding.meaning import KnownPerson
from assistant.understanding.sounds import first_vowel, likeness, name_sounds, sound, weight
from assistant.understanding.words import Word

ENOUGH = 0.93
"""The score from which on words are taken for a name."""

# What speaks for and against a name, on the scale of likeness (1 is the same sounds): fitted once to words that
# Moonshine heard, then rounded.
_OF_MORE_WORDS = 0.12  # for each beyond the first: likeness of two words by chance is rarer
_OF_ORDINARY = -0.2  # times the share of ordinary words
_ALL_ORDINARY = -0.3
_OF_ANOTHER_NAME = -0.5  # one that sounds different, "Marek" for Mirek
_AFTER_PERSON_WORD = 0.07
_AFTER_MEETING = 0.1
_BEFORE_VERB = 0.1
_OUT_OF_PLACE = -0.12
_OPENS = 0.08
_CLOSES = -0.06

_WORTH_A_LOOK = 0.45  # likeness; less never comes to ENOUGH
_THE_SAME = 0.85
_LEAST_WEIGHT = 2.0  # of a name's sounds: shorter ones are heard everywhere
_MOST_WORDS = 400  # are compared; a longer story is only read
_WORDS = 3


@dataclass(frozen=True, slots=True)
class Way:
    """A way to call someone, and how to speak of them when so called."""

    name: str
    shown: str
    person: KnownPerson


@dataclass(frozen=True, slots=True)
class Slip:
    """Words ``first:last`` are likely to be ``way``, mis-heard."""

    first: int
    last: int
    way: Way
    score: float


def slips(words: Sequence[Word], ways: Sequence[Way], taken: Collection[int]) -> dict[int, Slip]:
    """Every name that was mis-heard, by its first word. ``taken``: the words that are known names as they stand."""
    found: dict[int, Slip] = {}
    used = set(taken)
    for slip in sorted(candidates(words, ways, taken), key=lambda s: (-s.score, s.first, s.last)):
        if slip.score < ENOUGH:
            break
        if used.isdisjoint(range(slip.first, slip.last)):
            found[slip.first] = slip
            used.update(range(slip.first, slip.last))
    return found


def candidates(words: Sequence[Word], ways: Sequence[Way], taken: Collection[int]) -> Iterator[Slip]:
    """Every stretch of words and everyone whose name sounds somewhat like it."""
    ears = [(sounds, way) for way in ways for sounds in name_sounds(way.name) if weight(sounds) >= _LEAST_WEIGHT]
    stretches = list(_stretches(words[:_MOST_WORDS], taken))
    heard = [sound(_spoken(words[first:last])) for first, last in stretches]
    if not ears or not heard:
        return
    alike = likeness(heard, [sounds for sounds, _ in ears])
    best: dict[int, dict[KnownPerson, tuple[float, str, Way]]] = {}
    for n, ear in zip(*np.nonzero(alike >= _WORTH_A_LOOK), strict=True):
        (sounds, way), here = ears[ear], best.setdefault(int(n), {})
        if way.person not in here or alike[n, ear] > here[way.person][0]:
            here[way.person] = float(alike[n, ear]), sounds, way
    for n, people in best.items():
        first, last = stretches[n]
        likes = [*sorted((like for like, _, _ in people.values()), reverse=True), _WORTH_A_LOOK]
        for like, sounds, way in people.values():
            fits = _fits(words, first, last)
            if any(w.plain in given_names() for w in words[first:last]) and not _same_name(like, heard[n], sounds):
                fits += _OF_ANOTHER_NAME
            yield Slip(first, last, way, _score(like, likes[1] if like == likes[0] else likes[0]) + fits)


def _same_name(alike: float, heard: str, sounds: str) -> bool:
    """Whether a name is but another way to write the other: "Hendrik" for Henrik, not "Marek" for Mirek."""
    return alike >= _THE_SAME and first_vowel(heard) == first_vowel(sounds)


def _score(alike: float, second: float) -> float:
    return alike + 0.75 * max(-0.2, min(0.2, alike - second)) + 0.9 * max(0.0, alike - 0.85)


def _fits(words: Sequence[Word], first: int, last: int) -> float:
    """How well a name fits where these words stand."""
    inside = words[first:last]
    before = words[first - 1] if first and not words[first - 1].mark else None
    follow = words[last] if last < len(words) and not inside[-1].mark else None
    fits = _OF_ANOTHER_NAME if _is_object(inside, before) else 0.0
    if not _spelled(inside) and inside[0].plain not in word_set("words", "around", "articles"):
        fits += _OF_MORE_WORDS * (last - first - 1)
    ordinary = sum(map(_ordinary, inside)) / len(inside)
    fits += _OF_ORDINARY * ordinary + (_ALL_ORDINARY if ordinary == 1 else 0)
    if before and before.plain in word_set("words", "nouns", "before_person"):
        fits += _AFTER_PERSON_WORD
    if before and before.plain in word_set("words", "nouns", "meeting") | {"with"}:
        fits += _AFTER_MEETING
    if inside[0].first:
        fits += _OPENS
    opens = before is None or before.plain in word_set("clauses", "joints")
    if follow is None:
        fits += _CLOSES
    elif opens and follow.plain in word_set("words", "around", "after_subject"):
        fits += _BEFORE_VERB
    return fits if _has_place(inside, before, follow, opens) else fits + _OUT_OF_PLACE


def _is_object(inside: Sequence[Word], before: Word | None) -> bool:
    """Whether "me" opens them, to whom something was told or given: "told me on yard"."""
    told = before and before.plain in word_set("clauses", "telling") | word_set("words", "around", "giving")
    return bool(told) and len(inside) > 1 and inside[0].plain in word_set("words", "pronouns", "speaker")


def _has_place(inside: Sequence[Word], before: Word | None, follow: Word | None, opens: bool) -> bool:
    """Whether the sentence speaks of a person here, as far as the words beside the place tell."""
    surely = word_set("words", "nouns", "before_person") - word_set("words", "nouns", "unsure_person")
    if before and before.plain in surely:
        return True
    if follow and follow.plain == "'s":
        return True
    if opens and follow and follow.plain in word_set("words", "around", "after_subject"):
        return True
    return all(w.capital and not w.first for w in inside)


def _ordinary(word: Word) -> bool:
    return word.plain.startswith("'") or word.plain == "n't" or word.plain in word_set("words", "ordinary", "words")


def _stretches(words: Sequence[Word], taken: Collection[int]) -> Iterator[tuple[int, int]]:
    """Where a name could stand: one to three words without a pause, not all of them ordinary."""
    for first, word in enumerate(words):
        if word.plain.startswith("'"):
            continue
        last = first
        while last < len(words) and last not in taken and not any(map(str.isdigit, words[last].plain)):
            last += 1
            inside = words[first:last]
            letters = all(len(w.plain) == 1 for w in inside)
            if last - first > (_WORDS if not letters else 10):
                break
            if last - first > 1 or not _ordinary(word):
                yield first, last
            if words[last - 1].mark and not letters:
                break


def _spelled(words: Sequence[Word]) -> bool:
    """Letters of their own: the engine spells names it cannot read ("M. I. T. R. I.")."""
    return len(words) > 2 and all(len(w.plain) == 1 for w in words)


def _spoken(words: Sequence[Word]) -> str:
    return ("" if _spelled(words) else " ").join(w.plain for w in words)
