"""The devices of the household and whether they are there, as JSON and on a page."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from pathlib import Path
from typing import Annotated, Any

from fastapi import APIRouter, Form, HTTPException, Request, Response
from fastapi.responses import RedirectResponse
from fastapi.templating import Jinja2Templates

from assistant.devices import Device, DeviceTrouble
from assistant.household import Household, There
from assistant.phrasing import say_day
from assistant.web.omi import add_omi
from assistant.web.whereabouts import add_owntracks
from satellites.satellite import Remote

router = APIRouter(include_in_schema=False)
_templates = Jinja2Templates(Path(__file__).parent / "templates")
_QUIET = timedelta(hours=1)


@router.get("/api/satellites")
async def satellites(request: Request) -> list[dict[str, Any]]:
    """Every device that was added or is there: name, kind, room, owner, shared, state, heard_at."""
    return await _rows(request.app.state.household)


@router.post("/api/satellites/{name}/test")
async def test(request: Request, name: str) -> dict[str, bool]:
    """Has it say its name. ``heard`` is false when it is not there."""
    return {"heard": await request.app.state.household.test(name)}


@router.post("/api/satellites/{name}/omi")
async def omi(request: Request, name: str) -> dict[str, str]:
    """Lets an Omi in under that name: the paths to enter in its app. An older one of that name is let in no more."""
    return await asyncio.to_thread(add_omi, request.app.state.household.parts.db, name)


@router.post("/api/satellites/{name}/owntracks")
async def owntracks(request: Request, name: str) -> dict[str, str]:
    """Lets OwnTracks in under that name: the path to enter in its app. An older one of that name is let in no more."""
    return {"url": await asyncio.to_thread(add_owntracks, request.app.state.household.parts.db, name)}


@router.get("/satellites")
async def page(request: Request) -> Response:
    rows = await _rows(request.app.state.household)
    return _templates.TemplateResponse(request, "satellites.html", {"satellites": rows})


@router.post("/satellites/{name}")
async def change(request: Request, name: str, do: Annotated[str, Form()]) -> Response:
    """``do``: test, mute, unmute or forget."""
    household: Household = request.app.state.household
    if household.devices is None:
        raise HTTPException(404, "There are no satellites here.")
    try:
        if do == "test":
            await household.test(name)
        elif do == "forget":
            await asyncio.to_thread(household.devices.forget, name)
        else:
            until = household.parts.clock() + _QUIET if do == "mute" else None
            await asyncio.to_thread(lambda: household.devices and household.devices.change(name, muted_until=until))
    except DeviceTrouble as err:
        raise HTTPException(404, str(err)) from err
    return RedirectResponse("/satellites", status_code=303)


def _state(live: There | None, muted: bool) -> str:
    if live is None:
        return "away"
    if isinstance(live.satellite, Remote) and live.satellite.trouble:
        return live.satellite.trouble
    return "muted" if muted else "busy" if live.busy else "there"


async def _rows(household: Household) -> list[dict[str, Any]]:
    known = await asyncio.to_thread(household.devices.all) if household.devices else []
    there = {t.satellite.name: t for t in household.there()}
    now = household.parts.clock()
    others = [Device(name, "phone") for name in there if name not in {d.name for d in known}]
    rows = []
    for device in (*known, *others):
        live = there.get(device.name)
        rows.append(
            {
                "name": device.name,
                "kind": device.kind if device in known else "this computer",
                "room": device.room,
                "owner": device.owner,
                "shared": device.shared,
                "state": _state(live, device.muted(now)),
                "muted": device.muted(now),
                "heard_at": live.heard_at.isoformat() if live and live.heard_at else None,
                "heard": say_day(live.heard_at, now) if live and live.heard_at else None,
                "added": device in known,
            }
        )
    return rows
