"""Whether a short reply to a question of ours is a yes or a no."""

from __future__ import annotations

from functools import lru_cache

from assistant.understanding.language import load
from assistant.understanding.words import plain_words

_MOST_WORDS = 12  # a longer utterance says something of its own
_Phrase = tuple[str, ...]


def yes_or_no(text: str) -> bool | None:
    """True for "yes", "go on then", "please do"; False for "no", "leave it"; None where it is neither."""
    words = plain_words(text[:200])
    if not words or len(words) > _MOST_WORDS:
        return None
    answers = _said(words)
    return answers.pop() if len(answers) == 1 else None


def _said(words: _Phrase) -> set[bool]:
    """Every answer in the words; none at all where other words are among them."""
    found: set[bool] = set()
    i = 0
    while i < len(words):
        answer, length = _answer_at(words, i)
        if length == 0:
            return found if _refused_or_granted(words, found) else set()
        if answer is not None:
            found.add(answer)
        i += length
    return found


def _answer_at(words: _Phrase, i: int) -> tuple[bool | None, int]:
    """(the answer that begins here or None for mere politeness, how many words); length 0 for anything else."""
    for phrase, answer in _phrases():
        if words[i : i + len(phrase)] == phrase:
            return answer, len(phrase)
    return None, 0


def _refused_or_granted(words: _Phrase, found: set[bool]) -> bool:
    """ "No, I don't want that one": the answer came first, what follows only says it again."""
    return len(found) == 1 and len(words) <= 8 and words[0] in _openings()


@lru_cache
def _openings() -> frozenset[str]:
    return frozenset(load("answers")["openings"])


@lru_cache
def _phrases() -> tuple[tuple[_Phrase, bool | None], ...]:
    """All phrases with their answer, longest first; an answer before mere politeness of the same words."""
    table = load("answers")
    listed: list[tuple[_Phrase, bool | None]] = [(plain_words(p), True) for p in table["yes"]]
    listed += [(plain_words(p), False) for p in table["no"]]
    listed += [(plain_words(p), None) for p in table["around"]]
    return tuple(sorted(listed, key=lambda pair: (-len(pair[0]), pair[1] is None)))
