"""The morning: who is met today, what is due, what is ahead for those close, one idea. Half a minute of speech."""

from __future__ import annotations

import re
from collections.abc import Container, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import islice

from assistant.intents import catch_up
from assistant.intents.asked import Asked, Deed
from assistant.intents.prep import one_thing
from assistant.intents.reading import language
from assistant.meetings import Meeting, meetings
from assistant.phrasing import Line, Slot, line, say_time
from assistant.triggers import birthday as at_birthday
from assistant.triggers import table, time
from assistant.triggers.occasion import Look, Occasion
from assistant.triggers.standing import open_ones
from memory import birthdays, holding, introductions, memories, questions, reminders, suggestions
from memory.dates import DateSpan, on_day
from memory.questions import OpenQuestion
from memory.records import Memory
from memory.slots import undated

QUESTION = "briefing_more"
_THINGS = 3  # that are joined in one line
_LINES = 4  # after the greeting; what is left over comes when it is asked for
_NEAR = timedelta(days=7)
_JUST_NOW = timedelta(minutes=10)
_IDEAS = ("drift",)  # triggers of which one is enough for a morning
_NOT_NOW = ("meeting", *_IDEAS)  # those that come elsewhere in it


@dataclass(frozen=True, slots=True)
class Part:
    """A thing or some, said in a breath, and what has been told with it."""

    said: tuple[Line, ...]
    tells: tuple[Occasion, ...]


def act(asked: Asked) -> Deed:
    return catch_up.greet(asked, (line("back"),)) or of_the_morning(asked.look())


def of_the_morning(look: Look) -> Deed:
    """A quiet day is short. What does not fit comes when "more" is said."""
    parts = parts_of_day(look)
    if len(parts) > _LINES:
        questions.ask(look.db, OpenQuestion(QUESTION), look.now)
    greeting = line("briefing_start" if parts else "briefing_nothing")
    return _said([Part((greeting,), (of_today(look),)), *parts[:_LINES]])


def more(asked: Asked, question: OpenQuestion) -> Deed | None:
    """What was left over. None: that was not asked for."""
    if not re.search(language("keeping")["more"], asked.words, re.IGNORECASE):
        return None
    return _said([part for part in parts_of_day(asked.look()) if not _told_just_now(asked, part)])


def of_today(look: Look) -> Occasion:
    """The morning itself: once a day."""
    return Occasion(f"morning/{look.now.date()}", (), asked_for=True)


def parts_of_day(look: Look) -> list[Part]:
    """All that belongs to this day, what matters most first."""
    found = list(open_ones(look, table.unasked(look)))
    ideas = [o for o in found if _trigger(o) in _IDEAS]
    met = meetings(look, look.now.replace(hour=0, minute=0), look.now.replace(hour=23, minute=59))
    today = _of_days(look, "briefing_today", on_day(look.now.date()), but_not={m.told for m in met})
    said = {one.key for part in today for one in part.tells}
    return [
        *islice((_meeting(look, m) for m in met if m.at >= look.now), _THINGS),
        *_asked_for(look),
        *today,
        *(_of(one) for one in found if _trigger(one) not in _NOT_NOW and one.key not in said),
        *_ahead(look),
        *(_of(one) for one in ideas[:1]),
        *(_introduction(look) if not ideas else ()),
    ]


def _said(parts: Sequence[Part]) -> Deed:
    return Deed(tuple(line for p in parts for line in p.said), tells=tuple(o for p in parts for o in p.tells))


def _of(occasion: Occasion) -> Part:
    return Part(occasion.lines, (occasion,))


def _trigger(occasion: Occasion) -> str:
    return occasion.key.split("/")[0]


def _told_just_now(asked: Asked, part: Part) -> bool:
    before = [suggestions.by_key(asked.db, one.key) for one in part.tells]
    return all(b is not None and b.offered_at and asked.now - b.offered_at < _JUST_NOW for b in before)


