"""Something new in the feed of someone known: it names somebody else one knows, or it is on what one cares about."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from datetime import timedelta

from assistant.phrasing import Line, line
from assistant.triggers.occasion import Look, Occasion
from memory import circles, feeds, holding, interests
from memory.attending import Acquaintances, acquaintances
from memory.feeds import NewItem
from memory.names import folded
from memory.records import Person

_NEW = timedelta(days=7)
_LOOKED_AT = 12  # items, the newest
_MOST = 3  # people named
_CLOSE = 15  # the circle
_WORD = re.compile(r"[^\W\d_]+")


def occasions(look: Look) -> Iterator[Occasion]:
    new = feeds.new_since(look.db, look.now - _NEW, look.now, _LOOKED_AT)
    if not new:
        return
    known, gone = acquaintances(look.db), holding.dead(look.db)
    telling = _telling([one.item.title for one in new], known)
    close = {None} | {i for i, their in circles.everyones(look.db, look.now).items() if their.circle <= _CLOSE}
    for one in new:
        named = _named(one, known)
        if gone.intersection(p.id for p in (one.whose, *named)):
            continue  # it may be an obituary
        if said := _said(look, one, named, telling, close):
            yield Occasion(f"content/{one.id}", (said,), (one.whose, *named))


def _said(
    look: Look, new: NewItem, named: list[Person], telling: frozenset[str], close: set[int | None]
) -> Line | None:
    """``telling``: words that say what something is about; ``close``: whose interests count, None is the speaker."""
    if named:
        phrase = "content_heard" if new.item.heard else "content_read"
        return line(phrase, whose=new.whose.name, names=[p.name for p in named])
    close = close - {new.whose.id}
    for word in _WORD.findall(new.item.title):
        if word in telling and close & interests.caring_about(look.db, word, look.now.date()):
            return line("content_topic", whose=new.whose.name, topic=word)
    return None


def _named(new: NewItem, known: Acquaintances) -> list[Person]:
    found = [p for text in (new.item.title, new.item.summary) for p in known.named_in(text, strangers=True)]
    return list(dict.fromkeys(p for p in found if p != new.whose))[:_MOST]


def _telling(titles: Sequence[str], known: Acquaintances) -> frozenset[str]:
    """The words of these titles that say what something is about; no names."""
    words = [word for title in titles for word in _WORD.findall(title)]
    names = {part for name in known.whole for part in name.split(" ")}
    stems = interests.roots(dict(enumerate(words)))
    telling = {at for stem, places in stems.items() if interests.telling(stem) for at in places}
    return frozenset(words[at] for at in telling if folded(words[at]) not in names)
