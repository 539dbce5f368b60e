"""Devices that announce themselves, on the network that this machine is in."""

from __future__ import annotations

import asyncio
import socket

from zeroconf.asyncio import AsyncServiceInfo, AsyncZeroconf

from satellites.esphome_find import Found, find

KIND = "_esphomelib._tcp.local."


def test_devices_are_found_by_what_they_announce() -> None:
    async def talk() -> list[Found]:
        async with AsyncZeroconf() as network:
            for name, told in (
                (
                    "fondly-test-pe",
                    {"mac": "02aabbccdd01", "friendly_name": "fondly test kitchen", "api_encryption": "Noise_NNpsk0"},
                ),
                ("fondly-test-echo", {"mac": "02aabbccdd02"}),
            ):
                info = AsyncServiceInfo(
                    KIND, f"{name}.{KIND}", addresses=[socket.inet_aton("127.0.0.1")], port=6053, properties=told
                )
                await (await network.async_register_service(info))
            return await find(1.5)

    found = [one for one in asyncio.run(talk()) if one.name.startswith("fondly")]  # there may be real ones, too
    assert sorted(found, key=lambda one: one.mac, reverse=True) == [
        Found("fondly-test-echo", "127.0.0.1", 6053, "02aabbccdd02", encrypted=False),
        Found("fondly test kitchen", "127.0.0.1", 6053, "02aabbccdd01", encrypted=True),
    ]
