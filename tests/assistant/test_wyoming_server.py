"""Fondly as a Wyoming service, over real sockets and with the library's own client."""

from __future__ import annotations

import asyncio
import dataclasses
import json
import re
import socket
import subprocess
import threading
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from wyoming.asr import Transcribe, Transcript
from wyoming.audio import AudioChunk, AudioStart, AudioStop
from wyoming.client import AsyncTcpClient
from wyoming.error import Error
from wyoming.event import Event, Eventable
from wyoming.handle import Handled, NotHandled
from wyoming.info import Describe, Info
from wyoming.ping import Ping, Pong
from wyoming.tts import Synthesize, SynthesizeChunk, SynthesizeStart, SynthesizeStop
from wyoming.wake import Detect, Detection

from assistant import wyoming_server
from assistant.demo.demo import recordings
from assistant.doctor import examine
from assistant.engines import Chosen, choose_engines
from assistant.household import Household
from assistant.port import listening_at
from assistant.settings import Settings
from assistant.turn import Parts, wake
from assistant.wyoming_server import WyomingServer
from memory import memories
from memory.errors import FullDisk
from satellites.satellite import Turn
from speech.audio import RATE_HZ, AudioFormat, Samples, decode_pcm, encode_pcm, read_sound, resample, silence
from speech.audio import AudioChunk as SpeechChunk
from speech.stt import Utterance
from speech.stt.moonshine import Moonshine
from speech.stt.wyoming import WyomingStt
from speech.tts.espeak import Espeak
from speech.tts.wyoming import WyomingTts
from speech.wake.wyoming import WyomingWake
from speech.wyoming import Address, Service
from tests.assistant.test_cli import ROOT, Fondly
from tests.fakes import ScriptedEars, SpeakingSatellite
from tests.wyoming_service import wyoming_service

PCM = {"rate": RATE_HZ, "width": 2, "channels": 1}
GOOD_MORNING = recordings()[2]


class CountingEars:
    """Says how long the sound was and whose names came with it; ``gate`` is waited for first."""

    name = "counting"

    def __init__(self) -> None:
        self.gate = threading.Event()
        self.gate.set()
        self.asked = threading.Semaphore(0)

    def transcribe(self, samples: Samples, names: list[str] = ()) -> Utterance:  # type: ignore[assignment]
        self.asked.release()
        self.gate.wait(60)
        return Utterance(" ".join([str(len(samples)), *names]), "en", None, 0)


@asynccontextmanager
async def serving(server: WyomingServer) -> AsyncIterator[int]:
    with listening_at("127.0.0.1", 0) as listening:
        task = asyncio.create_task(server.serve(listening))
        try:
            yield listening.getsockname()[1]
        finally:
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)


@contextmanager
def serving_in_a_thread(server: Callable[[], WyomingServer]) -> Iterator[Address]:
    """For clients that are no coroutines."""
    ports: list[int] = []
    ready, over = threading.Event(), threading.Event()

    async def serve() -> None:
        async with serving(server()) as port:
            ports.append(port)
            ready.set()
            await asyncio.to_thread(over.wait)

    thread = threading.Thread(target=asyncio.run, args=(serve(),))
    thread.start()
    ready.wait(60)
    try:
        yield Address("127.0.0.1", ports[0])
    finally:
        over.set()
        thread.join()


def run(server: WyomingServer, work: Callable[[int], Awaitable[None]]) -> None:
    async def both() -> None:
        async with asyncio.timeout(150), serving(server) as port:
            await work(port)

    asyncio.run(both())


async def ask(port: int, *events: Eventable, until: str) -> list[Event]:
    """What comes back, up to an event of that kind or the end."""
    async with AsyncTcpClient("127.0.0.1", port) as client:
        for event in events:
            await client.write_event(event.event())
        return await read_until(client, until)


