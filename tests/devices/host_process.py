"""A host in a process of its own, for a test to kill: says when the device is there, and answers it at length."""

from __future__ import annotations

import asyncio
import sys

from satellites.esphome import EspHome
from satellites.esphome_device import Device
from satellites.speech_server import SpeechServer
from tests.devices.conftest import ready, spoken


async def main(port: int) -> None:
    satellite = EspHome("device", Device("127.0.0.1", port), SpeechServer())
    told = asyncio.create_task(tell(satellite))
    async for turn in satellite.turns():
        await told
        async for _ in turn.audio:
            break
        await turn.audio.aclose()
        print("speaking", flush=True)
        await satellite.play(spoken("One moment, this is going to be a long story. " * 5))


async def tell(satellite: EspHome) -> None:
    await ready(satellite)
    print("there", flush=True)


asyncio.run(main(int(sys.argv[1])))
