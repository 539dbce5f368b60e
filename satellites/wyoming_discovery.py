"""Wyoming satellites that are announced on the local network."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass

from zeroconf import IPVersion, ServiceStateChange, Zeroconf
from zeroconf.asyncio import AsyncServiceBrowser, AsyncServiceInfo, AsyncZeroconf

from satellites.errors import SatelliteAway
from satellites.wyoming_link import open_link

_SERVICE = "_wyoming._tcp.local."
_ASK_MILLISECONDS = 3000


@dataclass(frozen=True, slots=True)
class Found:
    """``name``, ``area``: as the satellite itself has them; both may be empty."""

    name: str
    area: str
    host: str
    port: int


async def find_wyoming(seconds: float, zeroconf: AsyncZeroconf | None = None) -> list[Found]:
    """Listens for so long, then asks each what it is: speech services announce themselves the same way."""
    zeroconf = zeroconf or AsyncZeroconf()
    services: set[str] = set()

    def seen(zeroconf: Zeroconf, service_type: str, name: str, state_change: ServiceStateChange) -> None:
        services.add(name)

    try:
        browser = AsyncServiceBrowser(zeroconf.zeroconf, _SERVICE, handlers=[seen])
        await asyncio.sleep(seconds)
        await browser.async_cancel()
        asked = await asyncio.gather(*(_ask(zeroconf, name) for name in sorted(services)))
    finally:
        await zeroconf.async_close()
    return [found for found in asked if found]


async def _ask(zeroconf: AsyncZeroconf, name: str) -> Found | None:
    service = AsyncServiceInfo(_SERVICE, name)
    if not await service.async_request(zeroconf.zeroconf, _ASK_MILLISECONDS) or not service.port:
        return None
    for host in service.parsed_scoped_addresses(IPVersion.All):
        try:
            async with open_link(host, service.port) as link:
                satellite = (await link.describe()).get("satellite")
        except SatelliteAway:
            continue
        if isinstance(satellite, dict):
            return Found(str(satellite.get("name") or ""), str(satellite.get("area") or ""), host, service.port)
    return None
