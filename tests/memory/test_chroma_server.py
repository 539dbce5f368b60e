"""Vectors on a Chroma server: the same as in a folder, and without it words still find."""

from __future__ import annotations

import shutil
import socket
import threading
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import httpx
import pytest

from memory import captures, memories, people
from memory.chroma import ChromaAway, Server
from memory.database import Database
from memory.embedding import MiniLm
from memory.recall import recall
from memory.vectors import Vectors
from tests.chroma_server import ChromaServer

NOW = datetime(2026, 5, 4, 9, 30, tzinfo=UTC)


@pytest.fixture
def server(tmp_path: Path) -> Iterator[ChromaServer]:
    server = ChromaServer(tmp_path / "server")
    server.start()
    yield server
    server.stop()


@pytest.fixture
def remote(server: ChromaServer, minilm: MiniLm) -> Iterator[Vectors]:
    vectors = Vectors(server.url, minilm)
    yield vectors
    vectors.close()


def keep(db: Database, text: str) -> int:
    capture = captures.keep_text(db, text, NOW, "test")
    return memories.add(db, capture, about=[people.find_or_add(db, "Ana")], kind="fact", text=text, evidence=text).id


def test_a_server_answers_as_a_folder_does(db: Database, remote: Vectors, vectors: Vectors) -> None:
    bees, lorry = keep(db, "Ana keeps bees."), keep(db, "Ana drives a lorry.")
    remote.sync(db)
    found = remote.nearest("beekeeping", 5)
    assert found.keys() == {bees, lorry}
    vectors.sync(db)
    assert vectors.nearest("beekeeping", 5) == pytest.approx(found, abs=1e-5)


def test_no_words_are_on_the_server(db: Database, remote: Vectors, server: ChromaServer) -> None:
    keep(db, "Ana plays the hurdygurdy.")
    remote.sync(db)
    files = [f for f in server.folder.rglob("*") if f.is_file()]
    assert files
    assert not any(b"hurdygurdy" in f.read_bytes() for f in files)


def test_what_others_keep_on_the_server_stays(db: Database, remote: Vectors, server: ChromaServer) -> None:
    other = Server(server.url)
    other.create("recipes", {"of": "others"})
    other.close()
    keep(db, "Ana keeps bees.")
    remote.sync(db)
    remote.rebuild(db)
    where = f"{server.url}api/v2/tenants/default_tenant/databases/default_database/collections"
    names = sorted(one["name"] for one in httpx.get(where).json())
    assert len(names) == 2
    assert names[1] == "recipes"


def test_a_server_that_goes_away_and_comes_back(db: Database, remote: Vectors, server: ChromaServer) -> None:
    bees = keep(db, "Ana keeps bees.")
    remote.sync(db)
    server.stop()
    lorry = keep(db, "Ana drives a lorry.")
    with pytest.raises(ChromaAway):
        remote.embed_next(db)
    with pytest.raises(ChromaAway, match=f"no Chroma server answers at {server.url[:-1]}"):
        remote.nearest("beekeeping", 5)
    assert [r.memory.id for r in recall(db, remote, "Who drives a lorry?", None)] == [lorry]
    server.start()
    remote.sync(db)
    assert remote.nearest("beekeeping", 5).keys() == {bees, lorry}


def test_a_server_that_lost_everything_is_filled_again(db: Database, remote: Vectors, server: ChromaServer) -> None:
    bees = keep(db, "Ana keeps bees.")
    remote.sync(db)
    server.stop()
    shutil.rmtree(server.folder)
    server.start()
    with pytest.raises(ChromaAway):
        remote.nearest("beekeeping", 5)
    remote.sync(db)
    assert remote.nearest("beekeeping", 5).keys() == {bees}


def test_what_is_forgotten_is_not_found_on_the_server(db: Database, remote: Vectors) -> None:
    keep(db, "Ana keeps bees.")
    remote.sync(db)
    ana = people.find(db, "Ana")
    assert ana is not None
    people.forget(db, ana.id)
    remote.sync(db)
    assert remote.nearest("beekeeping", 5) == {}


def test_a_server_that_answers_with_something_else_or_not_at_all_is_said_so() -> None:
    assert "no Chroma server answers" in Server("http://127.0.0.1:9").trouble()
    with socket.create_server(("127.0.0.1", 0)) as listening:
        url = f"http://127.0.0.1:{listening.getsockname()[1]}"

        def say_nonsense() -> None:
            with listening.accept()[0] as asked:
                asked.recv(1000)
                asked.sendall(b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")

        thread = threading.Thread(target=say_nonsense)
        thread.start()
        assert "404" in Server(url).trouble()
        thread.join()
        assert "timed out" in Server(url).trouble()
