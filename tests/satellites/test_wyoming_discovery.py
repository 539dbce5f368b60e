"""Satellites that announce themselves are found, and speech services that do the same are not."""

from __future__ import annotations

import asyncio
import socket

import pytest
from zeroconf.asyncio import AsyncServiceInfo, AsyncZeroconf

from satellites.wyoming_discovery import Found, find_wyoming
from tests.wyoming_satellite import SmallSatellite, serving

SERVICE = "_wyoming._tcp.local."


def _on_loopback() -> AsyncZeroconf:
    return AsyncZeroconf(interfaces=["127.0.0.1"])


def _announced(name: str, port: int) -> AsyncServiceInfo:
    address = socket.inet_aton("127.0.0.1")
    return AsyncServiceInfo(SERVICE, f"{name}.{SERVICE}", addresses=[address], port=port, server=f"{name}.local.")


def test_satellites_are_found_by_what_they_say_they_are() -> None:
    async def story() -> list[Found]:
        here = _on_loopback()
        try:
            async with serving(SmallSatellite()) as device, serving(SmallSatellite(is_satellite=False)) as service:
                for name, port in (("fondly-test", device.port), ("ears", service.port), ("gone", 1)):
                    await here.async_register_service(_announced(name, port))
                found = await find_wyoming(1.5, _on_loopback())
                assert device.connections == 0  # asked, and not taken from whoever has it
                return [one for one in found if one.port in (device.port, service.port, 1)]
        finally:
            await here.async_close()

    try:
        found = asyncio.run(story())
    except OSError as err:
        pytest.skip(f"this machine has no multicast on loopback: {err}")
    assert [(one.name, one.area, one.host) for one in found] == [("small", "hall", "127.0.0.1")]
