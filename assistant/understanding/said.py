"""Words in which a time is looked for, with the moment they were spoken, and small steps through them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from copy import copy
from datetime import date, datetime

from assistant.understanding.calendarwords import Phrase, calendar_words, ordinal
from assistant.understanding.clock import number_at
from assistant.understanding.language import load
from memory.dates import DateSpan

Read = tuple[int, DateSpan]  # past the last word, the days

_CLOCK = re.compile(r"\d{1,2}(?:[:.]\d\d)?(?:am|pm)?")


class Said:
    """Plain words, hyphens taken apart ("mid-May", "Monday-Friday"); ``past`` says that they tell of what has happened,
    ``day_first`` that "2/3" is the second of March, ``alone`` that they are nothing but a time."""

    def __init__(
        self, words: Sequence[str], now: datetime, past: bool = False, day_first: bool = True, alone: bool = False
    ) -> None:
        self.words, self.places = tokens(words)
        self.now = now.replace(tzinfo=None)
        self.today = self.now.date()
        self.past = past
        self.day_first = day_first
        self.alone = alone
        self.data = calendar_words()
        self.known: dict[int, Read | None] = {}  # the plain days already read, by where they begin
        self.after_marks: frozenset[int] | None = None  # words before which a comma or stop stands, if it is known

    def looking_back(self) -> Said:
        """The same words, telling of what has happened."""
        if self.past:
            return self
        other = copy(self)
        other.past = True
        other.known = {}
        return other

    def word(self, i: int) -> str:
        return self.words[i] if 0 <= i < len(self.words) else ""

    def says(self, i: int, phrase: Phrase) -> bool:
        return self.word(i) == phrase[0] and tuple(self.words[i : i + len(phrase)]) == phrase

    def skip(self, i: int, *phrases: Phrase) -> int:
        """Past the first of these phrases that stands here, or here."""
        return next((i + len(p) for p in phrases if self.says(i, p)), i)

    def over(self, i: int, key: str) -> int:
        """Past one of the language's phrases, or here."""
        return self.skip(i, *self.data[key]) if self.word(i) in self.data["openings"][key] else i

    def is_in(self, i: int, key: str) -> bool:
        """Whether this word is one of a list of the language's."""
        return self.word(i) in self.data[key]

    def unit(self, i: int) -> str:
        return str(self.data["units"].get(self.word(i), ""))

    def number(self, i: int) -> tuple[int, int] | None:
        """(a whole number, past its last word)."""
        return number_at(self.words, i)

    def ordinal(self, i: int) -> tuple[int, int] | None:
        """("twenty first" as 21, past its last word)."""
        word = self.word(i)
        day = ordinal(word)
        if day:
            return day, i + 1
        tens = self.data["tens"].get(word)
        ones = ordinal(self.word(i + 1)) if tens else 0
        return (tens + ones, i + 2) if tens and 0 < ones < 10 else None

    def year(self, i: int) -> tuple[int, int] | None:
        """("2027", "twenty twenty-seven" or "two thousand and nine" as a number, past its last word)."""
        word = self.word(i)
        if len(word) == 4 and word.isdecimal():
            return (int(word), i + 1) if 1900 <= int(word) <= 2200 else None
        century = self.data["centuries"].get(word)
        if century:
            if self.is_in(i + 1, "oh"):
                ones = self.number(i + 2)
                return (century + ones[0], ones[1]) if ones and 0 < ones[0] < 10 else None
            rest = self.number(i + 1)
            return (century + rest[0], rest[1]) if rest and 10 <= rest[0] <= 99 else None
        thousand = self.number(i) if word else None
        if thousand and 1900 <= thousand[0] <= 2200 and not word.isdecimal():
            return thousand
        return None

    def year_after(self, i: int) -> tuple[int, int] | None:
        """The year said after a day or month: "2027", "of 2027", "next year", "of last year"."""
        start = self.over(i, "of_in")
        year = self.year(start)
        if year:
            return year
        step = self.step(start)
        if step is not None and self.unit(start + 1) == "year" and not self.word(start + 1).endswith("s"):
            return self.today.year + step, start + 2
        return None

    def year_said(self, first: int, last: int) -> bool:
        """Whether one of these words is the number of a year."""
        return any(len(w) == 4 and w.isdecimal() for w in self.words[first:last])

    def step(self, i: int) -> int | None:
        """1 for "next", 0 for "this", -1 for "last"."""
        word = self.word(i)
        for key, step in (("next", 1), ("this", 0), ("last", -1)):
            if word in self.data[key]:
                return step
        return None

    def in_tense(self, days: Iterable[date]) -> date:
        """Of days in order, the last not ahead in past wording, else the first not behind; else the nearest to them."""
        ordered = list(days)
        if self.past:
            return next((d for d in reversed(ordered) if d <= self.today), ordered[0])
        return next((d for d in ordered if d >= self.today), ordered[-1])


def tokens(words: Sequence[str]) -> tuple[list[str], list[int]]:
    """The words with hyphens taken apart and "p m" put together, and the place in ``words`` of each (one more at the
    end). A hyphen between two days, months or numbers is "to"."""
    found: list[str] = []
    places: list[int] = []
    spoken = load("dates")["clock"]["spoken"]
    for place, word in enumerate(words):
        half = spoken.get(f"{words[place - 1]} {word}") if place and word == "m" else None
        if half and places[-1:] == [place - 1]:
            found[-1] = half
            continue
        parts = _apart(word) if "-" in word else [word]
        found += parts
        places += [place] * len(parts)
    return found, [*places, len(words)]


def _apart(word: str) -> list[str]:
    parts = word.split("-")
    data = calendar_words()
    if len(parts) == 3 and all(p.isdecimal() for p in parts):
        return [word]
    if not all(p and (_is_calendar(p) or p in data["in_hyphens"]) for p in parts):
        opening = parts[0] in data["span_parts"] or parts[0] in data["before_hyphen"]
        return parts if opening and len(parts) > 1 and all(parts) else [word]
    if len(parts) == 2 and _ends_range(parts[0]) and _ends_range(parts[1]) and parts[0] not in data["tens"]:
        return [parts[0], "to", parts[1]]
    return parts


def _is_calendar(part: str) -> bool:
    data = calendar_words()
    return _ends_range(part) or part in data["units"] or part in load("dates")["numbers"].split()


def _ends_range(part: str) -> bool:
    data = calendar_words()
    named = part in data["weekdays"] or part in data["months"] or part in data["tens"] or part in data["quarters"]
    return named or bool(ordinal(part)) or bool(_CLOCK.fullmatch(part)) or (part.isdecimal() and len(part) == 4)
