"""People told apart, made one, put right and parted over many notes, as people speak of them."""

from __future__ import annotations

import pytest

from assistant.turn import Parts
from memory import memories, people
from tests.assistant.conftest import Clock
from tests.assistant.test_identity import kept, say


class TestRejected:
    """What is rejected holds no more, and what is right is found."""

    @pytest.mark.parametrize(
        ("told", "right", "question", "answer", "never"),
        [
            (
                "Omar's allergic to peanuts.",
                "Got that wrong about Omar, it's walnuts he's allergic to, not peanuts.",
                "What's Omar allergic to?",
                "Omar is allergic to walnuts.",
                "peanut",
            ),
            (
                "Farid's sister Laila is up in Montreal with her husband.",
                "Wait, I got that wrong about Farid's sister. Laila's in Toronto, not Montreal.",
                "Where does Farid's sister live?",
                "Laila is in Toronto.",
                "Montreal",
            ),
            (
                "Yusuf's barber shop is on Bridge Street.",
                "Yusuf's shop is on Castle Street, not Bridge Street. My head.",
                "What street is Yusuf's barber shop on?",
                "Yusuf's shop is on Castle Street",
                "on Bridge Street",
            ),
            (
                "Her eldest, Anjali, is seven now and the little one, Kiran, has just turned five.",
                "No, sorry, Kiran's four, not five.",
                "How old is Priya's youngest?",
                "Kiran is four.",
                "five",
            ),
        ],
    )
    @pytest.mark.parametrize("days", [0, 60])
    def test_at_once_and_long_after(
        self, parts: Parts, clock: Clock, told: str, right: str, question: str, answer: str, never: str, days: int
    ) -> None:
        say(parts, f"Cup of tea with Priya. {told}" if told.startswith("Her") else told)
        clock.forward(days=days)
        say(parts, *(["Tamsin has a cat."] if days else []), right)
        reply = say(parts, question)
        assert answer in reply
        assert never not in reply

    def test_a_note_that_rejects_something_else_retracts_nothing(self, parts: Parts) -> None:
        say(parts, "Omar sings in a choir.", "Omar cooks on Sundays, not in a choir.")
        assert "Omar sings in a choir." in kept(parts, "Omar")

    def test_who_is_corrected_keeps_a_surname(self, parts: Parts) -> None:
        say(parts, "Omar Haddad is allergic to peanuts.", "Actually, it's walnuts Omar is allergic to, not peanuts.")
        assert kept(parts, "Omar Haddad") == {"Omar is allergic to walnuts."}


class TestNamePutInPlace:
    @pytest.mark.parametrize("later", [False, True])
    def test_an_unusual_name_takes_the_place_of_one_that_was_heard(self, parts: Parts, later: bool) -> None:
        say(parts, "Agnieszka's little girl is called Susie.")
        say(parts, *(["Tamsin has a cat."] if later else []), "No, it's Zuzia, not Susie.")
        assert people.find(parts.db, "Susie") is None
        reply = say(parts, "What's Agnieszka's little girl called?")
        assert "Zuzia" in reply
        assert "Susie" not in reply

    def test_words_with_the_wrong_name_are_not_said_again(self, parts: Parts) -> None:
        say(parts, "Kwame brought his friend by the shop, Carla Jessup. She's a deckhand on the Dartmouth ferry.")
        say(parts, "No, it's Marla, not Carla.")
        reply = say(parts, "What's the name of Kwame's friend who works on the ferry?")
        assert "Marla" in reply
        assert "Carla" not in reply


class TestMadeOne:
    @pytest.mark.parametrize(
        "words",
        [
            "Beth and Bethany are the same person. Beth from the pottery is Bethany from book group, I feel so daft.",
            "Okay, this is embarrassing. Beth from the pottery and Bethany from the book group are the same person.",
            "Beth is Bethany.",
            "Beth is short for Bethany.",
        ],
    )
    def test_either_name_reaches_all(self, parts: Parts, words: str) -> None:
        say(parts, "Beth has a stall at the market.", "Bethany can't stand coriander.", words)
        say(parts, "Bethany plays the oboe.", "Beth is learning Greek.")
        one, other = people.find(parts.db, "Beth"), people.find(parts.db, "Bethany")
        assert one == other
        assert len(memories.about(parts.db, one.id)) == 4
        assert "coriander" in say(parts, "What can't Beth stand?")
        assert "oboe" in say(parts, "What does Beth play?")

    def test_what_else_was_told_is_kept(self, parts: Parts) -> None:
        say(parts, "Beth has a stall at the market.", "Bethany can't stand coriander.")
        say(parts, "Beth and Bethany are the same person. She plays the oboe.")
        assert any("oboe" in text for text in kept(parts, "Beth"))

    @pytest.mark.parametrize("words", ["Beth is Welsh.", "Beth is Bethany's sister.", "Beth is late."])
    def test_what_tells_something_else_joins_nobody(self, parts: Parts, words: str) -> None:
        say(parts, "Beth has a stall.", "Bethany can't stand coriander.", words)
        assert people.find(parts.db, "Beth") != people.find(parts.db, "Bethany")


