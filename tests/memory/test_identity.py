"""Two people made one, one made two, and back: exactly as it was."""

from __future__ import annotations

import contextlib
import random
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from memory import captures, identity, introductions, memories, people, reminders, suggestions
from memory.database import Database
from memory.records import Person

NOW = datetime(2026, 5, 4, 9, 30, tzinfo=UTC)
NAMES = ("Joan", "Ana Okafor", "Rahul", "Joanie Smith", "Tom")
SAID = ("{} plays the oboe.", "{} lives in Porto.", "{} lives in Leeds.", "{} works at Siemens.", "{}'s gran is well.")


class Over(Exception):
    pass


@pytest.fixture(scope="module")
def one_db(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Database]:
    db = Database(tmp_path_factory.mktemp("identity") / "fondly.db", f"\"x'{'5a' * 32}'\"")
    yield db
    db.close()


@contextlib.contextmanager
def rolled_back(db: Database) -> Iterator[None]:
    """The database as it was before, afterwards: quicker than one of its own for each example."""
    with contextlib.suppress(Over), db.transaction():
        yield
        raise Over


def dump(db: Database) -> dict[str, list[tuple[object, ...]]]:
    """Every row of every table."""
    memories.derive(db)  # slots follow the memories: whether they were derived already is no matter
    tables = [
        row["name"]
        for row in db.rows("SELECT name FROM sqlite_master WHERE type = 'table' AND name <> 'sqlite_sequence'")
        if not row["name"].startswith("memory_words")
    ]
    return {table: sorted((tuple(row) for row in db.rows(f"SELECT * FROM {table}")), key=repr) for table in tables}


def note(db: Database, text: str, *about: Person) -> int:
    capture = captures.keep_text(db, text, NOW, "test")
    memories.add(db, capture, about=about, kind="fact", text=text, evidence=text)
    captures.finish(db, capture.id, "done")
    return capture.id


def someone(db: Database, name: str) -> Person:
    return people.find_or_add(db, name)


def texts(db: Database, person: Person) -> set[str]:
    return {m.text for m in memories.about(db, person.id)}


def suggest(db: Database, person: Person) -> None:
    key = f"drift/{person.id}/{NOW.date()}"
    suggestions.begin(db, key, f"{person.name} came to mind.", NOW, people=[person])
    suggestions.heard(db, key, NOW)


class TestMerging:
    def test_everything_moves_and_comes_back(self, db: Database) -> None:
        joan, joanie, rahul = (someone(db, n) for n in ("Joan", "Joanie Smith", "Rahul"))
        told = note(db, "Joanie Smith plays the oboe.", joanie)
        note(db, "Joan and Joanie Smith sing.", joan, joanie)
        people.add_meeting(db, told, joanie.id, date(2026, 5, 1))
        reminders.add(db, told, NOW, text="call her", about=[joanie], due=date(2026, 6, 1))
        introductions.add(db, told, joanie, rahul)
        introductions.add(db, told, joan, rahul)
        introductions.add(db, told, joan, joanie)
        suggest(db, joanie)
        before = dump(db)

        change = identity.merge(db, joan.id, joanie.id)
        assert [(p.name, p.also) for p in people.everyone(db)] == [("Joan", ("Joanie Smith",)), ("Rahul", ())]
        assert texts(db, joan) == {"Joanie Smith plays the oboe.", "Joan and Joanie Smith sing."}
        assert people.last_met(db, joan.id) == date(2026, 5, 1)
        assert [r.text for r in reminders.about(db, joan.id)] == ["call her"]
        assert [{i.one.name, i.other.name} for i in introductions.open_ones(db)] == [{"Joan", "Rahul"}]
        offered = suggestions.last_offered(db)
        assert offered
        assert [p.name for p in offered.people] == ["Joan"]

        identity.unmerge(db, change.id)
        assert dump(db) == before

    def test_what_is_told_after_a_merge_stays_where_it_was_told(self, db: Database) -> None:
        joan, joanie = someone(db, "Joan"), someone(db, "Joanie Smith")
        note(db, "Joanie Smith plays the oboe.", joanie)
        change = identity.merge(db, joan.id, joanie.id)
        note(db, "Joan has a dog.", joan)
        identity.unmerge(db, change.id)
        assert texts(db, joan) == {"Joan has a dog."}
        assert texts(db, joanie) == {"Joanie Smith plays the oboe."}

    def test_of_two_homes_the_one_told_last_holds(self, db: Database) -> None:
        joan, joanie = someone(db, "Joan"), someone(db, "Joanie Smith")
        note(db, "Joan lives in Porto.", joan)
        note(db, "Joanie lives in Leeds.", joanie)
        change = identity.merge(db, joan.id, joanie.id)
        assert texts(db, joan) == {"Joanie lives in Leeds."}
        identity.unmerge(db, change.id)
        assert texts(db, joan) == {"Joan lives in Porto."}

    def test_nobody_is_merged_with_themselves(self, db: Database) -> None:
        joan = someone(db, "Joan")
        with pytest.raises(ValueError, match="themselves"):
            identity.merge(db, joan.id, joan.id)

    def test_forgetting_someone_forgets_the_merge_too(self, db: Database) -> None:
        joan, joanie = someone(db, "Joan"), someone(db, "Joanie Smith")
        note(db, "Joanie Smith plays the oboe.", joanie)
        identity.merge(db, joan.id, joanie.id)
        people.forget(db, joan.id)
        assert "Joan" not in str(dump(db))


