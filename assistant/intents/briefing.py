"""The morning: who is met today, what is due, what is ahead for those close, one idea. Half a minute of speech."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import islice

from assistant import coming
from assistant.coming import Coming
from assistant.intents import catch_up
from assistant.intents.asked import Asked, Deed, deed
from assistant.intents.prep import one_thing
from assistant.intents.reading import language
from assistant.meetings import Meeting, meetings
from assistant.phrasing import Line, Slot, line, say_time
from assistant.triggers import table, time
from assistant.triggers.occasion import Look, Occasion, the_day
from assistant.triggers.standing import open_ones
from memory import introductions, questions, reminders, suggestions
from memory.questions import OpenQuestion

QUESTION = "briefing_more"
_THINGS = 3  # that are joined in one line
_LINES = 4  # after the greeting; what is left over comes when it is asked for
_NEAR = timedelta(days=7)
_JUST_NOW = timedelta(minutes=10)
_IDEAS = ("drift",)  # triggers of which one is enough for a morning


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
    questions.ask(look.db, OpenQuestion(QUESTION), look.now)
    greeting = line("briefing_start" if parts else "briefing_nothing")
    return _said([Part((greeting,), (the_day(look),)), *parts[:_LINES]])


def more(asked: Asked, question: OpenQuestion) -> Deed | None:
    """What was left over. None: that was not asked for."""
    if not re.search(language("keeping")["more"], asked.words, re.IGNORECASE):
        return None
    rest = [part for part in parts_of_day(asked.look()) if not _told_just_now(asked, part)]
    return _said(rest) if rest else deed(line("briefing_all"))


def parts_of_day(look: Look) -> list[Part]:
    """All that belongs to this day, what matters most first."""
    found = list(open_ones(look, table.unasked(look)))
    ideas = [o for o in found if o.trigger in _IDEAS]
    met = meetings(look, look.now.replace(hour=0, minute=0), look.now.replace(hour=23, minute=59))
    today = _joined("briefing_today", look, coming.today(look, but_not={m.told for m in met}))
    said = {one.key for part in today for one in part.tells}
    return [
        *islice((_meeting(look, m) for m in met if m.at >= look.now), _THINGS),
        *_asked_for(look),
        *today,
        *(_of(one) for one in found if one.trigger not in _IDEAS and one.key not in said),
        *_joined("briefing_ahead", look, coming.ahead(look)),
        *(_of(one) for one in ideas[:1]),
        *(_introduction(look) if not ideas else ()),
    ]


def _said(parts: Sequence[Part]) -> Deed:
    return Deed(tuple(line for p in parts for line in p.said), tells=tuple(o for p in parts for o in p.tells))


def _of(occasion: Occasion) -> Part:
    return Part(occasion.lines, (occasion,))


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
    return _joined("briefing_asked", look, [Coming(one, texts[one.reminder or 0]) for one in open_now])


def _joined(phrase: str, look: Look, things: Sequence[Coming]) -> list[Part]:
    """One line of the first of them; none where there are none."""
    now = look.now.replace(tzinfo=None)
    tells = [
        o if _is_told_by(o, now) else Occasion(f"today/{o.key}", ()) for o in (one.occasion for one in things[:_THINGS])
    ]
    said = [one.said for one in things[:_THINGS]]
    return [Part((line(phrase, things=said),), tuple(tells))] if things else []


def _is_told_by(occasion: Occasion, now: datetime) -> bool:
    """Not a reminder for an hour that is still to come."""
    return occasion.due is None or occasion.due <= now or occasion.due.time() == reminders.MORNING


def _introduction(look: Look) -> list[Part]:
    wanted = introductions.open_ones(look.db)
    if not wanted:
        return []
    one, other = wanted[0].one, wanted[0].other
    key = f"introduction/{wanted[0].id}/{look.now.year}/{look.now.month // 4}"  # a few times a year
    idea = Occasion(key, (line("briefing_introduction", one=one.name, other=other.name),), (one, other))
    return [_of(o) for o in open_ones(look, [idea])]
