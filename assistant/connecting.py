"""Keeps the household's devices connected: those that were added, and no longer those that were forgotten."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from functools import partial

from assistant.devices import Device, DeviceTrouble
from assistant.household import Household
from satellites.errors import SatelliteError
from satellites.satellite import Satellite

log = logging.getLogger(__name__)
_LOOK_SECONDS = 1.0
_AGAIN_SECONDS = 30.0  # after a device could not be used at all

Connect = Callable[[Device], Satellite | None]
"""The satellite that a device is; None for one that comes to us by itself."""


async def run_devices(household: Household, connect: Connect) -> None:
    """Runs until cancelled."""
    if household.devices is None:
        return
    attended: dict[tuple[str, str | None, str | None], asyncio.Task[None]] = {}
    async with asyncio.TaskGroup() as tasks:
        while True:
            try:
                wanted = {(d.name, d.address, d.key): d for d in await asyncio.to_thread(household.devices.all)}
            except DeviceTrouble as err:
                log.error("%s", err)
                wanted = {}
            for identity in attended.keys() - wanted.keys():
                attended.pop(identity).cancel()
            for identity in wanted.keys() - attended.keys():
                device = wanted[identity]
                attended[identity] = tasks.create_task(keep_attending(household, device.name, partial(connect, device)))
            await asyncio.sleep(_LOOK_SECONDS)


async def keep_attending(household: Household, name: str, connect: Callable[[], Satellite | None]) -> None:
    """Attends to a satellite, and connects it anew when it could not be used. Runs until cancelled."""
    while True:
        try:
            satellite = connect()
            if satellite is None:
                return
            await household.attend(satellite)
        except SatelliteError as err:
            log.error("%s: %s", name, err)
        await asyncio.sleep(_AGAIN_SECONDS)
