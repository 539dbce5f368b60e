"""What a question is about: whom, which words, when and where."""

from __future__ import annotations

from assistant.understanding.language import word_set
from assistant.understanding.lexicon import all_roles
from assistant.understanding.meaning import Intent, Query
from assistant.understanding.places import own_place, place_in
from assistant.understanding.scene import Scene
from memory.dates import DateSpan, on_day

_ASKING = frozenset(
    {"prep", "recall", "find", "last_contact", "briefing", "upcoming", "reconnect", "introduce", "presence"}
)
_WITHOUT_PERSON = frozenset({"find", "briefing", "upcoming", "reconnect", "presence"})


def query_for(intent: Intent, scene: Scene) -> Query | None:
    """The query of an intent that asks for something; None for the others."""
    if intent not in _ASKING or (intent == "introduce" and len(scene.people) > 1):
        return None
    past = intent in {"recall", "last_contact", "find"}
    last = len(scene.words)
    when = _when(intent, scene.span(0, last, past), scene)
    person = None if intent in _WITHOUT_PERSON or not scene.people else scene.people[0]
    place = place_in(scene, 0, last) if intent in {"find", "presence"} else None
    if intent in {"find", "presence"} and place is None:
        place = _plain_place(scene) or (own_place(scene) if intent == "presence" else None)
    return Query(person, _topic(intent, scene), when, place)


def _when(intent: Intent, span: DateSpan | None, scene: Scene) -> DateSpan | None:
    if intent == "presence":
        today = scene.now.date()
        ends = any(w.plain in word_set("requests", "about", "until") for w in scene.words)
        return DateSpan(min(today, span.last), span.last) if span and ends and span.first >= today else span
    if intent in {"recall", "find"}:
        return None
    if intent == "prep" and span is None:
        soon = any(w.plain in word_set("requests", "about", "soon") for w in scene.words)
        return on_day(scene.now.date()) if soon else None
    return span


def _topic(intent: Intent, scene: Scene) -> str:
    """The words a question is about."""
    if intent in {"last_contact", "briefing", "presence"} or (intent in {"prep", "introduce"}):
        return ""
    drop = word_set("requests", "about", "drop")
    named = {i for m in scene.mentions for i in range(m.first, m.last)}
    dated = {i for d in scene.dates(0, len(scene.words)) for i in range(d.first, d.last)}
    kept = [w.plain for i, w in enumerate(scene.words) if i not in named | dated and w.plain not in drop]
    if intent == "reconnect":  # "which of my cousins": only who they are is the topic
        kept = [word for word in kept if word in all_roles()]
    return " ".join(kept[:12])


def _plain_place(scene: Scene) -> str | None:
    """A place in text without capitals: the word after "in" or "to"."""
    if any(w.capital for w in scene.words):
        return None
    dated = {i for d in scene.dates(0, len(scene.words)) for i in range(d.first, d.last)}
    ordinary = word_set("words", "ordinary", "words") | word_set("words", "pronouns", "not_owned")
    leads = word_set("requests", "about", "before_place")
    for i, word in enumerate(scene.words[:-1]):
        follow = scene.words[i + 1]
        if word.plain in leads and i + 1 not in dated and follow.plain not in ordinary:
            return follow.text.title()
    return None
