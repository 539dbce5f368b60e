"""A small Wyoming satellite on loopback: wakes by itself, streams when someone speaks, or streams always; and
misbehaves in the ways that real ones do."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from typing import Any, Literal

from wyoming.event import Event, async_read_event, async_write_event

Mode = Literal["wake", "vad", "always"]


@dataclass
class SmallSatellite:
    """``told``: what it was told, without the sound and pings; ``spoken``: what it was made to play."""

    mode: Mode = "wake"
    version: str | None = "1.4.1"
    snd_rate: int | None = 16_000
    pongs: bool = True
    says_played: bool = True
    claimed: Literal["silent", "hangs up"] | None = None
    is_satellite: bool = True
    port: int = 0
    connections: int = 0
    pings: int = 0
    streaming: bool = False
    told: list[Event] = field(default_factory=list)
    spoken: list[tuple[dict[str, Any], bytearray]] = field(default_factory=list)
    _writer: asyncio.StreamWriter | None = None
    _changed: asyncio.Event = field(default_factory=asyncio.Event)
    _done_at: float = 0.0

    def types(self) -> list[str]:
        return [event.type for event in self.told]

    async def until(self, kind: str, count: int = 1) -> None:
        """It was told this so many times."""
        while self.types().count(kind) < count:
            self._changed.clear()
            await asyncio.wait_for(self._changed.wait(), 10)

    async def pinged(self, count: int) -> None:
        while self.pings < count:
            self._changed.clear()
            await asyncio.wait_for(self._changed.wait(), 10)

    async def connected(self, count: int = 1) -> None:
        """It was set to run so many times, and is connected now."""
        while self.connections < count or self._writer is None:
            self._changed.clear()
            await asyncio.wait_for(self._changed.wait(), 10)

    async def send(self, kind: str, data: dict[str, Any] | None = None, payload: bytes | None = None) -> None:
        if self._writer:
            await async_write_event(Event(kind, data or {}, payload), self._writer)

    async def raw(self, data: bytes) -> None:
        if self._writer:
            self._writer.write(data)
            await self._writer.drain()

    def hang_up(self) -> None:
        if self._writer:
            self._writer.transport.abort()
            self._writer = None

    async def run(self, wake_word: str | None = "hey_jarvis") -> None:
        """Someone spoke to it: it asks for a run as its mode does. ``wake_word`` None: it does not say which."""
        if self.mode == "wake" and wake_word:
            await self.send("detection", {"name": wake_word, "timestamp": None})
        stage = "asr" if self.mode == "wake" else "wake"
        asked: dict[str, Any] = {"start_stage": stage, "end_stage": "tts", "restart_on_end": self.mode == "always"}
        if self.snd_rate:
            asked["snd_format"] = {"rate": self.snd_rate, "width": 2, "channels": 1}
        self.streaming = True
        await self.send("run-pipeline", asked)

    async def stream(self, pcm: bytes, rate: int = 16_000, width: int = 2, channels: int = 1) -> None:
        """One chunk of sound."""
        await self.send("audio-chunk", {"rate": rate, "width": width, "channels": channels}, pcm)

    async def stop(self) -> None:
        self.streaming = False
        await self.send("audio-stop")

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while event := await async_read_event(reader):
                if event.type == "describe":
                    await async_write_event(self._info(), writer)
                elif self.claimed == "hangs up":
                    return
                elif self.claimed is None:
                    if event.type == "run-satellite":
                        self._writer = writer
                        self.connections += 1
                    await self._take(event)
                    self._changed.set()
        except (OSError, EOFError):
            pass
        finally:
            if self._writer is writer:
                self._writer = None
            writer.close()

    def _info(self) -> Event:
        about = {"name": "small", "area": "hall", "attribution": {"name": "", "url": ""}, "installed": True}
        if self.version:
            about["version"] = self.version
        return Event("info", {"satellite": about} if self.is_satellite else {"asr": []})

    async def _take(self, event: Event) -> None:
        if event.type == "ping":
            self.pings += 1
            self._changed.set()
            if self.pongs:
                await self.send("pong", event.data)
            return
        if event.type == "audio-chunk":
            self.spoken[-1][1].extend(event.payload or b"")
            return
        self.told.append(event)
        if event.type == "run-satellite" and self.mode == "always":
            await self.run()
        elif event.type == "transcript" and self.mode != "always":
            self.streaming = False
        elif event.type == "audio-start":
            self.spoken.append((event.data, bytearray()))
            self._done_at = asyncio.get_running_loop().time()
        elif event.type == "audio-stop" and self.says_played:
            form, pcm = self.spoken[-1]
            seconds = len(pcm) / form["rate"] / form["width"] / form["channels"]
            asyncio.get_running_loop().call_at(self._done_at + seconds, self._say_played)

    def _say_played(self) -> None:
        if self._writer:
            self._writer.write(b'{"type": "played"}\n')


@asynccontextmanager
async def serving(device: SmallSatellite) -> AsyncIterator[SmallSatellite]:
    server = await asyncio.start_server(device.serve, "127.0.0.1", device.port)
    device.port = server.sockets[0].getsockname()[1]
    try:
        yield device
    finally:
        server.close()
        device.hang_up()
        with suppress(asyncio.TimeoutError):
            await asyncio.wait_for(server.wait_closed(), 1)
