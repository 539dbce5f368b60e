"""The way of one spoken note, stage by stage: wake, listen, keep, transcribe, understand, act, phrase, speak.

Each stage takes values and returns a value. Nothing is acknowledged before it is durable: from ``keep`` on, a
capture that a crash leaves unfinished is finished by ``finish_captures`` at the next start.
"""

from __future__ import annotations

import asyncio
import dataclasses
import re
import time
from asyncio import to_thread
from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from typing import TypeVar

import numpy as np

from assistant.engines import Engines
from assistant.intents import catch_up, follow_up
from assistant.intents.asked import Asked, Deed
from assistant.intents.earshot import within_earshot
from assistant.intents.reading import known_people
from assistant.intents.table import respond
from assistant.phrasing import Reply, line, phrase
from assistant.rewording import Rewording
from assistant.triggers import table
from assistant.triggers.occasion import told
from assistant.triggers.standing import open_ones
from assistant.understanding.known import spoken_names
from assistant.understanding.meaning import Meaning
from assistant.understanding.rules import understand
from memory import captures, holding, memories, people, questions
from memory.database import Database
from memory.errors import MeaningUnavailable
from memory.records import Capture
from memory.vectors import Vectors
from satellites.satellite import Turn
from speech.audio import RATE_HZ, AudioChunk, AudioFormat, decode_pcm, encode_pcm, level_db, silence
from speech.endpoint import Endpointer, EndpointSettings, State
from speech.stt import Utterance
from speech.vad import FRAME_SECONDS
from speech.wake import LATEST_SECONDS, Detection

T = TypeVar("T")
_SETTLE_SECONDS = 0.3
_TELLING = ("capture", "remind", "presence")  # after these there is room for more; who asks something wants an answer
_SPOOL_SECONDS = 0.5  # of sound may be lost to a power cut while someone is speaking


@dataclass(frozen=True, slots=True)
class Parts:
    """What a turn is made with. ``overheard``: whether others may hear what a satellite, by its name, says.
    ``rewording``: None where no language model is set."""

    engines: Engines
    db: Database
    vectors: Vectors
    clock: Callable[[], datetime]
    overheard: Callable[[str], bool] = lambda satellite: False
    rewording: Rewording | None = None


@dataclass(frozen=True, slots=True)
class Stage:
    """A stage that is over: what it returned, and how long it took."""

    name: str
    value: object
    milliseconds: float


Watch = Callable[[Stage], None]
MayAnswer = Callable[[Turn, "Woken"], Awaitable[bool]]


@dataclass(frozen=True, slots=True)
class Woken:
    """``detection`` is None when no wake word was listened for; ``rest``: the sound already heard after it;
    ``loudness``: of the wake word, in dB of full scale, where it was heard here."""

    detection: Detection | None
    rest: AudioChunk
    loudness: float | None = None


@dataclass(frozen=True, slots=True)
class Taken:
    """A turn that was taken. ``words`` is None, and so is the rest, when there were none in the sound."""

    capture_id: int
    words: str | None
    meaning: Meaning | None
    reply: Reply | None


async def take_turn(
    turn: Turn, parts: Parts, watch: Watch | None = None, may_answer: MayAnswer | None = None
) -> list[Taken]:
    """One turn, from sound to a reply that has been heard, and what is said over the reply or in answer to it.

    Empty: the wake word, or any word, did not come, or ``may_answer``, asked once it came, had another answer it.
    """
    stage = _Stages(watch)
    woken = await stage("wake", wake(turn, parts))
    if woken and may_answer and not await may_answer(turn, woken):
        woken = None
    taken: list[Taken] = []
    while woken and (capture_id := await stage("listen", listen(turn, woken.rest, parts))) is not None:
        await _close(turn)
        capture = await stage("keep", to_thread(captures.keep, parts.db, capture_id))
        one, done = await answer(capture, parts, stage)
        taken.append(one)
        woken = await stage("speak", speak(turn, one.reply, parts)) if one.reply else None
        if done and not (woken and woken.detection):
            await to_thread(told, parts.db, done.tells, parts.clock())
        await _embed(parts)
    await _close(turn)
    return taken


async def take_words(text: str, satellite: str, parts: Parts, watch: Watch | None = None) -> Taken:
    """One turn that came as words and is answered in words."""
    stage = _Stages(watch)
    keeping = to_thread(captures.keep_text, parts.db, text, parts.clock(), satellite)
    taken, done = await answer(await stage("keep", keeping), parts, stage)
    if done:
        await to_thread(told, parts.db, done.tells, parts.clock())
    await _embed(parts)
    return taken


async def finish_captures(left: Sequence[Capture], parts: Parts, watch: Watch | None = None) -> list[Taken]:
    """Finishes what a crash left unfinished, in silence: half a sentence that was heard is kept, too."""
    finished = []
    for capture in left:
        if capture.text is None and not await to_thread(captures.sound, parts.db, capture.id):
            await to_thread(captures.discard, parts.db, capture.id)
            continue
        kept = await to_thread(captures.keep, parts.db, capture.id)
        finished.append((await answer(kept, parts, _Stages(watch), aloud=False))[0])
        await _embed(parts)
    return finished


