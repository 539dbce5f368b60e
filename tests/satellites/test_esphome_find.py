"""Devices that announce themselves, on the loopback interface."""

from __future__ import annotations

import asyncio
import socket

from zeroconf.asyncio import AsyncServiceInfo, AsyncZeroconf

from satellites.esphome_find import Found, find

KIND = "_esphomelib._tcp.local."


def test_devices_are_found_by_what_they_announce() -> None:
    async def talk() -> list[Found]:
        async with AsyncZeroconf(interfaces=["127.0.0.1"]) as network:
            for name, told in (
                ("voice-pe", {"mac": "02aabbccdd01", "friendly_name": "Kitchen", "api_encryption": "Noise_NNpsk0"}),
                ("echo", {"mac": "02aabbccdd02"}),
            ):
                info = AsyncServiceInfo(
                    KIND, f"{name}.{KIND}", addresses=[socket.inet_aton("127.0.0.1")], port=6053, properties=told
                )
                await (await network.async_register_service(info))
            return await find(1.0, ["127.0.0.1"])

    assert asyncio.run(talk()) == [
        Found("echo", "127.0.0.1", 6053, "02aabbccdd02", encrypted=False),
        Found("Kitchen", "127.0.0.1", 6053, "02aabbccdd01", encrypted=True),
    ]
