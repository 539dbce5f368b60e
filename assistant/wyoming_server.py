"""Fondly as a Wyoming service: its ears and voice for other machines, its conversation for Home Assistant.

The protocol knows no password. What one client asks for is done in order; several are served at once.
"""

from __future__ import annotations

import asyncio
import logging
import socket
from asyncio import StreamReader, StreamWriter, to_thread
from collections.abc import Awaitable, Callable, Iterator, Sequence
from typing import Any, Protocol, TypeVar

from pydantic import TypeAdapter, ValidationError
from wyoming.asr import Transcribe, Transcript
from wyoming.audio import AudioChunk, AudioStart, AudioStop
from wyoming.error import Error
from wyoming.event import Event, Eventable, async_read_event, async_write_event
from wyoming.handle import Handled, NotHandled
from wyoming.info import Describe
from wyoming.ping import Ping, Pong
from wyoming.tts import Synthesize, SynthesizeChunk, SynthesizeStart, SynthesizeStop, SynthesizeStopped
from wyoming.wake import Detect, Detection, NotDetected

from assistant.engines import Engines, choose_engines, engines_here
from assistant.household import Household
from assistant.phrasing import line, phrase
from assistant.port import listening_at
from assistant.settings import Settings
from assistant.wyoming_info import info
from memory.errors import FullDisk, StoreError
from speech.audio import RATE_HZ, AudioFormat, Resampler, Samples, decode_pcm, encode_pcm
from speech.errors import EngineMissing, SpeechError, UnreadableSound
from speech.tts.sentences import sentences
from speech.wake import WakeStream
from speech.wake.openwakeword import BUILT_IN, OpenWakeWord

log = logging.getLogger(__name__)
T = TypeVar("T")

HOME_ASSISTANT = "home assistant"
"""The satellite that its words are said to come from."""

MOST_CLIENTS = 32
IDLE_SECONDS = 300.0
"""A client that says nothing for so long is let go."""

WRITE_SECONDS = 10.0
"""A client that takes nothing for so long is let go, too."""

LONGEST_PAYLOAD_BYTES = 1_000_000
LONGEST_SOUND_SECONDS = 300
LONGEST_TEXT = 20_000
SLOWEST_HZ, FASTEST_HZ = 8_000, 192_000
_WORKING = 2  # clients whose engines work at once: the household's own turns need the others
_PIECE_BYTES = 4096

Converse = Callable[[str], Awaitable[Handled | NotHandled]]


async def run_wyoming(household: Household, settings: Settings) -> None:
    """Everything Fondly offers, at ``wyoming_port``, until cancelled. Raises AddressTaken."""

    async def converse(text: str) -> Handled | NotHandled:
        return await _answered(household, text)

    with listening_at(settings.host, settings.wyoming_port, "FONDLY_WYOMING_PORT") as listening:
        await WyomingServer(household.parts.engines, settings, converse).serve(listening)


async def serve_speech(settings: Settings, host: str, port: int, say: Callable[[str], None]) -> None:
    """Ears and voice alone, until cancelled. ``say`` is told where. Raises AddressTaken."""
    with listening_at(host, port, "--port") as listening:
        host, port = listening.getsockname()[:2]
        say(f"{f'[{host}]' if ':' in host else host}:{port}")
        await WyomingServer(choose_engines(settings), settings).serve(listening)


async def _answered(household: Household, text: str) -> Handled | NotHandled:
    try:
        taken = await household.take_words(text, HOME_ASSISTANT)
    except (SpeechError, StoreError) as err:
        log.error("%s: %s", HOME_ASSISTANT, err)
        trouble = line("trouble_full" if isinstance(err, FullDisk) else "trouble")
        return NotHandled(phrase([trouble], household.parts.clock()))
    return Handled(taken.reply.text) if taken.reply else NotHandled()


