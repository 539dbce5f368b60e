"""An answer in a model's wording, asked for as Ollama is asked: spoken only where it says what ours says."""

from __future__ import annotations

import asyncio
import dataclasses
import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from assistant.app import open_home
from assistant.llm import Ollama
from assistant.phrasing import phrases
from assistant.rewording import ANSWERS, REST, SECONDS, Rewording, says_the_same
from assistant.settings import Settings
from assistant.turn import Parts, finish_captures, take_words
from memory import captures
from tests.assistant.conftest import Clock
from tests.ollama_server import Body, Late, OllamaServer, Refusal, running

QUESTION = "What is Ana allergic to?"
OURS = "You told me yesterday: Ana is allergic to walnuts."
BETTER = "You told me yesterday that Ana's allergic to walnuts."
JOAN = (
    "You told me on Monday: Joan is moving to Bangalore in July, Joan does not eat meat, and you lent Tom 20 euros. "
    "You could ask how the plans are coming along."
)


@pytest.fixture
def server() -> Iterator[OllamaServer]:
    with running(OllamaServer({"text": BETTER})) as one:
        yield one


@pytest.fixture
def worded(parts: Parts, clock: Clock, server: OllamaServer) -> Parts:
    """A home that was told of Ana's walnuts yesterday, and has a model that nothing hurries."""
    say(parts, "Ana is allergic to walnuts.")
    clock.forward(days=1)
    return with_model(parts, server, 60)


def with_model(parts: Parts, server: OllamaServer, seconds: float) -> Parts:
    return dataclasses.replace(parts, rewording=Rewording(Ollama("qwen3:8b", server.url, 60), seconds))


def say(parts: Parts, text: str) -> str:
    taken = asyncio.run(take_words(text, "test", parts))
    assert taken.reply
    return taken.reply.text


class TestWhatIsSpoken:
    def test_a_better_wording_is_spoken_and_said_again(self, worded: Parts, server: OllamaServer) -> None:
        assert say(worded, QUESTION) == BETTER
        assert say(worded, "Say that again.") == BETTER
        assert len(server.asked) == 1

    def test_it_is_asked_with_the_question_our_answer_and_a_schema(self, worded: Parts, server: OllamaServer) -> None:
        say(worded, QUESTION)
        asked = server.asked[0]
        assert json.loads(asked["messages"][1]["content"]) == {"question": QUESTION, "answer": OURS}
        assert asked["format"]["required"] == ["text"]
        assert asked["stream"] is False

    @pytest.mark.parametrize(
        "wording",
        [
            "You told me yesterday that Ana's allergic to walnuts and almonds.",
            "You told me on Monday that Ana is allergic to walnuts.",
            "You told me yesterday that Ana isn't allergic to walnuts.",
            "You told me yesterday that Ben is allergic to walnuts.",
            "Ana is allergic to walnuts.",
            "You told me yesterday that Ana is allergic to walnuts!",
            "You told me yesterday, is Ana allergic to walnuts?",
            "",
        ],
    )
    def test_a_wording_that_says_something_else_is_not_spoken(
        self, worded: Parts, server: OllamaServer, wording: str
    ) -> None:
        server.says = [{"text": wording}]
        assert say(worded, QUESTION) == OURS
        assert len(server.asked) == 1

    def test_a_wording_that_was_dropped_does_not_keep_the_next_from_being_asked_for(
        self, worded: Parts, server: OllamaServer
    ) -> None:
        server.says = [{"text": "Almonds."}, {"text": BETTER}]
        assert [say(worded, QUESTION), say(worded, QUESTION)] == [OURS, BETTER]


