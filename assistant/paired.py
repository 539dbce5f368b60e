"""The phones and browsers that may come in from other hosts: devices whose key is the hash of a token."""

from __future__ import annotations

import hashlib
import itertools
import secrets
from collections.abc import Iterator

from assistant.devices import Device, Devices


class Paired:
    """Of the tokens only hashes are kept: SHA-256 in hex, as they are random and need no slow one."""

    def __init__(self, devices: Devices) -> None:
        self._devices = devices

    def add(self, name: str) -> tuple[Device, str]:
        """The device, under a name that no other has, and its token, which is told this once."""
        token = secrets.token_urlsafe(32)
        taken = {device.name.casefold() for device in self._devices.all()}
        device = Device(next(n for n in _names(name) if n.casefold() not in taken), "phone", key=_hashed(token))
        self._devices.add(device)
        return device, token

    def find(self, token: str) -> Device | None:
        hashed = _hashed(token)
        phones = (d for d in self._devices.all() if d.kind == "phone" and d.key)
        return next((d for d in phones if secrets.compare_digest(d.key or "", hashed)), None)


def _names(name: str) -> Iterator[str]:
    yield name
    yield from (f"{name} {number}" for number in itertools.count(2))


def _hashed(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
