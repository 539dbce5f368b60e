"""What is kept, as frozen values."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal

from memory.dates import DateSpan

CaptureState = Literal["listening", "heard", "done", "unclear", "undone", "overhearing", "overheard", "read"]
MemoryStatus = Literal["pending", "accepted", "ignored", "undone", "retracted"]
Discretion = Literal["first", "private", "unspoken"]
ProposalState = Literal["open", "accepted", "ignored"]
ReminderState = Literal["open", "told", "done", "let go", "undone"]


@dataclass(frozen=True, slots=True)
class Capture:
    """Something that was said: the evidence, never changed. ``text`` is None until it is transcribed."""

    id: int
    heard_at: datetime
    satellite: str
    state: CaptureState
    text: str | None
    reply: str | None


@dataclass(frozen=True, slots=True)
class Person:
    id: int
    name: str
    also: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Memory:
    """One thing known. ``about``: the person it belongs to first. ``evidence``: the words that it came from.

    ``discretion``: what was asked of it beyond its being sensitive: said "first", only in "private", or "unspoken".
    It holds from the day it was told until ``valid_to``; ``superseded_by`` says what holds instead (an id).
    """

    id: int
    capture_id: int
    about: tuple[Person, ...]
    kind: str
    text: str
    evidence: str
    when: DateSpan | None
    place: str | None
    sensitive: bool
    status: MemoryStatus
    kept_at: datetime
    valid_from: date | None = None
    valid_to: date | None = None
    superseded_by: int | None = None
    discretion: Discretion | None = None

    @property
    def unspoken(self) -> bool:
        """Whether it was told to be known and never said aloud."""
        return self.discretion == "unspoken"

    @property
    def private(self) -> bool:
        """Whether only those may hear it who live with it."""
        return self.sensitive or self.discretion == "private"

    @property
    def holds(self) -> bool:
        """Whether it answers: neither put aside nor over. What was not reviewed holds, too."""
        return self.status in ("pending", "accepted") and self.valid_to is None


@dataclass(frozen=True, slots=True)
class Proposal:
    """What ambient speech seems to tell. It is used for nothing before it is accepted; ``about`` are only names."""

    id: int
    capture_id: int
    about: tuple[str, ...]
    kind: str
    text: str
    evidence: str
    when: DateSpan | None
    place: str | None
    sensitive: bool
    heard_at: datetime


@dataclass(frozen=True, slots=True)
class Reminder:
    """``due``: a local day, or a local day and time without zone; None when it waits for something else: for
    ``after_days`` to have passed since the end of ``after_event``, or for the speaker to be at ``place``.
    """

    id: int
    capture_id: int
    text: str
    about: tuple[Person, ...]
    due: date | datetime | None
    place: str | None
    state: ReminderState
    after_event: str | None = None
    after_days: int | None = None


@dataclass(frozen=True, slots=True)
class Introduction:
    """Two people whom the speaker wants to bring together."""

    id: int
    one: Person
    other: Person