class TestBesideAName:
    @pytest.fixture(autouse=True)
    def two(self, parts: Parts) -> None:
        say(parts, "Colin Fraser is a retired firefighter. He's celiac.", "Colin Batista sells key blanks.")
        say(parts, "Colin Batista loves doughnuts.", "Colin Batista is engaged to Doreen.")

    @pytest.mark.parametrize(
        ("question", "answer"),
        [
            ("Can Colin the firefighter eat bread?", "Colin Fraser is celiac."),
            ("What does the key blank Colin love?", "Colin Batista loves doughnuts."),
            ("Is Colin who sells key blanks engaged?", "Colin Batista is engaged to Doreen"),
            ("Which Colin is celiac, the firefighter or the key blank one?", "That is Colin Fraser."),
            ("Are Colin and Doreen engaged?", "Colin Batista is engaged to Doreen."),
        ],
    )
    def test_what_stands_beside_it_tells_who(self, parts: Parts, question: str, answer: str) -> None:
        assert answer in say(parts, question)

    def test_a_note_goes_to_whoever_it_tells(self, parts: Parts) -> None:
        say(parts, "Colin the firefighter has a new dog.")
        assert any("new dog" in text for text in kept(parts, "Colin Fraser"))

    @pytest.mark.parametrize("question", ["What does Colin love?", "What have I lent Colin?"])
    def test_nothing_beside_it_is_asked_back(self, parts: Parts, question: str) -> None:
        say(parts, "I lent Colin Fraser my tent.")
        assert say(parts, question) == "Colin Batista, or Colin Fraser?"


class TestAnother:
    def test_of_this_note(self, parts: Parts) -> None:
        say(parts, "Swam at the cove with Aoife. She's a vet in Carrigaline.")
        say(
            parts, "Book club. There's another Aoife there, a different person from the swimming Aoife. She has a harp."
        )
        say(parts, "Swimming Aoife's surname is Healy, it was on her van.")
        assert "Aoife is a vet in Carrigaline." in kept(parts, "Aoife Healy")
        assert not any("harp" in text for text in kept(parts, "Aoife Healy"))
        say(parts, "Aoife has got engaged.", "The one from book club.")
        reply = say(parts, "Which Aoife got engaged, the swimming one or the book club one?")
        assert reply.startswith("That is the book club one.")

    def test_of_the_note_before_with_both_names(self, parts: Parts) -> None:
        say(parts, "Colin throws lead for us. He's a retired firefighter.", "Colin came by with the key blank samples.")
        say(
            parts,
            "Wait, that's a different Colin. The curling one is Colin Fraser and the key blank rep is Colin Batista.",
        )
        assert "Colin is a retired firefighter." in kept(parts, "Colin Fraser")
        assert any("key blank samples" in text for text in kept(parts, "Colin Batista"))
        assert say(parts, "Colin hurt his shoulder.", "The one from curling.") == "Kept for Colin Fraser."

    def test_it_can_be_taken_back(self, parts: Parts) -> None:
        say(parts, "Aoife is a vet.", "There's another Aoife at work. She has a harp.")
        assert len(people.called(parts.db, "Aoife")) == 2
        assert say(parts, "Scratch that.") == "Gone."
        assert len(people.called(parts.db, "Aoife")) == 1
        assert kept(parts, "Aoife") == {"Aoife is a vet."}


def test_a_name_that_is_told_as_one_is_not_taken_for_one_that_sounds_like_it(parts: Parts) -> None:
    say(parts, "Nadine is my sister.", "Bernie has a whippet called Noodle.")
    assert "Noodle" in say(parts, "What's Bernie's dog called?")
