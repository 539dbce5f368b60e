"""What can go wrong with sound and words, drawn as a tree.

SpeechError
├── UnreadableSound    this is not sound, or there is none in it: the message says what to do
├── EngineMissing      an engine or its model is not on this machine: ``command`` gets it
└── EngineFailed       an engine is here, and could not do its work
"""

from __future__ import annotations


class SpeechError(Exception):
    """Anything this package raises on purpose. ``str()`` is one line, fit for the user."""


class UnreadableSound(SpeechError):
    """A file or a stream that cannot be heard: not sound, empty, broken, of a form nobody knows."""


class EngineMissing(SpeechError):
    """An engine, or the model it needs, is not here. ``command`` is what to run to get it."""

    def __init__(self, what: str, command: str) -> None:
        super().__init__(f"{what} Get it with: {command}")
        self.command = command


class EngineFailed(SpeechError):
    """An engine is here, and failed: a broken model, an unknown voice, sound it cannot take."""
