"""Who one might reach out to, what one would like with people, and honest answers about oneself: as people say it.

The sentences here are in none of the data files.
"""

from __future__ import annotations

import dataclasses
import re

import pytest

from assistant.tone import unkind
from assistant.turn import Parts
from memory import circles, goals, memories, people
from tests.assistant.conftest import Clock
from tests.assistant.test_identity import kept, say


def shared(parts: Parts) -> Parts:
    """The same, where others hear what is said."""
    return dataclasses.replace(parts, overheard=lambda _: True)


class TestReconnect:
    @pytest.fixture(autouse=True)
    def told(self, parts: Parts, clock: Clock) -> None:
        say(
            parts,
            "Maya is one of my closest friends.",
            "Maya is learning pottery.",
            "My sister Ana lives in Leeds.",
            "Omar is a colleague.",
            "Priya's mother Ruth had surgery.",
        )
        clock.forward(days=90)

    @pytest.mark.parametrize("asked", ["Who might I get in touch with?", "who haven't I seen in ages"])
    def test_the_closest_with_a_reason_and_words_to_begin_with(self, parts: Parts, asked: str) -> None:
        said = say(parts, asked)
        assert "Maya" in said
        assert "Maya is learning pottery" in said
        assert re.search(r"You could (say|ask)[^.]* pottery", said)
        assert unkind(said) == []

    def test_someone_else_is_never_the_same(self, parts: Parts) -> None:
        first = say(parts, "Who could I call?")
        second = say(parts, "hmm, anyone else?")
        third = say(parts, "and who else")
        fourth = say(parts, "somebody else, please")
        assert [name in one for name, one in zip(("Maya", "Ana", "Omar"), (first, second, third), strict=True)] == [
            True
        ] * 3
        assert fourth == "Nobody else comes to mind just now, and that is fine."

    def test_why_quotes_what_was_told(self, parts: Parts) -> None:
        said = say(parts, "Who could I call?", "Why Maya?")
        assert "Maya is learning pottery" in said

    def test_whom_it_was_not_about_lately_comes_first(self, parts: Parts, clock: Clock) -> None:
        say(parts, "I had lunch with Maya today.")
        clock.forward(hours=3)
        assert "Ana" in say(parts, "Who could I call?")

    def test_who_just_came_to_mind_waits(self, parts: Parts, clock: Clock) -> None:
        say(parts, "Who could I call?")
        clock.forward(days=1)
        assert "Maya" not in say(parts, "Who could I call?")

    def test_an_event_of_theirs_speaks_for_now(self, parts: Parts, clock: Clock) -> None:
        say(parts, "Ana's exam is on Friday.")
        clock.forward(hours=1)
        said = say(parts, "Who could I call?")
        assert "exam" in said

    def test_a_wish_says_why(self, parts: Parts, clock: Clock) -> None:
        say(parts, "Tom lives in Leeds.", "I'm hoping to make some friends in Leeds.")
        clock.forward(hours=1)
        said = say(parts, "Who could I call?")
        assert re.search(
            r"You said you'd like to make some friends in Leeds: (Tom|Your sister Ana) lives in Leeds", said
        )

    def test_grief_is_met_gently(self, parts: Parts, clock: Clock) -> None:
        say(parts, "Maya's father died on Monday.")
        clock.forward(days=60)
        said = say(parts, "Who could I call?")
        assert "Maya" in said
        assert "father" not in said
        assert "pottery" not in said

    def test_what_is_private_is_not_said_where_others_hear(self, parts: Parts, clock: Clock) -> None:
        say(parts, "This is private: I promised Ana five hundred pounds.", "I had lunch with Maya today.")
        clock.forward(hours=1)
        assert "pounds" not in say(shared(parts), "Who could I call?")

    @pytest.mark.parametrize(
        "told", ["Maya died in April.", "I'm done with Maya for good.", "Please never mention Maya."]
    )
    def test_these_come_to_nobodys_mind(self, parts: Parts, clock: Clock, told: str) -> None:
        say(parts, told)
        clock.forward(hours=1)
        assert "Maya" not in say(parts, "Who could I call?", "anyone else", "anyone else", "anyone else")

    @pytest.mark.parametrize(
        "said", ["I've been feeling so lonely lately.", "I am a bit lonely this evening", "feeling really lonely"]
    )
    def test_the_lonely_get_a_kind_word_and_perhaps_a_name(self, parts: Parts, said: str) -> None:
        reply = say(parts, said)
        assert "Maya" in reply or "Ana" in reply
        assert unkind(reply) == []
        assert not re.search(r"\d", reply)
        assert memories.pending(parts.db)[0].text != said

    @pytest.mark.parametrize(
        "said",
        [
            "I'm terrible at staying in touch with people.",
            "honestly I'm so bad at replying to messages",
            "I have lost touch with everybody.",
        ],
    )
    def test_who_is_bad_at_it_hears_a_kind_truth(self, parts: Parts, said: str) -> None:
        reply = say(parts, said)
        assert re.search(r"\bcar(e|ing)\b|You think of them", reply, re.IGNORECASE)
        assert unkind(reply) == []

    @pytest.mark.parametrize(
        "said",
        [
            "How would I even begin to text her after all this time?",
            "What could I possibly say to her after such a long silence?",
            "I wouldn't know what to write.",
        ],
    )
    def test_how_to_begin_after_long(self, parts: Parts, clock: Clock, said: str) -> None:
        reply = say(parts, "What do I know about Maya?", said)
        assert "pottery" in reply
        assert unkind(reply) == []

    @pytest.mark.parametrize(
        "note",
        [
            "Ana has been feeling lonely since the move.",
            "Omar says he is bad at keeping in touch.",
            "Maya felt so alone in Leeds.",
        ],
    )
    def test_what_is_told_of_others_is_kept(self, parts: Parts, note: str) -> None:
        assert say(parts, note).startswith("Kept")


