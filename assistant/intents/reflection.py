"""Am I a good friend, is it one-sided? Only when asked: what the notes show both ways, in words, never weighed."""

from __future__ import annotations

import re
from calendar import monthrange
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from assistant.intents import follow_up
from assistant.intents.asked import Asked, Deed, deed
from assistant.intents.reading import language
from assistant.phrasing import Line, line
from assistant.understanding.rules import told_of_speaker
from memory import captures, circles, identity, memories, people, reaching
from memory.dates import DateSpan
from memory.records import Person

_LOOKED_BACK = timedelta(days=730)
_NOTES = 60  # of each person
_PEOPLE = 15  # whom a question about everyone looks at
_EXAMPLES = 2


@dataclass(frozen=True, slots=True)
class _Said:
    """A sentence of a note about someone, as said to the speaker."""

    person: Person
    day: date
    text: str


def act(asked: Asked) -> Deed | None:
    """None: nothing of that was asked."""
    which = next((w for w in ("need", "one_sided", "listening", "friend") if _asks(asked, w)), None)
    of_others = re.match(language("reflection")["whom"], asked.words, re.IGNORECASE)
    if which is None or of_others or any(m.about for m in asked.meaning.memories):
        return None
    if asked.overheard:
        return deed(line("private_later"))
    person = _whom(asked)
    said = [s for one in ([person] if person else _close(asked)) for s in _sentences(asked, one)]
    shown = _listened(asked, person) if which == "listening" and person else _both_ways(said, which, person)
    lines = [*(shown or [line("reflection_little")]), line("reflection_kind")]
    if person and person.id in reaching.gone(asked.db):
        return deed(*lines)
    return deed(*lines, line("reflection_small", name=person.name) if person else line("reflection_small_all"))


def _both_ways(said: Sequence[_Said], which: str, person: Person | None) -> list[Line]:
    """Examples of what went out and what came back, and whether it goes both ways. Empty: too little was told."""
    asked_for = [s for s in said if _is(s, "asked_for")]
    given = [s for s in said if s not in asked_for and (_is(s, "gave") or (which == "need" and _is(s, "company")))]
    received = [s for s in said if _is(s, "received") or s in asked_for]
    if len({s.day for s in (*given, *received)}) < 2:
        return []
    most = 1 if given and received else _EXAMPLES
    shown = _examples(given, most) + _examples(asked_for or received if which == "need" else received, most)
    if given and received:
        return [*shown, line("reflection_both")]
    if given:
        return [*shown, line("reflection_given")]
    return [*shown, line("reflection_taken", name=person.name) if person else line("reflection_taken_all")]


def _examples(some: Iterable[_Said], most: int) -> list[Line]:
    """The newest, each with its month."""
    newest = sorted(some, key=lambda s: s.day, reverse=True)[:most]
    months: dict[date, list[str]] = {}
    for one in reversed(newest):
        months.setdefault(one.day.replace(day=1), []).append(one.text)
    return [line("reflection_shown", when=_month(first), things=things) for first, things in months.items()]


def _month(first: date) -> DateSpan:
    return DateSpan(first, first.replace(day=monthrange(first.year, first.month)[1]))


def _listened(asked: Asked, person: Person) -> list[Line]:
    """What is remembered of someone: it was listened to."""
    known = memories.about(asked.db, person.id, _NOTES)
    light = [m for m in known if reaching.news([m], person, asked.now.date()) and not re.search(r"\d", m.text)]
    if len(light) < _EXAMPLES:
        return []
    return [line("reflection_listened", name=person.name, things=[m.text for m in light[:_EXAMPLES]])]


def _sentences(asked: Asked, person: Person) -> list[_Said]:
    """What notes said of someone, sentence by sentence, the newest note first. Nothing that is never to be said."""
    unspoken = {m.capture_id for m in memories.about(asked.db, person.id, -1) if m.unspoken}
    names = {person.name, *person.also, person.name.split(" ")[0]}
    found = []
    for note in sorted(set(identity.notes_about(asked.db, person.id)) - unspoken, reverse=True)[:_NOTES]:
        capture = captures.get(asked.db, note)
        told = capture.heard_at.astimezone()
        if capture.state != "done" or asked.now - told > _LOOKED_BACK:
            continue
        alone = len(identity.people_of(asked.db, note)) == 1
        for sentence in re.split(r"(?<=[.!?;]) +", (capture.text or "").strip()):
            whole = re.sub(r"^(?:[Ss]he|[Hh]e|[Tt]hey)\b", person.name, sentence) if alone else sentence
            if any(re.search(rf"\b{re.escape(n)}\b", whole) for n in names) and not re.search(r"[\d?]", whole):
                found.append(_Said(person, told.date(), told_of_speaker(whole, told)))
    return found


def _is(one: _Said, what: str) -> bool:
    names = sorted({one.person.name, *one.person.also, one.person.name.split(" ")[0]}, key=len, reverse=True)
    name = f"(?:{'|'.join(map(re.escape, names))})"
    return bool(re.search(language("reflection")[what].replace("{name}", name), one.text, re.IGNORECASE))


def _close(asked: Asked) -> list[Person]:
    """Whom a question about everyone is about: those closest."""
    ids = list(circles.everyones(asked.db, asked.now))[:_PEOPLE]
    found = {p.id: p for p in people.by_ids(asked.db, ids)}
    return [found[i] for i in ids]


def _whom(asked: Asked) -> Person | None:
    """Who is named, or who "she" was in the turn before."""
    if named := people.named_in(asked.db, asked.words):
        return named[0]
    topic = follow_up.topic(asked) if re.search(language("reflection")["pronoun"], asked.words, re.IGNORECASE) else None
    return people.find(asked.db, topic) if topic else None


def _asks(asked: Asked, which: str) -> bool:
    table = language("reflection")
    name = f"(?-i:{table['name']})"
    return any(re.search(p.replace("{name}", name), asked.words, re.IGNORECASE) for p in table[which])
