"""What the speaker owes, lent or promised, what was given and given back, and ideas for presents."""

from __future__ import annotations

import re

from assistant.understanding.contacts import met_in
from assistant.understanding.language import word_set
from assistant.understanding.meaning import Kind
from assistant.understanding.phrases import Found, phrases
from assistant.understanding.scene import Scene, Told

# Its patterns, its kind, and the logit up to which it is mere talk: the plainer the patterns, the lower.
_OWED: tuple[tuple[str, Kind, float], ...] = (
    ("settled", "event", -8.0),
    ("gift", "gift", -3.0),
    ("given", "gift", -4.0),
    ("promise", "promise", -3.0),
    ("received", "event", -2.5),
)


def owed_in(scene: Scene, told: Told) -> tuple[Found, Kind, float] | None:
    """What shows a promise or a present in a clause, of which kind it is, and the logit up to which it is mere talk."""
    if phrases("promises", "denied", "patterns").find(told.line):
        return None
    for what, kind, mere_talk in _OWED:
        hit = phrases("promises", what, "patterns").find(told.line)
        if hit and not (what == "gift" and _rang(scene, told)):
            return hit, kind, mere_talk
    return None


def for_whom(told: Told, hit: Found) -> int | None:
    """Whom a promise or present is for: the person in the words found, else the first one after, else the topic."""
    inside = re.findall(r"@(\d+)", hit.match.group())
    after = re.findall(r"@(\d+)", told.line.text[hit.match.end() :])
    everyone = re.findall(r"@(\d+)", told.line.text)
    for numbers in (inside, after, everyone):
        if numbers:
            return int(numbers[0])
    return told.topic


def _rang(scene: Scene, told: Told) -> bool:
    """Whether it only tells of a call or a letter: "Rang Grace for her birthday"."""
    words = scene.plain(told.clause.first, told.clause.last)
    return bool(met_in(told)) and not word_set("contacts", "apart").isdisjoint(words)
