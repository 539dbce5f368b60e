"""Where the speaker is, or will be: "I'm in Lisbon until Sunday" is kept as a plan of their own, about nobody."""

from __future__ import annotations

from assistant.intents.asked import Asked, Deed, deed
from assistant.intents.keeping import keep_words
from assistant.phrasing import line
from assistant.understanding.rules import told_of_speaker
from memory import memories


def act(asked: Asked) -> Deed:
    query = asked.meaning.query
    if query is None or not (query.place or query.when):
        keep_words(asked)
        return deed(line("kept_words"))
    kept = memories.add(
        asked.db,
        asked.capture,
        about=(),
        kind="plan",
        text=told_of_speaker(asked.words, asked.now),
        evidence=asked.words,
        when=query.when,
        place=query.place,
    )
    return deed(line("kept", things=[kept.text]))
