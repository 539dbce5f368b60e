"""A plan that is to the taste of someone in town."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from assistant.triggers.taste import occasions
from memory import calendars, sources
from memory.calendars import Occurrence
from tests.assistant.triggers.conftest import Told

LEEDS = ["I live in Leeds.", "Chase lives in Leeds."]


@pytest.mark.parametrize(
    ("notes", "name"),
    [
        ([*LEEDS, "Chase loves the National.", "I'm seeing the National tomorrow."], "Chase"),
        (["Chase is in Leeds till Friday.", "Chase loves The National.", "i'm seeing the national tomorrow"], "Chase"),
        (["Ana lives in Leeds.", "Ana loves pottery.", "I'm going to a pottery exhibition on Wednesday."], "Ana"),
        (["Going to the Fontaines gig on Wednesday.", "Ana lives in Leeds.", "Ana loves Fontaines."], "Ana"),
        (["Ana lives in York.", "Ana loves the National.", "I'm seeing the National in York tomorrow."], "Ana"),
    ],
)  # fmt: skip
def test_a_plan_is_to_someones_taste(told: Told, notes: list[str], name: str) -> None:
    told.tell("I live in Leeds.", *notes)
    (occasion,) = told.found(occasions)
    (words,) = told.said(occasions)
    assert name in words
    assert "loves" in words
    assert occasion.key.startswith("taste/")
    assert not occasion.private


@pytest.mark.parametrize(
    "notes",
    [
        [*LEEDS, "Chase hates the National.", "I'm seeing the National tomorrow."],
        [*LEEDS, "Chase loves the National.", "I'm going to the National Gallery tomorrow."],
        [*LEEDS, "Chase loves the National.", "I'm seeing the National in two weeks."],
        [*LEEDS, "Chase loves the National.", "I'm seeing the National with Chase tomorrow."],
        [*LEEDS, "Chase loves the National.", "Chase is in Rome this week.", "I'm seeing the National tomorrow."],
        ["I live in Leeds.", "Chase lives in York.", "Chase loves the National.", "I'm seeing the National tomorrow."],
        ["I live in Leeds.", "Chase loves the National.", "I'm seeing the National tomorrow."],
        [*LEEDS, "Chase loves the National.", "Chase died in March.", "I'm seeing the National tomorrow."],
        [*LEEDS, "Chase is allergic to peanuts.", "I'm going to a peanuts tasting tomorrow."],
    ],
)  # fmt: skip
def test_nothing_is_said_otherwise(told: Told, notes: list[str]) -> None:
    told.tell(*notes)
    assert told.said(occasions) == []


def test_something_hard_tempers_it(told: Told) -> None:
    told.tell(
        "I live in London.",
        "Chase loves the National.",
        "Chase is in London this week for a funeral.",
        "I'm seeing the National tomorrow.",
    )
    (occasion,) = told.found(occasions)
    assert occasion.private
    assert "Gently: Chase is in London this week for a funeral." in told.said(occasions)[0]


def test_an_event_of_a_calendar_is_a_plan(told: Told) -> None:
    told.tell(*LEEDS, "Chase loves the National.")
    db, start = told.parts.db, told.clock() + timedelta(days=1)
    source = sources.add(db, "calendar", "/mine.ics")
    concert = Occurrence("1", "The National @ First Direct Arena", start, start + timedelta(hours=3), "Leeds")
    museum = Occurrence("2", "National Gallery", start, start + timedelta(hours=3), "Leeds")
    calendars.replace(db, source.id, [concert, museum])
    assert [o.key.rpartition("/")[0] for o in told.found(occasions)] == ["taste/1"]
    calendars.replace(db, source.id, [replace(concert, place="Lisbon")])
    assert told.found(occasions) == []
