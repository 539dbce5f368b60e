"""Who is meant, who is who, what changed and what was wrong: said aloud, as people say it."""

from __future__ import annotations

import asyncio

import pytest

from assistant.turn import Parts, take_words
from memory import captures, memories, people
from tests.assistant.conftest import Clock


def say(parts: Parts, *texts: str) -> str:
    """Says them one after the other; the reply to the last."""
    reply = ""
    for text in texts:
        taken = asyncio.run(take_words(text, "test", parts))
        reply = taken.reply.text if taken.reply else ""
    return reply


def kept(parts: Parts, name: str) -> set[str]:
    person = people.find(parts.db, name)
    return {m.text for m in memories.about(parts.db, person.id)} if person else set()


class TestTwoOfOneName:
    @pytest.fixture(autouse=True)
    def two(self, parts: Parts) -> None:
        say(parts, "Met Joan Mbeki after football practice. She plays the oboe.", "Joan Smith lives in Leeds.")

    def test_a_note_is_kept_and_asked_back(self, parts: Parts) -> None:
        reply = say(parts, "Joan has a dog called Bruno.")
        assert reply == "Kept: Joan's dog is called Bruno. Joan Mbeki, or Joan Smith?"
        assert "Joan's dog is called Bruno." in [m.text for m in memories.pending(parts.db)]
        assert not kept(parts, "Joan Mbeki") & kept(parts, "Joan Smith")

    @pytest.mark.parametrize(
        ("answer", "whom"),
        [
            ("Mbeki.", "Joan Mbeki"),
            ("the football one", "Joan Mbeki"),
            ("The one from football.", "Joan Mbeki"),
            ("the one who plays the oboe", "Joan Mbeki"),
            ("The first.", "Joan Mbeki"),
            ("the second one", "Joan Smith"),
            ("Joan Smith", "Joan Smith"),
            ("the one in Leeds", "Joan Smith"),
            ("I mean Smith", "Joan Smith"),
        ],
    )
    def test_the_answer_says_whose_it_is(self, parts: Parts, answer: str, whom: str) -> None:
        reply = say(parts, "Joan has a dog called Bruno.", answer)
        assert reply == f"Kept for {whom}."
        assert "Joan's dog is called Bruno." in kept(parts, whom)
        assert {p.name for p in people.everyone(parts.db)} == {"Joan Mbeki", "Joan Smith"}

    @pytest.mark.parametrize("answer", ["neither, a new one", "Neither.", "a new one", "someone else"])
    def test_it_may_be_somebody_new(self, parts: Parts, answer: str) -> None:
        assert say(parts, "Joan is learning Greek.", answer) == "Kept for a new Joan."
        assert say(parts, "Joan likes tea.").endswith("Joan Mbeki, Joan Smith, or the other Joan?")
        assert say(parts, "the one who is learning Greek") == "Kept for the other Joan."

    def test_without_an_answer_nothing_is_lost_and_nobody_mixed_up(self, parts: Parts, clock: Clock) -> None:
        before = kept(parts, "Joan Mbeki"), kept(parts, "Joan Smith")
        say(parts, "Joan is learning Greek.", "Ana has a cat.")
        clock.forward(minutes=10)
        assert say(parts, "Mbeki.") != "Kept for Joan Mbeki."
        assert (kept(parts, "Joan Mbeki"), kept(parts, "Joan Smith")) == before
        assert "Joan is learning Greek." in [m.text for m in memories.pending(parts.db)]
        assert say(parts, "Who is learning Greek?").endswith("Joan is learning Greek.")

    def test_a_new_note_is_no_answer(self, parts: Parts) -> None:
        say(parts, "Joan is learning Greek.", "Joan Smith has a cat.")
        assert "Joan Smith has a cat." in kept(parts, "Joan Smith")
        assert "Joan is learning Greek." not in kept(parts, "Joan Smith")

    def test_the_answer_can_be_taken_back_and_the_note_stays(self, parts: Parts) -> None:
        assert say(parts, "Joan is learning Greek.", "Mbeki", "Scratch that.") == "Gone."
        assert "Joan is learning Greek." not in kept(parts, "Joan Mbeki")
        assert "Joan is learning Greek." in [m.text for m in memories.pending(parts.db)]
        say(parts, "Scratch that.")
        assert "Joan is learning Greek." not in [m.text for m in memories.pending(parts.db)]

    @pytest.mark.parametrize(
        ("question", "answer", "said"),
        [
            ("What do I know about Joan?", "Smith", "Joan Smith lives in Leeds."),
            ("When did I last see Joan?", "the football one", "You last saw Joan Mbeki today."),
            ("I'm about to see Joan, what should I know?", "the first", "Joan Mbeki plays the oboe"),
            ("Forget everything about Joan.", "the second", "Shall I forget everything about Joan Smith?"),
        ],
    )
    def test_a_question_is_asked_back_and_answered(self, parts: Parts, question: str, answer: str, said: str) -> None:
        assert say(parts, question) == "Joan Mbeki, or Joan Smith?"
        assert said in say(parts, answer)

    def test_a_reminder_and_a_meeting_go_along(self, parts: Parts, clock: Clock) -> None:
        clock.forward(days=1)
        say(parts, "Saw Joan today. Remind me to call Joan tomorrow.", "Smith")
        assert say(parts, "When did I last see Joan Smith?") == "You last saw Joan Smith today."
        assert "call Joan" in say(parts, "I'm about to see Joan Smith, what should I know?")


