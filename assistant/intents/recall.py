"""What is known of someone, or who it was that…: answered in the words it was told in, with when."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

from assistant.intents import counting, family, in_time, said
from assistant.intents.asked import Asked, Deed, deed
from assistant.intents.evidence import deaths, told
from assistant.intents.keeping import keep_words
from assistant.intents.reading import language
from assistant.phrasing import Line, line
from assistant.understanding.dates import span_in
from assistant.understanding.lexicon import all_roles
from assistant.understanding.rules import asks
from memory import holding, memories, relatives
from memory.recall import Recalled, content_words, recall
from memory.records import Memory, Person
from memory.slots import role_of
from memory.topics import topics_of
from memory.vectors import without_names

_ANSWERS, _MOST = 2, 5  # of someone; of everyone who fits
_AS_GOOD = 0.7  # of the best one's rank: what comes less near is not said beside it
_LOOKED_AT = 12

Way = Callable[[Asked], Deed | None]


def act(asked: Asked) -> Deed:
    if words := counting.as_search(asked):
        found = _fitting(asked, _search(asked, None, words))
        return counting.of_people(asked, found) if found else _nothing(asked)
    return next((done for way in _WAYS if (done := way(asked))), None) or _nothing(asked)


def _of_the_dead(asked: Asked) -> Deed | None:
    """How someone is who died: gently, and nothing else."""
    if not _asks_after(asked) or _role_asked(asked):
        return None
    return deed(*lines) if (lines := _gently(asked, [p for p in [asked.person()] if p])) else None


def _asks_after(asked: Asked) -> bool:
    return bool(re.search(language("recall")["faring"], asked.words.strip(), re.IGNORECASE))


def _of_relative(asked: Asked) -> Deed | None:
    """What is known of their mother, brother, boss …: of whoever that is, or who it is."""
    person = asked.person()
    role = _role_asked(asked) if person else None
    if person is None or role is None:
        return None
    single = role_of(role)
    nearest = relatives.find(asked.db, person, single) if single else None
    some = [nearest] if nearest else family.called(asked, person, role)
    rest = re.sub(rf"\b{re.escape(role)}(?:['’]s)?\b", " ", asked.words, flags=re.IGNORECASE)
    rest = without_names(rest, (person.name, *person.also)) if some else rest
    if (gone := _gently(asked, some, (person, single))) and _asks_after(asked):
        return deed(*gone)
    found = [m for one in some for m in _known(_best(asked, _relation_last(_search(asked, one, rest))))]
    if not found and some and content_words(rest, [n for p in some for n in p.name.split()]):
        return deed(line("recall_nothing_about", name=some[0].name))
    said = [m for m in memories.about(asked.db, person.id, -1) if _says(m, role)]
    return _told(asked, found or _known(_ranked_first(asked, person, said)))


def of_person(asked: Asked) -> Deed | None:
    """What is known of them that answers; of a name that is nobody's, what was told of it."""
    person = asked.person()
    name = person.name if person else asked.person_name()
    if name is None:
        return None
    found = _who_it_is(asked, person) or _search(asked, person, asked.words)
    if (role := _role_asked(asked)) and person:
        ways = {role, *(word for topic in topics_of([role]) for word in topic.told)}
        found = [r for r in found if any(_says(r.memory, way) for way in ways)]
    if person is None:
        found = [r for r in found if _says(r.memory, name.split(" ")[0])]
        if _asks_after(asked):  # a dog, a shop: how it was the last time
            found = sorted(found, key=lambda r: (r.memory.kept_at, r.memory.id), reverse=True)[:1]
        found = found or [r for r in _search(asked, None, name) if _says(r.memory, name.split(" ")[0])]
    answers = told(asked, _known(_best(asked, found)))
    now = re.search(language("recall")["now"], asked.words.strip(), re.IGNORECASE)
    gone = _gently(asked, [person]) if person and now else []
    return Deed((*gone, *answers)) if gone or answers else None


def _who_it_is(asked: Asked, person: Person | None) -> list[Recalled]:
    """ "Who's Gordon again?": what he is to others, and what else was told first."""
    if person is None or not re.search(language("recall")["who_is"], asked.words.strip(), re.IGNORECASE):
        return []
    if content_words(asked.words, (*person.name.split(), *person.also)):
        return []
    known = memories.about(asked.db, person.id, -1)
    told = sorted(known, key=lambda m: (m.kind != "relation", m.kind == "meeting", m.id))
    return [Recalled(m, 0.0) for m in told[:_ANSWERS]]


