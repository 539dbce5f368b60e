"""ESPHome voice devices: Voice PE, Atom Echo, S3-Box, Satellite1, ReSpeaker and home-made ones.

Fondly is the host that the device talks to. The device wakes by its own wake word and starts a run; what is said in
it comes as a Turn, the reply goes back by an address that the device fetches, or as a stream to its speaker.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager
from typing import Literal

from aioesphomeapi import VoiceAssistantCommandFlag, VoiceAssistantFeature
from aioesphomeapi import VoiceAssistantEventType as Event

from satellites.errors import Interrupted, SatelliteError
from satellites.esphome_device import Device
from satellites.esphome_link import Link
from satellites.esphome_run import Deadlines, Phase, Run, RunSound
from satellites.esphome_stream import Datagrams, Pace, packets
from satellites.news import News
from satellites.satellite import Turn
from satellites.speech_server import SpeechServer, Spoken
from speech.audio import AudioChunk

_TAIL_SECONDS = 1.0  # what is cut off less than this before its end counts as heard
_STREAMED = "stream:"  # where a streamed reply is: firmware ignores a reply without an address


class EspHome:
    """One device. ``turns`` connects to it and keeps connected; it ends when somebody has to do something about the
    device first, which ``trouble`` says in words ("" while all is well)."""

    def __init__(self, name: str, device: Device, speeches: SpeechServer, deadlines: Deadlines | None = None) -> None:
        self.name = name
        self._speeches = speeches
        self._deadlines = deadlines or Deadlines()
        self._news = News()
        self._link = Link(name, device, self, self._news, self._deadlines.held)
        self._datagrams: Datagrams | None = None
        self._run: Run | None = None
        self._turn: Run | None = None
        self._asked = False

    @property
    def trouble(self) -> str:
        return self._link.trouble

    @property
    def mac(self) -> str:
        """Which device it is, wherever it is; "" before the first connection."""
        return self._link.mac

    @property
    def can_announce(self) -> bool:
        """It can be spoken to outside of a turn."""
        return self._link.ready and self._link.can_announce

    async def wake_words(self) -> tuple[dict[str, str], list[str]]:
        """The words the device knows, by their ids, and the ids of those it heeds. Raises SatelliteError."""
        told = await self._link.configuration()
        return {word.id: word.wake_word for word in told.available_wake_words}, list(told.active_wake_words)

    async def heed(self, wake_words: list[str]) -> None:
        """Which of its wake words to heed, by their ids. Raises SatelliteError."""
        await self._link.configure(wake_words)

    async def turns(self) -> AsyncIterator[Turn]:
        await self._link.open()
        try:
            while await self._news.until(lambda: self._link.given_up or self._waiting() is not None):
                run = self._waiting()
                if run is None:
                    return
                run.taken = True
                self._turn = run
                yield Turn(self, RunSound(run), wake_phrase=run.wake_phrase)
                self._turn = None
                run.finish()
        finally:
            self._turn = None
            await self._link.close()
            if self._datagrams:
                self._datagrams.close()

    async def play(self, speech: AsyncIterator[AudioChunk], then_listen: bool = False) -> None:
        run = self._turn
        if not self._link.ready:
            raise SatelliteError(f"{self.name}: {self._link.trouble}.")
        if run and run.broken:
            raise Interrupted(f"{self.name}: it was stopped before the reply")
        if run and run.phase is not Phase.OVER:
            await (self._stream if self._link.has_speaker else self._reply)(run, speech, then_listen)
        elif self._waiting():
            raise Interrupted(f"{self.name}: someone has begun to speak")
        elif self._link.can_announce:
            await self._announce(speech, then_listen)
        else:
            raise SatelliteError(f"{self.name} can be spoken to only when it has been spoken to.")

    def woken(self) -> None:
        if self._turn:
            self._turn.woken()

    def outdone(self) -> None:
        if self._turn:
            self._turn.outdone()

    def thinking(self) -> None:
        if self._turn:
            self._turn.heard()

    def settled(self) -> None:
        pass

    def show(self, what: Literal["heard", "answer"], text: str) -> None:
        if self._turn:
            self._turn.texts[what] = text

    # What the device does (Host)

    async def started(self, flags: int, wake_phrase: str | None) -> int | None:
        """A new run; it replaces the one before. Returns the port that takes its sound, 0 for this connection."""
        if self._run:
            self._run.replace()
        phrase: str | None = wake_phrase or ""
        if flags & VoiceAssistantCommandFlag.USE_WAKE_WORD:
            phrase = None
        elif self._asked:  # an answer: the phrase that comes with it is of the run before
            phrase = ""
        self._asked = False
        port = 0
        if VoiceAssistantFeature.API_AUDIO not in self._link.features:
            self._datagrams = self._datagrams or await Datagrams.open(self._link.facing, self.sounded)
            self._datagrams.device = self._link.address
            port = self._datagrams.port
        self._run = Run(phrase, self._link.send, self._news, self._deadlines)
        self._news.tell()
        return port

    def stopped(self, aborted: bool) -> None:
        if self._run and aborted:
            self._run.stop()
        elif self._run:
            self._run.end_of_sound()

    def sounded(self, pcm: bytes) -> None:
        if self._run:
            self._run.take(pcm)

    def lost(self) -> None:
        if self._run:
            self._run.lose()

    # What is said to it

    def _waiting(self) -> Run | None:
        run = self._run
        return run if run and not run.taken and run.phase is not Phase.OVER else None

    async def _reply(self, run: Run, speech: AsyncIterator[AudioChunk], then_listen: bool) -> None:
        async with self._offered(speech) as spoken:
            if await spoken.begun():
                self._asked = then_listen
                await run.speak(then_listen, spoken.url)
                await self._heard(spoken, run)
        run.finish()

    async def _announce(self, speech: AsyncIterator[AudioChunk], then_listen: bool) -> None:
        before = self._run
        async with self._offered(speech) as spoken:
            if not await spoken.begun():
                return
            self._asked = then_listen
            # Nobody reads the answer, which may be a lie; it is asked for because the library asks in no other way.
            asking = asyncio.create_task(self._link.announce(spoken.url, self._deadlines.listening, then_listen))
            try:
                await self._heard(spoken, before)
            finally:
                asking.cancel()

    async def _stream(self, run: Run, speech: AsyncIterator[AudioChunk], then_listen: bool) -> None:
        sound = packets(speech)
        if first := await anext(sound, b""):
            self._asked = then_listen
            await run.speak(then_listen, _STREAMED)
            self._check(run)
            self._link.send(Event.VOICE_ASSISTANT_TTS_STREAM_START)
            pace = Pace()
            try:
                await self._send(first, pace, run)
                async for packet in sound:
                    await self._send(packet, pace, run)
                for packet in pace.rest():
                    self._emit(packet)
            finally:
                self._link.send(Event.VOICE_ASSISTANT_TTS_STREAM_END)
            await self._news.until(lambda: run.broken, max(0.0, pace.left_seconds))
        run.finish()

    async def _send(self, packet: bytes, pace: Pace, run: Run) -> None:
        await pace.next(packet)
        self._check(run)
        self._emit(packet)

    def _check(self, run: Run) -> None:
        if run.broken:
            raise Interrupted(f"{self.name}: someone spoke over it")
        if run.phase is Phase.OVER:
            raise SatelliteError(f"{self.name}: the connection was lost while it was speaking.")

    def _emit(self, packet: bytes) -> None:
        if self._datagrams:
            self._datagrams.send(packet)
        else:
            self._link.send_sound(packet)

    def _offered(self, speech: AsyncIterator[AudioChunk]) -> AbstractAsyncContextManager[Spoken]:
        return self._speeches.offer(self._link.facing, self._link.form, speech, self._news)

    async def _heard(self, spoken: Spoken, run: Run | None) -> None:
        """Waits until the device has fetched it and played it. What is no longer to be heard is silenced."""
        told_at = asyncio.get_running_loop().time()
        try:
            while (seconds := self._left(spoken, run, told_at)) > 0:
                await self._news.next(seconds)
        except Interrupted:  # the device has stopped by itself; to stop it would cut off its chime
            raise
        except BaseException:
            self._asked = False
            self._link.stop_playing()
            raise

    def _left(self, spoken: Spoken, run: Run | None, told_at: float) -> float:
        """Seconds until it has to be looked at again if nothing happens; none are left when it has been heard.

        Our own speech being fetched is what counts: firmware says that it has played what it could never reach.
        """
        link, now = self._link, asyncio.get_running_loop().time()
        if spoken.failed:
            raise spoken.failed
        if not link.ready:
            raise SatelliteError(f"{self.name}: {link.trouble}.")
        replaced = self._run is not run or (run is not None and run.broken)
        began = spoken.fetched_at
        if began is None:
            if replaced:
                raise Interrupted(f"{self.name}: someone spoke before it")
            if now >= told_at + self._deadlines.fetching:
                raise SatelliteError(
                    f"{self.name} did not fetch what it was to say from {spoken.url.rpartition('/')[0]}: let this "
                    f"port through the firewall of this computer."
                )
            return told_at + self._deadlines.fetching - now
        ends = began + spoken.seconds
        stopped = link.announced_until is not None and link.announced_until > began
        if replaced or stopped:
            if spoken.complete and now >= ends - _TAIL_SECONDS:
                return 0.0
            raise Interrupted(f"{self.name}: someone spoke over it")
        if not spoken.complete:
            return self._deadlines.margin
        said = link.finished_at is not None and link.finished_at > began
        return ends - now if said else ends + self._deadlines.margin - now
