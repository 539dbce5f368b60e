"""Where Chroma keeps collections of vectors: in folders of this computer, or on a Chroma server."""

from __future__ import annotations

import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx

from memory.errors import MeaningUnavailable

OURS = "fondly-"  # a server may keep collections of others
_ANSWER_SECONDS = 1.0  # for a server to say that it is there
_WORK_SECONDS = 10.0  # for all else
# So wide a search finds over 99% of the 200 nearest of 100,000 memories, Chroma's own width 87% (docs/bench.md). More
# links between neighbours than Chroma's own 16 would find as many in the same time, and take longer to make.
_INDEX = {"space": "cosine", "ef_search": 1600}


class ChromaAway(MeaningUnavailable):
    """Chroma does not answer, or cannot do what it is there for."""


class Folders:
    """Each collection in a folder of its own in ``path``: Chroma leaves vectors in its files when it deletes them, or
    their collection, and what is dropped here has to be gone from the disk.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._clients: dict[str, Any] = {}

    def collections(self) -> list[Any]:
        found = []
        for folder in sorted(self._path.glob("*")):
            try:
                with translated():
                    found.append(_whole(self._client(folder.name).get_collection(folder.name, None)))
            except ChromaAway:  # damaged: it holds nothing that the database does not
                self.drop(folder.name)
        return found

    def create(self, name: str, metadata: Mapping[str, str]) -> Any:
        with translated():
            return _create(self._client(name), name, metadata)

    def drop(self, name: str) -> None:
        if client := self._clients.pop(name, None):
            client.close()
        gone = self._path / name
        shutil.rmtree(gone) if gone.is_dir() else gone.unlink(missing_ok=True)

    def close(self) -> None:
        while self._clients:
            self._clients.popitem()[1].close()

    def _client(self, name: str) -> Any:
        import chromadb

        if name not in self._clients:
            folder = self._path / name
            folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            self._clients[name] = chromadb.PersistentClient(str(folder), _quiet())
        return self._clients[name]


class Server:
    """Collections on the Chroma server at ``url``."""

    def __init__(self, url: str) -> None:
        self._url = url.rstrip("/")
        self._opened: Any = None

    def trouble(self) -> str:
        """What keeps it from being used; "" when nothing does."""
        try:
            httpx.get(f"{self._url}/api/v2/heartbeat", timeout=_ANSWER_SECONDS).raise_for_status()
        except httpx.HTTPError as err:
            return f"no Chroma server answers at {self._url} ({err})"
        return ""

    def collections(self) -> list[Any]:
        client = self._client()
        with translated():
            return [_whole(one) for one in client.list_collections() if one.name.startswith(OURS)]

    def create(self, name: str, metadata: Mapping[str, str]) -> Any:
        client = self._client()
        with translated():
            return _create(client, name, metadata)

    def drop(self, name: str) -> None:
        client = self._client()
        with translated():
            client.delete_collection(name)

    def close(self) -> None:
        if self._opened:
            for client in (self._opened, self._opened._admin_client):
                client._server._session.close()  # which Chroma leaves open
            self._opened.close()
            self._opened = None

    def _client(self) -> Any:
        import chromadb

        if self._opened is None:
            if trouble := self.trouble():  # Chroma itself would wait for an answer for ever
                raise ChromaAway(trouble)
            with translated():
                self._opened = chromadb.HttpClient(self._url, settings=_quiet())
            self._opened._server._session.timeout = httpx.Timeout(_WORK_SECONDS, connect=_ANSWER_SECONDS)
        return self._opened


@contextmanager
def translated() -> Iterator[None]:
    """Whatever Chroma raises, as ChromaAway."""
    try:
        yield
    except Exception as err:  # Chroma's client has no narrower type for what a server refuses
        raise ChromaAway(f"Chroma cannot be used ({err})") from err


def _create(client: Any, name: str, metadata: Mapping[str, str]) -> Any:
    return client.create_collection(
        name, metadata=dict(metadata), configuration={"hnsw": _INDEX}, embedding_function=None
    )


def _whole(collection: Any) -> Any:
    """``collection``, once a search in it has been tried: Chroma finds damage only then."""
    first = collection.get(limit=1, include=["embeddings"])["embeddings"]
    if len(first):
        collection.query(query_embeddings=first, n_results=1, include=[])
    return collection


def _quiet() -> Any:
    from chromadb.config import Settings

    return Settings(anonymized_telemetry=False)
