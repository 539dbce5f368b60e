"""Where the speaker is, as their devices say: OwnTracks over HTTP, and the page for talking. Only the last is kept.

A long random token in the path lets OwnTracks in, as its apps can be told nothing but an address.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Annotated, Any, Literal

from fastapi import APIRouter, HTTPException, Request
from pydantic import BaseModel, Field, TypeAdapter, ValidationError

from assistant.household import Household
from memory import positions, tokens
from memory.database import Database
from memory.positions import Landmark, Position

KIND = "owntracks"
PATH = "/api/owntracks/"
_MOST_BYTES = 1_000_000
_ROUGHEST_METRES = 20_000.0  # what is less exact than that does not tell a town

Latitude = Annotated[float, Field(ge=-90, le=90, allow_inf_nan=False)]
Longitude = Annotated[float, Field(ge=-180, le=180, allow_inf_nan=False)]
Metres = Annotated[float, Field(ge=0, le=100_000_000, allow_inf_nan=False)]
Name = Annotated[str, Field(max_length=200)]
Moment = Annotated[int, Field(ge=0, le=4_000_000_000)]


class _Located(BaseModel):
    lat: Latitude
    lon: Longitude
    tst: Moment
    acc: Metres | None = None


class Location(_Located):
    type: Literal["location"] = Field(alias="_type")
    inregions: list[Name] = Field([], max_length=100)


class Transition(_Located):
    """Into one of the places that were marked, or out of it."""

    type: Literal["transition"] = Field(alias="_type")
    event: Literal["enter", "leave"]
    desc: Name | None = None


class Waypoint(BaseModel):
    """A place that was marked. ``tst`` stays the same when it is changed."""

    type: Literal["waypoint"] = Field("waypoint", alias="_type")
    desc: Name
    lat: Latitude | None = None  # beacons are nowhere
    lon: Longitude | None = None
    rad: Metres | None = None
    tst: Moment


class Waypoints(BaseModel):
    type: Literal["waypoints"] = Field(alias="_type")
    waypoints: list[Waypoint] = Field(max_length=1_000)


class Here(BaseModel):
    """As a browser says it; ``accuracy`` in metres."""

    latitude: Latitude
    longitude: Longitude
    accuracy: Metres = 0.0


Message = Location | Transition | Waypoint | Waypoints
_MESSAGE: TypeAdapter[Message] = TypeAdapter(Annotated[Message, Field(discriminator="type")])
_SENT: TypeAdapter[list[dict[str, Any]] | dict[str, Any]] = TypeAdapter(list[dict[str, Any]] | dict[str, Any])
_KNOWN = frozenset({"location", "transition", "waypoint", "waypoints"})


def add_owntracks(db: Database, name: str) -> str:
    """Lets a device in under that name: the path of the address for its app, shown only once."""
    return PATH + tokens.add(db, KIND, name)


def whereabouts_router(household: Household) -> APIRouter:
    router = APIRouter()
    db, clock = household.parts.db, household.parts.clock

    @router.post(f"{PATH}{{token}}")
    async def owntracks(token: str, request: Request) -> list[str]:
        """One message, or several; what is none of places (battery, steps) is left out. Nothing is sent back."""
        if await asyncio.to_thread(tokens.whose, db, KIND, token) is None:
            raise HTTPException(404, "No device has this address: make it a new one.")
        messages = _read(await _body(request))
        await asyncio.to_thread(_take, db, messages, clock())
        return []

    @router.put("/api/position", status_code=204)
    async def here(here: Here) -> None:
        """Where the page for talking is."""
        if here.accuracy <= _ROUGHEST_METRES:
            await asyncio.to_thread(_keep, db, clock(), here.latitude, here.longitude)

    @router.delete("/api/position", status_code=204)
    async def nowhere() -> None:
        """The last position is forgotten."""
        await asyncio.to_thread(positions.forget, db)

    return router


async def _body(request: Request) -> bytes:
    body = bytearray()
    async for piece in request.stream():
        body += piece
        if len(body) > _MOST_BYTES:
            raise HTTPException(413, "That is more than 1 MB.")
    return bytes(body)


def _read(body: bytes) -> list[Message]:
    """An empty body means that a friend was removed in the app."""
    if not body.strip():
        return []
    try:
        sent = _SENT.validate_json(body)
        some = sent if isinstance(sent, list) else [sent]
        if any(str(one.get("_type")) == "encrypted" for one in some):
            raise HTTPException(422, "That is encrypted: leave the encryption key in the app empty, and use https.")
        return [_MESSAGE.validate_python(one) for one in some if str(one.get("_type")) in _KNOWN]
    except ValidationError as err:
        raise HTTPException(422, "That is nothing that OwnTracks sends.") from err


def _take(db: Database, messages: Iterable[Message], now: datetime) -> None:
    for message in messages:
        if isinstance(message, Waypoints):
            positions.mark(db, [mark for one in message.waypoints if (mark := _landmark(one))])
        elif isinstance(message, Waypoint):
            positions.mark(db, [mark for mark in (_landmark(message),) if mark])
        elif message.acc is None or message.acc <= _ROUGHEST_METRES:
            at = min(datetime.fromtimestamp(message.tst, UTC), now)  # a phone's clock may be fast
            _keep(db, at, message.lat, message.lon, *_entered(message), left=_left(message))


def _entered(message: Location | Transition) -> list[str]:
    if isinstance(message, Location):
        return message.inregions
    return [message.desc] if message.desc and message.event == "enter" else []


def _left(message: Location | Transition) -> str | None:
    return message.desc if isinstance(message, Transition) and message.event == "leave" else None


def _keep(db: Database, at: datetime, latitude: float, longitude: float, *names: str, left: str | None = None) -> None:
    known = dict.fromkeys((*names, *positions.names_at(db, latitude, longitude)))
    inside = tuple(name for name in known if name and name != left)
    positions.keep(db, Position(at, latitude, longitude, inside))


def _landmark(one: Waypoint) -> Landmark | None:
    if one.lat is None or one.lon is None or not one.desc.strip() or not one.rad:
        return None
    return Landmark(f"{KIND} {one.tst}", one.desc.strip(), one.lat, one.lon, one.rad)
