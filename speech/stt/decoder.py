"""Moonshine's two networks, run by onnxruntime: sound to states, and states to likely tokens, one after the other.

The networks and the tokens lie in the wheel of ``moonshine-voice``. Taken step by step, what they find likely can be
weighed by whoever knows more: see names.py beside this file.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from speech.audio import Samples, silence
from speech.errors import EngineFailed
from speech.onnx import onnx_errors

Sound = NDArray[np.float32]
"""(1, states, 288): what the encoder made of the sound."""

START, END = 1, 2
_SPACE = "▁".encode()  # opens the tokens that begin a word
_FIRST_BYTE = 3  # the token of byte 0
_HEADS, _WIDTH = 8, 36
_NOTHING_SECONDS = 2.0
_TOKENS_PER_SECOND, _LEAST_TOKENS = 6.5, 12
"""Nobody speaks faster; where nothing is said the decoder may go on for ever. As in Moonshine's own code."""


@dataclass(frozen=True, slots=True)
class State:
    """Where n texts stand: ``likely`` (n, tokens) log-probabilities of what comes next, ``past`` what the decoder
    remembers of each."""

    likely: NDArray[np.float32]
    past: dict[str, NDArray[np.float32]]

    def take(self, rows: Sequence[int]) -> State:
        """Some of the texts, or one of them several times."""
        return State(self.likely[rows], {name: kept[rows] for name, kept in self.past.items()})


@dataclass(frozen=True, slots=True)
class Hypothesis:
    """A text: its tokens without START and END, the log-probability of the whole, and the state before each token."""

    tokens: tuple[int, ...]
    likely: float
    states: tuple[State, ...] = ()


class Tokens:
    """The pieces of words that the decoder writes: Llama's byte-pair encoding."""

    def __init__(self, file: Path) -> None:
        self._pieces = list(_read_pieces(file.read_bytes()))
        self._ids = {piece: i for i, piece in enumerate(self._pieces)}
        self.opens_word = np.array([piece.startswith(_SPACE) for piece in self._pieces])
        letters = np.array([piece[:1].isalpha() or piece[:1] >= b"\x80" for piece in self._pieces])
        self.ends_word = self.opens_word | ~letters
        """The tokens that can stand after a whole word."""

    def encode(self, text: str) -> tuple[int, ...]:
        """The tokens of words with a space before them: pairs are joined, the most frequent (lowest) first."""
        pieces = [c.encode() for c in f"▁{text}".replace(" ", "▁")]
        while len(pieces) > 1:
            pairs = [(self._ids.get(a + b, len(self._ids)), i) for i, (a, b) in enumerate(pairwise(pieces))]
            token, i = min(pairs)
            if token == len(self._ids):
                break
            pieces[i : i + 2] = [pieces[i] + pieces[i + 1]]
        return tuple(t for p in pieces for t in ([self._ids[p]] if p in self._ids else [_FIRST_BYTE + b for b in p]))

    def decode(self, tokens: Sequence[int]) -> str:
        said = b"".join(self._pieces[token] for token in tokens if token > END)
        return " ".join(said.replace(_SPACE, b" ").decode("utf-8", "replace").split())


