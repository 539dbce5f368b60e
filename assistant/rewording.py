"""An answer in more natural words, by a language model where one is set: the same words, joined as people join them.

Nothing of a model's wording is taken on trust. It has to have our words, all of them and no others, in our order, so
no name, number, day, place, "not" or "you told me" can be added, lost or moved; else our own wording is spoken.
"""

from __future__ import annotations

import json
import logging
import re
import tomllib
from asyncio import to_thread
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ValidationError

from assistant.intents.asked import Deed
from assistant.intents.reading import known_people
from assistant.llm import ModelAway, ModelUnfit, Ollama
from assistant.tone import unkind
from assistant.understanding.heard import content_words
from assistant.understanding.lexicon import all_roles, given_names
from assistant.understanding.words import plain_words, read_words
from memory import memories
from memory.database import Database
from memory.records import Capture

log = logging.getLogger(__name__)
SECONDS = 2.5  # that a reply waits for the model, at most
REST = timedelta(minutes=3)  # in which a model that did not answer is not asked again
_MORE = 40  # characters that its wording may be longer than ours
_LONGEST_WORD = 40  # characters; a longer one is none that is spoken

# Phrases that answer a question. A reply with another in it, gentle, asking back or confirming, stays as it is.
_ANSWERING = """
    prep_last_time prep_last_met prep_memories prep_passed prep_of_each prep_introduction prep_reminder
    prep_ask_plan prep_ask_new prep_ask_passed prep_new prep_new_work prep_new_party prep_new_parent prep_new_neighbour
    recall_found recall_over recall_aged recall_day recall_no_day recall_first recall_then count last_contact_found
    briefing_start briefing_today briefing_ahead briefing_introduction upcoming_found reconnect_found reconnect_welcome
    introduce_open introduce_common introduce_both introduce_each introduce_alike introduce_said
    introduce_said_of_each introduce_opener introduce_tell_each introduce_through introduce_bridge
"""
ANSWERS = frozenset(_ANSWERING.split())


class _Worded(BaseModel):
    text: str


class Rewording:
    """Words answers by one model. ``seconds``: how long each may take."""

    def __init__(self, model: Ollama, seconds: float = SECONDS) -> None:
        self._model = Ollama(model.name, model.url, seconds)
        self._rests_until: datetime | None = None

    async def of(self, ours: str, done: Deed, capture: Capture, db: Database, now: datetime) -> str:
        """What to say for ``ours``, the reply to a capture: the model's wording if it says the same, else ``ours``."""
        resting = self._rests_until is not None and now < self._rests_until
        if resting or not _answers(done) or await to_thread(_is_private, ours, db):
            return ours
        try:
            theirs = await self._ask(ours, capture.text or "")
        except (ModelAway, ModelUnfit) as err:
            log.warning("%s Answers stay in Fondly's own words for some minutes.", err)
            self._rests_until = now + REST
            return ours
        names = [name for p in await to_thread(known_people, db) for name in (p.name, *p.also)]
        return theirs if says_the_same(theirs, ours, names) else ours

    async def _ask(self, ours: str, question: str) -> str:
        words = json.dumps({"question": question, "answer": ours}, ensure_ascii=False)
        said = await self._model.answer(_language()["instructions"], words, _Worded.model_json_schema())
        try:
            return " ".join(_Worded.model_validate_json(said).text.split())
        except ValidationError as err:
            raise ModelUnfit(f"{self._model.name} did not answer in the form it was asked for.") from err


def says_the_same(theirs: str, ours: str, names: Iterable[str]) -> bool:
    """Whether ``theirs`` may be spoken for ``ours``. ``names``: of the people known."""
    if len(theirs) > len(ours) + _MORE or any(len(word) > _LONGEST_WORD for word in theirs.split()):
        return False
    if unkind(theirs) or _marks(theirs) != _marks(ours):
        return False
    called = given_names().union(*(plain_words(name) for name in names))
    return _follows(_bound(theirs, called), _bound(ours, called))


def _answers(done: Deed) -> bool:
    said = {line.phrase for line in done.lines}
    return bool(said) and said <= ANSWERS and not done.expects_answer and not done.tells


def _is_private(ours: str, db: Database) -> bool:
    """Whether something sensitive that was told is said in it."""
    said = content_words(ours)
    private = [content_words(text) for m in memories.sensitive(db) for text in (m.text, m.evidence)]
    return any(words and words <= said for words in private)


def _marks(text: str) -> list[str]:
    """The marks that say something: "?", "%", "-5"."""
    return [c for c in text if not c.isalnum() and not c.isspace() and c not in _language()["points"]]


def _bound(text: str, called: frozenset[str]) -> list[str]:
    """The words that have to be there, in full; a name as "@joan_mbeki", and "you told me", however worded, as "@"."""
    full, words, joins = _language()["full"], list[str](), False
    for word in read_words(text):
        if not (word.capital and word.plain in called):
            words.append(full.get(word.plain, word.plain))
        elif joins and words[-1].startswith("@"):
            words[-1] += f"_{word.plain}"
        else:
            words.append(f"@{word.plain}")
        joins = not word.mark
    told = re.sub(rf"(?<!\S){_language()['told']}(?!\S)", "@", " ".join(words))
    return [word for word in told.split() if word not in _language()["free"].split()]


def _follows(theirs: Sequence[str], ours: Sequence[str]) -> bool:
    """Whether they are the same words in the same order, but for a name where nobody else was spoken of before it."""
    spoken_of: set[str] = set()  # since the last "you told me"
    at = 0
    for word, after in zip(ours, [*ours[1:], ""], strict=True):
        if at < len(theirs) and _same(theirs[at], word):
            at += 1
        elif after == "'s" or not _is_only_one(word, spoken_of):
            return False
        if word == "@":
            spoken_of = set()
        elif word.startswith("@") or word in all_roles() | {"you"}:
            spoken_of.add(word)
    return at == len(theirs)


def _is_only_one(word: str, spoken_of: set[str]) -> bool:
    """Whether it is a name, perhaps the first name only, of the one person spoken of so far."""
    return word.startswith("@") and len(spoken_of) == 1 and all(f"{one}_".startswith(f"{word}_") for one in spoken_of)


def _same(theirs: str, ours: str) -> bool:
    return theirs == ours or (theirs, ours) == ("'s", "is")


@cache
def _language() -> dict[str, Any]:
    return tomllib.loads((Path(__file__).parent / "rewording.en.toml").read_text(encoding="utf-8"))
