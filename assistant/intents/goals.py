"""What the speaker would like with people, in their own words: kept, said again when asked for, let go by a word."""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Sequence
from datetime import timedelta

from assistant.intents.asked import Asked, Deed, deed
from assistant.intents.evidence import speakable
from assistant.intents.keeping import discretion, keep
from assistant.intents.reading import language
from assistant.phrasing import line
from assistant.understanding.rules import told_of_speaker
from memory import captures, goals
from memory.goals import Goal
from memory.slots import content

_FRESH = timedelta(minutes=2)
_MOST_TOLD = 3
_ASKED = ("asked", "asked_plans", "asked_all")


def act(asked: Asked) -> Deed | None:
    """None: nothing was said of such a wish."""
    return _asked_for(asked) or _let_go(asked) or _told(asked)


def _told(asked: Asked) -> Deed | None:
    """Keeps a wish, and what else was told beside it."""
    if asked.meaning.reminders or asked.meaning.introductions:
        return None
    for sentence in re.split(r"(?<=[.!?;]) +", asked.words.strip()):
        if wish := _wish(asked, sentence):
            rest = [m for m in asked.meaning.memories if m.about and m.evidence.strip(". ") not in sentence]
            meaning = dataclasses.replace(asked.meaning, memories=tuple(rest), people=())
            keep(dataclasses.replace(asked, meaning=meaning))
            kept = goals.keep(asked.db, asked.capture, wish, sentence, discretion(asked.words))
            return deed(line("goal_kept", wish=kept.wish))
    return None


def _wish(asked: Asked, sentence: str) -> str | None:
    """What is wished for, as said to the speaker: "make friends where you live"."""
    table = language("goals")
    sentence = re.sub(table["aside"], "", sentence.strip(), flags=re.IGNORECASE).rstrip(".!; ")
    if asked.words.strip().endswith("?") or re.search(table["not_a_wish"], sentence, re.IGNORECASE):
        return None
    if _fits(table["job_hunting"], sentence):
        return str(table["job_wish"])
    said = next((m for p in table["wants"] if (m := _fits(p, sentence))), None)
    looks = next((m for p in table["looks"] if (m := _fits(p, sentence))), None) if said is None else None
    found = said or looks
    if found is None or _names_someone(asked, found["wish"]) or not re.search(table["social"], found["wish"], re.I):
        return None
    told = told_of_speaker(found.group(), asked.now).rstrip(". ")
    words = len(found["wish"].split())
    wish = " ".join(told.split()[-words:])
    return table["looks_wish"].replace("{wish}", wish) if looks else wish


def _names_someone(asked: Asked, wish: str) -> bool:
    return any(re.search(rf"\b{re.escape(n.split(' ')[0])}\b", wish) for n in asked.meaning.people)


def _asked_for(asked: Asked) -> Deed | None:
    table = language("goals")
    patterns = {which: table[which].replace("{opener}", table["opener"]) for which in _ASKED}
    said = next((m for p in patterns.values() if (m := re.search(p, asked.words.strip(), re.IGNORECASE))), None)
    if said is None:
        return None
    some = said.groupdict().get("about")
    standing = goals.standing(asked.db)
    found = _about(standing, some) if some else standing
    told = speakable(g.memory for g in found)
    wishes = [g.wish for g in found if g.memory in told][:_MOST_TOLD]
    return deed(line("goal_known", wishes=wishes) if wishes else line("goal_none"))


def _let_go(asked: Asked) -> Deed | None:
    """Lets go the one wish that is meant. None: none is."""
    table = language("goals")
    words = asked.words.strip().rstrip(".!;? ")
    about = next((m["about"] for p in table["let_go"] if (m := _fits(p, words))), None)
    if about is None and not _fits(table["let_this_go"], words):
        return None
    standing, wanted = goals.standing(asked.db), _plain(about or "")
    meant = [g for g in standing if wanted and wanted <= _plain(g.wish)] if about else _just_said(asked, standing)
    if not meant:
        return None
    goals.let_go(asked.db, meant[0], asked.now.date())
    return deed(line("goal_gone"))


def _just_said(asked: Asked, standing: Sequence[Goal]) -> list[Goal]:
    """The one that was kept or told in the turn before."""
    before = captures.before(asked.db, asked.capture, asked.now - _FRESH)
    reply = (before.reply or "") if before else ""
    said = [g for g in standing if g.wish in reply]
    return said if len(said) == 1 else []


def _about(standing: Sequence[Goal], words: str) -> list[Goal]:
    """Those that have most of these words in them, the newest first."""
    wanted = _plain(words)
    shared = {g.memory.id: len(wanted & _plain(g.wish)) for g in standing}
    most = max(shared.values(), default=0)
    return [g for g in standing if most and shared[g.memory.id] == most]


def _plain(words: str) -> set[str]:
    same: dict[str, str] = language("goals")["same"]
    return {same.get(word, word) for word in content(words)}


def _fits(pattern: str, sentence: str) -> re.Match[str] | None:
    return re.fullmatch(language("goals")["opener"] + pattern, sentence, re.IGNORECASE)
