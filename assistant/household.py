"""The satellites that are there now: each attended turn by turn, and spoken to one thing at a time."""

from __future__ import annotations

import logging
from collections.abc import Sequence

from assistant.phrasing import Line, line, phrase
from assistant.turn import Parts, Stage, Taken, Watch, speech, take_turn, take_words
from memory.errors import FullDisk, StoreError
from satellites.satellite import Satellite, Turn
from speech.errors import SpeechError

log = logging.getLogger(__name__)


class Household:
    """One home's satellites, and the parts that their turns are made with."""

    def __init__(self, parts: Parts) -> None:
        self.parts = parts
        self._there: list[Satellite] = []
        self._busy: set[Satellite] = set()

    async def attend(self, satellite: Satellite, watch: Watch | None = None) -> list[Taken]:
        """Takes this satellite's turns until it is gone; what goes wrong in one does not end the next."""
        taken = []
        self._there.append(satellite)
        try:
            async for turn in satellite.turns():
                if one := await self._take(turn, watch):
                    taken.append(one)
        finally:
            self._there.remove(satellite)
        return taken

    async def take_words(self, text: str, satellite: str) -> Taken:
        return await take_words(text, satellite, self.parts)

    async def say(self, lines: Sequence[Line]) -> bool:
        """Says it through the first satellite that is there and not being spoken to. False: there is none."""
        free = [satellite for satellite in self._there if satellite not in self._busy]
        if not free:
            return False
        await self._play(free[0], phrase(lines, self.parts.clock()))
        return True

    async def _take(self, turn: Turn, watch: Watch | None) -> Taken | None:
        def seen(stage: Stage) -> None:
            if stage.name == "wake" and stage.value:
                self._busy.add(turn.satellite)
            if watch:
                watch(stage)

        try:
            return await take_turn(turn, self.parts, seen)
        except (SpeechError, StoreError) as err:
            log.error("%s: %s", turn.satellite.name, err)
            trouble = line("trouble_full" if isinstance(err, FullDisk) else "trouble")
            await self._play(turn.satellite, phrase([trouble], self.parts.clock()))
            return None
        finally:
            self._busy.discard(turn.satellite)

    async def _play(self, satellite: Satellite, text: str) -> None:
        self._busy.add(satellite)
        try:
            await satellite.play(speech(text, self.parts))
        finally:
            self._busy.discard(satellite)
