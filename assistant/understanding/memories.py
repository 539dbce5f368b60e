"""What a clause tells that is worth keeping."""

from __future__ import annotations

import re
from dataclasses import replace
from itertools import pairwise

from assistant.understanding.acquaintance import acquaintance, with_how_met
from assistant.understanding.arranged import arranged, names_someone_met
from assistant.understanding.contacts import met_in
from assistant.understanding.fragments import has_verb, is_fragment, just_did, leaves_out_subject, third_person
from assistant.understanding.introductions import pair_in
from assistant.understanding.joining import JOINED, goes_on, joined
from assistant.understanding.kinds import is_birthday, is_hard, is_past, is_sensitive, kind_of, with_privacy
from assistant.understanding.language import load, word_set
from assistant.understanding.lexicon import all_roles
from assistant.understanding.meaning import Kind, Remembered
from assistant.understanding.occasions import birthday_in, with_occasion
from assistant.understanding.owed import for_whom, owed_in
from assistant.understanding.ownplans import is_own_plan
from assistant.understanding.phrases import Line, phrases
from assistant.understanding.places import place_in
from assistant.understanding.relations import only_relation, relations, to_speaker
from assistant.understanding.scene import Scene, Told
from assistant.understanding.wording import is_verb, stand_alone, stays_open, with_speaker

# What the rules add to the model's logits.
_FOUND, _NOT_FOUND, _KIND_VOTE = 4.0, -1.0, 2.0
_MERE_TALK, _SURELY_TOLD = -0.7, 2.0  # logits of a clause
_LATELY = -3.0  # the same of "Just moved here", told of whoever was spoken of


def memories(scene: Scene, skip: set[int]) -> list[Remembered]:
    """Everything worth keeping; ``skip`` are the numbers of clauses that say something else (reminders)."""
    kept: list[tuple[int, Remembered]] = []  # with the number of the sentence
    for number, told in enumerate(scene.told):
        if number not in skip and not told.clause.asked:
            for memory in (*to_speaker(scene, told), *_worth_keeping(scene, told, told_in(scene, told))):
                if together := joined(scene, kept, told, memory):
                    kept[-1] = (told.clause.sentence, together)
                elif memory.when or not goes_on(scene, memory):
                    kept.append((told.clause.sentence, memory))
            _go_on(scene, kept, told)
    return _once(with_privacy(scene, with_how_met(scene, kept)))


def _go_on(scene: Scene, kept: list[tuple[int, Remembered]], told: Told) -> None:
    """Puts a fragment that says more of what was told just before, where it is surely told, at its end:
    "Denise moved in, third floor, my building"."""
    items = told.line.text.split()
    before = told.clause.first
    if not kept or kept[-1][1].kind not in JOINED or any(item.startswith("@") for item in items):
        return
    sentence, last = kept[-1]
    ended = scene.text[: scene.words[before].start].rstrip(" ,.;:!–—-").endswith(last.evidence)
    if not ended or len(items) < 3 or not is_fragment(items) or _is_noise(told.line.text, whole=False):
        return
    if scene.reading.keeps(*scene.place(told.clause)) < _SURELY_TOLD:
        return
    more = stand_alone(scene, told.line)
    evidence = scene.text[scene.text.rindex(last.evidence) : scene.words[told.clause.last - 1].end]
    kept[-1] = sentence, replace(last, text=f"{last.text[:-1]}, {more[:1].lower()}{more[1:]}", evidence=evidence)


def _worth_keeping(scene: Scene, told: Told, found: list[Remembered]) -> list[Remembered]:
    """What the rules found in a clause, unless the model finds it mere talk; the clause itself where only the
    model finds something."""
    if known := acquaintance(scene, told):
        return [*relations(scene, told), known]
    if day := birthday_in(scene, told):
        return [day, *arranged(scene, told)]
    if plan := arranged(scene, told):
        return [*relations(scene, told), *plan]
    if names_someone_met(scene, told):
        return []
    likely = scene.reading.keeps(*scene.place(told.clause))
    if found:
        owed = owed_in(scene, told)
        least = owed[2] if owed else _LATELY if just_did(told.line.text.split()) else _MERE_TALK
        return found if likely > least or _is_sure(told.line) else []
    start = _start(told.line)
    items = told.line.text.split()[start:]
    subject = _subject(items)
    if subject is None and (scene.mentions or not (is_own_plan(scene, told) or _about_speaker(told.line, start))):
        subject = told.topic
    empty = len(items) < 3 or _is_noise(told.line.text, whole=False)
    if likely < _SURELY_TOLD or subject is None or empty or _told_elsewhere(scene, told):
        return []
    if is_fragment(items) and _kind(scene, told, "fact") != "gift":
        return []
    return [_remembered(scene, told, start, len(told.line.text.split()), _subjects(items, subject), None)]


def surely_told(scene: Scene) -> bool:
    """Whether it tells something that sounds like talk, or like a correction, and is neither."""
    return any(_is_sure(told.line) for told in scene.told)


def _is_sure(line: Line) -> bool:
    return phrases("kinds", "surely", "patterns").find(line) is not None


