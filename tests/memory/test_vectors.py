"""Chroma holds vectors and ids only, follows the database, and can be lost."""

from __future__ import annotations

import shutil
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pytest

from memory import captures, memories, people
from memory.database import Database
from memory.embedding import EmbedderUnavailable, Matrix, MiniLm
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
    assert {row["embedded_by"] for row in db.rows("SELECT embedded_by FROM memories")} == {
        "letters, with what was told before"
    }


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
