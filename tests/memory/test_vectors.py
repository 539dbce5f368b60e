"""Chroma holds vectors and ids only, follows the database, and can be lost."""

from __future__ import annotations

import shutil
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

import hypothesis
import numpy as np
import pytest
from hypothesis import strategies as st

from memory import captures, memories, people
from memory.database import Database
from memory.embedding import Embedder, EmbedderUnavailable, Matrix, MiniLm
from memory.key import key_from_file
from memory.recall import recall
from memory.vectors import Vectors

NOW = datetime(2026, 5, 4, 9, 30, tzinfo=UTC)


class LetterEmbedder:
    """Counts letters; another embedder than the shipped one."""

    name = "letters"

    def __init__(self) -> None:
        self.away = False

    def embed(self, texts: Sequence[str]) -> Matrix:
        if self.away:
            raise EmbedderUnavailable("away")
        counts = np.array(
            [[t.lower().count(c) + 0.01 for c in "abcdefghijklmnopqrstuvwxyz"] for t in texts], np.float32
        )
        return np.asarray(counts / np.linalg.norm(counts, axis=1, keepdims=True), np.float32)


def keep(db: Database, *texts: str) -> list[int]:
    capture = captures.keep_text(db, " ".join(texts), NOW, "test")
    ana = people.find_or_add(db, "Ana")
    return [memories.add(db, capture, about=[ana], kind="fact", text=t, evidence=t).id for t in texts]


def test_the_nearest_come_with_their_cosines(db: Database, vectors: Vectors) -> None:
    bees, _ = keep(db, "Ana keeps bees on the roof.", "Ana drives a lorry.")
    vectors.sync(db)
    nearest = vectors.nearest("beekeeping", 2)
    assert max(nearest, key=lambda i: nearest[i]) == bees
    assert 0.4 < nearest[bees] <= 1


def test_no_words_are_in_the_folder(db: Database, vectors: Vectors, tmp_path: Path) -> None:
    keep(db, "Ana plays the hurdygurdy.")
    vectors.sync(db)
    files = [f for f in (tmp_path / "vectors").rglob("*") if f.is_file()]
    assert files
    assert not any(b"hurdygurdy" in f.read_bytes() for f in files)


def test_edits_and_removals_follow(db: Database, vectors: Vectors) -> None:
    first, second = keep(db, "Ana keeps bees.", "Ana drives a lorry.")
    vectors.sync(db)
    memories.review(db, first, "accepted", "Ana sails a dinghy.")
    db.write("DELETE FROM memories WHERE id = ?", (second,))
    vectors.sync(db)
    nearest = vectors.nearest("sailing boats", 10)
    assert set(nearest) == {first}
    assert nearest[first] > 0.4


@pytest.mark.parametrize("damage", ["lost", "emptied", "scrambled"])
def test_a_lost_or_damaged_index_is_made_anew(db: Database, minilm: MiniLm, tmp_path: Path, damage: str) -> None:
    ids = keep(db, "Ana keeps bees.", "Ana drives a lorry.", "Ana was born in Porto.")
    Vectors(tmp_path / "v", minilm).sync(db)
    again = tmp_path / "again"  # Chroma holds one open index per folder and process: the damage is done to a copy
    shutil.copytree(tmp_path / "v", again)
    if damage == "lost":
        shutil.rmtree(again)
    for file in again.rglob("*"):
        if file.is_file():
            file.write_bytes(b"" if damage == "emptied" else b"scrambled" * 500)
    vectors = Vectors(again, minilm)
    vectors.sync(db)
    assert set(vectors.nearest("bees", 10)) == set(ids)


def test_another_embedder_embeds_everything_anew(db: Database, minilm: MiniLm, tmp_path: Path) -> None:
    ids = keep(db, "Ana keeps bees.", "Ana drives a lorry.")
    Vectors(tmp_path / "v", minilm).sync(db)
    letters = Vectors(tmp_path / "v", LetterEmbedder())
    letters.sync(db)
    assert set(letters.nearest("zzz", 10)) == set(ids)
    assert len(list((tmp_path / "v").iterdir())) == 1


def test_rebuilding_changes_no_answer_and_tells_how_far_it_is(db: Database, vectors: Vectors) -> None:
    keep(db, *(f"Ana has been to town number {i}." for i in range(300)))
    vectors.sync(db)
    before = vectors.nearest("town number 7", 5)
    told: list[tuple[int, int]] = []
    vectors.rebuild(db, lambda done, of: told.append((done, of)))
    after = vectors.nearest("town number 7", 5)
    assert after.keys() == before.keys()
    assert told[-1] == (300, 300)


def test_an_embedder_that_is_away_loses_nothing(db: Database, tmp_path: Path) -> None:
    embedder = LetterEmbedder()
    vectors = Vectors(tmp_path / "v", embedder)
    embedder.away = True
    ids = keep(db, "Ana keeps bees.")
    with pytest.raises(EmbedderUnavailable):
        vectors.sync(db)
    embedder.away = False
    vectors.sync(db)
    assert set(vectors.nearest("bees", 5)) == set(ids)