class TestCloseness:
    @pytest.mark.parametrize(
        ("told", "apart"),
        [
            ("Honestly, I never want to see Dan again.", True),
            ("I've cut off all contact with Dan.", True),
            ("Stop bringing up Dan.", True),
            ("So, Dan is a dear friend of mine.", False),
            ("Dan and I were never that close.", False),
        ],
    )
    def test_it_is_kept_and_nobody_is_forgotten(self, parts: Parts, told: str, apart: bool) -> None:
        say(parts, "Dan keeps bees.")
        reply = say(parts, told)
        assert (reply == "Kept. I won't bring Dan up.") == apart
        assert len(kept(parts, "Dan")) == 2

    def test_we_are_close_no_more(self, parts: Parts) -> None:
        say(parts, "Maya is my best friend.", "What do I know about Maya?", "We're not really friends any more.")
        assert "Maya and you aren't close any more." in kept(parts, "Maya")

    @pytest.mark.parametrize(
        "told",
        [
            "I don't want to lose touch with Dan.",
            "I never want to upset Dan again.",
            "I'd rather not bother Dan.",
            "I don't want to see Dan hurt.",
            "I don't want to see Dan tomorrow.",
            "Dan doesn't want to see Tess any more.",
            "Don't mention Dan's party to Tess.",
            "I've fallen out with Dan.",
        ],
    )
    def test_none_of_these_puts_anyone_out_of_sight(self, parts: Parts, told: str) -> None:
        say(parts, "Dan is my best friend.", told)
        dan = people.find(parts.db, "Dan")
        assert dan
        assert circles.circle(parts.db, dan.id, parts.clock()) == 5

    def test_to_forget_is_still_to_forget(self, parts: Parts) -> None:
        say(parts, "Dan keeps bees.")
        assert say(parts, "Forget everything about Dan.") == "Shall I forget everything about Dan?"


class TestWishes:
    @pytest.mark.parametrize(
        ("said", "wish"),
        [
            ("I'd love to get to know some people round here.", "get to know some people round here"),
            ("This year I want to call my cousins more often.", "call your cousins more often"),
            ("I wish I could find a mentor in journalism.", "find a mentor in journalism"),
            ("I'm looking for a climbing partner.", "find a climbing partner"),
            ("I'm on the job market.", "find a job"),
            ("I'd like to find a job through people I know", "find a job through people you know"),
            ("I want to see my old school friends more", "see your old school friends more"),
            ("My hope for this year is to be a better friend.", "be a better friend"),
        ],
    )
    def test_it_is_kept_in_ones_own_words(self, parts: Parts, said: str, wish: str) -> None:
        assert say(parts, said) == f"Kept: you'd like to {wish}."
        assert [g.wish for g in goals.standing(parts.db)] == [wish]

    @pytest.mark.parametrize(
        "said",
        [
            "I want to call my friend Tess tomorrow.",
            "I'd like to introduce Tess to Rahul.",
            "I want to buy a bike.",
            "I'd like to know who keeps bees.",
            "Remind me to find a job for Tess on Friday.",
            "Do you think I want to make friends?",
        ],
    )
    def test_these_are_none(self, parts: Parts, said: str) -> None:
        say(parts, said)
        assert goals.standing(parts.db) == []

    def test_they_are_said_again_and_let_go(self, parts: Parts, clock: Clock) -> None:
        say(parts, "I want to make friends in Leeds.", "I'd like to find a job in nursing.")
        clock.forward(hours=1)
        assert "nursing" in say(parts, "What was I hoping for with work?")
        assert "Leeds" in say(parts, "What did I say I wanted?")
        assert say(parts, "I've finally found a job!") == "Of course. I'll leave that be."
        assert [g.wish for g in goals.standing(parts.db)] == ["make friends in Leeds"]
        assert say(parts, "What did I want to do about friends?", "That's sorted.") == "Of course. I'll leave that be."
        assert goals.standing(parts.db) == []

    def test_scratch_that_takes_it_back(self, parts: Parts) -> None:
        say(parts, "I want to make friends in Leeds.", "Scratch that.")
        assert goals.standing(parts.db) == []

    def test_weak_ties_count_for_work(self, parts: Parts, clock: Clock) -> None:
        say(parts, "Maya is my best friend.", "Omar is a colleague.", "Omar works as a journalist.")
        say(parts, "I'd like to find a mentor in journalism.", "I'm looking for a job as a journalist.")
        clock.forward(days=90)
        said = say(parts, "Who could I get in touch with?")
        assert "Omar works as a journalist" in said

    def test_they_come_first_where_people_are_brought_together(self, parts: Parts, clock: Clock) -> None:
        say(parts, "Omar restores clocks.", "Lena restores clocks.", "Priya keeps alpacas.", "Tomas keeps alpacas.")
        say(parts, "Tomas lives in Leeds.", "I want to make friends in Leeds.")
        clock.forward(hours=1)
        said = say(parts, "Who should meet whom?")
        assert said.startswith("Priya and Tomas: both keep alpacas.")
        assert "You said you'd like to make friends in Leeds: Tomas lives in Leeds." in said
        say(parts, "I don't want to see Tomas any more.")
        assert "Tomas" not in say(parts, "Who should meet whom?")

    def test_where_others_hear_it_is_kept_quiet_if_private(self, parts: Parts) -> None:
        say(parts, "I want to find a partner, but keep this to yourself.")
        reply = say(shared(parts), "What did I say I wanted?")
        assert "partner" not in reply


