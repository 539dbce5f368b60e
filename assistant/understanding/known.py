"""The people already known, found by any of the ways they are called."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

from assistant.understanding.language import word_set
from assistant.understanding.meaning import KnownPerson
from assistant.understanding.misheard import Way, slips
from assistant.understanding.words import Word, plain_words

_Key = tuple[str, ...]


class KnownNames:
    """Looks people up by full name, other name, first name, or other name with the surname."""

    def __init__(self, people: Sequence[KnownPerson]) -> None:
        self._by_key: dict[_Key, list[tuple[KnownPerson, str]]] = {}
        for person in people:
            for key, shown in _ways(person).items():
                self._by_key.setdefault(key, []).append((person, shown))
        self._longest = max((len(key) for key in self._by_key), default=0)

    def is_name(self, word: str) -> bool:
        return (word,) in self._by_key

    def at(self, words: Sequence[Word], i: int, cased: bool) -> tuple[int, KnownPerson | None, str] | None:
        """(past the last word, who, how to speak of them) if someone known is named here; None for who where
        several people are called so."""
        for length in range(min(self._longest, len(words) - i), 0, -1):
            key = tuple(w.plain for w in words[i : i + length])
            hits = self._by_key.get(key)
            if hits and _fits(words, i, i + length, cased):
                one = {person.name for person, _ in hits}
                return i + length, hits[0][0] if len(one) == 1 else None, hits[0][1]
        return None

    def misheard(self, words: Sequence[Word], cased: bool) -> dict[int, tuple[int, KnownPerson, str]]:
        """What ``at`` would say of the names that were heard as other words, by their first word."""
        taken: set[int] = set()
        for i in range(len(words)):
            if hit := self.at(words, i, cased):
                taken.update(range(i, hit[0]))
        found = slips(words, self._ways_heard(), taken)
        return {first: (slip.last, slip.way.person, slip.way.shown) for first, slip in found.items()}

    def _ways_heard(self) -> list[Way]:
        """The ways that a speech engine may not know: no ordinary words, and of one person only."""
        ways = []
        ordinary = word_set("words", "ordinary", "words") | word_set("words", "nouns", "parents")
        for key, hits in self._by_key.items():
            person, shown = hits[0]
            if len({who.name for who, _ in hits}) == 1 and ordinary.isdisjoint(key) and max(map(len, key)) > 2:
                ways.append(Way(" ".join(key), shown, person))
        return ways


@lru_cache(maxsize=4096)
def _ways(person: KnownPerson) -> dict[_Key, str]:
    """Every way to call someone, as plain words, and how to speak of them when so called."""
    names = [person.name, *person.also]
    ways: dict[_Key, str] = {}
    full = plain_words(person.name)
    titles = word_set("words", "nouns", "titles")
    for name in names:
        key = plain_words(name)
        if key:
            ways.setdefault(key, name)
            ways.setdefault(tuple(part.replace("-", "") for part in key), name)
    lead = full[0] if full else ""
    if len(full) > 1 and lead not in titles:
        ways.setdefault(full[:1], person.name.split()[0])
    surname = full[-1:] if len(full) > 1 else ()
    for name in person.also:
        key = plain_words(name)
        if len(key) == 1 and surname and key[0] not in word_set("words", "nouns", "parents"):
            ways.setdefault((*key, *surname), f"{name} {person.name.split()[-1]}")
        if len(key) == 2 and key[0] in {"big", "wee", "little", "young", "old"}:
            ways.setdefault(key[1:], name.split()[-1])
    return ways


def _fits(words: Sequence[Word], first: int, last: int, cased: bool) -> bool:
    """Whether words that are called like someone do mean someone here."""
    if last - first > 1:
        return True
    word = words[first]
    before = words[first - 1].plain if first else ""
    if word.plain in word_set("words", "nouns", "parents"):
        return before not in {"'s", "his", "her", "their", "your", "a", "the", "whose"}
    if word.plain not in word_set("names", "also_words") and word.plain not in word_set("words", "ordinary", "words"):
        return True
    follow = words[last].plain if last < len(words) else ""
    if cased:
        return word.capital and not (word.first and follow in {"you", "i", "we", "it", "that", "to", "the", "a"})
    return follow == "'s" or (
        word.plain not in {"will", "may", "mark", "hope", "miss"} and follow not in {"the", "a", "to"}
    )
