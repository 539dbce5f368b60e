"""Short replies to a question of ours."""

import pytest

from assistant.understanding.answers import yes_or_no

YES = [
    "Yes.",
    "yeah",
    "Go on.",
    "go on then",
    "Please do.",
    "Sure, why not",
    "okay",
    "Yes, keep it.",
    "of course",
    "mm hm",
]
NO = [
    "No.",
    "nope",
    "Never mind.",
    "leave it",
    "No, thank you.",
    "not now",
    "let it go",
    "please don't",
    "no I don't want that",
]
NEITHER = [
    "",
    "Met Joan.",
    "maybe",
    "What's the weather?",
    "I don't know.",
    "yes no",
    "Joan has moved to Leeds, you know.",
]


@pytest.mark.parametrize("text", YES)
def test_yes(text: str) -> None:
    assert yes_or_no(text) is True


@pytest.mark.parametrize("text", NO)
def test_no(text: str) -> None:
    assert yes_or_no(text) is False


@pytest.mark.parametrize("text", NEITHER)
def test_neither(text: str) -> None:
    assert yes_or_no(text) is None
