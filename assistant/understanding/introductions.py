"""Pairs of people whom the speaker wants to connect."""

from __future__ import annotations

from assistant.understanding.phrases import Found, phrases
from assistant.understanding.scene import Scene, Told

_LIKELY = 0.5  # the logit from which on someone is meant to be introduced


def introductions(scene: Scene) -> list[tuple[str, str]]:
    pairs: list[tuple[str, str]] = []
    for told in scene.told:
        pair = pair_in(scene, told)
        if pair and pair not in pairs and pair[::-1] not in pairs:
            pairs.append(pair)
    return pairs or _likely_pair(scene)


def _likely_pair(scene: Scene) -> list[tuple[str, str]]:
    """The two people whom the model finds meant to be brought together, where no pattern fits."""
    likely = {
        m.name: None
        for m in scene.mentions
        if m.first not in scene.gone and scene.reading.introduced(*scene.place(m)) > _LIKELY
    }
    return [(next(iter(likely)), list(likely)[1])] if len(likely) == 2 else []


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
    group = _number(both, "both")
    if group is not None and len(scene.names(group)) == 2:
        first, second = scene.names(group)
        return first, second
    if group is not None and not both.match.group().startswith(("introduc", "connect", "link")):
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