async def answer(capture: Capture, parts: Parts, stage: _Stages, aloud: bool = True) -> tuple[Taken, Deed | None]:
    """From a durable capture to what is to be said, and what was done; None where there were no words. ``aloud``
    False: nobody is there to hear the reply."""
    if capture.text is None:
        utterance = await stage("transcribe", transcribe(capture, parts))
        if not utterance.text:
            await to_thread(captures.finish, parts.db, capture.id, "unclear")
            return Taken(capture.id, None, None, None), None
        capture = await to_thread(captures.set_text, parts.db, capture.id, utterance.text)
    meaning = await stage("understand", understand_capture(capture, parts))
    done = await stage("act", act(capture, meaning, parts))
    reply = await stage("phrase", say(capture, done, parts, aloud))
    return Taken(capture.id, capture.text, meaning, reply), done


async def wake(turn: Turn, parts: Parts, until: Callable[[], bool] = lambda: False) -> Woken | None:
    """Waits for the wake word. None: the sound ended without it, or ``until`` became true before."""
    if turn.memo or turn.wake_phrase is not None:
        return Woken(None, silence(0))
    stream = await to_thread(parts.engines.wake.engine.listen)
    recent = silence(0).samples
    async for chunk in turn.audio:
        if until():
            return None
        recent = np.concatenate((recent, chunk.samples))[-round(LATEST_SECONDS * RATE_HZ) :]
        if detection := await to_thread(stream.hear, chunk.samples):
            return Woken(detection, AudioChunk(recent[len(recent) - detection.samples_after :]), level_db(recent))
    return None


async def speak(turn: Turn, reply: Reply, parts: Parts) -> Woken | None:
    """Says the reply. Whoever says the wake word over it is listened to at once, and so is whoever was asked
    something; None: nobody is to be listened to."""
    playing = asyncio.ensure_future(turn.satellite.play(speech(reply.text, parts), reply.expects_answer))
    if turn.open_ear:
        over = await wake(turn, parts, until=playing.done)
        if over and not playing.done():
            playing.cancel()
            with suppress(asyncio.CancelledError):
                await playing
            return over
    await playing
    if not (reply.expects_answer and turn.open_ear):
        return None
    await _settle(turn)
    return Woken(None, silence(0))


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
    asked = Asked(meaning, capture, parts.db, parts.vectors, overheard=parts.overheard(capture.satellite))

    def work() -> Deed:
        with parts.db.transaction():
            memories.derive(parts.db)
            question = questions.take(parts.db, asked.now)
            done = _with_what_is_due(asked, within_earshot(asked, lambda heard: respond(heard, question)))
            captures.finish(parts.db, capture.id, "done")
        return done

    return await to_thread(work)


async def say(capture: Capture, done: Deed, parts: Parts, aloud: bool = True) -> Reply:
    """The reply's words; an answer that someone hears may be worded by a language model."""
    text = phrase(done.lines, capture.heard_at.astimezone())
    if aloud and parts.rewording:
        text = await parts.rewording.of(text, done, capture, parts.db, parts.clock())
    reply = Reply(text, done.expects_answer)
    await to_thread(captures.set_reply, parts.db, capture.id, reply.text)
    return reply


async def speech(text: str, parts: Parts) -> AsyncIterator[AudioChunk]:
    """The sound of a text, sentence by sentence, with the names as they are said."""
    if not text:
        return
    chunks = parts.engines.tts.engine.speak(await to_thread(pronounced, text, parts.db))
    while (chunk := await to_thread(next, chunks, None)) is not None:
        yield chunk


def pronounced(text: str, db: Database) -> str:
    """``text`` for a voice: names that one was told how to say are written that way."""
    told = {h.person_id: h.value for h in holding.everyones(db, "pronounced") if h.value}
    for person in people.by_ids(db, told) if told else ():
        first, said = person.name.split(" ")[0], told[person.id].replace("\\", "")
        text = re.sub(rf"\b{re.escape(first)}\b", said, text)
    return text


async def _settle(turn: Turn) -> None:
    """Lets the end of our own voice pass, which is still in the room and in the microphone."""
    heard = 0.0
    async for chunk in turn.audio:
        heard += chunk.seconds
        if heard >= _SETTLE_SECONDS:
            break


def _with_what_is_due(asked: Asked, done: Deed) -> Deed:
    """With the next reply whoever was away is greeted, or what was to be told and no satellite could say is offered."""
    if done.expects_answer or not done.lines:
        return done
    back = catch_up.greet(asked, (line("back"),)) if asked.meaning.intent in _TELLING else None
    if back:
        return dataclasses.replace(back, lines=(*done.lines, *back.lines), tells=(*done.tells, *back.tells))
    look = asked.look()
    said_already = {one.key for one in done.tells}
    waiting = (o for o in open_ones(look, table.promised(look)) if o.key not in said_already)
    one = next(filter(None, (table.as_heard(look, o) for o in waiting)), None)
    return Deed((*done.lines, *one.lines), tells=(*done.tells, one)) if one else done


def _patience(turn: Turn, settings: EndpointSettings) -> EndpointSettings:
    if not turn.memo:
        return settings
    longest = settings.max_seconds
    return dataclasses.replace(settings, silence_seconds=longest, start_seconds=longest / 2)


async def _close(turn: Turn) -> None:
    """What was meant has been heard: a device that heard its own wake word may stop its microphone."""
    if turn.wake_phrase is not None and isinstance(turn.audio, AsyncGenerator):
        await turn.audio.aclose()


async def _embed(parts: Parts) -> None:
    with suppress(MeaningUnavailable):  # embedded later; until then words find it
        await to_thread(parts.vectors.embed_next, parts.db)


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
