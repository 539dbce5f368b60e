"""The people already known, found by any of the ways they are called."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from functools import lru_cache

from assistant.understanding.dates import spoken_dates
from assistant.understanding.language import word_set
from assistant.understanding.lexicon import gender_of
from assistant.understanding.meaning import KnownPerson
from assistant.understanding.misheard import Way, slips
from assistant.understanding.words import Word, plain_words

_Key = tuple[str, ...]
_ANY_TIME = datetime(2000, 1, 1)  # noqa: DTZ001 - which words say a day does not depend on the day


class KnownNames:
    """Looks people up by full name, other name, first name, or other name with the surname."""

    def __init__(self, people: Sequence[KnownPerson]) -> None:
        self._by_key: dict[_Key, list[tuple[KnownPerson, str]]] = {}
        for person in people:
            for key, shown in _ways(person).items():
                self._by_key.setdefault(key, []).append((person, shown))
        self._surnames = _surnames(people)
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
        return self._by_surname(words, i)

    def _by_surname(self, words: Sequence[Word], i: int) -> tuple[int, KnownPerson | None, str] | None:
        """ "Professor Ishikawa", of one person known."""
        if i + 1 >= len(words) or words[i].plain not in word_set("words", "nouns", "titles") or words[i].mark == ",":
            return None
        person = _of_title(self._surnames.get(words[i + 1].plain, []), words[i].plain)
        follow = words[i + 2] if i + 2 < len(words) else None
        if person is None or (follow and follow.capital and not follow.first and not words[i + 1].mark):
            return None
        return i + 2, person, f"{words[i].text.capitalize()} {person.name.split()[-1]}"

    def misheard(self, words: Sequence[Word], cased: bool) -> dict[int, tuple[int, KnownPerson, str]]:
        """What ``at`` would say of the names that were heard as other words, by their first word."""
        dates = spoken_dates([w.plain for w in words], _ANY_TIME)
        taken = {i for said in dates for i in range(said.first, said.last)}  # "in May" is not Maya
        for i in range(len(words)):
            if hit := self.at(words, i, cased):
                taken.update(range(i, hit[0]))
            elif i and words[i - 1].plain in word_set("words", "around", "called"):
                taken.add(i)  # a name that is told as a name is that name
        found = slips(words, self._ways_heard(), taken)
        return {first: (slip.last, slip.way.person, slip.way.shown) for first, slip in found.items()}

    def _ways_heard(self) -> list[Way]:
        """The ways that a speech engine may not know: no ordinary words, and of one person only."""
        ways = []
        for key, hits in self._by_key.items():
            person, shown = hits[0]
            if len({who.name for who, _ in hits}) == 1 and _unlike_words(key):
                ways.append(Way(" ".join(key), shown, person))
        return ways


def spoken_names(people: Sequence[KnownPerson]) -> list[str]:
    """What people are called aloud, for who listens for it: no names that are ordinary words ("Will")."""
    ways = {shown: key for person in people for key, shown in _ways(person).items()}
    return [shown for shown, key in ways.items() if _unlike_words(key)]


def _unlike_words(key: _Key) -> bool:
    """Whether a name is no ordinary word, and long enough to be told from one."""
    ordinary = word_set("words", "ordinary", "words") | word_set("words", "nouns", "parents")
    return ordinary.isdisjoint(key) and max(map(len, key)) > 2


def _surnames(people: Sequence[KnownPerson]) -> dict[str, list[KnownPerson]]:
    """Who has a surname."""
    bearers: dict[str, list[KnownPerson]] = {}
    for person in people:
        parts = plain_words(person.name)
        if len(parts) > 1:
            bearers.setdefault(parts[-1], []).append(person)
    return bearers


def _of_title(bearers: Sequence[KnownPerson], title: str) -> KnownPerson | None:
    """The only one of a surname who can have this title: "Mrs" is no Lascelles."""
    gender = gender_of(title)
    other = {"he": "she", "she": "he"}.get(gender)
    fitting = [p for p in bearers if gender_of(p.name.split()[0]) != other] if other else list(bearers)
    sure = [p for p in fitting if gender and gender_of(p.name.split()[0]) == gender]
    some = sure or fitting
    return some[0] if len(some) == 1 else None


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
        if len(key) == 2 and key[0] in word_set("words", "nouns", "sizes"):
            ways.setdefault(key[1:], name.split()[-1])
    return ways


def _fits(words: Sequence[Word], first: int, last: int, cased: bool) -> bool:
    """Whether words that are called like someone do mean someone here."""
    if last - first > 1:
        return True
    word = words[first]
    before = words[first - 1].plain if first else ""
    if word.plain in word_set("words", "nouns", "parents"):
        return before not in word_set("words", "around", "before_parent")
    if word.plain not in word_set("names", "also_words") and word.plain not in word_set("words", "ordinary", "words"):
        return True
    follow = words[last].plain if last < len(words) else ""
    if cased:
        return word.capital and not (word.first and follow in word_set("words", "around", "after_opening_word"))
    common = word.plain in word_set("words", "around", "common_words")
    return follow == "'s" or (not common and follow not in word_set("words", "around", "after_plain_word"))
