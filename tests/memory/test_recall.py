"""A question finds what answers it, and nothing when nothing does."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from memory import captures, memories, people
from memory.database import Database
from memory.recall import content_words, ranked, recall
from memory.vectors import Vectors

NOW = datetime(2026, 5, 4, 9, 30, tzinfo=UTC)
KNOWN = (
    ("Ana", "Ana's eldest is called Wilhelmina."),
    ("Ana", "Ana is allergic to walnuts."),
    ("Devika", "Devika keeps bees on the roof of her building."),
    ("Sergei", "Sergei moved to Trieste in March."),
    ("Sergei", "Sergei's father died in the winter."),
    ("Mireille", "Mireille is learning to sail."),
)


def keep(db: Database, *texts: str) -> None:
    """One note of Ana's and its memories."""
    capture = captures.keep_text(db, " ".join(texts), NOW, "test")
    for text in texts:
        memories.add(db, capture, about=[people.find_or_add(db, "Ana")], kind="fact", text=text, evidence="")


@pytest.fixture
def known(db: Database, vectors: Vectors) -> Database:
    for name, text in KNOWN:
        capture = captures.keep_text(db, text, NOW, "test")
        memories.add(db, capture, about=[people.find_or_add(db, name)], kind="fact", text=text, evidence=text)
    vectors.sync(db)
    return db


@pytest.mark.parametrize(
    ("question", "name", "answer"),
    [
        ("What's the name of Ana's eldest?", "Ana", "Wilhelmina"),
        ("what is ana allergic to", "Ana", "walnuts"),
        ("Who keeps bees?", None, "Devika"),
        ("Who's the beekeeper?", None, "Devika"),
        ("Where does Sergei live now, where did he move?", "Sergei", "Trieste"),
        ("Who lost a parent?", None, "father died"),
        ("who is into boats", None, "Mireille"),
    ],
)
def test_the_best_answer_comes_first(
    known: Database, vectors: Vectors, question: str, name: str | None, answer: str
) -> None:
    found = recall(known, vectors, question, people.find(known, name) if name else None)
    assert found
    assert answer in found[0].memory.text


@pytest.mark.parametrize(
    ("question", "name"),
    [("What car does Ana drive?", "Ana"), ("Who plays the trombone?", None), ("Who won the election?", None)],
)
def test_what_is_not_known_is_not_guessed(known: Database, vectors: Vectors, question: str, name: str | None) -> None:
    assert recall(known, vectors, question, people.find(known, name) if name else None) == []


def test_about_someone_without_a_topic_is_all_that_is_known_of_them(known: Database, vectors: Vectors) -> None:
    sergei = people.find(known, "Sergei")
    found = recall(known, vectors, "What do I know about Sergei?", sergei)
    assert {r.memory.about[0].name for r in found} == {"Sergei"}
    assert len(found) == 2


def test_what_was_ignored_or_undone_does_not_come_back(known: Database, vectors: Vectors) -> None:
    for row in known.rows("SELECT id FROM memories WHERE text LIKE '%bees%'"):
        memories.review(known, row["id"], "ignored")
    assert recall(known, vectors, "Who keeps bees?", None) == []


def test_the_answer_to_a_question_comes_before_the_question(db: Database, vectors: Vectors) -> None:
    keep(db, "Which pets live with her?", "Three tortoises.")
    texts = [r.memory.text for r in ranked(db, vectors, "Which pets does she keep?", None)]
    assert texts == ["Three tortoises.", "Which pets live with her?"]


def test_what_was_told_beside_it_adds_nothing_when_it_has_nothing_to_do_with_it(db: Database, vectors: Vectors) -> None:
    keep(db, "Mireille is learning to sail.")
    keep(db, "Mireille is learning to sail.", "The oven needs a new door.")
    vectors.sync(db)
    alone, beside, oven = ranked(db, vectors, "Who likes boats?", None)
    assert oven.memory.text == "The oven needs a new door."
    assert beside.rank == pytest.approx(alone.rank, abs=0.01)  # equal vectors are kept a little apart


@pytest.mark.parametrize("question", ["", "?", '"', "NEAR(", "a* OR b", "' OR 1=1 --", "\x00", "🙂", "word " * 5000])
def test_no_question_breaks_it(known: Database, vectors: Vectors, question: str) -> None:
    assert isinstance(recall(known, vectors, question, None), list)


def test_content_words_leave_out_what_every_question_has() -> None:
    assert content_words("What's the name of Joan's dog?", ["Joan Mbeki"]) == ["dog"]
