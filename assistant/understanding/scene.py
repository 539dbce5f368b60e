"""One utterance, read: its words, the people in it, its clauses and whom each pronoun means."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from assistant.understanding.cast import Cast, cast_line
from assistant.understanding.clauses import Clause, corrected, find_clauses
from assistant.understanding.dates import SpokenDate, spoken_dates
from assistant.understanding.meaning import KnownPerson
from assistant.understanding.names import Mention, find_people
from assistant.understanding.phrases import Line
from assistant.understanding.reader import Reading, read
from assistant.understanding.words import Word, read_words, within_reach
from memory.dates import DateSpan


@dataclass(frozen=True, slots=True)
class Told:
    """A clause with its line and whom was spoken of last before it."""

    clause: Clause
    line: Line
    topic: int | None  # the figure spoken of before this clause
    number: int = 0  # its place among the clauses


@dataclass(slots=True)
class Scene:
    text: str
    now: datetime
    words: list[Word]
    mentions: list[Mention]
    told: list[Told]
    cast: Cast
    reading: Reading
    gone: set[int] = field(default_factory=set)
    named: set[int] = field(default_factory=set)  # the words that are names

    @property
    def people(self) -> tuple[str, ...]:
        """Everyone named and not taken back, in order; or else who was spoken of before, if a pronoun means them."""
        named = tuple(dict.fromkeys(m.name for m in self.mentions if m.first not in self.gone))
        return named or tuple(n for figure in self.cast.figures[:1] if self.leans for n in figure.names)

    @property
    def leans(self) -> bool:
        """Whether a pronoun means someone who was spoken of before."""
        return any("@0 " in told.line.text for told in self.told)

    @property
    def cased(self) -> bool:
        """Whether the speech engine wrote capitals."""
        return any(w.capital for w in self.words)

    def place(self, within: Mention | Clause) -> tuple[int, int]:
        """The characters of the utterance where someone is named or a clause stands."""
        return _characters(self.words, within)

    def begins(self, clause: Clause) -> float:
        """How surely something of its own begins with a clause, by the model: a logit."""
        word = self.words[clause.first]
        return self.reading.begins(word.start, word.end)

    def said(self, first: int, last: int) -> str:
        """The exact stretch of the utterance under these words."""
        if first >= last:
            return ""
        return self.text[self.words[first].start : self.words[last - 1].end]

    def plain(self, first: int, last: int) -> list[str]:
        """The plain words, without what was taken back."""
        return [self.words[i].plain for i in range(first, last) if i not in self.gone]

    def dates(self, first: int, last: int, past: bool = False) -> list[SpokenDate]:
        """Dates said in these words, positions counted in the utterance."""
        places = [i for i in range(first, last) if i not in self.gone]
        found = spoken_dates([self.words[i].plain for i in places], self.now, past)
        moved = [SpokenDate(places[d.first], places[d.last - 1] + 1, d.span, d.at, d.frequent) for d in found]
        return [d for d in moved if not self.named.issuperset(range(d.first, d.last))]

    def span(self, first: int, last: int, past: bool = False) -> DateSpan | None:
        dates = [d for d in self.dates(first, last, past) if not d.frequent]
        return dates[0].span if dates else None

    def names(self, number: int) -> tuple[str, ...]:
        return self.cast.figures[number].names

    def lines(self) -> list[Line]:
        return [t.line for t in self.told]


def read_scene(text: str, now: datetime, people: Sequence[KnownPerson], before: str | None = None) -> Scene:
    """``before``: who was spoken of just before, whom a pronoun may mean."""
    text = within_reach(text)
    reading = read(text)
    words, mentions = find_people(read_words(text), people, reading)
    gone = corrected(words)
    cast = Cast(reading)
    if before:
        cast.touch(cast.number(before, before.split()[0]))
    named = {m.first: m for m in mentions}
    told: list[Told] = []
    for clause in find_clauses(words, mentions, reading):
        topic = cast.spoken_of(*_characters(words, clause))
        told.append(Told(clause, cast_line(clause, words, named, cast, gone), topic, len(told)))
    inside = {i for m in mentions for i in range(m.first, m.last)}
    return Scene(text, now, words, mentions, told, cast, reading, gone, inside)


def _characters(words: Sequence[Word], within: Mention | Clause) -> tuple[int, int]:
    return words[within.first].start, words[within.last - 1].end
