"""The real microphone and speaker code, on a sound card that PulseAudio pretends to be."""

from __future__ import annotations

import importlib.util
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from assistant.demo.demo import recordings
from speech.audio import read_sound, write_wav

ROOT = Path(__file__).parents[2]
NEEDED = ("pulseaudio", "pactl", "paplay", "parec")
MISSING = [name for name in NEEDED if not shutil.which(name)]

pytestmark = [
    pytest.mark.skipif(not importlib.util.find_spec("pyaudio"), reason="PyAudio is not installed (the extra mic)"),
    pytest.mark.skipif(bool(MISSING), reason=f"no {', '.join(MISSING)} here (on Debian: pulseaudio pulseaudio-utils)"),
]


@pytest.fixture
def card(tmp_path: Path) -> Iterator[dict[str, str]]:
    """The environment of a virtual sound card: what is played to "voice" is heard by the microphone."""
    run = tmp_path / "run"
    run.mkdir(mode=0o700)
    socket = f"{run}/native"
    (run / "asoundrc").write_text(
        "</usr/share/alsa/alsa.conf>\npcm.!default { type pulse }\nctl.!default { type pulse }\n"
    )
    env = {
        **os.environ,
        "PULSE_SERVER": f"unix:{socket}",
        "PULSE_RUNTIME_PATH": str(run),
        "XDG_RUNTIME_DIR": str(run),
        "ALSA_CONFIG_PATH": str(run / "asoundrc"),
        "HOME": str(run),
        "FONDLY_HOME": str(tmp_path / "home"),
    }
    modules = (
        f"module-native-protocol-unix socket={socket} auth-anonymous=1",
        "module-null-sink sink_name=voice rate=16000 channels=1",
        "module-null-sink sink_name=speaker rate=48000 channels=2",
        "module-remap-source source_name=microphone master=voice.monitor channels=1",
    )
    daemon = ["pulseaudio", "-n", "--daemonize=no", "--exit-idle-time=-1", "--use-pid-file=no", "--log-level=error"]
    with subprocess.Popen([*daemon, *(part for m in modules for part in ("-L", m))], env=env) as pulse:
        for _ in range(100):
            if (
                subprocess.run(["pactl", "set-default-source", "microphone"], env=env, capture_output=True).returncode
                == 0
            ):
                break
            time.sleep(0.1)
        subprocess.run(["pactl", "set-default-sink", "speaker"], env=env, check=True)
        yield env
        pulse.terminate()


def _heeds_interrupts() -> None:
    """A shell starts what runs in its background deaf to them, and the child would inherit that."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)


def _recording_now(card: dict[str, str]) -> str:
    """The programs that listen to the card."""
    return subprocess.run(["pactl", "list", "source-outputs"], env=card, capture_output=True, text=True).stdout


def _until(holds: Callable[[], bool]) -> None:
    """Waits for it, for a minute at most."""
    deadline = time.monotonic() + 60
    while not holds() and time.monotonic() < deadline:
        time.sleep(0.5)


def test_a_note_into_the_microphone_is_answered_by_the_speaker(card: dict[str, str], tmp_path: Path) -> None:
    write_wav(tmp_path / "note.wav", read_sound(recordings()[0]))
    listening = subprocess.Popen(
        [sys.executable, "-m", "assistant", "listen", "mic", "--replies", str(tmp_path / "replies")],
        env=card, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
        preexec_fn=_heeds_interrupts,
    )  # fmt: skip
    with (tmp_path / "speaker.raw").open("wb") as out:
        recorder = subprocess.Popen(
            ["parec", "-d", "speaker.monitor", "--raw", "--rate=16000", "--channels=1"], env=card, stdout=out
        )
    time.sleep(6)  # the engines load
    _until(lambda: f'application.process.id = "{listening.pid}"' in _recording_now(card))
    subprocess.run(["paplay", "-d", "voice", str(tmp_path / "note.wav")], env=card, check=True, timeout=60)
    _until((tmp_path / "replies" / "reply-1.wav").exists)
    _until(lambda: any((tmp_path / "speaker.raw").read_bytes()))
    listening.send_signal(signal.SIGINT)
    said, complained = listening.communicate(timeout=60)
    recorder.terminate()
    recorder.wait()
    assert "Rachel" in said, said + complained
    assert "Traceback" not in complained, complained
    played = (tmp_path / "speaker.raw").read_bytes()
    assert any(played)  # something was said aloud


def test_a_machine_without_a_microphone_says_so_in_one_line(tmp_path: Path) -> None:
    (tmp_path / "asoundrc").write_text("</usr/share/alsa/alsa.conf>\npcm.!default { type hw card 31 }\n")
    env = {
        **os.environ,
        "FONDLY_HOME": str(tmp_path),
        "ALSA_CONFIG_PATH": str(tmp_path / "asoundrc"),
        "PULSE_SERVER": "unix:/nowhere",
    }
    done = subprocess.run(
        [sys.executable, "-m", "assistant", "listen", "mic"],
        env=env,
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=180,
    )
    assert done.returncode == 1
    assert "cannot be used" in done.stderr.splitlines()[-1]
    assert "Traceback" not in done.stderr
