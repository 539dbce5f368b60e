"""Who should meet whom, how to bring two people together, and what they have in common."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date

from assistant.intents.asked import Asked, Deed, deed
from assistant.intents.both import opener, shared
from assistant.intents.evidence import told
from assistant.intents.reading import language
from assistant.phrasing import Line, line
from memory import connections, introductions, memories, people, reaching
from memory.records import Introduction, Memory, Person
from memory.threads import Thread

_SENTENCES, _MORE = 2, 5


def act(asked: Asked) -> Deed:
    names = asked.meaning.people
    known = [p for name in names if (p := people.find(asked.db, name))]
    if len(known) >= 2:
        lines = _of_two(asked, known[0], known[1])
    elif known:
        lines = _for_one(asked, known[0])
    else:
        lines = [] if names else _of_all(asked)
    return deed(*(lines or [line("introduce_nothing")]))


def _of_two(asked: Asked, one: Person, other: Person) -> list[Line]:
    threads = connections.common_threads(asked.db, asked.vectors, one, other, asked.now)
    if threads and _asks(asked, "how"):
        return [opener(threads[0])]
    if threads and _asks(asked, "more"):
        return [shared(thread) for thread in threads[:_MORE]]
    return (
        _with_evidence(threads[:1])
        or ([] if _asks(asked, "how") else _alike(asked, one, other))
        or _told_of_both(asked, one, other)
        or _through(asked, one, other)
        or _wanted([i for i in introductions.of(asked.db, one.id) if i.other.id == other.id])
    )


def _alike(asked: Asked, one: Person, other: Person) -> list[Line]:
    found = connections.alike(asked.db, asked.vectors, one, other)
    return told(asked, found) if found else []


def _for_one(asked: Asked, person: Person) -> list[Line]:
    """Whom the speaker wanted them to meet, and whom else they could."""
    wanted = _wanted(introductions.of(asked.db, person.id))
    matches = connections.threads_with(asked.db, asked.vectors, person, asked.now)
    return [*wanted, *(shared(match.threads[0]) for match in matches)][: _at_most(asked)]


def _of_all(asked: Asked) -> list[Line]:
    """Whom the speaker wanted to bring together, then whoever has to do with what they would like for themselves."""
    wanted = _wanted(introductions.open_ones(asked.db))
    wished = reaching.wishes(asked.db)
    apart = reaching.gone(asked.db)
    found = connections.suggestions(asked.db, asked.vectors, asked.now)
    matches = [match for match in found if apart.isdisjoint((match.one.id, match.other.id))]
    matches.sort(key=lambda match: wished.keys().isdisjoint((match.one.id, match.other.id)))
    lines = [shared(match.threads[0]) for match in matches]
    for whom in (matches[0].one.id, matches[0].other.id) if matches else ():
        if whom in wished:
            goal, memory = wished[whom]
            lines.insert(1, line("wished", wish=goal.wish, things=[memory.text]))
            break
    return [*wanted, *lines][: _at_most(asked)]


def _wanted(some: Sequence[Introduction]) -> list[Line]:
    return [line("introduce_open", one=i.one.name, other=i.other.name) for i in some[:1]]


def _with_evidence(threads: Sequence[Thread]) -> list[Line]:
    """What they share, and when it was told of each."""
    lines = []
    for thread in threads:
        one, other = _told_on(thread.one), _told_on(thread.other)
        if not thread.both:
            told = {one: [thread.one.text]}
            told.setdefault(other, []).append(thread.other.text)
            lines += [line("recall_found", when=day, things=things) for day, things in told.items()]
        elif one == other:
            lines += [shared(thread), line("introduce_said", when=one)]
        else:
            names = {"one": thread.one.about[0].name, "other": thread.other.about[0].name}
            lines += [shared(thread), line("introduce_said_of_each", when=one, then=other, **names)]
    return lines


def _told_of_both(asked: Asked, one: Person, other: Person) -> list[Line]:
    known = memories.about(asked.db, one.id, limit=-1)
    light = [m for m in known if not m.sensitive and m.kind not in ("gift", "promise")]
    both = [m.text for m in light if other.id in {p.id for p in m.about}]
    return [line("introduce_common", one=one.name, other=other.name, things=both[:2])] if both else []


def _through(asked: Asked, one: Person, other: Person) -> list[Line]:
    """Who could bring them together, where they share nothing themselves."""
    for link in connections.links(asked.db, one, other):
        days = {"when": link.with_one, "then": link.with_other}
        return [line("introduce_through", name=link.through.name, one=one.name, other=other.name, **days)]
    for bridge in connections.bridges(asked.db, asked.vectors, one, other, asked.now):
        near, far = bridge.with_one, bridge.with_other
        things = list(dict.fromkeys((near.one.text, near.other.text, far.other.text, far.one.text)))
        return [line("introduce_bridge", name=bridge.through.name, things=things)]
    return []


def _told_on(memory: Memory) -> date:
    return memory.kept_at.astimezone().date()


def _asks(asked: Asked, what: str) -> bool:
    return bool(re.search(language("introduce")[what], asked.words, re.IGNORECASE))


def _at_most(asked: Asked) -> int:
    return _MORE if _asks(asked, "more") else _SENTENCES
