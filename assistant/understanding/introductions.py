"""Pairs of people whom the speaker wants to connect."""

from __future__ import annotations

from assistant.understanding.language import word_set
from assistant.understanding.phrases import Found, phrases
from assistant.understanding.scene import Scene, Told

_NOT_UNLIKELY = 1.0  # the same where the words say that two people are
_LIKELY = 0.5  # the logit from which on someone is meant to be introduced


def introductions(scene: Scene) -> list[tuple[str, str]]:
    if any(phrases("introductions", "patterns", "same").find(told.line) for told in scene.told):
        return []
    pairs: list[tuple[str, str]] = []
    for told in scene.told:
        pair = pair_in(scene, told)
        if pair and pair not in pairs and pair[::-1] not in pairs:
            pairs.append(pair)
    return pairs or _likeliest_pair(scene, _LIKELY)


def _likeliest_pair(scene: Scene, least: float, before: int | None = None) -> list[tuple[str, str]]:
    """The two people whom the model finds meant to be brought together, of those named up to the word ``before``."""
    likely: dict[str, float] = {}
    for mention in scene.mentions:
        if mention.first not in scene.gone and (before is None or mention.first < before):
            found = scene.reading.introduced(*scene.place(mention))
            likely[mention.name] = max(found, likely.get(mention.name, found))
    two = sorted(likely, key=lambda name: -likely[name])[:2]
    if len(two) < 2 or likely[two[1]] < least:
        return []
    one, other = sorted(two, key=list(likely).index)
    return [(one, other)]


def pair_in(scene: Scene, told: Told) -> tuple[str, str] | None:
    """The two people whom a clause wants to connect."""
    if phrases("introductions", "patterns", "never").find(told.line):
        return None
    wanted = phrases("introductions", "patterns", "wanted").find(told.line)
    if wanted:
        one, two = _number(wanted, "one"), _number(wanted, "two")
        if one is not None and two is not None:
            return _pair(scene, [one, two])
    both = phrases("introductions", "patterns", "both").find(told.line)
    if both is None:
        return None
    if likely := _likeliest_pair(scene, _NOT_UNLIKELY, told.clause.last):
        return likely[0]
    group = _number(both, "both")
    if group is not None and len(scene.names(group)) == 2:
        first, second = scene.names(group)
        return first, second
    bringing = both.match.group().startswith(tuple(word_set("introductions", "patterns", "bringing")))
    if group is not None and not bringing:
        return None
    return _pair(scene, _last_two(scene, told))


def _last_two(scene: Scene, told: Told) -> list[int]:
    """The two people spoken of last, up to this clause."""
    found: list[int] = []
    for other in reversed(scene.told[: told.number + 1]):
        for item in reversed(other.line.text.split()):
            if item.startswith("@") and len(scene.names(int(item[1:]))) == 1 and int(item[1:]) not in found:
                found.append(int(item[1:]))
            if len(found) == 2:
                return found[::-1]
    return found[::-1]


def _pair(scene: Scene, numbers: list[int]) -> tuple[str, str] | None:
    names = [scene.names(n) for n in numbers]
    if len(names) == 2 and all(len(n) == 1 for n in names) and names[0] != names[1]:
        return names[0][0], names[1][0]
    return None


def _number(found: Found, piece: str) -> int | None:
    return found.person(piece)
