"""After the reply: a language model, where one is set, reads each note again, and what it knows better is kept.

One capture at a time, from the journal, so a restart loses none. Only memories come of it, and only unreviewed ones
change; without the model, or with one that answers nonsense, the rules' reading simply stands.
"""

from __future__ import annotations

import asyncio
import dataclasses
import logging
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass

from assistant.intents.keeping import as_told, keep_told
from assistant.intents.reading import known_people
from assistant.llm import ModelAway, ModelSlow, ModelUnfit, Ollama
from assistant.turn import Parts, understand_capture
from assistant.understanding.answers import yes_or_no
from assistant.understanding.heard import Heard, content_words
from assistant.understanding.meaning import Remembered
from assistant.understanding.ollama import read_again
from memory import captures, memories, people
from memory.database import Database
from memory.errors import MeaningUnavailable, StoreError
from memory.records import Capture, Memory, Person

log = logging.getLogger(__name__)
_MOST_TRIES = 12  # of one note that takes too long
_NOTHING_TO_KEEP = frozenset({"undo", "forget", "snooze", "repeat", "help", "stop"})


@dataclass(frozen=True, slots=True)
class Pauses:
    """Seconds between two looks at the journal, and after a model that did not answer: each pause twice the last."""

    look: float = 5.0
    first: float = 30.0
    longest: float = 900.0

    def after(self, failures: int) -> float:
        return min(self.longest, self.first * 2.0 ** min(failures - 1, 20)) if failures else 0.0


async def run_refining(parts: Parts, model: Ollama, pauses: Pauses | None = None) -> None:
    """Runs until cancelled."""
    pauses, failures = pauses or Pauses(), 0
    while True:
        try:
            if not await refine_next(parts, model):
                await asyncio.sleep(pauses.look)
            failures = 0
        except (ModelAway, StoreError) as err:
            if not failures:
                log.warning("%s Until then, what was understood at once stands.", err)
            failures += 1
            await asyncio.sleep(pauses.after(failures))


async def refine_next(parts: Parts, model: Ollama) -> bool:
    """Reads the capture that has waited longest again. False: none waits.

    Raises ModelAway, and the capture goes on waiting; after a ModelSlow it waits behind the others.
    """
    capture = await asyncio.to_thread(captures.next_to_refine, parts.db)
    if capture is None:
        return False
    try:
        found, named = await _read(capture, parts, model)
    except ModelSlow:
        await asyncio.to_thread(captures.took_too_long, parts.db, capture.id, _MOST_TRIES)
        raise
    except ModelUnfit as err:
        log.warning("%s", err)
        found, named = (), ()
    await asyncio.to_thread(keep_better, parts.db, capture, found, named)
    with suppress(MeaningUnavailable):  # embedded later; until then words find it
        await asyncio.to_thread(parts.vectors.embed_next, parts.db)
    return True


async def _read(capture: Capture, parts: Parts, model: Ollama) -> tuple[Sequence[Remembered], Sequence[str]]:
    """What the model finds in it, and whom the rules name; where there is nothing to keep, the model is not asked."""
    words = capture.text or ""
    draft = await understand_capture(capture, parts)
    if draft.intent in _NOTHING_TO_KEEP or yes_or_no(words) is not None:
        return (), ()
    known = await asyncio.to_thread(known_people, parts.db)
    meaning = await read_again(words, capture.heard_at.astimezone(), known, draft, model)
    return meaning.memories, draft.people


def keep_better(db: Database, capture: Capture, found: Sequence[Remembered], named: Sequence[str]) -> None:
    """Keeps what the better reading found, wholly or not at all. What was undone, forgotten or changed while the
    model was reading is left alone; changed words are read again. ``named``: whom the rules name in it.
    """
    with db.transaction():
        now = captures.get(db, capture.id)
        if now.state == "done" and now.text and now.text != capture.text:
            return
        if now.state == "done" and now.text:
            # Whom the rules named was known once the note was kept; who is not any more was renamed or forgotten.
            gone = {name for name in named if not people.called(db, name)}
            _merge(db, capture, [one for one in found if gone.isdisjoint(one.about)])
        captures.refined(db, capture.id)


def _merge(db: Database, capture: Capture, found: Sequence[Remembered]) -> None:
    heard = Heard(capture.text or "", capture.heard_at.astimezone(), (), ())
    there = memories.ever_from_capture(db, capture.id)
    bettered: set[int] = set()
    for one in found:
        near = [m for m in there if heard.overlap(m.evidence, one.evidence)]
        if not all(map(_is_open, near)):
            continue  # someone has looked at what these words say, or has taken it back
        alike = {m: count for m in near if m.id not in bettered and (count := _alike(db, m, one, capture))}
        if alike:
            same = max(alike, key=lambda m: alike[m])
            bettered.add(same.id)
            _put_better(db, capture, same, one, heard)
        elif not any(_says_as_much(m, one) for m in there if m.text != capture.text):
            _add(db, capture, one)


def _is_open(memory: Memory) -> bool:
    return memory.status == "pending" and memory.holds


def _alike(db: Database, memory: Memory, one: Remembered, capture: Capture) -> int:
    """How many words they have in common, names aside; 0 where they are about different people."""
    if memory.text == capture.text:
        return 1  # the words themselves were kept, for want of a meaning
    ids = {p.id for p in _known(db, one.about)}
    shared = any(p.id in ids or p.name in one.about for p in memory.about)
    names = content_words(" ".join((*one.about, *(n for p in memory.about for n in (p.name, *p.also)))))
    return len((content_words(memory.text) & content_words(one.text)) - names) if shared else 0


def _says_as_much(memory: Memory, one: Remembered) -> bool:
    return content_words(one.text) <= content_words(memory.text)


def _put_better(db: Database, capture: Capture, old: Memory, one: Remembered, heard: Heard) -> None:
    """What the old reading has and the new one lacks stays: a day, a place, that it is private, and its words."""
    better = dataclasses.replace(
        old,
        about=old.about or tuple(people.find_or_add(db, name, capture.id) for name in one.about),
        kind=one.kind,
        text=one.text,
        evidence=heard.joined(old.evidence, one.evidence),
        when=one.when or old.when,
        sensitive=one.sensitive or old.sensitive,
    )
    if better != old and _may_hold(db, capture, better):
        memories.put_better(db, better)


def _add(db: Database, capture: Capture, one: Remembered) -> None:
    if _may_hold(db, capture, as_told(db, capture, one)):
        keep_told(db, capture, one)


def _may_hold(db: Database, capture: Capture, memory: Memory) -> bool:
    """False where it contradicts what was reviewed, or what was told in this note or since."""
    return all(m.status == "pending" and m.kept_at < capture.heard_at for m in memories.rivals(db, memory))


def _known(db: Database, names: Sequence[str]) -> list[Person]:
    return [person for name in names if (person := people.find(db, name))]
