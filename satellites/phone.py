"""A phone, or any browser, that has the page for talking open. The page keeps what it records until we have it.

Over one connection go JSON messages and, both ways, PCM of 16 bits, mono: to us at 16 kHz.

From the page: ``stream`` {id, mode, from, late} begins or resumes a stretch of sound and is answered by ``have`` {id,
bytes, safe, open}; then sound; ``end`` {id}; ``played`` or ``unheard`` {id} of a reply.

To the page: ``took`` {id, bytes, safe}, up to where it was listened to, and may be forgotten; ``unkept`` {id} and
``stop`` {id, bytes}; ``speak`` {id, rate}, then sound, ``spoken`` {id}; ``hush`` {id}; ``listen``, for an answer;
``state``, ``heard`` and ``answer``, to be shown.
"""

from __future__ import annotations

import asyncio
import time
from collections import deque
from collections.abc import AsyncIterator
from contextlib import suppress
from dataclasses import dataclass
from typing import Any, Literal, Protocol, cast, get_args

from satellites.errors import Interrupted, SatelliteError
from satellites.phone_stream import Mode, Stream
from satellites.satellite import Turn
from speech.audio import AudioChunk, encode_pcm

Message = dict[str, object]

_STALLED_SECONDS = 10.0  # a page that is there sends sound all the time
_MARGIN_SECONDS = 8.0  # after its length, a reply counts as heard
_PIECE_SAMPLES = 4096
_MOST_STREAMS = 16
_MOST_UNSEEN = 12


class Link(Protocol):
    """The connection to a page."""

    async def send(self, message: Message | bytes) -> None:
        """Returns when there is room for more. Raises SatelliteError when the page does not read."""

    def post(self, message: Message) -> None:
        """The same without waiting: one more short message has room, or the connection ends."""

    def close(self) -> None: ...


@dataclass(frozen=True, slots=True)
class _Playing:
    id: int
    heard: asyncio.Future[None]

    def over(self, err: SatelliteError | None = None) -> None:
        if not self.heard.done():
            if err:
                self.heard.set_exception(err)
            else:
                self.heard.set_result(None)


