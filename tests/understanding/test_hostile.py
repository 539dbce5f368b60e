"""Whatever is heard, understanding answers, and soon."""

from __future__ import annotations

import re
import time
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assistant.understanding import rules
from assistant.understanding.answers import yes_or_no
from assistant.understanding.meaning import KnownPerson
from assistant.understanding.rules import understand
from tests.understanding.sentences import KNOWN, NOW

MOST_SECONDS = 3.0  # for input far beyond any speech; a busy machine included
SCENES = [
    "a" * 10_000_000,
    "Joan " * 2_000_000,
    "she said " * 500_000,
    "remind me to " * 100_000,
    "12345 " * 200_000,
    "Joan, " * 100_000,
    "@1 's @2 's " * 50_000,
    "\x00\x01\x1b[31m\u202e" * 100_000,
    "\u0301" * 100_000,
    "'s" * 200_000,
    "((((" * 200_000,
    "her mother's " * 100_000,
    "no, no, " * 100_000,
    "from the 1st to " * 50_000,
]


@pytest.mark.parametrize("text", SCENES, ids=range(len(SCENES)))
def test_huge_or_broken_text_is_answered_soon(text: str) -> None:
    began = time.process_time()
    understand(text, NOW, KNOWN)
    assert time.process_time() - began < MOST_SECONDS


@pytest.mark.parametrize(
    "text",
    [
        "",
        " ",
        ".",
        "?!",
        "123",
        "7",
        "\n\n",
        "’",
        "@0",
        "@1 is @2",
        "私はジョアンに会った。",
        "Привет, Анна.",
        "🎈🎈",
        "s",
        "'s",
        "no,",
    ],
)
def test_odd_utterances_are_answered(text: str) -> None:
    understand(text, NOW, KNOWN).to_json()


@settings(max_examples=60, deadline=None)
@given(st.text(max_size=300))
def test_any_text_is_answered(text: str) -> None:
    meaning = understand(text, NOW, KNOWN)
    assert all(memory.evidence in text for memory in meaning.memories)
    yes_or_no(text)


PIECES = [
    "Joan",
    "Rahul",
    "she",
    "her",
    "he",
    "they",
    "'s",
    "n't",
    "I",
    "me",
    "met",
    "is",
    "has",
    "on",
    "the",
    "Friday",
    "remind",
    "to",
    "not",
    "it",
    "and",
    ",",
    ".",
    "?",
    "mother",
    "called",
    "two",
    "@1",
    "in",
    "from",
    "Leeds",
]


@settings(max_examples=100, deadline=None)
@given(st.lists(st.sampled_from(PIECES), max_size=40).map(" ".join))
def test_any_order_of_words_is_answered(text: str) -> None:
    meaning = understand(text, NOW, KNOWN)
    assert all(memory.evidence in text and memory.about for memory in meaning.memories)


def test_five_minutes_of_speech_are_read_whole() -> None:
    filler = "The weather was mild and the bus was on time. " * 120
    meaning = understand(filler + "Priya has moved to Ghent.", NOW, [KnownPerson("Priya Nair")])
    assert meaning.memories[-1].place == "Ghent"


def test_a_people_list_of_any_size() -> None:
    people = [KnownPerson(f"Person{n} Name{n}") for n in range(2_000)]
    assert understand("Person77 has a dog.", NOW, people).people == ("Person77 Name77",)


VOCABULARY = sorted(
    {
        word
        for file in (Path(rules.__file__).parent / "en").glob("*.toml")
        for word in re.findall(r"[a-z']+", file.read_text())
    }
)


@settings(max_examples=300)
@given(st.lists(st.sampled_from([*VOCABULARY, "Joan", "Ana's", ",", ".", "?", "on the 3rd"]), max_size=12))
def test_any_order_of_its_own_words_is_answered(words: list[str]) -> None:
    meaning = understand(" ".join(words), NOW, KNOWN)
    assert all(memory.evidence in " ".join(words) for memory in meaning.memories)
