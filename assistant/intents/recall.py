"""What is known of someone, or who it was that…: answered in the words it was told in, with when."""

from __future__ import annotations

from assistant.intents.asked import Asked, Deed, deed
from assistant.intents.keeping import keep_words
from assistant.phrasing import line
from assistant.understanding.rules import asks
from memory import memories, relatives
from memory.recall import recall
from memory.records import Memory, Person
from memory.slots import role_of

_ANSWERS = 2


def act(asked: Asked) -> Deed:
    person, name = asked.person(), asked.person_name()
    if name and person is None:
        return _nothing(asked)
    found = _of_relative(asked, person) if person else []
    found = found or [r.memory for r in recall(asked.db, asked.vectors, asked.words, person, _ANSWERS)]
    if not found:
        return _nothing(asked)
    days = dict.fromkeys(m.kept_at.astimezone().date() for m in found)
    return deed(
        *(
            line(
                "recall_found",
                when=day,
                things=[m.text for m in found if m.kept_at.astimezone().date() == day],
            )
            for day in days
        )
    )


def _nothing(asked: Asked) -> Deed:
    """Nothing is known of it; and if it was not even worded as a question, it was something to keep."""
    if not asks(asked.words, asked.now):
        keep_words(asked)
        return deed(line("kept_words"))
    name = asked.person_name()
    return deed(line("recall_nothing_about", name=name) if name else line("recall_nothing"))


def _of_relative(asked: Asked, person: Person) -> list[Memory]:
    """What is known of their mother, boss …, where no more was asked than how they are."""
    asked_for = asked.meaning.query.text if asked.meaning.query else ""
    role = role_of(asked_for.casefold())
    relative = relatives.find(asked.db, person, role) if role else None
    return memories.about(asked.db, relative.id, _ANSWERS) if relative else []
