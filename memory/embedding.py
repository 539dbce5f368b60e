"""From sentences to vectors: the shipped MiniLM, or a model that Ollama serves."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from functools import cached_property
from pathlib import Path
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from memory.errors import MeaningUnavailable

Matrix = NDArray[np.float32]
"""(n, dimensions) float32, each row of length 1."""


_DIMENSIONS = 384


class Embedder(Protocol):
    @property
    def name(self) -> str:
        """Another name means other vectors: what was embedded is then embedded again."""

    def embed(self, texts: Sequence[str]) -> Matrix:
        """One row a text. Raises EmbedderUnavailable."""


class EmbedderUnavailable(MeaningUnavailable):
    """The model cannot be reached now. Nothing is lost: what was not embedded is embedded later."""


class MiniLm:
    """all-MiniLM-L6-v2 in int8 ONNX: 384 dimensions, a millisecond or two a sentence.

    ``folder`` has model.onnx and tokenizer.json, as models/make_minilm.py makes them.
    """

    name = "all-minilm-l6-v2-int8"

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._loading = threading.Lock()

    @cached_property
    def _session(self) -> Any:
        import onnxruntime

        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = options.inter_op_num_threads = 1
        return onnxruntime.InferenceSession(
            str(self._folder / "model.onnx"), options, providers=["CPUExecutionProvider"]
        )

    @cached_property
    def _tokenizer(self) -> Any:
        from tokenizers import Tokenizer

        tokenizer = Tokenizer.from_file(str(self._folder / "tokenizer.json"))
        tokenizer.no_padding()
        tokenizer.enable_truncation(256)  # what the model was trained to read
        return tokenizer

    def embed(self, texts: Sequence[str]) -> Matrix:
        with self._loading:
            session, tokenizer = self._session, self._tokenizer
        # One at a time: int8 scales are taken over a whole batch, and a text's vector must not depend on its company.
        rows = [self._embed_one(session, tokenizer, text) for text in texts]
        return np.concatenate(rows) if rows else np.zeros((0, _DIMENSIONS), np.float32)

    def _embed_one(self, session: Any, tokenizer: Any, text: str) -> Matrix:
        encoded = tokenizer.encode(text)
        inputs = {
            "input_ids": np.array([encoded.ids], np.int64),
            "attention_mask": np.array([encoded.attention_mask], np.int64),
        }
        vector: Matrix = session.run(None, inputs)[0]
        return vector


class OllamaEmbedder:
    """A model of an Ollama host, such as nomic-embed-text."""

    prefix = "ollama-"

    def __init__(self, model: str, url: str) -> None:
        self.name = f"{self.prefix}{model}"
        self._model = model
        self._url = url

    def embed(self, texts: Sequence[str]) -> Matrix:
        import httpx
        import ollama

        try:
            vectors = ollama.Client(host=self._url, timeout=30).embed(self._model, list(texts)).embeddings
        except (ollama.ResponseError, httpx.HTTPError, ConnectionError) as err:
            raise EmbedderUnavailable(f"Ollama at {self._url} does not embed with {self._model}: {err}") from err
        matrix = np.array(vectors, np.float32).reshape(len(texts), -1)
        lengths = np.linalg.norm(matrix, axis=1, keepdims=True)
        return np.asarray(matrix / np.maximum(lengths, 1e-9), np.float32)