def _kind(scene: Scene, told: Told, by_rules: Kind) -> Kind:
    if is_birthday(told.line):
        return by_rules
    likely = scene.reading.kinds(*scene.place(told.clause))
    likely[by_rules] += _KIND_VOTE
    return max(likely, key=lambda kind: likely[kind])


def told_in(scene: Scene, told: Told) -> list[Remembered]:
    """What one clause tells."""
    line = told.line
    given = _owed_or_given(scene, told)
    found = relations(scene, told)
    if given:
        return [with_occasion(scene, told, given), *found]
    start = _start(line)
    end = _end(scene, line, start)
    if end <= start or _about_speaker(line, start) or _told_elsewhere(scene, told):
        besides = _moved(scene, told) or _who_does(scene, told)
        return [*found, besides] if besides else found
    if not only_relation(line):
        statement = _statement(scene, told, start, end)
        if statement and not any(_says_the_same(statement, m) for m in found):
            found.append(statement)
    return found


def _says_the_same(one: Remembered, other: Remembered) -> bool:
    """Whether a statement says no more than another, but for a remark: "…, which, fair enough"."""
    return one.text == other.text or one.text.startswith(f"{other.text[:-1]}, which,")


def _moved(scene: Scene, told: Told) -> Remembered | None:
    """What it tells that someone was helped to move: "Helped Ana move to Leeds"."""
    helped = phrases("memories", "helped", "patterns").find(told.line)
    if helped is None:
        return None
    who = tuple(int(n) for n in re.findall(r"@(\d+)", helped.match.group("who")))
    start = told.line.text[: helped.match.start("who")].count(" ")
    moved = _remembered(scene, told, start, len(told.line.spans), who, "event")
    now, then = load("memories")["move"]
    return replace(moved, text=moved.text.replace(now, then, 1))


def _who_does(scene: Scene, told: Told) -> Remembered | None:
    """What "who" tells of someone met: "Sat with Kenji, who makes umbrellas"."""
    items = told.line.text.split()
    at = next((i for i, (a, b) in enumerate(pairwise(items)) if a.startswith("@") and b == "who"), None)
    if at is None or at + 3 >= len(items):
        return None
    if items[at + 2] not in word_set("clauses", "verbs") - {"'s"} and not third_person(items[at + 2]):
        return None
    number = int(items[at][1:])
    told_of = _remembered(scene, told, at + 2, len(items), (number,), None)
    said = stand_alone(scene, told.line, at + 2)
    return replace(told_of, text=f"{scene.cast.figures[number].shown} {said[:1].lower()}{said[1:]}")


def _told_elsewhere(scene: Scene, told: Told) -> bool:
    """Whether the clause only tells of a meeting or of an introduction."""
    return bool(met_in(told)) or pair_in(scene, told) is not None


def _start(line: Line) -> int:
    """The item where the statement itself begins: after "remember that", "Ana says"."""
    at = 0
    for _ in range(0 if just_did(line.text.split()) else 6):
        rest = Line(line.text[at:], (), ())
        lead = phrases("kinds", "lead", "patterns").find(rest)
        if lead is None or lead.match.end() == 0 or at + lead.match.end() >= len(line.text):
            break
        opener = lead.match.group().split()[-1]
        if stays_open(opener, rest.text[lead.match.end() :].split(" ")[0]):
            break
        at += lead.match.end()
    return line.text[:at].count(" ")


def _end(scene: Scene, line: Line, start: int) -> int:
    """Past the last item of what is worth keeping: a part after a comma that is mere noise ends it."""
    items = line.text.split()
    begin = start
    for i in range(start, len(items)):
        first, last = line.spans[i]
        if i < len(items) - 1 and not (last > first and scene.words[last - 1].mark):
            continue
        if _is_noise(" ".join(items[begin : i + 1]) + " ", whole=begin == start):
            return begin
        begin = i + 1
    return len(items)


def _is_noise(text: str, whole: bool) -> bool:
    if whole and text.count(" ") < 3 and "@" not in text:
        return True
    return bool(phrases("kinds", "noise", "patterns").find(Line(text, (), ())))


def _about_speaker(line: Line, start: int) -> bool:
    words = line.text.split()[start:]
    return bool(words) and words[0] in word_set("memories", "speaker") and not _own_person(words)


def _own_person(words: list[str]) -> bool:
    """ "my cousin Tejas", "our Josh"."""
    return words[0] in word_set("words", "pronouns", "own") and any(w.startswith("@") for w in words[1:4])


def _owed_or_given(scene: Scene, told: Told) -> Remembered | None:
    owed = owed_in(scene, told)
    about = for_whom(told, owed[0]) if owed else None
    if owed is None or about is None:
        return None
    return _remembered(scene, told, 0, len(told.line.spans), (about,), owed[1])


def _statement(scene: Scene, told: Told, start: int, end: int) -> Remembered | None:
    line = told.line
    items = line.text.split()[start:end]
    left_out = leaves_out_subject(items) and told.topic is not None
    subject = told.topic if left_out else _subject(items)
    if subject is None:
        subject = told.topic if _hangs_on_topic(scene, told, items) else None
    if subject is None or len(items) < 3:
        return None
    if not has_verb(items):
        return None
    memory = _remembered(scene, told, start, end, (subject,) if left_out else _subjects(items, subject), None)
    shown = scene.cast.figures[subject].shown
    if left_out and not memory.text.startswith(f"{shown} "):
        return replace(memory, text=f"{shown} {memory.text[:1].lower()}{memory.text[1:]}")
    return memory


