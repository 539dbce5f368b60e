"""An utterance taken apart into sentences and clauses."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from assistant.understanding.language import load, word_set
from assistant.understanding.lexicon import all_roles
from assistant.understanding.names import Mention
from assistant.understanding.reader import Reading
from assistant.understanding.words import Word

_LONGEST = 60  # words of a clause; more is cut
_APPOSED = 6  # words at most that say between commas who someone is
_SHORT = 7  # words of a clause that only says which thing is meant
_SURELY_BEGINS = 1.0  # the logit from which on a clause begins where no rule shows it
_LONG_RUN = 14  # words without punctuation after which clauses may begin unmarked


@dataclass(frozen=True, slots=True)
class Clause:
    """Words ``first:last`` of the utterance, of its ``sentence``-th sentence; ``asked`` if that ends in "?"."""

    first: int
    last: int
    sentence: int
    asked: bool = False


def find_clauses(words: Sequence[Word], mentions: Sequence[Mention], reading: Reading | None = None) -> list[Clause]:
    named = {m.first: m for m in mentions}
    inside = {i for m in mentions for i in range(m.first + 1, m.last)}
    clauses = []
    for number, (first, last) in enumerate(find_sentences(words)):
        asked = words[last - 1].mark == "?"
        run_on = last - first > _LONG_RUN and not any(w.mark == "," for w in words[first : last - 1])
        edges = [first]
        for i in range(first + 1, last):
            if i in inside or i - edges[-1] <= 1 or _belongs_to_before(words, i, last, mentions):
                continue
            elided = words[i].plain in _set("eliding") and _elided(words, i, last)
            if elided and _is_of_relative(words, edges[-1], named):
                continue
            if _surely_begins(words, i, named, reading) or _begins(words, i, named, run_on, last):
                edges.append(i)
        edges = _short_enough([*edges, last])
        clauses += [Clause(a, b, number, asked) for a, b in pairwise(edges)]
    return clauses


def _surely_begins(words: Sequence[Word], i: int, named: Collection[int], reading: Reading | None) -> bool:
    """Whether the model is sure that something begins at word ``i``, where something may."""
    if reading is None or not may_begin(words, i, named):
        return False
    return reading.begins(words[i].start, words[i].end) > _SURELY_BEGINS


def _belongs_to_before(words: Sequence[Word], i: int, last: int, mentions: Sequence[Mention]) -> bool:
    """Whether word ``i`` only goes on with what stands before it: "her mom Loretta is", "promised Walt I'd"."""
    after_role = words[i - 1].plain in all_roles()
    if words[i - 1].mark:  # "her daughter, the one who has moved"
        return after_role and [w.plain for w in words[i : i + 2]] == _list("the_one")
    named = after_role and any(m.first == i for m in mentions)
    object_ = words[i].plain in _set("things") and words[i - 1].plain in _set("verbs") - _set("auxiliaries")
    return named or object_ or _is_what_was_told(words, i, mentions) or _is_relative(words, i, last)


def _is_of_relative(words: Sequence[Word], first: int, named: dict[int, Mention]) -> bool:
    """Whether a clause begins with somebody's relative without a name, who does what follows as well:
    "Her daughter lives in Leeds and is having a baby"."""
    at = first + (words[first].plain in _set("openers"))
    if at in named and words[named[at].last : named[at].last + 1] and words[named[at].last].plain == "'s":
        at = named[at].last
    elif words[at].plain not in _set("possessives") | word_set("words", "pronouns", "own"):
        return False
    role = next((j for j in range(at + 1, min(at + 4, len(words))) if words[j].plain in all_roles()), None)
    return role is not None and role + 1 not in named and not words[role].mark


def _is_relative(words: Sequence[Word], i: int, last: int) -> bool:
    """ "A kiln she can walk to": ends with what it is about left out."""
    end = next((j for j in range(i, min(last, i + _SHORT)) if words[j].mark or j == last - 1), i)
    verb = i + 1 < last and words[i + 1].plain in _set("verbs")
    return verb and end - i > 1 and words[i].plain in _set("subjects") and words[end].plain in _set("stranded")


def _is_what_was_told(words: Sequence[Word], i: int, mentions: Sequence[Mention]) -> bool:
    """Whether at word ``i`` only that follows which was promised or told: "I promised Walt I'd drive him up"."""
    whom = next((m.first for m in mentions if m.last == i), i - 1)
    told = whom > 0 and words[whom - 1].plain in _set("telling")
    return told and words[i].plain in _set("told") and words[whom].plain not in _set("told")


def _short_enough(edges: Sequence[int]) -> list[int]:
    """The same edges, and more where a clause would be longer than anyone speaks."""
    return [*(i for a, b in pairwise(edges) for i in range(a, b, _LONGEST)), edges[-1]]


def find_sentences(words: Sequence[Word]) -> Iterator[tuple[int, int]]:
    first = 0
    for i, word in enumerate(words):
        if word.mark in {".", "?"} or i == len(words) - 1:
            yield first, i + 1
            first = i + 1


def corrected(words: Sequence[Word]) -> set[int]:
    """Words the speaker took back at once: "in June" of "in June, no, July"."""
    gone: set[int] = set()
    for i, word in enumerate(words):
        if word.plain in _set("mistaken") and i and i + 1 < len(words):
            end = i + 1
            if words[i - 1].mark not in {",", "."} and _kind(words, end) not in {"weekday", "month"}:
                continue
            while end < len(words) - 1 and words[end].plain in _set("between") and end - i < 5:
                end += 1
            back = _same_kind(words, i, end)
            if back is not None:
                gone.update(range(back, end))
    return gone


def _same_kind(words: Sequence[Word], i: int, end: int) -> int | None:
    """Where the thing begins that the words at ``end`` replace."""
    kind = _kind(words, end)
    if kind is None:
        return None
    for back in range(i - 1, max(-1, i - 6), -1):
        if _kind(words, back) == kind:
            start = back
            while start and _kind(words, start - 1) == kind and not words[start - 1].mark:
                start -= 1
            return start
    return None


def _kind(words: Sequence[Word], i: int) -> str | None:
    word = words[i]
    dates = load("dates")
    if any(word.plain in names.split() for names in dates["weekdays"]):
        return "weekday"
    if any(word.plain in names.split() for names in dates["months"]) and (word.capital or word.plain != "may"):
        return "month"
    if word.capital and not word.first and len(word.text) > 1:
        return "name"
    return None


def may_begin(words: Sequence[Word], i: int, named: Collection[int]) -> bool:
    """Whether something said may begin at word ``i``: after a pause, at a joint, or with someone or something.
    ``named``: the words with which names begin."""
    if i == 0 or words[i - 1].mark or words[i].plain in _set("joints"):
        return True
    if words[i - 1].plain in _set("joints"):
        return False
    starts = _set("subjects") | _set("possessives") | _set("starts")
    return words[i].plain in starts or i in named


def _begins(words: Sequence[Word], i: int, named: dict[int, Mention], run_on: bool, last: int) -> bool:
    """Whether a clause begins at word ``i``."""
    before = words[i - 1]
    if before.plain in all_roles() and i in named:
        return False
    joint = words[i].plain in _set("joints")
    if joint:
        j = i + 1
        while j < min(last - 1, i + 5) and words[j].plain in _set("openers"):
            j += 1
        if words[i].plain == "and" and _joins_people(words, i, named):
            return False
        if words[i].plain == "so" and j < last and words[j].plain in _set("imperatives"):
            return True
        return _has_subject(words, j, named, last) or (words[i].plain in _set("eliding") and _elided(words, i, last))
    if before.plain in _set("joints") and not before.mark:
        return False
    if before.mark == "," and _apposed(words, i, named, last):
        return False
    if before.mark == ",":
        j = i
        while j < min(last - 1, i + 5) and words[j].plain in _set("openers"):
            j += 1
        asks = words[j].plain in _set("imperatives") and words[j + 1 : j + 2] and words[j + 1].plain == "me"
        return bool(asks) or _wishes(words, j, last) or _has_subject(words, j, named, last)
    if words[i].plain == "remind" and not before.mark:
        return i + 1 < last and words[i + 1].plain == "me" and before.plain not in _set("before_remind")
    return run_on and before.plain not in _set("holders") and _opens_unmarked(words, i, named, last)


def _apposed(words: Sequence[Word], i: int, named: dict[int, Mention], last: int) -> bool:
    """Whether only who someone is follows their name: "Moana, Hemi's sister, wants …"."""
    if not _ended_at(named, i):
        return False
    end = next((j for j in range(i, min(last - 1, i + _APPOSED)) if words[j].mark == ","), None)
    if end is None or words[end].plain not in all_roles():
        return False
    return words[end + 1].plain in _set("verbs") or words[end + 1].plain.endswith(("s", "ed"))


def _wishes(words: Sequence[Word], i: int, last: int) -> bool:
    """Whether a wish of the speaker's begins, without its "I": "…, need to call Ana"."""
    return i + 2 < last and words[i].plain in _set("wishes") and words[i + 1].plain == "to"


