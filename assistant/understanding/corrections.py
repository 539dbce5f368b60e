"""What stands after the speaker put something right: "it's Joanne, not Joan", "she moves in August, not July"."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from assistant.understanding.language import load
from assistant.understanding.meaning import Remembered
from assistant.understanding.scene import Scene


def rejected_people(scene: Scene) -> set[str]:
    """Names that were said only to be turned down."""
    no = set(load("corrections")["no"].split())
    turned_down = {m.name for m in scene.mentions if m.first and scene.words[m.first - 1].plain in no}
    kept = {m.name for m in scene.mentions if not (m.first and scene.words[m.first - 1].plain in no)}
    owners = {
        m.name
        for m in scene.mentions
        if m.last < len(scene.words) and scene.words[m.last].plain == "'s" and m.last + 1 >= len(scene.words)
    }
    return turned_down - kept - owners


def put_right(memories: Sequence[Remembered]) -> list[Remembered]:
    """The memories as they should be: without what was wrong, and without talk of the mistake."""
    table = load("corrections")
    found = []
    for memory in memories:
        text = memory.text
        for pattern, instead in table["rewrite"]:
            text = re.sub(pattern, instead, text)
        text = text[:1].upper() + text[1:]
        if not any(re.search(pattern, text) for pattern in table["talk"]):
            found.append(replace(memory, text=text))
    return found
