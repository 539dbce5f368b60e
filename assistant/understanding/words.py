"""From what was heard to words that keep their place in it."""

from __future__ import annotations

import dataclasses
import re
import unicodedata
from dataclasses import dataclass
from functools import lru_cache

from assistant.understanding.language import load, word_set

MOST_CHARACTERS = 20_000  # about a quarter of an hour of speech; what lies beyond is not read

_OF_A_NAME_IN_S = re.compile(r"[A-Z]\w+s['’](?= \w)")
_WORD = re.compile(r"\d+(?:[:.,/]\d+)+|\w+(?:[-'’]\w+)*")
_HALF_DAY = re.compile(r"\b([ap])\.m\b\.?", re.IGNORECASE)  # whose stops end no sentence
_MARKS = '.,;:!?…—–-()"“”\n'
_STOPS = frozenset(".!?;…\n")
_LONGEST_WORD = 60  # characters; longer runs are noise, not words


@dataclass(frozen=True, slots=True)
class Word:
    """``text`` stands at ``start:end`` of the utterance; ``plain`` is folded: lower case, no accents."""

    text: str
    plain: str
    start: int
    end: int
    first: bool = False  # opens a sentence
    mark: str = ""  # the punctuation right after it: "", "," or "."; "?" where a question ends

    @property
    def capital(self) -> bool:
        return self.text[:1].isupper()

    @property
    def shouted(self) -> bool:
        """Whether it is all capitals, as an abbreviation is: "ER"."""
        return len(self.text) > 1 and self.text.isupper()


def within_reach(text: str) -> str:
    """``text``, or as much of it as is read, cut after a clause."""
    if len(text) <= MOST_CHARACTERS:
        return text
    head = text[:MOST_CHARACTERS]
    cut = max(head.rfind(mark) for mark in (". ", ", ", "? ", "! ", "\n"))
    return head[: cut + 1] if cut > 0 else head[: head.rfind(" ")] if " " in head else head


@lru_cache(maxsize=4096)
def plain(text: str) -> str:
    """Lower case, no accents, straight apostrophes."""
    folded = unicodedata.normalize("NFKD", text.replace("’", "'").replace("ł", "l").replace("Ł", "L"))
    return "".join(c for c in folded if not unicodedata.combining(c)).lower()


def read_words(text: str) -> list[Word]:
    """The words of ``text``, contractions taken apart: "She's" gives "She" and "'s"."""
    text = _HALF_DAY.sub(lambda m: f"{m[1]}m".ljust(len(m[0])), text)
    found: list[Word] = []
    opens = True
    matches = [m for m in _WORD.finditer(text) if m.end() - m.start() <= _LONGEST_WORD]
    for number, match in enumerate(matches):
        after = matches[number + 1].start() if number + 1 < len(matches) else len(text)
        mark = _mark(text, match, after)
        noun = bool(found) and found[-1].plain in word_set("words", "around", "articles")  # "a shed" is not "she'd"
        found += _apart(match.group(), match.start(), opens, mark, noun)
        if _OF_A_NAME_IN_S.match(text, match.start()):  # "Ines' birthday"
            found[-1] = dataclasses.replace(found[-1], mark="")
            found.append(Word(text[match.end()], "'s", match.end(), match.end() + 1, False, mark))
        opens = mark in {".", "?"}
    return found


def plain_words(text: str) -> tuple[str, ...]:
    return tuple(w.plain for w in read_words(text))


def split_word(word: Word, at: int, plains: tuple[str, str]) -> tuple[Word, Word]:
    """``word`` as two, the second beginning ``at`` characters into it."""
    middle = word.start + at
    return (
        Word(word.text[:at], plains[0], word.start, middle, word.first),
        Word(word.text[at:], plains[1], middle, word.end, False, word.mark),
    )


def _mark(text: str, match: re.Match[str], after: int) -> str:
    gap = text[match.end() : min(after, match.end() + 40)]
    stops = _STOPS.intersection(gap)
    if "." in stops and gap.startswith(".") and plain(match.group()) in _abbreviations():
        stops -= {"."}
    if "?" in stops:
        return "?"
    if stops or " - " in gap or "—" in gap or "–" in gap:
        return "." if stops else ","
    return "," if "," in gap or ":" in gap or "(" in gap or ")" in gap else ""


def _apart(text: str, start: int, first: bool, mark: str, noun: bool) -> list[Word]:
    whole = plain(text)
    at = _contraction_at(whole, noun) if len(whole) == len(text) else 0
    if not at:
        return [Word(text, whole, start, start + len(text), first, mark)]
    names = load("words")["contractions"]["parts"]
    head, tail = whole[:at], whole[at:]
    return list(
        split_word(
            Word(text, whole, start, start + len(text), first, mark),
            at,
            (names.get(head, head), names.get(tail, tail)),
        )
    )


def _contraction_at(whole: str, noun: bool = False) -> int:
    """Where a contraction comes apart, 0 if it is none."""
    if "'" in whole:
        if whole.endswith("n't") and len(whole) > 3:
            return len(whole) - 3
        for ending in word_set("words", "contractions", "endings"):
            if whole.endswith(ending) and len(whole) > len(ending):
                return len(whole) - len(ending)
        return 0
    return 0 if noun else _unmarked().get(whole, 0)


@lru_cache
def _unmarked() -> dict[str, int]:
    pairs = load("words")["contractions"]["split"].split()
    return {pair.replace("|", ""): pair.index("|") for pair in pairs}


@lru_cache
def _abbreviations() -> frozenset[str]:
    return word_set("words", "nouns", "abbreviations")
