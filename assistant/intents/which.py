"""Joan Mbeki, or Joan from football? One short question where a name can mean several people, and its answer."""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Iterable, Sequence

from assistant.intents.asked import Asked, Deed, deed
from assistant.intents.reading import language, names_said, reread
from assistant.intents.telling_apart import told_apart, words_about
from assistant.phrasing import Line, line
from assistant.understanding.heard import stem
from memory import captures, identity, people, questions
from memory.recall import recall
from memory.records import Person

_ASKING = frozenset({"prep", "recall", "find", "last_contact", "upcoming", "forget"})
_MOST_WORDS = 8  # a longer utterance says something of its own
_MOST_DESCRIBING = 14  # the same where it begins as a description: "the one from work, with …"


def ask_whom(asked: Asked) -> Deed | None:
    """Asks back where a question can be about several people, unless it asks just that. None: it is clear."""
    name = asked.person_name()
    if told := _told_which(asked):
        return told
    if asked.chosen or not name or asked.meaning.intent not in _ASKING:
        return None
    found = _candidates(asked, name)
    if len(found) < 2:
        return None
    questions.ask(asked.db, questions.OpenQuestion("which_asked", capture_id=asked.capture.id), asked.now)
    return Deed((_which(asked, found),), expects_answer=True)


def _told_which(asked: Asked) -> Deed | None:
    """Who of several it is of whom something is asked: "Which Joan has a dog?". None: that is not asked."""
    which = re.search(language("which")["asks_which"], asked.words, re.IGNORECASE)
    found = _candidates(asked, which["name"]) if which else []
    if len(found) < 2:
        return None
    near = [(r, p) for p in found for r in recall(asked.db, asked.vectors, asked.words, p, 1)]
    if not near:
        return deed(line("recall_nothing"))
    best, person = max(near, key=lambda pair: pair[0].rank)
    name = told_apart(asked.db, found)[found.index(person)]
    told = best.memory
    return deed(line("which_found", name=name, when=told.kept_at.astimezone().date(), things=[told.text]))


def ask_of_note(asked: Asked, done: Deed, note: int) -> Deed:
    """``done``, and the question who was meant in it, if that is not clear. What was told is kept already."""
    unclear = people.unclear_in(asked.db, note)
    if not unclear or done.expects_answer:
        return done
    question = questions.OpenQuestion("which_told", unclear[0].id, note)
    questions.ask(asked.db, question, asked.now)
    found = _candidates(asked, unclear[0].name)
    return Deed((*done.lines, _which(asked, found)), expects_answer=True, tells=done.tells)


def answered(asked: Asked, question: questions.OpenQuestion) -> Asked | None:
    """The question asked before, now about whoever was meant. None: that is no answer."""
    if question.capture_id is None:
        return None
    before = dataclasses.replace(asked, capture=captures.get(asked.db, question.capture_id))
    before = dataclasses.replace(before, meaning=reread(before, before.words))
    person = _chosen(asked, _candidates(asked, before.person_name() or ""))
    return dataclasses.replace(before, chosen=person) if person else None


def answer_of_note(asked: Asked, question: questions.OpenQuestion) -> Deed | None:
    """What the note told goes to whoever was meant. None: that is no answer, and it stays as it is."""
    if question.person_id is None or question.capture_id is None:
        return None
    unclear = people.by_id(asked.db, question.person_id)
    found = _candidates(asked, unclear.name)
    if person := _chosen(asked, found):
        identity.merge(asked.db, person.id, unclear.id, asked.capture.id)
        done = deed(line("which_kept", name=told_apart(asked.db, found)[found.index(person)]))
    elif is_neither(asked):
        name = next((n for n in names_said(asked) if n.split(" ")[0] == unclear.name.split(" ")[0]), unclear.name)
        people.rename(asked.db, unclear.id, name)
        done = deed(line("which_kept_new", name=name))
    else:
        return None
    return ask_of_note(asked, done, question.capture_id)


def is_neither(asked: Asked) -> bool:
    """Neither; someone else; a new one."""
    words = words_of(asked.words)
    return len(words) <= _MOST_WORDS and any(w in language("which")["neither"].split() for w in words)


def words_of(text: str) -> list[str]:
    return re.findall(r"[\w-]+", re.sub(r"['’]s\b", "", text.casefold()))


def _candidates(asked: Asked, name: str) -> list[Person]:
    """In the order that they are named in, those with a surname first."""
    return sorted(people.called(asked.db, name), key=lambda p: (" " not in p.name, p.name, p.id))


def _which(asked: Asked, found: Sequence[Person]) -> Line:
    *some, last = told_apart(asked.db, found)
    return line("which", some=", ".join(some), last=last)


def _chosen(asked: Asked, found: Sequence[Person]) -> Person | None:
    """Who of ``found`` is meant: by a name, by "the second", or by what is known of one of them alone."""
    said = _said(asked)
    if not said or is_neither(asked):
        return None
    places: dict[str, int] = language("which")["places"]
    if len(said) == 1 and said[0] in places:
        place = places[said[0]]
        return found[place - (place > 0)] if abs(place) <= len(found) else None
    fitting = [p for p in found if _stems(said) <= _stems(words_about(asked.db, p))]
    exact = [p for p in fitting if said == words_of(p.name)]
    if len(exact or fitting) == 1:
        return (exact or fitting)[0]
    return _best_described(asked, fitting or found, said) if _describes(asked) else None


def _best_described(asked: Asked, found: Sequence[Person], said: list[str]) -> Person | None:
    """Whom most of the words fit: those of what was told of them, else of the notes, which may tell of others, too."""
    for in_notes in (False, True):
        fits = {p: len(_stems(said) & _stems(words_about(asked.db, p, in_notes))) for p in found}
        best = [p for p, fit in fits.items() if fit == max(fits.values()) > 0]
        if len(best) == 1:
            return best[0]
    return None


def _stems(words: Iterable[str]) -> set[str]:
    return {stem(word) for word in words}


def _describes(asked: Asked) -> bool:
    return re.match(language("which")["describes"], asked.words.strip(), re.IGNORECASE) is not None


def _said(asked: Asked) -> list[str]:
    """The words of the answer that say who; none in what is too long to be one."""
    words = words_of(asked.words)
    most = _MOST_DESCRIBING if _describes(asked) else _MOST_WORDS
    return [w for w in words if w not in language("which")["around"].split()] if len(words) <= most else []
