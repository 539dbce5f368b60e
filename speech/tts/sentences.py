"""Text made fit to be spoken, and cut into sentences: the first is heard while the next is made."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator

LONGEST_CHARACTERS = 400
"""About 25 s of speech. Longer sentences are cut at a comma or a space, so that stopping never takes long."""

_END = re.compile(r"(?<=[.!?…。！？])[\"'”’)\]]*\s+")
_SHORTENED = re.compile(r"(?:^|[\s(])(?:Mr|Mrs|Ms|Dr|Prof|St|Jr|Sr|vs|e\.g|i\.e|a\.m|p\.m|[A-Z])\.$")
_LETTER = re.compile(r"[^\W_]")


def speakable(text: str) -> str:
    """The text without control characters, brackets that some engines take for phonemes, and stray spaces."""
    printable = "".join(" " if unicodedata.category(char) in ("Cc", "Cs") else char for char in text)
    return " ".join(printable.replace("[[", " ").replace("]]", " ").split())


def sentences(text: str) -> Iterator[str]:
    """The sentences of ``text``, made speakable, at most 400 characters each; none without a letter."""
    held = ""
    for part in _split(speakable(text)):
        held = f"{held} {part}" if held else part
        if _SHORTENED.search(held) and len(held) <= LONGEST_CHARACTERS:
            continue
        yield from _short(held)
        held = ""
    yield from _short(held)


def _split(text: str) -> Iterator[str]:
    start = 0
    for end in _END.finditer(text):
        yield text[start : end.end()].rstrip()
        start = end.end()
    yield text[start:]


def _short(sentence: str) -> Iterator[str]:
    while len(sentence) > LONGEST_CHARACTERS:
        head = sentence[:LONGEST_CHARACTERS]
        cut = max(head.rfind(mark) for mark in (", ", "; ", ": ", " - ")) + 1
        cut = cut or head.rfind(" ") + 1 or LONGEST_CHARACTERS
        yield from _short(sentence[:cut].strip())
        sentence = sentence[cut:].strip()
    if _LETTER.search(sentence):
        yield sentence