class TestDescribed:
    """Two of one name, told apart by what is known of them."""

    @pytest.fixture(autouse=True)
    def two(self, parts: Parts) -> None:
        say(
            parts,
            "Joan Mbeki from choir made me soup. She keeps bees.",
            "There's a Joan at work now too, Joan Smith, a welder, and she rides a motorcycle. Not Joan from choir.",
        )

    @pytest.mark.parametrize(
        ("answer", "whom"),
        [
            ("The one from choir.", "Joan Mbeki"),
            ("the one with the bees", "Joan Mbeki"),
            ("The one from the foundry, with the motorcycle.", "Joan Smith"),
            ("The woman who rides a motorcycle to her shift every morning.", "Joan Smith"),
            ("from work", "Joan Smith"),
        ],
    )
    def test_a_description_answers(self, parts: Parts, answer: str, whom: str) -> None:
        assert say(parts, "Joan is having her knee replaced.", answer) == f"Kept for {whom}."
        assert "Joan is having her knee replaced." in kept(parts, whom)

    @pytest.mark.parametrize("text", ["The funeral is on Friday.", "Tom rides a motorcycle."])
    def test_what_tells_something_else_is_no_answer(self, parts: Parts, text: str) -> None:
        assert not say(parts, "Joan is having her knee replaced.", text).startswith("Kept for")

    def test_which_of_them_it_is_is_told_and_not_asked_back(self, parts: Parts) -> None:
        say(parts, "Joan is having her knee replaced.", "the one from choir")
        assert say(parts, "Which Joan is having her knee done?").startswith("That is Joan Mbeki. You told me today:")
        reply = say(parts, "Which Joan is it that's got the motorcycle?")
        assert reply == "That is Joan Smith. You told me today: Joan Smith rides a motorcycle."


def test_someone_without_a_surname_is_told_apart_by_what_is_known(parts: Parts) -> None:
    say(parts, "Met Joan after football practice. She plays the oboe.")
    person = people.find(parts.db, "Joan")
    assert person
    capture = captures.keep_text(parts.db, "Joan Mbeki is someone else.", parts.clock(), "test")
    parts.db.write("INSERT INTO people(name, capture_id) VALUES ('Joan Mbeki', ?)", (capture.id,))
    assert say(parts, "What do I know about Joan?") == "Joan Mbeki, or Joan from football?"
    assert say(parts, "the football one").endswith("Joan plays the oboe.")


class TestOnePerson:
    def test_two_are_made_one_and_two_again(self, parts: Parts) -> None:
        say(parts, "Bea plays the oboe.", "Beatrice Okafor lives in Leeds.")
        reply = say(parts, "Bea and Beatrice Okafor are the same person.")
        assert reply == "Kept: Bea and Beatrice Okafor are the same person."
        assert kept(parts, "Bea") == {"Bea plays the oboe.", "Beatrice Okafor lives in Leeds."}
        say(parts, "Bea and Beatrice Okafor are two different people.")
        assert kept(parts, "Bea") == {"Bea plays the oboe."}
        assert kept(parts, "Beatrice Okafor") == {"Beatrice Okafor lives in Leeds."}

    def test_scratch_that_parts_them(self, parts: Parts) -> None:
        say(parts, "Bea plays the oboe.", "Beatrice lives in Leeds.", "Bea and Beatrice are the same person.")
        assert say(parts, "Scratch that.") == "Gone."
        assert kept(parts, "Beatrice") == {"Beatrice lives in Leeds."}
        assert kept(parts, "Bea") == {"Bea plays the oboe."}

    def test_one_is_made_two_by_what_was_said(self, parts: Parts) -> None:
        say(parts, "Joan plays the oboe.", "Joanie lives in Leeds.")
        say(parts, "Joan and Joanie are two different people.")
        assert {p.name for p in people.everyone(parts.db)} == {"Joan", "Joanie"}
        assert kept(parts, "Joan") == {"Joan plays the oboe."}
        assert kept(parts, "Joanie") == {"Joanie lives in Leeds."}

    def test_both_names_mean_one_person_from_then_on(self, parts: Parts) -> None:
        say(parts, "Bea Nowak is going to Krakow in September.", "Beatrice pickles mushrooms.")
        reply = say(parts, "Bea and Beatrice are the same person, by the way.")
        assert reply == "Kept: Bea and Beatrice are the same person."
        assert "Bea Nowak is going to Krakow in September." in say(parts, "When's Beatrice off to Krakow?")
        assert kept(parts, "Bea") == kept(parts, "Beatrice")
        assert [p.name for p in people.everyone(parts.db)] == ["Bea Nowak"]
        assert "to meet" not in say(parts, "Who should meet Beatrice?")

    def test_nobody_known_is_said_so(self, parts: Parts) -> None:
        assert say(parts, "Bea and Leo are the same person.") == "I don't have anyone called Bea."


