"""Who is how close, by what was said and by what one does, and how often each is usually met."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from memory import captures, circles, identity, memories, people, reaching
from memory.circles import OUTSIDE, Standing, rhythm_of
from memory.database import Database
from tests.memory.test_slots import tell

NOW = datetime(2026, 5, 4, 9, 30, tzinfo=UTC)


def where(db: Database, name: str, now: datetime = NOW) -> int:
    person = people.find(db, name)
    assert person
    return circles.circle(db, person.id, now)


def meet(db: Database, name: str, *days_before: int, apart: bool = False) -> None:
    person = people.find_or_add(db, name)
    for days in days_before:
        when = NOW - timedelta(days=days)
        capture = captures.keep_text(db, f"Saw {name}.", when, "test")
        people.add_meeting(db, capture.id, person.id, when.date(), apart)


@pytest.mark.parametrize(
    ("text", "circle"),
    [
        ("Joan is your best friend.", 5),
        ("Joan is one of your closest friends.", 5),
        ("Joan is your wife.", 5),
        ("Joan and you are best friends.", 5),
        ("Joan is your closest friend by a mile.", 5),
        ("Joan has become one of your closest friends.", 5),
        ("Joan is like a sister to you.", 15),
        ("Joan is your mum.", 5),
        ("Your daughter Joan plays chess.", 5),
        ("Joan is your sister.", 15),
        ("Your little brother Joan has a new job.", 15),
        ("Joan is a good friend of yours.", 15),
        ("Your gran Joan keeps bees.", 15),
        ("Your cousin Joan lives in Cork.", 50),
        ("Joan is a colleague.", 150),
        ("Joan is just an acquaintance.", 150),
        ("Joan is your mother-in-law.", 50),
        ("Joan is your ex-husband.", 150),
        ("Your sister Joan's boyfriend sings.", 15),
        ("Joan's sister is your neighbour.", OUTSIDE),
        ("Joan lives in Porto.", OUTSIDE),
    ],
)
def test_what_was_said_places_someone(db: Database, text: str, circle: int) -> None:
    tell(db, text, "Joan")
    assert where(db, "Joan") == circle


@pytest.mark.parametrize(
    "text",
    [
        "Joan died in April.",
        "You don't want to see Joan any more.",
        "Joan and you're estranged.",
        "You want nothing more to do with Joan.",
        "You have cut ties with Joan.",
        "You never want to hear from Joan again.",
    ],
)
def test_who_died_or_is_not_to_be_heard_of_is_nowhere(db: Database, text: str) -> None:
    tell(db, "Joan is your best friend.", "Joan")
    meet(db, "Joan", 3, 10, 17)
    tell(db, text, "Joan", day=0)
    assert where(db, "Joan") == OUTSIDE


def test_who_made_up_is_back(db: Database) -> None:
    tell(db, "Joan is your best friend.", "Joan")
    tell(db, "You don't want to see Joan any more.", "Joan")
    tell(db, "Joan and you made up.", "Joan")
    assert where(db, "Joan") == 5


@pytest.mark.parametrize("text", ["Joan and you aren't close any more.", "You're not that close to Joan these days."])
def test_close_no_more(db: Database, text: str) -> None:
    tell(db, "Joan is your best friend.", "Joan")
    tell(db, "Your sister Joan sings.", "Joan")
    tell(db, text, "Joan")
    assert where(db, "Joan") == 150
    tell(db, "Your sister Joan has a dog.", "Joan")
    assert where(db, "Joan") == 150
    tell(db, "Joan is one of your closest friends.", "Joan")
    assert where(db, "Joan") == 5


def test_what_is_said_along_the_way_takes_nothings_place(db: Database) -> None:
    tell(db, "Your sister Joan lives in Leeds.", "Joan")
    tell(db, "Your sister Joan plays the cello.", "Joan")
    joan = people.find(db, "Joan")
    assert joan
    assert len(memories.about(db, joan.id)) == 2


def test_who_is_met_often_is_close(db: Database) -> None:
    meet(db, "Joan", *range(7, 140, 7))
    meet(db, "Omar", 5, 60, 120, 200, 280)
    meet(db, "Lena", 100, 300)
    meet(db, "Tess", 40)
    meet(db, "Rob", 900)
    assert [where(db, name) for name in ("Joan", "Omar", "Lena", "Tess", "Rob")] == [5, 15, 50, 150, OUTSIDE]


def test_a_colleague_met_every_day_is_none_of_the_innermost(db: Database) -> None:
    tell(db, "Joan is a colleague.", "Joan")
    meet(db, "Joan", *range(1, 200))
    assert where(db, "Joan") == 50


def test_someone_mentioned_in_passing_is_outside(db: Database) -> None:
    tell(db, "Ruth is Priya's mother.", "Ruth", "Priya", kind="relation")
    meet(db, "Priya", 3)
    assert (where(db, "Ruth"), where(db, "Priya")) == (OUTSIDE, 150)
    for _ in range(3):
        tell(db, "Ruth sings.", "Ruth")
    assert where(db, "Ruth") != OUTSIDE


def test_what_was_taken_back_places_nobody(db: Database) -> None:
    told = tell(db, "Joan is your best friend.", "Joan")
    captures.undo(db, told.capture_id)
    assert where(db, "Joan") == OUTSIDE


def test_rhythm_is_ones_own_from_three_meetings_on(db: Database) -> None:
    tell(db, "Joan is your best friend.", "Joan")
    meet(db, "Joan", 20, 30)
    ((_, usual),) = circles.everyones(db, NOW).items()
    meet(db, "Joan", 40, apart=True)
    ((_, own),) = circles.everyones(db, NOW).items()
    assert (usual.rhythm.days, own.rhythm.days) == (21, 10)
    assert own.last_contact == (NOW - timedelta(days=20)).date()


def test_only_so_many_are_innermost_by_what_one_does(db: Database) -> None:
    for name in ("Joan", "Omar", "Lena", "Tess", "Rob", "Priya", "Chase"):
        meet(db, name, *range(1, 100, 3))
    assert sorted(s.circle for s in circles.everyones(db, NOW).values()) == [5, 5, 5, 5, 5, 15, 15]


DAYS = st.lists(st.dates(date(2024, 1, 1), date(2026, 5, 4)), max_size=30)


@given(DAYS)
def test_a_rhythm_lies_between_its_gaps(days: list[date]) -> None:
    rhythm = rhythm_of(days)
    known = sorted(set(days))[-13:]
    assert (rhythm is None) == (len(known) < 3)
    if rhythm:
        gaps = [(b - a).days for a, b in pairwise(known)]
        assert min(gaps) <= rhythm / timedelta(days=1) <= max(gaps)


@given(st.integers(3, 365), st.integers(0, 4), st.integers(0, 4000))
def test_nobody_slips_within_twice_their_rhythm_and_each_no_doubles_it(rhythm: int, refused: int, away: int) -> None:
    today = date(2026, 5, 4)
    standing = Standing(5, timedelta(days=rhythm), today - timedelta(days=away), None)
    allowed = max(2 * rhythm, 21) * 2**refused
    assert reaching.slipped(standing, refused, today) == (refused < 3 and away > allowed)


def test_a_merged_person_has_the_meetings_of_both(db: Database) -> None:
    meet(db, "Joan", *range(7, 70, 7))
    meet(db, "Joanie", *range(70, 140, 7))
    joan, joanie = people.find(db, "Joan"), people.find(db, "Joanie")
    assert joan
    assert joanie
    identity.merge(db, joan.id, joanie.id)
    assert where(db, "Joan") == 5
    assert list(circles.everyones(db, NOW)) == [joan.id]