async def read_until(client: AsyncTcpClient, kind: str) -> list[Event]:
    came: list[Event] = []
    while not came or came[-1].type != kind:
        event = await client.read_event()
        if event is None:
            break
        came.append(event)
    return came


def sound_of(path: Path) -> Samples:
    return np.concatenate([chunk.samples for chunk in read_sound(path)])


def said(text: str, voice: str = "en-gb-x-rp", pace: int = 140) -> Samples:
    return np.concatenate([chunk.samples for chunk in resample(Espeak(voice, pace).speak(text))])


def as_events(samples: Samples, piece: int = 1280) -> list[Eventable]:
    chunks = [AudioChunk(**PCM, audio=encode_pcm(samples[at : at + piece])) for at in range(0, len(samples), piece)]
    return [AudioStart(**PCM), *chunks, AudioStop()]


def with_ears(parts: Parts, ears: object) -> Parts:
    return dataclasses.replace(parts, engines=dataclasses.replace(parts.engines, stt=Chosen(ears, "a test")))  # type: ignore[arg-type]


@pytest.fixture
def server(parts: Parts, settings: Settings) -> WyomingServer:
    return full_server(parts, settings)


def full_server(parts: Parts, settings: Settings) -> WyomingServer:
    household = Household(parts)
    return WyomingServer(parts.engines, settings, lambda text: wyoming_server._answered(household, text))


# What is offered


def test_everything_is_offered(server: WyomingServer) -> None:
    async def work(port: int) -> None:
        info = Info.from_event((await ask(port, Describe(), until="info"))[-1])
        assert [model.name for model in info.asr[0].models] == ["Moonshine tiny-en"]
        assert info.tts[0].voices[0].name.startswith("eSpeak")
        assert info.tts[0].supports_synthesize_streaming
        assert [model.name for model in info.wake[0].models][:2] == ["hey_jarvis", "alexa"]
        assert info.handle[0].models[0].languages == ["en"]
        assert all(one.installed for kind in (info.asr, info.tts, info.wake, info.handle) for one in kind)
        assert Pong.from_event((await ask(port, Ping("?"), until="pong"))[-1]).text == "?"

    run(server, work)


def test_speech_alone_holds_no_conversation(settings: Settings) -> None:
    async def work(port: int) -> None:
        assert Info.from_event((await ask(port, Describe(), until="info"))[-1]).handle == []
        came = await ask(port, Transcript("Joan keeps bees."), Ping(), until="pong")
        assert [event.type for event in came] == ["pong"]

    run(WyomingServer(choose_engines(settings), settings), work)


def test_it_never_asks_another_machine_itself(settings: Settings) -> None:
    far = settings.model_copy(
        update={"stt": "wyoming:a:1", "tts": "wyoming:a:1", "wake_word": "wyoming:a:1/alexa"},
    )
    engines = WyomingServer(choose_engines(far), far).engines
    assert (engines.stt.engine.name, engines.wake.engine.phrases) == ("Moonshine tiny-en", ("alexa",))
    assert engines.tts.engine.name.startswith("eSpeak")


# Speech to text


def in_another_form(rate_hz: int, stereo: bool) -> list[Eventable]:
    chunks = resample(iter(read_sound(GOOD_MORNING)), rate_hz)
    samples = np.concatenate([chunk.samples for chunk in chunks])
    pcm = np.frombuffer(encode_pcm(samples), "<i2")
    data = (np.repeat(pcm, 2) if stereo else pcm).tobytes()
    form = {"rate": rate_hz, "width": 2, "channels": 2 if stereo else 1}
    pieces = [AudioChunk(**form, audio=data[at : at + 4410]) for at in range(0, len(data), 4410)]
    return [AudioStart(**form), *pieces, AudioStop()]


