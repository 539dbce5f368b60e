"""About to meet or call someone: what there is to know, what was ahead for them, what could be asked."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from itertools import islice

from assistant.intents.asked import Asked, Deed, Telling, deed
from assistant.intents.evidence import by_day, deaths, speakable, what_became_of
from assistant.intents.keeping import discretion, keep_told
from assistant.intents.reading import known_people, language
from assistant.phrasing import Line, line
from assistant.understanding.dates import spoken_times
from assistant.understanding.rules import arranged_in, told_of_speaker
from assistant.understanding.words import plain_words
from memory import holding, introductions, memories, people, reminders
from memory.dates import on_day
from memory.natural_end import has_ended
from memory.recall import content_words, recall
from memory.records import Memory, Person

_AHEAD, _NEWS, _LIKES, _HARD = 2, 2, 1, 2  # things of each kind: what fits in a few breaths
_GROUP = 4  # people
_BRIEF = 2  # lines of what fits in one breath
_LOOKED_AT = 200  # memories of someone, the newest
_MOURNING = timedelta(days=400)  # in which a death in the family is spoken of first


def act(asked: Asked) -> Deed:
    done = _prepared(asked)
    _keep_meeting(asked)
    return done


def _prepared(asked: Asked) -> Deed:
    name, person = asked.person_name(), asked.person()
    if name is None:
        return deed(line("prep_whom"))
    met = [] if asked.chosen else [p for n in asked.meaning.people if (p := people.find(asked.db, n))]
    if len(met) > 1:
        return deed(*_of_group(asked, met[:_GROUP]))
    told = memories.about(asked.db, person.id, _LOOKED_AT) if person else []
    if person is None or not (told or _wanted(asked, person)):
        return deed(*_of_someone_new(asked, name))
    if death := holding.death(asked.db, person.id):
        return deed(*_gently(deaths(asked, [death])))
    return deed(*_of_someone(asked, person, told))


def _keep_meeting(asked: Asked) -> None:
    """ "I'm having lunch with Priya tomorrow at one": said to be prepared, and a plan to speak up before."""
    plans = arranged_in(asked.words, asked.now, known_people(asked.db)) if asked.chosen is None else []
    for plan in plans:
        keep_told(asked.db, asked.capture, plan)
    query, text = asked.meaning.query, told_of_speaker(asked.words, asked.now)
    when = (query and query.when) or on_day(asked.now.date())
    if not plans and spoken_times(plain_words(asked.words)) and re.search(language("prep")["with_me"], text):
        names = asked.meaning.people or tuple(filter(None, [asked.person_name()]))
        met = [asked.chosen] if asked.chosen else [people.find_or_add(asked.db, n, asked.capture.id) for n in names]
        memories.add(
            asked.db,
            asked.capture,
            about=met,
            kind="plan",
            text=text,
            evidence=asked.words,
            when=when,
            discretion=discretion(asked.words),
        )


@dataclass(frozen=True, slots=True)
class Brief:
    """``private``: something in it is only for those who live with it."""

    lines: tuple[Line, ...]
    private: bool = False


def brief(telling: Telling, met: Sequence[Person], context: str, but_not: int | None = None) -> Brief:
    """Two lines at most about those one is about to meet (all alive): of one person what matters most, of several one
    thing each; of whom nothing is known, a question that fits the ``context``, which is text. ``but_not``: a memory
    (its id) that is told already.
    """
    told = {person: _known(telling, person, but_not) for person in met}
    hard = [m for person, known in told.items() for m in _hard(telling, person, known)][:1]
    if len(met) == 1:
        lines, used = _best_of_one(telling, met[0], told[met[0]], hard)
    else:
        lines, used = _best_of_each(telling, told)
        lines = [*[wanted for person in met for wanted in _wanted(telling, person)][:1], *lines]
    lines = [*lines[: _BRIEF - len(hard)], *_gently(hard)]
    if not lines:
        return Brief((line(_question_for(context.casefold())),))
    return Brief(tuple(lines), any(m.private for m in (*used, *hard)))


def _best_of_one(
    telling: Telling, person: Person, known: Sequence[Memory], hard: Sequence[Memory]
) -> tuple[list[Line], list[Memory]]:
    """What is owed, what is ahead and new, what came of plans, else the last time; and the memories these tell of."""
    light = [m for m in known if not m.sensitive and m.kind != "meeting" and m not in hard]
    passed = [m for m in _passed(telling, light) if not what_became_of(telling, m)][:1]
    news = _worth_saying(telling, light)[:_BRIEF]
    lines = [
        *_wanted(telling, person)[:1],
        *([line("prep_passed", things=[m.text for m in passed])] if passed else []),
        *by_day(telling, "prep_memories", news),
    ]
    return lines or _last_time(telling, person, known), [*passed, *news, *(m for m in known if not lines)]


def _best_of_each(telling: Telling, told: Mapping[Person, Sequence[Memory]]) -> tuple[list[Line], list[Memory]]:
    found = {person: _one_thing(telling, known) for person, known in told.items()}
    some = [(person, best) for person, best in found.items() if best]
    return [_of_each(person, best) for person, best in some], [best for _, best in some[:_BRIEF]]


def _of_someone(asked: Telling, person: Person, told: Sequence[Memory]) -> list[Line]:
    """The last time, what is ahead, news, what they like, what is owed; then what is hard, gently; then a question."""
    known = _speakable(told)
    light = [m for m in known if not m.sensitive and m.kind != "meeting"]
    passed = list(islice((m for m in _passed(asked, light) if not what_became_of(asked, m)), 1))
    hard = _hard(asked, person, told)[:_HARD]
    return [
        *_last_time(asked, person, known),
        *by_day(asked, "prep_memories", _worth_saying(asked, light)),
        *([line("prep_passed", things=[m.text for m in passed])] if passed else []),
        *_wanted(asked, person),
        *_gently(reversed(hard)),
        _question(hard, passed, light),
    ]


def _speakable(told: Sequence[Memory]) -> list[Memory]:
    """What may be said of someone, the newest first, but for what was asked to come first."""
    return sorted(speakable(told), key=lambda m: m.discretion != "first")


def _last_time(asked: Telling, person: Person, known: Sequence[Memory]) -> list[Line]:
    met = people.last_met(asked.db, person.id)
    if met is None:
        return []
    how = next((m for m in known if m.kind == "meeting" and m.when and met in m.when and not m.sensitive), None)
    return [
        line("prep_last_time", when=met, thing=how.text) if how else line("prep_last_met", name=person.name, when=met)
    ]


def _worth_saying(asked: Telling, light: Sequence[Memory]) -> list[Memory]:
    """A few things, each once, in the order they were told."""
    current = [m for m in light if not has_ended(m, asked.now.date())]
    ahead = sorted((m for m in current if m.kind == "plan" and m.when), key=lambda m: (m.when and m.when.first, m.id))
    likes = [m for m in current if m.kind == "preference"]
    news = [m for m in current if m not in ahead and m not in likes]
    chosen = {m.id: m for m in (*ahead[:_AHEAD], *news[:_NEWS], *likes[:_LIKES])}
    return sorted(chosen.values(), key=lambda m: (m.discretion != "first", -m.kept_at.toordinal(), m.id))


def _passed(asked: Telling, light: Sequence[Memory]) -> list[Memory]:
    """Plans whose day has come since they were told, the newest first."""
    return [m for m in light if m.kind == "plan" and m.when and has_ended(m, asked.now.date())]


def _hard(asked: Telling, person: Person, told: Sequence[Memory]) -> list[Memory]:
    """What is to be said gently."""
    return [*(m for m in _speakable(told) if m.sensitive), *_losses(asked, person, told)]


def _losses(asked: Telling, person: Person, told: Sequence[Memory]) -> list[Memory]:
    """Deaths, lately, of those who are something to them: their father, their partner."""
    theirs = {p.id for m in told if m.kind == "relation" for p in m.about}
    found = deaths(asked, (holding.death(asked.db, i) for i in theirs - {person.id}))
    return [m for m in found if asked.now - m.kept_at < _MOURNING]


def _wanted(asked: Telling, person: Person) -> list[Line]:
    others = [i.other.name for i in introductions.of(asked.db, person.id)]
    asked_for = [r.text for r in reminders.about(asked.db, person.id)]
    return [
        *([line("prep_introduction", name=person.name, others=others)] if others else []),
        *([line("prep_reminder", things=asked_for)] if asked_for else []),
    ]


def _question(hard: Sequence[Memory], passed: Sequence[Memory], light: Sequence[Memory]) -> Line:
    if hard:
        return line("prep_ask_gently")
    if passed:
        return line("prep_ask_passed")
    return line("prep_ask_plan" if any(m.kind == "plan" for m in light) else "prep_ask_new")


def _of_someone_new(asked: Asked, name: str) -> list[Line]:
    """What was said of them along with others, who has to do with what they come from, and what to ask."""
    said = recall(asked.db, asked.vectors, name, None)
    mentioned = [r.memory for r in said if re.search(rf"\b{re.escape(name)}\b", r.memory.text, re.IGNORECASE)]
    from_where = " ".join(w for w in content_words(asked.words, [name]) if w not in language("prep")["plain"].split())
    threads = [r.memory for r in recall(asked.db, asked.vectors, from_where, None, _NEWS)] if from_where else []
    light = [m for m in (*mentioned, *threads) if not m.sensitive][:_NEWS]
    return [
        *([line("prep_unknown", name=name)] if not mentioned else []),
        *by_day(asked, "prep_memories", list({m.id: m for m in light}.values())),
        line(_question_for(asked.words.casefold())),
    ]


def _question_for(words: str) -> str:
    """The question that fits where someone new is met."""
    contexts: dict[str, str] = language("prep")["contexts"]
    return next((name for name, said in contexts.items() if re.search(said, words)), "prep_new")


def _of_group(asked: Telling, met: Sequence[Person]) -> list[Line]:
    """Of each one thing to go on, and then what is hard, gently."""
    lines: list[Line] = []
    hard: list[Memory] = []
    for person in met:
        told = memories.about(asked.db, person.id, _LOOKED_AT)
        best = _one_thing(asked, _speakable(told))
        lines.append(_of_each(person, best) if best else line("prep_unknown", name=person.name))
        lines += _wanted(asked, person)
        hard += _hard(asked, person, told)[:1]
    return [*lines, *_gently(hard)]


def one_thing(telling: Telling, person: Person, but_not: int | None = None) -> Memory | None:
    """What is best to go on with someone, nothing hard, and not a certain memory (its id); None for nothing."""
    return _one_thing(telling, _known(telling, person, but_not))


def _known(telling: Telling, person: Person, but_not: int | None) -> list[Memory]:
    told = [m for m in memories.about(telling.db, person.id, _LOOKED_AT) if m.id != but_not]
    return _speakable(told)


def _one_thing(asked: Telling, known: Sequence[Memory]) -> Memory | None:
    some = _worth_saying(asked, [m for m in known if not m.sensitive and m.kind != "meeting"])
    return next((m for m in some if m.kind == "plan"), some[0] if some else None)


def _of_each(person: Person, best: Memory) -> Line:
    return line("prep_of_each", name=person.name, when=best.kept_at.astimezone().date(), thing=best.text)


def _gently(hard: Iterable[Memory]) -> list[Line]:
    things = list({m.id: m.text for m in hard}.values())
    return [line("prep_gently", things=things)] if things else []
