"""A real CalDAV and CardDAV server, and a small web server that answers as it is told and keeps what it was asked."""

from __future__ import annotations

import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email.message import Message
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import httpx
import pytest

from assistant.phrasing import phrase
from assistant.triggers.occasion import Look, Occasion
from memory import captures, memories, people
from memory.database import Database
from memory.embedding import MiniLm
from memory.key import key_from_file
from memory.records import Person
from memory.vectors import Vectors


@pytest.fixture
def db(tmp_path: Path) -> Iterator[Database]:
    file = tmp_path / "data" / "fondly.db"
    database = Database(file, key_from_file(tmp_path / "config" / "key", file))
    yield database
    database.close()


NOW = datetime(2026, 5, 4, 10, 50, tzinfo=UTC)


def tell(db: Database, name: str, text: str, kind: str = "fact", sensitive: bool = False) -> Person:
    """Keeps a note of three days ago."""
    note = captures.keep_text(db, text, NOW - timedelta(days=3), "test")
    person = people.find_or_add(db, name)
    memories.add(db, note, about=[person], kind=kind, text=text, evidence=text, sensitive=sensitive)
    return person


@pytest.fixture
def look(db: Database, tmp_path: Path) -> Callable[[datetime], Look]:
    vectors = Vectors(tmp_path / "vectors", MiniLm(Path(__file__).parents[2] / "models" / "minilm"))
    return lambda now: Look(db, vectors, now.astimezone())


def said(one: Occasion, now: datetime) -> str:
    return phrase(one.lines, now.astimezone())


@dataclass
class Page:
    """What is answered: ``etag`` is honoured, ``slow`` bytes come one by one."""

    body: bytes = b""
    status: int = 200
    etag: str | None = None
    headers: dict[str, str] = field(default_factory=dict)
    hold: threading.Event | None = None


class Web:
    """``asked``: method, path and headers of every request, in order."""

    def __init__(self) -> None:
        self.pages: dict[str, Page] = {}
        self.asked: list[tuple[str, str, Message]] = []
        web = self

        class Handler(BaseHTTPRequestHandler):
            def _answer(self) -> None:
                self.rfile.read(int(self.headers.get("content-length", 0)))
                web.asked.append((self.command, self.path, self.headers))
                page = web.pages.get(self.path, Page(status=404))
                if page.hold:
                    page.hold.wait(60)
                same = page.etag is not None and self.headers.get("if-none-match") == page.etag
                self.send_response(304 if same else page.status)
                for name, value in page.headers.items():
                    self.send_header(name, value)
                if page.etag:
                    self.send_header("etag", page.etag)
                self.send_header("content-length", "0" if same else str(len(page.body)))
                self.end_headers()
                if not same:
                    with suppress(OSError):  # it was too large for who asked
                        self.wfile.write(page.body)

            do_GET = do_PROPFIND = do_REPORT = _answer  # noqa: N815

            def log_message(self, format: str, *args: object) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_address[1]}"
        self.thread = threading.Thread(target=self.server.serve_forever, args=(0.02,))
        self.thread.start()

    def end(self) -> None:
        self.server.shutdown()
        self.server.server_close()
        self.thread.join()


@pytest.fixture
def web() -> Iterator[Web]:
    serving = Web()
    yield serving
    serving.end()


@dataclass(frozen=True)
class Radicale:
    url: str
    client: httpx.Client

    def put(self, path: str, kind: str, text: str) -> None:
        self.client.put(path, content=text.encode(), headers={"content-type": kind}).raise_for_status()


@pytest.fixture(scope="session")
def radicale(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Radicale]:
    """One calendar and one address book of ana, whose password is secret."""
    folder = tmp_path_factory.mktemp("radicale")
    (folder / "users").write_text("ana:secret\n")
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    settings = {
        "server-hosts": f"127.0.0.1:{port}",
        "auth-type": "htpasswd",
        "auth-htpasswd-filename": str(folder / "users"),
        "auth-htpasswd-encryption": "plain",
        "storage-filesystem-folder": str(folder / "collections"),
        "logging-level": "error",
    }
    options = [part for name, value in settings.items() for part in (f"--{name}", value)]
    process = subprocess.Popen([sys.executable, "-m", "radicale", "--config", "", *options])
    url = f"http://127.0.0.1:{port}"
    try:
        with httpx.Client(base_url=url, auth=("ana", "secret"), timeout=30, trust_env=False) as client:
            for _ in range(600):
                try:
                    client.get("/")
                    break
                except httpx.ConnectError:
                    time.sleep(0.1)
            make = (
                '<mkcol xmlns="DAV:" xmlns:C="urn:ietf:params:xml:ns:caldav" xmlns:CR="urn:ietf:params:xml:ns:carddav">'
                "<set><prop><resourcetype><collection/><{}/></resourcetype></prop></set></mkcol>"
            )
            client.request("MKCOL", "/ana/calendar/", content=make.format("C:calendar")).raise_for_status()
            client.request("MKCOL", "/ana/people/", content=make.format("CR:addressbook")).raise_for_status()
            yield Radicale(url, client)
    finally:
        process.terminate()
        process.wait(timeout=30)
