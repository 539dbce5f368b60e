"""A phone's side of a turn, spoken to as its page speaks: what is taken, resumed, interrupted, given up."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from satellites.errors import Interrupted, SatelliteError
from satellites.phone import Message, Phone
from satellites.satellite import Turn
from speech.audio import AudioChunk

pytestmark = pytest.mark.anyio
PIECE = bytes(2560)  # 80 ms


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


class Page:
    """The other end of a link: keeps what it is sent."""

    def __init__(self, phone: Phone) -> None:
        self.told: list[Message | bytes] = []
        self.closed = False
        self._phone = phone
        phone.attach(self)

    async def send(self, message: Message | bytes) -> None:
        self.told.append(message)

    def post(self, message: Message) -> None:
        self.told.append(message)

    def close(self) -> None:
        self.closed = True

    def tell(self, type: str, **more: Any) -> None:
        self._phone.hear({"type": type, **more})

    def last(self, type: str) -> Message:
        return next(m for m in reversed(self.told) if isinstance(m, dict) and m["type"] == type)

    def has(self, type: str) -> bool:
        return any(isinstance(m, dict) and m["type"] == type for m in self.told)

    async def until(self, type: str) -> Message:
        async with asyncio.timeout(30):
            while not self.has(type):  # noqa: ASYNC110
                await asyncio.sleep(0.01)
        return self.last(type)


async def seconds_of(turn: Turn) -> float:
    return sum([chunk.seconds async for chunk in turn.audio])


async def reply(seconds: float) -> AsyncIterator[AudioChunk]:
    for _ in range(round(seconds * 10)):
        yield AudioChunk(np.zeros(2205, np.float32), 22_050)


async def endless() -> AsyncIterator[AudioChunk]:
    while True:
        yield AudioChunk(np.zeros(2205, np.float32), 22_050)
        await asyncio.sleep(0.01)


def held(phone: Phone, id: str = "a") -> Page:
    page = Page(phone)
    page.tell("stream", id=id, mode="hold", **{"from": 0})
    return page


async def test_what_is_held_is_one_utterance_that_needs_no_wake_word() -> None:
    phone = Phone("Maya's phone")
    page = held(phone)
    assert page.last("have") == {"type": "have", "id": "a", "bytes": 0, "safe": 0, "open": True}
    for _ in range(25):
        phone.hear(PIECE)
    page.tell("end", id="a")
    turn = await anext(phone.turns())
    assert (turn.wake_phrase, turn.memo) == ("", True)
    phone.woken()
    assert await seconds_of(turn) == pytest.approx(2.0)
    assert page.last("took")["safe"] == 0  # not before it is durable
    phone.settled()
    assert page.last("took") == {"type": "took", "id": "a", "bytes": 25 * 2560, "safe": 25 * 2560}


async def test_a_cut_connection_goes_on_where_it_was() -> None:
    phone = Phone("Maya's phone")
    page = held(phone)
    phone.hear(PIECE)
    turn = await anext(phone.turns())
    phone.woken()
    listening = asyncio.ensure_future(seconds_of(turn))
    await asyncio.sleep(0.05)
    phone.detach(page)
    await asyncio.sleep(0.05)
    assert not listening.done()
    again = held(phone)
    assert again.last("have")["bytes"] == 2560
    phone.hear(PIECE)
    again.tell("end", id="a")
    assert await listening == 0.16


async def test_who_stays_away_has_said_what_is_here_and_is_gone() -> None:
    phone = Phone("Maya's phone", grace_seconds=0.2)
    page = held(phone)
    phone.hear(PIECE)
    turns = phone.turns()
    turn = await anext(turns)
    phone.woken()
    phone.detach(page)
    assert await seconds_of(turn) == 0.08
    phone.settled()
    with pytest.raises(StopAsyncIteration):
        await anext(turns)


async def test_the_rest_of_what_was_given_up_is_asked_for_as_a_memo() -> None:
    phone = Phone("Maya's phone", grace_seconds=0.2)
    page = held(phone)
    phone.hear(PIECE)
    turn = await anext(phone.turns())
    phone.detach(page)
    await seconds_of(turn)
    phone.settled()
    expected = {"type": "have", "id": "a", "bytes": 2560, "safe": 2560, "open": False}
    assert held(phone).last("have") == expected


async def test_what_ended_long_ago_is_asked_for_as_a_memo() -> None:
    phone = Phone("Maya's phone")
    page = Page(phone)
    page.tell("stream", id="old", mode="hold", late=True, **{"from": 0})
    assert page.last("have")["open"] is False


async def test_a_memo_of_long_ago_does_not_end_what_is_heard_now() -> None:
    phone = Phone("Maya's phone")
    page = Page(phone)
    page.tell("stream", id="o", mode="open", **{"from": 0})
    phone.hear(PIECE)
    page.tell("stream", id="old", mode="hold", late=True, **{"from": 0})
    page.tell("stream", id="o", mode="open", **{"from": 0})
    assert page.last("have") == {"type": "have", "id": "o", "bytes": 2560, "safe": 0, "open": True}


async def test_what_could_not_be_kept_stays_with_the_page() -> None:
    phone = Phone("Maya's phone")
    page = held(phone)
    phone.hear(PIECE)
    turns = phone.turns()
    turn = await anext(turns)
    phone.woken()
    await anext(aiter(turn.audio))
    next_turn = asyncio.ensure_future(anext(turns))  # the turn is over, and nothing was settled
    assert (await page.until("unkept"))["id"] == "a"
    again = held(phone)
    assert again.last("have") == {"type": "have", "id": "a", "bytes": 0, "safe": 0, "open": False}
    next_turn.cancel()


async def test_hands_free_listens_on_and_may_forget_only_what_held_nothing() -> None:
    phone = Phone("Maya's phone")
    page = Page(phone)
    page.tell("stream", id="o", mode="open", **{"from": 0})
    for _ in range(125):  # ten seconds
        phone.hear(PIECE)
    turns = phone.turns()
    turn = await anext(turns)
    assert (turn.wake_phrase, turn.memo, turn.open_ear) == (None, False, True)
    sound = aiter(turn.audio)
    for _ in range(100):
        await anext(sound)
    safe = page.last("took")["safe"]
    assert isinstance(safe, int)
    assert 3 * 32_000 <= safe <= 5 * 32_000
    phone.woken()
    for _ in range(25):
        await anext(sound)
    assert page.last("took")["safe"] == safe or page.last("took")["safe"] == 5 * 32_000
    phone.hear(PIECE)
    again = await anext(turns)
    assert again.open_ear


async def test_a_reply_is_over_when_the_page_says_so() -> None:
    phone = Phone("Maya's phone")
    page = Page(phone)
    playing = asyncio.ensure_future(phone.play(reply(1.0)))
    await page.until("spoken")
    assert sum(len(m) for m in page.told if isinstance(m, bytes)) == 2 * 22_050
    assert not playing.done()
    page.tell("played", id=99)
    await asyncio.sleep(0.05)
    assert not playing.done()
    page.tell("played", id=page.last("speak")["id"])
    await playing
    assert not page.has("hush")


async def test_a_question_opens_the_microphone_for_its_answer() -> None:
    phone = Phone("Maya's phone")
    page = Page(phone)
    playing = asyncio.ensure_future(phone.play(reply(0.5), then_listen=True))
    await page.until("spoken")
    page.tell("played", id=1)
    await playing
    assert page.has("listen")
    page.tell("stream", id="b", mode="answer", **{"from": 0})
    phone.hear(PIECE)
    turn = await anext(phone.turns())
    assert (turn.wake_phrase, turn.memo) == ("", False)
    await anext(aiter(turn.audio))
    await turn.audio.aclose()  # type: ignore[attr-defined]
    assert page.last("stop") == {"type": "stop", "id": "b", "bytes": 2560}


async def test_holding_the_button_interrupts() -> None:
    phone = Phone("Maya's phone")
    page = Page(phone)
    playing = asyncio.ensure_future(phone.play(endless()))
    await page.until("speak")
    page.tell("stream", id="c", mode="hold", **{"from": 0})
    with pytest.raises(Interrupted):
        await playing
    assert page.has("hush")


async def test_cancelled_it_is_silent_at_once() -> None:
    phone = Phone("Maya's phone")
    page = Page(phone)
    playing = asyncio.ensure_future(phone.play(endless()))
    await page.until("speak")
    playing.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await playing
    assert playing.cancelled()
    assert isinstance(page.told[-1], dict)
    assert page.told[-1]["type"] == "hush"


@pytest.mark.parametrize("how", ["away before", "away meanwhile", "no sound there"])
async def test_what_cannot_be_heard_is_told(how: str) -> None:
    phone = Phone("Maya's phone")
    page = Page(phone)
    if how == "away before":
        phone.detach(page)
    playing = asyncio.ensure_future(phone.play(reply(1.0)))
    if how != "away before":
        await page.until("spoken")
    if how == "away meanwhile":
        phone.detach(page)
    if how == "no sound there":
        page.tell("unheard", id=1)
    with pytest.raises(SatelliteError):
        await playing


async def test_captions_wait_for_a_page_that_is_away() -> None:
    phone = Phone("Maya's phone")
    phone.show("heard", "Good morning.")
    assert Page(phone).told == [{"type": "heard", "text": "Good morning."}]


async def test_the_newest_connection_is_the_one() -> None:
    phone = Phone("Maya's phone")
    old, new = Page(phone), Page(phone)
    assert old.closed
    phone.detach(old)
    playing = asyncio.ensure_future(phone.play(reply(0.5)))
    await new.until("spoken")
    new.tell("played", id=1)
    await playing


async def test_more_than_was_asked_for_is_refused() -> None:
    phone = Phone("Maya's phone")
    held(phone)
    for _ in range(750):  # a minute
        phone.hear(PIECE)
    with pytest.raises(SatelliteError):
        phone.hear(PIECE)


async def test_half_a_sample_is_refused() -> None:
    phone = Phone("Maya's phone")
    held(phone)
    with pytest.raises(SatelliteError):
        phone.hear(b"\0\0\0")


types = st.sampled_from(["stream", "end", "played", "unheard", "spoken", "", None, 3])
values = st.sampled_from([None, True, "hold", "open", "answer"]) | st.integers() | st.text(max_size=5)
fields = st.dictionaries(st.sampled_from(["id", "mode", "from", "late"]), values)


@given(st.lists(st.tuples(types, fields) | st.binary(max_size=40), max_size=12))
def test_whatever_a_page_sends_is_taken_or_refused(messages: list[Any]) -> None:
    async def send() -> None:
        phone = Phone("Maya's phone")
        Page(phone)
        for message in messages:
            with contextlib.suppress(SatelliteError):
                phone.hear(message if isinstance(message, bytes) else {"type": message[0], **message[1]})

    asyncio.run(send())
