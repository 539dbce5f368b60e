"""The names of known people in what was heard: where one fits the sound nearly as well as the words that were taken
for it ("she won" for Siobhan), it is what was said.

At each word the decoder is asked how likely every name would be there; the likeliest are tried, the rest of the text
following freely from each, and the whole compared with the text as first heard.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from speech.stt.decoder import END, Decoder, Hypothesis, Sound

# Log-probabilities. Names are rare in what the networks learned from: one may be that much less likely than the
# ordinary words it sounds like. What has to make up for it is how much likelier the sound makes the name.
_MUCH_LESS = -11.0
_ENOUGH = 1.0  # by how much it has to
_SURE, _MORE = -0.2, 3.0  # a word that was heard so surely has to be outdone by more
_FIRST_TOKEN, _WHOLE_NAME = -10.0, -13.0  # less likely ones are not tried
_MOST_TRIED = 14
_MOST_NAMES = 4  # found in one piece of sound
_BESIDE = 2  # tokens; names that begin so near each other are tried for the same words


@dataclass(frozen=True, slots=True)
class _Try:
    """A name from the token ``at`` of the text on: its tokens, how likely they are there, and how much likelier than
    without any sound."""

    at: int
    name: tuple[int, ...]
    likely: float
    heard: float


def with_names(decoder: Decoder, sound: Sound, heard: Hypothesis, names: Sequence[str], seconds: float) -> Hypothesis:
    """``heard``, or what is likelier to someone who knows ``names`` (as they are spoken: "Siobhan")."""
    spoken = {decoder.tokens.encode(name) for name in names}
    start = 0  # from the first name on: what follows one is heard anew
    for _ in range(_MOST_NAMES):
        found: list[tuple[float, _Try, Hypothesis]] = []
        for tried in _tries(decoder, sound, heard, spoken, start):
            if path := _followed(decoder, sound, heard, tried, seconds):
                worth = path.likely - heard.likely + tried.heard - _MORE * _surely(heard, tried.at)
                found += [(worth, tried, path)] * (worth > _ENOUGH)
        if not found:
            break
        first = min(tried.at for _, tried, _ in found)
        _, chosen, best = max((f for f in found if f[1].at <= first + _BESIDE), key=lambda f: f[0])
        start = chosen.at + len(chosen.name)
        if best.tokens != heard.tokens:
            heard = decoder.along(sound, best.tokens)
    return heard


def _surely(heard: Hypothesis, at: int) -> bool:
    return at < len(heard.tokens) and float(heard.states[at].likely[0, heard.tokens[at]]) > _SURE


def _tries(decoder: Decoder, sound: Sound, heard: Hypothesis, names: set[tuple[int, ...]], start: int) -> list[_Try]:
    """Where a word begins, from the token ``start`` on: the names that are likely enough there."""
    tries: list[_Try] = []
    for at, state in enumerate(heard.states):
        if at < start or (at and (at >= len(heard.tokens) or not decoder.tokens.opens_word[heard.tokens[at]])):
            continue
        some = [name for name in names if state.likely[0, name[0]] > _FIRST_TOKEN]
        for name, likely in _spelled_out(decoder, sound, heard, at, some):
            tries.append(_Try(at, name, likely, likely - decoder.likely_unheard(name)))
    return sorted((t for t in tries if t.likely > _WHOLE_NAME), key=lambda t: -t.likely)[:_MOST_TRIED]


def _spelled_out(
    decoder: Decoder, sound: Sound, heard: Hypothesis, at: int, names: Sequence[tuple[int, ...]]
) -> list[tuple[tuple[int, ...], float]]:
    """How likely each whole name is from the token ``at`` on; those that are too unlikely are left out."""
    state = heard.states[at].take([0] * len(names))
    open_ = [(name, float(state.likely[i, name[0]])) for i, name in enumerate(names)]
    done = []
    for n in range(1, max(map(len, names), default=0) + 1):
        done += [(name, likely) for name, likely in open_ if len(name) == n]
        going = [i for i, (name, _) in enumerate(open_) if len(name) > n]
        if not going:
            break
        state = decoder.follow(sound, state.take(going), [open_[i][0][n - 1] for i in going])
        longer = [(open_[i][0], open_[i][1] + float(state.likely[k, open_[i][0][n]])) for k, i in enumerate(going)]
        keep = [k for k, (_, likely) in enumerate(longer) if likely > _WHOLE_NAME]
        open_, state = [longer[k] for k in keep], state.take(keep)
    return done


def _followed(decoder: Decoder, sound: Sound, heard: Hypothesis, tried: _Try, seconds: float) -> Hypothesis | None:
    """The text with the name in it and whatever is likeliest after it. None: too unlikely."""
    least = heard.likely + _MUCH_LESS
    total = sum(float(s.likely[0, t]) for s, t in zip(heard.states[: tried.at], heard.tokens, strict=False))
    total += tried.likely
    if total < least:
        return None
    tokens = [*heard.tokens[: tried.at], *tried.name]
    state = heard.states[tried.at]
    for token in tried.name:
        state = decoder.follow(sound, state, [token])
    likely = np.where(decoder.tokens.ends_word, state.likely[0], -np.inf)
    while total > least:
        token = int(likely.argmax())
        total += float(likely[token])
        if token == END or len(tokens) >= decoder.most_tokens(seconds):
            return Hypothesis(tuple(tokens), total) if total > least else None
        tokens.append(token)
        state = decoder.follow(sound, state, [token])
        likely = state.likely[0]
    return None