class TestSplitting:
    def test_the_notes_go_to_the_new_person_and_come_back(self, db: Database) -> None:
        joan = someone(db, "Joan")
        note(db, "Joan lives in Porto.", joan)
        told = note(db, "Joan lives in Leeds.", joan)
        before = dump(db)
        change = identity.split(db, joan, "Joanie", [told])
        joanie = someone(db, "Joanie")
        assert texts(db, joan) == {"Joan lives in Porto."}
        assert texts(db, joanie) == {"Joanie lives in Leeds."}
        identity.unmerge(db, change.id)
        assert dump(db) == before

    def test_what_was_told_since_is_not_lost_when_it_is_taken_back(self, db: Database) -> None:
        joan = someone(db, "Joan")
        change = identity.split(db, joan, "Joanie", [])
        note(db, "Joanie sings.", someone(db, "Joanie"))
        identity.unmerge(db, change.id)
        assert texts(db, joan) == {"Joanie sings."}


def test_a_note_is_given_to_whom_it_was_about(db: Database) -> None:
    joan, joanne = someone(db, "Joan"), someone(db, "Joanne")
    note(db, "Joan lives in Porto.", joan)
    wrong = note(db, "Joan lives in Leeds.", joan)
    people.add_meeting(db, wrong, joan.id, date(2026, 5, 1))
    identity.reattach(db, wrong, joan, joanne)
    assert texts(db, joan) == {"Joan lives in Porto."}
    assert texts(db, joanne) == {"Joan lives in Leeds."}
    assert people.last_met(db, joanne.id) == date(2026, 5, 1)


people_numbers = st.integers(0, len(NAMES) - 1)
pairs = st.tuples(people_numbers, people_numbers)
World = list[tuple[str, int, int, int]]
worlds = st.lists(
    st.tuples(
        st.sampled_from(("memory", "meeting", "reminder", "introduction", "suggestion", "alias", "undo")),
        people_numbers,
        people_numbers,
        st.integers(0, len(SAID) - 1),
    ),
    max_size=14,
)


def build(db: Database, world: World) -> list[Person]:
    everyone = [someone(db, name) for name in NAMES]
    for number, (kind, one, other, said) in enumerate(world):
        text = SAID[said].format(NAMES[one])
        capture = captures.keep_text(db, text, NOW + timedelta(days=number), "test")
        about = [everyone[one], everyone[other]]
        if kind == "memory":
            memories.add(db, capture, about=about, kind="fact", text=text, evidence=text)
        elif kind == "meeting":
            people.add_meeting(db, capture.id, everyone[one].id, date(2026, 5, 1 + number))
        elif kind == "reminder":
            reminders.add(db, capture.id, NOW, text=text, about=about)
        elif kind == "introduction":
            introductions.add(db, capture.id, *about)
        elif kind == "suggestion":
            suggest(db, everyone[one])
        elif kind == "alias":
            db.write("INSERT OR IGNORE INTO aliases VALUES (?, ?)", (everyone[one].id, NAMES[other]))
        elif one < capture.id:
            captures.undo(db, max(1, capture.id - 1 - one))
        captures.finish(db, capture.id, "done")
    return everyone


@settings(max_examples=150, deadline=None)
@given(world=worlds, merges=st.lists(pairs, min_size=1, max_size=4), order=st.randoms(use_true_random=False))
def test_merges_taken_back_in_any_order_leave_everything_as_it_was(
    one_db: Database, world: World, merges: list[tuple[int, int]], order: random.Random
) -> None:
    with rolled_back(one_db):
        db = one_db
        everyone = build(db, world)
        before = dump(db)
        done = []
        for one, other in merges:
            there = {p.id for p in people.everyone(db)}
            if one != other and {everyone[one].id, everyone[other].id} <= there:
                done.append(identity.merge(db, everyone[one].id, everyone[other].id).id)
        order.shuffle(done)
        for change in done:
            identity.unmerge(db, change)
        assert dump(db) == before


@settings(max_examples=80, deadline=None)
@given(world=worlds, pair=pairs, later=worlds)
def test_what_happens_between_a_merge_and_its_undoing_loses_nothing(
    one_db: Database,
    world: World,
    pair: tuple[int, int],
    later: World,
) -> None:
    with rolled_back(one_db):
        db = one_db
        everyone = build(db, world)
        told = {m.id for p in everyone for m in memories.about(db, p.id)}
        assume(pair[0] != pair[1])
        change = identity.merge(db, everyone[pair[0]].id, everyone[pair[1]].id)
        for number, (_, one, _, said) in enumerate(later):
            now = people.find(db, NAMES[one]) or someone(db, NAMES[one])
            note(db, SAID[said].format(NAMES[one]) + " " * number, now)
        identity.unmerge(db, change.id)
        assert {p.name for p in people.everyone(db)} >= set(NAMES)
        held = {r["memory_id"] for r in db.rows("SELECT memory_id FROM memory_people")}
        assert told <= held
        assert len(held) >= len(told) + len(later)
        assert db.rows("PRAGMA foreign_key_check") == []
