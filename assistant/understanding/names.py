"""The people named in an utterance: known ones first, then new names."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

from assistant.understanding.known import KnownNames
from assistant.understanding.language import load, word_set
from assistant.understanding.lexicon import all_roles, given_names
from assistant.understanding.meaning import KnownPerson
from assistant.understanding.newnames import is_person, is_pet, is_surname
from assistant.understanding.possessives import possessives_apart
from assistant.understanding.reader import Reading
from assistant.understanding.words import Word


@dataclass(frozen=True, slots=True)
class Mention:
    """Words ``first:last`` name someone: ``name`` is the fullest name, ``shown`` how to speak of them."""

    first: int
    last: int
    name: str
    shown: str
    known: bool = False


_NO_PERSON = -1.0  # the logit below which what looks like a new name is none
_NO_PERSON_TO_SEE = 0.0  # the same after "see", which one does with bands and films, too
_NO_PERSON_LAST = -3.0  # the same for a given name that ends a sentence after a comma: "a new neighbour, Ana."
_NO_PERSON_BY_TRADE = -6.0  # the same before "the": "Con the caretaker"
_SURELY_NOT_NAMED = -2.0  # below which a word at the edge of a name is none of it
_SURELY_NAMED = 2.0  # from which on words are a name although nothing else shows it


def find_people(
    words: Sequence[Word], people: Sequence[KnownPerson], reading: Reading | None = None
) -> tuple[list[Word], list[Mention]]:
    """The words (possessives without an apostrophe taken apart) and everyone named in them, in order."""
    known = KnownNames(people)
    cased = any(w.capital and not w.first and w.plain != "i" for w in words) or (
        sum(w.capital for w in words if w.first) > 0
    )
    parted = possessives_apart(words, known, cased)
    misheard = known.misheard(parted, cased)
    found: list[Mention] = []
    i = 0
    while i < len(parted):
        here = (
            _known_at(parted, i, known, cased)
            or _misheard_at(parted, i, known, misheard, cased)
            or _new_at(parted, i, cased, found, reading)
        )
        if here:
            found.append(here)
        i = here.last if here else max(i + 1, _run_end(parted, i) if cased else 0)
    return parted, _fullest(found, known, parted)


def _known_at(words: Sequence[Word], i: int, known: KnownNames, cased: bool) -> Mention | None:
    hit = known.at(words, i, cased)
    if hit is None:
        return None
    last, person, shown = hit
    if cased and last == i + 1 and _other_surname(words, i, known):
        return None
    if person is None:  # shared by several people
        end = last
        return Mention(i, end, _said(words, i, end), _said(words, i, end))
    return Mention(i, last, person.name, shown, True)


def _misheard_at(
    words: Sequence[Word], i: int, known: KnownNames, misheard: Mapping[int, tuple[int, KnownPerson, str]], cased: bool
) -> Mention | None:
    if i not in misheard:
        return None
    last, person, shown = misheard[i]
    if is_pet(words, i):
        return None
    if cased and last == i + 1 and _other_surname(words, i, known):
        return None
    return Mention(i, last, person.name, shown, True)


def _other_surname(words: Sequence[Word], i: int, known: KnownNames) -> bool:
    """Whether a known first name is followed by a surname that is not theirs: "Joan Baker"."""
    if i + 1 >= len(words) or words[i].mark or words[i].plain in word_set("words", "nouns", "parents"):
        return False
    follow = words[i + 1]
    surname = follow.capital and not follow.shouted and len(follow.text) > 2 and not known.is_name(follow.plain)
    ordinary = _ordinary(follow) or _calendar_word(words, i + 1) or _ordinary_inside(follow)
    never = follow.plain in word_set("words", "capitals", "never")
    return surname and not ordinary and not never


def _new_at(
    words: Sequence[Word], i: int, cased: bool, before: Sequence[Mention], reading: Reading | None
) -> Mention | None:
    end = _run_end(words, i) if cased else _plain_run_end(words, i)
    shown = end > i and is_person(words, i, end, cased, bool(before) and before[-1].last == i - 1)
    if reading:
        end = max(end, _read_run_end(words, i, cased, reading))
        likely = max((reading.named(w.start, w.end) for w in words[i:end]), default=_NO_PERSON)
        seen = i and words[i - 1].plain in word_set("words", "around", "seen")
        least = _NO_PERSON_TO_SEE if seen else _NO_PERSON
        if shown and words[i].plain in given_names() - word_set("names", "also_words"):
            least = _least_likely(words, i, end, least)
        shown = likely > (least if shown else _SURELY_NAMED) and not is_pet(words, i)
    if not shown:
        return None
    start, end = _trimmed(words, i, end, reading) if reading else (i, end)
    named = start + (end - start > 2 and words[start].plain in word_set("words", "nouns", "offices"))
    return Mention(start, end, _said(words, named, end), _said(words, start, end))


def _least_likely(words: Sequence[Word], first: int, last: int, least: float) -> float:
    """The logit below which a given name is no person there."""
    if words[first].first and last < len(words) and words[last].plain == "the":
        return _NO_PERSON_BY_TRADE
    if last < len(words) and words[last].plain in word_set("arranged", "unnamed", "vague"):  # "Ines something"
        return _NO_PERSON_BY_TRADE
    ends = first and words[first - 1].mark == "," and words[last - 1].mark in {".", "?"}
    return min(least, _NO_PERSON_LAST) if ends else least


def _trimmed(words: Sequence[Word], first: int, last: int, reading: Reading) -> tuple[int, int]:
    """The run without words at its edges that the model surely reads as no name: "Lord" of "Lord Trev"."""
    while last - first > 1 and reading.named(words[first].start, words[first].end) < _SURELY_NOT_NAMED:
        first += 1
    while last - first > 1 and reading.named(words[last - 1].start, words[last - 1].end) < _SURELY_NOT_NAMED:
        last -= 1
    return first, last


def _read_run_end(words: Sequence[Word], i: int, cased: bool, reading: Reading) -> int:
    """Past the words from ``i`` on that the model reads as a name."""
    end = i
    while (
        end < len(words) and end - i < 4 and _can_be_named(words, end, cased) and (end == i or not words[end - 1].mark)
    ):
        if reading.named(words[end].start, words[end].end) < _SURELY_NAMED:
            break
        end += 1
    return end


def _can_be_named(words: Sequence[Word], i: int, cased: bool) -> bool:
    word = words[i]
    if not word.plain[:1].isalpha() or len(word.plain) < 2 or (cased and not word.capital) or _calendar_word(words, i):
        return False
    return word.plain not in word_set("words", "capitals", "never") and word.plain not in word_set(
        "clauses", "subjects"
    )


def _run_end(words: Sequence[Word], i: int) -> int:
    """Past the capitalised run that begins here, without titles' full stops ending it."""
    titles = word_set("words", "nouns", "titles")
    if not _may_open(words, i):
        return i
    end = i + 1
    while end < len(words) and end - i < 4 and _continues(words, i, end, titles):
        end += 1
    while end > i + 1 and words[end - 1].plain in word_set("words", "nouns", "particles"):
        end -= 1
    if end == i + 1 and words[i].plain in titles and words[i].plain not in given_names():
        return i
    return end


