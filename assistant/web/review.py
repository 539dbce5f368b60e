"""The review page: what was kept, from which words; accept it, edit it, or ignore it. Nothing here has to be done."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from pathlib import Path
from typing import Annotated, Literal

from fastapi import APIRouter, Form, Request, Response
from fastapi.responses import FileResponse, RedirectResponse
from fastapi.templating import Jinja2Templates

from assistant.ambient import accepting
from assistant.phrasing import phrase, say_day
from assistant.triggers import table
from assistant.triggers.occasion import Look, Occasion, told
from assistant.turn import Parts
from memory import memories, proposals, suggestions
from memory.errors import MeaningUnavailable

router = APIRouter(include_in_schema=False)
_HERE = Path(__file__).parent
_templates = Jinja2Templates(_HERE / "templates")


@router.get("/")
async def review_page(request: Request) -> Response:
    return await _page(request)


@router.post("/")
async def tell(request: Request, text: Annotated[str, Form(max_length=20_000)] = "") -> Response:
    """A note or a question typed on the page; the reply is shown above what was kept."""
    if not text.strip():
        return RedirectResponse("/", status_code=303)
    taken = await request.app.state.household.take_words(text.strip(), "web")
    return await _page(request, taken.reply.text if taken.reply else "")


@router.post("/review/{memory_id}")
async def review(
    request: Request,
    memory_id: int,
    do: Annotated[Literal["accepted", "ignored"], Form()],
    text: Annotated[str | None, Form(max_length=20_000)] = None,
) -> Response:
    parts = request.app.state.household.parts
    words = text.strip() if text and text.strip() else None
    await asyncio.to_thread(memories.review, parts.db, memory_id, do, words)
    return await _back(parts)


@router.post("/review/overheard/{proposal_id}")
async def review_overheard(
    request: Request,
    proposal_id: int,
    do: Annotated[Literal["accepted", "ignored"], Form()],
    text: Annotated[str | None, Form(max_length=20_000)] = None,
) -> Response:
    parts = request.app.state.household.parts
    words = text.strip() if text and text.strip() else None
    await asyncio.to_thread(accepting.review, parts.db, proposal_id, do, words)
    return await _back(parts)


@router.post("/read")
async def have_read(
    request: Request, key: Annotated[str, Form(max_length=200)], do: Annotated[Literal["done", "let go"], Form()]
) -> Response:
    """What was for nobody else's ears was read."""
    parts = request.app.state.household.parts
    await asyncio.to_thread(_read, parts, key, do)
    return await _back(parts)


@router.get("/style.css")
async def style() -> Response:
    return FileResponse(_HERE / "style.css")


async def _back(parts: Parts) -> Response:
    with suppress(MeaningUnavailable):  # embedded later; until then words find it
        await asyncio.to_thread(parts.vectors.embed_next, parts.db)
    return RedirectResponse("/", status_code=303)


def _to_read(parts: Parts) -> list[Occasion]:
    memories.derive(parts.db)
    return table.to_read(Look(parts.db, parts.vectors, parts.clock().astimezone()))


def _read(parts: Parts, key: str, outcome: Literal["done", "let go"]) -> None:
    for one in _to_read(parts):
        if one.key == key:
            told(parts.db, [one], parts.clock())
            if settled := suggestions.by_key(parts.db, key):
                suggestions.settle(parts.db, settled, outcome)


async def _page(request: Request, reply: str = "") -> Response:
    parts = request.app.state.household.parts
    pending = await asyncio.to_thread(memories.pending, parts.db)
    overheard = await asyncio.to_thread(proposals.waiting, parts.db)
    now = parts.clock().astimezone()
    to_read = await asyncio.to_thread(_to_read, parts)
    shown = {
        "to_read": [(one.key, phrase(one.lines, now)) for one in to_read],
        "pending": pending,
        "days": {m.id: say_day(m.kept_at.astimezone().date(), now) for m in pending},
        "overheard": overheard,
        "overheard_days": {p.id: say_day(p.heard_at.astimezone().date(), now) for p in overheard},
        "reply": reply,
    }
    return _templates.TemplateResponse(request, "review.html", shown)
