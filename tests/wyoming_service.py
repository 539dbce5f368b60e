"""A Wyoming service on a real socket that does what a test tells it to."""

from __future__ import annotations

import socket
import socketserver
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress

from wyoming.event import Event, Eventable, read_event, write_event
from wyoming.info import (
    AsrModel,
    AsrProgram,
    Attribution,
    Describe,
    Info,
    TtsProgram,
    TtsVoice,
    WakeModel,
    WakeProgram,
)

from speech.wyoming import Address

Say = Callable[[Eventable | bytes], None]
Answer = Callable[[Event, Say], None]
"""What it does at each event: says events, or bytes that may be none. HangUp: it ends the connection."""

_ONE = {"attribution": Attribution("a test", ""), "installed": True, "description": None, "version": None}
INFO = Info(
    asr=[AsrProgram(name="ears", models=[AsrModel(name="ear", languages=["en"], **_ONE)], **_ONE)],
    tts=[TtsProgram(name="mouth", voices=[TtsVoice(name="lips", languages=["en"], **_ONE)], **_ONE)],
    wake=[WakeProgram(name="wake", models=[WakeModel(name="alexa_v0.1", languages=[], phrase=None, **_ONE)], **_ONE)],
)


class HangUp(Exception):
    pass


class WyomingService(socketserver.ThreadingTCPServer):
    """Says what it offers when asked; all else is up to ``answer``. ``heard``: every event that came in."""

    allow_reuse_address = True
    daemon_threads = True

    def __init__(self, answer: Answer, port: int = 0) -> None:
        super().__init__(("127.0.0.1", port), _Handler)
        self.answer = answer
        self.heard: list[Event] = []
        self.connections: list[socket.socket] = []
        self.address = Address("127.0.0.1", self.server_address[1])

    def heard_kinds(self) -> list[str]:
        return [event.type for event in self.heard]


class _Handler(socketserver.StreamRequestHandler):
    server: WyomingService

    def handle(self) -> None:
        self.server.connections.append(self.request)
        try:
            while event := read_event(self.rfile):
                self.server.heard.append(event)
                if Describe.is_type(event.type):
                    self._say(INFO)
                self.server.answer(event, self._say)
        except (HangUp, OSError, ValueError):
            pass

    def _say(self, said: Eventable | bytes) -> None:
        if isinstance(said, bytes):
            self.wfile.write(said)
        else:
            write_event(said.event(), self.wfile)


@contextmanager
def wyoming_service(answer: Answer, port: int = 0) -> Iterator[WyomingService]:
    """Serves within; afterwards every connection is cut."""
    with WyomingService(answer, port) as service:
        thread = threading.Thread(target=service.serve_forever, args=(0.02,), daemon=True)
        thread.start()
        try:
            yield service
        finally:
            service.shutdown()
            thread.join()
            for connection in service.connections:
                with suppress(OSError):  # it is cut already
                    connection.shutdown(socket.SHUT_RDWR)