def _may_open(words: Sequence[Word], i: int) -> bool:
    word = words[i]
    if not word.capital or len(word.text) < 2 or word.shouted or any(c.isdigit() for c in word.text):
        return False
    if word.plain == "st":
        return False
    if (
        word.plain in word_set("words", "nouns", "titles")
        and i + 1 < len(words)
        and words[i + 1].capital
        and not word.mark
    ):
        return words[i + 1].plain not in word_set("words", "capitals", "never")
    if word.plain in word_set("words", "capitals", "never") or word.plain in all_roles() - given_names():
        return False
    if word.first and word.plain in word_set("words", "ordinary", "words") and not _surely_named(words, i):
        return False
    return not _ordinary(word) if word.first else not _calendar_word(words, i) and not _ordinary_inside(word)


def _surely_named(words: Sequence[Word], i: int) -> bool:
    """Whether an ordinary word that opens a sentence is a name all the same ("Will and Hannah", "Grace has")."""
    follow = words[i + 1].plain if i + 1 < len(words) else ""
    if words[i].plain not in word_set("names", "also_words"):
        return False
    joined = follow == "and" and i + 2 < len(words) and words[i + 2].capital
    return (
        joined
        or follow in word_set("words", "around", "after_word_name")
        or (i + 1 < len(words) and words[i + 1].capital)
    )


