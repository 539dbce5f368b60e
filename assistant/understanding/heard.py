"""What was heard, as the ground that a claim about it has to stand on: its words, its names, its times."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, datetime
from functools import lru_cache

from assistant.understanding.calendarwords import calendar_words, ordinal
from assistant.understanding.clock import number_at
from assistant.understanding.dates import SpokenDate, spoken_dates, spoken_times
from assistant.understanding.language import load, word_set
from assistant.understanding.lexicon import all_roles
from assistant.understanding.meaning import KnownPerson
from assistant.understanding.names import find_people
from assistant.understanding.words import plain_words, read_words
from memory.dates import DateSpan

Stretch = tuple[int, int]
"""Words from the first to before the second, counted in the utterance."""

_YEAR_DAYS = 400  # how far from now a day may lie that was only said as "after Easter"
_MOST_PLACE = 5  # words of a place's name
_NEAR = 4  # words before a claim's own in which a "not" still means it


class Heard:
    """One utterance. ``named``: whom the rules found in it."""

    def __init__(self, text: str, now: datetime, people: Sequence[KnownPerson], named: Sequence[str]) -> None:
        self.text = text
        self.now = now
        self.words = read_words(text)
        self._plains = tuple(w.plain for w in self.words)
        self._stems = frozenset(map(stem, self._plains))
        self._people = people
        self._named = named
        self._cased = any(w.capital for w in self.words)

    def find(self, words: str) -> Stretch | None:
        """Where these words stand in it, one after the other; case, accents and punctuation aside."""
        wanted = plain_words(words[: len(self.text) + 100])
        last = len(self._plains) - len(wanted)
        starts = range(last + 1) if wanted else ()
        found = next((i for i in starts if self._plains[i : i + len(wanted)] == wanted), None)
        return None if found is None else (found, found + len(wanted))

    def exact(self, at: Stretch) -> str:
        return self.text[self.words[at[0]].start : self.words[at[1] - 1].end]

    def overlap(self, one: str, other: str) -> bool:
        """Whether two pieces of it have words in common. One that is not in it may have come from anywhere."""
        a, b = self.find(one), self.find(other)
        return a is None or b is None or (a[0] < b[1] and b[0] < a[1])

    def joined(self, one: str, other: str) -> str:
        """The stretch from the first to the last word of both."""
        a, b = self.find(one), self.find(other)
        return self.exact((min(a[0], b[0]), max(a[1], b[1]))) if a and b else one

    def place(self, words: str) -> str | None:
        """A place that was named, as it was said."""
        at = self.find(words)
        if at is None or at[1] - at[0] > _MOST_PLACE or any(w.mark for w in self.words[at[0] : at[1] - 1]):
            return None
        return self.exact(at)

    def says(self, text: str, at: Stretch, names: Iterable[str] = ()) -> bool:
        """Whether ``text`` only says what was said: every word of it was spoken, some of it at ``at``, and what is
        denied there is denied in ``text``. ``names`` may stand in it as well.
        """
        called = {stem(part) for name in names for part in plain_words(name)}
        content = content_words(text) - called
        here = {stem(w) for w in self._plains[at[0] : at[1]]}
        return (
            content <= self._stems and bool(content & here) and _denies(plain_words(text)) == _denies(self._before(at))
        )

    def name(self, said: str) -> str | None:
        """Whom ``said`` means, by the fullest name; None for someone who is not in it."""
        key = plain_words(said[:200])
        if not key:
            return None
        known = {p.name for p in self._people if key in _ways(p) and self._mentions(p)}
        if len(known) == 1:
            return known.pop()
        drafted = {n for n in self._named if key in (plain_words(n), plain_words(n)[:1])}
        if len(drafted) == 1:
            return drafted.pop()
        at = self.find(said)
        if at is None or len(key) > 5:
            return None
        return self._misheard(at) or self._new_name(at)

    def means(self, people: Sequence[str], words: str) -> bool:
        """False where ``words`` call someone by name, and nobody of ``people``: then they are not about these."""
        others = {*self._named, *(p.name for p in self._people)} - {*people}
        return self.called(people, words) or not self.called(others, words)

    def called(self, names: Iterable[str], words: str) -> bool:
        """Whether ``words`` call one of these by any of their names."""
        said = plain_words(words)
        also = {p.name: p.also for p in self._people}
        ways = {way for name in names for way in _ways(KnownPerson(name, also.get(name, ())))}
        return any(said[i : i + len(way)] == way for way in ways for i in range(len(said)))

    def span(self, first: date, last: date) -> DateSpan | None:
        """Those days, if a time was said that can mean them."""
        if last < first:
            return None
        span = DateSpan(first, last)
        if any(span.overlaps(one) and _days(span) <= _days(one) + 31 for one in self._spans()):
            return span
        near = max(abs((day - self.now.date()).days) for day in (first, last)) <= _YEAR_DAYS
        return span if near and self._loosely_timed() else None

    def due(self, said: str) -> date | datetime | None:
        """A reminder's time, as far as it was said; the hour only where that one was."""
        try:
            moment = datetime.fromisoformat(said[:40]).replace(tzinfo=None)
        except ValueError:
            return None
        day = moment.date()
        timed = "T" in said and self._says_hour(moment)
        soon = timed and 0 <= (day - self.now.date()).days <= 1  # "at eight" alone is today or tomorrow
        if not soon and self.span(day, day) is None:
            return None
        return moment if timed else day

    def counts(self, days: int) -> bool:
        """Whether that number of days was said, as days or as weeks."""
        amounts = load("ollama")["amounts"]
        said = {amounts[w] for w in self._plains if w in amounts}
        said |= {read[0] for i in range(len(self._plains)) if (read := number_at(self._plains, i))}
        return days in said or any(days == 7 * n or days == 14 * n for n in said)

    def _says_hour(self, moment: datetime) -> bool:
        said = [(d.at.hour, d.at.minute) for d in self._dates() if d.at]
        said += [(t.at.hour, t.at.minute) for t in spoken_times(self._plains)]
        return any((hour % 12, minute) == (moment.hour % 12, moment.minute) for hour, minute in said)

    def _loosely_timed(self) -> bool:
        read = {i for d in self._dates() for i in range(d.first, d.last)}
        return any(w in word_set("ollama", "times") for i, w in enumerate(self._plains) if i not in read)

    def _spans(self) -> list[DateSpan]:
        return [d.span for d in self._dates() if not d.frequent]

    def _dates(self) -> list[SpokenDate]:
        """The dates that the rules read in it, as ahead and as behind."""
        return [d for past in (False, True) for d in spoken_dates(self._plains, self.now, past)]

    def _before(self, at: Stretch) -> tuple[str, ...]:
        first = at[0]
        while first > 0 and at[0] - first < _NEAR and not self.words[first - 1].mark:
            first -= 1
        # "On Monday, no, Tuesday" denies nothing.
        return tuple(w.plain for w in self.words[first : at[1]] if not (w.plain == "no" and w.mark))

    def _mentions(self, person: KnownPerson) -> bool:
        return person.name in self._named or any(self.find(" ".join(way)) for way in _ways(person))

    def _misheard(self, at: Stretch) -> str | None:
        """Whom the rules take that name for, where it was heard a little otherwise: "Ana" for Anna."""
        _, mentions = find_people(read_words(self.exact(at)), self._people)
        meant = {m.name for m in mentions if m.known and m.name in self._named}
        return meant.pop() if len(meant) == 1 else None

    def _new_name(self, at: Stretch) -> str | None:
        """A name that the rules did not take for one, as it was said; None for words that are no name."""
        words = self.words[at[0] : at[1]]
        lead, end = words[0], words[-1]
        never = word_set("words", "capitals", "never") | all_roles() | _calendar()
        if any(w.plain in never or len(w.plain) < 2 or not w.plain.isalpha() for w in words if w.plain != "'s"):
            return None
        if self._cased and not (lead.capital and end.capital):
            return None
        inside = lead.capital and not lead.first  # a capital that no sentence opens with
        if not inside and any(w.plain in word_set("words", "ordinary", "words") for w in words):
            return None
        return self.exact(at) if self._cased else self.exact(at).title()


