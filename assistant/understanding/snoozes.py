"""When to come back to something, and to what."""

from __future__ import annotations

from assistant.understanding.dates import due_in
from assistant.understanding.language import word_set
from assistant.understanding.meaning import WantedReminder
from assistant.understanding.phrases import phrases
from assistant.understanding.reminders import action_text
from assistant.understanding.scene import Scene

_AGAIN = "Ask again."


def snoozed(scene: Scene) -> list[WantedReminder]:
    """One reminder if a time was said, none if not."""
    due = due_in(_words(scene), scene.now)
    if due is None:
        return []
    return [WantedReminder(_what(scene), scene.people, due)]


def _what(scene: Scene) -> str:
    """The clause that speaks of someone, from where it says what to do."""
    for told in reversed(scene.told):
        if any(item.startswith("@") for item in told.line.text.split()):
            found = phrases("reminders", "snoozed", "what").find(told.line)
            words = found.group("what") if found else None
            return action_text(scene, told, words or (told.clause.first, told.clause.last))
    return _AGAIN


def _words(scene: Scene) -> list[str]:
    """The plain words, without what is turned down ("not today") and with "give me an hour" as "in an hour"."""
    said: list[str] = []
    for told in scene.told:
        if not phrases("reminders", "snoozed", "refused").find(told.line):
            said += scene.plain(told.clause.first, told.clause.last)
    for i in range(len(said) - 1):
        if said[i] in word_set("reminders", "snoozed", "give") and said[i + 1] == "me":
            said[i], said[i + 1] = "", "in"
    return said
