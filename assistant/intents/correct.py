"""No, it's Joanne; she moves in August: the newest thing of that kind is kept as it should be."""

from __future__ import annotations

from assistant.intents.asked import Asked, Deed, deed
from assistant.intents.keeping import keep, keep_words
from assistant.phrasing import line
from memory import captures, memories


def act(asked: Asked) -> Deed:
    before = captures.last_keeping(asked.db, asked.capture.id)
    wrong = memories.from_capture(asked.db, before.id) if before else []
    kinds = [m.kind for m in asked.meaning.memories]
    for memory in wrong:
        if memory.kind in kinds:
            memories.review(asked.db, memory.id, "undone")
            kinds.remove(memory.kind)
    things = keep(asked)
    if not things:
        keep_words(asked)
        return deed(line("kept_words"))
    return deed(line("corrected", things=things))
