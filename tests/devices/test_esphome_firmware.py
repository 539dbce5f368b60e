"""Conversations with ESPHome's own firmware: what it really does, not what a stand-in would."""

from __future__ import annotations

import asyncio
import re
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Callable
from contextlib import aclosing, asynccontextmanager, suppress
from pathlib import Path

import pytest
from aioesphomeapi import DeviceInfo, VoiceAssistantFeature

from assistant.app import open_home
from assistant.household import Household
from assistant.settings import Settings
from assistant.turn import Stage
from satellites.errors import Interrupted, SatelliteError
from satellites.esphome import EspHome
from satellites.esphome_device import Device
from satellites.esphome_run import Deadlines
from satellites.satellite import Turn
from satellites.speech_server import SpeechServer
from speech.audio import Samples
from speech.stt.moonshine import Moonshine
from tests.devices.conftest import Firmware, listened, ready, spoken

ROOT = Path(__file__).parents[2]
LESSON = "The piano lesson is on Monday at nine. Please bring the blue book and a pencil."


@pytest.fixture(scope="module")
def words() -> Callable[[Samples], set[str]]:
    ears = Moonshine()
    return lambda sound: set(re.findall(r"[a-z']+", ears.transcribe(sound).text.lower()))


def in_common(said: str, heard: set[str]) -> float:
    wanted = set(re.findall(r"[a-z']+", said.lower()))
    return len(wanted & heard) / len(wanted)


Take = Callable[[EspHome, Turn], object]


@asynccontextmanager
async def host(device: Firmware, deadlines: Deadlines | None = None) -> AsyncIterator[EspHome]:
    speeches = SpeechServer()
    try:
        yield EspHome("device", Device("127.0.0.1", device.port), speeches, deadlines)
    finally:
        await speeches.close()


@asynccontextmanager
async def attended(satellite: EspHome, turns: list[Turn]) -> AsyncIterator[None]:
    """Somebody hears what is said in its turns, and says nothing."""

    async def attend() -> None:
        async with aclosing(satellite.turns()) as taken:
            async for turn in taken:
                turns.append(turn)
                await listened(turn)

    attending = asyncio.create_task(attend())
    try:
        await ready(satellite)
        yield
    finally:
        attending.cancel()
        await asyncio.gather(attending, return_exceptions=True)


async def _next(turns: AsyncIterator[Turn]) -> Turn:
    return await anext(turns)


async def until(holds: Callable[[], bool], seconds: float = 30) -> None:
    async with asyncio.timeout(seconds):
        while not holds():  # noqa: ASYNC110
            await asyncio.sleep(0.05)


def test_a_spoken_note_is_kept_and_its_reply_heard(
    device: Firmware, tmp_path: Path, words: Callable[[Samples], set[str]]
) -> None:
    heard: dict[str, object] = {}

    def watch(stage: Stage) -> None:
        heard[stage.name] = stage.value

    async def talk() -> None:
        with open_home(Settings(home=tmp_path / "home")) as parts:
            async with host(device) as satellite:
                attending = asyncio.create_task(Household(parts).attend(satellite, watch))
                await ready(satellite)
                await device.act("wake")
                device.hears()
                await until(lambda: "speak" in heard, 90)
                attending.cancel()
                await asyncio.gather(attending, return_exceptions=True)

    asyncio.run(talk())
    reply = heard["phrase"].text  # type: ignore[attr-defined]
    assert "Rachel" in reply
    assert "surgery" in reply
    assert in_common(reply, words(device.said())) > 0.35
    assert "State changed from RESPONSE_FINISHED" in device.log()


def test_an_announcement_is_over_when_it_has_been_heard(media: Firmware, words: Callable[[Samples], set[str]]) -> None:
    async def announce() -> float:
        async with host(media) as satellite, attended(satellite, []):
            assert satellite.can_announce
            started = time.monotonic()
            await satellite.play(spoken(LESSON))
            return time.monotonic() - started

    took = asyncio.run(announce())
    assert took > len(media.said()) / 16_000
    assert in_common(LESSON, words(media.said())) > 0.35


def test_a_device_with_a_bare_speaker_is_spoken_to_only_in_a_turn(speaker: Firmware) -> None:
    async def announce() -> None:
        async with host(speaker) as satellite, attended(satellite, []):
            assert not satellite.can_announce
            with pytest.raises(SatelliteError, match="only when it has been spoken to"):
                await satellite.play(spoken(LESSON))

    asyncio.run(announce())


def test_a_question_is_answered_without_the_wake_word(device: Firmware) -> None:
    async def talk() -> list[str | None]:
        phrases = []
        async with host(device) as satellite:

            async def attend() -> None:
                async with aclosing(satellite.turns()) as taken:
                    async for turn in taken:
                        phrases.append(turn.wake_phrase)
                        await listened(turn)
                        if len(phrases) == 2:
                            return
                        await satellite.play(spoken("Which Joan?"), then_listen=True)

            attending = asyncio.create_task(attend())
            await ready(satellite)
            await device.act("wake")
            device.hears()
            async with asyncio.timeout(60):
                await attending
        return phrases

    assert asyncio.run(talk()) == ["okay nabu", ""]


