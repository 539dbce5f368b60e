"""What can be done with sources, from the command line and on the web page: each is shown as JSON, without secrets."""

from __future__ import annotations

import asyncio
from datetime import datetime
from typing import Any, get_args
from urllib.parse import unquote, urlsplit, urlunsplit

from assistant.errors import FondlyError
from assistant.phrasing import say_day
from assistant.sources.fetching import file_of
from assistant.sources.polling import poll
from assistant.turn import Parts
from memory import people, sources
from memory.database import Database
from memory.sources import Kind, Source

_WEB = ("http", "https", "webcal")


def name_source(
    db: Database, kind: str, url: str, user: str | None = None, password: str | None = None, person: str | None = None
) -> Source:
    """Keeps a calendar, an address book or a feed to be read. Raises FondlyError, which says what is wrong."""
    if kind not in get_args(Kind):
        raise FondlyError(f"{kind} is none of {', '.join(get_args(Kind))}.")
    url, user, password = _without_user(url.strip(), user or None, password or None)
    file = file_of(url)
    if file is None and urlsplit(url).scheme.lower() not in _WEB:
        raise FondlyError("An address begins with https://, http:// or webcal://; or name a file.")
    if file:
        url = str(file.expanduser().resolve())
        if not file.expanduser().is_file():
            raise FondlyError(f"There is no file {url}.")
    if kind == "feed" and not person:
        raise FondlyError("Say whose feed it is, as in: --person Ana")
    whose = people.find(db, person) if person and kind == "feed" else None
    if kind == "feed" and whose is None:
        raise FondlyError(f"I don't know who {person} is: tell me about them first, or say the whole name.")
    return sources.add(db, kind, url, user, password, whose.id if whose else None)  # type: ignore[arg-type]


async def every(parts: Parts) -> list[dict[str, Any]]:
    found = await asyncio.to_thread(sources.everything, parts.db)
    return [_shown(source, parts.clock()) for source in found]


async def add(
    parts: Parts, kind: str, url: str, user: str | None = None, password: str | None = None, person: str | None = None
) -> dict[str, Any]:
    """Keeps one to be read, and reads it; ``told`` says how that went. Raises FondlyError."""
    source = await asyncio.to_thread(name_source, parts.db, kind, url, user, password, person)
    return await read(parts, source.id)


async def read(parts: Parts, source_id: int) -> dict[str, Any]:
    """Reads one now; ``told`` says how that went. Raises FondlyError."""
    said: list[str] = []
    source = await asyncio.to_thread(_known, parts.db, source_id)
    await poll(parts.db, [source], parts.clock(), lambda _, what: said.append(what))
    return {**_shown(await asyncio.to_thread(_known, parts.db, source_id), parts.clock()), "told": said[0]}


async def remove(parts: Parts, source_id: int) -> None:
    """Raises FondlyError."""
    await asyncio.to_thread(_known, parts.db, source_id)
    await asyncio.to_thread(sources.remove, parts.db, source_id)


def _known(db: Database, source_id: int) -> Source:
    source = sources.get(db, source_id)
    if source is None:
        raise FondlyError(f"There is no {source_id}: see fondly sources.")
    return source


def _shown(source: Source, now: datetime) -> dict[str, Any]:
    """It as JSON, and no secret of it."""
    return {
        "id": source.id,
        "kind": source.kind,
        "where": source.shown,
        "user": source.user,
        "person": source.person.name if source.person else None,
        "polled": say_day(source.polled_at.astimezone(), now) if source.polled_at else None,
        "trouble": source.trouble,
    }


def _without_user(url: str, user: str | None, password: str | None) -> tuple[str, str | None, str | None]:
    """A name and password written into the address are kept apart from it."""
    try:
        where = urlsplit(url)
        port = f":{where.port}" if where.port else ""
    except ValueError as err:
        raise FondlyError("That is no address.") from err
    if not where.username:
        return url, user, password
    host = f"[{where.hostname}]" if ":" in (where.hostname or "") else where.hostname or ""
    bare = urlunsplit(where._replace(netloc=f"{host}{port}"))
    return bare, user or unquote(where.username), password or unquote(where.password or "")
