"""What goes on about what was told just before, put at its end: "her exam got moved, it's on the 12th now"."""

from __future__ import annotations

from dataclasses import replace

from assistant.understanding.language import load, word_set
from assistant.understanding.meaning import Remembered
from assistant.understanding.scene import Scene, Told

_OWN_BEGINNING = 0.5  # the logit of a beginning from which on a clause is not part of what was told before
OWED = frozenset({"gift", "promise"})
JOINED = ("event", "fact", "plan")  # kinds of which one sentence often says one thing in two clauses


def joined(scene: Scene, kept: list[tuple[int, Remembered]], told: Told, memory: Remembered) -> Remembered | None:
    """The last memory and this one as one, where the same sentence only goes on about the same thing."""
    if not kept or kept[-1][0] < told.clause.sentence - (more_of_it := goes_on(scene, memory)):
        return None
    first = told.clause.first
    linked = scene.words[first].plain in word_set("clauses", "joints") or (first and scene.words[first - 1].mark)
    if not linked:
        return None
    last = kept[-1][1]
    if last.about != memory.about or (memory.when and last.when):
        return None
    own = not {last.kind, memory.kind} <= set(JOINED) or scene.begins(told.clause) > _OWN_BEGINNING
    if own and not (more_of_it and last.kind not in OWED):
        return None
    evidence = scene.text[scene.text.rindex(last.evidence) : scene.words[told.clause.last - 1].end]
    more = _without_owner(scene, memory)
    text = f"{last.text[:-1]}, {more}"
    return replace(
        last,
        kind="plan" if more_of_it and memory.kind == "plan" and memory.when else last.kind,
        text=text,
        evidence=evidence,
        when=last.when or memory.when,
        sensitive=last.sensitive or memory.sensitive,
    )


def goes_on(scene: Scene, memory: Remembered) -> bool:
    """Whether it says more of what was told just before: "It's a fasting thing"; not "It's Ana's birthday"."""
    text = _without_owner(scene, memory)
    about_it = text[:1].upper() + text[1:]
    named = any(shown in about_it for shown in _shown(scene, memory))
    return about_it.startswith(tuple(load("memories")["going_on"])) and not named and memory.kind not in OWED


def _without_owner(scene: Scene, memory: Remembered) -> str:
    """Its text as it goes on after a comma."""
    shown = _shown(scene, memory)
    text = next(
        (f"{memory.text.removesuffix(end)}." for s in shown if memory.text.endswith(end := f" ({s}).")), memory.text
    )
    table = load("memories")
    for theirs in (f"{s} {theirs} " for s in shown for theirs in table["theirs"].values()):
        if text.startswith(theirs):
            return f"{table['several'].lower()} {text.removeprefix(theirs)}"
    return text if text.startswith(shown) else text[:1].lower() + text[1:]


def _shown(scene: Scene, memory: Remembered) -> tuple[str, ...]:
    return tuple(f.shown for f in scene.cast.figures if f.names[0] in memory.about)
