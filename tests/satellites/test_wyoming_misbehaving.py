"""Wyoming satellites that misbehave: silent, gone, taken, flooding, or speaking no Wyoming at all."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from itertools import pairwise
from typing import Any, Literal

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from wyoming.satellite import RunSatellite

from satellites.errors import SatelliteAway
from satellites.pauses import Pauses
from satellites.wyoming_connection import Waits
from satellites.wyoming_link import Link, open_link
from satellites.wyoming_run import Run, audio_format
from satellites.wyoming_speech import AHEAD_SECONDS, send_speech
from speech.audio import AudioChunk, AudioFormat, decode_pcm, encode_pcm
from tests.satellites.test_wyoming import Attended, close, listen, live, speech, tone
from tests.wyoming_satellite import SmallSatellite, serving


def test_one_that_stops_answering_pings_is_dialled_again() -> None:
    async def story(there: Attended) -> None:
        there.next()
        await there.until("there")
        await there.device.pinged(2)
        there.device.pongs = False
        await there.device.connected(2)
        there.device.pongs = True
        await there.until("there")

    live(SmallSatellite("wake"), story)


def test_one_that_never_said_played_is_waited_for_less() -> None:
    async def story(there: Attended) -> None:
        there.next()
        await there.until("there")
        loop = asyncio.get_running_loop()
        took = []
        for _ in range(2):
            started = loop.time()
            await there.satellite.play(speech(0.2))
            took.append(loop.time() - started)
        assert took[0] > 2.2  # it might have said so
        assert 0.7 < took[1] < took[0]

    live(SmallSatellite("wake", says_played=False), story)


@pytest.mark.parametrize("how", ["silent", "hangs up"])
def test_one_that_another_host_has_is_asked_from_time_to_time(how: Literal["silent", "hangs up"]) -> None:
    async def story(there: Attended) -> None:
        coming = there.next()
        await there.until("busy with another host")
        with pytest.raises(SatelliteAway, match="hall is busy with another host"):
            await there.satellite.play(speech(0.1))
        there.device.claimed = None
        await there.until("there")
        await there.device.run()
        assert (await coming).wake_phrase == "hey_jarvis"

    live(SmallSatellite("wake", claimed=how), story)


def test_a_service_that_is_no_satellite_is_left_alone() -> None:
    async def story(there: Attended) -> None:
        there.next()
        await asyncio.sleep(0.3)
        assert there.satellite.state == "away"
        assert there.device.told == []

    live(SmallSatellite(is_satellite=False), story)


def test_one_that_dies_while_it_is_listened_to_is_heard_so_far_and_dialled_again() -> None:
    async def story(there: Attended) -> None:
        coming = there.next()
        await there.device.connected()
        await there.device.run()
        await there.device.stream(encode_pcm(tone(0.3)))
        turn = await coming
        assert len(await listen(turn, 0.3)) == 4800
        there.device.hang_up()
        assert len(await listen(turn, 60)) == 0
        await close(turn)
        following = there.next()
        await there.device.connected(2)
        await there.device.run("alexa")
        assert (await following).wake_phrase == "alexa"
        assert "transcript" not in there.device.types()

    live(SmallSatellite("wake"), story)


def test_one_that_dies_while_it_plays_says_so() -> None:
    async def story(there: Attended) -> None:
        there.next()
        await there.until("there")
        saying = asyncio.create_task(there.satellite.play(speech(20)))
        await there.device.until("audio-start")
        there.device.hang_up()
        with pytest.raises(SatelliteAway):
            await saying
        await there.device.connected(2)
        await there.until("there")
        await there.satellite.play(speech(0.1))
        assert len(there.device.spoken) == 2  # what was begun before is not said again

    live(SmallSatellite("wake"), story)


@pytest.mark.parametrize(
    "junk",
    [
        b"\n",
        b"hello\n",
        b"[]\n",
        b'"x"\n',
        b'{"no": "type"}\n',
        b'{"type": 3}\n',
        b'{"type": "x", "data": []}\n',
        b'{"type": "x", "data_length": "9"}\n',
        b'{"type": "x", "data_length": 2, "data": [1]}\n{}',
        b'{"type": "audio-chunk", "payload_length": 99999999999}\n',
        b"x" * 200_000,
        b"[" * 60_000 + b"\n",
        bytes(range(256)) + b"\n",
    ],
    ids=lambda junk: repr(junk[:24]),
)
def test_junk_ends_the_connection_and_not_more(junk: bytes) -> None:
    async def story(there: Attended) -> None:
        coming = there.next()
        await there.until("there")
        await there.device.raw(junk)
        await there.device.connected(2)
        await there.until("there")
        await there.device.run()
        assert (await coming).wake_phrase == "hey_jarvis"

    live(SmallSatellite("wake"), story)


def test_half_a_line_waits_for_the_other_half_or_the_end() -> None:
    async def story(there: Attended) -> None:
        coming = there.next()
        await there.until("there")
        await there.device.raw(b'{"type": "run-pipe')
        await asyncio.sleep(0.1)
        await there.device.raw(b'line", "data": {"start_stage": "asr", "end_stage": "tts"}}\n{"type": "audio-ch')
        turn = await coming
        there.device.hang_up()
        assert len(await listen(turn, 60)) == 0

    live(SmallSatellite("wake", version=None, pongs=False), story)


strange = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=9),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=9), inner, max_size=3),
    max_leaves=6,
)
keys = st.sampled_from(["rate", "width", "channels", "name", "start_stage", "snd_format", "text", "wake_word_name"])
kinds = st.sampled_from(
    ["audio-chunk", "audio-start", "audio-stop", "detection", "run-pipeline", "played", "error", "ping", "pong", "info"]
)
events = st.tuples(kinds, st.dictionaries(keys, strange, max_size=5), st.binary(max_size=200))


@settings(max_examples=25, deadline=None)
@given(st.lists(events, min_size=1, max_size=30))
def test_events_of_any_content_do_no_harm(sent: list[tuple[str, dict[str, Any], bytes]]) -> None:
    async def story(there: Attended) -> None:
        there.next()
        await there.until("there")
        for kind, data, payload in sent:
            await there.device.send(kind, data, payload)
        await there.device.pinged(there.device.pings + 2)
        assert there.device.connections == 1

    live(SmallSatellite("wake"), story)


@settings(max_examples=200, deadline=None)
@given(st.binary(max_size=300) | strange.map(lambda one: json.dumps(one).encode() + b"\n"))
def test_reading_gives_events_or_says_that_it_is_over(data: bytes) -> None:
    async def read() -> None:
        reader = asyncio.StreamReader()
        reader.feed_data(data)
        reader.feed_eof()
        link = Link(reader, None)  # type: ignore[arg-type]  # nothing is written

        async def to_the_end() -> None:
            while await link.read():
                pass

        with pytest.raises(SatelliteAway):
            await to_the_end()

    asyncio.run(read())


def test_a_flood_is_held_to_half_a_minute_and_keeps_nobody_waiting() -> None:
    async def story(there: Attended) -> None:
        coming = there.next()
        await there.device.connected()
        await there.device.run()
        second = encode_pcm(tone(1))

        async def flood() -> None:
            for _ in range(300):
                await there.device.stream(second)

        flooding = asyncio.create_task(flood())
        turn = await coming
        await flooding
        await there.device.stop()
        await there.device.send("ping", {"text": "all of it"})
        await there.device.until("pong")
        assert len(await listen(turn, 3600)) == pytest.approx(30 * 16_000, abs=16_000)

    live(SmallSatellite("wake"), story, Waits())


@given(
    st.sampled_from([8_000, 11_025, 16_000, 22_050, 44_100, 48_000]),
    st.sampled_from([1, 2, 3, 4]),
    st.integers(1, 3),
    st.lists(st.integers(1, 9_000), min_size=1, max_size=5),
)
@settings(deadline=None, max_examples=40)
def test_sound_of_any_format_in_any_pieces_becomes_ours(rate: int, width: int, channels: int, cuts: list[int]) -> None:
    form = AudioFormat(rate, width, channels)
    step = width * channels
    pcm = b"\x11" * (rate // 2 * step)  # half a second of something that is no silence

    async def hear() -> float:
        run = Run(None)
        start = 0
        for cut in [*cuts, len(pcm)]:
            run.feed(form, pcm[start : start + cut])
            start += cut
        run.end()
        lengths = []
        while chunk := await run.next():
            lengths.append(len(chunk.samples))
        assert max(lengths) <= 1280
        return sum(lengths) / 16_000

    assert asyncio.run(hear()) == pytest.approx(0.5, abs=0.02)


def test_the_format_may_change_from_chunk_to_chunk() -> None:
    async def hear() -> float:
        run = Run(None)
        for rate, channels in ((16_000, 1), (48_000, 2), (8_000, 1), (16_000, 1)):
            run.feed(AudioFormat(rate, 2, channels), b"\x11\x11" * (rate // 4 * channels))
        run.end()
        return sum([chunk.seconds async for chunk in _all(run)])

    assert asyncio.run(hear()) == pytest.approx(1.0, abs=0.03)


async def _all(run: Run) -> AsyncIterator[AudioChunk]:
    while chunk := await run.next():
        yield chunk


@pytest.mark.parametrize("said", [None, 7, {}, {"rate": 0, "width": 2, "channels": 1}, {"rate": "16000"}])
def test_a_format_that_cannot_be_is_none(said: object) -> None:
    assert audio_format(said) is None


@pytest.mark.parametrize("form", [AudioFormat(16_000, 1, 1), AudioFormat(44_100, 3, 2), AudioFormat(48_000, 4, 1)])
def test_speech_is_sent_in_the_format_the_device_plays(form: AudioFormat) -> None:
    async def said() -> bytes:
        device = SmallSatellite("wake", pongs=False, says_played=False)
        async with serving(device), open_link("127.0.0.1", device.port) as link:
            await link.send(RunSatellite().event())
            await send_speech(link, speech(0.2, 22_050), form, at_stop=lambda: None)
            await device.until("audio-stop")
        assert device.spoken[0][0]["rate"] == form.rate_hz
        return bytes(device.spoken[0][1])

    heard = decode_pcm(asyncio.run(said()), form)
    assert len(heard) / form.rate_hz == pytest.approx(0.2, abs=0.01)
    expected = tone(0.2, form.rate_hz)
    middle = slice(len(expected) // 4, len(expected) // 2)
    assert np.corrcoef(heard[middle], expected[middle])[0, 1] > 0.95


def test_speech_is_sent_little_ahead_of_when_it_is_heard() -> None:
    async def said() -> tuple[float, float, float]:
        device = SmallSatellite("wake", pongs=False, says_played=False)
        async with serving(device), open_link("127.0.0.1", device.port) as link:
            await link.send(RunSatellite().event())
            started = asyncio.get_running_loop().time()
            heard_at = await send_speech(link, speech(1.5), AudioFormat(), at_stop=lambda: None)
            return asyncio.get_running_loop().time() - started, (heard_at or 0) - started, 1.5

    sent, heard, whole = asyncio.run(said())
    assert sent >= whole - AHEAD_SECONDS - 0.2
    assert heard >= whole - 0.02


def test_pauses_grow_and_start_over() -> None:
    pauses = Pauses(1, 60)
    taken = [pauses.next_seconds() for _ in range(12)]
    assert all(a < b for a, b in pairwise(taken[:6]))
    assert all(0.75 * 60 <= pause <= 1.25 * 60 for pause in taken[6:])
    pauses.start_over()
    assert pauses.next_seconds() < 1.3