class TestWhatStaysOurs:
    @pytest.mark.parametrize(
        ("text", "begins"),
        [
            ("Ben keeps bees.", "Kept: "),
            ("Remind me to call Ana tomorrow at nine.", "Kept: "),
            ("What is Zoran allergic to?", "I don't have that"),
            ("Forget everything about Ana.", "Shall I forget"),
            ("What can you do?", "Tell me anything"),
        ],
    )
    def test_what_answers_no_question(self, worded: Parts, server: OllamaServer, text: str, begins: str) -> None:
        assert say(worded, text).startswith(begins)
        assert server.asked == []

    def test_what_is_said_gently_and_what_is_private(self, worded: Parts, server: OllamaServer) -> None:
        assert say(worded, "Joan's mother is in hospital. Joan keeps bees.")
        assert "Gently: " in say(worded, "I'm about to see Joan, what should I know?")
        assert "hospital" in say(worded, "Where is Joan's mother?")
        assert server.asked == []
        say(worded, "What does Joan keep?")
        assert len(server.asked) == 1

    def test_an_answer_that_a_reminder_comes_with(self, worded: Parts, server: OllamaServer, clock: Clock) -> None:
        say(worded, "Remind me to call Ben tomorrow at nine.")
        clock.forward(days=2)
        assert "A small thing you asked for" in say(worded, QUESTION)
        assert server.asked == []

    def test_a_morning_that_tells_a_reminder(self, worded: Parts, server: OllamaServer, clock: Clock) -> None:
        say(worded, "Remind me to call Ben tomorrow at four in the afternoon.")
        clock.forward(days=1)
        assert "call Ben" in say(worded, "Good morning.")
        assert server.asked == []

    def test_what_nobody_is_there_to_hear(self, worded: Parts, server: OllamaServer) -> None:
        captures.keep_text(worded.db, QUESTION, worded.clock(), "test")
        finished = asyncio.run(finish_captures(captures.unfinished(worded.db), worded))
        assert [taken.reply.text for taken in finished if taken.reply] == [OURS]
        assert server.asked == []

    def test_the_phrases_that_answer_are_there_and_none_is_gentle(self) -> None:
        assert set(phrases()) >= ANSWERS
        assert [
            name for name in ANSWERS if re.search("gently|kept|remind me", " ".join(phrases()[name]), re.IGNORECASE)
        ] == []


class TestWithoutTheModel:
    def test_no_model_is_asked_unless_one_is_set(self, settings: Settings, parts: Parts) -> None:
        assert settings.llm == "none"
        assert parts.rewording is None

    def test_the_model_that_is_set_words_answers(self, tmp_path: Path, clock: Clock, server: OllamaServer) -> None:
        settings = Settings(home=tmp_path / "other", llm="qwen3:8b", ollama_url=server.url)
        with open_home(settings, clock) as parts:
            say(parts, "Ana is allergic to walnuts.")
            say(parts, QUESTION)
        assert len(server.asked) == 1
        assert SECONDS <= 3

    @pytest.mark.parametrize(
        ("answer", "seconds"),
        [
            (Late(600), 0.3),
            (Late(600, trickling=True), 0.3),
            (Refusal(404), 60),
            (Refusal(500), 60),
            (Body(b"[]"), 60),
            (Body(b"{", promised=90), 60),
            ("no JSON", 60),
            ('{"text": "You told', 60),
            ({"text": 3}, 60),
            ([BETTER], 60),
        ],
    )
    def test_after_no_answer_it_rests_for_some_minutes(
        self, worded: Parts, server: OllamaServer, clock: Clock, answer: Any, seconds: float
    ) -> None:
        server.says = [answer]
        parts = with_model(worded, server, seconds)
        assert [say(parts, QUESTION), say(parts, QUESTION)] == [OURS, OURS]
        assert len(server.asked) == 1
        server.says = [{"text": BETTER}]
        clock.now += REST
        say(parts, QUESTION)
        assert len(server.asked) == 2

    def test_where_nothing_listens_ours_is_spoken(self, worded: Parts) -> None:
        away = Ollama("qwen3:8b", "http://127.0.0.1:9", 60)
        assert say(dataclasses.replace(worded, rewording=Rewording(away)), QUESTION) == OURS

    def test_the_log_tells_nothing_that_was_said(
        self, worded: Parts, server: OllamaServer, caplog: pytest.LogCaptureFixture
    ) -> None:
        server.says = [{"text": ["walnuts"]}]
        say(worded, QUESTION)
        assert "own words" in caplog.text
        assert "walnuts" not in caplog.text


def same(theirs: str, ours: str = JOAN) -> bool:
    return says_the_same(theirs, ours, ["Joan Mbeki", "Tom"])


