"""Lives of ten people, told over two years in passing and asked about aloud: nothing told is lost, nothing guessed.

Each story was written without knowing how it would be read. What a right answer has to say, and what would be wrong,
stands beside each question.
"""

from __future__ import annotations

import asyncio
import re
import tomllib
from pathlib import Path
from typing import Any

import pytest

from assistant.turn import Parts, take_words
from tests.assistant.conftest import Clock

LIVES = Path(__file__).parent / "life"
# How many of the sixty are answered at least, and how many answers say what is not so at most. "designer" was looked at
# by nobody while answering was built.
RIGHT = {"nurse": (55, 0), "cork": (47, 0), "maya": (50, 2), "designer": (49, 2)}


def answers(parts: Parts, clock: Clock, life: str) -> list[tuple[dict[str, Any], str]]:
    """Every question of a life with its answer, asked when it was asked."""
    story = tomllib.loads((LIVES / f"{life}.toml").read_text(encoding="utf-8"))
    turns = sorted((*story["said"], *story["asked"]), key=lambda turn: (turn["on"], "must" in turn))
    found = []
    for turn in turns:
        clock.now = turn["on"].astimezone()
        taken = asyncio.run(take_words(turn["words"], "kitchen", parts))
        if "must" in turn:
            assert taken.reply
            found.append((turn, taken.reply.text.replace("’", "'")))
    return found


def is_right(question: dict[str, Any], answer: str) -> bool:
    return all(any(way.lower() in answer.lower() for way in must.split("|")) for must in question["must"])


def is_wrong(question: dict[str, Any], answer: str) -> bool:
    """It says what is not so."""
    return any(re.search(rf"(?<!\w){re.escape(never)}(?!\w)", answer, re.IGNORECASE) for never in question["never"])


@pytest.mark.parametrize("life", RIGHT)
def test_a_life_told_in_passing_is_remembered(parts: Parts, clock: Clock, life: str) -> None:
    asked = answers(parts, clock, life)
    assert len(asked) == 60
    unanswered = [f"{q['words']} -> {a}" for q, a in asked if not is_right(q, a)]
    wrong = [f"{q['words']} -> {a}" for q, a in asked if is_wrong(q, a)]
    right_at_least, wrong_at_most = RIGHT[life]
    assert len(asked) - len(unanswered) >= right_at_least, "\n".join(unanswered)
    assert len(wrong) <= wrong_at_most, "\n".join(wrong)
