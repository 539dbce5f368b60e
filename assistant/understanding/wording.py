"""A clause said again so that it stands alone: names for pronouns, "you" for "I", short forms spelled out."""

from __future__ import annotations

from assistant.understanding.calendarwords import calendar_words
from assistant.understanding.language import load, word_set
from assistant.understanding.lexicon import all_roles
from assistant.understanding.phrases import Line
from assistant.understanding.scene import Scene


def stand_alone(scene: Scene, line: Line, first: int = 0, last: int | None = None, openers: bool = True) -> str:
    """The line's items ``first:last`` as a sentence, without words like "so" that open it if ``openers``."""
    items = line.text.split()[first:last]
    spans = line.spans[first:last]
    while openers and len(items) > 2 and _is_opener(items):
        items, spans = items[1:], spans[1:]
    pieces: list[str] = []
    seen: set[str] = set()
    dated = {d.last for d in scene.dates(spans[0][0], spans[-1][1])} if spans else set()
    for i, (item, span) in enumerate(zip(items, spans, strict=True)):
        if item == "'s" and span[0] == span[1]:  # of "his" or "her"
            pieces[-1:] = [f"{pieces[-1]}'s"] if pieces and pieces[-1][:1].isupper() else pieces[-1:]
            continue
        pieces.append(_piece(scene, items, i, item, span, seen))
        mark = scene.words[span[1] - 1].mark if span[1] > span[0] else ""
        if i < len(items) - 1 and (mark == "," or (span[1] in dated and not seen and items[i + 1].startswith("@"))):
            pieces[-1] += ","
    text = " ".join(p for p in pieces if p)
    for apart, joined in load("wording")["joined"].items():
        text = text.replace(apart, joined)
    text = text.strip(" ,")
    return text[:1].upper() + text[1:] + "." if text else ""


def _is_opener(items: list[str]) -> bool:
    """Whether the first word only opens what is said: "so", but not in "so far"."""
    return items[0] in word_set("wording", "words", "drop_first") and not stays_open(items[0], items[1])


def stays_open(opener: str, word: str) -> bool:
    """Whether an opener before this word says something: "so far", "that's how he came"."""
    points = opener in word_set("wording", "words", "pointing") and word in word_set("memories", "verbs")
    return points or word in word_set("wording", "words", "after_opener")


def _piece(scene: Scene, items: list[str], i: int, item: str, span: tuple[int, int], seen: set[str]) -> str:
    if item.startswith("@"):
        return _person(scene, items, i, item, span, seen)
    if item == "'s":
        return _possessive_or_verb(items, i, _after_pronoun(scene, span))
    spoken = load("wording")
    if _in_title(scene, items, i, span):
        return _as_written(scene, span)
    if item in spoken["speaker"] and not (item == "i" and items[i - 1 : i] == ["of"]):  # "U of I"
        return str(spoken["speaker"][item])
    if item in spoken["contractions"]:
        return str(spoken["contractions"][item])
    if item == "'d":
        done = word_set("wording", "words", "has_before") - word_set("wording", "words", "same_forms")
        return "had" if done.intersection(items[i + 1 : i + 2]) else "would"
    if item == "was" and i and items[i - 1] == "i":
        return "were"
    return _as_written(scene, span) if span[1] > span[0] else item


def _in_title(scene: Scene, items: list[str], i: int, span: tuple[int, int]) -> bool:
    """Whether a word belongs to a title: "My Brilliant Friend"."""
    if (
        items[i] not in load("wording")["speaker"]
        or items[i] == "i"
        or span[1] <= span[0]
        or span[1] >= len(scene.words)
    ):
        return False
    word, follow = scene.words[span[0]], scene.words[span[1]]
    return word.capital and not word.first and follow.capital and not word.mark


def _as_written(scene: Scene, span: tuple[int, int]) -> str:
    """The word, with the stop of an abbreviation: "St. Gertrude's"."""
    word = scene.words[span[0]]
    stop = word.plain in word_set("words", "nouns", "abbreviations") and scene.text[word.end : word.end + 1] == "."
    return f"{word.text}." if stop else word.text