def _ordinary_inside(word: Word) -> bool:
    """A capital in the middle of a sentence on a word that is never a name ("I", "Mum", "Monday")."""
    return word.plain in word_set("words", "capitals", "inside") or (
        word.plain in word_set("words", "nouns", "parents") and word.plain not in given_names()
    )


def _ordinary(word: Word) -> bool:
    also = word_set("names", "also_words")
    return word.plain in word_set("words", "ordinary", "words") and word.plain not in also


def _calendar_word(words: Sequence[Word], i: int) -> bool:
    dates = load("dates")
    word = words[i].plain
    if word in _month_words() and _after_mistake(words, i):
        return True
    if _among_names(words, i):
        return False
    if word in " ".join(dates["weekdays"]).split():
        return not (i and words[i - 1].plain in word_set("words", "nouns", "titles"))
    if word not in " ".join(dates["months"]).split():
        return False
    before = words[i - 1].plain if i else ""
    near = (
        before in dates["before_month"].split()
        or any(c.isdigit() for c in before)
        or before in dates["ordinals"].split()
    )
    near = near or before in dates["tens_ordinals"] or before in dates["numbers"].split()
    follow = words[i + 1].plain if i + 1 < len(words) else ""
    near = near or any(c.isdigit() for c in follow) or follow in dates["ordinals"].split()
    near = near or (
        follow in dates["between_months"].split() and i + 2 < len(words) and words[i + 2].plain in _month_words()
    )
    return near or word not in word_set("names", "also_words")


def _among_names(words: Sequence[Word], i: int) -> bool:
    """Whether a short month or weekday stands in a list of people: "Paul, Rosa and Jun"."""
    if not words[i].capital or words[i].plain not in word_set("names", "short_days"):
        return False
    if i + 1 < len(words) and words[i + 1].text[:1].isdigit():
        return False
    before, after = _in_list(words, i - 1, -1), _in_list(words, i + 1, 1)
    return any(n is not None and _is_given_name(words[n]) for n in (before, after)) or (
        before is not None and _among_names(words, before)
    )


def _in_list(words: Sequence[Word], i: int, step: int) -> int | None:
    """The neighbour in a list, past the "and" or the comma between."""
    if not 0 <= i < len(words):
        return None
    if words[i].plain in word_set("words", "around", "joining"):
        return i + step if 0 <= i + step < len(words) else None
    return i if words[min(i, i - step)].mark == "," else None


def _is_given_name(word: Word) -> bool:
    return word.capital and word.plain in given_names() and word.plain not in _month_words()


def _after_mistake(words: Sequence[Word], i: int) -> bool:
    """ "in April, no, May": the month that stands right."""
    before = [w.plain for w in words[max(0, i - 6) : i]]
    return bool(word_set("clauses", "mistaken_month") & set(before)) and bool(_month_words() & set(before))


def _continues(words: Sequence[Word], i: int, end: int, titles: frozenset[str]) -> bool:
    """Whether the word at ``end`` belongs to the name that began at ``i``."""
    last, word = words[end - 1], words[end]
    if last.mark or word.first or word.plain.startswith("'"):
        return False
    if word.plain in word_set("words", "nouns", "particles") and end + 1 < len(words):
        joins = words[end + 1].capital and not word.mark
        return joins and word.plain not in word_set("words", "nouns", "other_particles")
    if word.plain in word_set("words", "nouns", "honorifics"):
        return end == i + 1 and (word.capital or last.plain not in titles)
    return (
        word.capital
        and not word.shouted
        and word.plain not in word_set("words", "capitals", "never")
        and not _calendar_word(words, end)
        and not _ordinary_inside(word)
        and not (len(word.text) < 2)
    )


