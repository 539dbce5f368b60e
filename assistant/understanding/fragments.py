"""Whether the words of a clause say something of someone, or are only part of a sentence."""

from __future__ import annotations

from itertools import pairwise

from assistant.understanding.language import word_set
from assistant.understanding.lexicon import all_roles
from assistant.understanding.wording import is_thing, is_verb


def has_verb(items: list[str]) -> bool:
    verbs = word_set("clauses", "verbs") - {"'s"}
    if any(item in verbs or (item.endswith(("ing", "ed")) and not is_thing(items, i)) for i, item in enumerate(items)):
        return True
    if any(a.startswith("@") and third_person(b) for a, b in pairwise(items)) or leaves_out_subject(items):
        return True
    if items[1:2] == ["the"] and items[0].startswith("@") and any(map(third_person, items[3:5])):
        return True  # "Sid the caretaker races"
    return any(item == "'s" and (is_verb(items, i) or not _owns(items, i)) for i, item in enumerate(items[:-1]))


def is_fragment(items: list[str]) -> bool:
    """Whether it says nothing of anyone: "same ovens, same conchas", "Tom in his white coat"."""
    if has_verb(items if any(item.startswith("@") for item in items) else _without_things(items)):
        return False
    if items[0] in word_set("clauses", "subjects"):
        return False
    people = [i for i, item in enumerate(items) if item.startswith("@")]
    if not people or people[0] > 2:
        return True
    after = people[0] + 1
    while items[after : after + 1] == ["and"] and after + 1 in people:
        after += 2
    while items[after : after + 1] == ["'s"]:  # "her parents live"
        after = next(
            (i + 1 for i in range(after + 1, min(after + 4, len(items))) if items[i] in all_roles()), len(items)
        )
    return after >= len(items) or items[after] in word_set("memories", "no_verbs")


def leaves_out_subject(items: list[str]) -> bool:
    """Whether it begins with what someone does, or just did: "Starts at Askham Bryan in September"."""
    return (bool(items) and items[0] in word_set("memories", "does")) or just_did(items)


def just_did(items: list[str]) -> bool:
    """Whether it begins with what someone just did: "Just moved here"."""
    lately = items[:1] and items[0] in word_set("memories", "lately")
    return bool(lately and items[1:]) and items[1] in word_set("memories", "did")


def _without_things(items: list[str]) -> list[str]:
    """Without words in "-ing" and "-ed" that open nothing: "third floor, my building" tells of nobody's doing."""
    return [item for i, item in enumerate(items) if i < 2 or not item.endswith(("ing", "ed"))]


def third_person(word: str) -> bool:
    """ "restores", as after a name; not "'s", "boss" or "kids"."""
    return word.endswith("s") and not word.endswith(("'s", "ss")) and len(word) > 3 and word not in all_roles()


def _owns(items: list[str], i: int) -> bool:
    """Whether the "'s" at ``i`` shows whose something is: a role or a mere name of a thing follows, to the end."""
    return is_thing(items, i + 1) or any(item in all_roles() for item in items[i + 1 : i + 4])
