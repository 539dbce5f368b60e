"""The shipped int8 model says what the original says; Ollama is spoken to as Ollama speaks."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import numpy as np
import pytest

from memory.embedding import EmbedderUnavailable, MiniLm, OllamaEmbedder

ORIGINAL = Path(__file__).parents[1] / "fixtures" / "minilm_vectors.json"


def test_the_shipped_model_agrees_with_the_original(minilm: MiniLm) -> None:
    original = json.loads(ORIGINAL.read_text(encoding="utf-8"))
    texts = [row["text"] for row in original]
    vectors = minilm.embed(texts)
    cosines = np.sum(vectors * np.array([row["vector"] for row in original], np.float32), axis=1)
    print("cosine to the original: mean", cosines.mean().round(4), "least", cosines.min().round(4))
    assert cosines.mean() > 0.985
    assert cosines.min() > 0.95


def test_vectors_are_of_length_one_whatever_the_batch(minilm: MiniLm) -> None:
    texts = ["", " ", "Joan", "ключ 名前 🙂", "word " * 2000, *(f"note {i}" for i in range(40))]
    vectors = minilm.embed(texts)
    assert vectors.shape == (len(texts), 384)
    assert np.allclose(np.linalg.norm(vectors, axis=1), 1, atol=1e-3)
    assert minilm.embed([]).shape == (0, 384)


def test_what_means_the_same_is_nearer_than_what_does_not(minilm: MiniLm) -> None:
    vectors = minilm.embed(["He keeps bees.", "beekeeping", "She failed her driving test."])
    assert vectors[0] @ vectors[1] > vectors[0] @ vectors[2] + 0.2


class ScriptedOllama(BaseHTTPRequestHandler):
    """Answers POST /api/embed as Ollama does (docs: api.md, "Generate Embeddings"); 404 for a model it lacks."""

    def do_POST(self) -> None:
        asked = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        known = self.path == "/api/embed" and asked["model"] == "toy"
        body = (
            {"model": "toy", "embeddings": [[float(len(text)), 3.0] for text in asked["input"]]}
            if known
            else {"error": f'model "{asked["model"]}" not found, try pulling it first'}
        )
        data = json.dumps(body).encode()
        self.send_response(200 if known else 404)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def log_message(self, format: str, *args: object) -> None:
        pass


@pytest.fixture
def ollama_url() -> Iterator[str]:
    with ThreadingHTTPServer(("127.0.0.1", 0), ScriptedOllama) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{server.server_address[1]}"
        server.shutdown()
        thread.join()


def test_ollama_embeds(ollama_url: str) -> None:
    vectors = OllamaEmbedder("toy", ollama_url).embed(["abcd", ""])
    assert np.allclose(vectors, [[0.8, 0.6], [0, 1]])


def test_an_ollama_without_the_model_or_away_is_said_so(ollama_url: str) -> None:
    with pytest.raises(EmbedderUnavailable, match="does not embed with other"):
        OllamaEmbedder("other", ollama_url).embed(["x"])
    with pytest.raises(EmbedderUnavailable):
        OllamaEmbedder("toy", "http://127.0.0.1:9").embed(["x"])
