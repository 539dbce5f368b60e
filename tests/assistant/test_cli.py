"""The command line as people use it: a process of its own, in a home of its own."""

from __future__ import annotations

import json
import os
import re
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import filelock
import httpx
import numpy as np
import pytest

from assistant.demo.demo import recordings
from assistant.phrasing import phrases
from speech.audio import read_sound, write_wav
from speech.stt.moonshine import Moonshine

ROOT = Path(__file__).parents[2]


class Fondly:
    """Runs verbs in one home."""

    def __init__(self, home: Path) -> None:
        self.env = {**os.environ, "FONDLY_HOME": str(home), "FONDLY_PORT": "0", "COLUMNS": "200"}

    def command(self, *words: str) -> list[str]:
        return [sys.executable, "-m", "assistant", *words]

    def __call__(self, *words: str, code: int = 0, stdin: bytes = b"", **env: str) -> str:
        done = subprocess.run(
            self.command(*words), env={**self.env, **env}, input=stdin, capture_output=True, cwd=ROOT, timeout=180
        )
        said = done.stdout.decode() + done.stderr.decode()
        assert done.returncode == code, said
        assert "Traceback" not in said, said
        return said


@pytest.fixture
def fondly(tmp_path: Path) -> Fondly:
    return Fondly(tmp_path / "home")


def test_a_note_and_a_question(fondly: Fondly) -> None:
    assert "Kept: " in fondly("note", "Ana Okafor is allergic to walnuts.")
    assert "walnuts" in fondly("ask", "What", "is", "Ana", "allergic", "to?")
    assert fondly("people").strip() == "Ana Okafor"


def test_the_demo_does_the_whole_job(fondly: Fondly, tmp_path: Path) -> None:
    result = json.loads(fondly("demo", "--json", "--replies", str(tmp_path / "replies")))
    assert result["wrong"] == []
    note, question, morning, undo = result["turns"]
    assert note["wake_word"] >= 0.5
    assert len(note["kept"]) >= 2
    assert set(note["milliseconds"]) == {"wake", "listen", "keep", "transcribe", "understand", "act", "phrase", "speak"}
    assert morning["reply"].startswith(phrases()["briefing_start"])
    assert undo["reply"] == "Gone."
    heard = heard_back(Path(question["speech"][0])).lower()
    for word in ("boston", "july", "michael"):
        assert word in heard, heard


def heard_back(speech: Path) -> str:
    samples = np.concatenate([chunk.samples for chunk in read_sound(speech)])
    return Moonshine().transcribe(samples).text


def test_the_demo_fails_when_a_stage_does_not_work(fondly: Fondly, tmp_path: Path) -> None:
    said = fondly("demo", "--replies", str(tmp_path / "r"), code=1, FONDLY_WAKE_THRESHOLD="0.9999")
    assert "the wake word was not heard" in said


def test_listening_to_a_recording_shows_each_stage(fondly: Fondly, tmp_path: Path) -> None:
    said = fondly("listen", str(recordings()[0]), "--replies", str(tmp_path / "replies"))
    for stage in ("wake", "listen", "keep", "transcribe", "understand", "act", "phrase", "speak"):
        assert re.search(rf"\d+ ms\s+{stage}", said)
    assert (tmp_path / "replies" / "reply-1.wav").stat().st_size > 8_000


def test_listening_to_a_raw_stream(fondly: Fondly) -> None:
    sound = np.concatenate([chunk.samples for chunk in read_sound(recordings()[2])])
    raw = (sound * 32767).astype("<i2").tobytes()
    assert "Good morning." in fondly("listen", "-", stdin=raw)


def bad_sounds(folder: Path) -> Iterator[tuple[str, Path, str]]:
    (folder / "text.wav").write_text("this is not sound")
    (folder / "empty.wav").write_bytes(b"")
    whole = recordings()[2].read_bytes()
    (folder / "header.wav").write_bytes(whole[:20])
    yield "text", folder / "text.wav", r"text\.wav"
    yield "zero bytes", folder / "empty.wav", r"empty\.wav"
    yield "half a header", folder / "header.wav", r"header\.wav"
    yield "a folder", folder, str(folder.name)
    yield "nothing there", folder / "nothing.wav", r"nothing\.wav"


def test_what_is_not_sound_is_said_in_one_line(fondly: Fondly, tmp_path: Path) -> None:
    for what, path, pattern in bad_sounds(tmp_path):
        said = fondly("listen", str(path), "--memo", code=1)
        assert len(said.strip().splitlines()) == 1, (what, said)
        assert re.search(pattern, said), (what, said)


