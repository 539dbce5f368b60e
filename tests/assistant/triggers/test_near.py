"""Who is where the speaker is, or will be."""

from __future__ import annotations

import pytest

from assistant.triggers.near import occasions
from assistant.turn import Parts
from memory import positions
from memory.positions import Position
from tests.assistant.triggers.conftest import Told


@pytest.mark.parametrize(
    ("notes", "said"),
    [
        (["I live in London.", "Chase is in London till Friday."], ["Chase", "London till Friday"]),
        (["Chase is in London till Friday.", "I'm in London until Wednesday."], ["Chase", "London till Friday"]),
        (["I live in Leeds.", "Joan lives in Bangalore.", "Just landed in Bangalore."], ["Joan", "Bangalore"]),
        (["I live in Leeds.", "Joan lives in Lisbon.", "I'm in Lisbon from Wednesday to Friday."], ["on Wednesday"]),
        (["I live in Leeds.", "Ravi is coming to Leeds on Wednesday."], ["Ravi", "Leeds", "on Wednesday"]),
    ],
)
def test_someone_is_where_the_speaker_is(told: Told, notes: list[str], said: list[str]) -> None:
    told.tell(*notes)
    (words,) = told.said(occasions)
    assert [part for part in said if part not in words] == []
    (occasion,) = told.found(occasions)
    assert not occasion.private
    assert occasion.people


@pytest.mark.parametrize(
    "notes",
    [
        ["Chase is in London till Friday."],  # nobody knows where I am
        ["I live in Leeds.", "Chase is in London till Friday."],
        ["I live in Leeds.", "Joan lives in Leeds."],
        ["I live in Leeds.", "Joan lives in Leeds.", "Joan is in Leeds this week."],
        ["I live in Leeds.", "Joan lives in Bangalore.", "I'm in Lisbon until Friday."],
        ["I live in Leeds.", "Joan lives in Lisbon.", "I'm going to Lisbon with Joan on Wednesday."],
        ["I live in Leeds.", "Joan lives in Lisbon.", "Joan is in Rome this week.", "I'm in Lisbon until Friday."],
        ["I live in London.", "Chase died in March.", "Chase is in London till Friday."],
        ["I live in London.", "Chase is in London till Friday.", "Scratch that."],
        ["I live in London.", "Chase's sister is moving to London on Wednesday."],
        ["I live in London.", "Chase is moving to London in May."],
        ["I live in London.", "Chase is back from London on Wednesday."],
        ["I live in London.", "Chase was in London yesterday."],
        ["I live in London.", "Met Chase in London today."],
        ["I live in London.", "Chase is not coming to London on Wednesday."],
        ["I'm back from Rome on Wednesday.", "Chase is in Rome this week."],
    ],
)
def test_nothing_is_said_otherwise(told: Told, notes: list[str]) -> None:
    told.tell(*notes)
    assert told.said(occasions) == []


def test_it_is_over_when_they_have_left(told: Told) -> None:
    told.tell("I live in London.", "Chase is in London till Friday.")
    told.clock.forward(days=4)
    assert "London today" in told.said(occasions)[0]
    told.clock.forward(days=1)
    assert told.found(occasions) == []


def test_it_stays_one_occasion(told: Told) -> None:
    told.tell("I live in London.", "Chase is in London till Friday.")
    (first,) = told.found(occasions)
    told.clock.forward(days=2)
    told.tell("I'm at work.")
    assert [o.key for o in told.found(occasions)] == [first.key]


def test_what_is_hard_is_told_gently_and_where_nobody_else_hears(told: Told) -> None:
    told.tell("I live in London.", "Chase is in London this week for a funeral.")
    (occasion,) = told.found(occasions)
    assert occasion.private
    assert told.said(occasions)[0].startswith("Gently: Chase is in London this week for a funeral.")


def test_something_hard_told_apart_tempers_it(told: Told) -> None:
    told.tell("I live in London.", "Chase's father died last week.", "Chase is in London till Friday.")
    (words,) = told.said(occasions)
    assert "Gently: Chase's father died last week." in words
    assert "coffee" not in words


def test_where_the_speaker_is_in_confidence_stays_so(told: Told) -> None:
    told.tell("I'm in London until Friday for my chemo, keep that private.", "Chase is in London till Friday.")
    assert [occasion.private for occasion in told.found(occasions)] == [True]


def test_a_device_says_where_one_travels(told: Told, parts: Parts) -> None:
    told.tell("I live in Leeds.", "Joan lives in Bangalore.")
    positions.keep(parts.db, Position(told.clock(), 12.9352, 77.6245))
    assert "Joan" in told.said(occasions)[0]
