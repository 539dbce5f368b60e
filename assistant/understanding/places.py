"""The place a clause names: after "in", "to", "at" or "from"."""

from __future__ import annotations

from assistant.understanding.calendarwords import calendar_words, ordinal
from assistant.understanding.clock import number_at
from assistant.understanding.language import load, word_set
from assistant.understanding.lexicon import all_roles
from assistant.understanding.scene import Scene


def place_in(scene: Scene, first: int, last: int) -> str | None:
    """The place named after "in", "to", "at" or "from"."""
    named = {i for m in scene.mentions for i in range(m.first, m.last)}
    leads = load("words")["nouns"]["leading_to_place"].split()
    articled: dict[str, str] = load("words")["nouns"]["articled_place"]
    best = None
    for i in range(first, last - 1):
        word = scene.words[i].plain
        begin = i + 2 if word in articled and scene.words[i + 1].plain == articled[word] else i + 1
        if word not in leads or begin in named or i in scene.gone:
            continue
        end = begin
        while end < last and scene.words[end].capital and end not in named and not _dated(scene.words[end].plain):
            end += 1
            if scene.words[end - 1].mark:
                break
        if end == i + 1 and not scene.cased and _could_be_place(scene, i + 1):
            return scene.words[i + 1].text.title()
        if end > begin and len(scene.said(begin, end)) > 1:
            rank = leads.index(word)
            if best is None or rank < best[0]:
                best = rank, scene.said(i + 1, end)
    return best[1] if best else None


def own_place(scene: Scene) -> str | None:
    """A place of the speaker's own, or one of many, as "home", "work" or "the market"."""
    nouns, words = load("words")["nouns"], [w.plain for w in scene.words]
    if nouns["home"] in words:
        return str(nouns["home"])
    for i, word in enumerate(words[:-1]):
        known = words[i + 1] in nouns["own_places"].split()
        if word in nouns["leading_to_own_place"].split() and (known or words[i + 1] in nouns["articles"].split()):
            end = i + 1
            while end < len(words) and words[end] not in nouns["after_own_place"].split() and not _dated(words[end]):
                end += 1
                if scene.words[end - 1].mark:
                    break
            return scene.said(i + 1, end) if known or end > i + 2 else None
    return None


def _could_be_place(scene: Scene, i: int) -> bool:
    """Whether a word of text without capitals can be a place."""
    word = scene.words[i].plain
    ordinary = word_set("words", "ordinary", "words") | word_set("words", "pronouns", "not_owned") | all_roles()
    short = len(word) < 4 or not word.isalpha()
    return not (short or _dated(word) or word in ordinary or ordinal(word) or number_at([word], 0))


def _dated(word: str) -> bool:
    data = calendar_words()
    return word in data["months"] or word in data["weekdays"] or word in word_set("words", "capitals", "no_place")
