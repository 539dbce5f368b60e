"""Speech to be fetched: what media players ask for over HTTP, and what they get."""

from __future__ import annotations

import asyncio
import io
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

import httpx
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from satellites.encoder import Encoder, Form
from satellites.errors import SatelliteError
from satellites.esphome_stream import Pace, packets
from satellites.news import News
from satellites.speech_server import SpeechServer, Spoken
from speech.audio import AudioChunk, read_sound

TONE = (np.sin(np.arange(22_050) / 20) * 0.3).astype(np.float32)
FLAC = Form("flac", 48_000)


async def sentences(count: int = 2) -> AsyncIterator[AudioChunk]:
    for _ in range(count):
        yield AudioChunk(TONE, 22_050)


@asynccontextmanager
async def offered(speech: AsyncIterator[AudioChunk], form: Form = FLAC) -> AsyncIterator[Spoken]:
    server = SpeechServer()
    try:
        async with asyncio.timeout(30), server.offer("127.0.0.1", form, speech, News()) as spoken:
            yield spoken
    finally:
        await server.close()


def run(talk: Callable[[], Awaitable[None]]) -> None:
    asyncio.run(talk())  # type: ignore[arg-type]


@pytest.mark.parametrize("form", [FLAC, Form("flac", 44_100, 2), Form("mp3"), Form("opus"), Form("wav", 16_000)])
def test_every_form_is_sound_of_the_same_length(form: Form) -> None:
    encoder = Encoder(form)
    data = encoder.feed(AudioChunk(TONE, 22_050)) + encoder.feed(AudioChunk(TONE[:16_000], 16_000)) + encoder.end()
    sound = np.concatenate([chunk.samples for chunk in read_sound(io.BytesIO(data))])
    assert len(sound) / 16_000 == pytest.approx(2.0, abs=0.06)
    assert np.sqrt(np.mean(sound**2)) == pytest.approx(0.3 / np.sqrt(2), rel=0.1)


def test_the_first_sentence_is_there_before_the_second_is_spoken() -> None:
    async def talk() -> None:
        go_on = asyncio.Event()

        async def slowly() -> AsyncIterator[AudioChunk]:
            yield AudioChunk(TONE, 22_050)
            await go_on.wait()
            yield AudioChunk(TONE, 22_050)

        async with offered(slowly()) as spoken, httpx.AsyncClient() as client:
            assert await spoken.begun()
            async with client.stream("GET", spoken.url) as answer:
                pieces = answer.aiter_raw()
                got = await anext(pieces)
                assert got[:4] == b"fLaC"
                assert not spoken.complete
                go_on.set()
                got += b"".join([piece async for piece in pieces])
            assert sum(chunk.seconds for chunk in read_sound(io.BytesIO(got))) == pytest.approx(2.0, abs=0.01)

    run(talk)


def test_what_players_ask_for() -> None:
    async def talk() -> None:
        async with offered(sentences()) as spoken, httpx.AsyncClient() as client:
            whole = (await client.get(spoken.url)).content
            assert (await client.get(spoken.url)).content == whole
            head = await client.head(spoken.url)
            assert (head.headers["content-type"], head.headers["content-length"]) == ("audio/flac", str(len(whole)))
            for asked, first, last in (("0-", 0, None), ("10-19", 10, 19), (f"5-{len(whole) * 2}", 5, None)):
                part = await client.get(spoken.url, headers={"Range": f"bytes={asked}"})
                assert part.status_code == 206
                assert part.content == whole[first : None if last is None else last + 1]
            beyond = await client.get(spoken.url, headers={"Range": f"bytes={len(whole)}-"})
            assert (beyond.status_code, beyond.headers["content-range"]) == (416, f"bytes */{len(whole)}")
            for odd in ("bytes=9-3", "bytes=-5", "lines=1-2", "bytes=1-2,5-6"):
                assert (await client.get(spoken.url, headers={"Range": odd})).content == whole
            assert (await client.post(spoken.url)).status_code == 405

    run(talk)


def test_what_has_been_said_and_what_never_was_is_not_there() -> None:
    async def talk() -> None:
        server = SpeechServer()
        async with httpx.AsyncClient() as client:
            async with server.offer("127.0.0.1", FLAC, sentences(), News()) as spoken:
                assert (await client.get(spoken.url[:-6] + "x.flac")).status_code == 404
                assert (await client.get(spoken.url)).status_code == 200
            assert (await client.get(spoken.url)).status_code == 404
        await server.close()

    run(talk)


def test_an_address_that_is_not_ours_is_said_to_be_none() -> None:
    async def talk() -> None:
        with pytest.raises(SatelliteError, match="cannot be offered"):
            async with SpeechServer().offer("203.0.113.1", FLAC, sentences(), News()):
                pass

    run(talk)


def test_nothing_to_say_has_no_beginning() -> None:
    async def talk() -> None:
        async with offered(sentences(0)) as spoken:
            assert not await spoken.begun()

    run(talk)


@given(st.lists(st.tuples(st.sampled_from([16_000, 22_050, 48_000]), st.integers(0, 5000)), max_size=6))
def test_packets_are_the_speech_however_it_was_cut(chunks: list[tuple[int, int]]) -> None:
    async def talk() -> None:
        async def speech() -> AsyncIterator[AudioChunk]:
            for rate_hz, count in chunks:
                yield AudioChunk(np.zeros(count, np.float32), rate_hz)

        got = [packet async for packet in packets(speech())]
        assert all(len(packet) == 1024 for packet in got[:-1])
        wanted = sum(count / rate_hz for rate_hz, count in chunks)
        assert sum(map(len, got)) / 32_000 == pytest.approx(wanted, abs=0.005 * (1 + len(chunks)))

    run(talk)


class Instant(asyncio.SelectorEventLoop):
    """A loop whose time passes only while everybody sleeps, and then at once."""

    def __init__(self) -> None:
        super().__init__()
        self.now = 0.0

    def time(self) -> float:
        return self.now

    async def pass_(self, seconds: float) -> None:
        self.now += seconds


@given(st.lists(st.floats(0, 3), max_size=400))
def test_a_stream_is_never_far_ahead_and_never_late_by_itself(pauses: list[float]) -> None:
    """Pauses: how late each packet was there to be sent."""
    loop = Instant()
    slept: list[float] = []

    async def sleep(seconds: float) -> None:
        slept.append(seconds)
        loop.now += seconds

    async def talk() -> None:
        pace, buffered, packet = Pace(), 0.0, bytes(1024)
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr("satellites.esphome_stream.asyncio.sleep", sleep)
            for pause in pauses:
                before = loop.now
                loop.now += pause
                await pace.next(packet)
                buffered = max(0.0, buffered - (loop.now - before))
                if not pause and before:
                    assert buffered > 0 or loop.now == before
                buffered += 0.032
                assert buffered <= 0.5

    try:
        loop.run_until_complete(talk())
    finally:
        loop.close()