class TestRelatives:
    def test_what_was_told_of_a_mother_is_hers_once_she_has_a_name(self, parts: Parts) -> None:
        say(parts, "Met Joan. Her mother's surgery went well.", "Joan's mum plays chess.")
        assert "surgery went well" in say(parts, "How is Joan's mother?")
        say(parts, "Joan's mother is called Ruth.")
        assert {"Joan's mum plays chess.", "Joan's mother's surgery went well."} <= kept(parts, "Ruth")
        say(parts, "Joan's mother lives in Cork.")
        assert "Joan's mother lives in Cork." in kept(parts, "Ruth")

    def test_a_nameless_relative_is_nobody_one_can_name(self, parts: Parts) -> None:
        say(parts, "Joan's boss is ill.", "Joan likes tea.")
        assert [p.name for p in people.everyone(parts.db)] == ["Joan"]

    def test_they_are_forgotten_with_their_person(self, parts: Parts) -> None:
        say(
            parts, "Joan's mother had surgery.", "Joan's mother is called Ruth.", "Forget everything about Joan.", "yes"
        )
        everything = [
            str(tuple(row)) for t in ("people", "identity_changes") for row in parts.db.rows(f"SELECT * FROM {t}")
        ]
        assert "Joan" not in " ".join(everything)


class TestWhatChanged:
    def test_only_what_holds_now_answers(self, parts: Parts, clock: Clock) -> None:
        say(parts, "Joan lives in Porto.")
        clock.forward(days=2)
        say(parts, "Joan lives in Leeds now.")
        assert say(parts, "Where does Joan live?") == "You told me today: Joan lives in Leeds now."
        assert "Porto" not in say(parts, "I'm about to see Joan, what should I know?")
        say(parts, "Scratch that.")
        assert say(parts, "Where does Joan live?").endswith("Joan lives in Porto.")

    @pytest.mark.parametrize(
        "correction",
        [
            "Actually she moves in August.",
            "No, not July, August.",
            "no, she's moving in August",
            "No, Joan moves in August.",
        ],
    )
    def test_a_corrected_day_keeps_the_plan(self, parts: Parts, correction: str) -> None:
        say(parts, "Joan is moving to Bangalore in July.")
        assert say(parts, correction) == "Changed: Joan is moving to Bangalore in August."
        (memory,) = memories.pending(parts.db)
        assert memory.when
        assert (memory.when.first.month, memory.place) == (8, "Bangalore")
        statuses = {row["status"] for row in parts.db.rows("SELECT status FROM memories WHERE valid_to IS NOT NULL")}
        assert statuses == {"retracted"}

    def test_what_has_no_place_of_its_own_is_corrected_by_its_likeness(self, parts: Parts) -> None:
        say(parts, "Joan plays the oboe. She has a cat.", "No, Joan plays the flute.")
        assert kept(parts, "Joan") == {"Joan plays the flute.", "Joan has a cat."}

    def test_a_correction_of_something_else_leaves_the_note_before_alone(self, parts: Parts) -> None:
        say(parts, "Joan lives in Porto.", "Tom plays the oboe.", "Actually Joan lives in Leeds.")
        assert kept(parts, "Tom") == {"Tom plays the oboe."}
        assert kept(parts, "Joan") == {"Joan lives in Leeds."}


class TestWrongName:
    def test_someone_new_is_renamed(self, parts: Parts) -> None:
        say(parts, "Met Joan today. She plays the oboe.")
        assert say(parts, "No, it's Joanne.") == "Changed: it's Joanne."
        assert [p.name for p in people.everyone(parts.db)] == ["Joanne"]
        assert kept(parts, "Joanne") == {"Joanne plays the oboe."}
        assert say(parts, "When did I last see Joanne?") == "You last saw Joanne today."

    def test_someone_known_keeps_their_name_and_the_note_goes_to_who_was_meant(self, parts: Parts) -> None:
        say(parts, "Joan lives in Porto.", "Met Joan today. She lives in Leeds.", "No, it's Joanne, not Joan.")
        assert kept(parts, "Joan") == {"Joan lives in Porto."}
        assert kept(parts, "Joanne") == {"Joanne lives in Leeds."}
        assert say(parts, "When did I last see Joan?") == "I don't have a day for that."

    def test_someone_else_known_was_meant(self, parts: Parts) -> None:
        say(parts, "Rahul works in design.", "Joan plays the oboe.", "No, I meant Rahul.")
        assert kept(parts, "Rahul") == {"Rahul works in design.", "Rahul plays the oboe."}
        assert {p.name for p in people.everyone(parts.db)} == {"Rahul"}
