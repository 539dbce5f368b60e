"""Wake words: one file per engine, all of them behind ``WakeWord``."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from speech.audio import Samples

LATEST_SECONDS = 3.0
"""How long after its end a wake phrase may be told."""


@dataclass(frozen=True, slots=True)
class Detection:
    """A wake phrase was heard."""

    phrase: str
    """One of the engine's ``phrases``."""
    score: float
    """0 to 1: how sure."""
    at_seconds: float
    """Where in the stream it fired. Models fire around the end of the phrase, up to 0.2 s either way."""
    samples_after: int
    """How many of the samples given so far come after that point: what was said next begins there. At most as many
    as LATEST_SECONDS have, and more than were just given only when something far away listens."""


class WakeStream(Protocol):
    """One stream's ears for the wake phrases."""

    @property
    def score(self) -> float:
        """The highest score of any phrase in the last 80 ms, 0 to 1: for a display."""

    def hear(self, samples: Samples) -> Detection | None:
        """Take 16 kHz samples, however many. All are heard; the first detection among them is given."""


class WakeWord(Protocol):
    """Something that waits for its name."""

    @property
    def phrases(self) -> tuple[str, ...]:
        """What it listens for, as ("okay_nabu", "alexa")."""

    def listen(self) -> WakeStream:
        """A new stream, ready at once, knowing nothing of others. Raises EngineMissing or EngineFailed.

        The first call loads the models and may take half a second: make it before anybody waits.
        """