def content_words(text: str) -> set[str]:
    """The stems of the words that say something: no small words, no denials."""
    small = word_set("ollama", "small") | word_set("ollama", "negations")
    return {stem(w) for w in plain_words(text) if w not in small}


@lru_cache(maxsize=4096)
def stem(word: str) -> str:
    """One form for the forms of a word, good enough to see that it was said: "moves", "moving", "moved"."""
    if number := ordinal(word) or (number_at([word], 0) or (0,))[0]:
        return str(number)
    return _same().get(_cut(word), _cut(word))


def _cut(word: str) -> str:
    for ending in load("ollama")["endings"].split():
        if word.endswith(ending) and len(word) - len(ending) >= 3:
            word = word[: -len(ending)]
            break
    if len(word) > 3 and word[-1] == word[-2]:
        return word[:-1]
    return word[:-1] if len(word) > 3 and word[-1] in "eyi" else word


@lru_cache
def _same() -> dict[str, str]:
    groups = [group.split() for group in load("ollama")["same"]]
    return {_cut(word): _cut(group[0]) for group in groups for word in group}


@lru_cache
def _calendar() -> frozenset[str]:
    return frozenset(calendar_words()["months"]) | frozenset(calendar_words()["weekdays"])


def _ways(person: KnownPerson) -> set[tuple[str, ...]]:
    """Every way to call someone: whole names and first names."""
    wholes = {plain_words(name) for name in (person.name, *person.also)}
    return {way for whole in wholes for way in (whole, whole[:1]) if way}


def _denies(words: Sequence[str]) -> bool:
    return not word_set("ollama", "negations").isdisjoint(words)


def _days(span: DateSpan) -> int:
    return (span.last - span.first).days
