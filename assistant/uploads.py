"""Voice memos that come as files: each is in the journal before it is acknowledged, and understood afterwards."""

from __future__ import annotations

import asyncio
import dataclasses
import hashlib
import logging
from collections.abc import Iterator, Sequence
from datetime import datetime
from pathlib import Path
from typing import BinaryIO

from assistant.errors import MemoTooLong
from assistant.turn import Parts, finish_captures, listen
from memory import captures, uploads
from memory.errors import StoreError
from memory.records import Capture
from memory.uploads import Upload
from satellites.uploads import WatchedFolder, memo
from speech.audio import AudioChunk, read_sound, silence
from speech.errors import SpeechError, UnreadableSound

log = logging.getLogger(__name__)
LONGEST_SECONDS = 6 * 3600.0
"""Of one memo: a small file can hold days of silence."""
_LOOK_SECONDS = 0.5
_FOLDER_LOOK_SECONDS = 5.0


class Uploads:
    """Takes one memo after another."""

    def __init__(self, parts: Parts) -> None:
        self._parts = parts
        self._lock = asyncio.Lock()

    async def take(self, file: BinaryIO, heard_at: datetime) -> Upload:
        """Keeps a memo, once: it is durable on return. What was heard later than now is heard now.

        Raises UnreadableSound, MemoTooLong, another SpeechError or a StoreError; then nothing is kept of it.
        """
        db = self._parts.db
        sha256 = await asyncio.to_thread(_hash, file)
        async with self._lock:
            file.seek(0)
            satellite = await asyncio.to_thread(memo, "upload", _no_longer(read_sound(file), LONGEST_SECONDS))
            upload = await asyncio.to_thread(uploads.begin, db, sha256)
            if upload.complete:
                return upload
            satellite.name = upload.satellite
            moment = min(heard_at, self._parts.clock())
            parts = dataclasses.replace(self._parts, clock=lambda: moment)
            try:
                async for turn in satellite.turns():
                    if capture_id := await listen(turn, silence(0), parts):
                        await asyncio.to_thread(captures.keep, db, capture_id)
            except (MemoTooLong, SpeechError, StoreError):
                await asyncio.to_thread(uploads.take_back, db, upload)
                raise
            await asyncio.to_thread(uploads.complete, db, upload)
        return dataclasses.replace(upload, complete=True)

    async def run(self, left: Sequence[Capture]) -> None:
        """Finishes what a crash ``left``, then whatever is uploaded, until cancelled."""
        tried: set[int] = set()
        waiting = list(left)
        while True:
            for capture in waiting:
                tried.add(capture.id)
                await self._finish(capture)
            await asyncio.sleep(0 if waiting else _LOOK_SECONDS)
            waiting = [c for c in await asyncio.to_thread(uploads.unfinished, self._parts.db) if c.id not in tried]

    async def watch(self, folder: Path) -> None:
        """Takes the voice memos that appear in a folder, until cancelled; they stay where they are."""
        watched = WatchedFolder(folder)
        while True:
            try:
                for path, changed_at in await asyncio.to_thread(watched.settled):
                    if await self._take_file(path, changed_at):
                        watched.taken(path)
            except OSError as err:
                log.warning("%s: cannot be looked into (%s).", folder, err.strerror)
            await asyncio.sleep(_FOLDER_LOOK_SECONDS)

    async def _take_file(self, path: Path, changed_at: datetime) -> bool:
        """False: it is to be tried again."""
        try:
            with await asyncio.to_thread(path.open, "rb") as file:
                await self.take(file, changed_at)
        except (MemoTooLong, UnreadableSound) as err:
            log.warning("%s: %s", path.name, err)
        except (SpeechError, StoreError) as err:
            log.warning("%s: %s", path.name, err)
            return False
        return True

    async def _finish(self, capture: Capture) -> None:
        try:
            await finish_captures([capture], self._parts)
        except Exception:  # it stays in the journal, and the next is finished all the same
            log.exception("Something that was said cannot be understood now; it is tried again at the next start.")


def _hash(file: BinaryIO) -> str:
    found = hashlib.sha256()
    while piece := file.read(1 << 20):
        found.update(piece)
    return found.hexdigest()


def _no_longer(sound: Iterator[AudioChunk], seconds: float) -> Iterator[AudioChunk]:
    heard = 0.0
    for chunk in sound:
        heard += chunk.seconds
        if heard > seconds:
            raise MemoTooLong(f"That recording is longer than {seconds / 3600:.0f} hours: cut it into pieces.")
        yield chunk
