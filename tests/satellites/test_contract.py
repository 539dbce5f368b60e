"""What every satellite owes, whatever it is: one suite over all whose device is somewhere else."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Protocol

import httpx
import numpy as np
import pytest

from satellites import esphome_device
from satellites.errors import Interrupted, SatelliteError
from satellites.esphome import EspHome
from satellites.phone import Message, Phone
from satellites.satellite import Satellite, Turn
from satellites.speech_server import SpeechServer
from satellites.wyoming import WyomingSatellite
from speech.audio import AudioChunk, encode_pcm
from tests.satellites.fake_esphome import FakeDevice, running
from tests.wyoming_satellite import SmallSatellite, serving

TONE = (np.sin(np.arange(16_000) / 20) * 0.3).astype(np.float32)


class Driver(Protocol):
    """The device at the other end, and someone in front of it."""

    satellite: Satellite

    async def connected(self) -> None: ...

    async def speak_to_it(self) -> None:
        """Wakes it and says half a second of something."""

    async def hear(self) -> None:
        """Waits until it is told to play something, and plays it."""

    def vanish(self) -> None: ...


class EspHomeDriver:
    def __init__(self, device: FakeDevice, satellite: EspHome) -> None:
        self.device, self.satellite = device, satellite
        self._ended = 0

    async def connected(self) -> None:
        while self.satellite.trouble:  # noqa: ASYNC110
            await asyncio.sleep(0.01)

    async def speak_to_it(self) -> None:
        self.device.start()
        for start in range(0, 8_000, 512):
            self.device.sound(encode_pcm(TONE[start : start + 512]))

    async def hear(self) -> None:
        self._ended += 1
        await self.device.hears(lambda: self.device.events.count("TTS_END") >= self._ended)
        async with httpx.AsyncClient() as client:
            await client.get(self.device.told("TTS_END")["url"])
        self.device.plays(True)
        self.device.plays(False)

    def vanish(self) -> None:
        self.device.hang_up()


class WyomingDriver:
    def __init__(self, device: SmallSatellite, satellite: WyomingSatellite) -> None:
        self.device, self.satellite = device, satellite
        self._heard = 0

    async def connected(self) -> None:
        await self.device.connected()

    async def speak_to_it(self) -> None:
        await self.device.run()
        for start in range(0, 8_000, 1_024):
            await self.device.stream(encode_pcm(TONE[start : start + 1_024]))

    async def hear(self) -> None:
        self._heard += 1
        await self.device.until("audio-stop", self._heard)

    def vanish(self) -> None:
        self.device.hang_up()


class PhoneDriver:
    """The phone's page, at the other end of a link. Its sockets have tests of their own: tests/web."""

    def __init__(self) -> None:
        self.satellite = Phone("it", grace_seconds=0.1)
        self._told: list[Message | bytes] = []
        self._said = 0

    async def connected(self) -> None:
        self.satellite.attach(self)

    async def speak_to_it(self) -> None:
        self._said += 1
        self.satellite.hear({"type": "stream", "id": f"said {self._said}", "mode": "hold", "from": 0})
        for start in range(0, 8_000, 1_280):
            self.satellite.hear(encode_pcm(TONE[start : start + 1_280]))
        self.satellite.hear({"type": "end", "id": f"said {self._said}"})

    async def hear(self) -> None:
        while not (spoken := [m for m in self._told if isinstance(m, dict) and m["type"] == "spoken"]):  # noqa: ASYNC110
            await asyncio.sleep(0.01)
        self.satellite.hear({"type": "played", "id": spoken[-1]["id"]})

    def vanish(self) -> None:
        self.satellite.detach(self)

    async def send(self, message: Message | bytes) -> None:
        self._told.append(message)

    def post(self, message: Message) -> None:
        self._told.append(message)

    def close(self) -> None:
        pass


@asynccontextmanager
async def phone() -> AsyncIterator[Driver]:
    yield PhoneDriver()


@asynccontextmanager
async def esphome() -> AsyncIterator[Driver]:
    device, speeches = FakeDevice(), SpeechServer()
    async with running(device):
        yield EspHomeDriver(device, EspHome("it", esphome_device.Device("127.0.0.1", device.port), speeches))
        await speeches.close()


@asynccontextmanager
async def wyoming() -> AsyncIterator[Driver]:
    device = SmallSatellite()
    async with serving(device):
        yield WyomingDriver(device, WyomingSatellite("it", "127.0.0.1", device.port))


