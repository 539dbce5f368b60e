"""The connection to one ESPHome device: made again whenever it is lost, and checked to be the right one.

A device listens to one host only, the first that asks. So that this can be told apart from a device that is merely
silent, its own error log is read: there it says who holds it.
"""

from __future__ import annotations

import asyncio
import logging
import re
from collections.abc import Callable, Coroutine
from contextlib import suppress
from typing import Any, Protocol

from aioesphomeapi import (
    APIClient,
    APIConnectionError,
    EntityState,
    LogLevel,
    MediaPlayerCommand,
    MediaPlayerEntityState,
    MediaPlayerState,
    ReconnectLogic,
    VoiceAssistantAnnounceFinished,
    VoiceAssistantAudioSettings,
    VoiceAssistantConfigurationResponse,
    VoiceAssistantEventType,
    VoiceAssistantFeature,
)

from satellites.encoder import Form
from satellites.errors import SatelliteError
from satellites.esphome_device import Device, facing, player, refusal, same_mac
from satellites.news import News

log = logging.getLogger(__name__)
_ANSWER_SECONDS = 5.0
_TWO_HOSTS = "Multiple API Clients attempting to connect to Voice Assistant"
_HOLDER = re.compile(r"Current client: ([^\n\x1b]{1,80})")


class Host(Protocol):
    """Who is told what the device does."""

    async def started(self, flags: int, wake_phrase: str | None) -> int | None: ...
    def stopped(self, aborted: bool) -> None: ...
    def sounded(self, pcm: bytes) -> None: ...
    def lost(self) -> None: ...


