"""Which ESPHome device is meant, and what it tells about itself."""

from __future__ import annotations

import re
import socket
from dataclasses import dataclass

from aioesphomeapi import (
    EncryptionPlaintextAPIError,
    EntityInfo,
    InvalidAuthAPIError,
    InvalidEncryptionKeyAPIError,
    MediaPlayerFormatPurpose,
    MediaPlayerInfo,
    RequiresEncryptionAPIError,
)

from satellites.encoder import Form, can_encode

PORT = 6053
_REFUSED: dict[type[Exception], str] = {
    RequiresEncryptionAPIError: "it is encrypted and no key is set: copy the key from its ESPHome settings (api: "
    "encryption: key) or from Home Assistant",
    InvalidEncryptionKeyAPIError: "the encryption key is not this device's: copy it again from its ESPHome settings "
    "(api: encryption: key)",
    EncryptionPlaintextAPIError: "a key is set, but what answers is not encrypted: give the device its key again, or "
    "set none here",
    InvalidAuthAPIError: "it wants a password, which ESPHome no longer has: set an encryption key in its place",
}


@dataclass(frozen=True, slots=True)
class Device:
    """Where a device is. ``key``: its encryption key in base64; ``mac``: which one it must be, however written."""

    address: str
    port: int = PORT
    key: str | None = None
    mac: str | None = None


def refusal(err: Exception) -> str:
    """What somebody has to do before it is of use to try again; "" if it may be tried again."""
    return next((why for kind, why in _REFUSED.items() if isinstance(err, kind)), "")


def same_mac(one: str, other: str) -> bool:
    return re.sub(r"[^0-9a-f]", "", one.lower()) == re.sub(r"[^0-9a-f]", "", other.lower())


def player(entities: list[EntityInfo]) -> tuple[int | None, Form]:
    """The device's media player, and the first form of announcements that it likes and we have."""
    for entity in entities:
        if isinstance(entity, MediaPlayerInfo):
            known = [form for form in entity.supported_formats if can_encode(form.format)]
            known.sort(key=lambda form: form.purpose is not MediaPlayerFormatPurpose.ANNOUNCEMENT)
            liked = [Form(one.format, one.sample_rate or 48_000, 2 if one.num_channels == 2 else 1) for one in known]
            return entity.key, (liked or [Form()])[0]
    return None, Form()


def facing(address: str, port: int) -> str:
    """This computer's own address as the device sees it. Nothing is sent."""
    host, _, zone = address.partition("%")
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family, socket.SOCK_DGRAM) as probe:
        scope = (0, socket.if_nametoindex(zone) if zone else 0) if family == socket.AF_INET6 else ()
        probe.connect((host, port, *scope))
        return str(probe.getsockname()[0])
