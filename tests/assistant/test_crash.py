"""kill -9 between any two stages of a turn, and while someone speaks: nothing that was said is lost."""

from __future__ import annotations

import asyncio
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from assistant.app import catch_up, open_home
from assistant.demo.demo import recordings
from assistant.settings import Settings
from memory import captures, memories, people

KILLED = """
import asyncio, os, signal, sys
from pathlib import Path
from assistant.app import open_home
from assistant.household import Household
from assistant.settings import Settings
from satellites.recording import Recording
from satellites.speakers import NoSpeaker
from speech.audio import read_sound

home, recording, when = sys.argv[1:]

def kill():
    os.kill(os.getpid(), signal.SIGKILL)

def watch(stage):
    if stage.name == when:
        kill()

def sound():
    heard = 0.0
    for chunk in read_sound(recording):
        heard += chunk.seconds
        if when.endswith("s") and heard >= float(when[:-1]):
            kill()
        yield chunk

with open_home(Settings(home=Path(home))) as parts:
    asyncio.run(Household(parts).attend(Recording("test", sound(), NoSpeaker()), watch))
"""

NOTE = recordings()[0]


def killed(home: Path, when: str) -> None:
    root = Path(__file__).parents[2]
    ended = subprocess.run([sys.executable, "-c", KILLED, str(home), str(NOTE), when], cwd=root, timeout=120)
    assert ended.returncode == -signal.SIGKILL


@pytest.mark.parametrize("stage", ["listen", "keep", "transcribe", "understand", "act", "phrase", "speak"])
def test_a_note_survives_a_kill_after_any_stage(tmp_path: Path, stage: str) -> None:
    killed(tmp_path, stage)
    with open_home(Settings(home=tmp_path)) as parts:
        left = captures.unfinished(parts.db)
        asyncio.run(catch_up(left, parts))
        assert captures.unfinished(parts.db) == []
        assert parts.db.row("SELECT count(*) AS n FROM captures")["n"] == 1  # type: ignore[index]
        rachel = people.find(parts.db, "Rachel")
        assert rachel is not None
        kept = [m.text for m in memories.about(parts.db, rachel.id)]
        assert len([text for text in kept if "Boston" in text]) == 1  # kept, and kept once
        assert len([text for text in kept if "surgery" in text]) == 1
        assert len(parts.vectors.nearest("moving house", 10)) == len(kept)


def test_half_a_sentence_survives_a_kill_while_it_is_spoken(tmp_path: Path) -> None:
    killed(tmp_path, "5.5s")  # after the wake word and the first sentence
    with open_home(Settings(home=tmp_path)) as parts:
        left = captures.unfinished(parts.db)
        assert [c.state for c in left] == ["listening"]
        asyncio.run(catch_up(left, parts))
        kept = captures.get(parts.db, left[0].id)
        assert kept.state == "done"
        assert "rachel" in (kept.text or "").lower()
        assert people.find(parts.db, "Rachel") is not None


def test_a_kill_before_the_wake_word_leaves_nothing_behind(tmp_path: Path) -> None:
    killed(tmp_path, "0.5s")
    with open_home(Settings(home=tmp_path)) as parts:
        assert captures.unfinished(parts.db) == []
