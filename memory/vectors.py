"""Vectors of the memories, in Chroma: vectors and ids only, no words, and always rebuildable from the database."""

from __future__ import annotations

import re
import shutil
import threading
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from memory import memories
from memory.database import Database
from memory.embedding import Embedder
from memory.records import Memory

_BATCH = 256
_EMBEDDED = "with what was told before"  # another way to embed means other vectors, as another embedder does
_SEARCH_WIDTH = 200  # Chroma's default of 100 loses neighbours once there are some ten thousand memories


class Vectors:
    """The vectors of one embedder, in the folder ``path``. Usable from any thread."""

    def __init__(self, path: Path, embedder: Embedder) -> None:
        self._path = path
        self._embedder = embedder
        self._by = f"{embedder.name}, {_EMBEDDED}"
        self._lock = threading.RLock()
        self._opened: Any = None

    def nearest(self, text: str, limit: int) -> dict[int, float]:
        """The ids of the memories nearest to ``text``, with their cosines. Raises EmbedderUnavailable."""
        with self._lock:
            collection = self._collection()
            vector = self._embedder.embed([text])
            found = collection.query(query_embeddings=vector, n_results=limit, include=["distances"])
        pairs = zip(found["ids"][0], found["distances"][0], strict=True)
        return {int(memory_id): 1.0 - float(distance) for memory_id, distance in pairs}

    def count(self) -> int:
        """How many memories have a vector."""
        with self._lock:
            return int(self._collection().count())

    def sync(self, db: Database, progress: Callable[[int, int], None] = lambda done, of: None) -> None:
        """Brings the vectors up to the database: embeds what is new or changed, removes what is gone.

        ``progress`` is told (done, of) memories. Raises EmbedderUnavailable; a later call then goes on.
        """
        with self._lock:
            collection = self._collection()
            self._remove_gone(db, collection)
            if self._has_lost_some(db, collection):
                db.write("UPDATE memories SET embedded_by = NULL")
            waiting = self._waiting(db)
            for start in range(0, len(waiting), _BATCH):
                self._embed(db, collection, waiting[start : start + _BATCH])
                progress(min(start + _BATCH, len(waiting)), len(waiting))

    def rebuild(self, db: Database, progress: Callable[[int, int], None] = lambda done, of: None) -> None:
        """Embeds every memory anew."""
        with self._lock:
            self._client().delete_collection(self._name())
            self._opened = None
            db.write("UPDATE memories SET embedded_by = NULL")
            self.sync(db, progress)

    def _waiting(self, db: Database) -> list[int]:
        rows = db.rows(
            "SELECT id FROM memories WHERE embedded_by IS NULL OR embedded_by <> ? ORDER BY id",
            (self._by,),
        )
        return [row["id"] for row in rows]

    def _embed(self, db: Database, collection: Any, ids: Sequence[int]) -> None:
        found = memories.by_ids(db, ids)
        before = {m.id: m for m in memories.by_ids(db, {i - 1 for i in ids})}
        vectors = self._embedder.embed([_embedded_text(m, before.get(m.id - 1)) for m in found])
        collection.upsert(ids=[str(m.id) for m in found], embeddings=vectors)
        marks = ",".join("?" * len(found))
        db.write(
            f"UPDATE memories SET embedded_by = ? WHERE id IN ({marks})",
            (self._by, *(m.id for m in found)),
        )

    def _remove_gone(self, db: Database, collection: Any) -> None:
        gone = [row["memory_id"] for row in db.rows("SELECT memory_id FROM vectors_to_remove")]
        for start in range(0, len(gone), _BATCH):
            ids = gone[start : start + _BATCH]
            collection.delete(ids=[str(i) for i in ids])
            db.write(f"DELETE FROM vectors_to_remove WHERE memory_id IN ({','.join('?' * len(ids))})", ids)

    def _has_lost_some(self, db: Database, collection: Any) -> bool:
        row = db.row("SELECT count(*) AS n FROM memories WHERE embedded_by = ?", (self._by,))
        return row is not None and int(collection.count()) < row["n"]

    def _collection(self) -> Any:
        if self._opened is None:
            import chromadb.errors
            from chromadb.api.shared_system_client import SharedSystemClient

            try:
                self._opened = self._open()
            except (chromadb.errors.ChromaError, ValueError, OSError):
                # A damaged index holds nothing that the database does not: start it anew.
                SharedSystemClient.clear_system_cache()
                shutil.rmtree(self._path)
                self._opened = self._open()
        return self._opened

    def _open(self) -> Any:
        client = self._client()
        for other in client.list_collections():
            if other.name != self._name():  # an embedder that is no longer used
                client.delete_collection(other.name)
        return client.get_or_create_collection(
            self._name(),
            configuration={"hnsw": {"space": "cosine", "ef_search": _SEARCH_WIDTH}},
            embedding_function=None,
        )

    def _client(self) -> Any:
        import chromadb
        from chromadb.config import Settings

        self._path.mkdir(parents=True, exist_ok=True, mode=0o700)
        return chromadb.PersistentClient(str(self._path), Settings(anonymized_telemetry=False))

    def _name(self) -> str:
        return "memories-" + re.sub(r"[^a-zA-Z0-9]+", "-", self._by).strip("-")


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
