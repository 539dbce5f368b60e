"""Sound streamed to a device's speaker, and sound that old firmware sends and takes by UDP."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator
from typing import Any

from speech.audio import RATE_HZ, AudioChunk, AudioFormat, Resampler, encode_pcm

_PACKET_BYTES = 1024  # 512 samples, 32 ms: what the firmware takes at once
_PACE = 0.9  # of real time, so that the device never runs dry …
_AHEAD_SECONDS = 0.4  # … but never further ahead than this, for its buffer is 16 KB: half a second
_LAST_SECONDS = 0.3  # from the last packet's time to silence
_REST_SECONDS = 0.75  # what the device still has to play when the stream ends: a speaker that never stops by itself is
# stopped by the firmware only if there is some left, and without that the device never wakes again


async def packets(speech: AsyncIterator[AudioChunk]) -> AsyncIterator[bytes]:
    """Speech of any rate as 16 kHz, 16 bits, mono, in packets of 512 samples; the last may be shorter."""
    rate_hz, change, left = 0, Resampler(AudioFormat()), b""
    async for chunk in speech:
        if chunk.rate_hz != rate_hz:
            left += encode_pcm(change.end().samples)
            rate_hz, change = chunk.rate_hz, Resampler(AudioFormat(chunk.rate_hz))
        left += encode_pcm(change.feed(encode_pcm(chunk.samples)).samples)
        while len(left) >= _PACKET_BYTES:
            yield left[:_PACKET_BYTES]
            left = left[_PACKET_BYTES:]
    left += encode_pcm(change.end().samples)
    for start in range(0, len(left), _PACKET_BYTES):
        yield left[start : start + _PACKET_BYTES]


class Pace:
    """When each packet of a stream is due. It starts with the first; speech that comes late moves the rest."""

    def __init__(self) -> None:
        self._loop = asyncio.get_running_loop()
        self._started = self._loop.time()
        self._sent_seconds = 0.0

    async def next(self, packet: bytes) -> None:
        """Waits until the packet may go out."""
        due = self._started + max(self._sent_seconds * _PACE, self._sent_seconds - _AHEAD_SECONDS)
        await asyncio.sleep(max(0.0, due - self._loop.time()))
        late = self._loop.time() - (self._started + self._sent_seconds)
        self._started += max(0.0, late)
        self._sent_seconds += len(packet) / 2 / RATE_HZ

    def rest(self) -> Iterator[bytes]:
        """Silence to send after the speech, at once."""
        ahead = self._started + self._sent_seconds - self._loop.time()
        for _ in range(round((_REST_SECONDS - ahead) * RATE_HZ * 2 / _PACKET_BYTES)):
            yield bytes(_PACKET_BYTES)

    @property
    def left_seconds(self) -> float:
        """How long what has been sent will still sound."""
        return self._started + self._sent_seconds + _LAST_SECONDS - self._loop.time()


class Datagrams(asyncio.DatagramProtocol):
    """One UDP port for a device. ``device``: its address; what others send is not listened to."""

    def __init__(self, sounded: Callable[[bytes], None]) -> None:
        self.device = ""
        self._sounded = sounded
        self._peer: tuple[Any, ...] | None = None
        self._transport: asyncio.DatagramTransport | None = None

    @classmethod
    async def open(cls, host: str, sounded: Callable[[bytes], None]) -> Datagrams:
        opened = asyncio.get_running_loop().create_datagram_endpoint(lambda: cls(sounded), local_addr=(host, 0))
        return (await opened)[1]

    @property
    def port(self) -> int:
        return int(self._transport.get_extra_info("sockname")[1]) if self._transport else 0

    def connection_made(self, transport: Any) -> None:
        self._transport = transport

    def datagram_received(self, data: bytes, addr: tuple[Any, ...]) -> None:
        if addr[0] == self.device:
            self._peer = addr
            self._sounded(data)

    def send(self, pcm: bytes) -> None:
        if self._transport and self._peer:
            self._transport.sendto(pcm, self._peer)

    def close(self) -> None:
        if self._transport:
            self._transport.close()
