"""What two people share, as it is said of both, or to both."""

from __future__ import annotations

import re

from assistant.intents.reading import language
from assistant.phrasing import Line, line
from memory.threads import Thread


def shared(thread: Thread) -> Line:
    """As a reason why they should meet: "Omar and Lena: both restore clocks."."""
    names = {"one": thread.one.about[0].name, "other": thread.other.about[0].name}
    if thread.both is None:
        return line("introduce_alike", things=[thread.one.text, thread.other.text], **names)
    if _is_of_one(thread.both):
        return line("introduce_each", does=thread.both, **names)
    return line("introduce_both", does=_of_two(thread.both, "of_both"), **names)


def opener(thread: Thread) -> Line:
    """What one could say when they meet: "You could say: you both restore clocks."."""
    if thread.both is None or _is_of_one(thread.both):
        return line("introduce_tell_each", things=[thread.one.text, thread.other.text])
    return line("introduce_opener", does=_of_two(thread.both, "to_both"))


def _is_of_one(does: str) -> bool:
    """Whether it cannot be said of two in the same words: "is a beekeeper"."""
    return bool(re.match(language("introduce")["each"], does, re.IGNORECASE))


def _of_two(does: str, whose: str) -> str:
    """ "restores his clocks" as "restore their clocks", or "your clocks"."""
    table = language("introduce")
    words = [table[whose].get(word, word) for word in does.split()]
    verb = next((n for n, word in enumerate(words) if word.casefold() not in table["before_verb"].split()), 0)
    words[verb] = _plural(words[verb])
    return " ".join(words)


def _plural(verb: str) -> str:
    table = language("introduce")
    if verb in table["verbs"]:
        return str(table["verbs"][verb])
    fits = ((end, instead) for end, instead in table["endings"] if re.search(end, verb))
    return next((re.sub(end, instead, verb) for end, instead in fits), verb)
