"""Who is meant by a name, and forgetting someone wholly."""

from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from memory import captures, introductions, memories, people, reminders
from memory.database import Database
from memory.recall import recall
from memory.vectors import Vectors

NOW = datetime(2026, 5, 4, 9, 30, tzinfo=UTC)


def test_a_name_finds_whom_it_means(db: Database) -> None:
    joan = people.find_or_add(db, "Joan Mbeki")
    rahul = people.find_or_add(db, "Rahul")
    for name, person in (("Joan Mbeki", joan), ("joan", joan), ("JOAN", joan), ("Rahul", rahul)):
        found = people.find(db, name)
        assert found is not None
        assert found.id == person.id
    assert people.find(db, "Jo") is None


def test_a_first_name_that_two_people_have_means_neither(db: Database) -> None:
    people.find_or_add(db, "Joan Mbeki")
    people.find_or_add(db, "Joan Smith")
    assert people.find(db, "Joan") is None


def test_a_fuller_name_becomes_the_name(db: Database) -> None:
    first = people.find_or_add(db, "Zoë")
    fuller = people.find_or_add(db, "Zoe Okafor")
    assert fuller.id == first.id
    assert [(p.name, p.also) for p in people.everyone(db)] == [("Zoe Okafor", ("Zoë",))]


def kept_about_tom(db: Database) -> None:
    tom, ana = people.find_or_add(db, "Tom Quibell"), people.find_or_add(db, "Ana")
    told = captures.keep_text(db, "Tom lost his job at the zeppelin works. Ana is fine tomorrow.", NOW, "test")
    captures.add_sound(db, told.id, b"sound of tom")
    memories.add(db, told, about=[tom], kind="event", text="Tom Quibell lost his job.", evidence="Tom lost his job")
    memories.add(db, told, about=[ana], kind="fact", text="Ana is fine.", evidence="Ana is fine")
    aside = captures.keep_text(db, "Ana's neighbour Tom is loud, tomorrow more.", NOW, "test")
    memories.add(db, aside, about=[ana], kind="fact", text="Ana's neighbour Tom is loud.", evidence=aside.text or "")
    reminders.add(db, aside.id, NOW, text="ask Tom to be quiet", about=[tom], due=date(2026, 6, 1))
    introductions.add(db, told.id, tom, ana)
    people.add_meeting(db, told.id, tom.id, date(2026, 5, 1))


def test_forgetting_someone_leaves_no_trace_of_them_and_the_rest_as_it_was(
    db: Database, vectors: Vectors, tmp_path: Path
) -> None:
    kept_about_tom(db)
    vectors.sync(db)
    tom = people.find(db, "Tom")
    assert tom is not None
    people.forget(db, tom.id)
    vectors.sync(db)

    everything = " ".join(
        str(value)
        for table in (
            "captures",
            "people",
            "aliases",
            "memories",
            "reminders",
            "introductions",
            "interactions",
            "sounds",
        )
        for row in db.rows(f"SELECT * FROM {table}")
        for value in tuple(row)
    )
    for word in ("Tom ", "Quibell", "zeppelin", "sound of tom", "lost his job"):
        assert word not in everything
    assert "tomorrow more" in everything  # a word that only begins like the name
    ana = people.find(db, "Ana")
    assert ana is not None
    assert {m.text for m in memories.about(db, ana.id)} == {"Ana is fine.", "Ana's neighbour someone is loud."}
    assert recall(db, vectors, "who lost a job?", None) == []
    assert len(vectors.nearest("lost his job", 10)) == 2


def test_the_words_are_gone_from_the_index_of_words_too(db: Database) -> None:
    kept_about_tom(db)
    tom = people.find(db, "Tom")
    assert tom is not None
    people.forget(db, tom.id)
    for word in ("quibell", "lost", "job"):
        assert db.rows("SELECT rowid FROM memory_words WHERE memory_words MATCH ?", (word,)) == []


@pytest.mark.parametrize("name", ["Robert'); DROP TABLE people;--", "%", "_", "名前", "a" * 5000, "O'Brien", "(x)"])
def test_any_name_can_be_kept_and_forgotten(db: Database, name: str) -> None:
    person = people.find_or_add(db, name)
    captures.keep_text(db, f"Met {name} today", NOW, "test")
    assert people.find(db, name) == person
    people.forget(db, person.id)
    assert people.everyone(db) == []


def test_a_bare_name_beside_a_fuller_one_can_mean_both(db: Database) -> None:
    people.find_or_add(db, "Joan Mbeki")
    db.write("INSERT INTO people(name) VALUES ('Joan')")
    assert [p.name for p in people.called(db, "Joan")] == ["Joan", "Joan Mbeki"]
    assert people.find(db, "Joan") is None
    assert people.find(db, "Joan Smith") is None  # it is not said that the bare one is she


def test_an_unclear_name_is_somebody_of_that_note_alone(db: Database) -> None:
    people.find_or_add(db, "Joan Mbeki")
    people.find_or_add(db, "Joan Smith")
    one, other = (captures.keep_text(db, "Met Joan.", NOW, "test").id for _ in range(2))
    unclear = people.find_or_add(db, "Joan", one)
    assert people.find_or_add(db, "Joan", one) == unclear
    assert people.find_or_add(db, "Joan", other) != unclear
    assert people.unclear_in(db, one) == [unclear]
    assert {p.name for p in people.everyone(db)} == {"Joan Mbeki", "Joan Smith"}
    people.rename(db, unclear.id, "Joan Okafor")
    assert "Joan Okafor" in {p.name for p in people.everyone(db)}


def test_a_note_that_was_about_one_of_them_goes_on_to_mean_her(db: Database) -> None:
    mbeki = people.find_or_add(db, "Joan Mbeki")
    people.find_or_add(db, "Joan Smith")
    told = captures.keep_text(db, "Met Joan Mbeki. Joan sings.", NOW, "test")
    memories.add(db, told, about=[mbeki], kind="fact", text="Joan Mbeki sings.", evidence="Joan sings")
    assert people.find_or_add(db, "Joan", told.id).id == mbeki.id
