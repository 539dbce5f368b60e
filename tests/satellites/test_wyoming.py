"""Wyoming satellites, over real sockets: what is said and heard in each of their modes."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

import numpy as np
import pytest

from satellites.errors import Interrupted, SatelliteAway
from satellites.satellite import Turn
from satellites.wyoming import WyomingSatellite
from satellites.wyoming_connection import Waits
from speech.audio import AudioChunk, Samples, encode_pcm
from tests.wyoming_satellite import Mode, SmallSatellite, serving

QUICK = Waits(pong_seconds=0.4, ping_seconds=0.05, busy_seconds=0.1, redial_seconds=(0.02, 0.1))


def tone(seconds: float, rate_hz: int = 16_000, hertz: float = 300) -> Samples:
    return (0.3 * np.sin(np.arange(round(seconds * rate_hz)) * 2 * np.pi * hertz / rate_hz) + 0.001).astype(np.float32)


async def speech(seconds: float, rate_hz: int = 22_050, pieces: int = 1) -> AsyncIterator[AudioChunk]:
    for _ in range(pieces):
        yield AudioChunk(tone(seconds / pieces, rate_hz), rate_hz)


class Attended:
    """A satellite whose turns are taken, and the device at its other end."""

    def __init__(self, satellite: WyomingSatellite, device: SmallSatellite) -> None:
        self.satellite = satellite
        self.device = device
        self._turns = satellite.turns()
        self._next: asyncio.Task[Turn] | None = None

    def next(self) -> asyncio.Task[Turn]:
        async def one() -> Turn:
            return await asyncio.wait_for(anext(self._turns), 10)

        self._next = asyncio.create_task(one())
        return self._next

    async def end(self) -> None:
        if self._next:
            self._next.cancel()
            await asyncio.gather(self._next, return_exceptions=True)
        await self._turns.aclose()  # type: ignore[attr-defined]

    async def until(self, state: str) -> None:
        async with asyncio.timeout(10):
            while self.satellite.state != state:  # noqa: ASYNC110 - a state is only looked at
                await asyncio.sleep(0.01)


@asynccontextmanager
async def attended(device: SmallSatellite, waits: Waits) -> AsyncIterator[Attended]:
    async with serving(device):
        satellite = WyomingSatellite("hall", "127.0.0.1", device.port, waits)
        there = Attended(satellite, device)
        try:
            yield there
        finally:
            await there.end()


def live(device: SmallSatellite, story: Callable[[Attended], Awaitable[None]], waits: Waits = QUICK) -> None:
    async def whole() -> None:
        async with asyncio.timeout(30), attended(device, waits) as there:
            await story(there)

    asyncio.run(whole())


async def listen(turn: Turn, seconds: float) -> Samples:
    """So much of its sound, or all until it ends."""
    heard: list[Samples] = []
    async for chunk in turn.audio:
        heard.append(chunk.samples)
        if sum(map(len, heard)) >= seconds * 16_000:
            break
    return np.concatenate(heard) if heard else np.zeros(0, np.float32)


async def close(turn: Turn) -> None:
    await turn.audio.aclose()  # type: ignore[attr-defined]


def test_a_turn_of_a_satellite_that_hears_its_own_wake_word() -> None:
    async def story(there: Attended) -> None:
        coming = there.next()
        await there.device.connected()
        await there.device.run("hey_jarvis")
        for _ in range(10):
            await there.device.stream(encode_pcm(tone(0.064)))
        turn = await coming
        assert turn.wake_phrase == "hey_jarvis"
        assert not turn.open_ear
        assert len(await listen(turn, 0.64)) == 10 * 1024
        await close(turn)
        await there.device.until("transcript")
        assert not there.device.streaming
        await there.satellite.play(speech(0.4, 22_050))
        form, pcm = there.device.spoken[0]
        assert (form["rate"], form["width"], form["channels"]) == (16_000, 2, 1)
        assert len(pcm) / 2 / 16_000 == pytest.approx(0.4, abs=0.01)
        following = there.next()
        await there.device.run()
        assert (await following).wake_phrase == "hey_jarvis"
        assert there.device.types()[:9] == [
            "run-satellite", "transcribe", "voice-started", "voice-stopped", "transcript",
            "synthesize", "audio-start", "audio-stop", "transcribe",
        ]  # fmt: skip

    live(SmallSatellite("wake"), story)


def test_the_oldest_kind_says_neither_its_wake_word_nor_pong_nor_played() -> None:
    async def story(there: Attended) -> None:
        coming = there.next()
        await there.device.connected()
        await there.device.run(None)
        await there.device.stream(encode_pcm(tone(0.1)))
        turn = await coming
        assert turn.wake_phrase
        await there.satellite.play(speech(0.2))
        form, pcm = there.device.spoken[0]
        assert form["rate"] == 22_050
        assert len(pcm) / 2 / 22_050 == pytest.approx(0.2, abs=0.01)
        assert "transcript" in there.device.types()
        await there.device.pinged(2)  # and is kept
        assert there.device.connections == 1

    live(SmallSatellite("wake", version=None, snd_rate=None, pongs=False, says_played=False), story)


def test_one_that_always_streams_goes_on_from_turn_to_turn() -> None:
    async def story(there: Attended) -> None:
        coming = there.next()
        await there.device.connected()
        for _ in range(2):
            await there.device.stream(encode_pcm(tone(0.2)))
            turn = await coming
            assert (turn.wake_phrase, turn.open_ear) == (None, True)
            assert len(await listen(turn, 0.2)) == 3200
            coming = there.next()
        await there.device.until("transcript", 2)
        assert there.device.connections == 1

    live(SmallSatellite("always"), story)


def test_sound_that_comes_without_a_run_starts_one() -> None:
    async def story(there: Attended) -> None:
        coming = there.next()
        await there.device.connected()
        await there.device.stream(encode_pcm(tone(0.1)))
        turn = await coming
        assert turn.wake_phrase is None
        assert len(await listen(turn, 0.1)) == 1600

    live(SmallSatellite("vad"), story)


def test_a_buffer_from_before_the_speech_is_part_of_it_but_for_its_zeros() -> None:
    async def story(there: Attended) -> None:
        coming = there.next()
        await there.device.connected()
        await there.device.run()
        await there.device.stream(bytes(2 * 24_000) + encode_pcm(tone(0.5)))
        await there.device.stream(encode_pcm(tone(0.1)))
        heard = await listen(await coming, 0.6)
        assert len(heard) == pytest.approx(9_600, abs=2)

    live(SmallSatellite("vad"), story)


def test_a_satellite_that_breaks_off_in_the_midst_of_speech_and_begins_again_is_heard_as_one() -> None:
    async def story(there: Attended) -> None:
        coming = there.next()
        await there.device.connected()
        await there.device.run()
        await there.device.stream(encode_pcm(tone(0.3)))
        turn = await coming
        assert len(await listen(turn, 0.3)) == 4800
        await there.device.stop()
        await there.device.run()
        await there.device.stream(bytes(64_000) + encode_pcm(tone(0.3)))
        assert len(await listen(turn, 0.3)) == pytest.approx(4800, abs=2)
        await there.device.stop()
        assert len(await listen(turn, 60)) == 0  # and ends when it does not begin again
        following = there.next()
        await there.device.run()
        await there.device.stream(encode_pcm(tone(0.1)))
        await following
        assert "transcript" not in there.device.types()  # it had stopped by itself

    live(SmallSatellite("vad"), story)


@pytest.mark.parametrize("mode", ["wake", "vad", "always"])
def test_nothing_to_say_leaves_no_device_streaming(mode: Mode) -> None:
    async def story(there: Attended) -> None:
        coming = there.next()
        await there.device.connected()
        if mode != "always":
            await there.device.run()
        await there.device.stream(encode_pcm(tone(0.1)))
        await coming
        there.next()
        await there.device.until("transcript")
        assert there.device.told[-1].data == {"text": ""}

    live(SmallSatellite(mode), story)


@pytest.mark.parametrize("mode", ["wake", "vad", "always"])
def test_an_announcement_is_played_outside_of_a_turn(mode: Mode) -> None:
    async def story(there: Attended) -> None:
        coming = there.next()
        await there.until("there")
        await there.satellite.play(speech(0.3, 48_000, pieces=3))
        assert len(there.device.spoken[0][1]) > 0
        assert not coming.done()
        if mode != "always":
            await there.device.run()
        await asyncio.sleep(0.3)  # our own voice has died away
        await there.device.stream(encode_pcm(tone(0.1)))
        assert len(await listen(await coming, 0.05)) > 0

    live(SmallSatellite(mode), story)


def test_a_silent_reply_is_not_played() -> None:
    async def story(there: Attended) -> None:
        there.next()
        await there.until("there")
        await there.satellite.play(speech(0, pieces=2))
        assert there.device.spoken == []

    live(SmallSatellite("wake"), story)


@pytest.mark.parametrize("mode", ["vad", "always"])
def test_an_answer_needs_no_wake_word_and_our_own_question_is_not_part_of_it(mode: Mode) -> None:
    async def story(there: Attended) -> None:
        coming = there.next()
        await there.device.connected()
        if mode == "vad":
            await there.device.run()
        await there.device.stream(encode_pcm(tone(0.2)))
        turn = await coming
        await listen(turn, 0.2)
        await there.satellite.play(speech(0.3), then_listen=True)
        assert len(await listen(turn, 60)) == 0
        answering = there.next()
        await there.device.until("transcript")
        await asyncio.sleep(0.3)
        if mode == "vad":
            await there.device.run()
        await there.device.stream(encode_pcm(tone(2.0)))  # reaches back to when we spoke
        answer = await answering
        assert (answer.wake_phrase, answer.open_ear) == ("", False)
        assert 0 < len(await listen(answer, 0.01)) < 32_000
        await close(answer)
        await there.device.until("transcript", 2)
        afterwards = there.next()
        await there.device.stream(encode_pcm(tone(0.1)))
        assert (await afterwards).wake_phrase is None

    live(SmallSatellite(mode), story)


def test_what_is_said_after_a_reply_is_not_cut_by_the_turn_before() -> None:
    async def story(there: Attended) -> None:
        coming = there.next()
        await there.device.connected()
        await there.device.run()
        await there.device.stream(encode_pcm(tone(0.2)))
        turn = await coming
        await listen(turn, 0.2)
        saying = asyncio.create_task(there.satellite.play(speech(0.3)))
        await there.device.until("audio-start")
        await there.device.stop()
        assert len(await listen(turn, 60)) == 0  # over with the reply, not eight seconds later
        await saying
        following = there.next()
        await asyncio.sleep(0.3)
        await there.device.run()
        await there.device.stream(encode_pcm(tone(0.2)))
        assert len(await listen(await following, 0.01)) > 0
        assert there.device.streaming

    live(SmallSatellite("vad"), story)


def test_one_with_its_own_wake_word_is_not_expected_to_hear_an_answer() -> None:
    async def story(there: Attended) -> None:
        coming = there.next()
        await there.device.connected()
        await there.device.run()
        await coming
        await there.satellite.play(speech(0.2), then_listen=True)
        following = there.next()
        await there.device.stream(encode_pcm(tone(0.1)))  # the rest of the run before
        await asyncio.sleep(0.1)
        assert not following.done()
        await there.device.run("alexa")
        assert (await following).wake_phrase == "alexa"

    live(SmallSatellite("wake"), story)


def test_who_speaks_over_a_reply_is_listened_to() -> None:
    async def story(there: Attended) -> None:
        coming = there.next()
        await there.device.connected()
        await there.device.run()
        await coming
        saying = asyncio.create_task(there.satellite.play(speech(20)))
        await there.device.until("audio-start")
        await there.device.run("alexa")
        await there.device.stream(encode_pcm(tone(0.2)))
        with pytest.raises(Interrupted):
            await saying
        await there.device.until("audio-stop")
        assert len(there.device.spoken[0][1]) < 2 * 16_000 * 3
        with pytest.raises(Interrupted):  # nor is anything else begun before they are
            await there.satellite.play(speech(0.1))
        turn = await there.next()
        assert turn.wake_phrase == "alexa"
        assert len(await listen(turn, 0.2)) == 3200
        assert there.device.types().count("transcript") == 1  # which the new run did not get

    live(SmallSatellite("wake"), story)


def test_one_that_always_streams_is_heard_while_it_plays() -> None:
    async def story(there: Attended) -> None:
        coming = there.next()
        await there.device.connected()
        await there.device.stream(encode_pcm(tone(0.1)))
        turn = await coming
        await listen(turn, 0.1)
        saying = asyncio.create_task(there.satellite.play(speech(20)))
        await there.device.until("audio-start")
        await there.device.stream(encode_pcm(tone(0.2)))
        assert len(await listen(turn, 0.2)) == 3200
        saying.cancel()
        with pytest.raises(asyncio.CancelledError):
            await saying
        await there.device.stream(encode_pcm(tone(0.2)))  # and so is all of what is said over it
        assert len(await listen(turn, 0.2)) == 3200

    live(SmallSatellite("always"), story)


def test_cancelled_it_falls_silent() -> None:
    async def story(there: Attended) -> None:
        there.next()
        await there.until("there")
        saying = asyncio.create_task(there.satellite.play(speech(20, pieces=20)))
        await there.device.until("audio-start")
        saying.cancel()
        with pytest.raises(asyncio.CancelledError):
            await saying
        await there.device.until("audio-stop")
        assert len(there.device.spoken[0][1]) < 2 * 16_000 * 3
        await there.satellite.play(speech(0.2))
        assert len(there.device.spoken) == 2

    live(SmallSatellite("wake"), story)


def test_a_device_that_is_not_there_plays_nothing() -> None:
    async def story() -> None:
        with pytest.raises(SatelliteAway, match="away"):
            await WyomingSatellite("hall", "127.0.0.1", 1).play(speech(0.1))

    asyncio.run(story())
