"""Voice memos as files: sent by an app, or appearing in a folder."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

from satellites.recording import Recording
from satellites.speakers import NoSpeaker
from speech.audio import AudioChunk

_Look = tuple[int, int]  # size in bytes, and when it was changed in nanoseconds


def memo(name: str, sound: Iterator[AudioChunk]) -> Recording:
    """A memo as a satellite: nobody is there to hear a reply. Raises what ``sound`` raises at its first piece."""
    return Recording(name, sound, NoSpeaker(), memo=True)


class WatchedFolder:
    """The files of one folder, each given when it has stopped growing, until it is taken. None is moved or deleted."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._last: dict[Path, _Look] = {}
        self._taken: dict[Path, _Look] = {}

    def settled(self) -> list[tuple[Path, datetime]]:
        """What has not changed since the last call and is not taken yet: when each was last changed, the oldest first.
        Hidden and empty files are left out. Raises OSError if the folder cannot be looked into."""
        now = {path: look for path in self._folder.iterdir() if (look := _look(path))}
        same = [path for path, look in now.items() if self._last.get(path) == look != self._taken.get(path)]
        self._last = now
        same.sort(key=lambda path: (now[path][1], path))
        return [(path, datetime.fromtimestamp(now[path][1] / 1e9).astimezone()) for path in same]

    def taken(self, path: Path) -> None:
        """It is given no more, unless it changes."""
        self._taken[path] = self._last[path]


def _look(path: Path) -> _Look | None:
    try:
        found = path.stat()
    except OSError:  # gone, or not ours
        return None
    hidden = path.name.startswith(".") or not path.is_file()
    return None if hidden or not found.st_size else (found.st_size, found.st_mtime_ns)
