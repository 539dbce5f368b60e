"""Recordings and raw streams as satellites."""

from __future__ import annotations

import asyncio
import io
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from satellites.recording import Recording, read_stream
from satellites.speakers import NoSpeaker, WavFiles
from speech.audio import AudioChunk, AudioFormat, read_sound, silence
from speech.errors import UnreadableSound


async def heard(satellite: Recording, stop_after: int = 10_000) -> list[int]:
    """How many chunks each turn took, when it takes at most so many."""
    took = []
    async for turn in satellite.turns():
        chunks = 0
        async for _ in turn.audio:
            chunks += 1
            if chunks == stop_after:
                break
        took.append(chunks)
    return took


def chunks(count: int) -> Iterator[AudioChunk]:
    return iter([silence(0.08)] * count)


def test_turns_share_one_sound_until_it_ends() -> None:
    took = asyncio.run(heard(Recording("x", chunks(25), NoSpeaker()), stop_after=10))
    assert took == [10, 10, 5]


def test_an_empty_sound_is_one_empty_turn() -> None:
    assert asyncio.run(heard(Recording("x", chunks(0), NoSpeaker()))) == [0]


def test_what_is_not_sound_is_found_before_anyone_listens(tmp_path: Path) -> None:
    (tmp_path / "x.wav").write_text("no")
    with pytest.raises(UnreadableSound):
        Recording("x", read_sound(tmp_path / "x.wav"), NoSpeaker())


def test_a_sound_that_breaks_off_with_an_error_ends() -> None:
    def broken() -> Iterator[AudioChunk]:
        yield from chunks(3)
        raise UnreadableSound("broken")

    async def listen() -> int:
        turns = 0
        satellite = Recording("x", broken(), NoSpeaker())
        async for turn in satellite.turns():
            turns += 1
            with pytest.raises(UnreadableSound):
                async for _ in turn.audio:
                    pass
        return turns

    assert asyncio.run(listen()) == 1


class Pipe(io.RawIOBase):
    """Gives its bytes in pieces of the sizes it is told."""

    def __init__(self, data: bytes, sizes: list[int]) -> None:
        self._data, self._sizes = data, sizes

    def read(self, size: int = -1) -> bytes:
        size = min(size, self._sizes.pop(0)) if self._sizes else size
        piece, self._data = self._data[:size], self._data[size:]
        return piece


@given(st.lists(st.integers(1, 700), max_size=40))
def test_a_stream_is_the_same_however_it_is_cut(sizes: list[int]) -> None:
    data = (np.sin(np.arange(8_000) / 9) * 9_000).astype("<i2").tobytes()
    sound = np.concatenate([c.samples for c in read_stream(Pipe(data, sizes), AudioFormat())])  # type: ignore[arg-type]
    whole = np.frombuffer(data, "<i2").astype(np.float32) / 32_768
    assert np.allclose(sound, whole, atol=1e-4)


def test_replies_are_written_one_file_each(tmp_path: Path) -> None:
    files = WavFiles(tmp_path / "replies", NoSpeaker())
    satellite = Recording("x", chunks(1), files)

    async def speech(count: int) -> object:
        for _ in range(count):
            yield silence(0.5, 22_050)

    asyncio.run(satellite.play(speech(2)))  # type: ignore[arg-type]
    asyncio.run(satellite.play(speech(0)))  # type: ignore[arg-type]
    asyncio.run(satellite.play(speech(1)))  # type: ignore[arg-type]
    assert [p.name for p in files.written] == ["reply-1.wav", "reply-2.wav"]
    seconds = sum(c.seconds for c in read_sound(files.written[0]))
    assert seconds == pytest.approx(1.0, abs=0.05)
