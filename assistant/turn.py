"""The way of one spoken note, stage by stage: wake, listen, keep, transcribe, understand, act, phrase, speak.

Each stage takes values and returns a value. Nothing is acknowledged before it is durable: from ``keep`` on, a
capture that a crash leaves unfinished is finished by ``finish_captures`` at the next start.
"""

from __future__ import annotations

import dataclasses
import time
from asyncio import to_thread
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from typing import TypeVar

import numpy as np

from assistant.engines import Engines
from assistant.intents import follow_up
from assistant.intents.asked import Asked, Deed
from assistant.intents.reading import known_people
from assistant.intents.table import respond
from assistant.phrasing import Reply, line, phrase
from assistant.understanding.known import spoken_names
from assistant.understanding.meaning import Meaning
from assistant.understanding.rules import understand
from memory import captures, questions, reminders
from memory.database import Database
from memory.errors import MeaningUnavailable
from memory.records import Capture
from memory.vectors import Vectors
from satellites.satellite import Satellite, Turn
from speech.audio import RATE_HZ, AudioChunk, AudioFormat, decode_pcm, encode_pcm, silence
from speech.endpoint import Endpointer, EndpointSettings, State
from speech.stt import Utterance
from speech.vad import FRAME_SECONDS
from speech.wake import LATEST_SECONDS, Detection

T = TypeVar("T")
_SPOOL_SECONDS = 0.5  # of sound may be lost to a power cut while someone is speaking


@dataclass(frozen=True, slots=True)
class Parts:
    """What a turn is made with."""

    engines: Engines
    db: Database
    vectors: Vectors
    clock: Callable[[], datetime]


@dataclass(frozen=True, slots=True)
class Stage:
    """A stage that is over: what it returned, and how long it took."""

    name: str
    value: object
    milliseconds: float


Watch = Callable[[Stage], None]


@dataclass(frozen=True, slots=True)
class Woken:
    """``detection`` is None when no wake word was listened for; ``rest``: the sound already heard after it."""

    detection: Detection | None
    rest: AudioChunk


@dataclass(frozen=True, slots=True)
class Taken:
    """A turn that was taken. ``words`` is None, and so is the rest, when there were none in the sound."""

    capture_id: int
    words: str | None
    meaning: Meaning | None
    reply: Reply | None


async def take_turn(turn: Turn, parts: Parts, watch: Watch | None = None) -> Taken | None:
    """One turn, from sound to a reply that has been heard. None: the wake word, or any word, did not come."""
    stage = _Stages(watch)
    woken = await stage("wake", wake(turn, parts))
    if woken is None:
        return None
    capture_id = await stage("listen", listen(turn, woken.rest, parts))
    if capture_id is None:
        return None
    capture = await stage("keep", to_thread(captures.keep, parts.db, capture_id))
    return await answer(capture, parts, stage, turn.satellite)


async def take_words(text: str, satellite: str, parts: Parts, watch: Watch | None = None) -> Taken:
    """One turn that came as words and is answered in words."""
    stage = _Stages(watch)
    keeping = to_thread(captures.keep_text, parts.db, text, parts.clock(), satellite)
    return await answer(await stage("keep", keeping), parts, stage, None)


async def finish_captures(left: Sequence[Capture], parts: Parts, watch: Watch | None = None) -> list[Taken]:
    """Finishes what a crash left unfinished, in silence: half a sentence that was heard is kept, too."""
    finished = []
    for capture in left:
        if capture.text is None and not await to_thread(captures.sound, parts.db, capture.id):
            await to_thread(captures.discard, parts.db, capture.id)
            continue
        kept = await to_thread(captures.keep, parts.db, capture.id)
        finished.append(await answer(kept, parts, _Stages(watch), None, aloud=False))
    return finished


async def answer(
    capture: Capture, parts: Parts, stage: _Stages, satellite: Satellite | None, aloud: bool = True
) -> Taken:
    """From a durable capture to the end of the turn. ``aloud`` False: nobody is there to hear the reply."""
    if capture.text is None:
        utterance = await stage("transcribe", transcribe(capture, parts))
        if not utterance.text:
            await to_thread(captures.finish, parts.db, capture.id, "unclear")
            return Taken(capture.id, None, None, None)
        capture = await to_thread(captures.set_text, parts.db, capture.id, utterance.text)
    meaning = await stage("understand", understand_capture(capture, parts))
    done = await stage("act", act(capture, meaning, parts))
    reply = await stage("phrase", say(capture, done, parts))
    if aloud and satellite:
        await stage("speak", satellite.play(speech(reply.text, parts)))
    if aloud:
        await to_thread(_tell, parts.db, done, parts.clock())
    with suppress(MeaningUnavailable):  # embedded later; until then words find it
        await to_thread(parts.vectors.embed_next, parts.db)
    return Taken(capture.id, capture.text, meaning, reply)


