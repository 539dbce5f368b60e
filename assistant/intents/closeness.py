"""How close someone is, and whom the speaker does not want to be reminded of: kept in the words it was said in."""

from __future__ import annotations

import dataclasses
import re
from functools import cache

from assistant.intents import follow_up
from assistant.intents.asked import Asked, Deed, deed
from assistant.intents.keeping import keep
from assistant.intents.reading import language
from assistant.phrasing import line
from assistant.understanding.meaning import Remembered
from assistant.understanding.rules import told_of_speaker
from memory import people


def act(asked: Asked) -> Deed | None:
    """Keeps what else was said with it, too. None: nothing was said of how close anyone is."""
    told = [one for sentence in re.split(r"(?<=[.!?;]) +", asked.words.strip()) if (one := _told(asked, sentence))]
    if not told:
        return None
    said = " ".join(one.evidence for one, _ in told)
    rest = [m for m in asked.meaning.memories if m.evidence.strip(".!; ") not in said]
    meaning = dataclasses.replace(asked.meaning, memories=(*(one for one, _ in told), *rest))
    names = tuple(dict.fromkeys((*meaning.people, *(one.about[0] for one, _ in told))))
    things = keep(dataclasses.replace(asked, meaning=dataclasses.replace(meaning, people=names)))
    apart = [one.about[0] for one, which in told if which == "apart"]
    return deed(line("let_be", name=apart[0]) if apart else line("kept", things=things))


def _told(asked: Asked, sentence: str) -> tuple[Remembered, str] | None:
    sentence = sentence.rstrip(".!;? ")
    if topic := follow_up.topic(asked) if re.match(language("closeness")["we"], sentence, re.IGNORECASE) else None:
        with_name = language("closeness")["we_are"].replace("{name}", topic)
        sentence = re.sub(language("closeness")["we"], lambda _: with_name, sentence, flags=re.IGNORECASE)
    for which in ("apart", "together", "close_no_more", "close"):
        for pattern in _patterns(which):
            if (said := pattern.fullmatch(sentence)) and (name := _name(asked, said["name"])):
                words = f"{told_of_speaker(said['rest'], asked.now).rstrip('.')}."
                text = language("closeness")[which].get("text", words).replace("{name}", name)
                return Remembered((name,), "fact", text, sentence, sensitive=which != "close"), which
    return None


def _name(asked: Asked, said: str) -> str | None:
    """Whom a word means: someone known, or someone whom understanding takes for a person."""
    known = people.find(asked.db, said)
    return known.name if known else next((n for n in asked.meaning.people if n == said), None)


@cache
def _patterns(which: str) -> list[re.Pattern[str]]:
    table = language("closeness")
    slots = {"{name}": f"(?P<name>(?-i:{table['name']}))", "{again}": table["again"]}
    found = []
    for text in table[which]["patterns"]:
        for slot, pattern in slots.items():
            text = text.replace(slot, pattern)
        found.append(re.compile(f"(?i:{table['opener']})(?P<rest>(?i:{text}))"))
    return found
