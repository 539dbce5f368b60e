"""How people came to know each other: who introduced whom, how the speaker met someone, what the two of them share."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from assistant.understanding.language import load, word_set
from assistant.understanding.lexicon import all_roles
from assistant.understanding.meaning import Kind, Remembered
from assistant.understanding.phrases import phrases
from assistant.understanding.scene import Scene, Told
from assistant.understanding.wording import stand_alone, with_speaker

_SPEAKER = -1  # where the numbers of figures stand


def acquaintance(scene: Scene, told: Told) -> Remembered | None:
    """What a clause tells of how people know each other."""
    return _introduced(scene, told) or _shared(scene, told)


def tells_how_known(told: Told) -> bool:
    """Whether a clause tells where the speaker knows someone from, and of no meeting just now."""
    return any(phrases("acquaintance", "patterns", which).find(told.line) for which in ("shared", "how"))


def with_how_met(scene: Scene, kept: list[tuple[int, Remembered]]) -> list[tuple[int, Remembered]]:
    """ "That's how we met" said with what it points to: the first thing told in the next sentence, else the last."""
    found = list(kept)
    for told in scene.told:
        if (told.topic is None and told.number) or not phrases("acquaintance", "patterns", "how").find(told.line):
            continue
        here = told.clause.sentence
        after = [i for i, (sentence, _) in enumerate(found) if sentence == here + 1]
        before = [i for i, (sentence, _) in enumerate(found) if sentence <= here]
        if at := [*after[:1], *before[-1:]][:1]:
            sentence, memory = found[at[0]]
            found[at[0]] = sentence, replace(memory, text=f"{memory.text[:-1]}{load('acquaintance')['how_met']}.")
    return found


def _introduced(scene: Scene, told: Told) -> Remembered | None:
    found = phrases("acquaintance", "patterns", "introduced").find(told.line)
    if found is None:
        return None
    by = found.person("by")
    whom, in_words = _whom(scene, told, found.match.end())
    if _SPEAKER not in whom and by is None:
        whom = _paired(scene, told, whom, None)
    elif len(whom) < 2:
        whom = _paired(scene, told, whom, by)
    if len(whom) < 2 or (by is None and _SPEAKER in whom):
        return None
    start = told.line.text[: found.match.start()].count(" ")
    shown = [load("wording")["speaker"]["me"] if n == _SPEAKER else scene.cast.figures[n].shown for n in whom]
    who = load("wording")["speaker"]["i"] if by is None else scene.cast.figures[by].shown
    said = load("acquaintance")["introduced"].format(by=f"{who[:1].upper()}{who[1:]}", one=shown[0], other=shown[1])
    text = with_speaker(stand_alone(scene, told.line, start)) if in_words else said
    return _kept(scene, told, [n for n in (by, *whom) if n is not None and n != _SPEAKER], "event", text)


def _whom(scene: Scene, told: Told, at: int) -> tuple[list[int], bool]:
    """Those named after "introduced", and whether they all are named there: "us" and "them" name too few."""
    first = told.line.text[:at].count(" ")
    items = told.line.text.split()
    whom: list[int] = []
    in_words = True
    for i in range(first, len(items)):
        said = scene.words[told.line.spans[i][0]].plain
        if said in word_set("acquaintance", "several"):
            in_words = False
            whom += [_SPEAKER] if said in word_set("words", "pronouns", "speaker") else []
        elif said in word_set("words", "pronouns", "speaker") and items[i] not in word_set("words", "pronouns", "own"):
            whom.append(_SPEAKER)
        elif items[i].startswith("@"):
            whom += [] if items[i + 1 : i + 2] == ["'s"] else [int(items[i][1:])]
        elif items[i] not in word_set("acquaintance", "between") | all_roles():
            break
    return list(dict.fromkeys(whom)), in_words


def _paired(scene: Scene, told: Told, whom: list[int], by: int | None) -> list[int]:
    """Two people: those of ``whom``, and who was spoken of last besides, but not who brought them together."""
    found = list(whom)
    for before in reversed(scene.told[: told.number]):
        for item in reversed(before.line.text.split()):
            number = int(item[1:]) if item.startswith("@") else by
            if number is not None and number not in {by, *found} and len(scene.names(number)) == 1 and len(found) < 2:
                found.append(number)
    return found if whom else found[::-1]


def _shared(scene: Scene, told: Told) -> Remembered | None:
    """ "We work nights together", "I went to school with her"."""
    found = phrases("acquaintance", "patterns", "shared").find(told.line)
    if found is None:
        return None
    inside = [int(item[1:]) for item in told.line.text.split() if item.startswith("@")]
    person = inside[0] if inside else told.topic
    if person is None:
        return None
    start = told.line.text[: found.match.start()].count(" ")
    text = stand_alone(scene, told.line, start)
    if not inside:
        you = load("wording")["speaker"]["we"]
        text = f"{text[: len(you)]} {load('acquaintance')['and']} {scene.cast.figures[person].shown}{text[len(you) :]}"
    return _kept(scene, told, [person], "fact", text)


def _kept(scene: Scene, told: Told, numbers: Sequence[int], kind: Kind, text: str) -> Remembered:
    names = tuple(dict.fromkeys(name for number in numbers for name in scene.names(number)))
    return Remembered(names, kind, text, scene.said(told.clause.first, told.clause.last))