class WyomingServer:
    """Serves with the engines of this machine, even where the household uses another's: two that lean on each other
    would ask for ever. Without ``converse`` it does not offer to."""

    def __init__(self, engines: Engines, settings: Settings, converse: Converse | None = None) -> None:
        self.engines = engines_here(engines)
        self.converse = converse
        self.info = info(self.engines, settings, talks=converse is not None)
        self._threshold = settings.wake_threshold
        self._wake = {self.engines.wake.engine.phrases: self.engines.wake.engine}
        self._working = asyncio.Semaphore(_WORKING)
        self._clients = 0

    async def serve(self, listening: socket.socket) -> None:
        """Until cancelled; then every client is let go."""
        loop = asyncio.get_running_loop()
        clients: set[asyncio.Task[None]] = set()

        def connected(reader: StreamReader, writer: StreamWriter) -> None:
            clients.add(task := loop.create_task(self._attend(reader, writer)))
            task.add_done_callback(clients.discard)

        server = await loop.create_server(
            lambda: asyncio.StreamReaderProtocol(_Reader(loop=loop), connected), sock=listening
        )
        try:
            await loop.create_future()  # it serves already
        finally:
            server.close()
            for task in clients:
                task.cancel()
            await asyncio.gather(*clients, return_exceptions=True)

    async def work(self, function: Callable[..., T], *arguments: Any) -> T:
        """Off the event loop, a few at a time."""
        async with self._working:
            return await to_thread(function, *arguments)

    def wake_stream(self, names: tuple[str, ...]) -> WakeStream:
        """Listens for these words, or for our own if there are none. Raises EngineMissing."""
        wanted = tuple(sorted(set(names))) or self.engines.wake.engine.phrases
        if wanted not in self._wake:
            if unknown := set(wanted) - set(BUILT_IN):
                raise EngineMissing(f"No wake word {min(unknown)!r} here.", "fondly models list")
            self._wake[wanted] = OpenWakeWord(wanted, self._threshold)
        return self._wake[wanted].listen()

    async def _attend(self, reader: StreamReader, writer: StreamWriter) -> None:
        self._clients += 1
        try:
            if self._clients <= MOST_CLIENTS:
                client = _Client(self, writer)
                while event := await _next(reader):
                    await client.take(event)
        except (ConnectionError, TimeoutError):
            pass  # gone, or stuck
        finally:
            self._clients -= 1
            if writer.transport.get_write_buffer_size():  # it will not take that any more
                writer.transport.abort()
            writer.close()


class _Reader(asyncio.StreamReader):
    """Nobody makes us wait for, and hold, more bytes than a sensible event has."""

    async def readexactly(self, n: int) -> bytes:
        if n > LONGEST_PAYLOAD_BYTES:
            raise ValueError
        return await super().readexactly(n)


async def _next(reader: StreamReader) -> Eventable | None:
    """The next event that means something here. None: there will be none, or what came is no event."""
    while True:
        try:
            async with asyncio.timeout(IDLE_SECONDS):
                event = await async_read_event(reader)
        except (AttributeError, EOFError, KeyError, RecursionError, TypeError):  # JSON, but no event; half of one
            return None
        if event is None:
            return None
        try:
            if known := _known(event):
                return known
        except (TypeError, ValidationError):
            return None


_KINDS: tuple[type[Eventable], ...] = (
    *(Describe, Ping, Transcribe, Transcript, Detect, AudioStart, AudioChunk, AudioStop),
    *(Synthesize, SynthesizeStart, SynthesizeChunk, SynthesizeStop),
)
_CHECKS = {kind: TypeAdapter[Eventable](kind) for kind in _KINDS}


def _known(event: Event) -> Eventable | None:
    """The event as what it is; None: a kind that we have no use for. Raises ValidationError."""
    kind = next((kind for kind in _KINDS if kind.is_type(event.type)), None)
    if kind is None:
        return None
    data = {**event.data, "audio": event.payload or b""} if kind is AudioChunk else event.data
    return _CHECKS[kind].validate_python(data)


class _Ears(Protocol):
    """What the sound is for."""

    async def hear(self, samples: Samples, timestamp: int | None) -> None:
        """(n,) 16 kHz samples, and what their chunk says is its time, in milliseconds."""

    async def end(self) -> None:
        """There is no more sound."""


