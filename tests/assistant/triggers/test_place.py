"""Reminders for a place are said once the speaker comes to be there."""

from __future__ import annotations

from datetime import timedelta

import pytest

from assistant.triggers.occasion import told as have_been_told
from assistant.triggers.place import occasions
from memory import positions
from memory.positions import Landmark, Position
from tests.assistant.triggers.conftest import Told


@pytest.mark.parametrize(
    ("asked", "told_then", "said"),
    [
        ("Remind me to send Anna a photo when I'm in Croatia.", "I'm in Split till Sunday.", "send Anna a photo"),
        ("When I'm next in Lisbon remind me to call Ana.", "Just landed in Lisbon.", "call Ana"),
        ("When I'm in the UK remind me to buy tea.", "We've arrived in London.", "buy tea"),
        ("Remind me to buy figs when I'm at the market.", "I'm at the market.", "buy figs"),
        ("Remind me to ring Joan when I get home.", "I'm back home.", "ring Joan"),
    ],
)
def test_it_is_said_in_the_reply_where_it_was_asked_for(told: Told, asked: str, told_then: str, said: str) -> None:
    told.tell("I live in Leeds.", asked)
    assert told.found(occasions) == []
    assert said in told.tell(told_then)
    assert told.found(occasions) == []  # once


@pytest.mark.parametrize("elsewhere", ["I'm in Porto till Sunday.", "I'm at work.", "I'm going to Lisbon next week."])
def test_nothing_is_said_elsewhere(told: Told, elsewhere: str) -> None:
    told.tell("When I'm next in Lisbon remind me to call Ana.", elsewhere)
    assert told.found(occasions) == []


def test_a_journey_ahead_is_said_once_it_begins(told: Told) -> None:
    told.tell("Remind me to call Ana when I'm in Lisbon.", "I'm going to Lisbon next week.")
    told.clock.forward(days=8)
    (occasion,) = told.found(occasions)
    assert "call Ana" in told.said(occasions)[0]
    assert occasion.asked_for
    assert occasion.key.startswith(f"place/{occasion.reminder}/")
    assert told.found(occasions) == [occasion]  # as long as it holds
    told.clock.forward(days=7)
    assert told.found(occasions) == []


def test_next_time_is_not_this_time(told: Told) -> None:
    told.tell("I'm in Lisbon until Friday.", "Next time I'm in Lisbon remind me to call Ana.")
    assert told.found(occasions) == []


def test_what_was_told_is_not_said_again(told: Told) -> None:
    told.tell("When I'm in Lisbon remind me to call Ana.", "I'm going to Lisbon next week.")
    told.clock.forward(days=8)
    have_been_told(told.parts.db, told.found(occasions), told.clock())
    assert told.found(occasions) == []


def test_scratch_that_takes_a_stay_back(told: Told) -> None:
    told.tell("When I'm in Lisbon remind me to call Ana.", "I'm in Lisbon until Friday.", "Scratch that.")
    assert told.found(occasions) == []


def test_a_device_says_it_too(told: Told) -> None:
    told.tell("Remind me to send Anna a photo when I'm in Croatia.", "Remind me to stretch when I'm at the gym.")
    db = told.parts.db
    positions.keep(db, Position(told.clock() + timedelta(minutes=1), 43.51, 16.44))
    told.clock.forward(minutes=2)
    assert [o.people[0].name for o in told.found(occasions)] == ["Anna"]
    positions.mark(db, [Landmark("1", "Gym", 53.80, -1.55, 100)])
    positions.keep(db, Position(told.clock(), 53.80, -1.55, positions.names_at(db, 53.80, -1.55)))
    told.clock.forward(minutes=2)
    assert ["stretch" in said for said in told.said(occasions)] == [True]


def test_what_came_with_something_private_is_private(told: Told) -> None:
    told.tell("Ana has been diagnosed with cancer. Remind me to buy Ana a candle when I'm in Lisbon.")
    told.clock.forward(hours=1)
    positions.keep(told.parts.db, Position(told.clock(), 38.72, -9.14))
    assert [o.private for o in told.found(occasions)] == [True]
