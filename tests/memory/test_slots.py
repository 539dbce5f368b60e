"""What someone has one of at a time: what is told anew takes the place of what was known, which stays as history."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from memory import captures, memories, people
from memory.database import Database
from memory.dates import DateSpan, on_day
from memory.records import Memory, Person
from memory.slots import occupied, says_no_more, undated, with_its_day

NOW = datetime(2026, 5, 4, 9, 30, tzinfo=UTC)
SINGLE = (
    "{} lives in Porto.",
    "{} lives in Leeds now.",
    "{} no longer lives in Leeds.",
    "{} has moved to Rome.",
    "{} works as a nurse.",
    "{} works as a nurse at Siemens.",
    "{} works as a baker.",
    "{} works at Google.",
    "Joan and Tom live in Paris.",
    "{} lost her job.",
    "{}'s birthday is on 3 May.",
    "{}'s birthday is the 9th of June.",
    "{}'s mother is called Ruth.",
    "Ana is {}'s mother.",
    "{} is dating Tom.",
    "Rahul is {}'s husband.",
    "{}'s exam is on 9 June.",
    "{}'s exam is on 12 June.",
    "{} is moving to Bangalore in July.",
    "{} moves in August.",
    "{} is due in July.",
    "{}'s baby is due in August.",
    "{}'s gran lives in Cork.",
    "{} is 34.",
    "{} plays the oboe.",
)


def tell(
    db: Database,
    text: str,
    *names: str,
    kind: str = "fact",
    when: DateSpan | None = None,
    correction: bool = False,
    day: int = 0,
) -> Memory:
    capture = captures.keep_text(db, text, NOW + timedelta(days=day), "test")
    about = [people.find_or_add(db, name) for name in names]
    kept = memories.add(db, capture, about=about, kind=kind, text=text, evidence=text, when=when, correction=correction)
    captures.finish(db, capture.id, "done")
    return kept


def known(db: Database, name: str) -> set[str]:
    person = people.find(db, name)
    return {m.text for m in memories.about(db, person.id)} if person else set()


@pytest.mark.parametrize(
    ("first", "then"),
    [
        ("Joan lives in Porto.", "Joan lives in Leeds now."),
        ("Joan lives in Porto.", "Joan no longer lives in Porto."),
        ("Joan lives in Porto.", "Joan has moved to Leeds."),
        ("Joan lives out in Porto.", "Joan has moved house over the summer, they are in Leeds now."),
        ("Joan lives in Porto.", "Joan is staying at her sister Lena's in Leeds."),
        ("Joan lives in Porto.", "Joan has her own flat now, in Leeds."),
        ("Joan works for a bank.", "Joan has set up on her own."),
        ("Joan works for a bank.", "Joan has gone it alone."),
        ("Joan works for a bank.", "Joan left the bank and set up as Joan's Trees."),
        ("Joan's gran lives in Cork.", "Joan's gran lives in Kerry."),
        ("Joan works at Siemens.", "Joan got a new job at Google."),
        ("Joan works as a nurse.", "Joan works as a baker."),
        ("Joan's birthday is on 3 May.", "Joan's birthday is on 5 May."),
        ("Joan's dog is called Bruno.", "Joan's dog is called Max."),
        ("Tom is Joan's boyfriend.", "Rob is Joan's husband."),
        ("Ruth is Joan's mum.", "Joan's mother is called Anne."),
        ("Joan is 34.", "Joan turned 35."),
    ],
)
def test_what_is_told_anew_takes_its_place(db: Database, first: str, then: str) -> None:
    old = tell(db, first, "Joan")
    new = tell(db, then, "Joan", day=2)
    assert known(db, "Joan") == {then}
    (history,) = memories.by_ids(db, [old.id])
    assert (history.holds, history.status) == (False, "pending")
    assert (history.valid_from, history.valid_to) == (date(2026, 5, 4), date(2026, 5, 6))
    assert history.superseded_by == new.id


@pytest.mark.parametrize(
    ("first", "then"),
    [
        ("Joan lives in Porto.", "Joan's gran lives in Cork."),
        ("Joan works as a nurse.", "Joan works at Siemens."),
        ("Joan's dog is called Bruno.", "Joan's cat is called Max."),
        ("Ann is Joan's sister.", "Bea is Joan's sister."),
        ("Joan likes tea.", "Joan likes coffee."),
        ("Joan lives in Porto.", "Joan lives for jazz."),
        ("Joan's mother is called Ruth.", "Joan's boss is called Tom."),
    ],
)
def test_what_can_be_true_together_stays_together(db: Database, first: str, then: str) -> None:
    tell(db, first, "Joan")
    tell(db, then, "Joan")
    assert known(db, "Joan") == {first, then}


def test_plans_for_different_things_stay_together(db: Database) -> None:
    for text, day in (("Joan's exam is on 9 June.", 9), ("Joan's party is on 9 June.", 9)):
        tell(db, text, "Joan", kind="plan", when=on_day(date(2026, 6, day)))
    assert len(known(db, "Joan")) == 2
    tell(db, "Joan's exam is on 12 June.", "Joan", kind="plan", when=on_day(date(2026, 6, 12)))
    assert known(db, "Joan") == {"Joan's party is on 9 June.", "Joan's exam is on 12 June."}


def test_a_correction_retracts(db: Database) -> None:
    old = tell(db, "Joan lives in Porto.", "Joan")
    new = tell(db, "Joan lives in Leeds.", "Joan", correction=True)
    (history,) = memories.by_ids(db, [old.id])
    assert (history.status, history.superseded_by) == ("retracted", new.id)


@pytest.mark.parametrize("correction", [False, True])
def test_undoing_what_was_told_anew_brings_back_what_was_known(db: Database, correction: bool) -> None:
    tell(db, "Joan lives in Porto.", "Joan")
    middle = tell(db, "Joan lives in Leeds.", "Joan", correction=correction)
    last = tell(db, "Joan lives in Rome.", "Joan", correction=correction)
    captures.undo(db, middle.capture_id)
    assert known(db, "Joan") == {"Joan lives in Rome."}
    captures.undo(db, last.capture_id)
    assert known(db, "Joan") == {"Joan lives in Porto."}


def test_the_same_told_again_adds_nothing_and_loses_nothing(db: Database) -> None:
    tell(db, "Joan lives in Porto with her sister.", "Joan")
    tell(db, "Joan lives in Porto.", "Joan")
    assert known(db, "Joan") == {"Joan lives in Porto with her sister."}


def test_what_does_not_hold_waits_for_no_review(db: Database) -> None:
    tell(db, "Joan lives in Porto.", "Joan")
    tell(db, "Joan lives in Leeds.", "Joan")
    assert [m.text for m in memories.pending(db)] == ["Joan lives in Leeds."]


def test_an_edit_at_review_counts_as_told_anew(db: Database) -> None:
    tell(db, "Joan lives in Porto.", "Joan")
    edited = tell(db, "Joan likes Leeds.", "Joan")
    memories.review(db, edited.id, "accepted", "Joan lives in Leeds.")
    assert known(db, "Joan") == {"Joan lives in Leeds."}


@pytest.mark.parametrize(
    ("old", "new", "together"),
    [
        ("Joan is moving to Bangalore in July.", "Joan moves in August.", "Joan is moving to Bangalore in August."),
        ("Joan's exam is on 9 June.", "Joan's exam is on the 12th.", "Joan's exam is on the 12th."),
        ("Joan flies home on the 13th.", "Joan flies home tomorrow.", "Joan flies home tomorrow."),
        ("Joan is moving to Bangalore in July.", "Joan is moving to Rome in August.", None),
        ("Joan is moving to Bangalore.", "Joan is moving in August.", None),
    ],
)
def test_a_new_day_keeps_the_rest(old: str, new: str, together: str | None) -> None:
    assert with_its_day(old, new) == together


def test_a_denial_says_more_than_its_words(db: Database) -> None:
    assert says_no_more("Joan lives in Porto.", "Joan now lives in Porto.")
    assert not says_no_more("Joan lives in Porto.", "Joan no longer lives in Porto.")


class Over(Exception):
    pass


@pytest.fixture(scope="module")
def one_db(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Database]:
    db = Database(tmp_path_factory.mktemp("slots") / "fondly.db", f"\"x'{'5a' * 32}'\"")
    yield db
    db.close()


steps = st.lists(
    st.tuples(
        st.sampled_from(("tell", "tell", "tell", "correct", "undo", "ignore", "accept", "forget")),
        st.sampled_from(SINGLE),
        st.sampled_from(("Joan", "Joan", "Tom")),
        st.integers(1, 12),
    ),
    max_size=20,
)


@settings(max_examples=200, deadline=None)
@given(told=steps)
def test_two_things_of_which_one_can_be_true_never_both_hold(
    one_db: Database, told: list[tuple[str, str, str, int]]
) -> None:
    with contextlib.suppress(Over), one_db.transaction():
        for number, (does, said, name, which) in enumerate(told):
            _step(one_db, does, said.format(name), name, which, number)
            for person in people.everyone(one_db):
                slots = [slot for m in memories.about(one_db, person.id, limit=-1) for slot in occupied(m)]
                theirs = [slot for slot in slots if slot[0] == person.id]
                assert len(theirs) == len(set(theirs))
        raise Over


def _step(db: Database, does: str, text: str, name: str, which: int, number: int) -> None:
    if does in ("tell", "correct"):
        kind = "plan" if any(word in text for word in ("exam", "mov", "due")) else "fact"
        when = on_day(date(2026, 6, 9)) if kind == "plan" or "birthday" in text else None
        tell(
            db,
            text,
            *(("Joan", "Tom") if " and " in text else (name,)),
            kind=kind,
            when=when,
            correction=does == "correct",
            day=number,
        )
    elif does == "undo":
        captures.undo(db, which)
    elif does == "forget" and which < 4:
        if person := people.find(db, name):
            people.forget(db, person.id)
    elif does in ("ignore", "accept"):
        memories.review(db, which, "ignored" if does == "ignore" else "accepted")


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("Coffee with Tom tomorrow at half past three.", "Coffee with Tom at half past three."),
        ("Priya's exam is on 10 May.", "Priya's exam."),
        ("Tom's wedding was moved to 20 May.", "Tom's wedding."),
        ("May is moving to Leeds in May.", "May is moving to Leeds."),
        ("Tom is off to Lisbon from Thursday to Sunday.", "Tom is off to Lisbon."),
        ("You are seeing The National tomorrow night.", "You are seeing The National."),
        ("Tom keeps bees.", "Tom keeps bees."),
    ],
)
def test_a_memory_without_its_day(text: str, left: str) -> None:
    people = tuple(Person(number, name) for number, name in enumerate(("Tom", "Priya", "May"), 1))
    told = Memory(1, 1, people, "plan", text, text, None, None, False, "pending", datetime(2026, 5, 4, tzinfo=UTC))
    assert undated(told) == left
