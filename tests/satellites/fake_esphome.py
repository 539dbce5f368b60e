"""A small ESPHome device: the other end of its native API, plain or encrypted, that does what a test tells it."""

from __future__ import annotations

import asyncio
import base64
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any

from aioesphomeapi import MESSAGE_TYPE_TO_PROTO, VoiceAssistantEventType, VoiceAssistantFeature, api_pb2
from cryptography.exceptions import InvalidTag
from noise.connection import NoiseConnection

NUMBER = {kind: number for number, kind in MESSAGE_TYPE_TO_PROTO.items()}
KEY = base64.b64encode(bytes(range(32))).decode()
MEDIA = (
    VoiceAssistantFeature.VOICE_ASSISTANT
    | VoiceAssistantFeature.API_AUDIO
    | VoiceAssistantFeature.ANNOUNCE
    | VoiceAssistantFeature.START_CONVERSATION
)
SPEAKER = VoiceAssistantFeature.VOICE_ASSISTANT | VoiceAssistantFeature.API_AUDIO | VoiceAssistantFeature.SPEAKER
PLAYER = 7


class FakeDevice:
    """``heard``: every message of its host; ``connections``: how often it was connected to."""

    def __init__(
        self, features: int = MEDIA, key: str | None = None, mac: str = "02:AA:BB:CC:DD:01", held_by: str = ""
    ) -> None:
        self.features = features
        self.mac = mac
        self.held_by = held_by
        self.port = 0
        self.connections = 0
        self.heard: list[Any] = []
        self._key = base64.b64decode(key) if key else None
        self._writer: asyncio.StreamWriter | None = None
        self._noise: NoiseConnection | None = None
        self._changed = asyncio.Condition()
        self._talks: list[asyncio.Task[Any]] = []

    @property
    def events(self) -> list[str]:
        """The run's events so far, by their short names."""
        return [_name(one) for one in self.heard if isinstance(one, api_pb2.VoiceAssistantEventResponse)]

    def told(self, name: str) -> dict[str, str]:
        """What came with the last event of that name."""
        found = [one for one in self.heard if isinstance(one, api_pb2.VoiceAssistantEventResponse)]
        return {item.name: item.value for item in [one for one in found if _name(one) == name][-1].data}

    async def hears(self, so: Callable[[], bool]) -> None:
        async with asyncio.timeout(30), self._changed:
            await self._changed.wait_for(so)

    def start(self, wake_phrase: str = "okay nabu", flags: int = 0) -> None:
        self.send(api_pb2.VoiceAssistantRequest(start=True, wake_word_phrase=wake_phrase, flags=flags))

    def stop(self) -> None:
        self.send(api_pb2.VoiceAssistantRequest(start=False))

    def sound(self, pcm: bytes) -> None:
        self.send(api_pb2.VoiceAssistantAudio(data=pcm))

    def plays(self, announcing: bool) -> None:
        state = api_pb2.MEDIA_PLAYER_STATE_ANNOUNCING if announcing else api_pb2.MEDIA_PLAYER_STATE_IDLE
        self.send(api_pb2.MediaPlayerStateResponse(key=PLAYER, state=state))

    def send(self, message: Any) -> None:
        assert self._writer
        kind, data = NUMBER[type(message)], message.SerializeToString()
        if self._noise:
            sealed = self._noise.encrypt(kind.to_bytes(2, "big") + len(data).to_bytes(2, "big") + data)
            self._writer.write(b"\x01" + len(sealed).to_bytes(2, "big") + sealed)
        else:
            self._writer.write(b"\x00" + _varint(len(data)) + _varint(kind) + data)

    def hang_up(self) -> None:
        assert self._writer
        self._writer.transport.abort()

    async def talk(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        if task := asyncio.current_task():
            self._talks.append(task)
        self._writer, self._noise = writer, None
        try:
            if self._key and not await self._shake_hands(reader, writer):
                return
            while True:
                await self._take(await self._read(reader))
        except (asyncio.IncompleteReadError, ConnectionError):
            pass
        finally:
            writer.close()

    async def _shake_hands(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> bool:
        def frame(data: bytes) -> None:
            writer.write(b"\x01" + len(data).to_bytes(2, "big") + data)

        if await reader.readexactly(1) != b"\x01":
            frame(b"\x01Bad indicator byte")
            return False
        await reader.readexactly(2)
        frame(b"\x01fake\x00" + self.mac.replace(":", "").lower().encode() + b"\x00")
        noise = NoiseConnection.from_name(b"Noise_NNpsk0_25519_ChaChaPoly_SHA256")
        noise.set_as_responder()
        noise.set_psks(self._key)
        noise.set_prologue(b"NoiseAPIInit\x00\x00")
        noise.start_handshake()
        _, high, low = await reader.readexactly(3)
        try:
            noise.read_message((await reader.readexactly(high << 8 | low))[1:])
        except InvalidTag:
            frame(b"\x01Handshake MAC failure")
            await writer.drain()
            return False
        frame(b"\x00" + noise.write_message())
        self._noise = noise
        return True

    async def _read(self, reader: asyncio.StreamReader) -> Any:
        if self._noise:
            _, high, low = await reader.readexactly(3)
            opened = self._noise.decrypt(await reader.readexactly(high << 8 | low))
            kind, data = int.from_bytes(opened[:2], "big"), opened[4:]
        else:
            if await reader.readexactly(1) != b"\x00":
                assert self._writer
                self._writer.write(b"\x00Bad indicator byte")
                await self._writer.drain()
                raise ConnectionError("not plain")
            length, kind = await _read_varint(reader), await _read_varint(reader)
            data = await reader.readexactly(length)
        return MESSAGE_TYPE_TO_PROTO[kind].FromString(data)

    async def _take(self, message: Any) -> None:
        match message:
            case api_pb2.HelloRequest():
                self.send(api_pb2.HelloResponse(api_version_major=1, api_version_minor=12, name="fake"))
            case api_pb2.AuthenticationRequest():
                self.send(api_pb2.AuthenticationResponse())
            case api_pb2.PingRequest():
                self.send(api_pb2.PingResponse())
            case api_pb2.DisconnectRequest():
                self.send(api_pb2.DisconnectResponse())
            case api_pb2.DeviceInfoRequest():
                info = api_pb2.DeviceInfoResponse(name="fake", mac_address=self.mac, model="Fake")
                info.voice_assistant_feature_flags = self.features
                self.send(info)
            case api_pb2.ListEntitiesRequest():
                self._list()
            case api_pb2.SubscribeVoiceAssistantRequest(subscribe=True) if self.held_by:
                text = (
                    f"Multiple API Clients attempting to connect to Voice Assistant\n  Current client: {self.held_by}"
                )
                self.send(api_pb2.SubscribeLogsResponse(level=1, message=text.encode()))
            case api_pb2.VoiceAssistantConfigurationRequest():
                word = api_pb2.VoiceAssistantWakeWord(id="okay_nabu", wake_word="Okay Nabu")
                answer = api_pb2.VoiceAssistantConfigurationResponse(
                    available_wake_words=[word], active_wake_words=["okay_nabu"], max_active_wake_words=1
                )
                self.send(api_pb2.VoiceAssistantConfigurationResponse() if self.held_by else answer)
        async with self._changed:
            self.heard.append(message)
            self._changed.notify_all()

    def _list(self) -> None:
        if self.features & VoiceAssistantFeature.ANNOUNCE:
            player = api_pb2.ListEntitiesMediaPlayerResponse(key=PLAYER, object_id="player", name="Player")
            player.supported_formats.add(format="flac", sample_rate=48_000, num_channels=2, purpose=0)
            player.supported_formats.add(format="wav", sample_rate=22_050, num_channels=1, purpose=1)
            self.send(player)
        self.send(api_pb2.ListEntitiesDoneResponse())


@asynccontextmanager
async def running(device: FakeDevice) -> AsyncIterator[FakeDevice]:
    server = await asyncio.start_server(device.talk, "127.0.0.1", device.port)
    device.port = server.sockets[0].getsockname()[1]
    try:
        yield device
    finally:
        server.close()
        if device._writer:
            device._writer.transport.abort()
        await asyncio.gather(*device._talks, return_exceptions=True)


def _name(event: Any) -> str:
    return VoiceAssistantEventType(event.event_type).name.removeprefix("VOICE_ASSISTANT_")


def _varint(number: int) -> bytes:
    out = b""
    while number > 0x7F:
        out += bytes((number & 0x7F | 0x80,))
        number >>= 7
    return out + bytes((number,))


async def _read_varint(reader: asyncio.StreamReader) -> int:
    number = shift = 0
    while True:
        byte = (await reader.readexactly(1))[0]
        number |= (byte & 0x7F) << shift
        if byte < 0x80:
            return number
        shift += 7
