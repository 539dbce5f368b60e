"""Omi, and wearables that speak as it does: a custom speech-to-text WebSocket and three webhooks.

A long random token in the path is the device's key. What it hears is overheard speech: see assistant/ambient.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from typing import Annotated, Any, TypeVar

from fastapi import APIRouter, HTTPException, Query, Request, WebSocket, WebSocketDisconnect
from pydantic import AliasChoices, AwareDatetime, BaseModel, Field, NaiveDatetime, TypeAdapter, ValidationError

from assistant.ambient.overhearing import Overhearing, Said
from assistant.ambient.transcript import Passage, addressed, from_plain
from assistant.household import Household
from assistant.understanding.rules import understand
from memory import tokens
from memory.database import Database
from speech.audio import AudioFormat

KIND = "omi"
IDLE_SECONDS = 90.0
"""A WebSocket that brings nothing for so long is closed."""
_MOST_JSON_BYTES = 8_000_000
_MOST_SOUND_BYTES = 16_000_000  # eight minutes at 16 kHz; the app sends a few seconds
_MOST_FRAME_SECONDS = 60
_ANSWERED = frozenset({"recall", "find", "prep", "last_contact", "upcoming"})  # what only asks
_SHORTEST_MESSAGE = 6  # the app shows no shorter one
_EARLIEST = datetime(1970, 1, 2, tzinfo=UTC)
T = TypeVar("T")
Rate = Annotated[int, Query(ge=4_000, le=192_000)]


class Segment(BaseModel):
    """Something said. Who a voice is labelled as is left out on purpose: "Speaker 1" is nobody's name."""

    text: str = Field("", max_length=20_000)
    is_user: bool | None = False
    start: float | None = 0.0
    end: float | None = 0.0

    @property
    def passage(self) -> Passage:
        return Passage(bool(self.is_user), self.text)

    @property
    def said(self) -> Said:
        return self.start or 0.0, self.end or 0.0, self.text


class Transcript(BaseModel):
    """Of a conversation that is going on."""

    session_id: str | None = Field(None, max_length=1_000)
    segments: list[Segment]


class Conversation(BaseModel):
    """A whole one that is over. Its summary is somebody else's words and is left out."""

    transcript_segments: list[Segment] = Field([], validation_alias=AliasChoices("transcript_segments", "segments"))
    transcript: str | None = Field(None, max_length=1_000_000)
    structured: dict[str, Any] | None = None
    started_at: AwareDatetime | NaiveDatetime | None = None
    created_at: AwareDatetime | NaiveDatetime | None = None
    discarded: bool | None = False

    @property
    def passages(self) -> list[Passage]:
        return [s.passage for s in self.transcript_segments] or from_plain(self.transcript or "")


_TRANSCRIPT: TypeAdapter[Transcript | list[Segment]] = TypeAdapter(Transcript | list[Segment])
_CONVERSATION: TypeAdapter[Conversation | list[Conversation]] = TypeAdapter(Conversation | list[Conversation])


def add_omi(db: Database, name: str) -> dict[str, str]:
    """Lets a device in under that name. The paths to enter in its app, by what they are for; shown only once."""
    token = tokens.add(db, KIND, name)
    return {use: f"/omi/{token}/{use}" for use in ("listen", "audio", "transcript", "memory")}


