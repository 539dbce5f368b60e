"""Keeps what wearables overhear, stretch by stretch, and reads each once it is over.

What comes is in the journal before it is acknowledged. Sound is let go as soon as it is words.
"""

from __future__ import annotations

import asyncio
import dataclasses
import logging
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import numpy as np

from assistant.ambient.ear import Ear, Spoken
from assistant.ambient.reading import tellings
from assistant.ambient.transcript import Passage, from_lines, to_lines
from assistant.intents.reading import known_people
from assistant.turn import Parts
from assistant.understanding.known import spoken_names
from memory import captures, proposals
from memory.records import Capture
from speech.audio import RATE_HZ, AudioFormat, Samples, decode_pcm, encode_pcm

log = logging.getLogger(__name__)
_LOOK_SECONDS = 0.5
_LONGEST_SPOKEN_SECONDS = 30.0  # then its words are sent, though it goes on
_QUIET = timedelta(seconds=30)  # ends a stretch of talk
_LONGEST = timedelta(minutes=10)  # then it is read as far as it came
_MOST_SEEN = 1_000  # of a transcript: to know what is sent again

Said = tuple[float, float, str]
"""Something in a running transcript: from when to when in seconds, and the words."""


@dataclass(frozen=True, slots=True)
class Heard:
    """Words in a stream of sound, from when to when in it."""

    text: str
    start_seconds: float
    end_seconds: float


@dataclass(slots=True)
class _Stream:
    """Talk that may still go on. ``heard``: when something was last said in it."""

    device: str
    began: datetime
    heard: datetime
    capture_id: int | None = None
    ear: Ear | None = None
    seen: dict[Said, None] = field(default_factory=dict)


