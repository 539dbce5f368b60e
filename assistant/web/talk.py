"""The page for talking, and the socket that it talks over."""

from __future__ import annotations

import asyncio
import json
import logging
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path

from fastapi import APIRouter, HTTPException, Request, Response, WebSocket
from fastapi.responses import FileResponse
from fastapi.templating import Jinja2Templates
from starlette.websockets import WebSocketDisconnect

from assistant.household import Household
from assistant.web.gate import COOKIE, THIS_COMPUTER
from assistant.web.pairing import set_token
from satellites.errors import SatelliteError
from satellites.phone import Message, Phone

log = logging.getLogger(__name__)
router = APIRouter(include_in_schema=False)
_HERE = Path(__file__).parent
_templates = Jinja2Templates(_HERE / "templates")
_FILES = {file.name: file for file in (_HERE / "talk").iterdir()}
_TYPES = {".js": "text/javascript", ".webmanifest": "application/manifest+json"}
_SEND_SECONDS = 10.0
_MOST_UNSENT = 64
_MOST_PHONES = 32
_LONGEST_MESSAGE = 65_536


class Phones:
    """The phones that are there, connected or away for a moment, each attended by the household."""

    def __init__(self, household: Household) -> None:
        self._household = household
        self._there: dict[tuple[str, str], Phone] = {}
        self._new: asyncio.Queue[tuple[str, str]] = asyncio.Queue()

    async def run(self) -> None:
        """Runs until cancelled."""
        async with asyncio.TaskGroup() as tasks:
            while True:
                key = await self._new.get()
                tasks.create_task(self._attend(key))

    def find(self, device: str, client: str) -> Phone:
        """The same one for the same page of the same device. Raises SatelliteError where there are too many."""
        key = (device, client)
        if key not in self._there:
            if len(self._there) >= _MOST_PHONES:
                raise SatelliteError("Too many pages are open.")
            self._there[key] = Phone(device)
            self._new.put_nowait(key)
        return self._there[key]

    async def _attend(self, key: tuple[str, str]) -> None:
        phone = self._there[key]
        try:
            await self._household.attend(phone)
        except Exception:  # outermost: one phone's trouble is not everyone's
            log.exception("%s", phone.name)
        finally:
            del self._there[key]
            phone.end()


@router.get("/talk")
async def talk_page(request: Request) -> Response:
    wake_word = request.app.state.settings.wake_word
    spoken = Path(wake_word).stem.replace("_", " ").title()
    only_ours = {"Content-Security-Policy": "default-src 'self'; script-src 'self' blob:; frame-ancestors 'none'"}
    answer = _templates.TemplateResponse(request, "talk.html", {"wake_word": spoken}, headers=only_ours)
    if token := request.cookies.get(COOKIE):
        set_token(request, answer, token)
    return answer


@router.get("/talk/{name}")
async def talk_file(name: str) -> Response:
    file = _FILES.get(name)
    if file is None:
        raise HTTPException(404, "There is no such file.")
    headers = {"Cache-Control": "no-cache", "Service-Worker-Allowed": "/talk"}
    return FileResponse(file, media_type=_TYPES.get(file.suffix), headers=headers)


@router.websocket("/talk/socket")
async def talk(socket: WebSocket, client: str) -> None:
    await socket.accept()
    link = _SocketLink(socket)
    phones: Phones = socket.app.state.phones
    try:
        phone = phones.find(socket.state.device, client[:64])
        phone.attach(link)
        try:
            await link.carry(phone)
        finally:
            phone.detach(link)
    except SatelliteError as err:
        with suppress(RuntimeError, WebSocketDisconnect):  # it is closed already
            await socket.close(1008, str(err)[:120])


class _SocketLink:
    """A page's WebSocket as a phone's link: what waits to be sent is bounded, and a page that does not read is left."""

    def __init__(self, socket: WebSocket) -> None:
        self._socket = socket
        self._unsent: asyncio.Queue[Message | bytes] = asyncio.Queue(_MOST_UNSENT)
        self._closed = asyncio.Event()

    async def send(self, message: Message | bytes) -> None:
        try:
            async with asyncio.timeout(_SEND_SECONDS):
                await self._unsent.put(message)
        except TimeoutError as err:
            self.close()
            raise SatelliteError("The page does not take what is sent.") from err

    def post(self, message: Message) -> None:
        try:
            self._unsent.put_nowait(message)
        except asyncio.QueueFull:
            self.close()

    def close(self) -> None:
        self._closed.set()

    async def carry(self, phone: Phone) -> None:
        """Until the connection ends. Raises SatelliteError for a page that sends what it cannot mean."""
        work = [asyncio.ensure_future(one) for one in (self._write(), self._read(phone), self._closed.wait())]
        try:
            await asyncio.wait(work, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for task in work:
                task.cancel()
            ended = await asyncio.gather(*work, return_exceptions=True)
        for err in ended:
            if isinstance(err, Exception):
                raise err
        with suppress(RuntimeError, WebSocketDisconnect):  # it is closed already
            await self._socket.close()

    async def _write(self) -> None:
        with suppress(WebSocketDisconnect, RuntimeError):
            while True:
                message = await self._unsent.get()
                if isinstance(message, bytes):
                    await self._socket.send_bytes(message)
                else:
                    await self._socket.send_text(json.dumps(message))

    async def _read(self, phone: Phone) -> None:
        while True:
            got = await self._socket.receive()
            if got["type"] == "websocket.disconnect":
                return
            message = _message(got)
            if isinstance(message, dict) and message.get("type") == "ping":
                if not self._still_paired():
                    raise SatelliteError("This device is not paired any more.")
                self.post({"type": "pong"})
            else:
                phone.hear(message)

    def _still_paired(self) -> bool:
        paired = self._socket.app.state.paired.find(self._socket.cookies.get(COOKIE, ""))
        return paired is not None or self._socket.state.device == THIS_COMPUTER


def _message(got: Mapping[str, object]) -> Message | bytes:
    data = got.get("bytes")
    text = got.get("text")
    if isinstance(data, bytes) and len(data) <= _LONGEST_MESSAGE:
        return data
    if isinstance(text, str) and len(text) <= _LONGEST_MESSAGE:
        with suppress(ValueError):
            message = json.loads(text)
            if isinstance(message, dict):
                return message
    raise SatelliteError("The page sends what cannot be understood.")
