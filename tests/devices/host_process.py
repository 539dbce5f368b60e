"""A host in a process of its own, for a test to kill: answers each turn at length, and says so on standard output."""

from __future__ import annotations

import asyncio
import sys

from satellites.esphome import EspHome
from satellites.esphome_link import Device
from satellites.speech_server import SpeechServer
from tests.devices.conftest import spoken


async def main(port: int) -> None:
    satellite = EspHome("device", Device("127.0.0.1", port), SpeechServer())
    async for turn in satellite.turns():
        async for _ in turn.audio:
            break
        await turn.audio.aclose()
        print("speaking", flush=True)
        await satellite.play(spoken("One moment, this is going to be a long story. " * 5))


asyncio.run(main(int(sys.argv[1])))
