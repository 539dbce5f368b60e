"""A note about Ana, and a model that finds an oboe and a ladder in it."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from assistant.llm import Ollama
from assistant.refining import refine_next
from assistant.settings import Settings
from assistant.turn import Parts, take_words
from memory import captures, memories
from memory.records import Memory
from tests.ollama_server import OllamaServer, running

NOTE = "Ana Okafor plays the oboe. She lent me, well, a ladder."
OBOE = {"evidence": "Ana Okafor plays the oboe", "about": ["Ana Okafor"], "kind": "fact", "text": "Ana plays the oboe."}
LADDER = {"evidence": "She lent me, well, a ladder", "about": ["Ana"], "kind": "promise", "text": "Ana lent a ladder."}


def told(*found: dict[str, Any], intent: str = "capture") -> dict[str, Any]:
    return {"intent": intent, "people": ["Ana Okafor"], "memories": list(found)}


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(home=tmp_path / "home", port=0, llm="qwen3:8b")


@pytest.fixture
def server() -> Iterator[OllamaServer]:
    with running(OllamaServer(told(OBOE, LADDER))) as one:
        yield one


def say(parts: Parts, text: str) -> str:
    taken = asyncio.run(take_words(text, "test", parts))
    return taken.reply.text if taken.reply else ""


def model(server: OllamaServer, seconds: float = 60) -> Ollama:
    return Ollama("qwen3:8b", server.url, seconds)


def refine(parts: Parts, server: OllamaServer) -> bool:
    return asyncio.run(refine_next(parts, model(server)))


def kept(parts: Parts, capture_id: int = 1) -> list[Memory]:
    return sorted(memories.ever_from_capture(parts.db, capture_id), key=lambda m: m.id)


def texts(parts: Parts) -> list[str]:
    return [m.text for m in kept(parts) if m.status in ("pending", "accepted")]


def waits(parts: Parts) -> bool:
    return captures.next_to_refine(parts.db) is not None
