"""Toronto, not Montreal: what was told before of the same people and is rejected now holds no more."""

from __future__ import annotations

import re

from assistant.intents.asked import Asked
from assistant.intents.reading import language
from memory import memories
from memory.records import Memory
from memory.slots import content


def retract(asked: Asked, correction: bool) -> None:
    """However long ago it was told. Of a mere note (no ``correction``) only what was told in some of the same words,
    and that was true until now.
    """
    values = [content(m["value"]) for m in re.finditer(language("keeping")["rejected"], asked.words, re.IGNORECASE)]
    for right in memories.from_capture(asked.db, asked.capture.id) if any(values) else ():
        for wrong in _told_of(asked, right):
            said = content(wrong.text)
            rejected = any(value and value <= said for value in values)
            if rejected and (correction or _alike(right, wrong, values)):
                memories.supersede(asked.db, wrong, right, correction)


def _told_of(asked: Asked, right: Memory) -> list[Memory]:
    found = [m for person in right.about for m in memories.about(asked.db, person.id, -1)]
    return [m for m in found if m.capture_id != asked.capture.id]


def _alike(right: Memory, wrong: Memory, values: list[set[str]]) -> bool:
    """Whether both say the same but for what is rejected, names and light words aside."""
    aside = {word for p in right.about for n in (p.name, *p.also) for word in content(n)}.union(*values)
    return bool((content(right.text) & content(wrong.text)) - aside)
