"""What train.py learns from: annotated utterances (the format of docs/understanding.md) as spans of their text."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from assistant.understanding.clauses import Clause as Part
from assistant.understanding.clauses import find_clauses, may_begin
from assistant.understanding.language import word_set
from assistant.understanding.meaning import known_people
from assistant.understanding.names import Mention as Named
from assistant.understanding.names import find_people
from assistant.understanding.words import Word, read_words
from tests.understanding.sentences import INTENTS as OWN_SENTENCES

TELLING = ("capture", "remind", "correct")
PRONOUNS = word_set("words", "pronouns", "he") | word_set("words", "pronouns", "she")
JOINTS = word_set("clauses", "joints")
Span = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Clause:
    """``kept``, ``asks``: None where the annotation cannot be matched to clauses. ``kind`` of what is kept."""

    span: Span
    kept: bool | None
    kind: str | None
    sensitive: bool
    asks: bool | None


@dataclass(frozen=True, slots=True)
class Mention:
    span: Span
    name: str
    met: bool
    introduced: bool


@dataclass(frozen=True, slots=True)
class Mark:
    """One word: whether it is part of a person's name, whether something told begins there (None: not known)."""

    span: Span
    named: bool
    begins: bool | None


@dataclass(frozen=True, slots=True)
class Pointer:
    """These characters tell about the person of that ``name``."""

    span: Span
    name: str


@dataclass(frozen=True, slots=True)
class Example:
    source: str
    text: str
    intent: str
    clauses: tuple[Clause, ...] = ()
    mentions: tuple[Mention, ...] = ()
    marks: tuple[Mark, ...] = ()
    pointers: tuple[Pointer, ...] = ()


def read_examples(files: Sequence[Path]) -> Iterator[Example]:
    """Those of annotated sets, and the sentences of our own tests, whose source is "own"."""
    for file in files:
        for row in file.read_text(encoding="utf-8").splitlines():
            if row.strip():
                yield _example(file.stem, json.loads(row))
    for intent, sentences in OWN_SENTENCES.items():
        yield from (Example("own", sentence, intent) for sentence in sentences)


def is_one_of(name: str, names: Sequence[str]) -> bool:
    """Whether it is one of these people, by the whole name or the first."""
    first = name.casefold().split()[0]
    return any(name.casefold() == other.casefold() or first == other.casefold().split()[0] for other in names)


def _example(source: str, row: dict[str, Any]) -> Example:
    text, expected = row["utterance"], row["expect"]
    words, mentions = find_people(read_words(text), known_people(row.get("people") or []))
    names = _names(expected)
    met = (expected.get("interaction") or {}).get("with") or []
    introduced = [name for pair in expected.get("introductions") or [] for name in pair]
    named = [m for m in mentions if is_one_of(m.name, names)]
    found = {i for m in named for i in range(m.first, m.last)}
    named += [m for m in _unfound(words, row) if found.isdisjoint(range(m.first, m.last))]
    told = [(m, span) for m in expected.get("memories") or [] if (span := _evidence(text, m))]
    parts = find_clauses(words, mentions)
    begins = _beginnings(words, mentions, parts, [span for m, span in told if m["kind"] != "relation"])
    inside = {i for m in named for i in range(m.first, m.last)}
    spans = [_characters(words, c) for c in parts]
    return Example(
        source,
        text,
        expected["intent"],
        tuple(_clauses(text, spans, expected)),
        tuple(
            Mention(_characters(words, m), m.name, is_one_of(m.name, met), is_one_of(m.name, introduced)) for m in named
        ),
        tuple(Mark((w.start, w.end), i in inside, begins.get(i)) for i, w in enumerate(words)),
        tuple(_pointers(words, spans, expected, told, text)),
    )


def _names(expected: dict[str, Any]) -> list[str]:
    """Everyone an annotation names."""
    told = [*(expected.get("memories") or []), *(expected.get("reminders") or [])]
    names = [*(expected.get("people") or []), *(name for one in told for name in one.get("about") or [])]
    asked = (expected.get("query") or {}).get("person")
    return [*names, *([asked] if asked else [])]


def _characters(words: Sequence[Word], within: Any) -> Span:
    return words[within.first].start, words[within.last - 1].end


