"""A Wyoming satellite: a device on the network that waits for us to connect, then streams sound and plays speech.

Three kinds: one hears its own wake word, one streams whenever anyone speaks, one always streams. The first starts its
runs itself; of the others, sound that comes when nobody is being listened to starts one.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator
from contextlib import suppress
from typing import Any, Literal

from wyoming.asr import Transcribe, Transcript
from wyoming.error import Error
from wyoming.event import Event
from wyoming.tts import Synthesize
from wyoming.vad import VoiceStarted, VoiceStopped
from wyoming.wake import Detect, Detection

from satellites.errors import Interrupted, SatelliteAway, SatelliteError
from satellites.satellite import Turn
from satellites.wyoming_connection import Connection, State, Waits
from satellites.wyoming_link import Link
from satellites.wyoming_run import Run, audio_format
from satellites.wyoming_speech import send_speech
from speech.audio import AudioChunk, AudioFormat

log = logging.getLogger(__name__)

PORT = 10700
_ITS_OWN = "wake word"  # when a device heard one, and does not say which
_QUIET_SECONDS = 8.0  # without any sound end what is being listened to
_BREAK_SECONDS = 1.0  # the same, once the device has stopped: one kind starts again in the midst of a sentence
_SETTLE_SECONDS = 0.25  # after our own speech, in which it still sounds
# What a device may take to say that it has played, beyond what that should take: one that does say so, one that does
# not, and one that has not been played anything on.
_PLAYED_SECONDS, _GRACE_SECONDS, _UNKNOWN_SECONDS = 5.0, 0.5, 2.0
_NEVER = float("-inf")


class WyomingSatellite:
    """Is dialled, and dialled again, for as long as its turns are taken. ``play`` raises SatelliteAway meanwhile."""

    def __init__(self, name: str, host: str, port: int = PORT, waits: Waits | None = None) -> None:
        self.name = name
        self._connection = Connection(name, (host, port), self._take, self._lost, waits or Waits())
        self._form = AudioFormat(22_050)  # what it plays, until it says otherwise
        self._run: Run | None = None
        self._new_run = asyncio.Event()
        self._in_turn = False
        self._texts: dict[str, str] = {}  # of this turn: "heard" and "answer"
        self._telling: set[asyncio.Future[None]] = set()
        self._phrase: str | None = None  # of a wake word whose run has not begun
        self._hears_itself = False  # it has a wake word of its own
        self._answer_until = _NEVER
        self._cut: asyncio.Future[SatelliteError] | None = None  # what ends the playing
        self._silent_at = _NEVER
        self._played = asyncio.Event()
        self._patience_seconds = _UNKNOWN_SECONDS

    @property
    def state(self) -> State:
        return self._connection.state

    @property
    def trouble(self) -> str:
        return "" if self.state == "there" else self.state

    async def turns(self) -> AsyncIterator[Turn]:
        connection = asyncio.create_task(self._connection.run())
        try:
            while True:
                run = await self._next_run()
                yield Turn(self, self._sound(run), run.phrase, open_ear=run.phrase is None)
                self._in_turn = False
                await self._end(run)
                self._texts = {}
        finally:
            connection.cancel()
            await asyncio.gather(connection, return_exceptions=True)

    async def play(self, speech: AsyncIterator[AudioChunk], then_listen: bool = False) -> None:
        link = self._connection.link
        if link is None:
            raise SatelliteAway(f"{self.name} is {self.state}.")
        if self._run and self._run.phrase and not self._run.handed:
            raise Interrupted
        if self._run and self._run.phrase is not None:
            await self._end(self._run)
        if self._run:
            self._run.expect(None)
        try:
            await self._play(link, speech)
        finally:
            if self._run:
                self._run.expect(_now() + (_QUIET_SECONDS if self._run.streaming else 0))
        self._silent_at = _now()  # unless it was cut short: then what is heard is who cut it short
        if self._run and self._run.phrase is None:
            self._run.flush()
        if then_listen and not self._hears_itself:
            self._answer_until = _now() + _QUIET_SECONDS
            if self._run:
                self._run.end()

    def woken(self) -> None:
        if self._run and self._run.phrase is None:
            self._tell_soon(Detection().event(), Transcribe().event(), VoiceStarted().event())

    def outdone(self) -> None:
        pass

    def thinking(self) -> None:
        pass

    def settled(self) -> None:
        pass

    def show(self, what: Literal["heard", "answer"], text: str) -> None:
        self._texts[what] = text

    async def _next_run(self) -> Run:
        while self._run is None or self._run.handed:
            self._new_run.clear()
            await self._new_run.wait()
        run = self._run
        run.handed = self._in_turn = True
        self._texts = {}
        run.expect(_now() + _QUIET_SECONDS)
        listening = [Detect().event()] if run.phrase is None else [Transcribe().event(), VoiceStarted().event()]
        await self._tell(*listening)
        return run

    async def _sound(self, run: Run) -> AsyncIterator[AudioChunk]:
        try:
            while chunk := await run.next():
                yield chunk
        finally:
            await self._end(run)

    async def _end(self, run: Run) -> None:
        """Nobody listens to it any more, and a device that still sends is told so: or it would send for ever."""
        run.end()
        if run is self._run and run.streaming and not run.told:
            run.told = True
            await self._tell(VoiceStopped().event(), Transcript(self._texts.get("heard", "")).event())
        if run is self._run and not self._in_turn:
            self._run = None

    def _tell_soon(self, *events: Event) -> None:
        telling = asyncio.ensure_future(self._tell(*events))
        self._telling.add(telling)
        telling.add_done_callback(self._telling.discard)

    async def _tell(self, *events: Event) -> None:
        """What the device shows or heeds. One that is gone misses it."""
        if link := self._connection.link:
            with suppress(SatelliteAway):
                await link.send(*events)

    async def _take(self, event: Event) -> None:
        match event.type:
            case "audio-chunk":
                self._hear(event)
            case "audio-stop":
                self._stop()
            case "detection":
                self._phrase = _text(event.data.get("name")) or _ITS_OWN
            case "run-pipeline":
                await self._begin(event.data)
            case "played":
                self._played.set()
                self._patience_seconds = _PLAYED_SECONDS
            case "error":
                log.warning("%s: %s", self.name, event.data.get("text"))

    async def _begin(self, data: dict[str, Any]) -> None:
        self._form = audio_format(data.get("snd_format")) or self._form
        stage = data.get("start_stage")
        if stage == "asr":
            self._hears_itself = True
            self._start(Run(_text(data.get("wake_word_name")) or self._phrase or _ITS_OWN))
        elif stage == "wake":
            self._hears_itself = False
            if self._run:
                self._run.restart()
        else:
            await self._tell(Error(f"A run cannot start with {stage!r} here.").event())

    def _hear(self, event: Event) -> None:
        form = audio_format(event.data)
        if form is None:
            return
        if self._run is None or self._run.over:
            if self._phrase is None and (self._in_turn or self._hears_itself):
                return  # the rest of a run that is over
            answering = _now() < self._answer_until
            self._start(Run(self._phrase or ("" if answering else None)))
        if self._run:
            pcm = event.payload or b""
            playing = self._cut is not None
            self._run.feed(form, pcm, float("inf") if playing else _now() - self._silent_at - _SETTLE_SECONDS)
            if not playing:
                self._run.expect(_now() + _QUIET_SECONDS)

    def _stop(self) -> None:
        if self._run is None:
            return
        self._run.streaming = False
        if self._run.phrase is not None:
            self._run.end()
        elif self._cut is None:
            self._run.expect(_now() + _BREAK_SECONDS)

    def _start(self, run: Run) -> None:
        """A new run ends the one before, and what is being said."""
        if self._run:
            self._run.end()
        self._run = run
        self._phrase = None
        self._answer_until = _NEVER
        self._new_run.set()
        if run.phrase:
            self._silence(Interrupted())

    def _lost(self, why: SatelliteAway) -> None:
        if self._run:
            self._run.streaming = False
            self._run.end()
        self._phrase = None
        self._hears_itself = False
        self._answer_until = _NEVER
        self._silence(SatelliteAway(f"{self.name}: {why}"))

    def _silence(self, why: SatelliteError) -> None:
        if self._cut and not self._cut.done():
            self._cut.set_result(why)

    async def _play(self, link: Link, speech: AsyncIterator[AudioChunk]) -> None:
        cut = self._cut = asyncio.get_running_loop().create_future()
        saying = asyncio.ensure_future(self._say(link, speech))
        try:
            await asyncio.wait({saying, cut}, return_when=asyncio.FIRST_COMPLETED)
            if cut.done():
                raise cut.result()
            await saying
        finally:
            self._cut = None
            saying.cancel()
            await asyncio.gather(saying, return_exceptions=True)

    async def _say(self, link: Link, speech: AsyncIterator[AudioChunk]) -> None:
        """Until it has been played: the device says so, or it should have been."""
        await link.send(Synthesize(self._texts.get("answer", "")).event())
        heard_at = await send_speech(link, speech, self._form, at_stop=self._played.clear)
        if heard_at is None:
            return
        with suppress(TimeoutError):
            async with asyncio.timeout_at(heard_at + self._patience_seconds):
                await self._played.wait()
        self._patience_seconds = _PLAYED_SECONDS if self._played.is_set() else _GRACE_SECONDS


def _text(value: object) -> str:
    return value if isinstance(value, str) else ""


def _now() -> float:
    return asyncio.get_running_loop().time()