def test_odd_but_whole_sound_is_heard(fondly: Fondly, tmp_path: Path) -> None:
    sound = np.concatenate([chunk.samples for chunk in read_sound(recordings()[2])])
    write_wav(tmp_path / "plain.wav", read_sound(recordings()[2]))
    plain = tmp_path / "plain.wav"
    odd = {
        "8bit_stereo_11k.wav": ["-ac", "2", "-ar", "11025", "-c:a", "pcm_u8"],
        "float_44k.wav": ["-ar", "44100", "-c:a", "pcm_f32le"],
    }
    import av

    for name, options in odd.items():
        rate, codec = int(options[options.index("-ar") + 1]), options[-1]
        layout = "stereo" if "-ac" in options else "mono"
        with av.open(str(tmp_path / name), "w") as out:
            stream = out.add_stream(codec, rate=rate, layout=layout)
            form = "u8" if codec == "pcm_u8" else "flt"
            frame = av.AudioFrame.from_ndarray((sound * 32767).astype(np.int16)[None], format="s16", layout="mono")
            frame.sample_rate = 16_000
            for piece in av.AudioResampler(format=form, layout=layout, rate=rate).resample(frame):
                out.mux(stream.encode(piece))
            out.mux(stream.encode(None))
        assert "Good morning" in fondly("listen", str(tmp_path / name)), name
    half = tmp_path / "half.wav"
    half.write_bytes(plain.read_bytes()[: plain.stat().st_size * 4 // 5])
    assert "Good morning" in fondly("listen", str(half))


def test_silence_is_a_quiet_nothing(fondly: Fondly, tmp_path: Path) -> None:
    from speech.audio import silence

    write_wav(tmp_path / "silence.wav", [silence(8)])
    for options in ([], ["--memo"]):
        assert "Nothing was said to Fondly" in fondly("listen", str(tmp_path / "silence.wav"), *options)


def test_understand_reads_and_writes_json_lines(fondly: Fondly) -> None:
    row = {"id": "a", "utterance": "Met Joan.", "now": "2026-05-04T10:00", "people": [], "expect": {"x": 1}}
    said = json.loads(fondly("understand", stdin=json.dumps(row).encode()))
    assert said["id"] == "a"
    assert said["people"] == ["Joan"]
    assert said["interaction"] == {"with": ["Joan"], "on": "2026-05-04"}
    said_too = fondly("understand", "-", stdin=b"not json\n" + json.dumps(row).encode(), code=1)
    assert "line 1 is not an utterance" in said_too
    assert '"id": "a"' in said_too


def test_doctor_says_what_is_used_and_what_gets_better(fondly: Fondly) -> None:
    said = fondly("doctor")
    for words in ("Moonshine tiny-en", "eSpeak NG", "fondly models pull base.en", "encrypted"):
        assert words in said


def test_doctor_explains_a_model_that_is_set_and_not_there(fondly: Fondly) -> None:
    said = fondly("doctor", FONDLY_STT="small.en")
    assert "small.en was set, and is not here" in said
    assert "fondly models pull small.en" in said


def test_doctor_says_what_to_do_about_a_chroma_server_that_is_away(fondly: Fondly) -> None:
    said = " ".join(fondly("doctor", FONDLY_CHROMA_URL="http://127.0.0.1:9").split())
    assert "no Chroma server answers at http://127.0.0.1:9 " in said
    assert "chroma run --host 127.0.0.1 --port 9 --path FOLDER" in said
    assert "Kept: Ana keeps bees." in fondly("note", "Ana keeps bees.", FONDLY_CHROMA_URL="http://127.0.0.1:9")
    assert "bees" in fondly("ask", "Who keeps bees?", FONDLY_CHROMA_URL="http://127.0.0.1:9")


def test_models_are_listed_and_a_pull_without_network_is_one_line(fondly: Fondly) -> None:
    assert "base.en" in fondly("models", "list")
    assert "No model is called nonsense" in fondly("models", "pull", "nonsense", code=1)
    said = fondly("models", "pull", "tiny.en", code=1, HF_ENDPOINT="http://127.0.0.1:9")
    assert "everything works without it" in said.strip().splitlines()[-1]


def test_say_writes_speech(fondly: Fondly, tmp_path: Path) -> None:
    fondly("say", "Last time she was moving to Boston in July.", "--out", str(tmp_path / "x.wav"))
    assert "moving to boston in july" in heard_back(tmp_path / "x.wav").lower()


def test_reindex_says_nothing_is_wrong(fondly: Fondly) -> None:
    fondly("note", "Ana keeps bees.")
    fondly("reindex")
    assert "bees" in fondly("ask", "Who is the beekeeper?")


def test_a_wrong_setting_is_one_line(fondly: Fondly) -> None:
    assert fondly("doctor", code=1, FONDLY_PORT="many").startswith("setting port: ")


@pytest.mark.parametrize(
    ("text", "words"),
    [("colour = 1", "setting colour: "), ("port = ", "settings.toml cannot be read"), ("silence_seconds = 2", "")],
)
def test_settings_come_from_a_file(fondly: Fondly, tmp_path: Path, text: str, words: str) -> None:
    file = tmp_path / "home" / "config" / "settings.toml"
    file.parent.mkdir(parents=True)
    file.write_text(text)
    said = fondly("doctor", code=1 if words else 0)
    assert words in said


def test_a_folder_that_cannot_be_made_is_one_line(fondly: Fondly, tmp_path: Path) -> None:
    (tmp_path / "home").write_text("a file")
    said = fondly("note", "Ana keeps bees.", code=1)
    assert len(said.strip().splitlines()) == 1
    assert "home" in said


def test_a_verb_waits_for_another_to_end(fondly: Fondly, tmp_path: Path) -> None:
    data = tmp_path / "home" / "data"
    data.mkdir(parents=True)
    with filelock.FileLock(data / "lock"):
        note = subprocess.Popen(
            fondly.command("note", "Ana keeps bees."), env=fondly.env, cwd=ROOT, stdout=subprocess.PIPE
        )
        time.sleep(4)  # less than a verb waits
        assert note.poll() is None
    assert "Kept: " in note.communicate(timeout=180)[0].decode()


@pytest.mark.parametrize(
    ("damage", "words"),
    [("key", "holds no key"), ("lost", "put its key file back"), ("database", "does not open with this key")],
)
def test_a_database_that_does_not_open_is_one_line(fondly: Fondly, tmp_path: Path, damage: str, words: str) -> None:
    fondly("note", "Ana keeps bees.")
    home = tmp_path / "home"
    if damage == "key":
        (home / "config" / "key").write_text("x")
    if damage == "lost":
        (home / "config" / "key").unlink()
    if damage == "database":
        (home / "data" / "fondly.db").write_bytes(b"x" * 8192)
        for log in (home / "data").glob("fondly.db-*"):
            log.unlink()
    said = fondly("people", code=1)
    assert words in said
    assert len(said.strip().splitlines()) == 1
    assert words in re.sub(r"\s+", " ", fondly("doctor", code=1))


@pytest.fixture
def served(fondly: Fondly) -> Iterator[str]:
    with subprocess.Popen(
        fondly.command("serve"), env=fondly.env, stdout=subprocess.PIPE, cwd=ROOT, text=True
    ) as server:
        assert server.stdout
        url = re.search(r"http://\S+", server.stdout.readline())
        assert url
        yield url.group()
        server.terminate()


def test_verbs_talk_to_the_server_that_is_running(fondly: Fondly, served: str) -> None:
    assert "Kept: " in fondly("note", "Ana Okafor keeps bees.")
    assert fondly("people").strip() == "Ana Okafor"
    assert [p["name"] for p in httpx.get(f"{served}/api/people", timeout=60).json()] == ["Ana Okafor"]
    said = fondly("listen", str(recordings()[2]), code=1)
    assert f"running already at {served}" in said


def test_a_taken_port_is_one_line(fondly: Fondly) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        said = fondly("serve", code=1, FONDLY_PORT=str(taken.getsockname()[1]))
    assert "set FONDLY_PORT to another" in said
    assert len(said.strip().splitlines()) == 1


def test_the_server_ends_when_it_is_told(fondly: Fondly) -> None:
    with subprocess.Popen(
        fondly.command("serve"), env=fondly.env, stdout=subprocess.PIPE, cwd=ROOT, text=True
    ) as server:
        assert server.stdout
        url = server.stdout.readline().split(" at ")[1].split(" ")[0]
        assert httpx.get(url, timeout=60).status_code == 200
        server.terminate()
        server.wait(timeout=60)
    assert "Kept" in fondly("note", "Ana keeps bees.")  # the home is free again