class Overhearing:
    """All wearables' streams. ``session`` tells those of one device apart."""

    def __init__(self, parts: Parts) -> None:
        self._parts = parts
        self._streams: dict[tuple[str, str], _Stream] = {}
        self._lock = asyncio.Lock()  # one piece after another: their order is what was said
        self._unreadable: set[int] = set()

    async def words(self, device: str, session: str, said: Sequence[tuple[Said, Passage]]) -> list[Passage]:
        """Keeps what a running transcript brings; returns what is new in it, since some is sent again."""
        async with self._lock:
            stream = self._stream(device, session)
            new = {key: passage for key, passage in said if key not in stream.seen}
            await self._keep_words(stream, list(new.values()), self._parts.clock())
            stream.seen |= dict.fromkeys(new)
            for old in list(stream.seen)[:-_MOST_SEEN]:
                del stream.seen[old]
        return list(new.values())

    async def conversation(self, device: str, passages: Sequence[Passage], heard_at: datetime) -> None:
        """Keeps a whole conversation that is over."""
        stream = _Stream(device, heard_at, heard_at)
        await self._keep_words(stream, passages, heard_at)
        await self._finish(stream)

    async def sound(self, device: str, session: str, pcm: bytes, form: AudioFormat) -> None:
        """Keeps what is spoken in the next sound of a stream; it is transcribed when it is read."""
        async with self._lock:
            stream = self._stream(device, session)
            if stream.ear is None or stream.ear.form != form:
                stream.ear = await asyncio.to_thread(self._ear, form)
            whole = pcm[: len(pcm) // form.width_bytes * form.width_bytes]  # what follows may not be the next sound
            for spoken in await asyncio.to_thread(list, stream.ear.hear(whole)):
                await self._keep_sound(stream, spoken)

    async def listen(self, device: str, pcm: AsyncIterator[bytes], form: AudioFormat) -> AsyncIterator[Heard]:
        """The words of a stream of sound, whenever something was said; they are kept as well."""
        now = self._parts.clock()
        stream = _Stream(device, now, now)
        stream.ear = await asyncio.to_thread(self._ear, form)
        spoken: list[Spoken] = []
        try:
            async for data in pcm:
                for piece in await asyncio.to_thread(list, stream.ear.hear(data)):
                    spoken.append(piece)
                    if heard := await self._take(stream, spoken):
                        yield heard
                if self._is_over(stream):
                    await self._finish(stream)
            for piece in await asyncio.to_thread(list, stream.ear.end()):
                spoken.append(piece)
                if heard := await self._take(stream, spoken):
                    yield heard
        finally:
            await self._finish(stream)

    async def run(self) -> None:
        """Reads what is over, until cancelled."""
        await asyncio.to_thread(captures.stop_overhearing, self._parts.db)
        while True:
            try:
                await self.close_quiet()
                if await self.read_next():
                    continue
            except Exception:  # whatever is wrong with one stretch, the next is read
                log.exception("Something overheard cannot be read now; it is kept until the next start.")
            await asyncio.sleep(_LOOK_SECONDS)

    async def close_quiet(self) -> None:
        """Ends the streams in which nobody has spoken for a while, or that are long enough to be read."""
        async with self._lock:
            for key, stream in list(self._streams.items()):
                if self._is_over(stream):
                    for spoken in stream.ear.end() if stream.ear else ():
                        await self._keep_sound(stream, spoken)
                    await self._finish(stream)
                    del self._streams[key]

    async def read_next(self) -> bool:
        """Reads the stretch that has waited longest. False: none waits."""
        db = self._parts.db
        capture = await asyncio.to_thread(captures.next_overheard, db, self._unreadable)
        if capture is None:
            return False
        self._unreadable.add(capture.id)  # until it has been read
        if sound := await asyncio.to_thread(captures.sound, db, capture.id):
            words = await self._transcribe(decode_pcm(sound, AudioFormat()))
            await asyncio.to_thread(captures.add_line, db, capture.id, to_lines([Passage(False, words)]))
            capture = await asyncio.to_thread(captures.get, db, capture.id)
        await asyncio.to_thread(self._propose, capture)
        self._unreadable.discard(capture.id)
        return True

    def _propose(self, capture: Capture) -> None:
        db = self._parts.db
        found = tellings(from_lines(capture.text or ""), capture.heard_at.astimezone(), known_people(db))
        with db.transaction():
            for kind, told in found:
                proposals.add(
                    db,
                    capture.id,
                    about=told.about,
                    kind=kind,
                    text=told.text,
                    evidence=told.evidence,
                    when=told.when,
                    place=told.place,
                    sensitive=told.sensitive,
                )
            captures.finish(db, capture.id, "read")

    async def _take(self, stream: _Stream, spoken: list[Spoken]) -> Heard | None:
        """Keeps the newest piece of what is spoken; once that ends, it becomes words, and ``spoken`` is empty."""
        last = spoken[-1]
        capture_id = await self._keep_sound(stream, last)
        if not last.ends:
            return None
        words = await self._transcribe(np.concatenate([piece.samples for piece in spoken]))
        start_seconds = spoken[0].at_seconds
        spoken.clear()
        await asyncio.to_thread(captures.add_line, self._parts.db, capture_id, to_lines([Passage(False, words)]))
        return Heard(words, start_seconds, last.at_seconds + len(last.samples) / RATE_HZ) if words else None

    async def _transcribe(self, samples: Samples) -> str:
        parts = self._parts

        def work() -> str:
            return parts.engines.stt.engine.transcribe(samples, spoken_names(known_people(parts.db))).text

        return await asyncio.to_thread(work)

    def _ear(self, form: AudioFormat) -> Ear:
        engines = self._parts.engines
        return Ear(engines.vad.engine, form, dataclasses.replace(engines.endpoint, max_seconds=_LONGEST_SPOKEN_SECONDS))

    def _stream(self, device: str, session: str) -> _Stream:
        now = self._parts.clock()
        return self._streams.setdefault((device, session), _Stream(device, now, now))

    def _is_over(self, stream: _Stream) -> bool:
        now = self._parts.clock()
        return now - stream.heard >= _QUIET or now - stream.began >= _LONGEST

    async def _keep_sound(self, stream: _Stream, spoken: Spoken) -> int:
        capture_id = await self._open(stream, self._parts.clock())
        await asyncio.to_thread(captures.add_sound, self._parts.db, capture_id, encode_pcm(spoken.samples))
        return capture_id

    async def _keep_words(self, stream: _Stream, passages: Sequence[Passage], heard_at: datetime) -> None:
        if lines := to_lines(passages):
            await asyncio.to_thread(captures.add_line, self._parts.db, await self._open(stream, heard_at), lines)

    async def _open(self, stream: _Stream, heard_at: datetime) -> int:
        """The capture of what is being said; the stream goes on."""
        if stream.capture_id is None:
            stream.began = heard_at
            stream.capture_id = await asyncio.to_thread(captures.overhear, self._parts.db, heard_at, stream.device)
        stream.heard = self._parts.clock()
        return stream.capture_id

    async def _finish(self, stream: _Stream) -> None:
        """What was said so far can be read."""
        if stream.capture_id is not None:
            await asyncio.to_thread(captures.finish, self._parts.db, stream.capture_id, "overheard")
        stream.capture_id = None
