"""What the speaker asks to be told, and when."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from assistant.understanding.clauses import Clause
from assistant.understanding.dates import due_in, spoken_dates, spoken_times
from assistant.understanding.language import load, word_set
from assistant.understanding.meaning import Remembered, WantedReminder
from assistant.understanding.phrases import Found, Line, make_line, phrases, whole
from assistant.understanding.relative import relative_due
from assistant.understanding.scene import Scene, Told
from assistant.understanding.wording import stand_alone

_SURELY_ASKED = 2.5  # the logit from which on the model alone decides that a clause asks for a reminder
_LEAST_WORDS = 3  # of a clause that asks, if only the model says so
_ASKED_BESIDES = 4.0  # the same beside a clause whose words ask for one


@dataclass(frozen=True, slots=True)
class Asked:
    """The clauses ``first:last`` (by number) ask for one reminder; ``told`` is all of them in one, ``found`` the
    request in it."""

    first: int
    last: int
    told: Told
    found: Found


def asked_reminders(scene: Scene) -> list[Asked]:
    return [_asked(scene, first, last, found) for first, last, found in _requests(scene)]


def _requests(scene: Scene) -> list[tuple[int, int, Found | None]]:
    """Clauses that ask for one reminder together: all of a sentence, as far as no other request begins in it."""
    groups: list[tuple[int, int, Found | None]] = []
    worded = [_at_meeting(scene, told) or _request(told) for told in scene.told]
    surely = _ASKED_BESIDES if any(worded) else _SURELY_ASKED
    for number, (told, found) in enumerate(zip(scene.told, worded, strict=True)):
        mere = (told.clause.asked and any(worded)) or told.line.text.count(" ") < _LEAST_WORDS
        if not found and (mere or scene.reading.asks(*scene.place(told.clause)) <= surely):
            continue
        first, last, before = groups[-1] if groups else (0, 0, None)
        goes_on = last == number > first and scene.told[first].clause.sentence == told.clause.sentence
        if goes_on and not (before and found):
            groups[-1] = first, number + 1, before or found
        else:
            groups.append((number, number + 1, found))
    return groups


def _asked(scene: Scene, first: int, last: int, found: Found | None) -> Asked:
    first, last = _lead(scene, first), _end(scene, last - 1)
    some = scene.told[first:last]
    items = [item for told in some for item in zip(told.line.text.split(), told.line.spans, strict=True)]
    line = make_line(items)
    clause = Clause(some[0].clause.first, some[-1].clause.last, some[0].clause.sentence)
    told = Told(clause, line, some[0].topic, first)
    return Asked(first, last, told, found or phrases("reminders", "patterns", "likely").find(line) or whole(line))


def reminders(scene: Scene, asked: Sequence[Asked], memories: Sequence[Remembered]) -> list[WantedReminder]:
    return [_reminder(scene, a, memories) for a in asked]


def action_text(scene: Scene, told: Told, what: tuple[int, int]) -> str:
    """The words ``what`` of a clause as something to do, without when."""
    low, high = _items(told.line, what)
    low, high = _without_dates(scene, told.line, low, high)
    words = told.line.text.split()[low:high]
    while words and words[-1] in word_set("reminders", "action", "trailing"):
        words, high = words[:-1], high - 1
    return _as_action(stand_alone(scene, told.line, low, high, openers=False))


def clauses_of(asked: Sequence[Asked]) -> set[int]:
    return {number for a in asked for number in range(a.first, a.last)}


def _request(told: Told) -> Found | None:
    found = phrases("reminders", "patterns", "asked").find(told.line)
    if not found or found.match.start() > 120:
        return None
    shapes, what = load("reminders")["shapes"], found.text("what") + " "
    unsure = phrases("reminders", "patterns", "unsure").find(Line(found.match.group(), (), ()))
    if unsure and (not re.match(shapes["unsure"], what) or re.match(shapes["asking"], what)):
        return None
    if re.search(shapes["denied"], told.line.text[: found.match.start()]) or re.match(shapes["question"], what):
        return None
    return found


def wanted_at_meeting(scene: Scene) -> bool:
    """Whether something is to be said or done when someone is met."""
    return any(_at_meeting(scene, told) for told in scene.told)


def _at_meeting(scene: Scene, told: Told) -> Found | None:
    """What is wanted when someone is met: "next time I see Ana ask about her exam", also in two clauses."""
    before = scene.told[told.number - 1] if told.number else None
    lines = [told.line]
    if before and before.clause.sentence == told.clause.sentence:
        both = (before.line, told.line)
        lines.append(make_line(item for one in both for item in zip(one.text.split(), one.spans, strict=True)))
    found = (phrases("reminders", "patterns", "meeting").find(line) for line in lines)
    return next((one for one in found if one), None)


def _lead(scene: Scene, number: int) -> int:
    """A time or place just before ("Next time I'm in Lisbon, remind me …") belongs to the request."""
    before = scene.told[number - 1] if number else None
    if before is None or before.clause.sentence != scene.told[number].clause.sentence:
        return number
    placed = phrases("reminders", "patterns", "places").find(before.line)
    timed = phrases("reminders", "patterns", "leading").find(before.line)
    return number - 1 if placed or timed else number


def _end(scene: Scene, number: int) -> int:
    """Past the request: "remind me Sunday week, the 19th, | to fetch the plane" goes on with what to do."""
    sentence = scene.told[number].clause.sentence
    rest = scene.told[number + 1 : number + 3]
    goes_on = [t.number for t in rest if t.clause.sentence == sentence and t.line.text.startswith("to ")]
    return goes_on[0] + 1 if goes_on else number + 1


def _reminder(scene: Scene, asked: Asked, memories: Sequence[Remembered]) -> WantedReminder:
    told = asked.told
    first, last = told.clause.first, told.clause.last
    after, due = relative_due(scene, told, memories)
    place = _place(scene, told)
    if due is None and after is None:
        due = _due(scene, first, last) or _due(scene, *_sentence(scene, scene.told[asked.last - 1]))
    low, high = _action_range(scene, told, asked.found.group("what") or (first, last))
    text = _thing_named(scene, asked, _as_action(stand_alone(scene, told.line, low, high, openers=False)))
    return WantedReminder(text, _about(scene, told, low, high), due, after, place)


def _due(scene: Scene, first: int, last: int) -> date | datetime | None:
    """The time said in these words, names left out ("April" may be someone)."""
    return due_in([scene.words[i].plain for i in range(first, last) if i not in scene.named | scene.gone], scene.now)


def _sentence(scene: Scene, told: Told) -> tuple[int, int]:
    """The words of the clause's sentence, as far as its neighbours."""
    near = scene.told[max(0, told.number - 2) : told.number + 3]
    clauses = [t.clause for t in near if t.clause.sentence == told.clause.sentence]
    return clauses[0].first, clauses[-1].last


