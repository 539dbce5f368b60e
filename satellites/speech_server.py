"""Speech for devices that fetch what they are to play: a plain HTTP address that lives as long as the speech does.

Plain, because a microcontroller cannot check the certificate of a home; hence an address that nobody can guess, on
the one interface that faces the device, and nothing there once it has been heard.
"""

from __future__ import annotations

import asyncio
import re
import secrets
import socket
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass

import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse
from starlette.routing import Route

from satellites.encoder import Encoder, Form
from satellites.errors import SatelliteError
from satellites.news import News
from speech.audio import AudioChunk

_TOKEN_BYTES = 24


class Spoken:
    """Speech that is encoded sentence by sentence while it is being fetched.

    ``seconds`` of sound so far; ``complete`` when there will be no more; ``fetched_at``: when it was first fetched,
    on the loop's clock; ``failed``: what went wrong in making the sound.
    """

    def __init__(self, form: Form, news: News) -> None:
        self.form = form
        self.url = ""
        self.seconds = 0.0
        self.complete = False
        self.failed: Exception | None = None
        self.fetched_at: float | None = None
        self._data = bytearray()
        self._news = news

    @property
    def data(self) -> bytes:
        return bytes(self._data)

    async def fill(self, speech: AsyncIterator[AudioChunk]) -> None:
        encoder = Encoder(self.form)
        try:
            async for chunk in speech:
                self._data += await asyncio.to_thread(encoder.feed, chunk)
                self.seconds += chunk.seconds
                self._news.tell()
            if self.seconds:
                self._data += await asyncio.to_thread(encoder.end)
        except Exception as err:  # noqa: BLE001  # whatever the voice raises is raised again by whoever plays it
            self.failed = err
        finally:
            self.complete = True
            self._news.tell()

    async def begun(self) -> bool:
        """Waits for the first sound. False: there is none. Raises what the voice raised."""
        await self._news.until(lambda: bool(self.seconds) or self.complete)
        if self.failed:
            raise self.failed
        return bool(self.seconds)

    async def stream(self) -> AsyncIterator[bytes]:
        """All of it, from its beginning, as fast as it comes into being."""
        sent = 0
        while True:
            if piece := bytes(self._data[sent:]):
                sent += len(piece)
                yield piece
            elif self.complete:
                return
            else:
                await self._news.next()

    async def all(self) -> bytes:
        await self._news.until(lambda: self.complete)
        return self.data

    def fetch(self) -> None:
        if self.fetched_at is None:
            self.fetched_at = asyncio.get_running_loop().time()
            self._news.tell()


@dataclass(frozen=True, slots=True)
class _Listener:
    server: uvicorn.Server
    port: int
    task: asyncio.Task[None]


class SpeechServer:
    """One for all devices. It listens on an address of this computer from the first speech offered there on.

    ``port``: the same on every address; 0 takes free ones.
    """

    def __init__(self, port: int = 0) -> None:
        self._port = port
        self._offered: dict[str, Spoken] = {}
        self._listeners: dict[str, _Listener] = {}
        self._app = Starlette(routes=[Route("/speech/{token}", self._answer)])

    @asynccontextmanager
    async def offer(
        self, host: str, form: Form, speech: AsyncIterator[AudioChunk], news: News
    ) -> AsyncIterator[Spoken]:
        """The speech, to be had at its ``url`` on this host until the end. Raises SatelliteError."""
        port = self._listen(host)
        token = f"{secrets.token_urlsafe(_TOKEN_BYTES)}.{form.name}"
        spoken = Spoken(form, news)
        spoken.url = f"http://{'[' + host + ']' if ':' in host else host}:{port}/speech/{token}"
        self._offered[token] = spoken
        filling = asyncio.create_task(spoken.fill(speech))
        try:
            yield spoken
        finally:
            del self._offered[token]
            filling.cancel()
            await asyncio.gather(filling, return_exceptions=True)

    async def close(self) -> None:
        for listener in self._listeners.values():
            listener.server.should_exit = True
        await asyncio.gather(*(listener.task for listener in self._listeners.values()))
        self._listeners.clear()

    def _listen(self, host: str) -> int:
        if listener := self._listeners.get(host):
            return listener.port
        family = socket.AF_INET6 if ":" in host else socket.AF_INET
        try:
            listening = socket.create_server((host, self._port), family=family)
        except OSError as err:
            raise SatelliteError(
                f"Speech cannot be offered to devices on {host} port {self._port} ({err.strerror}): choose another."
            ) from err
        config = uvicorn.Config(
            self._app, log_config=None, access_log=False, lifespan="off", timeout_graceful_shutdown=1
        )
        server = _Server(config)
        task = asyncio.create_task(server.serve(sockets=[listening]))
        self._listeners[host] = _Listener(server, listening.getsockname()[1], task)
        return self._listeners[host].port

    async def _answer(self, request: Request) -> Response:
        spoken = self._offered.get(request.path_params["token"])
        if spoken is None:
            return Response("It has been said, or never was.", 404)
        headers = {"Accept-Ranges": "bytes", "Cache-Control": "no-store"}
        kind = spoken.form.media_type
        if request.method == "HEAD":
            length = {"Content-Length": str(len(spoken.data))} if spoken.complete else {}
            return StreamingResponse(iter(()), headers=headers | length, media_type=kind)
        spoken.fetch()
        wanted = _span(request.headers.get("range", ""))
        if wanted is None or (wanted == (0, None) and not spoken.complete):
            return StreamingResponse(spoken.stream(), headers=headers, media_type=kind)
        data = await spoken.all()
        first, last = wanted[0], len(data) - 1 if wanted[1] is None else min(wanted[1], len(data) - 1)
        if first > last:
            return Response(status_code=416, headers=headers | {"Content-Range": f"bytes */{len(data)}"})
        headers["Content-Range"] = f"bytes {first}-{last}/{len(data)}"
        return Response(data[first : last + 1], 206, headers, kind)


class _Server(uvicorn.Server):
    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Ctrl-C is for the program, not for this part of it."""
        yield


def _span(header: str) -> tuple[int, int | None] | None:
    """First and last byte of a Range header; None: there is none, or none that is understood, and all is sent."""
    found = re.fullmatch(r"bytes=(\d{1,12})-(\d{1,12})?", header.strip())
    if not found:
        return None
    first, last = int(found[1]), int(found[2]) if found[2] else None
    return None if last is not None and last < first else (first, last)
