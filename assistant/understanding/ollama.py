"""Understanding with a language model's help: what it is asked, with the rules' draft to start from.

What of its answer may be believed is grounding.py's business; nothing is kept or said before it went through it.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import datetime
from functools import lru_cache
from typing import Any

from pydantic import ValidationError

from assistant.llm import ModelUnfit, Ollama
from assistant.understanding.claims import Answer
from assistant.understanding.grounding import ground
from assistant.understanding.language import load
from assistant.understanding.meaning import KnownPerson, Meaning

MOST_CHARACTERS = 8_000  # of one utterance; a longer one keeps the rules' reading
_MOST_PEOPLE = 200  # known people that are listed for the model, those in the utterance first


async def read_again(text: str, now: datetime, people: Sequence[KnownPerson], draft: Meaning, model: Ollama) -> Meaning:
    """What ``text`` means, where the model knows better than the rules' ``draft``; no claim without its words.

    Raises ModelAway when the model cannot be asked now, ModelUnfit when its answer is of no use.
    """
    if len(text) > MOST_CHARACTERS:
        return draft
    said = await model.answer(load("ollama")["instructions"], _words(text, now, people, draft), _schema())
    try:
        answer = Answer.model_validate_json(said)
    except ValidationError as err:
        raise ModelUnfit(f"{model.name} did not answer in the form it was asked for.") from err
    return ground(answer, text, now, people, draft)


@lru_cache
def _schema() -> dict[str, Any]:
    return Answer.model_json_schema(mode="serialization")


def _words(text: str, now: datetime, people: Sequence[KnownPerson], draft: Meaning) -> str:
    heard = text.casefold()
    near = sorted(
        people, key=lambda p: not any(part in heard for n in (p.name, *p.also) for part in n.casefold().split())
    )
    known = [{"name": p.name, "also": list(p.also)} for p in near[:_MOST_PEOPLE]]
    said = {"note": text, "now": now.strftime("%A %Y-%m-%dT%H:%M"), "people": known, "draft": draft.to_json()}
    return json.dumps(said, ensure_ascii=False)