def _opens_unmarked(words: Sequence[Word], i: int, named: dict[int, Mention], last: int) -> bool:
    before = words[i - 1].plain
    if words[i].plain in _set("possessives"):
        owned = i + 1 < last and (words[i + 1].plain in all_roles() or words[i + 1].plain.rstrip("s") in all_roles())
        return owned and before not in _set("verbs") and _has_subject(words, i, named, last)
    if _wishes(words, i, last):
        return before not in _set("before_wish") and not _ended_at(named, i)
    return before not in word_set("words", "pronouns", "own") and _has_subject(words, i, named, last)


def _joins_people(words: Sequence[Word], i: int, named: dict[int, Mention]) -> bool:
    """Whether the "and" at ``i`` stands between two people who do the same: "Will and Hannah have"."""
    before = _ended_at(named, i) or words[i - 1].plain in _set("one_of_two")
    if words[i + 1 : i + 2] and words[i + 1].plain in _set("speaker_too"):  # "Joan and I grew up together"
        return any(m.last == i and (words[m.first].first or words[m.first - 1].mark) for m in named.values())
    after = named.get(i + 1)
    if not before or (after is None and words[i + 1 : i + 2] and words[i + 1].plain not in _set("of_the_other")):
        return False
    end = after.last if after else i + 3
    follow = words[end].plain if end < len(words) else ""
    return follow in _set("both_do") or not follow