def _of_everyone(asked: Asked) -> Deed | None:
    if asked.person_name():
        return None
    found = _fitting(asked, _search(asked, None, asked.words))
    whoever = re.search(language("recall")["whoever"], asked.words.strip(), re.IGNORECASE)
    return _told(asked, _known(_as_good(found)[:_MOST] if whoever else _best(asked, found)))


_WAYS: tuple[Way, ...] = (
    counting.times,
    in_time.which_first,
    in_time.beside,
    counting.children,
    counting.told,
    _of_the_dead,
    _of_relative,
    of_person,
    _of_everyone,
    said.in_words,
)
"""Ways to answer, the most particular first; None: it was no such question, or nothing is known."""


def _search(asked: Asked, person: Person | None, words: str) -> list[Recalled]:
    days = span_in(words, asked.now, past=True)
    return recall(asked.db, asked.vectors, words, person, _LOOKED_AT, days)


def _best(asked: Asked, found: Sequence[Recalled]) -> list[Recalled]:
    """What is said: the best answers, or the newest of them where one is all there is to it."""
    table = language("recall")
    if any(r.memory.kind == "gift" for r in found) and re.search(table["given"], asked.words, re.IGNORECASE):
        found = [r for r in found if r.memory.kind == "gift" and not re.search(table["idea"], r.memory.text, re.I)]
    some = _as_good(found)
    if asked.words.casefold().startswith("when"):
        some = [r for r in some if r.memory.when] or some
    if re.search(table["one_answer"], asked.words.strip(), re.IGNORECASE):
        return sorted(some, key=lambda r: r.memory.kept_at, reverse=True)[:1]
    return some[:_ANSWERS]


def _as_good(found: Sequence[Recalled]) -> list[Recalled]:
    return [r for r in found if r.rank >= _AS_GOOD * found[0].rank]


def _relation_last(found: Sequence[Recalled]) -> list[Recalled]:
    """As good ones; that someone is a sister was in the question already."""
    return sorted(_as_good(found), key=lambda r: r.memory.kind == "relation")


def _known(found: Sequence[Recalled]) -> list[Memory]:
    return [r.memory for r in found]


def _fitting(asked: Asked, found: Sequence[Recalled]) -> list[Recalled]:
    """Without what says the opposite: of "who eats meat?" whoever eats none, and the other way round."""
    table = language("recall")
    against = f"{table['denied']}|{table['against']}"
    denied = bool(re.search(against, asked.words, re.IGNORECASE))
    if denied:
        return [r for r in found if re.search(against, r.memory.text, re.IGNORECASE)]
    return [
        r for r in found if not topics_of(asked.words.casefold().split()) or not re.search(against, r.memory.text, re.I)
    ]


def _role_asked(asked: Asked) -> str | None:
    """The word for a relative of theirs in the question: "sister" of "Where does Farid's sister live?"."""
    name = (asked.person_name() or "").split(" ")[0]
    owned = rf"\b{re.escape(name)}\b(?: \w+)?['’]s? (?:\w+ )?({'|'.join(all_roles())})\b"
    match = re.search(owned, asked.words, re.IGNORECASE) if name else None
    role = match.group(1).casefold() if match else None
    return None if role in language("recall")["unborn"].split() else role


def _ranked_first(asked: Asked, person: Person, some: Sequence[Memory]) -> list[Recalled]:
    """Those of ``some`` that answer best; all of them where none does."""
    ids = {m.id for m in some}
    found = [r for r in _search(asked, person, asked.words) if r.memory.id in ids]
    return _as_good(found)[:_ANSWERS] or [Recalled(m, 0.0) for m in some[:_ANSWERS]]


def _says(memory: Memory, word: str) -> bool:
    return bool(re.search(rf"\b{re.escape(word)}\b", memory.text, re.IGNORECASE))


def _gently(asked: Asked, some: Sequence[Person], relative: tuple[Person, str | None] | None = None) -> list[Line]:
    """That they died, said gently, of those of whom it was told; ``relative``: or of someone's mother, father …"""
    gone = [holding.death(asked.db, person.id) for person in some]
    if relative and relative[1]:
        gone.append(holding.death(asked.db, relative[0].id, relative[1]))
    found = deaths(asked, gone)
    return [line("prep_gently", things=[m.text for m in found])] if found else []


def _told(asked: Asked, found: Sequence[Memory]) -> Deed | None:
    return deed(*lines) if (lines := told(asked, found)) else None


def _nothing(asked: Asked) -> Deed:
    """Nothing is known of it; and if it was not even worded as a question, it was something to keep."""
    if not asks(asked.words, asked.now):
        keep_words(asked)
        return deed(line("kept_words"))
    name = asked.person_name()
    return deed(line("recall_nothing_about", name=name) if name else line("recall_nothing"))
