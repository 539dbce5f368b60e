"""Whom the speaker met, called, wrote to or saw."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from datetime import date, timedelta
from functools import lru_cache

from assistant.understanding.acquaintance import tells_how_known
from assistant.understanding.clauses import Clause
from assistant.understanding.dates import SpokenDate
from assistant.understanding.language import load, word_set
from assistant.understanding.lexicon import all_roles
from assistant.understanding.meaning import Met
from assistant.understanding.phrases import Found, phrases
from assistant.understanding.scene import Scene, Told
from assistant.understanding.wording import stand_alone, with_speaker

_FOUND = 4.0  # what the patterns add to the model's logit
_MET = 1.0  # the logit from which on someone was met
_LONG_AGO = timedelta(days=90)  # "the eighth of June", said in April, is ahead
_MET_BESIDES = 4.0  # the same beside someone whom the words tell of
_FAR = 6  # items after which a name no longer belongs to those met


def contact(scene: Scene, skip: set[int], ahead: Collection[str] = ()) -> Met | None:
    """Everyone the speaker was in touch with, and the first day that was said for it; those ``ahead`` are still to be
    seen."""
    by_rules: set[str] = set()
    met_there: list[Told] = []
    for number, told in enumerate(scene.told):
        if number in skip or (told.clause.asked and number + 1 == len(scene.told)):
            continue
        if met := met_in(told) or _named_later(scene, number):
            met_there.append(told)
            by_rules.update(name for person in met for name in scene.names(person))
    likely = _likelihoods(scene)
    for name in {n for told in scene.told for person in _long_known(told) for n in scene.names(person)} - by_rules:
        likely.pop(name, None)
    unfound = _MET_BESIDES if by_rules else _MET
    sure = {n for told in scene.told for number in _surely_met(told) for n in scene.names(number)}
    for name in set(ahead) - by_rules:
        likely.pop(name, None)
    least = {n: _MET - _FOUND if n in by_rules else unfound for n in scene.people}
    names = [n for n in scene.people if n in sure or likely.get(n, 0.0) > least[n]]
    if not names:
        return None
    days = (_day(scene, told) for told in met_there or _first_sentence(scene, names[0]))
    on = next((day for day in days if day), scene.now.date())
    if not met_there:
        return Met(tuple(names), on)
    clause = met_there[0].clause
    apart = any(scene.words[i].plain in word_set("contacts", "apart") for i in range(clause.first, clause.last))
    if not _says_more(scene, clause):
        return Met(tuple(names), on, apart=apart)
    text = with_speaker(stand_alone(scene, met_there[0].line))
    return Met(tuple(names), on, text, scene.said(clause.first, clause.last), apart)


def _says_more(scene: Scene, clause: Clause) -> bool:
    """Whether it says where, how or what about, and not only who and when."""
    dated = {i for d in scene.dates(clause.first, clause.last, past=True) for i in range(d.first, d.last)}
    rest = set(range(clause.first, clause.last)) - dated - scene.named
    return any(scene.words[i].plain not in word_set("contacts", "bare") for i in rest)


def _likelihoods(scene: Scene) -> dict[str, float]:
    """For each name the model's highest logit, wherever it is said."""
    likely: dict[str, float] = {}
    for mention in scene.mentions:
        likely[mention.name] = max(likely.get(mention.name, -99.0), scene.reading.met(*scene.place(mention)))
    return likely


def _first_sentence(scene: Scene, name: str) -> list[Told]:
    """The clauses of the sentence that names someone first."""
    first = next((m.first for m in scene.mentions if m.name == name), 0)
    sentence = next(t.clause.sentence for t in scene.told if first < t.clause.last)
    return [t for t in scene.told if t.clause.sentence == sentence]


def met_in(told: Told) -> list[int]:
    """The figures whom a clause says the speaker was in touch with."""
    if phrases("contacts", "patterns", "never").find(told.line) or tells_how_known(told):
        return []
    if sure := _surely_met(told):
        return sure
    hits = [(h, "with") for h in phrases("contacts", "patterns", "with").find_all(told.line)]
    hits += [(h, "by") for h in phrases("contacts", "patterns", "by").find_all(told.line)]
    if not hits:
        return _verbless(told)
    for hit, piece in hits:
        people = list(dict.fromkeys(_people(hit, piece)))
        if people:
            return people
    return []


def _surely_met(told: Told) -> list[int]:
    """Whom a clause says the speaker met, whatever else it sounds like."""
    hit = phrases("contacts", "patterns", "sure").find(told.line)
    return [] if hit is None else _people(hit, "with")


def _long_known(told: Told) -> list[int]:
    """Whom a clause tells that the speaker knows from long before."""
    inside = [int(n) for n in re.findall(r"@(\d+)", told.line.text)]
    return (inside or [told.topic or 0]) if tells_how_known(told) and (inside or told.topic is not None) else []


def _day(scene: Scene, told: Told) -> date | None:
    dates = [d for d in scene.dates(told.clause.first, told.clause.last, past=True) if not d.frequent]
    today = scene.now.date()
    return next(
        (d.span.first for d in dates if d.span.first <= today and (_is_recent(d, today) or _has_year(scene, d))), None
    )


def _is_recent(said: SpokenDate, today: date) -> bool:
    return said.span.first >= today - _LONG_AGO


def _has_year(scene: Scene, said: SpokenDate) -> bool:
    return any(scene.words[i].plain == str(said.span.first.year) for i in range(said.first, said.last))


def _verbless(told: Told) -> list[int]:
    """ "Five-a-side with Ed and Tom tonight": nothing but a "with" and who it was."""
    before, with_, after = told.line.text.partition(" with @")
    verbs = word_set("clauses", "verbs") | word_set("contacts", "not_before_with")
    if not with_ or before.count(" ") > 8 or verbs.intersection(before.split()):
        return []
    return [] if re.search(r"(ing|ed)\b", before) else people_in(f"@{after}")


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
    return people_in(hit.text(piece))


def people_in(text: str) -> list[int]:
    """The figures that the start of some of a line's text names."""
    return _heads(_only_people(f" {text.strip()} ").split())


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
