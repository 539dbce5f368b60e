"""What an utterance wants: one of the intents."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

from assistant.understanding.cues import likely_intent
from assistant.understanding.language import load
from assistant.understanding.meaning import Intent
from assistant.understanding.phrases import Line, Phrases, macros_of, make_line
from assistant.understanding.scene import Scene

_LONG = 60  # words; longer utterances are notes unless they end in a question


def request_in(scene: Scene, reminds: bool) -> Intent | None:
    """The intent that a pattern shows; None where the utterance only tells something.

    ``reminds``: it asks for a reminder, so that mere likeness to another request counts for nothing.
    """
    lines = sentence_lines(scene)
    if _patterns("telling", "patterns").find(lines[0][0]):
        return None
    whole = _whole(scene)
    words = whole.text.count(" ")
    for intent in load("requests")["order"]:
        table = load("requests")[intent]
        if words > table.get("short", _LONG) or _denied(intent, lines):
            continue
        if _fits_whole(intent, whole):
            return _as_intent(intent)
    for intent in load("requests")["order"]:
        table = load("requests")[intent]
        if words > table.get("short", _LONG) or _denied(intent, lines):
            continue
        for line, asked in lines:
            if table.get("question") and not (asked or _asks(line)):
                continue
            if _patterns(intent, "any").find(line) or (intent == "prep" and _prepares(line, lines)):
                return _as_intent(intent)
    return None if reminds else _as_intent(_fallback(scene, lines, words))


def _fallback(scene: Scene, lines: Sequence[tuple[Line, bool]], words: int) -> str | None:
    """What a question, or a short utterance that tells nothing of anyone, is likely to be."""
    shaped = [(line, asked or _asks(line)) for line, asked in lines]
    if any(asked for _, asked in shaped[-1:]) and words < _LONG:
        guess = likely_intent(shaped)
        return "recall" if scene.people and guess in {None, "find", "help", "other"} else guess or "other"
    return likely_intent(shaped, _COMMANDS) if words < 14 and not scene.people else None


_COMMANDS = frozenset({"undo", "done", "snooze", "repeat", "stop", "other", "briefing", "help", "correct", "presence"})


def sentence_lines(scene: Scene) -> list[tuple[Line, bool]]:
    """Each sentence's line, and whether it ends as a question."""
    found = []
    for number in dict.fromkeys(t.clause.sentence for t in scene.told):
        told = [t for t in scene.told if t.clause.sentence == number]
        found.append((_joined([t.line for t in told]), any(t.clause.asked for t in told)))
    return found


def is_question(scene: Scene) -> bool:
    return any(asked or _asks(line) for line, asked in sentence_lines(scene))


def _whole(scene: Scene) -> Line:
    return _joined(scene.lines())


def _joined(lines: Sequence[Line]) -> Line:
    return make_line((word, span) for line in lines for word, span in zip(line.text.split(), line.spans, strict=True))


def _asks(line: Line) -> bool:
    return bool(_question_words().find(line))


def _fits_whole(intent: str, whole: Line) -> bool:
    return bool(_patterns(intent, "whole").find(whole))


def _denied(intent: str, lines: Sequence[tuple[Line, bool]]) -> bool:
    never = _patterns(intent, "never")
    return any(never.find(line) for line, _ in lines)


def _prepares(line: Line, lines: Sequence[tuple[Line, bool]]) -> bool:
    """Whether a line says that a meeting is near, and something is asked beside it or nothing else is said."""
    if len(lines) == 1 and _patterns("prep", "alone").find(line):
        return True
    asks = _patterns("prep", "asks")
    near = _patterns("prep", "meeting").find(line)
    return near is not None and any(asked or asks.find(other) for other, asked in lines)


@lru_cache
def _patterns(intent: str, which: str) -> Phrases:
    patterns = load("requests")[intent].get(which, [])
    if which == "whole":
        patterns = [f"^{p}$" for p in patterns]
    return Phrases(patterns, macros_of("requests"))


@lru_cache
def _question_words() -> Phrases:
    return Phrases(load("requests")["question"]["patterns"], macros_of("requests"))


def _as_intent(name: str | None) -> Intent | None:
    if name is None:
        return None
    known: dict[str, Intent] = {
        "remind": "remind", "prep": "prep", "recall": "recall", "find": "find", "last_contact": "last_contact",
        "briefing": "briefing", "upcoming": "upcoming", "reconnect": "reconnect", "introduce": "introduce",
        "presence": "presence", "correct": "correct", "undo": "undo", "forget": "forget", "done": "done",
        "snooze": "snooze", "repeat": "repeat", "help": "help", "stop": "stop",
    }  # fmt: skip
    return known.get(name, "other")