class TestTheSame:
    @pytest.mark.parametrize(
        ("theirs", "ours"),
        [
            (JOAN, JOAN),
            (
                "You said on Monday that Joan's moving to Bangalore in July and doesn't eat meat, and you lent Tom "
                "20 euros. You could ask how the plans are coming along.",
                JOAN,
            ),
            ("Joan and Tom both keep bees.", "Joan and Tom: both keep bees."),
            ("Joan Mbeki sings and keeps bees.", "Joan Mbeki sings, and Joan keeps bees."),
        ],
    )
    def test_joined_otherwise(self, theirs: str, ours: str) -> None:
        assert same(theirs, ours)

    @pytest.mark.parametrize(
        ("theirs", "ours"),
        [
            (JOAN.replace("20", "30"), JOAN),
            (JOAN.replace("20", "-20"), JOAN),
            (JOAN.replace("20 euros", "20% euros"), JOAN),
            (JOAN.replace("not ", ""), JOAN),
            (JOAN.replace("is moving", "is not moving"), JOAN),
            (JOAN.replace("is moving", "was moving"), JOAN),
            (JOAN.replace("July", "June"), JOAN),
            (JOAN.replace("Bangalore", "Boston"), JOAN),
            (JOAN.replace("you lent Tom", "Tom lent you"), JOAN),
            (JOAN.replace("Monday", "July").replace("in July", "on Monday"), JOAN),
            (JOAN.removeprefix("You told me on Monday: "), JOAN),
            (JOAN.replace(" You could", " Yes. You could"), JOAN),
            (JOAN.replace(" You could", " ❤ You could"), JOAN),
            (JOAN + " And that and that and that and that and that.", JOAN),
            (JOAN + f" {'x' * 70}.", JOAN),
            ("Joan met Tom and sings.", "Joan met Tom, and Tom sings."),
            ("Joan and Tom met, and sing.", "Joan and Tom met, and Joan sing."),
            ("Joan's mother is ill and sings.", "Joan's mother is ill, and Joan sings."),
            ("You lent Joan a ladder and owed money.", "You lent Joan a ladder, and Joan owed money."),
            ("Joan sings and dog bites.", "Joan sings, and Joan's dog bites."),
            ("Joan has a cat's dog.", "Joan has a cat, Joan's dog."),
            (f"Joan Mbeki sings, runs, {'x' * 61}.", "Joan Mbeki sings, and Joan Mbeki, Joan Mbeki, Joan Mbeki runs."),
            ("Joan's a dog.", "Joan has a dog."),
            ("Joan wears a mask.", "Joan keeps a mask."),
        ],
    )
    def test_other_words_or_another_order(self, theirs: str, ours: str) -> None:
        assert not same(theirs, ours)

    def test_unkind_words_are_not_spoken_even_where_they_are_ours(self) -> None:
        assert not same("Joan is behind, overdue.", "Joan is behind: overdue.")

    @given(st.data(), st.text(min_size=1, max_size=30))
    def test_no_word_that_is_not_there_gets_through(self, data: st.DataObject, more: str) -> None:
        words = JOAN.split()
        at = data.draw(st.integers(0, len(words)))
        theirs = " ".join([*words[:at], more, *words[at:]])
        if same(theirs):
            assert {w.casefold() for w in re.findall(r"\w+", more)} <= {"and", "that"}

    @given(st.data())
    def test_no_word_is_lost_but_a_name_said_twice(self, data: st.DataObject) -> None:
        words = JOAN.split()
        at = data.draw(st.integers(0, len(words) - 1))
        may_go = words[at] == "and" or at == words.index("July,") + 1
        assert same(" ".join([*words[:at], *words[at + 1 :]])) is may_go

    @given(st.permutations(JOAN.split()))
    def test_no_word_is_moved(self, words: list[str]) -> None:
        said, ours = ([w.casefold() for w in some if w != "and"] for some in (words, JOAN.split()))
        assume(said != ours)
        assert not same(" ".join(words))

    @given(st.text(max_size=200))
    def test_nothing_else_gets_through(self, theirs: str) -> None:
        assert not same(theirs)
