"""The background task that embeds: it goes on when what was away is back."""

from __future__ import annotations

import asyncio
import dataclasses
import logging
from collections.abc import Callable, Sequence

import pytest

from assistant.embedding import run_embedding
from assistant.turn import Parts, take_words
from memory.embedding import Embedder, EmbedderUnavailable, Matrix
from memory.vectors import Vectors


class Leaving:
    """An embedder that can go away."""

    def __init__(self, inner: Embedder) -> None:
        self.inner = inner
        self.name = inner.name
        self.away = True
        self.asked = 0

    def embed(self, texts: Sequence[str]) -> Matrix:
        self.asked += 1
        if self.away:
            raise EmbedderUnavailable("The model is away")
        return self.inner.embed(texts)


async def until(true: Callable[[], bool]) -> None:
    async with asyncio.timeout(60):
        while not true():  # noqa: ASYNC110 - what is waited for happens in another thread
            await asyncio.sleep(0.01)


def test_embedding_goes_on_when_the_embedder_is_back(parts: Parts, caplog: pytest.LogCaptureFixture) -> None:
    leaving = Leaving(parts.engines.embedder.engine)
    vectors = Vectors(parts.db.path.parent / "others", leaving)
    home = dataclasses.replace(parts, vectors=vectors)

    async def away_and_back() -> None:
        told = await take_words("Ana keeps bees.", "test", home)
        assert told.reply is not None
        assert told.reply.text.startswith("Kept: ")
        embedding = asyncio.create_task(run_embedding(home, look_seconds=0.01, away_seconds=0.01))
        await until(lambda: leaving.asked > 3)
        leaving.away = False
        await until(lambda: len(vectors.everything()[0]) == 1)
        embedding.cancel()

    with caplog.at_level(logging.WARNING, "assistant.embedding"):
        asyncio.run(away_and_back())
    assert [r.message for r in caplog.records] == ["The model is away. Until then, words find what was kept."]
    vectors.close()
