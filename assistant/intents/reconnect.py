"""Who might be nice to hear from: one name, why now, and words to begin with; and permission to do nothing."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import timedelta

from assistant.intents import follow_up
from assistant.intents.asked import Asked, Deed, deed
from assistant.intents.evidence import speakable
from assistant.intents.reading import language
from assistant.phrasing import Line, line
from assistant.triggers.occasion import Occasion
from memory import memories, people, reaching, suggestions
from memory.reaching import Reach
from memory.records import Memory, Person

_FRESH = timedelta(minutes=2)  # what is said then is about whom it was just said of
_LOOKED_AT = 50  # memories of someone


def act(asked: Asked) -> Deed:
    found = reaching.whom(asked.db, asked.now)
    return _offer(asked, found[0]) if found else deed(line("reconnect_nothing"))


def said_of_oneself(asked: Asked) -> Deed | None:
    """A kind word for the lonely, for those who are bad at keeping in touch, and for who asks how to begin after long;
    another name, or the reason for this one, after someone was offered. None: it was nothing of that."""
    tells = asked.meaning.reminders or any(m.about for m in asked.meaning.memories)
    if tells or re.search(language("reconnect")["asking_on"], asked.words, re.IGNORECASE):
        return _leaning(asked)
    if _says(asked, "lonely") and not asked.meaning.people:
        return _lonely(asked)
    if _says(asked, "write_after"):
        return _write_after(asked)
    if _says(asked, "bad_at_it"):
        return _named(asked, "bad_at_it_name", line("bad_at_it"))
    return _leaning(asked)


def _leaning(asked: Asked) -> Deed | None:
    """Who else, and why them."""
    words = asked.words.strip().rstrip("?.! ")
    table = language("reconnect")
    offered = suggestions.last_offered(asked.db)
    if offered is None or not offered.people or asked.now - offered.tried_at > _FRESH:
        return None
    if offered.key.split("/")[0] not in reaching.KEYS:
        return None
    if re.match(table["else"], words, re.IGNORECASE):
        fresh = reaching.offered_after(asked.db, asked.now - timedelta(hours=1))
        others = [r for r in reaching.whom(asked.db, asked.now) if r.person.id not in fresh]
        return _offer(asked, others[0]) if others else deed(line("reconnect_nobody_else"))
    if re.match(table["why"], words, re.IGNORECASE):
        return _why(asked, offered.people[0])
    return None


def _offer(asked: Asked, one: Reach) -> Deed:
    known = memories.about(asked.db, one.person.id, _LOOKED_AT)
    if reaching.grieves(known):
        said = [line("opener_gently")]
    else:
        said = [*_why_now(asked, one, known), _opener(asked, one, known)]
    found = line("reconnect_found", name=one.person.name)
    return Deed((found, *said, line("reconnect_welcome")), tells=_tells(asked, one.person))


def _tells(asked: Asked, person: Person) -> tuple[Occasion, ...]:
    return (Occasion(f"reconnect/{person.id}/{asked.now.date()}", (), (person,)),)


def _why_now(asked: Asked, one: Reach, known: Sequence[Memory]) -> list[Line]:
    """What speaks for just now, in one sentence."""
    if one.fits:
        return [line("wished", wish=one.fits[0].wish, things=[one.fits[1].text])]
    if one.birthday:
        return [line("reconnect_soon", things=[line("birthday_ahead", name=one.person.name, when=one.birthday)])]
    if one.soon:
        return [line("reconnect_soon", things=[one.soon.text])]
    if one.owed and speakable([one.owed]):
        return [line("reconnect_owed", things=[one.owed.text])]
    if one.wanted:
        return [line("introduce_open", one=one.wanted.one.name, other=one.wanted.other.name)]
    told = reaching.news(known, one.person, asked.now.date())
    return [line("last_told", things=[told.text])] if told else []


def _opener(asked: Asked, one: Reach, known: Sequence[Memory]) -> Line:
    """Words to begin with, from what is known of someone: a birthday, what they do, where they live."""
    if one.birthday:
        return line("opener_birthday")
    today = asked.now.date()
    for rule in language("reconnect")["openers"]:
        for memory in known:
            if (said := re.search(rule["pattern"], memory.text)) and reaching.news([memory], one.person, today):
                return line(rule["phrase"], thing=f"the {said['thing']}" if said["its"] else said["thing"])
    return line("opener_news" if reaching.news(known, one.person, today) else "opener_plain")


def _why(asked: Asked, person: Person) -> Deed | None:
    """The words, and the day they were told, that speak for someone."""
    one = next((r for r in reaching.whom(asked.db, asked.now) if r.person.id == person.id), None)
    known = memories.about(asked.db, person.id, _LOOKED_AT)
    if one is None:
        return None
    because = [one.fits[0].memory, one.fits[1]] if one.fits else [m for m in (one.soon, one.owed) if m]
    told = because or [m for m in [reaching.news(known, person, asked.now.date())] if m]
    if not (told := speakable(told)):
        return deed(line("bad_at_it_name", name=person.name))
    return deed(*(line("why", when=m.kept_at.astimezone().date(), things=[m.evidence]) for m in told))


def _lonely(asked: Asked) -> Deed:
    named = _named(asked, "lonely_name", line("lonely"))
    return named if named.tells else deed(*named.lines, line("lonely_nobody"))


def _named(asked: Asked, phrase: str, first: Line) -> Deed:
    """``first``, and one name of an inner circle, if there is one, in these words."""
    inner = [r for r in reaching.whom(asked.db, asked.now) if r.standing and r.standing.circle <= reaching.INNER]
    inner.sort(key=lambda r: r.person != asked.person())
    light = [r for r in inner if not reaching.grieves(memories.about(asked.db, r.person.id, _LOOKED_AT))]
    if not light:
        return deed(first)
    person = light[0].person
    return Deed((first, line(phrase, name=person.name)), tells=_tells(asked, person))


def _write_after(asked: Asked) -> Deed:
    """Words to begin with after long: to whom is named, or was spoken of just before."""
    name = asked.person_name() or follow_up.topic(asked)
    person = people.find(asked.db, name) if name else None
    if person and person.id in reaching.gone(asked.db):
        return deed(line("opener_gently"), line("write_after"))
    if person is None:
        return deed(line("opener_plain"), line("write_after"), line("reconnect_welcome"))
    known = memories.about(asked.db, person.id, _LOOKED_AT)
    first = line("opener_gently") if reaching.grieves(known) else _opener(asked, Reach(person, None), known)
    return deed(first, line("write_after"), line("reconnect_welcome"))


def _says(asked: Asked, what: str) -> bool:
    return any(re.search(pattern, asked.words, re.IGNORECASE) for pattern in language("reconnect")[what])
