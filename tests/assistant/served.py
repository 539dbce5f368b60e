"""The web page and API of a home in this process, on a real socket, with a clock that a test moves."""

from __future__ import annotations

import asyncio
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import httpx
import uvicorn

from assistant.ambient.overhearing import Overhearing
from assistant.household import Household
from assistant.settings import Settings
from assistant.turn import Parts
from assistant.uploads import Uploads
from assistant.web.api import web_app


@dataclass(frozen=True, slots=True)
class Served:
    port: int
    client: httpx.Client
    parts: Parts
    inbox: Uploads
    overhearing: Overhearing


@contextmanager
def served(parts: Parts, settings: Settings) -> Iterator[Served]:
    inbox, overhearing = Uploads(parts), Overhearing(parts)
    with socket.create_server(("127.0.0.1", 0)) as listening:
        port = listening.getsockname()[1]
        server = uvicorn.Server(
            uvicorn.Config(web_app(Household(parts), settings, inbox, overhearing), log_level="warning", lifespan="off")
        )

        async def main() -> None:
            async with asyncio.TaskGroup() as tasks:
                background = [tasks.create_task(work) for work in (inbox.run(()), overhearing.run())]
                await server.serve(sockets=[listening])
                for task in background:
                    task.cancel()

        thread = threading.Thread(target=asyncio.run, args=(main(),))
        thread.start()
        try:
            with httpx.Client(base_url=f"http://127.0.0.1:{port}", timeout=60) as client:
                yield Served(port, client, parts, inbox, overhearing)
        finally:
            server.should_exit = True
            thread.join()
