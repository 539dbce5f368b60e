"""One run of an ESPHome device: from the word that woke it, or a button, to the moment it may sleep again."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum, auto

from aioesphomeapi import VoiceAssistantEventType as Event

from satellites.news import News
from speech.audio import AudioChunk, AudioFormat, decode_pcm

_PIECE_BYTES = 2560  # 80 ms
_QUEUED_BYTES = 30 * 32_000  # 30 s: what a slow machine may lag behind before the oldest sound is dropped
_SETTLE_SECONDS = 0.3  # between the end of listening and a reply: in one burst, the firmware forgets its microphone
_UNSAID = "…"  # firmware ignores events without a text

Send = Callable[[Event, dict[str, str] | None], None]


@dataclass(frozen=True, slots=True)
class Deadlines:
    """How long each state may last, in seconds."""

    sound: float = 5.0
    """An open microphone that sends nothing."""
    listening: float = 330.0
    """From a wake word that the device heard to the end of what is said; a little over the longest note."""
    thinking: float = 60.0
    """Until the reply begins; after that the device goes back to sleep, and the reply becomes an announcement."""
    fetching: float = 10.0
    """Until the device asks for the speech that it was given the address of."""
    margin: float = 3.0
    """How much longer than the speech its playing may take."""
    held: float = 60.0
    """Until a device that another host holds is asked again."""


class Phase(Enum):
    LISTENING = auto()
    THINKING = auto()
    SPEAKING = auto()
    OVER = auto()


class Run:
    """``wake_phrase`` as in Turn: None when it is to be listened for here. Events go out through ``send``, which
    does not raise. ``broken``: the device stopped it or started another."""

    def __init__(self, wake_phrase: str | None, send: Send, news: News, deadlines: Deadlines) -> None:
        self.wake_phrase = wake_phrase
        self.phase = Phase.LISTENING
        self.broken = False
        self.taken = False
        self._woken = False
        self.texts: dict[str, str] = {}  # "heard" and "answer", for a device with a display
        self._send = send
        self._news = news
        self._deadlines = deadlines
        self._loop = asyncio.get_running_loop()
        self._sound: deque[bytes] = deque()
        self._held_bytes = 0
        self._ended = False
        self._heard_at = 0.0
        self._timer: asyncio.TimerHandle | None = None
        if wake_phrase is not None:
            self._end_in(deadlines.listening)
        send(Event.VOICE_ASSISTANT_RUN_START, None)
        send(Event.VOICE_ASSISTANT_WAKE_WORD_START if wake_phrase is None else Event.VOICE_ASSISTANT_STT_START, None)

    def take(self, pcm: bytes) -> None:
        """Sound of the device's microphone, as it comes: 16 kHz, 16 bits, mono."""
        if self.phase is not Phase.LISTENING or self._ended:
            return
        self._sound.append(pcm)
        self._held_bytes += len(pcm)
        while self._held_bytes > _QUEUED_BYTES:
            self._held_bytes -= len(self._sound.popleft())
        self._news.tell()

    def end_of_sound(self) -> None:
        self._ended = True
        self._news.tell()

    async def next_piece(self) -> AudioChunk | None:
        """About 80 ms, as soon as they are there. None: there will be no more."""
        enough = await self._news.until(
            lambda: self._held_bytes >= _PIECE_BYTES or self._ended or self.phase is not Phase.LISTENING,
            self._deadlines.sound,
        )
        if not enough or not self._sound:
            return None
        pcm = b"".join(self._sound)
        self._sound.clear()
        self._held_bytes = 0
        return AudioChunk(decode_pcm(pcm, AudioFormat()))

    def woken(self) -> None:
        """The wake word was heard here: the device shows that it listens."""
        if self.wake_phrase is None and self.phase is Phase.LISTENING and not self._woken:
            self._woken = True
            self._send(Event.VOICE_ASSISTANT_WAKE_WORD_END, {"wake_word_output": ""})
            self._send(Event.VOICE_ASSISTANT_STT_START, None)

    def heard(self) -> None:
        """What was meant has been heard: the device closes its microphone and shows that it thinks."""
        if self.phase is not Phase.LISTENING:
            return
        self.woken()
        self._send(Event.VOICE_ASSISTANT_STT_VAD_START, None)
        self._send(Event.VOICE_ASSISTANT_STT_VAD_END, None)
        self._heard_at = self._loop.time()
        self._enter(Phase.THINKING)
        self._end_in(self._deadlines.thinking)

    async def speak(self, then_listen: bool, url: str) -> None:
        """Everything that leads to the reply, which is at ``url`` or about to be streamed."""
        self.heard()
        await asyncio.sleep(max(0.0, self._heard_at + _SETTLE_SECONDS - self._loop.time()))
        if self.phase is not Phase.THINKING:
            return
        self._enter(Phase.SPEAKING)
        self._send(Event.VOICE_ASSISTANT_STT_END, {"text": self.texts.get("heard") or _UNSAID})
        self._send(Event.VOICE_ASSISTANT_INTENT_START, None)
        goes_on = "1" if then_listen else "0"
        self._send(Event.VOICE_ASSISTANT_INTENT_END, {"conversation_id": "", "continue_conversation": goes_on})
        self._send(Event.VOICE_ASSISTANT_TTS_START, {"text": self.texts.get("answer") or _UNSAID})
        self._send(Event.VOICE_ASSISTANT_TTS_END, {"url": url})
        self._send(Event.VOICE_ASSISTANT_RUN_END, None)

    def outdone(self) -> None:
        """Another device heard the same wake word and answers: this one goes back to sleep without a sound."""
        if self.phase is not Phase.OVER:
            self._fail("duplicate_wake_up_detected", "Another device answers.")

    def finish(self) -> None:
        """The turn is over. If nothing was said in it, the device goes quietly back to sleep."""
        if self.phase is Phase.SPEAKING:
            self._enter(Phase.OVER)
        elif self.phase is not Phase.OVER:
            self._fail("stt-no-text-recognized", "Nothing was understood.")

    def stop(self) -> None:
        """The device wants no more of this run, and waits to be told that it has ended."""
        if self.phase is not Phase.OVER:
            self._send(Event.VOICE_ASSISTANT_RUN_END, None)
            self.replace()

    def replace(self) -> None:
        """The device has begun another run. It is told nothing, for that would end the new one."""
        self.broken = self.broken or self.phase is not Phase.OVER
        self._enter(Phase.OVER)

    def lose(self) -> None:
        """The device is gone, and with it this run; its reply may still be announced when it is back."""
        self._enter(Phase.OVER)

    def _end_in(self, seconds: float) -> None:
        self._timer = self._loop.call_later(seconds, self._fail, "timeout", "Nothing came in time.")

    def _fail(self, code: str, message: str) -> None:
        self._send(Event.VOICE_ASSISTANT_ERROR, {"code": code, "message": message})
        self._send(Event.VOICE_ASSISTANT_RUN_END, None)
        self._enter(Phase.OVER)

    def _enter(self, phase: Phase) -> None:
        if self._timer:
            self._timer.cancel()
            self._timer = None
        self.phase = phase
        self._news.tell()


class RunSound:
    """A run's sound as a turn's audio; to close it says that what was meant has been heard."""

    def __init__(self, run: Run) -> None:
        self._run = run

    def __aiter__(self) -> RunSound:
        return self

    async def __anext__(self) -> AudioChunk:
        piece = await self._run.next_piece()
        if piece is None:
            raise StopAsyncIteration
        return piece

    async def aclose(self) -> None:
        self._run.heard()
