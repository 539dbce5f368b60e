"""When somebody has finished speaking: a state machine that counts seconds of sound, and knows no clock.

It is fed speech probabilities (see speech/vad.py) and says where the talk stands. The same sound gives the
same answer, however late it comes and however it was cut.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

_CLOSE = 1e-6
"""A microsecond: sums of frame lengths are equal within it."""


class State(Enum):
    """Where the talk stands."""

    WAITING = "waiting"
    """Nobody has spoken yet."""
    SPEAKING = "speaking"
    """Somebody speaks, or is thinking between two words."""
    ENDED = "ended"
    """They have finished. Final."""
    NOTHING_HEARD = "nothing heard"
    """Nobody spoke in time. Final; no reason to apologise."""


@dataclass(frozen=True, slots=True)
class EndpointSettings:
    """How patient to be. ``*_seconds`` are seconds of sound; probabilities are Silero's."""

    speech_probability: float = 0.5
    """A frame from here on is voice (Silero's own default)."""
    release_probability: float = 0.35
    """Voice goes on until it falls below this (Silero's default: 0.15 less)."""
    silence_seconds: float = 1.2
    """After so much silence the talk has ended. Of 35 thinking pauses in human monologues, 1.2 s cuts 2,
    1.0 s cuts 6, 0.7 s cuts 14: 0.6-0.7 is for requests and short answers."""
    min_speech_seconds: float = 0.1
    """Voice shorter than this is a click: it neither starts a talk nor prolongs one."""
    start_seconds: float = 5.0
    """Nobody began to speak within this: nothing heard."""
    warm_up_seconds: float = 0.1
    """The first frames, in which the voice detector still finds its feet, are not counted as silence."""
    max_seconds: float = 300.0
    """No talk is longer: a radio left on must end some time."""

    def __post_init__(self) -> None:
        if not 0 <= self.release_probability <= self.speech_probability <= 1:
            raise ValueError("the probabilities must be 0 <= release <= speech <= 1")
        if self.warm_up_seconds < 0 or min(self.silence_seconds, self.min_speech_seconds, self.start_seconds) <= 0:
            raise ValueError("the seconds must be above zero")
        if self.warm_up_seconds + self.start_seconds + self.min_speech_seconds > self.max_seconds:
            raise ValueError("max_seconds must leave time to begin to speak")


class Endpointer:
    """One talk, from the first frame of listening to its end.

    ``silence_seconds`` may be changed on the way: shorter for a request, longer after a hanging word.
    """

    def __init__(self, settings: EndpointSettings | None = None) -> None:
        self.settings = settings or EndpointSettings()
        self.silence_seconds = self.settings.silence_seconds
        self.state = State.WAITING
        self.heard_seconds = 0.0
        """How much sound has gone by."""
        self.speech_start_seconds: float | None = None
        """Where the first speech began."""
        self.speech_end_seconds: float | None = None
        """Where the last speech (so far) ended."""
        # where the present stretch of voice began, be it speech or a click
        self._voice_began: float | None = None

    @property
    def finished(self) -> bool:
        """True once the state is final."""
        return self.state in (State.ENDED, State.NOTHING_HEARD)

    @property
    def silence_so_far_seconds(self) -> float:
        """How long ago the last speech ended; 0 before any. (When to transcribe ahead of the end.)"""
        return 0.0 if self.speech_end_seconds is None else self.heard_seconds - self.speech_end_seconds

    def hear(self, probability: float, seconds: float) -> State:
        """One more frame, ``seconds`` long; the state after it. Once final, the state stays."""
        if self.finished:
            return self.state
        began = self.heard_seconds
        self.heard_seconds += seconds
        if self._is_voice(probability):
            if self._voice_began is None:
                self._voice_began = began
            if self.heard_seconds - self._voice_began >= self.settings.min_speech_seconds - _CLOSE:
                self._speech(self._voice_began)
        else:
            self._voice_began = None
        self.state = self._next()
        return self.state

    def finish(self) -> State:
        """No more sound will come (the button was let go, the device left): the final state."""
        if not self.finished:
            self.state = State.ENDED if self.state is State.SPEAKING else State.NOTHING_HEARD
        return self.state

    def _is_voice(self, probability: float) -> bool:
        if self._voice_began is None:
            return probability >= self.settings.speech_probability
        return probability >= self.settings.release_probability

    def _speech(self, began: float) -> None:
        self.state = State.SPEAKING
        if self.speech_start_seconds is None:
            self.speech_start_seconds = began
        self.speech_end_seconds = self.heard_seconds

    def _next(self) -> State:
        settings = self.settings
        undecided = self._voice_began is not None  # voice, and a moment will tell if it is speech or a click
        if self.state is State.WAITING:
            late = self.heard_seconds >= settings.warm_up_seconds + settings.start_seconds - _CLOSE
            return State.NOTHING_HEARD if late and not undecided else State.WAITING
        if self.heard_seconds >= settings.max_seconds - _CLOSE:
            return State.ENDED
        silent = self.silence_so_far_seconds >= self.silence_seconds - _CLOSE
        return State.ENDED if silent and not undecided else State.SPEAKING
