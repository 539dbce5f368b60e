"""Which ESPHome devices are on the network: they announce themselves by mDNS."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass

from zeroconf import ServiceStateChange, Zeroconf
from zeroconf.asyncio import AsyncServiceBrowser, AsyncServiceInfo, AsyncZeroconf

_KIND = "_esphomelib._tcp.local."
_ANSWER_MILLISECONDS = 2000


@dataclass(frozen=True, slots=True)
class Found:
    """``mac`` as in "02aabbccdd01", "" if it was not told; ``encrypted``: it wants a key. Not each of them has a voice:
    that is known once it has been connected to."""

    name: str
    address: str
    port: int
    mac: str
    encrypted: bool


async def find(seconds: float = 3.0) -> list[Found]:
    """Asks around for so many seconds. In order of their names."""
    names: set[str] = set()

    def seen(zeroconf: Zeroconf, service_type: str, name: str, state_change: ServiceStateChange) -> None:
        if state_change is not ServiceStateChange.Removed:
            names.add(name)

    async with AsyncZeroconf() as network:
        browser = AsyncServiceBrowser(network.zeroconf, _KIND, handlers=[seen])
        try:
            await asyncio.sleep(seconds)
            found = await asyncio.gather(*(_described(network, name) for name in sorted(names)))
        finally:
            await browser.async_cancel()
    return [one for one in found if one]


async def _described(network: AsyncZeroconf, name: str) -> Found | None:
    info = AsyncServiceInfo(_KIND, name)
    if not await info.async_request(network.zeroconf, _ANSWER_MILLISECONDS):
        return None
    told = {key: (value or b"").decode("utf-8", "replace") for key, value in info.properties.items()}
    addresses = info.parsed_scoped_addresses()
    if not addresses:
        return None
    short = told.get(b"friendly_name") or name.removesuffix(f".{_KIND}")
    return Found(short, addresses[0], info.port or 0, told.get(b"mac", ""), b"api_encryption" in told)