class Link:
    """``ready``: the device is there and listens to us. ``trouble``: in words, why it is not; "" when it is.
    ``given_up``: it will not be tried again, because somebody has to do something first."""

    def __init__(self, name: str, device: Device, host: Host, news: News, held_seconds: float) -> None:
        self.ready = False
        self.given_up = False
        self.trouble = "not connected yet"
        self.features = VoiceAssistantFeature(0)
        self.mac = ""
        self.model = ""
        self.form = Form()
        self.facing = ""
        self.announced_until: float | None = None
        self.finished_at: float | None = None
        self._name = name
        self._device = device
        self._host = host
        self._news = news
        self._held_seconds = held_seconds
        self._held_by: str | None = None
        self._had_wake_words = False
        self._player: int | None = None
        self._announcing = False
        self._unsubscribe: Callable[[], None] | None = None
        self._claiming: asyncio.Task[None] | None = None
        self._client: APIClient | None = None
        self._logic: ReconnectLogic | None = None

    async def open(self) -> None:
        device, self.given_up = self._device, False
        self._client = APIClient(device.address, device.port, client_info="Fondly", noise_psk=device.key)
        self._logic = ReconnectLogic(
            client=self._client,
            on_connect=self._connected,
            on_disconnect=self._disconnected,
            on_connect_error=self._refused,
        )
        await self._logic.start()

    async def close(self) -> None:
        if self._claiming:
            self._claiming.cancel()
        if self._logic:
            await self._logic.stop()
        if self._client:
            await self._client.disconnect()

    @property
    def address(self) -> str:
        """The device's own, while it is connected."""
        return (self._client and self._client.connected_address) or ""

    @property
    def has_speaker(self) -> bool:
        """It plays what is streamed to it, rather than fetching it."""
        return VoiceAssistantFeature.SPEAKER in self.features

    @property
    def can_announce(self) -> bool:
        return VoiceAssistantFeature.ANNOUNCE in self.features

    def send(self, event: VoiceAssistantEventType, data: dict[str, str] | None = None) -> None:
        """Told if it is there; whoever has to know whether it is looks at ``ready``."""
        with suppress(APIConnectionError):
            self._there().send_voice_assistant_event(event, data)

    def send_sound(self, pcm: bytes) -> None:
        with suppress(APIConnectionError):
            self._there().send_voice_assistant_audio(pcm)

    async def announce(self, url: str, seconds: float, then_listen: bool) -> None:
        """Asks the device to play it. That it says it has is no proof, so nothing is returned or raised."""
        with suppress(APIConnectionError):
            await self._there().send_voice_assistant_announcement_await_response(
                url, seconds, start_conversation=then_listen
            )

    def stop_playing(self) -> None:
        if self._player is not None:
            with suppress(APIConnectionError):
                self._there().media_player_command(self._player, command=MediaPlayerCommand.STOP, announcement=True)

    async def configuration(self) -> VoiceAssistantConfigurationResponse:
        """The wake words it knows and heeds. Raises SatelliteError."""
        try:
            return await self._there().get_voice_assistant_configuration(_ANSWER_SECONDS)
        except APIConnectionError as err:
            raise SatelliteError(f"{self._name} does not tell its wake words: {err}.") from err

    async def configure(self, wake_words: list[str]) -> None:
        """Which wake words to heed, by their ids. Raises SatelliteError."""
        try:
            await self._there().set_voice_assistant_configuration(wake_words)
        except APIConnectionError as err:
            raise SatelliteError(f"{self._name} does not take wake words: {err}.") from err

    def _there(self) -> APIClient:
        if self._client is None:
            raise APIConnectionError("not open")
        return self._client

    async def _connected(self) -> None:
        client = self._there()
        try:
            info, entities, _ = await client.device_info_and_list_entities()
            if self._device.mac and not same_mac(self._device.mac, info.mac_address):
                self._give_up(f"another device ({info.mac_address}) answers at {self._device.address}: correct either")
                return
            version = client.api_version
            flags = info.voice_assistant_feature_flags_compat(version) if version else 0
            self.mac, self.model, self.features = info.mac_address, info.model, VoiceAssistantFeature(flags)
            if VoiceAssistantFeature.VOICE_ASSISTANT not in self.features:
                self._give_up("it has no voice assistant in it: install an ESPHome configuration that has")
                return
            self._player, self.form = player(entities)
            self.facing = facing(self.address, self._device.port)
            client.subscribe_states(self._state)
            client.subscribe_logs(self._logged, LogLevel.LOG_LEVEL_ERROR)
            await self._claim()
        except (APIConnectionError, OSError) as err:
            log.warning("%s: lost while it was being greeted (%s)", self._name, err)
            client.force_disconnect()

    async def _claim(self) -> None:
        """Asks to be the device's host; its answer to the next question shows whether it has another."""
        self._held_by = None
        if self._unsubscribe:
            self._unsubscribe()
        self._unsubscribe = self._subscribed()
        asked: Coroutine[Any, Any, VoiceAssistantConfigurationResponse]
        asked = self._there().get_voice_assistant_configuration(_ANSWER_SECONDS)
        with suppress(APIConnectionError):  # old firmware knows no such question
            words = (await asked).max_active_wake_words
            if self._had_wake_words and not words and not self._held_by:
                self._held_by = "another host"
            self._had_wake_words = self._had_wake_words or bool(words)
        if self._held_by:
            self._hold()
        elif not self.ready:
            self.ready, self.trouble = True, ""
            log.info("%s is there", self._name)
        self._news.tell()

    def _hold(self) -> None:
        self.ready = False
        trouble = (
            f"{self._held_by} holds this device, which listens to one host only: remove it there, or restart the "
            f"device while that host is off; it is asked again from time to time"
        )
        if trouble != self.trouble:
            log.warning("%s: %s", self._name, trouble)
        self.trouble = trouble
        self._news.tell()
        if self._claiming is None or self._claiming.done() or self._claiming is asyncio.current_task():
            self._claiming = asyncio.create_task(self._claim_again())

    async def _claim_again(self) -> None:
        await asyncio.sleep(self._held_seconds)
        with suppress(APIConnectionError):
            await self._claim()

    def _subscribed(self) -> Callable[[], None]:
        host = self._host

        async def start(_: str, flags: int, settings: VoiceAssistantAudioSettings, phrase: str | None) -> int | None:
            return await host.started(flags, phrase)

        async def stop(aborted: bool) -> None:
            host.stopped(aborted)

        async def sound(pcm: bytes, *_: object) -> None:
            host.sounded(pcm)

        async def finished(_: VoiceAssistantAnnounceFinished) -> None:
            self.finished_at = asyncio.get_running_loop().time()
            self._news.tell()

        return self._there().subscribe_voice_assistant(
            handle_start=start,
            handle_stop=stop,
            handle_audio=sound if VoiceAssistantFeature.API_AUDIO in self.features else None,
            handle_announcement_finished=finished,
        )

    def _state(self, state: EntityState) -> None:
        if not isinstance(state, MediaPlayerEntityState) or state.key != self._player:
            return
        announcing = state.state is MediaPlayerState.ANNOUNCING
        if self._announcing and not announcing:
            self.announced_until = asyncio.get_running_loop().time()
        self._announcing = announcing
        self._news.tell()

    def _logged(self, entry: Any) -> None:
        text = bytes(entry.message).decode("utf-8", "replace")
        if _TWO_HOSTS in text:
            found = _HOLDER.search(text)
            self._held_by = found[1].strip() if found else "another host"

    async def _disconnected(self, expected: bool) -> None:
        self.ready = self._announcing = False
        self._unsubscribe = None
        if self._claiming:
            self._claiming.cancel()
        if not self.given_up:
            self.trouble = "the connection was lost"
        self._host.lost()
        self._news.tell()

    async def _refused(self, err: Exception) -> None:
        if why := refusal(err):
            self._give_up(why)
            return
        trouble = f"it does not answer at {self._device.address} ({err})"
        if trouble != self.trouble:
            log.warning("%s: %s", self._name, trouble)
        self.trouble = trouble

    def _give_up(self, why: str) -> None:
        self.given_up, self.ready, self.trouble = True, False, why
        log.error("%s: %s", self._name, why)
        if self._logic:
            self._logic.stop_callback()
        self._there().force_disconnect()
        self._news.tell()