def _unfound(words: Sequence[Word], row: dict[str, Any]) -> Iterator[Named]:
    """Where names of the annotation stand, whether the rules find them or not."""
    names = {name: name for name in _names(row["expect"])}
    for known in row.get("people") or []:
        if known["name"] in names:
            names |= dict.fromkeys(known.get("also") or [], known["name"])
    cased = any(w.capital and not w.first for w in words)
    for called, name in names.items():
        spoken = [part.casefold().strip(".,") for part in called.split()]
        for i, word in enumerate(words):
            if word.plain.strip(".") != spoken[0] or (cased and not word.capital):
                continue
            length = 1
            while length < len(spoken) and i + length < len(words) and words[i + length].plain == spoken[length]:
                length += 1
            yield Named(i, i + length, name, name)


def _evidence(text: str, memory: dict[str, Any]) -> Span | None:
    start = text.find(memory.get("evidence") or "\0")
    return (start, start + len(memory["evidence"])) if start >= 0 else None


def _beginnings(
    words: Sequence[Word], mentions: Sequence[Named], parts: Sequence[Part], spans: Sequence[Span]
) -> dict[int, bool]:
    """For the words in and around what is told: whether something begins there. What is told inside something else
    that is told says nothing; where nothing is told, a clause of the rules is taken as one."""
    outer = [s for s in spans if not any(o != s and o[0] <= s[0] and s[1] <= o[1] for o in spans)]
    named = {m.first for m in mentions}
    begins: dict[int, bool] = {}
    for a, b in outer:
        inside = [i for i, w in enumerate(words) if w.end > a and w.start < b]
        if not inside:
            continue
        first, after = inside[0], inside[-1] + 1
        while first and words[first - 1].plain in JOINTS and not words[first - 1].mark:
            first -= 1
        for i in inside[1:]:
            begins.setdefault(i, False)
        for i in range(first + 1, inside[0] + 1):
            begins[i] = False
        if may_begin(words, first, named):
            begins[first] = True
        if after < len(words) and may_begin(words, after, named):
            begins[after] = True
    for part in parts:
        start, end = _characters(words, part)
        if not any(b > start and a < end for a, b in outer):
            for i in range(part.first + 1, part.last):
                begins.setdefault(i, False)
    return begins


def _clauses(text: str, spans: Sequence[Span], expected: dict[str, Any]) -> Iterator[Clause]:
    told: dict[int, dict[str, Any]] = {}
    lost = False
    for memory in expected.get("memories") or []:
        hit = list(_matching(text, spans, memory))
        lost |= not hit
        for i in hit:
            if i not in told or not told[i].get("sensitive"):
                told[i] = memory
    lost |= expected["intent"] not in TELLING  # there, nothing is kept whatever is told
    wanted = {i for r in expected.get("reminders") or [] for i in _matching(text, spans, r)} - set(told)
    unclear = bool(expected.get("reminders")) and not wanted
    for i, span in enumerate(spans):
        asks = True if i in wanted else None if unclear or (wanted and i not in told) else False
        if i in told:
            yield Clause(span, True, told[i]["kind"], bool(told[i].get("sensitive")), asks)
        else:
            yield Clause(span, None if lost else False, None, False, asks)


def _matching(text: str, spans: Sequence[Span], memory: dict[str, Any]) -> Iterator[int]:
    """The clauses that tell a memory: those under its evidence, or else the first with the words it must have."""
    if evidence := _evidence(text, memory):
        start, end = evidence
        for i, (a, b) in enumerate(spans):
            shared = min(b, end) - max(a, start)
            if shared > 0 and (shared >= (b - a) / 2 or shared >= 0.6 * (end - start)):
                yield i
        return
    must = memory.get("must") or []
    for i, (a, b) in enumerate(spans):
        said = text[a:b].lower()
        if must and all(re.search(rf"\b(?:{words})", said) for words in must):
            yield i
            return


def _pointers(
    words: Sequence[Word],
    spans: Sequence[Span],
    expected: dict[str, Any],
    told: Sequence[tuple[dict[str, Any], Span]],
    text: str,
) -> Iterator[Pointer]:
    """Whom clauses, and the pronouns that open what is told, mean."""
    for memory, (start, end) in told:
        if memory.get("about"):
            yield Pointer((start, end), memory["about"][0])
            opening = [w for w in words if w.start >= start and w.end <= end][:3]
            yield from (Pointer((w.start, w.end), memory["about"][0]) for w in opening if w.plain in PRONOUNS)
    for one in [*(expected.get("memories") or []), *(expected.get("reminders") or [])]:
        if one.get("about") and not one.get("evidence"):
            yield from (Pointer(spans[i], one["about"][0]) for i in _matching(text, spans, one))