class Phone:
    """Lives on while its connection is away, for ``grace_seconds``: what was being said then goes on after it."""

    def __init__(self, name: str, grace_seconds: float = 120.0) -> None:
        self.name = name
        self._grace_seconds = grace_seconds
        self._link: Link | None = None
        self._away_since: float | None = time.monotonic()
        self._streams: dict[str, Stream] = {}
        self._news = asyncio.Event()
        self._coming: Stream | None = None  # what the page sends the sound of
        self._current: Stream | None = None  # what is listened to
        self._woken_at: int | None = None  # where in the current stream; None: nothing is being said
        self._unseen: deque[Message] = deque(maxlen=_MOST_UNSEEN)
        self._playing: _Playing | None = None
        self._played = 0

    # ---- to whoever attends it

    async def turns(self) -> AsyncIterator[Turn]:
        while (stream := await self._next()) is not None:
            self._current = stream
            if stream.mode == "open":
                yield Turn(self, self._audio(stream), open_ear=True)
            else:
                yield Turn(self, self._audio(stream), wake_phrase="", memo=stream.mode == "hold")
            self._over(stream)

    async def play(self, speech: AsyncIterator[AudioChunk], then_listen: bool = False) -> None:
        if self._link is None:
            raise SatelliteError(f"{self.name} is away.")
        self._played += 1
        playing = self._playing = _Playing(self._played, asyncio.get_running_loop().create_future())
        sending = asyncio.ensure_future(self._speak(playing.id, speech, self._link))
        try:
            either: list[asyncio.Future[Any]] = [sending, playing.heard]
            await asyncio.wait(either, return_when=asyncio.FIRST_COMPLETED)
            if not playing.heard.done() and (seconds := sending.result()):
                with suppress(TimeoutError):
                    await asyncio.wait_for(asyncio.shield(playing.heard), seconds + _MARGIN_SECONDS)
            if playing.heard.done():
                playing.heard.result()
        finally:
            self._playing = None
            sending.cancel()
            await asyncio.gather(sending, return_exceptions=True)
            if not playing.heard.done() or playing.heard.cancelled() or playing.heard.exception():
                self._post({"type": "hush", "id": playing.id})
        if then_listen and not (self._current and self._current.mode == "open"):
            self._post({"type": "listen"})

    def woken(self) -> None:
        """What it hears from now on is meant for us."""
        self._woken_at = self._current.taken if self._current else None
        self._post({"type": "state", "state": "listening"})
        if self._playing:
            self._playing.over(Interrupted("Someone spoke over it."))

    def outdone(self) -> None:
        pass

    def thinking(self) -> None:
        self._post({"type": "state", "state": "thinking"})

    def settled(self) -> None:
        """What was listened to is durable, or there was nothing in it."""
        self._woken_at = None
        if self._current:
            self._current.safe = self._current.taken
            self._post(self._current.progress(always=True))

    def show(self, what: Literal["heard", "answer"], text: str) -> None:
        """A caption: ``what`` is "heard" or "answer". Shown later if the page is away."""
        self._post({"type": what, "text": text}, later=True)

    # ---- to its connection

    def attach(self, link: Link) -> None:
        """The newest connection is the one: an older one may be dead without knowing."""
        if old := self._link:
            old.close()
            self.detach(old)
        self._link, self._away_since = link, None
        self._news.set()
        while self._unseen:
            link.post(self._unseen.popleft())

    def detach(self, link: Link) -> None:
        if link is not self._link:
            return
        self._link, self._away_since = None, time.monotonic()
        self._news.set()
        if self._playing:
            self._playing.over(SatelliteError(f"{self.name} is away."))

    def end(self) -> None:
        """Nobody attends it any more: its page is to come again."""
        if self._link:
            self._link.close()

    def hear(self, message: Message | bytes) -> None:
        """Takes what the page sent. Raises SatelliteError for what it cannot mean."""
        if isinstance(message, bytes):
            if self._coming and not self._coming.ended:  # else it was on its way when we had heard enough
                self._coming.add(message)
        elif message.get("type") == "stream":
            self._begin(message)
        elif message.get("type") == "end":
            if stream := self._streams.get(str(message.get("id"))):
                stream.ended = True
        elif message.get("type") in ("played", "unheard") and self._playing and message.get("id") == self._playing.id:
            unheard = message["type"] == "unheard"
            self._playing.over(SatelliteError(f"{self.name} cannot play sound now.") if unheard else None)
        self._news.set()

    def _begin(self, message: Message) -> None:
        id, mode, start = message.get("id"), message.get("mode"), message.get("from")
        if not isinstance(id, str) or len(id) > 64 or mode not in get_args(Mode) or type(start) is not int or start < 0:
            raise SatelliteError("The page begins a stream that is none.")
        self._coming = self._streams.get(id)
        if self._coming is None and not message.get("late"):
            self._forget_finished()
            for other in self._streams.values():
                other.ended = True
            self._coming = self._streams[id] = Stream(id, cast(Mode, mode), start)
            if mode != "open" and self._playing:
                self._playing.over(Interrupted("Someone spoke over it."))
        have, safe = (self._coming.have, self._coming.safe) if self._coming else (start, start)
        goes_on = bool(self._coming and not self._coming.ended)
        self._post({"type": "have", "id": id, "bytes": have, "safe": safe, "open": goes_on})

    def _forget_finished(self) -> None:
        if len(self._streams) < _MOST_STREAMS:
            return
        for id, stream in list(self._streams.items()):
            if stream.finished and stream is not self._current:
                del self._streams[id]
        if len(self._streams) >= _MOST_STREAMS:
            raise SatelliteError("The page has more to say than can be listened to.")

    # ---- within

    async def _next(self) -> Stream | None:
        """The stream to listen to next. None: the phone is gone."""
        while True:
            for stream in self._streams.values():
                if stream.waiting:
                    return stream
            if not await self._wait(self._patience(None)):
                return None

    async def _audio(self, stream: Stream) -> AsyncIterator[AudioChunk]:
        try:
            while True:
                while stream.waiting:
                    chunk = stream.take(keep_back=self._woken_at is not None or stream.mode != "open")
                    self._post(stream.progress())
                    yield chunk
                if stream.ended or not await self._more(stream):
                    return
        except GeneratorExit:
            if stream.mode == "answer":
                stream.drop()
                self._post({"type": "stop", "id": stream.id, "bytes": stream.have})
            raise

    async def _more(self, stream: Stream) -> bool:
        """Waits for more of it. False: it does not come, and what is there has to do."""
        while not stream.waiting and not stream.ended:
            asleep = stream.mode == "open" and self._woken_at is None
            if not await self._wait(self._patience(None if asleep else _STALLED_SECONDS)):
                stream.ended = stream.mode != "open"
                return False
        return True

    def _patience(self, seconds: float | None) -> float | None:
        """``seconds`` while the page is connected; while it is away, what is left of the grace."""
        if self._away_since is None:
            return seconds
        return max(0.0, self._away_since + self._grace_seconds - time.monotonic())

    async def _wait(self, seconds: float | None) -> bool:
        """Until something is new. False: nothing was, for so long."""
        self._news.clear()
        try:
            await asyncio.wait_for(self._news.wait(), seconds)
        except TimeoutError:
            return False
        return True

    def _over(self, stream: Stream) -> None:
        """A turn is over: what is not durable then stays with the page, which delivers it as a memo."""
        if stream.mode == "open" or self._woken_at is None:
            self.settled()
        else:
            stream.give_back()
            self._post({"type": "unkept", "id": stream.id})
        self._woken_at = None
        self._current = None
        self._post({"type": "state", "state": "ready"})

    async def _speak(self, id: int, speech: AsyncIterator[AudioChunk], link: Link) -> float:
        """Sends a reply as it is made; gives its length in seconds."""
        seconds = 0.0
        async for chunk in speech:
            if not len(chunk.samples):
                continue
            if not seconds:
                await link.send({"type": "speak", "id": id, "rate": chunk.rate_hz})
            for start in range(0, len(chunk.samples), _PIECE_SAMPLES):
                await link.send(encode_pcm(chunk.samples[start : start + _PIECE_SAMPLES]))
            seconds += chunk.seconds
        if seconds:
            await link.send({"type": "spoken", "id": id})
        return seconds

    def _post(self, message: Message | None, later: bool = False) -> None:
        if message and self._link:
            self._link.post(message)
        elif message and later:
            self._unseen.append(message)
