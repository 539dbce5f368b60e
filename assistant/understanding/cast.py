"""Who is spoken of: every person of an utterance, and whom each pronoun means."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from assistant.understanding.clauses import Clause
from assistant.understanding.clock import number_at
from assistant.understanding.language import word_set
from assistant.understanding.lexicon import all_roles, gender_of, single_roles
from assistant.understanding.names import Mention
from assistant.understanding.phrases import Line, make_line
from assistant.understanding.reader import Reading
from assistant.understanding.words import Word

_PASSING = 2.0  # what the model has to add for each figure that was spoken of since
_MOST_CHOICES = 12  # whoever was spoken of longer ago is not meant
_NEAR, _FAR = 3, 5  # figures spoken of last, among whom "they" are; the same of "gave them a clock"
_MOST_PLACES = 6  # the last ones where someone is named
_UNNAMED = -99.0


@dataclass(slots=True)
class Figure:
    """One person, or several spoken of together; ``gender`` is "he", "she" or "" where nothing shows it."""

    names: tuple[str, ...]
    shown: str
    gender: str = ""


@dataclass(slots=True)
class Cast:
    """The figures by number ("@3" in lines), and who was spoken of last, first."""

    reading: Reading | None = None
    figures: list[Figure] = field(default_factory=list)
    recent: list[int] = field(default_factory=list)
    sentences: dict[int, list[int]] = field(default_factory=dict)  # whom each sentence named
    places: dict[int, list[tuple[int, int]]] = field(default_factory=dict)  # the characters where each is named

    def number(self, name: str, shown: str) -> int:
        for i, figure in enumerate(self.figures):
            if figure.names == (name,):
                return i
        self.figures.append(Figure((name,), shown, gender_of(shown) or gender_of(name)))
        return len(self.figures) - 1

    def together(self, numbers: Sequence[int]) -> int:
        names = tuple(dict.fromkeys(n for i in numbers for n in self.figures[i].names))
        for i, figure in enumerate(self.figures):
            if figure.names == names:
                return i
        shown = " and ".join(dict.fromkeys(self.figures[i].shown for i in numbers))
        self.figures.append(Figure(names, shown, "they"))
        return len(self.figures) - 1

    def touch(self, number: int) -> None:
        """That person was just spoken of."""
        if number in self.recent:
            self.recent.remove(number)
        self.recent.insert(0, number)

    def spoken_of(self, start: int, end: int, among: Sequence[int] | None = None) -> int | None:
        """Whom these characters are about: whom the model points to, or was spoken of last."""
        choices = (self.recent if among is None else among)[:_MOST_CHOICES]
        if self.reading is None or not choices:
            return next(iter(choices), None)
        likely = {number: self.points(start, end, number) - _PASSING * rank for rank, number in enumerate(choices)}
        return max(likely, key=lambda number: likely[number])

    def points(self, start: int, end: int, number: int) -> float:
        """How well these characters speak of a figure, by the model; of several together, of each of them."""
        names = {(name,) for name in self.figures[number].names}
        numbers = [i for i, figure in enumerate(self.figures) if figure.names in names]
        places = [self.places.get(i, [])[-_MOST_PLACES:] for i in numbers]
        if self.reading is None or not all(places):
            return _UNNAMED
        return min(max(self.reading.points(start, end, place) for place in own) for own in places)

    def meant(self, pronoun: str, start: int, end: int, sentence: int, reach: int, does: bool) -> int | None:
        """Whom "she" or "they", the word at these characters of a sentence, means; ``does`` if it is a subject."""
        if pronoun == "they":
            groups = [i for i in self.recent[:reach] if len(self.figures[i].names) > 1]
            if groups:
                return groups[0]
            here = self._two_in(sentence) if does else None
            return self._two_in(sentence - 1) if here is None else here
        singles = [i for i in self.recent if len(self.figures[i].names) == 1]
        sure = [i for i in singles if self.figures[i].gender == pronoun]
        maybe = [i for i in singles if self.figures[i].gender in {"", pronoun}]
        found = self.spoken_of(start, end, maybe or sure or singles)
        if found is not None and not self.figures[found].gender:
            self.figures[found].gender = pronoun
        return found

    def _two_in(self, sentence: int) -> int | None:
        """The two people whom a sentence named, if those were all."""
        named = list(dict.fromkeys(self.sentences.get(sentence, ())))
        return self.together(named) if len(named) == 2 else None


def cast_line(clause: Clause, words: Sequence[Word], named: Mapping[int, Mention], cast: Cast, gone: set[int]) -> Line:
    """The clause for patterns: people and pronouns as "@n", and the cast brought up to date."""
    items: list[tuple[str, tuple[int, int]]] = []
    fillers = word_set("clauses", "fillers")
    i = clause.first
    subject: int | None = None
    while i < clause.last:
        word = words[i]
        mention = named.get(i)
        if i in gone or (word.plain in fillers and not word.shouted):
            i += 1
            continue
        if mention:
            number = cast.number(mention.name, mention.shown)
            cast.places.setdefault(number, []).append((word.start, words[mention.last - 1].end))
            cast.sentences.setdefault(clause.sentence, []).append(number)
            _learn_gender(items, number, cast)
            cast.touch(number)
            subject = number if subject is None else subject
            items.append((f"@{number}", (i, mention.last)))
            i = mention.last
            if items[-3:-2] and items[-2][0] == "and" and items[-3][0].startswith("@"):
                cast.touch(cast.together([int(items[-3][0][1:]), number]))
                cast.touch(number)
            elif (whose := _whose(items[:-1])) is not None:
                cast.touch(cast.together([whose, number]))
                cast.touch(number)
            continue
        called = _called(word, cast)
        if called is not None and not _owned(items):
            cast.touch(called)
            items.append((f"@{called}", (i, i + 1)))
            i += 1
            continue
        items += _pronoun_items(words, i, clause, cast) or [(word.plain, (i, i + 1))]
        if subject is None and items[-1][0].startswith("@"):
            subject = int(items[-1][0][1:])
        i += 1
    if subject is not None and items[0][0] == f"@{subject}" and items[1:2] and items[1][0] != "'s":
        cast.touch(subject)
    return make_line(items)


def _whose(items: list[tuple[str, tuple[int, int]]]) -> int | None:
    """Whose the person named next is: after "her husband", "her name's"."""
    said = [word for word, _ in items]
    if said and said[-1] in word_set("words", "around", "is"):
        said = said[:-1] if said[-2:-1] == ["name"] else []
    owner = said[-3] if len(said) > 2 and said[-2] == "'s" else ""
    theirs = owner.startswith("@") and (said[-1] in single_roles() or said[-1] == "name")
    return int(owner[1:]) if theirs else None


def _pronoun_items(
    words: Sequence[Word], i: int, clause: Clause, cast: Cast
) -> list[tuple[str, tuple[int, int]]] | None:
    word = words[i].plain
    for kind in ("he", "she", "they"):
        if word in word_set("words", "pronouns", kind):
            break
    else:
        return None
    first_of_two = i == clause.first and i + 1 < clause.last and words[i + 1].plain == "and"  # "Herself and Tom"
    if word in word_set("words", "pronouns", "bound") and not first_of_two:
        return None
    handed = i > clause.first and words[i - 1].plain in word_set("words", "around", "handing")
    reach, does = _FAR if handed else _NEAR, word in word_set("words", "pronouns", "subject")
    number = cast.meant(kind, words[i].start, words[i].end, clause.sentence, reach, does)
    if number is None and kind == "they" and word not in word_set("words", "pronouns", "subject") and cast.recent:
        number = cast.recent[0]
    if number is None:
        return None
    cast.touch(number)
    unsure = word in word_set("words", "pronouns", "object")  # "her"
    if word in word_set("words", "pronouns", "possessive") and (not unsure or _owns(words, i, clause.last)):
        return [(f"@{number}", (i, i + 1)), ("'s", (i + 1, i + 1))]
    return [(f"@{number}", (i, i + 1))]


def _owns(words: Sequence[Word], i: int, last: int) -> bool:
    """Whether "her" is followed by what is hers."""
    if i + 1 >= last or words[i].mark:
        return False
    return words[i + 1].plain not in word_set("words", "pronouns", "not_owned") and not _is_given(words, i, last)


def _is_given(words: Sequence[Word], i: int, last: int) -> bool:
    """Whether what follows "her" is what she gets: "gave her headaches", "owe her twenty quid"; not "sent her boys"."""
    thing = words[i + 1].plain
    if not i or words[i - 1].plain not in word_set("words", "around", "handing") or thing in all_roles():
        return False
    several = thing.endswith("s") and not thing.endswith(("ss", "'s"))
    return (several or number_at([thing], 0) is not None) and all(w.plain != "back" for w in words[i:last])


def _called(word: Word, cast: Cast) -> int | None:
    """Whom "aunty" or "kaka" alone means: the last one whose name has it."""
    if word.plain not in word_set("words", "nouns", "honorifics"):
        return None
    return next((n for n in cast.recent if word.plain in cast.figures[n].shown.lower().split()), None)


def _owned(items: list[tuple[str, tuple[int, int]]]) -> bool:
    return bool(items) and items[-1][0] in word_set("words", "around", "before_honorific")


def _learn_gender(items: list[tuple[str, tuple[int, int]]], number: int, cast: Cast) -> None:
    """ "her husband Femi" shows that Femi is "he"."""
    before = [word for word, _ in items[-3:]]
    for word in before:
        for kind in ("he", "she"):
            if word in word_set("relations", "roles", kind) and not cast.figures[number].gender:
                cast.figures[number].gender = kind
