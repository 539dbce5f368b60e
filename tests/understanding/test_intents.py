"""Each intent, by sentences of our own."""

import pytest

from assistant.understanding.rules import understand
from tests.understanding.sentences import INTENTS, KNOWN, NOW

SENTENCES = [(intent, sentence) for intent, sentences in INTENTS.items() for sentence in sentences]


@pytest.mark.parametrize(("intent", "sentence"), SENTENCES)
def test_the_intent_of_a_sentence(intent: str, sentence: str) -> None:
    assert understand(sentence, NOW, KNOWN).intent == intent


def test_every_intent_has_sentences() -> None:
    assert len(INTENTS) == 20


@pytest.mark.parametrize(
    ("sentence", "person"),
    [
        ("When did I last see Joan?", "Joan Mbeki"),
        ("what did i promise joanie", "Joan Mbeki"),
        ("I'm about to see Rahull, what should I know?", "Rahul Verma"),
        ("Where does Zosia work?", "Zofia Nowicka"),
        ("Who lives in Leeds?", None),
        ("What's on today?", None),
    ],
)
def test_whom_a_question_is_about(sentence: str, person: str | None) -> None:
    query = understand(sentence, NOW, KNOWN).query
    assert query is not None
    assert query.person == person


def test_a_capture_holds_no_query() -> None:
    assert understand("Joan has a new job.", NOW, KNOWN).query is None
