"""Where the speaker is, or will be: "I'm in Lisbon until Sunday" is kept as a plan of their own, about nobody; where
they live as a fact."""

from __future__ import annotations

from datetime import timedelta

from assistant.intents.asked import Asked, Deed, deed
from assistant.intents.keeping import discretion, keep_words
from assistant.phrasing import line
from assistant.understanding.rules import in_confidence, told_of_speaker
from memory import memories, places, whereabouts
from memory.dates import DateSpan


def act(asked: Asked) -> Deed:
    query = asked.meaning.query
    if query is None or not (query.place or query.when):
        keep_words(asked)
        return deed(line("kept_words"))
    text = told_of_speaker(asked.words, asked.now)
    lives = query.place is not None and query.when is None and whereabouts.is_home(text)
    kept = memories.add(
        asked.db,
        asked.capture,
        about=(),
        kind="fact" if lives else "plan",
        text=text,
        evidence=asked.words,
        when=None if lives else query.when or _for_now(asked, query.place or ""),
        place=query.place,
        sensitive=in_confidence(asked.words, asked.now),
        discretion=discretion(asked.words),
    )
    return deed(line("kept", things=[kept.text]))


def _for_now(asked: Asked, place: str) -> DateSpan:
    """Someone who only says where they are is there today; in another town tomorrow, too, unless they say otherwise."""
    today = asked.now.date()
    return DateSpan(today, today + timedelta(days=places.called(place).country is not None))
