"""A small model that reads an utterance as a whole: how likely each intent is, and what each stretch of it tells.

It is all-MiniLM-L6-v2, fine-tuned by models/understanding/train.py on annotated sentences. The rules take what it
says as a vote beside their own: they know dates, names and grammar, it knows how differently people say things.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any, get_args

import numpy as np
from numpy.typing import NDArray

from assistant.understanding.meaning import Intent, Kind

_MODELS = Path(__file__).parents[2] / "models"
_MOST_TOKENS = 250  # what the model reads at once; MiniLM was trained on 256
_MOST_STRETCHES = 8  # some ten minutes of speech; what lies beyond is left to the rules
_INTENTS: tuple[Intent, ...] = get_args(Intent)
_KINDS: tuple[Kind, ...] = get_args(Kind)
# What the model says of each token, in the order of its training.
_KEEP, _KIND, _SENSITIVE, _MET, _INTRODUCED, _NAME, _BEGINS, _ASKS = 0, slice(1, 8), 8, 9, 10, 11, 12, 13
_POINTER = 32
_QUERY, _KEY = slice(14, 14 + _POINTER), slice(14 + _POINTER, 14 + 2 * _POINTER)
_FIGURES = 14 + 2 * _POINTER


@dataclass(frozen=True, slots=True)
class Reading:
    """``intents``: log-probabilities. ``tokens``: (n, 78) logits and pointers, for the characters ``starts``:``ends``
    each."""

    intents: dict[Intent, float]
    tokens: NDArray[np.float32]
    starts: NDArray[np.int64]
    ends: NDArray[np.int64]

    def keeps(self, start: int, end: int) -> float:
        """How surely these characters tell something worth keeping: a logit, above 0 for likelier than not."""
        return float(self._over(start, end)[_KEEP])

    def kinds(self, start: int, end: int) -> dict[Kind, float]:
        """The kinds of what these characters tell, as logits."""
        return dict(zip(_KINDS, map(float, self._over(start, end)[_KIND]), strict=True))

    def sensitive(self, start: int, end: int) -> float:
        return float(self._over(start, end)[_SENSITIVE])

    def met(self, start: int, end: int) -> float:
        """How surely the person named there was met, called or written to by the speaker: a logit."""
        return float(self._over(start, end)[_MET])

    def introduced(self, start: int, end: int) -> float:
        """How surely the person named there is one whom the speaker wants to bring together with another: a logit."""
        return float(self._over(start, end)[_INTRODUCED])

    def named(self, start: int, end: int) -> float:
        """How surely these characters are part of a person's name: a logit."""
        return float(self._over(start, end)[_NAME])

    def begins(self, start: int, end: int) -> float:
        """How surely something told begins with the word there: a logit."""
        return float(self._read(start, end)[0, _BEGINS])

    def asks(self, start: int, end: int) -> float:
        """How surely these characters ask for a reminder: a logit."""
        return float(self._over(start, end)[_ASKS])

    def points(self, start: int, end: int, to: tuple[int, int]) -> float:
        """How well these characters (a pronoun, a clause) speak of the person named at the characters ``to``;
        only comparable between names."""
        return float(self._over(start, end)[_QUERY] @ self._over(*to)[_KEY]) / math.sqrt(_POINTER)

    def _over(self, start: int, end: int) -> NDArray[np.float32]:
        over: NDArray[np.float32] = self._read(start, end).mean(axis=0)
        return over

    def _read(self, start: int, end: int) -> NDArray[np.float32]:
        """What is said of each token there; one that says nothing where no word of it is read."""
        first, last = np.searchsorted(self.ends, start, "right"), np.searchsorted(self.starts, end, "left")
        return self.tokens[first:last] if first < last else np.zeros((1, _FIGURES), np.float32)


def read(text: str) -> Reading:
    """Reads ``text``, in stretches where it is long. The first stretch decides the intent."""
    session, tokenizer = _model()
    encoded = tokenizer.encode(text, add_special_tokens=False)
    first, last = tokenizer.token_to_id("[CLS]"), tokenizer.token_to_id("[SEP]")
    logits, intents = [], None
    read_ids = encoded.ids[: _MOST_TOKENS * _MOST_STRETCHES]
    for start in range(0, max(1, len(read_ids)), _MOST_TOKENS):
        ids = np.array([[first, *read_ids[start : start + _MOST_TOKENS], last]], np.int64)
        said, tokens = session.run(None, {"input_ids": ids, "attention_mask": np.ones_like(ids)})
        logits.append(tokens[0, 1:-1])
        intents = said[0] if intents is None else intents
    places = np.array(encoded.offsets[: len(read_ids)], np.int64).reshape(-1, 2)
    return Reading(_log_probabilities(intents), np.concatenate(logits), places[:, 0], places[:, 1])


def _log_probabilities(logits: Any) -> dict[Intent, float]:
    shifted = logits - logits.max()
    logs = shifted - np.log(np.exp(shifted).sum())
    return dict(zip(_INTENTS, map(float, logs), strict=True))


@lru_cache(maxsize=1)
def _model() -> tuple[Any, Any]:
    import onnxruntime
    from tokenizers import Tokenizer

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    file = str(_MODELS / "understanding" / "model.onnx")
    session = onnxruntime.InferenceSession(file, options, providers=["CPUExecutionProvider"])
    tokenizer = Tokenizer.from_file(str(_MODELS / "minilm" / "tokenizer.json"))
    tokenizer.no_padding()
    tokenizer.no_truncation()
    return session, tokenizer
