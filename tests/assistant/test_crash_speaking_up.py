"""kill -9 while something is said by itself: it is heard once, or offered again later; not lost, not twice in a row."""

from __future__ import annotations

import signal
import subprocess
import sys
from datetime import datetime
from pathlib import Path

import pytest

SPEAKING = """
import asyncio, os, signal, sys, threading
from datetime import datetime, timedelta
from pathlib import Path
from assistant.app import open_home
from assistant.household import Household
from assistant.manner import NEVER, Manner
from assistant.scheduler import speak_up
from assistant.settings import Settings
from assistant.turn import take_words

home, at, when = sys.argv[1:]

def kill():
    os.kill(os.getpid(), signal.SIGKILL)

def write(line):
    with open(Path(home) / "heard", "a") as file:
        file.write(line + "\\n")
        file.flush()
        os.fsync(file.fileno())

class Kitchen:
    name = "kitchen"

    async def turns(self):
        await asyncio.Event().wait()
        yield

    async def play(self, speech, then_listen=False):
        played = 0
        async for chunk in speech:
            if when == f"piece {played}":
                kill()
            played += 1
        write(at)
        if when == "heard":
            kill()

async def main(parts):
    if when == "note":
        await take_words("Remind me to call Priya tomorrow at nine.", "test", parts)
        return
    household = Household(parts)
    attending = asyncio.ensure_future(household.attend(Kitchen()))
    await asyncio.sleep(0)
    if when.endswith("ms"):
        threading.Timer(float(when[:-3]) / 1000, kill).start()
    for _ in range(5):
        await speak_up(household, Manner(briefing=NEVER))
    attending.cancel()

clock = datetime.fromisoformat(at)
with open_home(Settings(home=Path(home)), lambda: clock) as parts:
    asyncio.run(main(parts))
"""


def run(home: Path, hour: float, when: str) -> int:
    """``hour``: of the day on which it is due at nine; negative: the day before."""
    day, of_day = (4, hour + 24) if hour < 0 else (5, hour)
    at = datetime(2026, 5, day, int(of_day), round(of_day % 1 * 60)).astimezone()
    words = [sys.executable, "-c", SPEAKING, str(home), at.isoformat(), when]
    return subprocess.run(words, cwd=Path(__file__).parents[2], timeout=120).returncode


@pytest.mark.parametrize("when", ["piece 0", "heard", "5 ms", "30 ms", "100 ms"])
def test_killed_while_it_is_said(tmp_path: Path, when: str) -> None:
    assert run(tmp_path, -12, "note") == 0
    killed = run(tmp_path, 10, when)
    assert killed == -signal.SIGKILL or when.endswith("ms")  # it may have been done before
    assert run(tmp_path, 10.1, "whole") == 0
    heard = (tmp_path / "heard").read_text().splitlines() if (tmp_path / "heard").exists() else []
    assert len(heard) <= 1  # at once after the crash it is not said again
    assert run(tmp_path, 13, "whole") == 0
    assert run(tmp_path, 16, "whole") == 0
    heard = [line[11:13] for line in (tmp_path / "heard").read_text().splitlines()]
    assert heard in (["10"], ["13"], ["10", "13"])  # the last, where nobody knew that it was heard
