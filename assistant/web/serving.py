"""Serves the web app until it is told to stop: on this computer over HTTP, and to the home network over HTTPS."""

from __future__ import annotations

import asyncio
import contextlib
import socket
from collections.abc import Generator
from pathlib import Path

import uvicorn
from fastapi import FastAPI


async def serve_web(web: FastAPI, listening: socket.socket, lan: tuple[socket.socket, Path, Path] | None) -> None:
    """``lan``: where the home network comes to, the certificate and its key."""
    main = uvicorn.Server(_config(web))
    if lan is None:
        await main.serve(sockets=[listening])
        return
    lan_socket, cert, key = lan
    second = _Second(_config(web, ssl_certfile=cert, ssl_keyfile=key))
    async with asyncio.TaskGroup() as tasks:
        tasks.create_task(second.serve(sockets=[lan_socket]))
        try:
            await main.serve(sockets=[listening])
        finally:
            second.should_exit = True


def _config(web: FastAPI, **tls: Path) -> uvicorn.Config:
    return uvicorn.Config(
        web,
        log_level="warning",
        lifespan="off",
        ws_max_size=65_536,
        timeout_graceful_shutdown=3,  # a page that stays connected does not hold the end up
        **tls,  # type: ignore[arg-type]
    )


class _Second(uvicorn.Server):
    """Ends with the main one, which alone heeds signals."""

    @contextlib.contextmanager
    def capture_signals(self) -> Generator[None, None, None]:
        yield