async def wake(turn: Turn, parts: Parts) -> Woken | None:
    """Waits for the wake word. None: the sound ended without it."""
    if turn.memo or turn.wake_phrase:
        return Woken(None, silence(0))
    stream = await to_thread(parts.engines.wake.engine.listen)
    recent = silence(0).samples
    async for chunk in turn.audio:
        recent = np.concatenate((recent, chunk.samples))[-round(LATEST_SECONDS * RATE_HZ) :]
        if detection := await to_thread(stream.hear, chunk.samples):
            return Woken(detection, AudioChunk(recent[len(recent) - detection.samples_after :]))
    return None


async def listen(turn: Turn, rest: AudioChunk, parts: Parts) -> int | None:
    """Spools what is said, while it is said, until it has ended: the id of its capture. None: nobody spoke."""
    capture_id = await to_thread(captures.begin, parts.db, parts.clock(), turn.satellite.name)
    voice = await to_thread(parts.engines.vad.engine.listen)
    endpointer = Endpointer(_patience(turn, parts.engines.endpoint))
    unsaved = [rest]
    async for chunk in turn.audio:
        unsaved.append(chunk)
        for probability in await to_thread(voice.hear, chunk.samples):
            endpointer.hear(probability, FRAME_SECONDS)
        if sum(c.seconds for c in unsaved) >= _SPOOL_SECONDS:
            await _spool(parts.db, capture_id, unsaved)
        if endpointer.finished:
            break
    await _spool(parts.db, capture_id, unsaved)
    if endpointer.finish() is State.NOTHING_HEARD:
        await to_thread(captures.discard, parts.db, capture_id)
        return None
    return capture_id


async def transcribe(capture: Capture, parts: Parts) -> Utterance:
    """The words of a capture's sound; the names of the people known help to hear them."""

    def work() -> Utterance:
        samples = decode_pcm(captures.sound(parts.db, capture.id), AudioFormat())
        return parts.engines.stt.engine.transcribe(samples, spoken_names(known_people(parts.db)))

    return await to_thread(work)


async def understand_capture(capture: Capture, parts: Parts) -> Meaning:
    """What its words mean, to someone who knows these people."""

    def work() -> Meaning:
        topic = follow_up.topic(Asked(Meaning("other"), capture, parts.db, parts.vectors))
        return understand(capture.text or "", capture.heard_at.astimezone(), known_people(parts.db), topic)

    return await to_thread(work)


async def act(capture: Capture, meaning: Meaning, parts: Parts) -> Deed:
    """Does what was meant, wholly or not at all, and once: the capture is finished in the same transaction."""
    asked = Asked(meaning, capture, parts.db, parts.vectors)

    def work() -> Deed:
        with parts.db.transaction():
            question = questions.take(parts.db, asked.now)
            done = _with_what_is_due(asked, respond(asked, question))
            captures.finish(parts.db, capture.id, "done")
        return done

    return await to_thread(work)


async def say(capture: Capture, done: Deed, parts: Parts) -> Reply:
    """The reply's words."""
    now = capture.heard_at.astimezone()
    reply = Reply(phrase(done.lines, now), done.expects_answer)
    await to_thread(captures.set_reply, parts.db, capture.id, reply.text)
    return reply


async def speech(text: str, parts: Parts) -> AsyncIterator[AudioChunk]:
    """The sound of a text, sentence by sentence."""
    if not text:
        return
    chunks = parts.engines.tts.engine.speak(text)
    while (chunk := await to_thread(next, chunks, None)) is not None:
        yield chunk


def _with_what_is_due(asked: Asked, done: Deed) -> Deed:
    """A reminder that no satellite could say is offered with the next reply."""
    waiting = [r for r in reminders.due(asked.db, asked.now) if r.id not in done.tells]
    if not waiting or done.expects_answer or not done.lines:
        return done
    first = waiting[0]
    return Deed((*done.lines, line("reminder", text=first.text)), tells=(*done.tells, first.id))


def _tell(db: Database, done: Deed, now: datetime) -> None:
    for reminder_id in done.tells:
        reminders.told(db, reminder_id, now)


def _patience(turn: Turn, settings: EndpointSettings) -> EndpointSettings:
    if not turn.memo:
        return settings
    longest = settings.max_seconds
    return dataclasses.replace(settings, silence_seconds=longest, start_seconds=longest / 2)


async def _spool(db: Database, capture_id: int, unsaved: list[AudioChunk]) -> None:
    if unsaved:
        pcm = b"".join(encode_pcm(chunk.samples) for chunk in unsaved)
        unsaved.clear()
        await to_thread(captures.add_sound, db, capture_id, pcm)


class _Stages:
    """Times each stage and tells whoever watches, once it is over."""

    def __init__(self, watch: Watch | None) -> None:
        self._watch = watch

    async def __call__(self, name: str, work: Awaitable[T]) -> T:
        started = time.perf_counter()
        value = await work
        if self._watch:
            self._watch(Stage(name, value, (time.perf_counter() - started) * 1000))
        return value
