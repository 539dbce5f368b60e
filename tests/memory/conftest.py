from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from memory.database import Database
from memory.embedding import MiniLm
from memory.key import key_from_file
from memory.vectors import Vectors


@pytest.fixture
def db(tmp_path: Path) -> Iterator[Database]:
    file = tmp_path / "data" / "fondly.db"
    database = Database(file, key_from_file(tmp_path / "config" / "key", file))
    yield database
    database.close()


@pytest.fixture(scope="session")
def minilm() -> MiniLm:
    return MiniLm(Path(__file__).parents[2] / "models" / "minilm")


@pytest.fixture
def vectors(tmp_path: Path, minilm: MiniLm) -> Vectors:
    return Vectors(tmp_path / "vectors", minilm)
