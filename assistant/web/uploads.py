"""A plain upload for anything that can send a file: voice memos from a phone, a script, a recorder."""

from __future__ import annotations

import asyncio
import tempfile
from collections.abc import AsyncGenerator
from datetime import UTC, datetime
from typing import Annotated, Any, BinaryIO, cast

from fastapi import APIRouter, HTTPException, Query, Request, Response
from starlette.datastructures import UploadFile
from starlette.formparsers import MultiPartException, MultiPartParser

from assistant.errors import MemoTooLong
from assistant.turn import Parts
from assistant.uploads import Uploads
from memory import memories, uploads
from memory.uploads import Upload

LARGEST_BYTES = 500_000_000
"""Four hours of 16 kHz 16-bit WAV, ten of FLAC."""
_IN_MEMORY_BYTES = 4_000_000  # a larger one is spooled to a temporary file
_REPLY_SECONDS = 20.0  # to wait for the reply, unless told otherwise
_LONGEST_WAIT_SECONDS = 60.0
_LOOK_SECONDS = 0.25
_EARLIEST = datetime(1970, 1, 2, tzinfo=UTC)
_TOO_LARGE = f"That file is larger than {LARGEST_BYTES // 1_000_000} MB: send it in pieces, or as MP3, M4A or OPUS."


def upload_router(inbox: Uploads, parts: Parts) -> APIRouter:
    router = APIRouter()

    @router.post("/api/memos")
    async def take_memo(
        request: Request,
        response: Response,
        heard_at: str | None = None,
        wait: Annotated[float, Query(ge=0, le=_LONGEST_WAIT_SECONDS)] = _REPLY_SECONDS,
    ) -> dict[str, Any]:
        """A voice memo: kept on return. 200 with the reply if it is ready within ``wait`` seconds, else 202."""
        with tempfile.SpooledTemporaryFile(_IN_MEMORY_BYTES) as spool:
            said_at = await _receive(request, spool)
            moment = _moment(said_at or heard_at, parts.clock())
            try:
                upload = await inbox.take(cast(BinaryIO, spool), moment)
            except MemoTooLong as err:
                raise HTTPException(413, str(err)) from err
        state = await _waited(parts, upload, wait)
        response.status_code = 202 if state["reply"] is None else 200
        return state

    @router.get("/api/memos/{upload_id}")
    async def memo(upload_id: int) -> dict[str, Any]:
        upload = await asyncio.to_thread(uploads.get, parts.db, upload_id)
        if upload is None:
            raise HTTPException(404, "There is no such memo.")
        return await asyncio.to_thread(_state, parts, upload)

    return router


async def _receive(request: Request, spool: tempfile.SpooledTemporaryFile[bytes]) -> str | None:
    """Spools the sound; returns when it was said, if a form says so."""
    if int(request.headers.get("content-length", "0") or 0) > LARGEST_BYTES:
        raise HTTPException(413, _TOO_LARGE)
    if not request.headers.get("content-type", "").startswith("multipart/form-data"):
        async for piece in _limited(request):
            spool.write(piece)
        return None
    try:
        form = await MultiPartParser(request.headers, _limited(request), max_files=1, max_fields=8).parse()
    except (MultiPartException, KeyError, ValueError) as err:
        raise HTTPException(422, "That form cannot be read: send the file as the field `sound`.") from err
    try:
        sound, said_at = form.get("sound"), form.get("heard_at")
        if not isinstance(sound, UploadFile):
            raise HTTPException(422, "Send the file as the field `sound`.")
        while piece := await sound.read(1 << 20):
            spool.write(piece)
    finally:
        await form.close()
    return said_at if isinstance(said_at, str) else None


async def _limited(request: Request) -> AsyncGenerator[bytes, None]:
    received = 0
    async for piece in request.stream():
        received += len(piece)
        if received > LARGEST_BYTES:
            raise HTTPException(413, _TOO_LARGE)
        yield piece


def _moment(said_at: str | None, now: datetime) -> datetime:
    """Without a zone it is local time."""
    if not said_at:
        return now
    try:
        moment = datetime.fromisoformat(said_at.strip().replace(" ", "+") if "T" in said_at else said_at).astimezone()
        if moment < _EARLIEST:
            raise ValueError("long ago")
    except (ValueError, OverflowError, OSError) as err:
        raise HTTPException(422, "heard_at has to be a time like 2026-05-04T18:30:00+02:00.") from err
    return moment


async def _waited(parts: Parts, upload: Upload, seconds: float) -> dict[str, Any]:
    waited = 0.0
    while (state := await asyncio.to_thread(_state, parts, upload))["reply"] is None and waited < seconds:
        await asyncio.sleep(_LOOK_SECONDS)
        waited += _LOOK_SECONDS
    return state


def _state(parts: Parts, upload: Upload) -> dict[str, Any]:
    """``kept``: not understood yet; ``done``; or ``silent``: nobody speaks in it. No reply: it is still to come."""
    taken = uploads.of(parts.db, upload)
    waiting = any(capture.state == "heard" for capture in taken)
    unanswered = any(capture.state in ("heard", "done") and capture.reply is None for capture in taken)
    return {
        "id": upload.id,
        "state": "kept" if waiting else "done" if any(capture.text for capture in taken) else "silent",
        "heard": " ".join(capture.text for capture in taken if capture.text),
        "kept": [m.text for capture in taken for m in memories.from_capture(parts.db, capture.id)],
        "reply": None if unanswered else " ".join(capture.reply for capture in taken if capture.reply),
    }
