"""The satellites that are there now: each attended turn by turn, and spoken to one thing at a time."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncGenerator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime

from assistant.devices import Device, Devices
from assistant.phrasing import Line, Reply, line, phrase
from assistant.quiet import NEVER_QUIET, QuietHours
from assistant.turn import Parts, Stage, Taken, Watch, Woken, speech, take_turn, take_words
from memory.errors import FullDisk, StoreError
from satellites.errors import Interrupted, SatelliteError, SoundDeviceMissing
from satellites.satellite import Attentive, Satellite, Turn
from speech.errors import SpeechError
from speech.stt import Utterance

log = logging.getLogger(__name__)
_SAME_WAKE_SECONDS = 0.2  # in which several satellites hear one and the same wake word


@dataclass(slots=True)
class There:
    """A satellite that is there. ``heard_at``: when someone last spoke to it."""

    satellite: Satellite
    busy: bool = False
    heard_at: datetime | None = None


@dataclass(frozen=True, slots=True, eq=False)
class _Claim:
    satellite: Satellite
    loudness: float


class Household:
    """One home's satellites, and the parts that their turns are made with. ``devices``: what is known of them;
    ``quiet``: when nothing is said that was not asked for.
    """

    def __init__(self, parts: Parts, devices: Devices | None = None, quiet: QuietHours = NEVER_QUIET) -> None:
        self.parts = parts
        self.devices = devices
        self.quiet = quiet
        self._there: dict[Satellite, There] = {}
        self._claims: list[_Claim] = []

    def there(self) -> list[There]:
        """The satellites that are there, whoever was spoken to last first."""
        spoken_to = [t for t in self._there.values() if t.heard_at]
        others = [t for t in self._there.values() if not t.heard_at]
        return [*sorted(spoken_to, key=lambda t: t.heard_at or self.parts.clock(), reverse=True), *others]

    async def attend(self, satellite: Satellite, watch: Watch | None = None) -> list[Taken]:
        """Takes this satellite's turns until it is gone; what goes wrong in one does not end the next."""
        taken: list[Taken] = []
        self._there[satellite] = There(satellite)
        turns = satellite.turns()
        try:
            async for turn in turns:
                taken += await self._take(turn, watch)
        finally:
            del self._there[satellite]
            if isinstance(turns, AsyncGenerator):
                await turns.aclose()  # a device is let go of now, and not at some time
        return taken

    async def take_words(self, text: str, satellite: str) -> Taken:
        return await take_words(text, satellite, self.parts)

    def can_say(self, private: bool = False, room: str = "") -> bool:
        """Whether a satellite is there, and free, to say something by itself: where nobody else hears, if ``private``;
        in ``room``, by its name.
        """
        return bool(self._free(private, room))

    def is_overheard(self, room: str = "") -> bool:
        """Whether others hear what is said there next."""
        free = self._free(private=False, room=room)
        return bool(free) and self._device(free[0].satellite).shared

    async def say(
        self, lines: Sequence[Line], private: bool = False, room: str = "", then_listen: bool = False
    ) -> bool:
        """Says it where someone was last heard, to a satellite that is free. False: it was not heard."""
        return await self._first_that_plays(self._free(private, room), lines, then_listen)

    async def test(self, name: str) -> bool:
        """Says a few words on the satellite of that name. False: it is not there."""
        for there in self.there():
            if there.satellite.name == name:
                return await self._first_that_plays([there], [line("test", name=name)])
        return False

    def _free(self, private: bool, room: str) -> list[There]:
        now = self.parts.clock()
        free = [(t, self._device(t.satellite)) for t in self.there() if not t.busy]
        return [
            there
            for there, device in free
            if not device.muted(now) and room in ("", device.name, device.room) and not (private and device.shared)
        ]

    def _device(self, satellite: Satellite) -> Device:
        found = self.devices.find(satellite.name) if self.devices else None
        return found or Device(satellite.name, "phone")

    async def _take(self, turn: Turn, watch: Watch | None) -> list[Taken]:
        there = self._there[turn.satellite]

        def seen(stage: Stage) -> None:
            if stage.name == "wake" and stage.value:
                there.busy, there.heard_at = True, self.parts.clock()
            if isinstance(turn.satellite, Attentive):
                _follow(turn.satellite, stage)
            if watch:
                watch(stage)

        try:
            return await take_turn(turn, self.parts, seen, self._may_answer)
        except Interrupted:
            return []
        except SoundDeviceMissing:
            raise  # nothing more will be heard of it
        except (SatelliteError, SpeechError, StoreError) as err:
            log.error("%s: %s", turn.satellite.name, err)
            trouble = line("trouble_full" if isinstance(err, FullDisk) else "trouble")
            with suppress(SatelliteError):
                await self._play(turn.satellite, phrase([trouble], self.parts.clock()))
            return []
        finally:
            there.busy = False

    async def _may_answer(self, turn: Turn, woken: Woken) -> bool:
        """Not when it is muted; and of several that heard the same wake word, the one that heard it loudest."""
        if self._device(turn.satellite).muted(self.parts.clock()):
            return False
        if turn.memo or turn.wake_phrase == "" or len(self._there) < 2:
            return True
        mine = _Claim(turn.satellite, woken.loudness if woken.loudness is not None else 0.0)
        self._claims.append(mine)
        await asyncio.sleep(_SAME_WAKE_SECONDS)
        loudest = max(self._claims, key=lambda claim: claim.loudness)
        asyncio.get_running_loop().call_later(_SAME_WAKE_SECONDS, self._claims.remove, mine)
        if loudest is not mine and isinstance(turn.satellite, Attentive):
            turn.satellite.outdone()
        return loudest is mine

    async def _first_that_plays(self, some: Sequence[There], lines: Sequence[Line], then_listen: bool = False) -> bool:
        """Says it on the first that can be spoken to. False: none could, or someone spoke over it."""
        for there in some:
            try:
                await self._play(there.satellite, phrase(lines, self.parts.clock()), then_listen)
            except Interrupted:
                return False
            except SatelliteError as err:
                log.info("%s", err)
            else:
                return True
        return False

    async def _play(self, satellite: Satellite, text: str, then_listen: bool = False) -> None:
        there = self._there.get(satellite)
        if there:
            there.busy = True
        try:
            await satellite.play(speech(text, self.parts), then_listen)
        finally:
            if there:
                there.busy = False


def _follow(satellite: Attentive, stage: Stage) -> None:
    """Tells it how far its turn is."""
    match stage.name, stage.value:
        case (("wake" | "speak"), value) if value:
            satellite.woken()
        case "listen", None:
            satellite.settled()
        case "listen", _:
            satellite.thinking()
        case "keep", _:
            satellite.settled()
        case "transcribe", Utterance(text=text):
            satellite.show("heard", text)
        case "phrase", Reply(text=text):
            satellite.show("answer", text)