@pytest.mark.parametrize(("rate_hz", "stereo"), [(16_000, False), (44_100, True), (8_000, False), (48_000, True)])
def test_a_recording_is_transcribed(server: WyomingServer, rate_hz: int, stereo: bool) -> None:
    async def work(port: int) -> None:
        came = await ask(port, Transcribe(language="en"), *in_another_form(rate_hz, stereo), until="transcript")
        transcript = Transcript.from_event(came[-1])
        assert "good morning" in transcript.text.lower()
        assert transcript.language == "en"

    run(server, work)


def test_names_that_come_along_are_listened_for(parts: Parts, settings: Settings) -> None:
    ears = ScriptedEars("Siobhan called.", "")

    async def work(port: int) -> None:
        asked = Transcribe(transcript_names=["Siobhan", "Rahul"])
        async with AsyncTcpClient("127.0.0.1", port) as client:
            for events in ([asked, *as_events(silence(1).samples)], as_events(silence(0.5).samples)):
                for event in events:
                    await client.write_event(event.event())
                await read_until(client, "transcript")

    run(full_server(with_ears(parts, ears), settings), work)
    assert ears.heard == [(1.0, ["Siobhan", "Rahul"]), (0.5, ())]


@pytest.mark.parametrize(
    "form",
    [{"rate": 1, "width": 2, "channels": 1}, {"rate": 16_000, "width": 9, "channels": 1}, {**PCM, "channels": 0}],
)
def test_sound_of_no_kind_is_refused(server: WyomingServer, form: dict[str, int]) -> None:
    async def work(port: int) -> None:
        came = await ask(port, AudioChunk(**form, audio=b"\1" * 3600), until="error")
        assert Error.from_event(came[-1]).code == "UnreadableSound"

    run(server, work)


