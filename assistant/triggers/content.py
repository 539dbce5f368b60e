"""Something new in the feed of someone known: it names somebody else one knows, or it is on what one cares about."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date, timedelta

from assistant.phrasing import line
from assistant.triggers.occasion import Look, Occasion
from memory import feeds, holding, interests, people
from memory.attending import Acquaintances, acquaintances
from memory.database import Database
from memory.feeds import NewItem
from memory.records import Person

_NEW = timedelta(days=7)
_MOST = 3  # people named


def occasions(look: Look) -> Iterator[Occasion]:
    new = feeds.new_since(look.db, look.now - _NEW, look.now)
    known = acquaintances(look.db) if new else None
    gone = holding.dead(look.db) if new else set()
    for item in new:
        if known and item.whose.id not in gone and (found := _occasion(look, item, known, gone)):
            yield found


def _occasion(look: Look, new: NewItem, known: Acquaintances, gone: set[int]) -> Occasion | None:
    key, whose, item = f"content/{new.id}", new.whose, new.item
    named = _named(new, known)
    if any(p.id in gone for p in named):
        return None  # it may be an obituary
    if named:
        phrase = "content_heard" if item.heard else "content_read"
        return Occasion(key, (line(phrase, whose=whose.name, names=[p.name for p in named]),), (whose, *named))
    topic = _topic(look.db, whose, item.title, look.now.date())
    return Occasion(key, (line("content_topic", whose=whose.name, topic=topic),), (whose,)) if topic else None


def _named(new: NewItem, known: Acquaintances) -> list[Person]:
    found = [p for text in (new.item.title, new.item.summary) for p in known.named_in(text, strangers=True)]
    return list(dict.fromkeys(p for p in found if p != new.whose))[:_MOST]


def _topic(db: Database, whose: Person, title: str, today: date) -> str | None:
    """A word of the title that says what the speaker, or someone else whom they know, does, likes or plans."""
    names = interests.roots({0: " ".join(n for p in people.everyone(db) for n in (p.name, *p.also))})
    words = re.findall(r"[^\W\d_]+", title)
    stems = interests.roots(dict(enumerate(words)))
    telling = sorted(min(at) for stem, at in stems.items() if interests.telling(stem) and stem not in names)
    return next((words[at] for at in telling if interests.on(db, words[at], whose.id, today)), None)