def _person(scene: Scene, items: list[str], i: int, item: str, span: tuple[int, int], seen: set[str]) -> str:
    """The name the first time; later the pronoun that was said."""
    figure = scene.cast.figures[int(item[1:])]
    said = scene.words[span[0]].plain if span[1] > span[0] else ""
    pronoun = any(said in word_set("words", "pronouns", kind) for kind in ("he", "she", "they"))
    if item in seen and pronoun:
        return said
    seen.add(item)
    return figure.shown


def _after_pronoun(scene: Scene, span: tuple[int, int]) -> bool:
    """Whether the "'s" stands after "he" or "she", where it is always "is" or "has"."""
    return span[0] > 0 and scene.words[span[0] - 1].plain in word_set("words", "pronouns", "subject")


def _possessive_or_verb(items: list[str], i: int, verb: bool) -> str:
    if not verb and not is_verb(items, i):
        return "'s"
    at = i + 1
    if items[at : at + 1] != ["been"] and _adverb(items, at) and _participle(items, at + 1):
        at += 1
    return "has" if _participle(items, at) else "is"


def is_verb(items: list[str], i: int) -> bool:
    """Whether the "'s" at ``i`` stands for "is" or "has" rather than for whose something is."""
    before = items[i - 1] if i else ""
    follow = items[i + 1] if i + 1 < len(items) else ""
    if before.startswith("@") and _is_object(items, i - 1):
        return False
    if before in word_set("wording", "words", "before_is"):
        return True
    if not follow or is_thing(items, i + 1):
        return False
    known = follow in word_set("wording", "words", "is_before") | word_set("wording", "words", "feelings")
    data = calendar_words()
    if not before.startswith("@") and (follow in data["months"] or follow in data["weekdays"]):
        return True  # "her last day's May 29th"
    if known or _adverb(items, i + 1) or _participle(items, i + 1) or follow.endswith("ing"):
        return True
    if not before.startswith("@") or not follow.startswith("@"):
        return False
    return items[i + 2 : i + 3] == ["'s"] or not word_set("clauses", "verbs").intersection(items[i + 2 : i + 3])


def _is_object(items: list[str], i: int) -> bool:
    """Whether the person at ``i`` does nothing there: "at his son Martin's for lunch", "keep Walter's drill"."""
    while i > 2 and items[i - 1] in all_roles() and items[i - 2] == "'s" and items[i - 3].startswith("@"):
        i -= 3
    return i > 0 and items[i - 1] in word_set("wording", "words", "before_owner")


def with_speaker(text: str) -> str:
    """ "Met Joan at the gym." as "You met Joan at the gym."; with nobody who did it, it was the speaker."""
    first = text.split(" ")[0]
    bare = first.lower() in word_set("wording", "words", "bare_verbs")
    return f"You {first.lower()}{text[len(first) :]}" if bare else text


def is_thing(items: list[str], i: int) -> bool:
    """Whether at ``i`` stands a thing that someone has: "'s wedding", "'s opening got moved", "'s old dog"."""
    word, follow = items[i], items[i + 1] if i + 1 < len(items) else ""
    if follow in all_roles() | word_set("words", "nouns", "pets") and word in word_set("wording", "words", "is_before"):
        return word not in word_set("wording", "words", "no_quality")
    if word in word_set("wording", "words", "things"):
        return True
    if not word.endswith("ing"):
        return False
    farewell = word in word_set("wording", "words", "leaving")
    if farewell and not word_set("wording", "words", "occasions").isdisjoint(items[i + 1 : i + 3]):
        return True
    return follow in word_set("clauses", "verbs") - word_set("wording", "words", "no_verbs")


def _adverb(items: list[str], i: int) -> bool:
    return i < len(items) and items[i] in word_set("wording", "words", "adverbs")


def _participle(items: list[str], i: int) -> bool:
    """Whether "has" stands before the word at ``i``: "moved", and "wrecked the car", but not "wrecked" alone."""
    word = items[i] if i < len(items) else ""
    follow = items[i + 1] if i + 1 < len(items) else ""
    if word in word_set("wording", "words", "feelings"):
        return follow.startswith("@") or follow in word_set("wording", "words", "before_object")
    if word in word_set("wording", "words", "has_before"):
        return True
    regular = word.endswith("ed") and word not in word_set("wording", "words", "no_participles")
    return regular and follow not in word_set("wording", "words", "after_state")
