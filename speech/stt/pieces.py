"""Long sound cut into pieces for engines that take a short breath, at the pauses between words."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from speech.audio import Samples
from speech.vad import FRAME_SAMPLES, FRAME_SECONDS, VoiceActivity

SPEECH_PROBABILITY = 0.5
RELEASE_PROBABILITY = 0.35
"""Silero's defaults: voice from 0.5 on, and going on until it falls below 0.35."""

ENOUGH_SECONDS = 0.25
SURE_PROBABILITY = 0.75
"""With less voice in all the sound, or never so sure a frame, nobody spoke. Over human recordings the surest
frame of real speech is at 0.85 or more, of traffic, babble, music and chimes at 0.66 or less."""

_MARGIN_FRAMES = 7
"""0.22 s of the sound around speech stays with it: Silero sees soft first consonants late."""

_ABSENCE_FRAMES = 63
"""2 s without voice are left out: engines invent words for them."""


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch worth transcribing: samples ``start`` to ``end`` (not included)."""

    start: int
    end: int


def hear_all(voices: VoiceActivity, samples: Samples) -> list[float]:
    """The speech probability of each 32 ms of the whole sound, the last begun one filled up with silence."""
    return voices.listen().hear(np.pad(samples, (0, -len(samples) % FRAME_SAMPLES)))


def somebody_spoke(probabilities: Sequence[float]) -> bool:
    """Whether there is speech to transcribe. Engines asked about noise invent words for it."""
    if not probabilities or max(probabilities) < SURE_PROBABILITY:
        return False
    return sum(_voiced(probabilities)) * FRAME_SECONDS >= ENOUGH_SECONDS


def pieces(probabilities: Sequence[float], longest_seconds: float) -> list[Piece]:
    """Where speech is, in pieces of at most ``longest_seconds`` (above 1), in order, without overlap.

    None if nobody spoke. A piece ends at the longest pause of its second half; where nobody pauses, at its
    least voiced frame.
    """
    if not somebody_spoke(probabilities):
        return []
    longest = int(longest_seconds / FRAME_SECONDS)
    voiced = _voiced(probabilities)
    found: list[Piece] = []
    for start, end in _stretches(voiced):
        if max(probabilities[start:end]) < SURE_PROBABILITY:
            continue
        while end - start > longest:
            last = min(start + longest, end - _MARGIN_FRAMES)  # some voice is left for the next piece
            cut = _quietest(probabilities, voiced, start + longest // 2, last)
            found += _around_voice(voiced, start, cut)
            start = cut
        found += _around_voice(voiced, start, end)
    return found


def _voiced(probabilities: Sequence[float]) -> list[bool]:
    voiced: list[bool] = []
    for probability in probabilities:
        going_on = bool(voiced) and voiced[-1]
        voiced.append(probability >= (RELEASE_PROBABILITY if going_on else SPEECH_PROBABILITY))
    return voiced


def _stretches(voiced: Sequence[bool]) -> list[tuple[int, int]]:
    """Frames from first to last voice, with margins, broken where nobody speaks for two seconds."""
    found: list[tuple[int, int]] = []
    for frame, is_voice in enumerate(voiced):
        if not is_voice:
            continue
        end = min(len(voiced), frame + 1 + _MARGIN_FRAMES)
        if found and frame + 1 - (found[-1][1] - _MARGIN_FRAMES) <= _ABSENCE_FRAMES:
            found[-1] = (found[-1][0], end)
        else:
            found.append((max(0, frame - _MARGIN_FRAMES), end))
    return found


def _quietest(probabilities: Sequence[float], voiced: Sequence[bool], first: int, last: int) -> int:
    """The frame in [first, last) to cut at: the middle of the longest pause, else the least voiced one."""
    best_length, best_end = 0, 0
    length = 0
    for frame in range(first, last):
        length = 0 if voiced[frame] else length + 1
        if length > best_length:
            best_length, best_end = length, frame + 1
    if best_length:
        return best_end - best_length // 2 - best_length % 2
    return min(range(first, last), key=lambda frame: probabilities[frame])


def _around_voice(voiced: Sequence[bool], start: int, end: int) -> list[Piece]:
    """The piece from first to last voice in [start, end), with margins as far as they lie within; or none."""
    frames = [frame for frame in range(start, end) if voiced[frame]]
    if not frames:
        return []
    first, last = max(start, frames[0] - _MARGIN_FRAMES), min(end, frames[-1] + 1 + _MARGIN_FRAMES)
    return [Piece(first * FRAME_SAMPLES, last * FRAME_SAMPLES)]
