"""What people have in common, told in people's own words, and asked for aloud."""

from __future__ import annotations

import asyncio
import re

import pytest

from assistant.tone import unkind
from assistant.turn import Parts, take_words
from tests.assistant.conftest import Clock

NOTHING = "Nothing comes to mind for that yet."


def say(parts: Parts, text: str) -> str:
    taken = asyncio.run(take_words(text, "test", parts))
    assert taken.reply
    return taken.reply.text


def ask(parts: Parts, text: str) -> str:
    """The reply to a question, which is kind and short."""
    reply = say(parts, text)
    assert unkind(reply) == []
    assert len(re.findall(r"[.?](?:\s|$)", reply)) <= 2, reply
    return reply


class TestInCommon:
    def test_the_same_thing_in_the_same_words(self, parts: Parts, clock: Clock) -> None:
        say(parts, "Omar restores clocks.")
        clock.forward(days=1)
        say(parts, "Lena restores clocks in her shed.")
        assert ask(parts, "What do Omar and Lena have in common?") == (
            "Omar and Lena: both restore clocks. You said so of Omar yesterday, and of Lena today."
        )

    def test_the_same_thing_in_other_words(self, parts: Parts) -> None:
        say(parts, "Omar restores clocks.")
        say(parts, "Met Lena at the market. She repairs old watches.")
        reply = ask(parts, "What do Omar and Lena have in common?")
        assert reply == "You told me today: Omar restores clocks, and Lena repairs old watches."

    def test_what_is_rare_comes_before_what_many_share(self, parts: Parts) -> None:
        for name in ("Omar", "Lena", "Bea", "Tomas", "Priya"):
            say(parts, f"{name} lives in Leeds.")
        say(parts, "Omar keeps bees.")
        say(parts, "Lena keeps bees on her roof.")
        assert "both keep bees" in ask(parts, "What do Omar and Lena have in common?")
        more = say(parts, "What else do Omar and Lena have in common?")
        assert more.index("keep bees") < more.index("both live in Leeds")

    def test_nothing_is_said_plainly(self, parts: Parts) -> None:
        say(parts, "Omar restores clocks.")
        say(parts, "Lena has two kids and a new job.")
        assert ask(parts, "What do Omar and Lena have in common?") == NOTHING
        assert ask(parts, "What do Omar and Ines have in common?") == NOTHING

    def test_one_who_knows_both_is_named_with_when_it_was_told(self, parts: Parts, clock: Clock) -> None:
        say(parts, "Had lunch with Bea and Omar.")
        clock.forward(days=1)
        say(parts, "Bea is Lena's sister.")
        assert ask(parts, "What do Omar and Lena have in common?") == (
            "Bea may know both. You spoke of Bea and Omar yesterday, and of Bea and Lena today."
        )

    def test_one_who_shares_something_with_each(self, parts: Parts) -> None:
        for note in (
            "Omar restores clocks.",
            "Bea restores clocks.",
            "Bea sings in a choir.",
            "Lena conducts a choir.",
        ):
            say(parts, note)
        reply = ask(parts, "What do Omar and Lena have in common?")
        assert reply.startswith("Bea could bring them together: Omar restores clocks, Bea restores clocks")
        assert "choir" in reply


class TestWhoShouldMeet:
    @pytest.fixture(autouse=True)
    def told(self, parts: Parts) -> None:
        for note in (
            "Omar restores clocks.",
            "Lena restores clocks.",
            "Bea is learning the cello.",
            "Tomas plays the cello in an orchestra.",
            "Ines has two kids.",
        ):
            say(parts, note)

    def test_for_one_person(self, parts: Parts) -> None:
        assert ask(parts, "Who should I introduce to Lena?") == "Lena and Omar: both restore clocks."
        assert ask(parts, "Who should I introduce to Ines?") == NOTHING

    def test_among_everyone(self, parts: Parts) -> None:
        reply = ask(parts, "Who should meet whom?")
        assert "Omar and Lena: both restore clocks." in reply
        assert "Bea and Tomas: Bea is learning the cello, and Tomas plays the cello in an orchestra." in reply

    def test_an_opener(self, parts: Parts) -> None:
        assert ask(parts, "How could I introduce Omar to Lena?") == "You could say: you both restore clocks."
        assert ask(parts, "How could I introduce Bea to Tomas?") == (
            "You could tell each about the other: Bea is learning the cello, and Tomas plays the cello in an orchestra."
        )

    def test_those_who_know_each_other_need_no_introduction(self, parts: Parts) -> None:
        say(parts, "Omar and Lena went to the market together.")
        assert "Omar" not in ask(parts, "Who should meet whom?")

    def test_what_was_wanted_before_comes_first_and_once(self, parts: Parts) -> None:
        say(parts, "I'd like to introduce Omar to Lena.")
        reply = ask(parts, "Who should meet whom?")
        assert reply.startswith("You wanted Omar to meet Lena.")
        assert "clocks" not in reply

    def test_nobody_is_brought_together_with_the_dead(self, parts: Parts) -> None:
        say(parts, "Omar died last week.")
        assert "Omar" not in ask(parts, "Who should meet whom?")
        assert ask(parts, "Who should I introduce to Lena?") == NOTHING

    @pytest.mark.parametrize("note", ["Scratch that.", "Forget everything about Tomas."])
    def test_what_is_gone_connects_nobody(self, parts: Parts, note: str) -> None:
        say(parts, "Tomas keeps alpacas.")
        say(parts, "Ines keeps alpacas.")
        assert "alpacas" in ask(parts, "Who should meet whom?")
        say(parts, note) if "Scratch" in note else [say(parts, note), say(parts, "Yes.")]
        assert "alpacas" not in ask(parts, "Who should meet whom?")


@pytest.mark.parametrize(
    "note",
    [
        "{} is allergic to walnuts.",
        "{} is going to walnut therapy.",
        "{} owes me a walnut cake.",
        "I promised {} a walnut cake.",
        "Gift idea for {}: a walnut bowl.",
        "{} lost a lot of money on walnuts.",
        "{} is seeing someone from the walnut farm, but keep that private.",
        "{}'s birthday is on walnut day.",
        "{}'s mother grows walnuts.",
        "{} is giving up walnuts.",
        "{} is fighting with a walnut farmer.",
        "Remind me to give {} the walnut bowl.",
    ],
)
def test_what_is_private_connects_nobody(parts: Parts, note: str) -> None:
    for name in ("Omar", "Lena"):
        say(parts, note.format(name))
    for question in ("Who should meet whom?", "Who should I introduce to Lena?", "How could I introduce Omar to Lena?"):
        assert "walnut" not in ask(parts, question)


def test_what_is_not_private_does(parts: Parts) -> None:
    for name in ("Omar", "Lena"):
        say(parts, f"{name} grows walnuts.")
    assert ask(parts, "Who should meet whom?") == "Omar and Lena: both grow walnuts."


@pytest.mark.parametrize(
    ("does", "both"),
    [
        ("teaches pottery", "both teach pottery"),
        ("studies beetles", "both study beetles"),
        ("has an allotment", "both have an allotment"),
        ("is learning Welsh", "both are learning Welsh"),
        ("also paints icons", "both also paint icons"),
        ("was born in Quito", "both were born in Quito"),
        ("is a beekeeper", "each is a beekeeper"),
    ],
)
def test_what_one_does_is_said_of_two(parts: Parts, does: str, both: str) -> None:
    say(parts, f"Omar {does}.")
    say(parts, f"Lena {does}.")
    assert ask(parts, "Who should meet whom?") == f"Omar and Lena: {both}."