def _subject(items: list[str]) -> int | None:
    people = [int(item[1:]) for item in items if item.startswith("@")]
    if not people:
        return None
    for i, item in enumerate(items[:6]):
        if item.startswith("@"):
            return _owned_person(items, i) or int(item[1:])
    return people[0]


def _owned_person(items: list[str], i: int) -> int | None:
    """ "Rohan's wife Pallavi is …": the statement is Pallavi's."""
    if items[i + 1 : i + 2] != ["'s"]:
        return None
    for j in range(i + 2, min(i + 6, len(items))):
        if (
            items[j].startswith("@")
            and items[j - 1] in all_roles()
            and (items[j + 1 : j + 2] != ["'s"] or is_verb(items, j + 1))
        ):
            return int(items[j][1:])
        if items[j] in word_set("memories", "verbs"):
            return None
    return None


def _subjects(items: list[str], subject: int) -> tuple[int, ...]:
    at = items.index(f"@{subject}") if f"@{subject}" in items else -1
    if at >= 0 and len(together := _listed(items[at:])) > 1:
        return together
    if at >= 0 and word_set("memories", "parting").intersection(items):
        others = [int(w[1:]) for w in items[at + 1 :] if w.startswith("@")]
        return (subject, *others[:1])
    return (subject,)


def _listed(items: list[str]) -> tuple[int, ...]:
    """Who does it together: "Lena, Omar and Tom"."""
    people: list[int] = []
    for i, item in enumerate(items):
        if item.startswith("@"):
            people.append(int(item[1:]))
        elif item != "and" or not items[i + 1 : i + 2] or not items[i + 1].startswith("@"):
            break
    return tuple(dict.fromkeys(people)) if "and" in items[: 2 * len(people)] else tuple(people[:1])


def _hangs_on_topic(scene: Scene, told: Told, items: list[str]) -> bool:
    """ "The funeral's in Lyon on Friday": about whom was spoken of, when there is something to keep."""
    if told.topic is None or not items:
        return False
    if items[0] == "they":
        return True
    if items[0] in word_set("memories", "vague") and scene.span(told.clause.first, told.clause.last):
        return True
    own = items[0] in word_set("clauses", "elided")
    return own or (items[0] == "the" and is_sensitive(told.line))


def _remembered(
    scene: Scene, told: Told, start: int, end: int, about: tuple[int, ...], kind: Kind | None
) -> Remembered:
    """The memory that the line's items ``start:end`` give."""
    line, clause = told.line, told.clause
    first = line.spans[start][0] if start < len(line.spans) else clause.first
    last = clause.last if end >= len(line.spans) else line.spans[end - 1][1]
    span = scene.span(first, last, kind is None and is_past(line))
    names = tuple(dict.fromkeys(n for number in about for n in scene.names(number)))
    text = stand_alone(scene, line, start, end)
    if not any(f"@{number}" in line.text.split()[start:end] for number in about):
        text = _with_owner(scene, about[0], text)
    elif start == 0 and scene.words[first].first:
        text = with_speaker(text)
    return Remembered(
        names,
        kind or _kind(scene, told, kind_of(line, span, scene)),
        text,
        scene.said(first, last),
        span,
        place_in(scene, first, last),
        is_hard(line)
        or scene.reading.sensitive(*scene.place(told.clause)) + (_FOUND if is_sensitive(line) else _NOT_FOUND) > 0,
    )


def _with_owner(scene: Scene, number: int, text: str) -> str:
    shown = scene.cast.figures[number].shown
    first = text.partition(" ")[0]
    table = load("memories")
    for pattern, instead in table["stands_for"]:
        if re.match(pattern, text):
            return re.sub(pattern, instead.replace("{name}", shown), text)
    if first in word_set("memories", "several"):
        parted = word_set("memories", "parting").intersection(text.lower().strip(".").split())
        whose = table["partner" if parted else "theirs"]
        theirs = whose.get(scene.cast.figures[number].gender, whose[""])
        return f"{shown} {theirs} {text[len(first) + 1 :]}"
    if text.startswith("The "):
        return f"{shown}'s {text[4:]}"
    return f"{shown} {text[:1].lower()}{text[1:]}" if _is_verb_first(first) else f"{text[:-1]} ({shown})."


def _is_verb_first(word: str) -> bool:
    """Whether a sentence that begins so has its subject left out."""
    plain = word.lower().strip(",.")
    return plain in word_set("clauses", "verbs") | word_set("wording", "words", "adverbs") or plain.endswith(
        ("ing", "ed")
    )


def _once(found: list[Remembered]) -> list[Remembered]:
    seen: dict[tuple[tuple[str, ...], str], Remembered] = {}
    for memory in found:
        seen.setdefault((memory.about, memory.text), memory)
    return list(seen.values())