class _Client:
    """One connection: what is being asked, and the sound or text that has come for it so far."""

    def __init__(self, server: WyomingServer, writer: StreamWriter) -> None:
        self.server = server
        self._writer = writer
        self._ears: _Ears | None = None
        self._form: AudioFormat | None = None
        self._resampler = Resampler(AudioFormat())
        self._text: str | None = None  # that comes bit by bit, and is not said yet

    async def send(self, event: Eventable) -> None:
        async with asyncio.timeout(WRITE_SECONDS):
            await async_write_event(event.event(), self._writer)

    async def take(self, event: Eventable) -> None:
        """Does what is asked; what an engine cannot do is told to the client."""
        try:
            await self._take(event)
        except SpeechError as err:
            await self.send(Error(str(err), type(err).__name__))

    async def _take(self, event: Eventable) -> None:
        match event:
            case Describe():
                await self.send(self.server.info)
            case Ping(text=text):
                await self.send(Pong(text))
            case Transcript(text=text) if self.server.converse:
                words = text.strip()[:LONGEST_TEXT]
                await self.send(await self.server.converse(words) if words else NotHandled())
            case Transcribe() | Detect():
                await self._listen_for(event)
            case AudioStart() | AudioChunk() | AudioStop():
                await self._hear(event)
            case Synthesize(text=text) if self._text is None:  # within a stream it is the same text once more
                await self._say(text)
            case SynthesizeStart() | SynthesizeChunk() | SynthesizeStop():
                await self._say_bit_by_bit(event)

    async def _listen_for(self, asked: Transcribe | Detect) -> None:
        if isinstance(asked, Detect):
            stream = await self.server.work(self.server.wake_stream, tuple(asked.names or ()))
            self._ears = _Waiting(self, stream)
        else:
            self._ears = _Writing(self, asked.transcript_names or ())

    async def _hear(self, event: AudioStart | AudioChunk | AudioStop) -> None:
        self._ears = self._ears or _Writing(self)
        if isinstance(event, AudioStart):
            self._form = None
        elif isinstance(event, AudioChunk):
            await self._ears.hear(self._resampled(event), event.timestamp)
        else:
            ears, self._ears, self._form = self._ears, None, None
            await ears.hear(self._resampler.end().samples, event.timestamp)
            await ears.end()

    def _resampled(self, chunk: AudioChunk) -> Samples:
        """Each chunk says its own form, which may change."""
        form = AudioFormat(chunk.rate, chunk.width, chunk.channels)
        if form != self._form:
            if not SLOWEST_HZ <= form.rate_hz <= FASTEST_HZ:
                raise UnreadableSound(f"{form.rate_hz} Hz cannot be heard: send 16 kHz.")
            self._form, self._resampler = form, Resampler(form)
        return self._resampler.feed(chunk.audio).samples

    async def _say(self, text: str) -> None:
        """One audio-start, the sound, one audio-stop, whether there is anything to say or not."""
        chunks = self.server.engines.tts.engine.speak(text[:LONGEST_TEXT])
        rate_hz = 0
        while (chunk := await self.server.work(next, chunks, None)) is not None:
            if not rate_hz:
                rate_hz = chunk.rate_hz
                await self.send(AudioStart(rate_hz, 2, 1))
            for pcm in _pieces(encode_pcm(chunk.samples)):
                await self.send(AudioChunk(chunk.rate_hz, 2, 1, pcm))
        if not rate_hz:
            await self.send(AudioStart(RATE_HZ, 2, 1))
        await self.send(AudioStop())

    async def _say_bit_by_bit(self, event: SynthesizeStart | SynthesizeChunk | SynthesizeStop) -> None:
        """Each sentence is said as soon as it is whole: when the next begins, or the text ends."""
        if isinstance(event, SynthesizeStart):
            self._text = ""
        elif isinstance(event, SynthesizeChunk) and self._text is not None:
            text = (self._text + event.text)[:LONGEST_TEXT]
            *whole, begun = [*sentences(text)] or [text]
            self._text = begun + " " * text[-1:].isspace()
            for sentence in whole:
                await self._say(sentence)
        elif isinstance(event, SynthesizeStop):
            rest, self._text = self._text, None
            if rest and rest.strip():
                await self._say(rest)
            await self.send(SynthesizeStopped())


class _Writing:
    """Sound that is to be transcribed. ``names``: people who may be spoken of in it."""

    def __init__(self, client: _Client, names: Sequence[str] = ()) -> None:
        self._client = client
        self._names = names
        self._sound = bytearray()

    async def hear(self, samples: Samples, timestamp: int | None) -> None:
        if len(self._sound) > LONGEST_SOUND_SECONDS * RATE_HZ * 2:
            self._sound.clear()
            raise UnreadableSound(f"More than {LONGEST_SOUND_SECONDS} s at once cannot be transcribed.")
        self._sound += encode_pcm(samples)

    async def end(self) -> None:
        server, samples = self._client.server, decode_pcm(bytes(self._sound), AudioFormat())
        utterance = await server.work(server.engines.stt.engine.transcribe, samples, self._names)
        await self._client.send(Transcript(utterance.text, language=utterance.language))


class _Waiting:
    """Sound in which a wake word is waited for, again and again until it ends."""

    def __init__(self, client: _Client, stream: WakeStream) -> None:
        self._client = client
        self._stream = stream
        self._woken = False

    async def hear(self, samples: Samples, timestamp: int | None) -> None:
        if found := await to_thread(self._stream.hear, samples):  # a few milliseconds: never behind other work
            self._woken = True
            at_ms = round(found.at_seconds * 1000) if timestamp is None else timestamp
            await self._client.send(Detection(found.phrase, at_ms))

    async def end(self) -> None:
        if not self._woken:
            await self._client.send(NotDetected())


def _pieces(pcm: bytes) -> Iterator[bytes]:
    return (pcm[at : at + _PIECE_BYTES] for at in range(0, len(pcm), _PIECE_BYTES))
