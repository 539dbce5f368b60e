"""Gets what a source has: a file, or something on the web. It only ever reads."""

from __future__ import annotations

import asyncio
import os
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from urllib.parse import unquote, urlsplit

import httpx

from assistant.errors import SourceTrouble
from memory.sources import Source

_MOST_BYTES = 32_000_000
_MOST_REDIRECTS = 5
_SECONDS = 30.0  # without a word from the other side
_AGENT = "Fondly (reads only)"


@dataclass(frozen=True, slots=True)
class Fetched:
    """``body`` is None when it is as it was. ``etag``, ``modified``: what it says of its state."""

    body: bytes | None
    etag: str | None = None
    modified: str | None = None
    own: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Answer:
    """``status`` is 2.. or 304; ``url``: where it came from in the end."""

    status: int
    url: str
    headers: httpx.Headers
    body: bytes


@asynccontextmanager
async def client_for(source: Source) -> AsyncIterator[httpx.AsyncClient]:
    """What goes wrong with a request inside comes out as SourceTrouble."""
    auth = (source.user, source.password or "") if source.user else None
    try:
        async with httpx.AsyncClient(
            auth=auth,
            timeout=_SECONDS,
            follow_redirects=True,
            max_redirects=_MOST_REDIRECTS,
            headers={"user-agent": _AGENT},
            trust_env=False,
        ) as client:
            yield client
    except httpx.TimeoutException as err:
        raise SourceTrouble("It did not answer in time; it is asked again later.") from err
    except httpx.TooManyRedirects as err:
        raise SourceTrouble("It sends us round in circles: check the address.") from err
    except (httpx.InvalidURL, httpx.UnsupportedProtocol) as err:
        raise SourceTrouble("That is no address: it begins with https:// or webcal://, or is a file.") from err
    except httpx.HTTPError as err:
        raise SourceTrouble(
            f"It cannot be reached ({str(err) or type(err).__name__}); it is asked again later."
        ) from err


async def fetch(client: httpx.AsyncClient, source: Source, conditional: bool) -> Fetched:
    """A file or a web address. ``conditional``: only if it changed since. Raises SourceTrouble."""
    if file := file_of(source.url):
        return await asyncio.to_thread(_file, file, source.etag if conditional else None)
    headers: dict[str, str] = {}
    if conditional and source.etag:
        headers["if-none-match"] = source.etag
    if conditional and source.modified:
        headers["if-modified-since"] = source.modified
    try:
        answer = await request(client, "GET", web_address(source.url), headers)
    except httpx.ConnectError:
        if source.user or not source.url.lower().startswith("webcal://"):
            raise
        answer = await request(client, "GET", f"http{source.url[len('webcal') :]}", headers)  # at home, perhaps
    if answer.status == 304:
        return Fetched(None)
    return Fetched(answer.body, answer.headers.get("etag"), answer.headers.get("last-modified"))


async def request(
    client: httpx.AsyncClient, method: str, url: str, headers: Mapping[str, str], content: bytes = b""
) -> Answer:
    """Raises SourceTrouble."""
    async with client.stream(method, url, headers=headers, content=content or None) as answer:
        check(answer)
        body = bytearray()
        async for part in answer.aiter_bytes():
            body += part
            if len(body) > _MOST_BYTES:
                raise SourceTrouble("It is too large to be read: name a smaller one.")
        return Answer(answer.status_code, str(answer.url), answer.headers, bytes(body))


def check(answer: httpx.Response) -> None:
    """Raises SourceTrouble where it is no good answer."""
    status = answer.status_code
    if answer.is_success or status == 304:
        return
    if status in (401, 403):
        raise SourceTrouble("It does not let us in: add it again with the right name and password.", status)
    if status in (404, 410):
        raise SourceTrouble("There is nothing at that address: check it.", status)
    later = answer.headers.get("retry-after", "")
    wait = timedelta(seconds=min(int(later), 86_400)) if later.isdecimal() else None
    raise SourceTrouble(f"It answers that it has trouble of its own ({status}); it is asked again later.", status, wait)


def file_of(url: str) -> Path | None:
    """The file that an address is."""
    where = urlsplit(url)
    if where.scheme == "file":
        return Path(unquote(where.path))
    return Path(url) if "://" not in url else None


def web_address(url: str) -> str:
    """webcal:// is what calendars are offered as; they are on the web."""
    return f"https{url[len('webcal') :]}" if url.lower().startswith("webcal://") else url


def _file(file: Path, etag: str | None) -> Fetched:
    try:
        with file.open("rb") as opened:
            about = os.fstat(opened.fileno())
            state = f"{about.st_mtime_ns}-{about.st_size}"
            if state == etag:
                return Fetched(None)
            body = opened.read(_MOST_BYTES + 1)
    except OSError as err:
        raise SourceTrouble(f"{file} cannot be read ({err.strerror}).") from err
    if len(body) > _MOST_BYTES:
        raise SourceTrouble("It is too large to be read: name a smaller one.")
    return Fetched(body, state)