def test_an_announced_question_listens_for_its_answer(media: Firmware) -> None:
    async def talk() -> list[Turn]:
        turns: list[Turn] = []
        async with host(media) as satellite, attended(satellite, turns):
            await satellite.play(spoken("How did it go with Joan?"), then_listen=True)
            media.hears()
            await until(lambda: bool(turns))
            await until(lambda: "no-text-recognized" in media.log() or "went back" in media.log())
        return turns

    assert [turn.wake_phrase for turn in asyncio.run(talk())] == [""]


def test_nothing_said_sends_the_device_quietly_to_sleep(device: Firmware) -> None:
    async def talk() -> None:
        turns: list[Turn] = []
        async with host(device) as satellite, attended(satellite, turns):
            await device.act("wake")
            await until(lambda: "stt-no-text-recognized" in device.log())
            await until(lambda: "Desired state set to IDLE" in device.log())
            await device.act("wake")
            await until(lambda: len(turns) == 2)

    asyncio.run(talk())
    assert not len(device.said())


def test_the_stop_word_interrupts_a_reply_and_the_next_turn_is_heard(media: Firmware) -> None:
    async def talk() -> list[str]:
        events = []
        async with host(media) as satellite:

            async def attend() -> None:
                async with aclosing(satellite.turns()) as taken:
                    async for turn in taken:
                        events.append("turn")
                        async for _ in turn.audio:
                            break
                        await turn.audio.aclose()
                        if len(events) > 1:
                            return
                        try:
                            await satellite.play(spoken("This is going to be a long story. " * 10))
                        except Interrupted:
                            events.append("interrupted")

            attending = asyncio.create_task(attend())
            await ready(satellite)
            await media.act("wake")
            await until(lambda: "hostplayer" in media.log() and " ms flac,48000,1" in media.log())
            await media.act("stop_va", "wake")
            async with asyncio.timeout(30):
                await attending
        return events

    assert asyncio.run(talk()) == ["turn", "interrupted", "turn"]


def test_a_cancelled_announcement_falls_silent(media: Firmware) -> None:
    async def announce() -> None:
        async with host(media) as satellite, attended(satellite, []):
            playing = asyncio.create_task(satellite.play(spoken("This is going to be a long story. " * 10)))
            await until(lambda: " ms flac,48000,1" in media.log())
            playing.cancel()
            with suppress(asyncio.CancelledError):
                await playing
            await until(lambda: "STOP" in media.log(), 5)
            await satellite.play(spoken("Well then."))

    asyncio.run(announce())


def test_a_killed_host_is_followed_by_another(device: Firmware) -> None:
    async def talk() -> None:
        command = (sys.executable, "-m", "tests.devices.host_process", str(device.port))
        first = await asyncio.create_subprocess_exec(*command, cwd=ROOT, stdout=subprocess.PIPE)
        try:
            assert first.stdout
            assert await first.stdout.readline() == b"there\n"
            await device.act("wake")
            assert await first.stdout.readline() == b"speaking\n"
            await until(lambda: "STREAMING_RESPONSE" in device.log())
        finally:
            first.kill()
            await first.wait()
        turns: list[Turn] = []
        async with host(device) as satellite, attended(satellite, turns):
            async with asyncio.timeout(60):
                while not turns:
                    await device.act("wake")
            device.hears()
            await until(lambda: device.log().count("STT by VAD end") >= 2)

    asyncio.run(talk())


def test_a_second_host_says_who_holds_the_device_and_waits(media: Firmware) -> None:
    async def talk() -> None:
        async with host(media) as first, host(media, Deadlines(held=0.5)) as second:
            async with attended(first, []):
                turns = second.turns()
                attending = asyncio.create_task(_next(turns))
                await until(lambda: "holds this device" in second.trouble)
                assert "Fondly (127.0.0.1)" in second.trouble
                assert not first.trouble
                with pytest.raises(SatelliteError, match="holds this device"):
                    await second.play(spoken("Hello."))
            await ready(second)
            await media.act("wake")
            async with asyncio.timeout(30):
                assert (await attending).wake_phrase == "okay nabu"
            await turns.aclose()

    asyncio.run(talk())


def test_old_firmware_is_heard_and_spoken_to_by_udp(
    speaker: Firmware, monkeypatch: pytest.MonkeyPatch, words: Callable[[Samples], set[str]]
) -> None:
    """The firmware of 2023 has no flag for sound over the connection; today's still obeys a port."""
    told = DeviceInfo.voice_assistant_feature_flags_compat
    monkeypatch.setattr(
        DeviceInfo,
        "voice_assistant_feature_flags_compat",
        lambda self, version: told(self, version) & ~VoiceAssistantFeature.API_AUDIO,
    )

    async def talk() -> Samples:
        async with host(speaker) as satellite:

            async def attend() -> Samples:
                async with aclosing(satellite.turns()) as taken:
                    turn = await anext(taken)
                    sound = await listened(turn)
                    await satellite.play(spoken(LESSON))
                    return sound

            attending = asyncio.create_task(attend())
            await ready(satellite)
            await speaker.act("wake")
            speaker.hears()
            async with asyncio.timeout(60):
                return await attending

    heard = asyncio.run(talk())
    assert in_common("football practice her mother's surgery went well moving to Boston in July", words(heard)) > 0.35
    assert in_common(LESSON, words(speaker.said())) > 0.35