def omi_router(household: Household, overhearing: Overhearing) -> APIRouter:
    router = APIRouter(prefix="/omi/{token}")
    db = household.parts.db

    async def device(token: str) -> str:
        name = await asyncio.to_thread(tokens.whose, db, KIND, token)
        if name is None:
            raise HTTPException(404, "No device has this address: pair it again.")
        return name

    @router.post("/audio")
    async def audio(token: str, request: Request, sample_rate: Rate = 16_000, uid: str = "") -> dict[str, str]:
        """Raw PCM16 mono, a few seconds at a time; some may never arrive."""
        name = await device(token)
        pcm = await _body(request, _MOST_SOUND_BYTES)
        await overhearing.sound(name, f"sound {uid}", pcm, AudioFormat(sample_rate))
        return {}

    @router.post("/transcript")
    async def transcript(token: str, request: Request, uid: str = "") -> dict[str, str]:
        """Segments of a conversation that is going on; answers what its wearer asks Fondly by name."""
        name = await device(token)
        brought = _read(_TRANSCRIPT, await _body(request, _MOST_JSON_BYTES))
        session, segments = (
            (uid, brought) if isinstance(brought, list) else (brought.session_id or uid, brought.segments)
        )
        new = await overhearing.words(name, f"words {session}", [(s.said, s.passage) for s in segments])
        return await _answered(household, name, new)

    @router.post("/memory")
    async def memory(token: str, request: Request) -> dict[str, str]:
        """A whole conversation, or several."""
        name = await device(token)
        brought = _read(_CONVERSATION, await _body(request, _MOST_JSON_BYTES))
        for one in brought if isinstance(brought, list) else [brought]:
            if not one.discarded:
                await overhearing.conversation(name, one.passages, _began(one, household.parts.clock()))
        return {}

    @router.websocket("/listen")
    async def listen(websocket: WebSocket, token: str) -> None:
        """PCM16 mono frames in, the words as segments out, until {"type": "CloseStream"}."""
        rate = websocket.query_params.get("sample_rate", "16000")
        name = await asyncio.to_thread(tokens.whose, db, KIND, token)
        if name is None or not (rate.isascii() and rate.isdecimal() and 4_000 <= int(rate[:7]) <= 192_000):
            await websocket.close(1008)
            return
        await websocket.accept()
        async for heard in overhearing.listen(name, _frames(websocket, int(rate)), AudioFormat(int(rate))):
            segment = {
                "text": heard.text,
                "speaker": "SPEAKER_00",
                "start": round(heard.start_seconds, 2),
                "end": round(heard.end_seconds, 2),
            }
            try:
                await websocket.send_json({"segments": [segment]})
            except (WebSocketDisconnect, RuntimeError):
                continue  # the app is gone; what it sent is kept all the same
        try:
            await websocket.close()
        except RuntimeError:
            return  # closed already

    return router


async def _frames(websocket: WebSocket, rate_hz: int) -> AsyncIterator[bytes]:
    """Until the stream is closed, by either side or by silence."""
    while True:
        try:
            async with asyncio.timeout(IDLE_SECONDS):
                message = await websocket.receive()
        except TimeoutError:
            return
        if message["type"] == "websocket.disconnect":
            return
        if text := message.get("text"):
            if '"CloseStream"' in text:
                return
        elif pcm := message.get("bytes"):
            for start in range(0, len(pcm), step := 2 * rate_hz * _MOST_FRAME_SECONDS):
                yield pcm[start : start + step]


async def _answered(household: Household, name: str, passages: list[Passage]) -> dict[str, str]:
    """Only what asks is done, and only when its wearer asked Fondly by name: anything may be overheard."""
    for words in addressed(passages):
        meaning = await asyncio.to_thread(understand, words, household.parts.clock())
        if meaning.intent in _ANSWERED:
            taken = await household.take_words(words, name)
            if taken.reply and len(taken.reply.text) >= _SHORTEST_MESSAGE:
                return {"message": taken.reply.text}
    return {}


async def _body(request: Request, most: int) -> bytes:
    body = bytearray()
    async for piece in request.stream():
        body += piece
        if len(body) > most:
            raise HTTPException(413, f"That is more than {most // 1_000_000} MB: send it in smaller pieces.")
    return bytes(body)


def _read(shape: TypeAdapter[T], body: bytes) -> T:
    try:
        return shape.validate_json(body)
    except ValidationError as err:
        raise HTTPException(422, "That is no transcript or conversation as Omi sends it.") from err


def _began(one: Conversation, now: datetime) -> datetime:
    """Omi's times are UTC, whether they say so or not."""
    began = one.started_at or one.created_at or now
    aware = began if began.tzinfo else began.replace(tzinfo=UTC)
    return min(aware, now) if aware > _EARLIEST else now
