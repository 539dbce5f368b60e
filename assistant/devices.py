"""The household's devices: what they are called, where they stand, who may hear them. Kept in one small file."""

from __future__ import annotations

import dataclasses
import threading
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Literal

from pydantic import TypeAdapter, ValidationError

from assistant.errors import FondlyError

Kind = Literal["esphome", "wyoming", "phone", "omi"]


class DeviceTrouble(FondlyError):
    pass


@dataclass(frozen=True, slots=True)
class Device:
    """``address``: host:port, of those that are dialled. ``key``: what opens them, where something does;
    ``mac``: which one it must be, whatever address it has.

    ``shared``: others may hear it, so that nothing private is said there. ``muted_until``: None for not at all.
    """

    name: str
    kind: Kind
    address: str | None = None
    key: str | None = None
    mac: str | None = None
    room: str | None = None
    owner: str | None = None
    shared: bool = False
    muted_until: datetime | None = None

    def muted(self, now: datetime) -> bool:
        return self.muted_until is not None and now < self.muted_until


_DEVICES = TypeAdapter(list[Device])


class Devices:
    """All devices, in the JSON file ``path``, which is replaced as a whole. Usable from any thread."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._lock = threading.Lock()

    def all(self) -> list[Device]:
        """In the order that they were added. Raises DeviceTrouble if the file cannot be read."""
        try:
            return _DEVICES.validate_json(self._path.read_bytes())
        except FileNotFoundError:
            return []
        except ValidationError as err:
            raise DeviceTrouble(f"{self._path} cannot be read: mend or remove it.") from err

    def find(self, name: str) -> Device | None:
        """By its name, or by the room when only one device stands there."""
        known = self.all()
        by_name = [d for d in known if d.name.casefold() == name.casefold()]
        by_room = [d for d in known if d.room and d.room.casefold() == name.casefold()]
        return by_name[0] if by_name else by_room[0] if len(by_room) == 1 else None

    def get(self, name: str) -> Device:
        """Raises DeviceTrouble where there is none of that name."""
        if device := self.find(name):
            return device
        names = ", ".join(d.name for d in self.all()) or "none yet"
        raise DeviceTrouble(f"There is no satellite called {name}. The ones there are: {names}.")

    def add(self, device: Device) -> None:
        """Raises DeviceTrouble where the name is taken."""
        if self.find(device.name):
            raise DeviceTrouble(f"There is a satellite called {device.name}: forget it, or take another name.")
        self._replace(lambda known: [*known, device])

    def change(self, name: str, **changes: object) -> Device:
        new = dataclasses.replace(self.get(name), **changes)  # type: ignore[arg-type]
        self._replace(lambda known: [new if d.name == new.name else d for d in known])
        return new

    def forget(self, name: str) -> None:
        gone = self.get(name)
        self._replace(lambda known: [d for d in known if d.name != gone.name])

    def _replace(self, change: Callable[[list[Device]], list[Device]]) -> None:
        with self._lock:
            known = _DEVICES.dump_json(change(self.all()), indent=1)
            self._path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            beside = self._path.with_suffix(".new")
            beside.touch(mode=0o600)
            beside.write_bytes(known)
            beside.replace(self._path)