class Decoder:
    """Safe from one thread at a time. Raises EngineFailed where the networks cannot be loaded or run."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._unheard: dict[tuple[int, ...], float] = {}

    @cached_property
    def tokens(self) -> Tokens:
        return Tokens(self._folder / "tokenizer.bin")

    def hear(self, samples: Samples) -> Sound:
        fed = {"input_values": samples[None], "attention_mask": np.ones((1, len(samples)), np.int64)}
        states: Sound = self._run(self._encoder, None, fed)[0]
        return states

    def begin(self, sound: Sound) -> State:
        """Before the first token."""
        return self._step(sound, [START], None)

    def follow(self, sound: Sound, state: State, tokens: Sequence[int]) -> State:
        """Each text of ``state`` with one more token."""
        return self._step(sound, tokens, state)

    def likeliest(self, sound: Sound, seconds: float) -> Hypothesis:
        """The text that takes the likeliest token each time."""
        state, tokens, states, total = self.begin(sound), [], [], 0.0
        for _ in range(self.most_tokens(seconds)):
            states.append(state)
            token = int(state.likely[0].argmax())
            total += float(state.likely[0, token])
            if token == END:
                break
            tokens.append(token)
            state = self.follow(sound, state, [token])
        return Hypothesis(tuple(tokens), total, tuple(states))

    def along(self, sound: Sound, tokens: Sequence[int]) -> Hypothesis:
        """The states along a text that is known."""
        state, states, total = self.begin(sound), [], 0.0
        for token in tokens:
            states.append(state)
            total += float(state.likely[0, token])
            state = self.follow(sound, state, [token])
        return Hypothesis(tuple(tokens), total + float(state.likely[0, END]), (*states, state))

    def likely_unheard(self, tokens: tuple[int, ...]) -> float:
        """The log-probability of opening with these tokens where nothing is heard."""
        if tokens not in self._unheard:
            along = self.along(self._nothing, tokens)
            ends = float(along.states[-1].likely[0, END])
            self._unheard[tokens] = along.likely - ends
        return self._unheard[tokens]

    @cached_property
    def _nothing(self) -> Sound:
        return self.hear(silence(_NOTHING_SECONDS).samples)

    @staticmethod
    def most_tokens(seconds: float) -> int:
        return int(seconds * _TOKENS_PER_SECOND) + _LEAST_TOKENS

    def _step(self, sound: Sound, tokens: Sequence[int], before: State | None) -> State:
        n = len(tokens)
        heard = np.repeat(sound, n, 0)
        fed = {
            "encoder_attention_mask": np.ones((n, 1), np.int64),  # one for all of the sound: nothing is left out
            "encoder_hidden_states": heard,
            "input_ids": np.array(tokens, np.int64)[:, None],
            "use_cache_branch": np.array([before is not None]),
        }
        none = np.zeros((n, _HEADS, 0, _WIDTH), np.float32)
        fed |= before.past if before else dict.fromkeys(self._past_names, none)
        logits, *present = self._run(self._decoder, self._outputs, fed)
        past = dict(zip(self._past_names, present, strict=True))
        if before:  # what it remembers of the sound is only made once
            past |= {name: kept for name, kept in before.past.items() if ".encoder." in name}
        return State(_log_probabilities(logits[:, -1]), past)

    @cached_property
    def _encoder(self) -> Any:
        return self._load("encoder_model.ort")

    @cached_property
    def _decoder(self) -> Any:
        return self._load("decoder_model_merged.ort")

    @cached_property
    def _past_names(self) -> list[str]:
        return [i.name for i in self._decoder.get_inputs() if i.name.startswith("past_key_values")]

    @cached_property
    def _outputs(self) -> list[str]:
        return ["logits", *(name.replace("past_key_values", "present") for name in self._past_names)]

    def _load(self, name: str) -> Any:
        import onnxruntime

        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = options.inter_op_num_threads = 1
        try:
            return onnxruntime.InferenceSession(str(self._folder / name), options, providers=["CPUExecutionProvider"])
        except onnx_errors(OSError) as err:
            raise EngineFailed(f"Moonshine could not load {name}: {err}") from err

    @staticmethod
    def _run(session: Any, outputs: Sequence[str] | None, fed: dict[str, Any]) -> Any:
        try:
            return session.run(outputs, fed)
        except onnx_errors() as err:
            raise EngineFailed(f"Moonshine could not transcribe: {err}") from err


def _log_probabilities(logits: Any) -> NDArray[np.float32]:
    shifted = logits - logits.max(-1, keepdims=True)
    logs: NDArray[np.float32] = shifted - np.log(np.exp(shifted).sum(-1, keepdims=True))
    return logs


def _read_pieces(file: bytes) -> Any:
    """Each piece after its length, which takes a second byte from 128 on."""
    at = 0
    while at < len(file):
        length, at = file[at], at + 1
        if length >= 128:
            length, at = length - 128 + 128 * file[at], at + 1
        yield file[at : at + length]
        at += length
