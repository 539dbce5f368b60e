"""`fondly listen`: a recording, a raw stream or the microphone as the one satellite of a home."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Iterator
from pathlib import Path

from rich.console import Console

from assistant.household import Household
from assistant.quiet import quiet_hours
from assistant.scheduler import run_scheduler
from assistant.settings import Settings
from assistant.show import Shown
from assistant.turn import Parts, Taken
from satellites.microphone import Microphone
from satellites.recording import Recording, read_stream
from satellites.satellite import Satellite
from satellites.speakers import NoSpeaker, SoundCard, Speaker, WavFiles
from speech.audio import AudioChunk, AudioFormat, read_sound

_TOLD_EVERY_SECONDS = 60.0


async def listen_to(
    source: str,
    parts: Parts,
    console: Console,
    *,
    memo: bool,
    rate_hz: int,
    play: bool,
    replies: Path | None,
    settings: Settings,
) -> list[Taken]:
    """Listens until the sound ends (the microphone: until it is interrupted). Raises UnreadableSound."""
    speaker: Speaker = SoundCard() if play or source == "mic" else NoSpeaker()
    if replies:
        speaker = WavFiles(replies, speaker)
    household = Household(parts, quiet=quiet_hours(settings.quiet_hours))
    attending = household.attend(_satellite(source, speaker, console, memo, rate_hz), Shown(console).watch)
    if source != "mic":
        return await attending
    async with asyncio.TaskGroup() as tasks:
        clock = tasks.create_task(run_scheduler(household, settings))
        taken = await attending
        clock.cancel()
    return taken


def _satellite(source: str, speaker: Speaker, console: Console, memo: bool, rate_hz: int) -> Satellite:
    if source == "mic":
        console.print("Listening (Ctrl-C ends it)")
        return Microphone(speaker)
    sound = read_stream(sys.stdin.buffer, AudioFormat(rate_hz)) if source == "-" else read_sound(source)
    return Recording(Path(source).stem, _with_progress(sound, console), speaker, memo)


def _with_progress(sound: Iterator[AudioChunk], console: Console) -> Iterator[AudioChunk]:
    """Says every minute of sound how far a long recording has been heard."""
    heard = told = 0.0
    for chunk in sound:
        heard += chunk.seconds
        if heard - told >= _TOLD_EVERY_SECONDS:
            told = heard
            console.print(f"  [dim]{int(heard // 60)} min listened to[/]")
        yield chunk
