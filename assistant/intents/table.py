"""Every intent, and what acts on it."""

from __future__ import annotations

from collections.abc import Callable

from assistant.intents import (
    after_event,
    another,
    briefing,
    capture,
    catch_up,
    closeness,
    correct,
    done,
    follow_up,
    forget,
    goals,
    introduce,
    last_contact,
    prep,
    presence,
    recall,
    reconnect,
    reflection,
    same_person,
    snooze,
    talk,
    undo,
    upcoming,
    which,
)
from assistant.intents.asked import Asked, Deed, deed
from assistant.phrasing import line
from assistant.understanding.meaning import Intent
from memory.questions import OpenQuestion

INTENTS: dict[Intent, Callable[[Asked], Deed]] = {
    "capture": capture.act,
    "remind": capture.act,
    "presence": presence.act,
    "prep": prep.act,
    "recall": recall.act,
    "find": recall.act,
    "last_contact": last_contact.act,
    "briefing": briefing.act,
    "upcoming": upcoming.act,
    "reconnect": reconnect.act,
    "introduce": introduce.act,
    "correct": correct.act,
    "undo": undo.act,
    "forget": forget.act,
    "done": done.act,
    "snooze": snooze.act,
    "repeat": talk.repeat,
    "help": talk.explain,
    "stop": talk.stop,
    "other": talk.other,
}


def respond(asked: Asked, question: OpenQuestion | None) -> Deed:
    """Does what was said: what answers our own open ``question`` does, else what was meant."""
    answer = ANSWERS[question.intent](asked, question) if question else None
    if done := answer or same_person.act(asked) or another.act(asked) or _aside(asked) or follow_up.why(asked):
        return done
    meant = which.said_which(follow_up.whole(asked))
    return which.ask_whom(meant) or _do(meant)


def _aside(asked: Asked) -> Deed | None:
    """What is known by its own words, whatever else the words look like."""
    return closeness.act(asked) or goals.act(asked) or reflection.act(asked) or reconnect.said_of_oneself(asked)


def _do(asked: Asked) -> Deed:
    return which.ask_of_note(asked, INTENTS[asked.meaning.intent](asked), asked.capture.id)


def _answer_whom(asked: Asked, question: OpenQuestion) -> Deed | None:
    if which.is_neither(asked):
        return deed(line("recall_nothing"))
    again = which.answered(asked, question)
    return INTENTS[again.meaning.intent](again) if again else None


ANSWERS: dict[str, Callable[[Asked, OpenQuestion], Deed | None]] = {
    "forget": forget.answer,
    "which_asked": _answer_whom,
    "which_told": which.answer_of_note,
    "after_event": after_event.answer,
    "catch_up": catch_up.answer,
    "briefing_more": briefing.more,
}
"""What the answer to a question of ours does, by what asked; None where it was no answer."""
