"""The API under /api and the review page, both over one Household."""

from __future__ import annotations

import asyncio
import io
from typing import Annotated, Any, Literal

from fastapi import FastAPI, HTTPException, Request, Response, UploadFile
from fastapi.responses import JSONResponse
from pydantic import BaseModel, Field, StringConstraints

from assistant.ambient import accepting
from assistant.ambient.overhearing import Overhearing
from assistant.devices import Devices
from assistant.errors import FondlyError
from assistant.household import Household
from assistant.lan import addresses
from assistant.paired import Paired
from assistant.settings import Settings
from assistant.show import Shown
from assistant.uploads import Uploads
from assistant.web import pairing, review, satellites, sources, talk
from assistant.web.gate import Gate
from assistant.web.omi import omi_router
from assistant.web.uploads import upload_router
from assistant.web.whereabouts import whereabouts_router
from memory import memories, people, proposals
from memory.errors import StoreError
from satellites.recording import Recording
from satellites.speakers import NoSpeaker
from speech.audio import read_sound
from speech.errors import SpeechError, UnreadableSound

Said = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=20_000)]
_LONGEST_UPLOAD_BYTES = 200_000_000  # three hours of 16 kHz 16-bit sound are 350 MB: cut those first


class Words(BaseModel):
    """Something said in words: a note or a question."""

    text: Said


class Review(BaseModel):
    status: Literal["accepted", "ignored"]
    text: Said | None = Field(None, description="Other words for it, if it was edited.")


def web_app(household: Household, settings: Settings, inbox: Uploads, overhearing: Overhearing) -> FastAPI:
    app = FastAPI(title="Fondly", docs_url=None, redoc_url=None)
    app.state.household = household
    app.state.settings = settings
    app.state.paired = Paired(household.devices or Devices(settings.devices_file))
    app.state.codes = pairing.Codes(household.parts.clock)
    app.state.addresses = addresses(settings, None)
    app.state.phones = talk.Phones(household)
    for page in (review, satellites, sources, talk, pairing):
        app.include_router(page.router)
    app.include_router(upload_router(inbox, household.parts))
    app.include_router(omi_router(household, overhearing))
    app.include_router(whereabouts_router(household))
    name = settings.address.host if settings.address else None
    app.add_middleware(Gate, paired=app.state.paired, names=(settings.host, name or "localhost"))
    _troubles(app)
    _routes(app, household)
    return app


def _troubles(app: FastAPI) -> None:
    @app.exception_handler(FondlyError)
    @app.exception_handler(StoreError)
    @app.exception_handler(SpeechError)
    async def trouble(request: Request, err: Exception) -> Response:
        return JSONResponse(
            {"detail": str(err)}, status_code=422 if isinstance(err, UnreadableSound | FondlyError) else 503
        )


def _routes(app: FastAPI, household: Household) -> None:
    db = household.parts.db

    @app.post("/api/notes")
    async def take_words(words: Words) -> dict[str, Any]:
        """One turn in words: a note or a question."""
        taken = await household.take_words(words.text, "web")
        return {
            "reply": taken.reply.text if taken.reply else "",
            "expects_answer": bool(taken.reply and taken.reply.expects_answer),
            "meaning": taken.meaning and taken.meaning.to_json(),
        }

    @app.post("/api/sound")
    async def take_sound(file: UploadFile) -> list[dict[str, Any]]:
        """A recording without a wake word: one turn, or several when it is longer than a turn may be."""
        if (file.size or 0) > _LONGEST_UPLOAD_BYTES:
            raise HTTPException(413, "That recording is too large: cut it into pieces of an hour.")
        sound = await asyncio.to_thread(read_sound, io.BytesIO(await file.read()))
        shown = Shown()
        taken = await household.attend(Recording("upload", sound, NoSpeaker(), memo=True), shown.watch)
        return await asyncio.to_thread(shown.turns, taken, db)

    @app.get("/api/people")
    def list_people() -> list[dict[str, Any]]:
        return [{"id": p.id, "name": p.name, "also": p.also} for p in people.everyone(db)]

    @app.get("/api/memories")
    def list_memories() -> list[dict[str, Any]]:
        """What waits for a review, newest first."""
        return [
            {
                "id": m.id,
                "about": [p.name for p in m.about],
                "kind": m.kind,
                "text": m.text,
                "evidence": m.evidence,
                "when": m.when and {"from": m.when.first, "to": m.when.last},
                "place": m.place,
                "sensitive": m.sensitive,
            }
            for m in memories.pending(db)
        ]

    @app.post("/api/memories/{memory_id}")
    async def review_memory(memory_id: int, review: Review) -> dict[str, str]:
        if not await asyncio.to_thread(memories.review, db, memory_id, review.status, review.text):
            raise HTTPException(404, "There is no such memory.")
        return {"status": review.status}

    @app.get("/api/proposals")
    def list_proposals() -> list[dict[str, Any]]:
        """What was overheard and waits for a review; it is used for nothing before it is accepted."""
        return [
            {
                "id": p.id,
                "about": list(p.about),
                "kind": p.kind,
                "text": p.text,
                "evidence": p.evidence,
                "when": p.when and {"from": p.when.first, "to": p.when.last},
                "place": p.place,
                "sensitive": p.sensitive,
                "heard_at": p.heard_at,
            }
            for p in proposals.waiting(db)
        ]

    @app.post("/api/proposals/{proposal_id}")
    async def review_proposal(proposal_id: int, review: Review) -> dict[str, str]:
        if not await asyncio.to_thread(accepting.review, db, proposal_id, review.status, review.text):
            raise HTTPException(404, "There is no such proposal.")
        return {"status": review.status}
