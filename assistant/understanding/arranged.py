"""Whom the speaker is about to see, and when: "Coffee with Tom on Friday at three", "I'm meeting someone new tomorrow
at ten, her name is Ines"."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from assistant.understanding.contacts import people_in
from assistant.understanding.dates import due_in, span_in, spoken_times
from assistant.understanding.language import load, word_set
from assistant.understanding.meaning import Remembered
from assistant.understanding.phrases import Found, Line, make_line, phrases
from assistant.understanding.places import place_in
from assistant.understanding.scene import Scene, Told
from assistant.understanding.wording import stand_alone
from memory.dates import DateSpan, on_day

_FEW = 3  # clauses after which a name is no longer that of someone met


@dataclass(frozen=True, slots=True)
class _Unnamed:
    """The items ``first:last`` of a line speak of the figure ``number``, whom the clause ``named_in`` names; the items
    ``aside`` name them in passing."""

    first: int
    last: int
    number: int
    named_in: int
    aside: tuple[int, int] = (0, 0)


def arranged(scene: Scene, told: Told) -> list[Remembered]:
    """The plan that a clause tells, and who someone is who was spoken of without a name."""
    shape, found = _found(told)
    when = _when(scene, told, shape) if found else None
    if found is None or when is None:
        return []
    unnamed = _unnamed(scene, told, found)
    met = [unnamed.number] if unnamed else _met(found)
    if not met or (shape == "bare" and not _only_time(scene, told)):
        return []
    line = _with_name(told.line, unnamed) if unnamed else told.line
    text = _led(load("arranged")["leads"][shape], stand_alone(scene, line), line)
    first, last = told.clause.first, told.clause.last
    names = tuple(dict.fromkeys(name for number in met for name in scene.names(number)))
    plan = Remembered(names, "plan", text, scene.said(first, last), when, place_in(scene, first, last))
    return [plan, *(_who_that_is(scene, told, unnamed) if unnamed else [])]


def _led(lead: str, text: str, line: Line) -> str:
    """The sentence with the speaker for its subject: "You're having coffee with Tom"."""
    if lead:
        return f"{lead}{text if line.text.startswith('@') else text[:1].lower() + text[1:]}"
    short: dict[str, str] = load("ownplans")["short"]
    return next((said + text[len(whole) :] for whole, said in short.items() if text.startswith(whole)), text)


def names_someone_met(scene: Scene, told: Told) -> bool:
    """Whether a clause says no more than the name of someone to be met, of whom the clauses before it told."""
    for before in scene.told[max(0, told.number - _FEW) : told.number]:
        found = _found(before)[1]
        unnamed = _unnamed(scene, before, found) if found else None
        if unnamed and unnamed.named_in == told.number:
            return told.line.text.endswith(f"@{unnamed.number} ")
    return False


def _found(told: Told) -> tuple[str, Found | None]:
    if phrases("arranged", "patterns", "never").find(told.line):
        return "", None
    for shape in load("arranged")["leads"]:
        if found := phrases("arranged", "patterns", shape).find(told.line):
            return shape, found
    return "", None


def _met(found: Found) -> list[int]:
    """ "Seeing Ana", "lunch at Dishoom with Ana and Leo"."""
    before, _, together = f"{found.text('whom')} ".partition(" with ")
    return people_in(before) or people_in(together)


def _when(scene: Scene, told: Told, shape: str) -> DateSpan | None:
    """The days said, if they are ahead; today where an hour is said that is still to come."""
    first, last = told.clause.first, told.clause.last
    span, today = scene.span(first, last), on_day(scene.now.date())
    if span is None and (short := _short_weekday(scene, range(first, last))):
        span = span_in(short, scene.now)
    if span and span != today:
        return span if span.last >= today.first else None
    words = scene.plain(first, last)
    hour = any(t.last - t.first > 1 for t in spoken_times(words))  # "lunch" alone is none
    due = due_in(words, scene.now) if hour else None
    ahead = isinstance(due, datetime) and due > scene.now.replace(tzinfo=None) and due.date() == today.first
    return today if ahead or (span and shape == "own") else None


def _short_weekday(scene: Scene, said: Iterable[int]) -> str | None:
    """The weekday that "fri" is short for: beside someone one is about to see it can be nothing else, or a name."""
    words = [scene.words[i].plain for i in said if i not in scene.named]
    names = (days.split() for days in load("dates")["weekdays"])
    return next((day[0] for day in names for word in words if word in day), None)


def _only_time(scene: Scene, told: Told) -> bool:
    """Whether nothing is said but who, and on which day at what time."""
    clause, words = told.clause, scene.plain(told.clause.first, told.clause.last)
    times = spoken_times(words)
    timed = {i for d in scene.dates(clause.first, clause.last) for i in range(d.first, d.last)}
    timed |= {clause.first + i for t in times for i in range(t.first, t.last)}
    small = word_set("reminders", "action", "beside_time") | word_set("words", "around", "joining")
    items = told.line.text.split()
    return bool(times) and all(
        item.startswith("@") or item in small or timed.issuperset(range(*span))
        for item, span in zip(items, told.line.spans, strict=True)
    )


def _unnamed(scene: Scene, told: Told, found: Found) -> _Unnamed | None:
    """Whoever is to be met and only named after that."""
    items = told.line.text.split()
    first = told.line.text[: found.match.start("whom")].count(" ")
    if "with" in items[first:]:
        first = items.index("with", first) + 1
    if items[first : first + 1] and items[first] not in word_set("arranged", "unnamed", "opens"):
        return None
    last = _past_unnamed(scene, told, first)
    if number := _called(items, last):
        return _Unnamed(first, last + 2, number[0], told.number)
    for i in range(last, len(items)):
        if aside := _aside(scene, told.line, i):
            return _Unnamed(first, last, int(items[i][1:]), told.number, aside)
    if items[last : last + 1] and items[last].startswith("@"):
        return None
    for after in scene.told[told.number + 1 : told.number + _FEW]:
        named = phrases("arranged", "unnamed", "named").find(after.line)
        if named and (who := named.person("who")) is not None:
            return _Unnamed(first, last, who, after.number)
    return None


def _past_unnamed(scene: Scene, told: Told, first: int) -> int:
    """Past the last item that says who it is: up to a pause, a day or an hour, or what else is told."""
    items, spans = told.line.text.split(), told.line.spans
    dated = {d.first for d in scene.dates(told.clause.first, told.clause.last)}
    last = first + 1
    while last < len(items) and not items[last].startswith("@"):
        paused = scene.words[spans[last - 1][1] - 1].mark
        if paused or spans[last][0] in dated or items[last] in word_set("arranged", "unnamed", "ends"):
            break
        last += 1
    return last


def _called(items: list[str], at: int) -> list[int]:
    """ "called Ines"."""
    called = items[at : at + 1] and items[at] in word_set("words", "around", "called")
    return [int(item[1:]) for item in items[at + 1 : at + 2] if called and item.startswith("@")]


def _aside(scene: Scene, line: Line, i: int) -> tuple[int, int] | None:
    """The items from ``i`` on that only name someone: "…, Ines", "…, Ines something", "…, Ines, at ten"."""
    items = line.text.split()
    if not items[i].startswith("@") or not scene.words[line.spans[i - 1][1] - 1].mark:
        return None
    last = i + 1
    while items[last : last + 1] and items[last] in word_set("arranged", "unnamed", "vague"):
        last += 1
    return (i, last) if last == len(items) or scene.words[line.spans[last - 1][1] - 1].mark else None


def _with_name(line: Line, unnamed: _Unnamed) -> Line:
    items = list(zip(line.text.split(), line.spans, strict=True))
    name = (f"@{unnamed.number}", (line.spans[unnamed.first][0], line.spans[unnamed.last - 1][1]))
    aside, past = unnamed.aside
    rest = [item for i, item in enumerate(items) if i >= unnamed.last and not aside <= i < past]
    return make_line([*items[: unnamed.first], name, *rest])


def _who_that_is(scene: Scene, told: Told, unnamed: _Unnamed) -> list[Remembered]:
    """ "Ines is the new head of design.", where more is said than that it is someone."""
    items, table = told.line.text.split(), "unnamed"
    nobody = items[unnamed.last - 1] in word_set("arranged", table, "nobody")
    if nobody or items[unnamed.first] not in word_set("arranged", table, "definite"):
        return []
    said = stand_alone(scene, told.line, unnamed.first, unnamed.last)
    text = f"{scene.cast.figures[unnamed.number].shown} is {said[:1].lower()}{said[1:]}"
    clause = told.clause
    return [Remembered(scene.names(unnamed.number), "fact", text, scene.said(clause.first, clause.last))]
