"""A server that speaks Ollama's HTTP protocol on a real socket, and says what it is told to say."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


@dataclass(frozen=True, slots=True)
class Refusal:
    """An error as Ollama sends it."""

    status: int
    error: str = "something is wrong"


@dataclass(frozen=True, slots=True)
class Late:
    """What is said only after so many seconds, or in a ``hurry``; ``trickling``: a byte now and then meanwhile."""

    seconds: float
    said: Any = None
    trickling: bool = False


@dataclass(frozen=True, slots=True)
class Body:
    """Bytes that are no answer of Ollama's. ``promised``: the length that is announced for them."""

    data: bytes
    promised: int | None = None


@dataclass(frozen=True, slots=True)
class Elsewhere:
    """A redirect to another address."""

    url: str


class OllamaServer:
    """Has ``models``; answers each chat with the next of ``says``, the last one for ever.

    A dict or list is said as JSON, a text as it is. ``asked`` records the chats that came in, ``asked_at`` when (in
    seconds, monotonic). Once ``hurry`` is set, nothing is late any more.
    """

    def __init__(self, *says: Any, models: tuple[str, ...] = ("qwen3:8b",)) -> None:
        self.says = list(says) or [{}]
        self.models = models
        self.asked: list[dict[str, Any]] = []
        self.asked_at: list[float] = []
        self.url = ""
        self.was_asked = threading.Event()
        self.hurry = threading.Event()

    def next_answer(self) -> Any:
        return self.says.pop(0) if len(self.says) > 1 else self.says[0]


@contextmanager
def running(server: OllamaServer, port: int = 0) -> Iterator[OllamaServer]:
    class Handler(_Handler):
        script = server

    with ThreadingHTTPServer(("127.0.0.1", port), Handler) as http:
        server.url = f"http://127.0.0.1:{http.server_address[1]}"
        thread = threading.Thread(target=http.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        try:
            yield server
        finally:
            server.hurry.set()
            http.shutdown()
            thread.join()


class _Handler(BaseHTTPRequestHandler):
    script: OllamaServer

    def do_GET(self) -> None:
        if self.path != "/api/tags":
            self._send(Refusal(404, "not found"))
            return
        self._json(
            200, {"models": [{"model": name, "name": name, "size": 5_000_000_000} for name in self.script.models]}
        )

    def do_POST(self) -> None:
        asked = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        self.script.asked_at.append(time.monotonic())
        self.script.asked.append(asked)
        self.script.was_asked.set()
        if self.path != "/api/chat" or asked["model"] not in self.script.models:
            self._send(Refusal(404, f"model '{asked['model']}' not found"))
            return
        try:
            self._send(self.script.next_answer())
        except (BrokenPipeError, ConnectionResetError):
            self.close_connection = True  # whoever asked has gone

    def _send(self, answer: Any) -> None:
        match answer:
            case Refusal(status, error):
                self._json(status, {"error": error})
            case Late(seconds, said, trickling):
                self._wait(seconds, trickling)
                self._send(said)
            case Body(data, promised):
                self._begin(200, len(data) if promised is None else promised)
                self.wfile.write(data)
                self.close_connection = True
            case Elsewhere(url):
                self.send_response(307)
                self.send_header("Location", url)
                self.send_header("Content-Length", "0")
                self.end_headers()
            case _:
                content = answer if isinstance(answer, str) else json.dumps(answer)
                self._json(200, self._chat(content))

    def _chat(self, content: str) -> dict[str, Any]:
        return {
            "model": self.script.models[0],
            "created_at": "2026-05-04T10:00:00.000000Z",
            "message": {"role": "assistant", "content": content},
            "done_reason": "stop",
            "done": True,
            "total_duration": 4_000_000_000,
            "eval_count": 90,
        }

    def _wait(self, seconds: float, trickling: bool) -> None:
        if trickling:
            self._begin(200, 1_000_000)
        end = time.monotonic() + seconds
        while time.monotonic() < end and not self.script.hurry.wait(0.05):
            if trickling:
                self.wfile.write(b" ")

    def _json(self, status: int, body: Any) -> None:
        data = json.dumps(body).encode()
        self._begin(status, len(data))
        self.wfile.write(data)

    def _begin(self, status: int, length: int) -> None:
        self.send_response(status)
        self.send_header("Content-Type", "application/json; charset=utf-8")
        self.send_header("Content-Length", str(length))
        self.end_headers()

    def log_message(self, format: str, *args: object) -> None:
        pass
