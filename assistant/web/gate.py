"""Who may come in: this computer, and what was paired. Nothing else is answered, over HTTP or a WebSocket."""

from __future__ import annotations

import ipaddress
import socket
from urllib.parse import urlsplit

from starlette.requests import HTTPConnection
from starlette.responses import JSONResponse, RedirectResponse, Response
from starlette.types import ASGIApp, Receive, Scope, Send

from assistant.paired import Paired

COOKIE = "fondly"
THIS_COMPUTER = "this computer"
_PAIRING = "/pair"
_KEY_IN_PATH = (
    "/omi/",
    "/api/owntracks/",
)  # wearables and phones call by whatever name the way to them has; a token in the path lets them in
_FORWARDED = ("forwarded", "x-forwarded-for", "x-forwarded-host", "x-real-ip")


class Gate:
    """Pages of other sites can neither read nor write here, even on this computer: the name in the address has to be
    ours (DNS rebinding), and the page that asks has to come from it (cross-site forms and sockets).

    ``names``: what else this server is called. ``scope["state"]["device"]`` says who came in.
    """

    def __init__(self, app: ASGIApp, paired: Paired, names: tuple[str, ...]) -> None:
        self._app = app
        self._paired = paired
        own = socket.gethostname().casefold()
        self._names = {"localhost", own, f"{own}.local", *(name.casefold() for name in names)}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] not in ("http", "websocket"):
            return await self._app(scope, receive, send)
        coming = HTTPConnection(scope)
        if refusal := self._refusal(coming):
            if scope["type"] == "websocket":  # closed before it is accepted: the browser sees a 403
                return await send({"type": "websocket.close", "code": 1008})
            return await refusal(scope, receive, send)
        return await self._app(scope, receive, send)

    def _refusal(self, coming: HTTPConnection) -> Response | None:
        host, path = coming.headers.get("host", ""), coming.scope["path"]
        if path.startswith(_KEY_IN_PATH):
            return None
        if not self._is_ours(_hostname(host)):
            return JSONResponse({"detail": "Fondly is not called that. Set address to the name you use."}, 400)
        origin = coming.headers.get("origin")
        if origin and urlsplit(origin).netloc != host:
            return JSONResponse({"detail": "Only Fondly's own pages may do that."}, 403)
        device = self._who(coming)
        if device:
            coming.scope.setdefault("state", {})["device"] = device
            return None
        if path == _PAIRING:
            return None
        if coming.scope["type"] == "http" and "text/html" in coming.headers.get("accept", ""):
            return RedirectResponse("/pair", 303)
        return JSONResponse({"detail": "This device is not paired: run `fondly pair` on Fondly's computer."}, 401)

    def _who(self, coming: HTTPConnection) -> str | None:
        if is_here(coming):
            return THIS_COMPUTER
        shown = coming.headers.get("authorization", "").removeprefix("Bearer ")  # scripts have no cookies
        found = self._paired.find(coming.cookies.get(COOKIE) or shown)
        return found.name if found else None

    def _is_ours(self, name: str) -> bool:
        """An address in digits cannot be rebound: only names can be made to point elsewhere."""
        return name.casefold() in self._names or _address(name) is not None


def is_here(coming: HTTPConnection) -> bool:
    """Whether it comes from this computer itself, and not through a proxy on it."""
    if any(header in coming.headers for header in _FORWARDED) or not coming.client:
        return False
    name, peer = _hostname(coming.headers.get("host", "")), _address(coming.client.host)
    named = _address(name)
    local = name.casefold() == "localhost" or bool(named and named.is_loopback)
    return local and bool(peer and peer.is_loopback)


def is_encrypted(coming: HTTPConnection) -> bool:
    return coming.url.scheme in ("https", "wss")


def _hostname(netloc: str) -> str:
    try:
        return urlsplit(f"//{netloc}").hostname or ""
    except ValueError:
        return ""


def _address(name: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address | None:
    try:
        return ipaddress.ip_address(name)
    except ValueError:
        return None