def _plain_run_end(words: Sequence[Word], i: int) -> int:
    """The same in text without capitals: a given name and what can only be its surname."""
    word = words[i]
    if len(word.plain) < 2 or not word.plain[0].isalpha() or word.plain.startswith(("'", "n't")):
        return i
    owned = i > 0 and words[i - 1].plain in word_set("words", "around", "before_role")
    titled = word.plain in word_set("words", "nouns", "titles") and i + 1 < len(words)
    if titled and owned and word.plain in all_roles():
        return i
    start = i + 1 if titled and words[i + 1].plain in given_names() else i
    if not (words[start].plain in given_names() or _shown_by_place(words, start)):
        return i
    end = start + 1
    opens = start == 0 or words[start - 1].plain in word_set("words", "nouns", "meeting") | word_set(
        "clauses", "joints"
    )
    surname = opens and end < len(words) and not words[start].mark and is_surname(words[end].plain)
    also = words[start].plain in word_set("names", "also_words") | word_set("words", "ordinary", "words")
    if also and not surname and not _shown_by_place(words, start):
        return i
    if end < len(words) and words[end].plain in word_set("words", "nouns", "honorifics") and not words[end - 1].mark:
        return end + 1
    if (
        end < len(words)
        and not words[end - 1].mark
        and is_surname(words[end].plain)
        and words[start].plain in given_names()
    ):
        return end + 1
    return end


def _shown_by_place(words: Sequence[Word], i: int) -> bool:
    """Whether the sentence shows an unknown lower-case word to be someone's name."""
    word = words[i].plain
    also = word in word_set("names", "also_words")
    if word in word_set("words", "around", "no_names") or (
        not also and (word in word_set("words", "ordinary", "words") or word in all_roles() or _calendar_word(words, i))
    ):
        return False
    if word in word_set("words", "capitals", "never") or word in word_set("words", "nouns", "pets") or len(word) < 3:
        return False
    before = words[i - 1].plain if i else ""
    follow = words[i + 1].plain if i + 1 < len(words) else ""
    after = words[i + 2].plain if i + 2 < len(words) else ""
    if follow == "'s":
        opens = not before or before in word_set("clauses", "joints")
        return after in all_roles() or (opens and (not also or word in given_names()))
    if also and word in word_set("words", "around", "modals"):
        return False
    if before in word_set("words", "around", "called") or before in all_roles():
        return True
    if also:
        return before in word_set("words", "nouns", "meeting") or (before == "for" and word in given_names())
    return not word.endswith(("ing", "ly")) and before in word_set("words", "around", "surely_met")


def _fullest(found: list[Mention], known: KnownNames, words: Sequence[Word]) -> list[Mention]:
    """Every mention with the fullest name said for the same person: "Joan … Joan Mbeki"."""
    names = {m.name for m in found}
    new = {m.name for m in found if not m.known}
    result = []
    for mention in found:
        another = _is_another(words, mention)
        called = _said(words, mention.first, mention.last) if another else mention.name
        fuller = {n for n in (new if another else names) if n != called and _extends(n, called)}
        if (another or not mention.known) and len(fuller) == 1:
            whole = next(iter(fuller))
            sure = any(m.known for m in found if m.name == whole)
            mention = replace(mention, name=whole, shown=whole if another else mention.shown, known=sure)
        result.append(mention)
    return result


def _is_another(words: Sequence[Word], mention: Mention) -> bool:
    """ "There's a Joan at work": nobody known already."""
    before = words[mention.first - 1].plain if mention.first else ""
    return mention.known and mention.last == mention.first + 1 and before in word_set("words", "around", "another")


def _extends(whole: str, part: str) -> bool:
    long, short = whole.lower().split(), part.lower().split()
    return len(long) > len(short) and (long[: len(short)] == short or (len(short) == 1 and long[-1] == short[0]))


def _said(words: Sequence[Word], first: int, last: int) -> str:
    """The name as it was said, with a capital even where the text has none."""
    particles = word_set("words", "nouns", "particles")
    parts: list[str] = []
    for word in words[first:last]:
        name = word.text
        keep = name[:1].isupper() or (word.plain in particles and parts) or _is_honorific(word, parts)
        parts.append(name if keep else "-".join(p[:1].upper() + p[1:] for p in name.split("-")))
    return " ".join(parts)


def _is_honorific(word: Word, parts: list[str]) -> bool:
    return bool(parts) and word.plain in word_set("words", "nouns", "honorifics")


@lru_cache
def _month_words() -> frozenset[str]:
    return frozenset(" ".join(load("dates")["months"]).split())