Story = Callable[[Driver, Callable[[], Awaitable[Turn]]], Awaitable[None]]
KINDS = {"esphome": esphome, "phone": phone, "wyoming": wyoming}


@pytest.fixture(params=KINDS)
def live(request: pytest.FixtureRequest) -> Callable[[Story], None]:
    """Runs a story with a device that is there; the second thing it is given waits for the next turn."""

    async def whole(story: Story) -> None:
        async with asyncio.timeout(60), KINDS[request.param]() as driver:
            turns = driver.satellite.turns()
            waiting: list[asyncio.Task[Turn]] = []

            async def taken() -> Turn:
                return await waiting.pop()

            async def ask() -> None:
                waiting.append(asyncio.create_task(anext(turns)))  # type: ignore[arg-type]

            async def next_turn() -> Turn:
                if not waiting:
                    await ask()
                return await taken()

            await ask()
            await driver.connected()
            try:
                await story(driver, next_turn)
            finally:
                for task in waiting:
                    task.cancel()
                await asyncio.gather(*waiting, return_exceptions=True)
                await turns.aclose()  # type: ignore[attr-defined]

    return lambda story: asyncio.run(whole(story))


async def some_speech() -> AsyncIterator[AudioChunk]:
    yield AudioChunk(TONE[:4_000])


async def listen(turn: Turn, seconds: float = 0.3) -> float:
    heard = 0.0
    async for chunk in turn.audio:
        heard += chunk.seconds
        if heard >= seconds and not turn.memo:
            break
    await turn.audio.aclose()  # type: ignore[attr-defined]
    return heard


def test_what_is_said_to_it_is_heard_and_the_reply_is_played(live: Callable[[Story], None]) -> None:
    async def story(driver: Driver, next_turn: Callable[[], Awaitable[Turn]]) -> None:
        await driver.speak_to_it()
        turn = await next_turn()
        assert turn.satellite is driver.satellite
        assert await listen(turn) >= 0.3
        playing = asyncio.ensure_future(driver.satellite.play(some_speech()))
        await asyncio.sleep(0.05)
        assert not playing.done()  # it has not been heard yet
        await driver.hear()
        await playing

    live(story)


def test_a_turn_in_which_nothing_is_said_back_leaves_it_ready_for_the_next(live: Callable[[Story], None]) -> None:
    async def story(driver: Driver, next_turn: Callable[[], Awaitable[Turn]]) -> None:
        await driver.speak_to_it()
        await listen(await next_turn())
        following = asyncio.ensure_future(next_turn())
        await asyncio.sleep(0.2)
        await driver.speak_to_it()
        assert await listen(await following) >= 0.3

    live(story)


def test_speaking_over_it_ends_what_it_plays_and_is_listened_to(live: Callable[[Story], None]) -> None:
    async def story(driver: Driver, next_turn: Callable[[], Awaitable[Turn]]) -> None:
        await driver.speak_to_it()
        await listen(await next_turn())
        playing = asyncio.ensure_future(driver.satellite.play(some_speech()))
        await asyncio.sleep(0.05)
        await driver.speak_to_it()
        with pytest.raises(Interrupted):
            await playing
        assert await listen(await next_turn()) >= 0.3

    live(story)


def test_what_is_cancelled_falls_silent_and_the_next_thing_is_played(live: Callable[[Story], None]) -> None:
    async def story(driver: Driver, next_turn: Callable[[], Awaitable[Turn]]) -> None:
        await driver.speak_to_it()
        await listen(await next_turn())
        playing = asyncio.ensure_future(driver.satellite.play(some_speech()))
        await asyncio.sleep(0.05)
        playing.cancel()
        with pytest.raises(asyncio.CancelledError):
            await playing
        following = asyncio.ensure_future(next_turn())
        await asyncio.sleep(0.2)
        await driver.speak_to_it()
        assert await listen(await following) >= 0.3

    live(story)


def test_when_it_is_gone_what_it_was_to_play_was_not_heard(live: Callable[[Story], None]) -> None:
    async def story(driver: Driver, next_turn: Callable[[], Awaitable[Turn]]) -> None:
        await driver.speak_to_it()
        await listen(await next_turn())
        driver.vanish()
        await asyncio.sleep(0.2)
        with pytest.raises(SatelliteError):
            await asyncio.wait_for(driver.satellite.play(some_speech()), 30)

    live(story)