def _action_range(scene: Scene, told: Told, what: tuple[int, int]) -> tuple[int, int]:
    """The items that say what to do, without when."""
    low, high = _items(told.line, what)
    low += told.line.text.split()[low] in word_set("reminders", "action", "thing")
    after = phrases("reminders", "patterns", "after").find(told.line)
    if after:
        at = told.line.text[: after.match.start()].count(" ")
        items = told.line.text.split()
        if at > low + 2 and items[low] == "to":
            high = at
        else:
            low = next((i for i in range(at, high) if items[i] == "to"), low)
    return _without_dates(scene, told.line, low, _before_place(told.line, low, high))


def _before_place(line: Line, low: int, high: int) -> int:
    """Without the place or the meeting at the end ("… when I'm in Lisbon", "… next time I see Tom")."""
    for occasion in ("places", "when_met"):
        found = phrases("reminders", "patterns", occasion).find(line)
        at = line.text[: found.match.start()].count(" ") if found else high
        high = at if low + 1 < at < high else high
    return high


def _items(line: Line, words: tuple[int, int]) -> tuple[int, int]:
    low = next((i for i, s in enumerate(line.spans) if s[0] >= words[0]), 0)
    return low, len(line.spans)


def _without_dates(scene: Scene, line: Line, low: int, high: int) -> tuple[int, int]:
    """The items of the action itself: "on Friday morning to send her the scope" without the time before "to"."""
    items, openings = line.text.split(), word_set("reminders", "action", "opening")
    for i in range(low, min(high, low + 16)):
        if items[i] in openings and i + 1 < high and _only_time(scene, line, low, i):
            return i + 1, _before_time(scene, line, i + 1, high)
    return low, _before_time(scene, line, low, high)


