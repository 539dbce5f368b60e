"""The calendars, address books and feeds that are read, as JSON and on a page."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

from fastapi import APIRouter, Form, Request, Response
from fastapi.responses import RedirectResponse
from fastapi.templating import Jinja2Templates
from pydantic import BaseModel, Field

from assistant.errors import FondlyError
from assistant.sources import deeds

router = APIRouter(include_in_schema=False)
_templates = Jinja2Templates(Path(__file__).parent / "templates")


class Named(BaseModel):
    """A calendar, an address book or a feed. ``person``: whose feed it is."""

    kind: str
    url: str = Field(max_length=2_000)
    user: str | None = Field(None, max_length=200)
    password: str | None = Field(None, max_length=1_000)
    person: str | None = Field(None, max_length=200)


@router.get("/api/sources")
async def every(request: Request) -> list[dict[str, Any]]:
    """Every source: id, kind, where, user, person, polled, trouble. Never a password."""
    return await deeds.every(request.app.state.household.parts)


@router.post("/api/sources")
async def add(request: Request, named: Named) -> dict[str, Any]:
    """Has one read, from now on; ``told`` says how the first time went."""
    return await deeds.add(request.app.state.household.parts, **named.model_dump())


@router.post("/api/sources/{source_id}/poll")
async def poll(request: Request, source_id: int) -> dict[str, Any]:
    return await deeds.read(request.app.state.household.parts, source_id)


@router.delete("/api/sources/{source_id}")
async def remove(request: Request, source_id: int) -> dict[str, Any]:
    await deeds.remove(request.app.state.household.parts, source_id)
    return {"removed": source_id}


@router.get("/sources")
async def page(request: Request) -> Response:
    return await _page(request)


@router.post("/sources")
async def add_on_page(request: Request, named: Annotated[Named, Form()]) -> Response:
    try:
        row = await add(request, named)
    except FondlyError as err:
        return await _page(request, str(err), named)
    return await _page(request, row["told"])


@router.post("/sources/{source_id}")
async def change(request: Request, source_id: int, do: Annotated[str, Form()]) -> Response:
    """``do``: read or remove."""
    try:
        if do == "remove":
            await remove(request, source_id)
        else:
            await poll(request, source_id)
    except FondlyError as err:  # removed on another page, perhaps
        return await _page(request, str(err))
    return RedirectResponse("/sources", status_code=303)


async def _page(request: Request, told: str = "", named: Named | None = None) -> Response:
    """``named``: what was entered and cannot be taken, to be put right."""
    shown = {"sources": await every(request), "told": told, "named": named}
    return _templates.TemplateResponse(request, "sources.html", shown)
