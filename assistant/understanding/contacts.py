"""Whom the speaker met, called, wrote to or saw."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date
from functools import lru_cache

from assistant.understanding.language import load, word_set
from assistant.understanding.lexicon import all_roles
from assistant.understanding.meaning import Met
from assistant.understanding.phrases import Found, phrases
from assistant.understanding.scene import Scene, Told

_NEVER_BEFORE_WITH = frozenset({"i", "we", "to", "should", "plan", "idea", "wants", "be"})
_FOUND = 4.0  # what the patterns add to the model's logit
_MET = 0.5  # the logit from which on someone was met
_FAR = 6  # items after which a name no longer belongs to those met


def contact(scene: Scene, skip: set[int]) -> Met | None:
    """Everyone the speaker was in touch with, and the first day that was said for it."""
    by_rules: dict[str, None] = {}
    day: date | None = None
    for number, told in enumerate(scene.told):
        if number in skip or (told.clause.asked and number + 1 == len(scene.told)):
            continue
        met = met_in(told) or _named_later(scene, number)
        for person in met:
            by_rules.update(dict.fromkeys(scene.names(person)))
        if met and day is None:
            day = _day(scene, told)
    likely = _likelihoods(scene)
    names = [name for name in scene.people if likely[name] + _FOUND * (name in by_rules) > _MET]
    if names and not by_rules:
        day = _day_of(scene, names[0])
    return Met(tuple(names), day or scene.now.date()) if names else None


def _likelihoods(scene: Scene) -> dict[str, float]:
    """For each name the model's highest logit, wherever it is said."""
    likely: dict[str, float] = {}
    for mention in scene.mentions:
        likely[mention.name] = max(likely.get(mention.name, -99.0), scene.reading.met(*scene.place(mention)))
    return likely


def _day_of(scene: Scene, name: str) -> date | None:
    """A past day said in the sentence that names someone first."""
    first = next(m.first for m in scene.mentions if m.name == name)
    told = next((t for t in scene.told if t.clause.first <= first < t.clause.last), None)
    return _day(scene, told) if told else None


def met_in(told: Told) -> list[int]:
    """The figures whom a clause says the speaker was in touch with."""
    if phrases("contacts", "patterns", "never").find(told.line):
        return []
    hits = [(h, "with") for h in phrases("contacts", "patterns", "with").find_all(told.line)]
    hits += [(h, "by") for h in phrases("contacts", "patterns", "by").find_all(told.line)]
    if not hits:
        return _verbless(told)
    for hit, piece in hits:
        people = list(dict.fromkeys(_people(hit, piece)))
        if people:
            return people
    return []


def _day(scene: Scene, told: Told) -> date | None:
    dates = [d for d in scene.dates(told.clause.first, told.clause.last, past=True) if not d.frequent]
    return next((d.span.first for d in dates if d.span.first <= scene.now.date()), None)


def _verbless(told: Told) -> list[int]:
    """ "Five-a-side with Ed and Tom tonight": nothing but a "with" and who it was."""
    before, with_, after = told.line.text.partition(" with @")
    verbs = word_set("clauses", "verbs") | _NEVER_BEFORE_WITH
    if not with_ or before.count(" ") > 8 or verbs.intersection(before.split()):
        return []
    return [] if re.search(r"(ing|ed)\b", before) else _heads(_only_people(f" @{after} ").split())


def _named_later(scene: Scene, number: int) -> list[int]:
    """ "I met a man at the camp, Mathew Oommen": whoever is named first after someone was met."""
    told = scene.told[number]
    met = phrases("contacts", "patterns", "unnamed").find(told.line)
    if not met or phrases("contacts", "patterns", "never").find(told.line):
        return []
    earlier = " ".join(t.line.text for t in scene.told[max(0, number - 20) : number])
    before = set(re.findall(r"@(\d+)", earlier + met.match.group()))
    rest = [told.line.text[met.match.end() :], *(t.line.text for t in scene.told[number + 1 : number + 3])]
    later = [n for n in re.findall(r"@(\d+)", " ".join(rest)) if n not in before]
    return [int(later[0])] if later else []


def _people(hit: Found, piece: str) -> list[int]:
    one = hit.person(piece)
    if one is not None:
        second = hit.person("second")
        return [one] if second is None else [one, second]
    return _heads(_only_people(f" {hit.text(piece)} ").split())


def _heads(items: Sequence[str]) -> list[int]:
    """The people themselves, not those they belong to: of "@0 's husband @1" only the husband."""
    people = []
    for i, item in enumerate(items):
        if not item.startswith("@"):
            continue
        owned = items[i + 1 : i + 2] == ["'s"]
        later = any(w.startswith("@") for w in items[i + 2 : i + 5])
        role = any(w in all_roles() for w in items[i + 2 : i + 5])
        if owned and (later or (role and not i)):
            continue
        people.append(int(item[1:]))
        if i > _FAR:
            break
    return people


def _only_people(text: str) -> str:
    """The start of ``text`` that names people: without "today", and without what follows "at" or "because"."""
    when, ends = _edges()
    return ends.sub("", when.sub("", text)).strip()


@lru_cache
def _edges() -> tuple[re.Pattern[str], re.Pattern[str]]:
    table = load("contacts")
    ends = "|".join(table["ends"].split())
    return re.compile(rf" (?:{'|'.join(table['when'])})(?= )"), re.compile(rf" (?:{ends}) .*")