def _only_time(scene: Scene, line: Line, low: int, i: int) -> bool:
    if i == low:
        return True
    words = line.text.split()[low:i]
    if any(w in word_set("reminders", "action", "timed") for w in words):
        return True
    covered = {n for d in spoken_dates(words, scene.now) for n in range(d.first, d.last)}
    covered |= {n for t in spoken_times(words) for n in range(t.first, t.last)}
    beside = word_set("reminders", "action", "beside_time")
    return sum(n not in covered and w not in beside for n, w in enumerate(words)) <= 1


def _before_time(scene: Scene, line: Line, low: int, high: int) -> int:
    """Without a time at the end ("… tomorrow at nine")."""
    words = line.text.split()[low:high]
    end = len(words)
    changed = True
    while changed and end > 1:
        changed = False
        ends = [d.first for d in spoken_dates(words[:end], scene.now) if d.last == end]
        ends += [t.first for t in spoken_times(words[:end]) if t.last == end]
        if ends and min(ends) > 0:
            end, changed = min(ends), True
            while end > 1 and words[end - 1] in word_set("reminders", "action", "before_time"):
                end -= 1
    return low + end


def _as_action(text: str) -> str:
    return text[3:4].upper() + text[4:] if text.lower().startswith("to ") else text


def _thing_named(scene: Scene, asked: Asked, text: str) -> str:
    """ "Take it back" after "I've borrowed her pump": the thing for "it"; what was said before for "that"."""
    before = scene.told[asked.first - 1] if asked.first else None
    if before is None:
        return text
    shapes = load("reminders")["shapes"]
    if re.fullmatch(shapes["only_thing"], text):
        return stand_alone(scene, before.line)
    found = phrases("reminders", "things", "had").find(before.line)
    words = found.group("what") if found else None
    if words is None or not re.search(shapes["thing"], text):
        return text
    low, high = _items(before.line, words)
    thing = stand_alone(scene, before.line, low, high, openers=False).strip(".")
    thing = (
        thing
        if thing[:1].isupper() and before.line.text.split()[low].startswith("@")
        else thing[:1].lower() + thing[1:]
    )
    return re.sub(shapes["thing"], lambda _: thing, text, count=1)


def _about(scene: Scene, told: Told, low: int, high: int) -> tuple[str, ...]:
    items = told.line.text.split()
    met = phrases("reminders", "patterns", "when_met").find(told.line)
    people = [int(w[1:]) for w in (items if met else items[low:high]) if w.startswith("@")]
    if not people:
        people = [int(w[1:]) for w in items[low:] if w.startswith("@")]
    if not people:
        people = [int(w[1:]) for w in items if w.startswith("@")]
    if not people and told.topic is not None and told.number:
        people = [told.topic]
    return tuple(dict.fromkeys(n for p in people for n in scene.names(p)))


def _place(scene: Scene, told: Told) -> str | None:
    found = phrases("reminders", "patterns", "places").find(told.line)
    words = found.group("place") if found else None
    company = word_set("reminders", "action", "company")
    if words is None or words[0] in scene.named or scene.words[words[0]].plain in company:
        return None
    end = words[0]
    cased = scene.words[words[0]].capital
    while end < told.clause.last and end < words[0] + 3:
        if end > words[0] and (
            (cased and not scene.words[end].capital)
            or scene.words[end].plain in word_set("reminders", "action", "after_place")
        ):
            break
        end += 1
        if scene.words[end - 1].mark:
            break
    place = scene.said(words[0], end)
    return place if any(letter.isupper() for letter in place) else place.title()
