"""What may be believed of a language model's answer: only what the words of the utterance carry.

A claim cites its words; its people are called in them, its sentence is made of them, its time was said. The rest is
dropped, whatever the model, or someone speaking to it through the utterance, wanted it to say.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import TypeVar, get_args

from assistant.tone import unkind
from assistant.understanding.claims import (
    Answer,
    SaidIntroduction,
    SaidMeeting,
    SaidMemory,
    SaidQuery,
    SaidReminder,
    SaidSpan,
)
from assistant.understanding.heard import Heard, Stretch
from assistant.understanding.meaning import (
    AfterEvent,
    Intent,
    KnownPerson,
    Meaning,
    Met,
    Query,
    Remembered,
    WantedReminder,
)
from memory.dates import DateSpan

T = TypeVar("T")
_MOST = 40  # claims of one sort in one utterance
_MOST_TEXT = 300  # characters of one sentence
_TELLING = frozenset({"capture", "remind", "correct", "presence", "done"})
_ASKING = frozenset({"prep", "recall", "find", "last_contact", "briefing", "upcoming", "reconnect", "presence"})
_INTENTS: dict[str, Intent] = {intent: intent for intent in get_args(Intent)}


def ground(answer: Answer, text: str, now: datetime, people: Sequence[KnownPerson], draft: Meaning) -> Meaning:
    """The answer's meaning without what nobody said. Where something had to be dropped, the draft's reading stands."""
    heard = Heard(text, now, people, draft.people)
    intent = _INTENTS.get(answer.intent, draft.intent)
    reminders = _or_draft([_reminder(heard, r) for r in answer.reminders[:_MOST]], draft.reminders)
    if intent == "remind" and not reminders:
        intent = draft.intent
    telling = intent in _TELLING
    return Meaning(
        intent,
        _names(heard, answer.people) or draft.people,
        _memories(heard, answer.memories[:_MOST], draft) if telling else (),
        (_met(heard, answer.interaction) or draft.interaction) if telling else None,
        reminders if intent in {"remind", "snooze"} else (),
        _or_draft([_pair(heard, i) for i in answer.introductions[:_MOST]], draft.introductions),
        (_query(heard, answer.query) or draft.query) if intent in _ASKING else None,
    )


def _or_draft(grounded: Sequence[T | None], drafted: Sequence[T]) -> tuple[T, ...]:
    """What holds; with it, if something did not hold, what the rules had read."""
    kept = [one for one in grounded if one is not None]
    if len(kept) < len(grounded):
        kept += [one for one in drafted if one not in kept]
    return tuple(dict.fromkeys(kept))


def _memories(heard: Heard, said: Iterable[SaidMemory], draft: Meaning) -> tuple[Remembered, ...]:
    """Those that hold; if one did not, also the draft's, where none that holds was said in the same words."""
    grounded = [_memory(heard, one) for one in said]
    kept = [one for one in grounded if one]
    if len(kept) < len(grounded):
        held = tuple(kept)
        kept += [d for d in draft.memories if not any(heard.overlap(d.evidence, one.evidence) for one in held)]
    return tuple(dict.fromkeys(kept))


def _memory(heard: Heard, said: SaidMemory) -> Remembered | None:
    at = heard.find(said.evidence)
    about = _names(heard, said.about)
    if at is None or not heard.called(about, said.text) or not _claims(heard, said.text, at, about):
        return None
    text = " ".join(said.text.split())
    return Remembered(
        about=about,
        kind=said.kind,
        text=text if text.endswith((".", "!", "?")) else f"{text}.",
        evidence=heard.exact(at),
        when=_span(heard, said.when),
        place=_place(heard, said.place),
        sensitive=bool(said.sensitive),
    )


def _claims(heard: Heard, text: str, at: Stretch, about: Sequence[str]) -> bool:
    """Whether that sentence may be said of these people on the strength of the words at ``at``."""
    if not text.strip() or len(text) > _MOST_TEXT or not text.isprintable():
        return False
    if not heard.means(about, heard.exact(at)) or not heard.means(about, text) or not heard.says(text, at, about):
        return False
    return not unkind(text) or bool(unkind(heard.text))  # a model has to be kind; a speaker has not


def _met(heard: Heard, said: SaidMeeting | None) -> Met | None:
    if said is None:
        return None
    people = _names(heard, said.people)
    day = said.on == heard.now.date() or (said.on < heard.now.date() and heard.span(said.on, said.on))
    at = heard.find(said.evidence)
    return Met(people, said.on) if at and people and day and heard.means(people, heard.exact(at)) else None


def _reminder(heard: Heard, said: SaidReminder) -> WantedReminder | None:
    at = heard.find(said.evidence)
    about = _names(heard, said.about)
    if at is None or not _claims(heard, said.text, at, about):
        return None
    after = None
    if said.after and heard.find(said.after.event) and heard.counts(said.after.days):
        after = AfterEvent(said.after.event.strip(), said.after.days)
    due = heard.due(said.due) if said.due else None
    return WantedReminder(" ".join(said.text.split()), about, due, after, _place(heard, said.place))


def _pair(heard: Heard, said: SaidIntroduction) -> tuple[str, str] | None:
    one, other = heard.name(said.one), heard.name(said.other)
    if heard.find(said.evidence) is None or one is None or other is None or one == other:
        return None
    return one, other


def _query(heard: Heard, said: SaidQuery | None) -> Query | None:
    if said is None:
        return None
    person = heard.name(said.person) if said.person else None
    text = " ".join(said.text.split())
    if (said.person and person is None) or (text and heard.find(text) is None):
        return None
    return Query(person, text, _span(heard, said.when), _place(heard, said.place))


def _names(heard: Heard, said: Sequence[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(name for one in said[:_MOST] if (name := heard.name(one))))


def _span(heard: Heard, said: SaidSpan | None) -> DateSpan | None:
    return heard.span(said.first, said.last) if said else None


def _place(heard: Heard, said: str | None) -> str | None:
    return heard.place(said) if said else None
