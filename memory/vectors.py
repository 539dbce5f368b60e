"""Vectors of the memories, in Chroma: vectors and ids only, no words, and always rebuildable from the database.

Each collection has the vectors of one embedder. One serves; where another is wanted, since the embedder was changed or
something was forgotten, the new one is filled in the background and then takes its place. ``memories.embedded_by`` is
the collection that a memory was last put into: NULL, what is new or changed, goes into the one that serves first.
"""

from __future__ import annotations

import re
import threading
import uuid
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from memory import memories
from memory.chroma import OURS, ChromaAway, Folders, Server, translated
from memory.database import Database
from memory.embedding import Embedder, EmbedderUnavailable, Matrix
from memory.records import Memory

_BATCH = 64
_APART = 0.003  # of a vector's length; cosines differ by less than a thousandth
_EMBEDDED = "with what was told before"  # another way to embed means other vectors, as another embedder does
_ELSEWHERE = "SELECT id FROM memories WHERE embedded_by < ? OR embedded_by > ?"
_SPOILED = "with what was forgotten"


@dataclass(frozen=True, slots=True)
class _Set:
    """A collection of Chroma, and who embeds for it; None: its embedder is not to be had any more."""

    collection: Any
    embedder: Embedder | None

    @property
    def name(self) -> str:
        return str(self.collection.name)

    def embed(self, texts: Sequence[str]) -> Matrix:
        if self.embedder is None:
            raise EmbedderUnavailable(f"{self.collection.metadata['embedder']} is not to be had any more")
        return self.embedder.embed(texts)