def test_endless_sound_is_refused(server: WyomingServer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(wyoming_server, "LONGEST_SOUND_SECONDS", 2)

    async def work(port: int) -> None:
        came = await ask(port, *as_events(silence(3).samples), until="error")
        assert "More than 2 s" in Error.from_event(came[-1]).text

    run(server, work)


# Text to speech


def sound_in(events: list[Event]) -> tuple[float, int]:
    """Its seconds, and how often it began and ended."""
    chunks = [AudioChunk.from_event(event) for event in events if event.type == "audio-chunk"]
    kinds = [event.type for event in events]
    assert kinds.count("audio-start") == kinds.count("audio-stop")
    return sum(chunk.seconds for chunk in chunks), kinds.count("audio-stop")


def test_a_text_is_spoken(server: WyomingServer) -> None:
    wanted = sum(chunk.seconds for chunk in server.engines.tts.engine.speak("It rains. She left early."))

    async def work(port: int) -> None:
        came = await ask(port, Synthesize("It rains. She left early."), until="audio-stop")
        assert came[0].type == "audio-start"
        assert sound_in(came) == (pytest.approx(wanted, abs=0.01), 1)
        assert sound_in(await ask(port, Synthesize(" … "), until="audio-stop")) == (0, 1)

    run(server, work)


def test_a_text_that_comes_bit_by_bit_is_spoken_sentence_by_sentence(server: WyomingServer) -> None:
    def seconds(text: str) -> float:
        return sum(chunk.seconds for chunk in server.engines.tts.engine.speak(text))

    async def work(port: int) -> None:
        async with AsyncTcpClient("127.0.0.1", port) as client:

            async def send(*events: Eventable) -> None:
                for event in events:
                    await client.write_event(event.event())

            await send(SynthesizeStart(), *map(SynthesizeChunk, ["It ", "rains", ". ", "She le"]))
            first = await read_until(client, "audio-stop")  # although the text has not ended
            await send(*map(SynthesizeChunk, ["ft", " ", "early."]), Synthesize("It rains. She left early."))
            await send(SynthesizeStop())
            rest = await read_until(client, "synthesize-stopped")
            assert sound_in(first)[0] == pytest.approx(seconds("It rains."), abs=0.01)
            assert sound_in(rest) == (pytest.approx(seconds("She left early."), abs=0.01), 1)
            await send(SynthesizeStart(), SynthesizeStop(), Synthesize("Yes."))
            assert [e.type for e in await read_until(client, "audio-stop")][:2] == ["synthesize-stopped", "audio-start"]

    run(server, work)


# Wake words


ALEXA = np.concatenate((silence(1).samples, said("alexa", "en-gb", 160), silence(1.5).samples))


def test_a_wake_word_is_heard(server: WyomingServer) -> None:
    async def work(port: int) -> None:
        came = await ask(port, Detect(["alexa"]), *as_events(ALEXA), until="detection")
        found = Detection.from_event(came[-1])
        assert found.name == "alexa"
        assert 1000 < (found.timestamp or 0) < 2200
        came = await ask(port, Detect(), *as_events(ALEXA), until="not-detected")
        assert [event.type for event in came] == ["not-detected"]  # our own word is another
        came = await ask(port, Detect(["hey_joan"]), until="error")
        assert "hey_joan" in Error.from_event(came[-1]).text

    run(server, work)


# Conversation


async def say(port: int, text: str) -> Event:
    return (await ask(port, Transcript(text, context={"conversation_id": "1"}), until="handled"))[-1]


def test_home_assistant_tells_and_asks(server: WyomingServer, parts: Parts) -> None:
    async def work(port: int) -> None:
        told = Handled.from_event(await say(port, "Ana Okafor is allergic to walnuts."))
        assert (told.text or "").startswith("Kept: ")
        asked = Handled.from_event(await say(port, "What is Ana allergic to?"))
        assert "walnuts" in (asked.text or "")

    run(server, work)
    assert [memory.text for memory in memories.pending(parts.db)] == ["Ana Okafor is allergic to walnuts."]
    satellites = parts.db.rows("SELECT DISTINCT satellite FROM captures")
    assert [row["satellite"] for row in satellites] == ["home assistant"]


def test_nothing_said_is_not_handled(server: WyomingServer) -> None:
    async def work(port: int) -> None:
        assert [e.type for e in await ask(port, Transcript("  "), until="not-handled")] == ["not-handled"]

    run(server, work)


def test_what_could_not_be_kept_is_not_handled(
    parts: Parts, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    household = Household(parts)

    async def full(text: str, satellite: str) -> None:
        raise FullDisk("no room")

    monkeypatch.setattr(household, "take_words", full)
    server = WyomingServer(parts.engines, settings, lambda text: wyoming_server._answered(household, text))

    async def work(port: int) -> None:
        came = NotHandled.from_event((await ask(port, Transcript("Joan called."), until="not-handled"))[-1])
        assert "no room left" in (came.text or "")

    run(server, work)


# Clients of all kinds


def test_several_clients_at_once_do_not_mix(parts: Parts, settings: Settings) -> None:
    server = full_server(with_ears(parts, CountingEars()), settings)
    speak = parts.engines.tts.engine.speak
    texts = ["It rains.", "She left early this morning.", "Nobody came to the large party."]

    async def transcribed(port: int, length: int) -> None:
        async with AsyncTcpClient("127.0.0.1", port) as client:
            for event in (Transcribe(transcript_names=[f"n{length}"]), *as_events(silence(length / RATE_HZ).samples)):
                await client.write_event(event.event())
                await asyncio.sleep(0)
            assert Transcript.from_event((await read_until(client, "transcript"))[-1]).text == f"{length} n{length}"

    async def spoken(port: int, text: str) -> None:
        came = await ask(port, Synthesize(text), until="audio-stop")
        assert sound_in(came)[0] == pytest.approx(sum(chunk.seconds for chunk in speak(text)), abs=0.01)

    async def work(port: int) -> None:
        async with asyncio.TaskGroup() as tasks:
            for n in range(8):
                tasks.create_task(transcribed(port, 16_000 + n * 1000))
                tasks.create_task(spoken(port, texts[n % 3]))

    run(server, work)


JUNK = [
    b"\n",
    b"GET / HTTP/1.1\r\nHost: fondly\r\n\r\n",
    b"[1, 2]\n",
    b"7\n",
    b"{}\n",
    b'{"type": 5, "data": [1]}\n',
    b"[" * 60_000 + b"\n",
    b"x" * 200_000,
    b'{"type": "audio-chunk", "data": {"rate": "much", "width": [], "channels": null}, "payload_length": 2}\nab',
    b'{"type": "audio-chunk", "payload_length": 10000000000}\n',
    b'{"type": "describe", "data_length": "long"}\n',
    b'{"type": "transcript", "data": {"text": ["Joan"]}}\n',
    b'{"type": "transcribe", "data": {"transcript_names": 5}}\n',
    b'{"type": "synthesize", "data": []}\n',
    b'{"type": "detect", "data": [["names", 5]]}\n',
    b'{"type": "transcript", "data_length": 400}\n{"text": "Jo',
    b"\xff\xfe\xfd\n",
]


async def send_and_go(port: int, data: bytes) -> None:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    try:
        writer.write(data)
        writer.write_eof()
        await reader.read()
    except ConnectionError:
        pass
    finally:
        writer.close()


async def still_serves(port: int) -> None:
    assert (await ask(port, Describe(), until="info"))[-1].type == "info"


def test_junk_and_half_messages_hurt_nobody(
    server: WyomingServer, parts: Parts, caplog: pytest.LogCaptureFixture
) -> None:
    async def work(port: int) -> None:
        for junk in JUNK:
            await send_and_go(port, junk)
        await still_serves(port)

    run(server, work)
    assert [record.message for record in caplog.records if record.levelname == "ERROR"] == []
    assert memories.pending(parts.db) == []


KINDS = ["audio-start", "audio-chunk", "audio-stop", "detect", "transcribe", "synthesize-chunk", "synthesize-stop"]
ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=6,
)
DATA = ANYTHING | st.fixed_dictionaries({}, optional=dict.fromkeys(("rate", "width", "channels", "names"), ANYTHING))
EVENTS = st.fixed_dictionaries({"type": st.sampled_from(KINDS), "data": DATA}, optional={"payload_length": ANYTHING})
LINES = EVENTS.map(lambda event: json.dumps(event).encode() + b"\n")


@given(st.lists(st.binary(max_size=60) | LINES, max_size=4))
@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_nothing_that_comes_in_hurts(
    server: WyomingServer, caplog: pytest.LogCaptureFixture, data: list[bytes]
) -> None:
    async def work(port: int) -> None:
        await send_and_go(port, b"".join(data))
        await still_serves(port)

    run(server, work)
    assert [record.message for record in caplog.records if record.levelname == "ERROR"] == []


def test_a_client_that_vanishes_while_its_words_are_written_down(parts: Parts, settings: Settings) -> None:
    ears = CountingEars()
    ears.gate.clear()
    server = full_server(with_ears(parts, ears), settings)

    async def work(port: int) -> None:
        client = AsyncTcpClient("127.0.0.1", port)
        await client.connect()
        for event in as_events(silence(1).samples):
            await client.write_event(event.event())
        await asyncio.to_thread(ears.asked.acquire)
        await client.disconnect()
        await still_serves(port)
        ears.gate.set()
        came = await ask(port, *as_events(silence(1).samples), until="transcript")
        assert Transcript.from_event(came[-1]).text == "16000"

    run(server, work)


def test_a_client_that_takes_nothing_is_let_go(server: WyomingServer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(wyoming_server, "WRITE_SECONDS", 0.3)

    async def work(port: int) -> None:
        stuck = socket.socket()
        stuck.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        with stuck:
            stuck.connect(("127.0.0.1", port))
            data = json.dumps({"type": "synthesize", "data": {"text": "She left early this morning. " * 600}})
            stuck.sendall(data.encode() + b"\n")
            while not server._clients:  # noqa: ASYNC110
                await asyncio.sleep(0.01)
            await still_serves(port)
            while server._clients:  # noqa: ASYNC110
                await asyncio.sleep(0.01)

    run(server, work)


def test_a_client_that_says_nothing_is_let_go(server: WyomingServer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(wyoming_server, "IDLE_SECONDS", 0.1)

    async def work(port: int) -> None:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        assert await reader.read() == b""
        writer.close()

    run(server, work)


def test_too_many_clients_are_turned_away(server: WyomingServer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(wyoming_server, "MOST_CLIENTS", 2)

    async def work(port: int) -> None:
        async with AsyncTcpClient("127.0.0.1", port) as first, AsyncTcpClient("127.0.0.1", port):
            await first.write_event(Ping().event())
            await first.read_event()
            assert await ask(port, until="info") == []
        while server._clients:  # noqa: ASYNC110
            await asyncio.sleep(0.01)
        await still_serves(port)

    run(server, work)


# Two Fondlys: a weak one that leans on a strong one


def test_a_weak_machine_uses_a_stronger_one(settings: Settings) -> None:
    with serving_in_a_thread(lambda: WyomingServer(choose_engines(settings), settings)) as there:
        ears = WyomingStt(Service(there, "asr"), ScriptedEars())
        assert "good morning" in ears.transcribe(sound_of(GOOD_MORNING)).text.lower()
        voice = WyomingTts(Service(there, "tts"), Espeak())
        assert len(list(voice.speak("It rains. She left."))) == 2
        stream = WyomingWake(Service(there, "wake", "alexa"), "alexa", choose_engines(settings).wake.engine).listen()
        found = [d for at in range(0, len(ALEXA), 1280) if (d := stream.hear(ALEXA[at : at + 1280]))]
        assert [d.phrase for d in found] == ["alexa"]
        assert 1.0 < found[0].at_seconds < 2.2


def test_a_spoken_turn_goes_on_when_the_stronger_one_dies(
    parts: Parts, settings: Settings, caplog: pytest.LogCaptureFixture
) -> None:
    ears = CountingEars()
    ears.gate.clear()
    sound = sound_of(GOOD_MORNING)
    far = full_server(with_ears(parts, ears), settings)
    with serving_in_a_thread(lambda: far) as there:
        weak = WyomingStt(Service(there, "asr", retry_seconds=60), Moonshine(), answer_seconds=60)
        found: list[Utterance] = []
        asking = threading.Thread(target=lambda: found.append(weak.transcribe(sound)))
        asking.start()
        ears.asked.acquire(timeout=60)
        threading.Timer(0.5, ears.gate.set).start()  # after the server is gone, so that its thread can end
    asking.join()
    assert "good morning" in found[0].text.lower()
    assert "this machine does it itself (speech to text)" in caplog.text


def test_a_turn_begins_where_the_wake_word_ended_however_late_that_is_told(parts: Parts) -> None:
    sound = np.linspace(-0.5, 0.5, 5 * RATE_HZ, dtype=np.float32)
    heard = 0

    def tells_late(event: Event, say: Callable[[Eventable | bytes], None]) -> None:
        if event.type == "audio-chunk" and event.data["timestamp"] == 1600:
            say(Detection("alexa", 800))

    async def audio() -> AsyncIterator[SpeechChunk]:
        nonlocal heard
        while heard < len(sound):
            heard += 1280
            yield SpeechChunk(sound[heard - 1280 : heard])

    with wyoming_service(tells_late) as there:
        far = Chosen(WyomingWake(Service(there.address, "wake"), "alexa", parts.engines.wake.engine), "a test")
        engines = dataclasses.replace(parts.engines, wake=far)
        chance = Turn(SpeakingSatellite("kitchen"), audio())
        woken = asyncio.run(wake(chance, dataclasses.replace(parts, engines=engines)))
    assert woken
    assert heard > 1.5 * RATE_HZ
    assert np.array_equal(woken.rest.samples, sound[round(0.8 * RATE_HZ) : heard])


def test_the_settings_name_other_machines(tmp_path: Path, parts: Parts) -> None:
    home = {"home": tmp_path / "weak", "stt": "wyoming:127.0.0.1:9", "wake_word": "wyoming:127.0.0.1:9/okay_nabu"}
    findings = {found.seam: found for found in examine(Settings(**home), parts.db)}  # type: ignore[arg-type]
    ears, wake = findings["speech to text"], findings["wake word"]
    assert (ears.used, wake.used) == ("Moonshine tiny-en", "okay_nabu")
    assert ears.why.endswith("is not there (Connection refused); this machine does it meanwhile")
    with serving_in_a_thread(lambda: WyomingServer(parts.engines, Settings(home=tmp_path / "strong"))) as there:
        home |= {"stt": f"wyoming:{there}", "wake_word": f"wyoming:{there}/hey_joan"}
        findings = {found.seam: found for found in examine(Settings(**home), parts.db)}  # type: ignore[arg-type]
        assert findings["speech to text"].used == f"Wyoming at {there}"
        assert "knows no hey_joan, only hey_jarvis, alexa" in findings["wake word"].why
        assert findings["wake word"].used == "hey_jarvis"


# As it is started


def port_that_is_free() -> int:
    with socket.create_server(("127.0.0.1", 0)) as found:
        return int(found.getsockname()[1])


def test_fondly_serve_is_reached_over_wyoming(tmp_path: Path) -> None:
    fondly = Fondly(tmp_path / "home")
    port = port_that_is_free()
    env = {**fondly.env, "FONDLY_WYOMING_PORT": str(port)}
    with subprocess.Popen(fondly.command("serve"), env=env, stdout=subprocess.PIPE, cwd=ROOT, text=True) as server:
        assert server.stdout
        assert "Fondly is at" in server.stdout.readline()
        reply = asyncio.run(_when_it_listens(port))
        assert (reply.text or "").startswith("Kept: ")
        server.terminate()
        assert server.wait(60) is not None


async def _when_it_listens(port: int) -> Handled:
    async with asyncio.timeout(60):
        while True:
            try:
                return Handled.from_event(await say(port, "Ana Okafor keeps bees."))
            except ConnectionRefusedError:
                await asyncio.sleep(0.1)


def test_a_taken_wyoming_port_is_one_line(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        told = Fondly(tmp_path / "home")("serve", code=1, FONDLY_WYOMING_PORT=port)
    assert "set FONDLY_WYOMING_PORT to another" in told


def test_a_badly_written_address_is_one_line(tmp_path: Path) -> None:
    told = Fondly(tmp_path / "home")("doctor", code=1, FONDLY_STT="wyoming:pi")
    assert told.strip() == "setting stt: Value error, it is written wyoming:HOST:PORT, as in wyoming:192.168.1.20:10300"


def test_fondly_speech_server(tmp_path: Path) -> None:
    fondly = Fondly(tmp_path / "home")
    command = fondly.command("speech-server", "--port", "0")
    with subprocess.Popen(command, env=fondly.env, stdout=subprocess.PIPE, cwd=ROOT, text=True) as server:
        assert server.stdout
        found = re.search(r"wyoming:127\.0\.0\.1:(\d+)", server.stdout.readline())
        assert found
        came = asyncio.run(ask(int(found[1]), Synthesize("Good morning."), until="audio-stop"))
        pcm = b"".join(event.payload or b"" for event in came)
        rate_hz = came[0].data["rate"]
        assert len(decode_pcm(pcm, AudioFormat(rate_hz))) / rate_hz > 0.5
        server.terminate()
    assert not (tmp_path / "home" / "data").exists()  # it keeps nothing
