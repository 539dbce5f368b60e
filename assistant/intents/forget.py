"""Forget someone wholly, once a spoken yes has confirmed it."""

from __future__ import annotations

from assistant.intents.asked import Asked, Deed, deed
from assistant.phrasing import line
from assistant.understanding.answers import yes_or_no
from memory import people, questions


def act(asked: Asked) -> Deed:
    person, name = asked.person(), asked.person_name()
    if name is None:
        return deed(line("forget_whom"))
    if person is None:
        return deed(line("forget_unknown", name=name))
    questions.ask(asked.db, questions.OpenQuestion("forget", person.id), asked.now)
    return Deed((line("forget_ask", name=person.name),), expects_answer=True)


def answer(asked: Asked, question: questions.OpenQuestion) -> Deed | None:
    """None: it was neither a yes nor a no."""
    yes = yes_or_no(asked.words)
    if yes is None:
        return None
    if not yes or question.person_id is None:
        return deed(line("not_forgotten"))
    people.forget(asked.db, question.person_id)
    return deed(line("forgotten"))