def _meeting(look: Look, meeting: Meeting) -> Part:
    """Whom one meets today, with one thing to go on."""
    slots: dict[str, Slot] = {"title": meeting.title, "time": say_time(meeting.at)}
    known = (one_thing(look, person, but_not=meeting.told) for person in meeting.people)
    about = next(filter(None, known), None)
    said = line("briefing_met_about", **slots, thing=about.text) if about else line("briefing_met", **slots)
    return Part((said,), (Occasion(f"today/{meeting.key}", (), meeting.people),))


def _asked_for(look: Look) -> list[Part]:
    """What is to be told today. What has an hour of its own is told then as well."""
    due = reminders.ahead(look.db, look.now.replace(hour=23, minute=59), days=0)
    open_now = open_ones(look, (time.occasion(look.db, r) for r in due if not time.is_stale(look, r)))
    texts = {r.id: r.text for r in due}
    return _joined("briefing_asked", look, [(one, texts[one.reminder or 0]) for one in islice(open_now, _THINGS)])


def _ahead(look: Look) -> list[Part]:
    """Plans of theirs, and birthdays, in the days to come."""
    tomorrow = look.now.date() + timedelta(days=1)
    return _of_days(look, "briefing_ahead", DateSpan(tomorrow, look.now.date() + _NEAR))


def _of_days(look: Look, phrase: str, span: DateSpan, but_not: Container[int | None] = ()) -> list[Part]:
    """What happens within ``span``, and whose birthday it is."""
    today = look.now.date() in span
    born = {h.memory_id for h in holding.everyones(look.db, "birthday")}
    dead = holding.dead(look.db)
    things: list[tuple[Occasion, Slot]] = [
        (
            Occasion(f"{phrase}/{m.id}/{m.when.first}", (), m.about),
            undated(m) if today else line("thing_on", thing=undated(m).removesuffix("."), when=m.when),
        )
        for m in memories.on_days(look.db, span)
        if m.when and m.when.first in span and _is_a_day(m)
        if m.id not in born and m.id not in but_not and not dead & {p.id for p in m.about}
    ]
    for birthday in birthdays.within(look.db, span):
        said = line("birthday_ahead", name=birthday.person.name, when=birthday.when)
        key = at_birthday.key(birthday)
        things.append((Occasion(key if today else f"{phrase}/{key}", (), (birthday.person,)), said))
    return _joined(phrase, look, [thing for thing in things if today or _is_new(look, thing[0])][:_THINGS])


def _is_new(look: Look, ahead: Occasion) -> bool:
    """What is ahead is told once, on one morning."""
    before = suggestions.by_key(look.db, ahead.key)
    return before is None or before.tried_at.astimezone().date() == look.now.date()


def _joined(phrase: str, look: Look, things: Sequence[tuple[Occasion, Slot]]) -> list[Part]:
    """One line of all of them; none where there are none."""
    now = look.now.replace(tzinfo=None)
    tells = (one if _is_told_by(one, now) else Occasion(f"{phrase}/{one.key}", ()) for one, _ in things)
    return [Part((line(phrase, things=[said for _, said in things]),), tuple(tells))] if things else []


def _is_told_by(occasion: Occasion, now: datetime) -> bool:
    """Not a reminder for an hour that is still to come."""
    return occasion.due is None or occasion.due <= now or occasion.due.time() == reminders.MORNING


def _introduction(look: Look) -> list[Part]:
    wanted = introductions.open_ones(look.db)
    if not wanted:
        return []
    one, other = wanted[0].one, wanted[0].other
    key = f"introduction/{wanted[0].id}/{look.now:%Y-%m}"
    idea = Occasion(key, (line("briefing_introduction", one=one.name, other=other.name),), (one, other))
    return [_of(o) for o in open_ones(look, [idea])]


def _is_a_day(memory: Memory) -> bool:
    """Of a day or a few, not "some time in July"; and nothing hard is sprung on anyone with the coffee."""
    if memory.private or memory.unspoken:
        return False
    return memory.when is not None and memory.when.last - memory.when.first <= _NEAR