class Vectors:
    """The vectors of ``embedder``, in a folder or on a Chroma server. Usable from any thread.

    ``former`` gives the embedder of a name, to search in what it embedded until ``embedder`` has embedded everything.
    """

    def __init__(
        self, place: Path | str, embedder: Embedder, former: Callable[[str], Embedder | None] = lambda name: None
    ) -> None:
        self._shelf = Folders(place) if isinstance(place, Path) else Server(place)
        self._embedder = embedder
        self._former = former
        self._lock = threading.RLock()  # which sets there are, and what is in them
        self._embedding = threading.Lock()  # one batch at a time
        self._in_use: tuple[_Set, _Set] | None = None
        self._compared = False

    def nearest(self, text: str, limit: int) -> dict[int, float]:
        """The ids of the memories nearest to ``text``, with their cosines. Raises MeaningUnavailable."""
        with self._lock:
            serving, _ = self._opened()
            return self.near(list(serving.embed([text])), limit)[0]

    def near(self, vectors: Sequence[Matrix], limit: int) -> list[dict[int, float]]:
        """For each vector the ids of the memories nearest to it, with their cosines. Raises MeaningUnavailable."""
        if not vectors:
            return []
        with self._lock:
            serving, _ = self._opened()
            with self._doing():
                found = serving.collection.query(query_embeddings=list(vectors), n_results=limit, include=["distances"])
        return [
            {int(memory_id): 1.0 - float(distance) for memory_id, distance in zip(ids, distances, strict=True)}
            for ids, distances in zip(found["ids"], found["distances"], strict=True)
        ]

    def of(self, ids: Iterable[int]) -> dict[int, Matrix]:
        """The vectors of memories, by id, each (dimensions,) of length 1; those that have none yet are left out."""
        wanted = [str(i) for i in dict.fromkeys(ids)]
        if not wanted:
            return {}
        with self._lock:
            serving, _ = self._opened()
            with self._doing():
                found = serving.collection.get(ids=wanted, include=["embeddings"])
        return {int(i): v for i, v in zip(found["ids"], found["embeddings"], strict=True)}

    def embedded(self, texts: Sequence[str]) -> dict[str, Matrix]:
        """The vectors of texts, by text, kept nowhere. Raises MeaningUnavailable."""
        with self._lock:
            serving, _ = self._opened()
            return dict(zip(texts, serving.embed(texts), strict=True))

    def everything(self) -> tuple[list[int], Matrix]:
        """The ids of all memories that have a vector, and the vectors. Raises MeaningUnavailable."""
        with self._lock:
            serving, _ = self._opened()
            with self._doing():
                found = serving.collection.get(include=["embeddings"])
        return [int(i) for i in found["ids"]], np.asarray(found["embeddings"], np.float32)

    def sync(self, db: Database, progress: Callable[[int, int], None] = lambda done, of: None) -> None:
        """Brings the vectors wholly up to the database. ``progress`` is told (done, of) memories.

        Raises MeaningUnavailable; a later call then goes on.
        """
        of = 0
        while True:
            waiting = self._count_waiting(db)
            of = max(of, waiting)
            progress(of - waiting, of)
            if not self.embed_next(db):
                return

    def embed_next(self, db: Database) -> bool:
        """Takes out what is gone, then embeds some of what waits, what was told last first. False: nothing waits.

        Raises MeaningUnavailable; a later call then goes on.
        """
        with self._embedding:
            self._take_out_gone(db)
            self._compare(db)
            with self._lock:
                serving, target = self._opened()
            new = _ids(db, "SELECT id FROM memories WHERE embedded_by IS NULL ORDER BY id DESC")
            if new and serving is not target:
                with suppress(EmbedderUnavailable):  # it is found by meaning once the target serves
                    self._embed(db, serving, new)
                    return True
            if waiting := new or _ids(db, _ELSEWHERE, (target.name,) * 2):
                self._embed(db, target, waiting)
            elif serving is not target:
                self._replace(serving, target)
            return bool(waiting)

    def rebuild(self, db: Database, progress: Callable[[int, int], None] = lambda done, of: None) -> None:
        """Embeds every memory anew; until that is done, what there was serves."""
        with self._embedding, self._lock:
            self._spoil(self._opened()[1])
        self.sync(db, progress)

    def close(self) -> None:
        with self._lock:
            self._in_use = None
            self._shelf.close()

    def _opened(self) -> tuple[_Set, _Set]:
        """The set that serves, and the one that is to: the same, but while that one is being filled."""
        if self._in_use is None:
            self._compared = False
            there = [_Set(one, self._embedder_called(one.metadata["embedder"])) for one in self._shelf.collections()]
            wanted = {"embedder": self._embedder.name, "texts": _EMBEDDED}
            target = next((one for one in there if one.collection.metadata == wanted), None) or _Set(
                self._shelf.create(f"{OURS}{uuid.uuid4().hex}", wanted), self._embedder
            )
            serving = max((target, *there), key=_count)
            for one in there:
                if one is not serving and one is not target:
                    self._shelf.drop(one.name)
            self._in_use = serving, target
        return self._in_use

    def _embedder_called(self, name: str) -> Embedder | None:
        return self._embedder if name == self._embedder.name else self._former(name)

    def _replace(self, serving: _Set, target: _Set) -> None:
        with self._lock:
            self._in_use = target, target
            self._shelf.drop(serving.name)

    def _spoil(self, one: _Set) -> None:
        """It serves until there is another, and is not filled any more."""
        with self._doing():
            one.collection.modify(metadata={**one.collection.metadata, "texts": _SPOILED})
        self._in_use = None

    def _count_waiting(self, db: Database) -> int:
        with self._lock:
            name = self._opened()[1].name
        row = db.row("SELECT count(*) AS n FROM memories WHERE embedded_by IS NOT ?", (name,))
        return row["n"] if row else 0

    def _embed(self, db: Database, into: _Set, ids: Sequence[int]) -> None:
        texts = _embedded_texts(db, ids)
        if not texts:
            return  # forgotten meanwhile
        vectors = _apart(into.embed(list(texts.values())), list(texts))
        with self._lock, self._doing():
            into.collection.upsert(ids=[str(i) for i in texts], embeddings=vectors)
        with db.transaction():  # what was changed meanwhile goes on waiting
            same = [i for i, text in _embedded_texts(db, ids).items() if texts.get(i) == text]
            marks = ",".join("?" * len(same))
            db.write(f"UPDATE memories SET embedded_by = ? WHERE id IN ({marks})", (into.name, *same))

    def _take_out_gone(self, db: Database) -> None:
        """What was forgotten is not found any more, and the sets that had it are replaced."""
        gone = [row["memory_id"] for row in db.rows("SELECT memory_id FROM vectors_to_remove")]
        if not gone:
            return
        with self._lock:
            for one in self._opened():
                self._spoil(one)
                for start in range(0, len(gone), _BATCH):
                    with self._doing():
                        one.collection.delete(ids=[str(i) for i in gone[start : start + _BATCH]])
        with db.transaction():
            for memory_id in gone:
                db.write("DELETE FROM vectors_to_remove WHERE memory_id = ?", (memory_id,))

    def _compare(self, db: Database) -> None:
        """Once after opening. What Chroma has lost is embedded again; where it has more than the database, that is an
        older one, put back from a backup, and everything is."""
        if self._compared:
            return
        with self._lock:
            target = self._opened()[1]
            known = {row["id"] for row in db.rows("SELECT id FROM memories WHERE embedded_by = ?", (target.name,))}
            if _count(target) != len(known):
                with self._doing():
                    there = {int(i) for i in target.collection.get(include=[])["ids"]}
                with db.transaction():
                    for lost in known - there:
                        db.write("UPDATE memories SET embedded_by = NULL WHERE id = ?", (lost,))
                if there - {row["id"] for row in db.rows("SELECT id FROM memories")}:
                    self._spoil(target)
            self._compared = True

    @contextmanager
    def _doing(self) -> Iterator[None]:
        """After an error everything is opened anew: a damaged folder is then found, and what a server has lost."""
        try:
            with translated():
                yield
        except ChromaAway:
            self.close()
            raise


