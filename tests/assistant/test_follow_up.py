"""What leans on the turn before, said aloud as people say it."""

from __future__ import annotations

import pytest

from assistant.turn import Parts
from memory import memories, people
from tests.assistant.conftest import Clock
from tests.assistant.test_identity import say


@pytest.fixture(autouse=True)
def told(parts: Parts, clock: Clock) -> None:
    say(
        parts,
        "Joan Mbeki plays the oboe.",
        "Joan Mbeki's birthday is on the 3rd of June.",
        "Rahul's birthday is on the 14th of March.",
        "Joan Mbeki's brother Themba restores clocks.",
    )
    clock.forward(hours=1)


@pytest.mark.parametrize("follow", ["And Rahul?", "What about Rahul?", "and rahul", "how about Rahul"])
def test_the_same_is_asked_about_someone_else(parts: Parts, follow: str) -> None:
    assert "14" in say(parts, "When is Joan Mbeki's birthday?", follow)


@pytest.mark.parametrize("follow", ["And her brother?", "what about her brother", "And Joan's brother?"])
def test_someone_of_theirs(parts: Parts, follow: str) -> None:
    assert "clocks" in say(parts, "What do I know about Joan?", follow)


def test_a_pronoun_means_who_was_spoken_of(parts: Parts) -> None:
    say(parts, "What do I know about Joan Mbeki?", "She is moving to Leeds in August.")
    joan = people.find(parts.db, "Joan Mbeki")
    assert joan
    assert any("Leeds" in m.text for m in memories.about(parts.db, joan.id, limit=-1))


def test_a_pronoun_in_a_question_means_who_was_spoken_of(parts: Parts) -> None:
    assert "3rd" in say(parts, "What do I know about Joan Mbeki?", "When is her birthday?")


def test_why_quotes_what_was_told(parts: Parts) -> None:
    reply = say(parts, "Who restores clocks?", "Why?")
    assert reply.startswith("You said so today")
    assert "restores clocks" in reply


def test_turns_lean_on_turns(parts: Parts) -> None:
    assert "clocks" in say(parts, "When is Rahul's birthday?", "And Joan Mbeki?", "And her brother?")


def test_after_a_pause_nothing_leans(parts: Parts, clock: Clock) -> None:
    say(parts, "When is Joan Mbeki's birthday?")
    clock.forward(minutes=3)
    assert "14" not in say(parts, "And Rahul?")


def test_the_other_one(parts: Parts, clock: Clock) -> None:
    say(parts, "Joan Smith lives in Cardiff.")
    clock.forward(hours=1)
    assert "Cardiff" in say(parts, "What do I know about Joan Mbeki?", "The other one.")
