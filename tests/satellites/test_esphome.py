"""The host's side of ESPHome's voice protocol, over a real connection with a small device of our own."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

import httpx
import numpy as np
import pytest
from aioesphomeapi import VoiceAssistantFeature, api_pb2

from satellites.errors import Interrupted, SatelliteError
from satellites.esphome import EspHome
from satellites.esphome_device import Device
from satellites.esphome_run import Deadlines
from satellites.satellite import Turn
from satellites.speech_server import SpeechServer
from speech.audio import AudioChunk, encode_pcm
from tests.satellites.fake_esphome import KEY, SPEAKER, FakeDevice, running

TONE = (np.sin(np.arange(16_000) / 20) * 0.3).astype(np.float32)
BEGINNING = ["RUN_START", "STT_START", "STT_VAD_START", "STT_VAD_END"]
ASKING = "asks for the next turn"
REPLY = ["STT_END", "INTENT_START", "INTENT_END", "TTS_START", "TTS_END", "RUN_END"]


async def tone(seconds: float = 0.2) -> AsyncIterator[AudioChunk]:
    yield AudioChunk(TONE[: int(16_000 * seconds)])


@asynccontextmanager
async def hosted(
    device: FakeDevice, deadlines: Deadlines | None = None, key: str | None = None, mac: str | None = None
) -> AsyncIterator[tuple[EspHome, AsyncIterator[Turn]]]:
    speeches = SpeechServer()
    async with running(device):
        satellite = EspHome("fake", Device("127.0.0.1", device.port, key, mac), speeches, deadlines)
        turns = satellite.turns()
        try:
            async with asyncio.timeout(60):
                yield satellite, turns
        finally:
            asking = [task for task in asyncio.all_tasks() if task.get_name() == ASKING]
            for task in asking:
                task.cancel()
            await asyncio.gather(*asking, return_exceptions=True)
            await turns.aclose()  # type: ignore[attr-defined]
            await speeches.close()


async def there(satellite: EspHome, turns: AsyncIterator[Turn]) -> asyncio.Task[Turn]:
    """Asks for the next turn, and waits until the device is there."""
    asking = asyncio.create_task(_next(turns), name=ASKING)
    await settled(lambda: not satellite.trouble)
    return asking


async def settled(holds: Callable[[], bool]) -> None:
    async with asyncio.timeout(30):
        while not holds():  # noqa: ASYNC110
            await asyncio.sleep(0.01)


async def woken(device: FakeDevice, satellite: EspHome, turns: AsyncIterator[Turn], flags: int = 0) -> Turn:
    asking = await there(satellite, turns)
    device.start(flags=flags)
    return await asking


def run(talk: Callable[[], Awaitable[None]]) -> None:
    asyncio.run(talk())  # type: ignore[arg-type]


class TestATurn:
    def test_is_heard_in_pieces_and_replied_to_by_an_address(self) -> None:
        async def talk() -> None:
            device = FakeDevice()
            async with hosted(device) as (satellite, turns):
                turn = await woken(device, satellite, turns)
                assert turn.wake_phrase == "okay nabu"
                for start in range(0, 16_000, 512):
                    device.sound(encode_pcm(TONE[start : start + 512]))
                heard: list[AudioChunk] = []
                async for chunk in turn.audio:
                    heard.append(chunk)
                    if sum(len(one.samples) for one in heard) >= 16_000 - 1280:
                        break
                sound = np.concatenate([one.samples for one in heard])
                assert np.allclose(sound, TONE[: len(sound)], atol=1e-3)
                await turn.audio.aclose()  # type: ignore[attr-defined]
                playing = asyncio.ensure_future(satellite.play(tone()))
                await device.hears(lambda: "RUN_END" in device.events)
                assert device.events == BEGINNING + REPLY
                assert device.told("INTENT_END")["continue_conversation"] == "0"
                async with httpx.AsyncClient() as client:
                    fetched = await client.get(device.told("TTS_END")["url"])
                assert fetched.content[:4] == b"RIFF"
                assert not playing.done()
                device.plays(True)
                device.plays(False)
                await playing

        run(talk)

    def test_with_nothing_said_in_it_ends_gently(self) -> None:
        async def talk() -> None:
            device = FakeDevice()
            async with hosted(device) as (satellite, turns):
                turn = await woken(device, satellite, turns)
                await turn.audio.aclose()  # type: ignore[attr-defined]
                await there(satellite, turns)
                await device.hears(lambda: "RUN_END" in device.events)
                assert device.events == [*BEGINNING, "ERROR", "RUN_END"]
                assert device.told("ERROR")["code"] == "stt-no-text-recognized"

        run(talk)

    def test_that_another_device_answers_ends_without_a_sound(self) -> None:
        async def talk() -> None:
            device = FakeDevice()
            async with hosted(device) as (satellite, turns):
                await woken(device, satellite, turns)
                satellite.outdone()
                await device.hears(lambda: "RUN_END" in device.events)
                assert device.told("ERROR")["code"] == "duplicate_wake_up_detected"

        run(talk)

    def test_whose_microphone_falls_silent_ends(self) -> None:
        async def talk() -> None:
            device = FakeDevice()
            async with hosted(device, Deadlines(sound=0.05)) as (satellite, turns):
                turn = await woken(device, satellite, turns)
                assert [chunk async for chunk in turn.audio] == []

        run(talk)

    def test_that_is_stopped_takes_no_reply(self) -> None:
        async def talk() -> None:
            device = FakeDevice()
            async with hosted(device) as (satellite, turns):
                turn = await woken(device, satellite, turns)
                await turn.audio.aclose()  # type: ignore[attr-defined]
                device.stop()
                await device.hears(lambda: "RUN_END" in device.events)
                with pytest.raises(Interrupted):
                    await satellite.play(tone())
                assert device.events == [*BEGINNING, "RUN_END"]

        run(talk)

    def test_gives_way_to_the_next_which_is_not_ended_by_it(self) -> None:
        async def talk() -> None:
            device = FakeDevice()
            async with hosted(device) as (satellite, turns):
                first = await woken(device, satellite, turns)
                device.start("hey jarvis")
                assert [chunk async for chunk in first.audio] == []
                with pytest.raises(Interrupted):
                    await satellite.play(tone())
                second = await anext(turns)
                assert second.wake_phrase == "hey jarvis"
                await device.hears(lambda: device.events == BEGINNING[:2] * 2)

        run(talk)

    def test_that_takes_too_long_lets_the_device_sleep_and_announces_the_reply(self) -> None:
        async def talk() -> None:
            device = FakeDevice()
            async with hosted(device, Deadlines(thinking=0.05, fetching=0.05)) as (satellite, turns):
                turn = await woken(device, satellite, turns)
                await turn.audio.aclose()  # type: ignore[attr-defined]
                await device.hears(lambda: "RUN_END" in device.events)
                assert device.told("ERROR")["code"] == "timeout"
                with pytest.raises(SatelliteError, match="did not fetch"):
                    await satellite.play(tone())
                assert any(isinstance(one, api_pb2.VoiceAssistantAnnounceRequest) for one in device.heard)

        run(talk)

    def test_of_a_device_without_a_wake_word_is_listened_to_here(self) -> None:
        async def talk() -> None:
            device = FakeDevice()
            async with hosted(device) as (satellite, turns):
                turn = await woken(device, satellite, turns, flags=2)
                assert turn.wake_phrase is None
                await device.hears(lambda: device.events == ["RUN_START", "WAKE_WORD_START"])

        run(talk)

    def test_that_answers_a_question_has_no_wake_phrase(self) -> None:
        async def talk() -> None:
            device = FakeDevice()
            async with hosted(device) as (satellite, turns):
                await woken(device, satellite, turns)
                playing = asyncio.ensure_future(satellite.play(tone(), then_listen=True))
                await device.hears(lambda: "RUN_END" in device.events)
                assert device.told("INTENT_END")["continue_conversation"] == "1"
                async with httpx.AsyncClient() as client:
                    await client.get(device.told("TTS_END")["url"])
                device.start("okay nabu")  # as the firmware does: with the phrase of the run before
                await playing
                assert (await anext(turns)).wake_phrase == ""

        run(talk)

    def test_that_nobody_takes_lets_the_device_sleep(self) -> None:
        async def talk() -> None:
            device = FakeDevice()
            async with hosted(device, Deadlines(listening=0.05)) as (satellite, turns):
                await woken(device, satellite, turns)
                device.start()
                await device.hears(lambda: "RUN_END" in device.events)
                assert device.told("ERROR")["code"] == "timeout"

        run(talk)

    def test_is_lost_with_the_connection_and_the_device_comes_back(self) -> None:
        async def talk() -> None:
            device = FakeDevice()
            async with hosted(device) as (satellite, turns):
                turn = await woken(device, satellite, turns)
                device.hang_up()
                assert [chunk async for chunk in turn.audio] == []
                with pytest.raises(SatelliteError):
                    await satellite.play(tone())
                asking = await there(satellite, turns)
                device.start("hello again")
                assert (await asking).wake_phrase == "hello again"

        run(talk)


class TestSpeech:
    def test_that_is_never_fetched_was_not_said_whatever_the_device_says(self) -> None:
        async def talk() -> None:
            device = FakeDevice()
            async with hosted(device, Deadlines(fetching=0.2)) as (satellite, turns):
                await woken(device, satellite, turns)
                playing = asyncio.ensure_future(satellite.play(tone()))
                await device.hears(lambda: "RUN_END" in device.events)
                device.send(api_pb2.VoiceAssistantAnnounceFinished(success=True))
                with pytest.raises(SatelliteError, match="firewall"):
                    await playing

        run(talk)

    def test_that_the_device_never_ends_is_over_by_its_length(self) -> None:
        async def talk() -> None:
            device = FakeDevice()
            async with hosted(device, Deadlines(margin=0.05)) as (satellite, turns):
                await woken(device, satellite, turns)
                playing = asyncio.ensure_future(satellite.play(tone()))
                await device.hears(lambda: "RUN_END" in device.events)
                async with httpx.AsyncClient() as client:
                    await client.get(device.told("TTS_END")["url"])
                await playing

        run(talk)

    def test_long_before_its_end_is_interrupted_by_a_new_run(self) -> None:
        async def talk() -> None:
            device = FakeDevice()

            async def long() -> AsyncIterator[AudioChunk]:
                for _ in range(60):
                    yield AudioChunk(TONE)

            async with hosted(device) as (satellite, turns):
                await woken(device, satellite, turns)
                playing = asyncio.ensure_future(satellite.play(long()))
                await device.hears(lambda: "RUN_END" in device.events)
                async with httpx.AsyncClient() as client:
                    await client.get(device.told("TTS_END")["url"])
                device.start()
                with pytest.raises(Interrupted):
                    await playing
                assert not any(isinstance(one, api_pb2.MediaPlayerCommandRequest) for one in device.heard)

        run(talk)

    def test_that_fails_to_be_made_says_so(self) -> None:
        async def broken() -> AsyncIterator[AudioChunk]:
            raise ValueError("no voice")
            yield AudioChunk(TONE)

        async def talk() -> None:
            device = FakeDevice()
            async with hosted(device) as (satellite, turns):
                await woken(device, satellite, turns)
                with pytest.raises(ValueError, match="no voice"):
                    await satellite.play(broken())

        run(talk)

    def test_is_streamed_to_a_bare_speaker(self) -> None:
        async def talk() -> None:
            device = FakeDevice(SPEAKER)
            async with hosted(device) as (satellite, turns):
                await woken(device, satellite, turns)
                await satellite.play(tone(0.5))
                await device.hears(lambda: "TTS_STREAM_END" in device.events)
                assert device.events == [*BEGINNING, *REPLY, "TTS_STREAM_START", "TTS_STREAM_END"]
                sound = b"".join(one.data for one in device.heard if isinstance(one, api_pb2.VoiceAssistantAudio))
                assert sound[:16_000] == encode_pcm(TONE[:8000])
                assert not any(sound[16_000:])

        run(talk)

    def test_goes_by_udp_to_old_firmware_and_strangers_are_not_heard(self) -> None:
        async def talk() -> None:
            device = FakeDevice(SPEAKER & ~VoiceAssistantFeature.API_AUDIO)
            async with hosted(device) as (satellite, turns):
                turn = await woken(device, satellite, turns)
                await device.hears(lambda: any(isinstance(m, api_pb2.VoiceAssistantResponse) for m in device.heard))
                port = next(one.port for one in device.heard if isinstance(one, api_pb2.VoiceAssistantResponse))
                with _udp("127.0.0.2") as stranger, _udp("127.0.0.1") as sock:
                    stranger.sendto(encode_pcm(TONE[:1280] * 0), ("127.0.0.1", port))
                    sock.sendto(encode_pcm(TONE[:1280]), ("127.0.0.1", port))
                    assert np.allclose((await anext(turn.audio)).samples, TONE[:1280], atol=1e-3)
                    await satellite.play(tone(0.1))
                    assert sock.recv(4096) == encode_pcm(TONE[:512])

        run(talk)


class TestTheDevice:
    def test_with_the_right_key_is_there(self) -> None:
        async def talk() -> None:
            device = FakeDevice(key=KEY)
            async with hosted(device, key=KEY, mac="02aabbccdd01") as (satellite, turns):
                turn = await woken(device, satellite, turns)
                assert turn.wake_phrase == "okay nabu"
                assert satellite.mac == "02:AA:BB:CC:DD:01"

        run(talk)

    @pytest.mark.parametrize(
        ("has", "given", "says"),
        [(KEY, "A" * 43 + "=", "copy it again"), (KEY, None, "no key is set"), (None, KEY, "is not encrypted")],
    )
    def test_with_another_key_is_not_tried_again(self, has: str | None, given: str | None, says: str) -> None:
        async def talk() -> None:
            device = FakeDevice(key=has)
            async with hosted(device, key=given) as (satellite, turns):
                assert [turn async for turn in turns] == []
                assert says in satellite.trouble
                assert device.connections == 1

        run(talk)

    def test_of_another_mac_is_not_talked_to(self) -> None:
        async def talk() -> None:
            async with hosted(FakeDevice(), mac="02:aa:bb:cc:dd:99") as (satellite, turns):
                assert [turn async for turn in turns] == []
                assert "another device (02:AA:BB:CC:DD:01)" in satellite.trouble

        run(talk)

    def test_without_a_voice_assistant_is_said_to_have_none(self) -> None:
        async def talk() -> None:
            async with hosted(FakeDevice(features=0)) as (satellite, turns):
                assert [turn async for turn in turns] == []
                assert "no voice assistant" in satellite.trouble

        run(talk)

    def test_that_another_host_holds_is_asked_again_until_it_is_free(self) -> None:
        async def talk() -> None:
            device = FakeDevice(held_by="Home Assistant 2026.11.0 (192.168.1.5)")
            async with hosted(device, Deadlines(held=0.05)) as (satellite, turns):
                asking = asyncio.create_task(_next(turns), name=ASKING)
                await settled(lambda: "holds this device" in satellite.trouble)
                assert satellite.trouble.startswith("Home Assistant 2026.11.0 (192.168.1.5)")
                assert not satellite.can_announce
                device.held_by = ""
                await settled(lambda: not satellite.trouble)
                device.start()
                assert (await asking).wake_phrase == "okay nabu"
                assert device.connections == 1

        run(talk)

    def test_tells_and_takes_its_wake_words(self) -> None:
        async def talk() -> None:
            device = FakeDevice()
            async with hosted(device) as (satellite, turns):
                await there(satellite, turns)
                assert await satellite.wake_words() == ({"okay_nabu": "Okay Nabu"}, ["okay_nabu"])
                await satellite.heed(["okay_nabu"])
                wanted = api_pb2.VoiceAssistantSetConfiguration(active_wake_words=["okay_nabu"])
                await device.hears(lambda: wanted in device.heard)

        run(talk)


async def _next(turns: AsyncIterator[Turn]) -> Turn:
    return await anext(turns)


def _udp(host: str) -> socket.socket:
    sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    sock.bind((host, 0))
    sock.settimeout(10)
    return sock