def near_in(folder: Path, vector: Sequence[float]) -> list[str]:
    """The files that have the beginning of a vector near this one in them."""
    found = []
    for file in folder.rglob("*"):
        data = file.read_bytes() if file.is_file() else b""
        for shift in range(4):
            floats = np.frombuffer(data, np.uint8)[shift:]
            floats = floats[: len(floats) // 4 * 4].view(np.float32)
            first = [np.abs(floats[i : len(floats) - 12 + i] - vector[i]) < 0.01 for i in range(12)]
            if len(floats) > 12 and np.logical_and.reduce(first).any():
                found.append(file.name)
    return found


@pytest.mark.filterwarnings("ignore::RuntimeWarning")  # not all in a file is numbers
@pytest.mark.parametrize("others", [2, 1100])  # Chroma writes its index to the disk after a thousand
def test_no_vector_of_someone_forgotten_stays_on_the_disk(db: Database, tmp_path: Path, others: int) -> None:
    embedder = LetterEmbedder()
    vectors = Vectors(tmp_path / "v", embedder)
    tom, ana = people.find_or_add(db, "Tom"), people.find_or_add(db, "Ana")
    capture = captures.keep_text(db, "about Tom", NOW, "test")
    told = memories.add(db, capture, about=[tom], kind="fact", text="Tom juggles quinces.", evidence="juggles")
    aside = captures.keep_text(db, "about Ana", NOW, "test")
    memories.add(db, aside, about=[ana], kind="fact", text="Ana fed the zebu of Tom.", evidence="fed")
    with db.transaction():
        keep(db, *(f"Ana has been to town number {i}." for i in range(others)))
    vectors.sync(db)
    gone = embedder.embed(["juggles quinces.", "fed the zebu of Tom."])
    assert all(near_in(tmp_path / "v", vector) for vector in gone)
    people.forget(db, tom.id)
    vectors.embed_next(db)
    assert told.id not in vectors.nearest("juggles quinces", 3)
    vectors.sync(db)
    assert not any(near_in(tmp_path / "v", vector) for vector in gone)
    assert near_in(tmp_path / "v", embedder.embed(["fed the zebu of someone."])[0])
    assert len(vectors.everything()[0]) == others + 1


def test_what_is_said_over_and_over_hides_nothing_else(db: Database, tmp_path: Path) -> None:
    vectors = Vectors(tmp_path / "v", LetterEmbedder())
    with db.transaction():
        keep(db, *["Ana had a nap."] * 1100)
        zebu, lorry, quinces = keep(db, "Ana fed a zebu.", "Ana drives a lorry.", "Ana juggles quinces.")
    vectors.sync(db)
    for words, said in (("fed a zebu", zebu), ("fed a zebu. drives a lorry.", lorry), ("quinces, juggles", quinces)):
        assert said in vectors.nearest(words, 3)


class Changing:
    """A home whose embedder is changed: letters, which serve, and the shipped one, which is wanted."""

    def __init__(self, db: Database, path: Path, minilm: MiniLm) -> None:
        self.db, self.path, self.minilm = db, path, minilm
        self.letters = LetterEmbedder()
        self.bees, *_ = keep(db, "Ana keeps bees.", *_of_all_kinds(150))
        old = self.opened(self.letters)
        old.sync(db)
        self.by_letters = old.nearest("bees", 200)
        old.close()

    def opened(self, embedder: Embedder) -> Vectors:
        return Vectors(self.path, embedder, {"letters": self.letters, self.minilm.name: self.minilm}.get)


def _of_all_kinds(count: int) -> list[str]:
    """Of what is all alike, Chroma's index may lose what lies apart from it."""
    words = np.random.default_rng(0)
    return ["Ana likes " + "".join(words.choice(list("abcdefghijklmnopqrstuvwxyz "), 20)) for _ in range(count)]


@pytest.fixture
def changing(db: Database, minilm: MiniLm, tmp_path: Path) -> Changing:
    return Changing(db, tmp_path / "changing", minilm)


def test_the_old_vectors_serve_until_the_new_ones_are_complete(changing: Changing) -> None:
    vectors = changing.opened(changing.minilm)
    while vectors.embed_next(changing.db):
        assert vectors.nearest("bees", 200) == changing.by_letters
    assert vectors.nearest("beekeeping", 1).keys() == {changing.bees}
    assert len(list(changing.path.iterdir())) == 1
    vectors.close()


def test_a_crash_in_the_middle_of_a_change_goes_on_where_it_was(changing: Changing) -> None:
    crashed = changing.opened(changing.minilm)
    assert crashed.embed_next(changing.db)
    crashed.close()
    vectors, told = changing.opened(changing.minilm), list[tuple[int, int]]()
    assert vectors.nearest("bees", 200) == changing.by_letters
    vectors.sync(changing.db, lambda done, of: told.append((done, of)))
    assert 0 < told[0][1] < 151  # not all of it again
    assert vectors.nearest("beekeeping", 1).keys() == {changing.bees}
    vectors.close()


def test_what_is_told_during_a_change_is_found_at_once_and_after(changing: Changing) -> None:
    vectors = changing.opened(changing.minilm)
    vectors.embed_next(changing.db)
    (zebu,) = keep(changing.db, "Ana saw a zzzz zebu.")
    vectors.embed_next(changing.db)
    assert vectors.nearest("zzzz", 1).keys() == {zebu}
    vectors.sync(changing.db)
    assert vectors.nearest("a zebu", 1).keys() == {zebu}
    vectors.close()


def test_a_change_that_is_taken_back_in_the_middle_loses_nothing(changing: Changing) -> None:
    vectors = changing.opened(changing.minilm)
    vectors.embed_next(changing.db)
    vectors.close()
    again = changing.opened(changing.letters)
    assert again.nearest("bees", 200) == changing.by_letters
    again.sync(changing.db)
    assert again.nearest("bees", 200) == changing.by_letters
    assert len(list(changing.path.iterdir())) == 1
    again.close()


def test_without_the_old_embedder_words_find_until_the_new_vectors_are_complete(changing: Changing) -> None:
    vectors = Vectors(changing.path, changing.minilm)
    with pytest.raises(EmbedderUnavailable, match="letters"):
        vectors.nearest("bees", 5)
    assert [r.memory.id for r in recall(changing.db, vectors, "Who keeps bees?", None)] == [changing.bees]
    keep(changing.db, "Ana saw a zebu.")
    vectors.sync(changing.db)
    assert vectors.nearest("beekeeping", 1).keys() == {changing.bees}
    vectors.close()


def test_what_is_forgotten_during_a_change_is_in_neither(changing: Changing) -> None:
    vectors = changing.opened(changing.minilm)
    vectors.embed_next(changing.db)
    changing.db.write("DELETE FROM memories WHERE id = ?", (changing.bees,))
    vectors.embed_next(changing.db)
    assert changing.bees not in vectors.nearest("bees", 200)
    vectors.sync(changing.db)
    assert changing.bees not in vectors.nearest("bees", 200)
    assert len(vectors.nearest("bees", 200)) == 150
    vectors.close()


def test_a_database_put_back_from_a_backup_is_embedded_anew(db: Database, vectors: Vectors) -> None:
    first, second = keep(db, "Ana keeps bees.", "Ana drives a lorry.")
    vectors.sync(db)
    vectors.close()
    db.write("DELETE FROM memories WHERE id = ?", (second,))
    db.write("DELETE FROM vectors_to_remove")
    db.write("UPDATE memories SET text = 'Ana sails a dinghy.' WHERE id = ?", (first,))
    db.write("UPDATE memories SET embedded_by = (SELECT embedded_by FROM memories LIMIT 1)")
    vectors.sync(db)
    nearest = vectors.nearest("sailing boats", 5)
    assert nearest.keys() == {first}
    assert nearest[first] > 0.4


def answers(db: Database, vectors: Vectors, questions: Sequence[str]) -> list[list[tuple[int, float]]]:
    found = [recall(db, vectors, question, None, limit=5) for question in questions]
    return [[(r.memory.id, round(r.rank, 4)) for r in one] for one in found]


SAID = st.builds(
    "Ana {} {}.".format,
    st.sampled_from(["keeps", "has lost", "dreams of", "is afraid of", "sold"]),
    st.sampled_from(["bees", "a lorry", "the cello", "her job", "two goats", "names 名前", "water"]),
)


@hypothesis.settings(max_examples=8, suppress_health_check=[hypothesis.HealthCheck.function_scoped_fixture])
@hypothesis.given(notes=st.lists(st.lists(SAID, min_size=1, max_size=4), min_size=1, max_size=6))
def test_neither_rebuilding_nor_another_embedder_and_back_changes_an_answer(
    notes: list[list[str]], minilm: MiniLm, tmp_path_factory: pytest.TempPathFactory
) -> None:
    path = tmp_path_factory.mktemp("home")
    db = Database(path / "fondly.db", key_from_file(path / "key", path / "fondly.db"))
    questions = ["Who keeps bees?", "an instrument", "Who is scared?", "farm animals", *(note[0] for note in notes)]
    for embedder in (minilm, minilm, LetterEmbedder(), minilm):
        for note in notes if not db.rows("SELECT id FROM memories") else ():
            keep(db, *note)
        vectors = Vectors(path / "v", embedder)
        vectors.sync(db)
        if embedder is minilm:
            before = answers(db, vectors, questions)
            vectors.rebuild(db)
            assert answers(db, vectors, questions) == before
        vectors.close()
    db.close()
