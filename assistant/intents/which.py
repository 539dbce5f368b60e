"""Joan Mbeki, or Joan from football? One short question where a name can mean several people, and its answer."""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Sequence

from assistant.intents.asked import Asked, Deed, deed
from assistant.intents.reading import language, names_said, reread
from assistant.intents.telling_apart import best_described, stems, told_apart, words_about
from assistant.phrasing import Line, line
from assistant.understanding.heard import stem
from memory import captures, identity, memories, people, questions
from memory.recall import content_words, recall
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


def said_which(asked: Asked) -> Asked:
    """The question with the one in it whom what stands beside the name tells: "Colin the firefighter", "swimming
    Aoife". The same where the name is clear, or nothing beside it tells."""
    name = asked.person_name()
    asks = asked.meaning.intent in _ASKING and not asked.chosen
    found = _candidates(asked, name) if name and asks else []
    qualified = _qualified(asked, name, found) if name and len(found) > 1 else None
    if qualified is None:
        return asked
    person, place = qualified
    text = asked.words[: place.start] + person.name + asked.words[place.stop :]
    meant = dataclasses.replace(asked, capture=dataclasses.replace(asked.capture, text=text), chosen=person)
    return dataclasses.replace(meant, meaning=reread(meant, text))


def _qualified(asked: Asked, name: str, found: Sequence[Person]) -> tuple[Person, slice] | None:
    """Who of ``found`` is told by the words beside the name, and where these stand with it."""
    pattern = language("which")["beside"].replace("{name}", re.escape(name.split(" ")[0]))
    for said in re.finditer(pattern, asked.words, re.IGNORECASE):
        before = _right_before(said["before"])
        beside = f"{before} {said['after'] or ''}"
        if len(best := best_described(asked.db, found, beside)) != 1:
            continue
        known = stems(words_about(asked.db, best[0])) & stems(content_words(beside))
        first = said.start("name") - len(before)
        telling = [w.end() for w in re.finditer(r"[\w-]+", said["after"] or "") if stem(w.group().casefold()) in known]
        return best[0], slice(first, said.end("name") + max(telling, default=0))
    return _in_company(asked, name, found)


def _right_before(words: str) -> str:
    """The end of ``words`` that can describe whoever is named next: "key blank" of "does the key blank"."""
    described = words
    for word in re.finditer(r"[\w'’-]+ ", words):
        plain = word.group().strip().casefold()
        if not content_words(plain) or plain in language("which")["meeting"].split():
            described = words[word.end() :]
    return described


def _in_company(asked: Asked, name: str, found: Sequence[Person]) -> tuple[Person, slice] | None:
    """Who of ``found`` has to do with someone else who is named: "Joan and Femi's wedding"."""
    others = [other for other in reread(asked, asked.words).people if other.split(" ")[0] != name.split(" ")[0]]
    near = [p for p in found if any(o in m.text for m in memories.about(asked.db, p.id, -1) for o in others)]
    said = re.search(rf"\b{re.escape(name)}\b", asked.words, re.IGNORECASE)
    return (near[0], slice(*said.span())) if len(near) == 1 and said else None


def _told_which(asked: Asked) -> Deed | None:
    """Who of several it is of whom something is asked: "Which Joan has a dog?". None: that is not asked."""
    which = re.search(language("which")["asks_which"], asked.words, re.IGNORECASE)
    found = _candidates(asked, which["name"]) if which else []
    if len(found) < 2:
        return None
    words = re.sub(language("which")["either"], "", asked.words, flags=re.IGNORECASE)
    near = [(r, p) for p in found for r in recall(asked.db, asked.vectors, words, p, 1)]
    if not near:
        return deed(line("recall_nothing"))
    best, person = max(near, key=lambda pair: pair[0].rank)
    name = _as_asked(asked, found, person) or told_apart(asked.db, found)[found.index(person)]
    told = best.memory
    return deed(line("which_found", name=name, when=told.kept_at.astimezone().date(), things=[told.text]))


def _as_asked(asked: Asked, found: Sequence[Person], person: Person) -> str | None:
    """How the question itself speaks of that one, whose full name is not known: "the book club one"."""
    either = re.search(language("which")["either"], asked.words, re.IGNORECASE)
    options = either.group("one", "other") if either and " " not in person.name else ()
    return next((option for option in options if best_described(asked.db, found, option) == [person]), None)


def ask_of_note(asked: Asked, done: Deed, note: int) -> Deed:
    """``done``, and the question who was meant in it, if that is not clear. What was told is kept already."""
    unclear = people.unclear_in(asked.db, note)
    if not unclear or done.expects_answer:
        return done
    found = _candidates(asked, unclear[0].name)
    of_note = dataclasses.replace(asked, capture=captures.get(asked.db, note))
    if qualified := _qualified(of_note, unclear[0].name, found):
        identity.merge(asked.db, qualified[0].id, unclear[0].id, asked.capture.id)
        return ask_of_note(asked, done, note)
    question = questions.OpenQuestion("which_told", unclear[0].id, note)
    questions.ask(asked.db, question, asked.now)
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
    fitting = [p for p in found if stems(said) <= stems(words_about(asked.db, p))]
    exact = [p for p in fitting if said == words_of(p.name)]
    if len(exact or fitting) == 1:
        return (exact or fitting)[0]
    best = best_described(asked.db, fitting or found, " ".join(said)) if _describes(asked) else []
    return best[0] if len(best) == 1 else None


def _describes(asked: Asked) -> bool:
    return re.match(language("which")["describes"], asked.words.strip(), re.IGNORECASE) is not None


def _said(asked: Asked) -> list[str]:
    """The words of the answer that say who; none in what is too long to be one."""
    words = words_of(asked.words)
    most = _MOST_DESCRIBING if _describes(asked) else _MOST_WORDS
    return [w for w in words if w not in language("which")["around"].split()] if len(words) <= most else []