def _ended_at(named: dict[int, Mention], i: int) -> bool:
    """Whether a name ends just before word ``i``."""
    return any(i - n in named and named[i - n].last == i for n in range(1, 6))


def _elided(words: Sequence[Word], i: int, last: int) -> bool:
    return i + 1 < last and words[i + 1].plain in _set("elided")


def _has_subject(words: Sequence[Word], i: int, named: dict[int, Mention], last: int) -> bool:
    if i >= last - 1:
        return False
    word = words[i].plain
    if word in _set("subjects"):
        joined = words[i + 1].plain in word_set("words", "around", "joining")
        return not joined and (word not in _set("unsure_subjects") or words[i + 1].plain in _set("verbs"))
    if word in _set("two_subjects") and words[i + 1].plain == "and" and i + 2 in named:
        return True
    if i in named:
        return _verb_after(words, named[i].last, named, last)
    if word in _set("possessives") | word_set("words", "pronouns", "own"):
        return any(w.plain in _set("verbs") for w in words[i + 2 : min(last, i + 7)])
    if word in _set("things"):
        return any(w.plain in _set("verbs") for w in words[i + 2 : min(last, i + 5)])
    return False


def _verb_after(words: Sequence[Word], j: int, named: dict[int, Mention], last: int) -> bool:
    """Whether a verb follows a name, after "and Will" or "'s sister"."""
    while j < last and words[j].plain == "and" and j + 1 in named:
        j = named[j + 1].last
    if j >= last:
        return False
    if words[j].plain == "'s":
        return j + 1 < last
    return words[j].plain in _set("verbs") or words[j].plain.endswith(("ed", "es"))


def _list(name: str) -> list[str]:
    return str(load("clauses")[name]).split()


def _set(name: str) -> frozenset[str]:
    return word_set("clauses", name)
