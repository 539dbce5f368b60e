"""Asks every source when it is due, one by one, and keeps what it has. What one has wrong does not cost the others."""

from __future__ import annotations

import asyncio
import logging
import random
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial

from assistant.errors import SourceTrouble
from assistant.sources.dav import fetch_dav
from assistant.sources.fetching import Fetched, client_for, fetch, file_of
from assistant.turn import Parts
from memory import addresses, calendars, feeds, sources
from memory.database import Database
from memory.errors import NotInThisFormat, StoreError
from memory.sources import Source

log = logging.getLogger(__name__)
_EVERY = {"calendar": timedelta(minutes=15), "addresses": timedelta(hours=6), "feed": timedelta(hours=3)}
_LONGEST_WAIT = timedelta(days=1)  # after trouble, which doubles the time each time
_JITTER = 0.1  # of the time, so that not all come at once
_BEFORE, _AHEAD = timedelta(days=60), timedelta(days=400)  # of a calendar
_READ_ANEW = timedelta(days=7)  # what lies ahead moves on, even where nothing changes
_LONGEST = 180.0  # seconds for all of one source
_LOOK_SECONDS = 30.0

Told = Callable[[Source, str], None]
"""Is told what became of a source."""


async def run_polling(parts: Parts) -> None:
    """Until cancelled."""
    while True:
        try:
            await poll_due(parts.db, parts.clock())
        except StoreError as err:
            log.error("%s", err)  # it is due still
        await asyncio.sleep(_LOOK_SECONDS)


async def poll_due(db: Database, now: datetime, told: Told = lambda source, what: None) -> None:
    """Asks those that are due. Raises StoreError."""
    await poll(db, await asyncio.to_thread(sources.due, db, now), now, told)


async def poll(db: Database, some: Iterable[Source], now: datetime, told: Told = lambda source, what: None) -> None:
    """Asks these. Raises StoreError."""
    for source in some:
        try:
            what = await _ask(db, source, now)
        except SourceTrouble as err:
            what = str(err)
            due_at = now + (err.wait or _wait(source, source.failures))
            await asyncio.to_thread(sources.failed, db, source, what, due_at)
        else:
            await asyncio.to_thread(sources.answered, db, source, now, now + _wait(source, 0))
        told(source, what)


async def _ask(db: Database, source: Source, now: datetime) -> str:
    """What there was, in words. Raises SourceTrouble or StoreError."""
    try:
        async with asyncio.timeout(_LONGEST):
            return await _poll_one(db, source, now)
    except (SourceTrouble, StoreError):
        raise
    except NotInThisFormat as err:
        raise SourceTrouble(str(err)) from err
    except TimeoutError as err:
        raise SourceTrouble("It did not come to an end; it is asked again later.") from err
    except Exception as err:  # a library that stumbles over what it was sent: the others are asked all the same
        log.exception("%s cannot be read.", source.shown)
        raise SourceTrouble("It cannot be read: check what it has.") from err


async def _poll_one(db: Database, source: Source, now: datetime) -> str:
    conditional = source.read_at is not None and now - source.read_at < _READ_ANEW
    async with client_for(source) as client:
        fetched = None
        if source.user and source.kind != "feed" and not file_of(source.url):
            today = now.astimezone().date()
            fetched = await fetch_dav(client, source, conditional, today - _BEFORE, today + _AHEAD)
        if fetched is None:
            fetched = await fetch(client, source, conditional)
    if fetched.body is None:
        return "Nothing changed."
    return await asyncio.to_thread(_keep, db, source, fetched, fetched.body, now)


@dataclass(frozen=True, slots=True)
class _Read:
    """What was read: ``number`` of ``things``, and how to ``keep`` it."""

    number: int
    things: str
    keep: Callable[[], None]
    skipped: int = 0
    own: tuple[str, ...] = ()


def _keep(db: Database, source: Source, fetched: Fetched, body: bytes, now: datetime) -> str:
    read = _READ[source.kind](db, source, fetched, body, now)
    with db.transaction():
        if sources.get(db, source.id) is None:
            return "It was removed meanwhile."
        read.keep()
        sources.has_read(db, source, now, fetched.etag, fetched.modified, read.own)
    left_out = f" {read.skipped} that made no sense were left out." if read.skipped else ""
    return f"Read {read.number} {read.things}.{left_out}"


def _calendar(db: Database, source: Source, fetched: Fetched, body: bytes, now: datetime) -> _Read:
    from memory.formats.ical import read_calendar

    today = now.astimezone().date()
    mine = {mail.lower() for mail in (*fetched.own, source.user or "") if "@" in mail}
    found = read_calendar(body, today - _BEFORE, today + _AHEAD, mine)
    own = tuple({*fetched.own, *found.own})
    keep = partial(calendars.replace, db, source.id, found.occurrences)
    return _Read(len(found.occurrences), "events", keep, found.skipped, own)


def _addresses(db: Database, source: Source, fetched: Fetched, body: bytes, now: datetime) -> _Read:
    from memory.formats.vcard import read_cards

    cards, skipped = read_cards(body)
    return _Read(len(cards), "cards", partial(addresses.replace, db, source.id, cards), skipped)


def _feed(db: Database, source: Source, fetched: Fetched, body: bytes, now: datetime) -> _Read:
    from memory.formats.feed import read_feed

    items = read_feed(body, now)
    fresh = source.read_at is not None
    return _Read(len(items), "items", partial(feeds.add, db, source.id, items, fresh, now))


_READ = {"calendar": _calendar, "addresses": _addresses, "feed": _feed}


def _wait(source: Source, failures: int) -> timedelta:
    """Until it is asked again."""
    wait = min(_EVERY[source.kind] * int(2 ** min(failures, 10)), _LONGEST_WAIT)
    return wait * random.uniform(1, 1 + _JITTER)  # noqa: S311 - it is no secret
