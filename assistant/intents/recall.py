"""What is known of someone, or who it was that…: answered in the words it was told in, with when."""

from __future__ import annotations

from assistant.intents.asked import Asked, Deed, deed
from assistant.intents.keeping import keep_words
from assistant.phrasing import line
from assistant.understanding.dates import span_in
from assistant.understanding.lexicon import all_roles
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
    wanted = span_in(asked.words, asked.now, past=True)
    found = found or [r.memory for r in recall(asked.db, asked.vectors, asked.words, person, _ANSWERS, wanted)]
    if not found:
        return _nothing(asked)
    days = dict.fromkeys(m.kept_at.astimezone().date() for m in found)
    over = [line("recall_over")] if any(_is_over(m, asked) for m in found) else []
    return deed(
        *(
            line(
                "recall_found",
                when=day,
                things=[m.text for m in found if m.kept_at.astimezone().date() == day],
            )
            for day in days
        ),
        *over,
    )


def _is_over(memory: Memory, asked: Asked) -> bool:
    """Whether it was ahead when it was told, and its days have passed since: nobody said how it went."""
    when = memory.when
    told = memory.kept_at.astimezone().date()
    return memory.kind == "plan" and when is not None and told <= when.last < asked.now.date()


def _nothing(asked: Asked) -> Deed:
    """Nothing is known of it; and if it was not even worded as a question, it was something to keep."""
    if not asks(asked.words, asked.now):
        keep_words(asked)
        return deed(line("kept_words"))
    name = asked.person_name()
    return deed(line("recall_nothing_about", name=name) if name else line("recall_nothing"))


def _of_relative(asked: Asked, person: Person) -> list[Memory]:
    """What is known of their mother, brother, boss …, where no more was asked than how they are."""
    asked_for = asked.meaning.query.text.casefold() if asked.meaning.query else ""
    if asked_for not in all_roles():
        return []
    role = role_of(asked_for)
    relative = relatives.find(asked.db, person, role) if role else None
    some = [relative] if relative else relatives.called(asked.db, person, asked_for)
    found = [m for one in some for m in memories.about(asked.db, one.id, _ANSWERS)]
    return list({m.id: m for m in found}.values())[:_ANSWERS]