def _count(one: _Set) -> int:
    with translated():
        return int(one.collection.count())


def _ids(db: Database, sql: str, values: Sequence[object] = ()) -> list[int]:
    """A batch of ids."""
    return [row["id"] for row in db.rows(f"{sql} LIMIT {_BATCH}", values)]


def _apart(vectors: Matrix, ids: Sequence[int]) -> Matrix:
    """``vectors``, each a little off: to many that are equal, such as those of "Met Joan today", Chroma's
    index links only one another, and what lies beside them is not found any more."""
    noise = np.array([np.random.default_rng(i).standard_normal(vectors.shape[1]) for i in ids])
    moved = vectors + _APART / np.sqrt(vectors.shape[1]) * noise
    return np.asarray(moved / np.linalg.norm(moved, axis=1, keepdims=True), np.float32)


def _embedded_texts(db: Database, ids: Sequence[int]) -> dict[int, str]:
    before = {m.id: m for m in memories.by_ids(db, {i - 1 for i in ids})}
    return {m.id: _embedded_text(m, before.get(m.id - 1)) for m in memories.by_ids(db, ids)}


def _embedded_text(memory: Memory, before: Memory | None) -> str:
    """What a memory says, after what was told just before it in the same note. Without the names: they are matched
    as names, and drown the rest in a small model."""
    told = [before, memory] if before and before.capture_id == memory.capture_id else [memory]
    return " ".join(without_names(m.text, [n for p in m.about for n in (p.name, *p.also)]) for m in told)


def without_names(text: str, names: Sequence[str]) -> str:
    parts = sorted({part for name in names for part in (name, *name.split())}, key=len, reverse=True)
    if not parts:
        return text
    words = "|".join(map(re.escape, parts))
    return re.sub(rf"\b(?:{words})(?:['’]s)?\b\s*", "", text, flags=re.IGNORECASE).strip() or text
