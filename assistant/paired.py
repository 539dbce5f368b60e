"""The phones and browsers that may come in from other hosts. Of their tokens only hashes are kept."""

from __future__ import annotations

import dataclasses
import hashlib
import itertools
import json
import secrets
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from assistant.errors import FondlyError


class PairedUnreadable(FondlyError):
    pass


@dataclass(frozen=True, slots=True)
class PairedDevice:
    """``token_hash``: SHA-256 in hex; the tokens are random, and need no slow hash."""

    name: str
    token_hash: str


class Paired:
    """All of them, in the JSON file ``path``, which is replaced as a whole. Usable from any thread."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._lock = threading.Lock()
        self._known = self._read()

    def all(self) -> list[PairedDevice]:
        return list(self._known)

    def add(self, name: str) -> tuple[PairedDevice, str]:
        """The device, under a name that no other has, and its token, which is told this once."""
        token = secrets.token_urlsafe(32)
        with self._lock:
            taken = {device.name.casefold() for device in self._known}
            free = next(n for n in _names(name) if n.casefold() not in taken)
            device = PairedDevice(free, _hashed(token))
            self._replace([*self._known, device])
        return device, token

    def find(self, token: str) -> PairedDevice | None:
        hashed = _hashed(token)
        return next((d for d in self._known if secrets.compare_digest(d.token_hash, hashed)), None)

    def forget(self, name: str) -> bool:
        """False: there is none of that name."""
        with self._lock:
            left = [d for d in self._known if d.name.casefold() != name.casefold()]
            if len(left) == len(self._known):
                return False
            self._replace(left)
        return True

    def _read(self) -> list[PairedDevice]:
        try:
            return [PairedDevice(**row) for row in json.loads(self._path.read_text(encoding="utf-8"))]
        except FileNotFoundError:
            return []
        except (ValueError, TypeError) as err:
            raise PairedUnreadable(f"{self._path} cannot be read ({err}): mend or remove it.") from err

    def _replace(self, known: list[PairedDevice]) -> None:
        self._path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        beside = self._path.with_suffix(".new")
        beside.touch(mode=0o600)
        rows = [dataclasses.asdict(device) for device in known]
        beside.write_text(json.dumps(rows, indent=1, ensure_ascii=False), encoding="utf-8")
        beside.replace(self._path)
        self._known = known


def _names(name: str) -> Iterator[str]:
    yield name
    yield from (f"{name} {number}" for number in itertools.count(2))


def _hashed(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