class TestReflection:
    ASKED = (
        "Is my friendship with Chase a bit one-sided?",
        "Am I always the one doing the work with Chase?",
        "Do I ever call Chase without wanting something?",
        "Have I been a terrible friend to Chase?",
    )

    @pytest.fixture(autouse=True)
    def told(self, parts: Parts, clock: Clock) -> None:
        say(parts, "Chase is a friend from football.", "I helped Chase with the move.")
        clock.forward(days=31)
        say(parts, "Chase drove me to the hospital. He sat with me all night.")
        clock.forward(days=31)

    @pytest.mark.parametrize("asked", ASKED)
    def test_examples_both_ways_and_no_number(self, parts: Parts, asked: str) -> None:
        said = say(parts, asked)
        assert "You told me in May: You helped Chase with the move." in said
        assert "You told me in June: Chase " in said
        assert not re.search(r"\d", said)
        assert unkind(said) == []

    @pytest.mark.parametrize("asked", ASKED)
    def test_nothing_is_said_of_it_where_others_hear(self, parts: Parts, asked: str) -> None:
        assert say(shared(parts), asked) == "There's something for you to read later."

    @pytest.mark.parametrize("asked", ["Is it one-sided with Ana?", "Do I only ring Ana when I need help?"])
    def test_too_little_is_called_so(self, parts: Parts, asked: str) -> None:
        say(parts, "Ana keeps bees.")
        assert say(parts, asked).startswith("There is too little in what you told me to tell from.")

    def test_one_way_is_told_as_it_is(self, parts: Parts, clock: Clock) -> None:
        say(parts, "Ana lent me her car.")
        clock.forward(days=31)
        say(parts, "I called Ana to ask for a lift.")
        said = say(parts, "Do I only call Ana when I need something?")
        assert "What you told me is mostly what Ana did for you." in said
        assert unkind(said) == []

    def test_about_everyone(self, parts: Parts) -> None:
        said = say(parts, "Am I a rubbish friend?")
        assert "You helped Chase with the move" in said

    def test_what_is_remembered_shows_that_one_listened(self, parts: Parts) -> None:
        say(parts, "Ana keeps bees.", "Ana is learning the cello.")
        said = say(parts, "Do I just talk about myself when I'm with Ana?")
        assert "Ana is learning the cello" in said

    def test_of_the_dead_nothing_is_to_be_done(self, parts: Parts) -> None:
        say(parts, "Chase died on Friday.")
        said = say(parts, "Was I a bad friend to Chase?")
        assert "helped Chase" in said
        assert "ask Chase" not in said

    def test_what_is_never_to_be_said_is_not_shown(self, parts: Parts) -> None:
        say(parts, "I lent Chase my savings, never mention that.")
        assert "savings" not in say(parts, "Is it one-sided with Chase?")


def test_forgetting_someone_takes_all_of_it(parts: Parts) -> None:
    say(parts, "Dan keeps bees.", "I don't want to see Dan any more.", "Forget everything about Dan.", "yes")
    assert people.find(parts.db, "Dan") is None
    assert memories.pending(parts.db) == []
