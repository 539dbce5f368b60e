"""What was told comes back as it is by now."""

from __future__ import annotations

from assistant.turn import Parts
from memory import memories
from tests.assistant.conftest import Clock
from tests.assistant.test_identity import say

OVER = "The day for that has passed, and I don't know how it went."


def test_a_plan_ahead_is_told_as_a_plan(parts: Parts) -> None:
    say(parts, "Joan is moving to Boston in July.")
    assert OVER not in say(parts, "Where is Joan moving?")


def test_a_plan_whose_days_have_passed_is_not_told_as_true(parts: Parts, clock: Clock) -> None:
    say(parts, "Joan is moving to Boston in July.")
    clock.forward(days=100)
    reply = say(parts, "Where is Joan moving?")
    assert "Boston" in reply
    assert OVER in reply


def test_what_is_not_to_be_mentioned_is_kept_and_never_said(parts: Parts) -> None:
    say(parts, "Tom's marriage is in trouble. Never mention it.")
    say(parts, "Tom moved to Leeds in April.")
    for question in ("How is Tom's marriage?", "What do I know about Tom?", "I'm seeing Tom tonight."):
        assert "marriage is" not in say(parts, question)
    assert "Tom's marriage is in trouble." in {m.text for m in memories.pending(parts.db)}


def test_what_is_to_come_first_does(parts: Parts, clock: Clock) -> None:
    say(parts, "Tom has stopped drinking. Tell me that first.")
    clock.forward(days=3)
    say(parts, "Tom moved to Leeds in April.")
    reply = say(parts, "I'm about to see Tom, what should I know?")
    assert reply.index("stopped drinking") < reply.index("Leeds")


def test_a_fact_does_not_pass(parts: Parts, clock: Clock) -> None:
    say(parts, "Joan's birthday is on the 3rd of June.")
    clock.forward(days=100)
    assert OVER not in say(parts, "When is Joan's birthday?")
