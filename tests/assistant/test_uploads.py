"""Voice memos over real HTTP and from a folder: each is kept once, before it is acknowledged."""

from __future__ import annotations

import asyncio
import dataclasses
import os
import socket
import subprocess
import time
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

import av
import httpx
import numpy as np
import pytest

from assistant import uploads as taking
from assistant.app import catch_up
from assistant.demo.demo import recordings
from assistant.engines import Chosen
from assistant.settings import Settings
from assistant.turn import Parts
from assistant.uploads import Uploads
from assistant.web import uploads as web
from memory import captures, memories
from satellites.uploads import WatchedFolder
from speech.audio import AudioChunk, read_sound, write_wav
from tests.assistant.conftest import Clock
from tests.assistant.served import Served, served
from tests.assistant.test_cli import ROOT, Fondly
from tests.fakes import ScriptedEars

ROADS = "Met Joan after football. Her mother's surgery went well."


@pytest.fixture
def server(parts: Parts, settings: Settings) -> Iterator[Served]:
    with served(parts, settings) as running:
        yield running


def note(path: Path, seconds: float | None = None) -> Path:
    """The first recording, or its beginning, as a WAV."""
    chunks = list(read_sound(recordings()[0]))
    write_wav(path, chunks if seconds is None else chunks[: int(seconds / 0.08)])
    return path


def encoded(path: Path, form: str, codec: str, rate_hz: int) -> bytes:
    """The first recording in another format."""
    with av.open(str(path), "w", format=form) as out:
        stream = out.add_stream(codec, rate=rate_hz)
        to = av.AudioResampler(stream.format, stream.layout, rate_hz)  # type: ignore[attr-defined]
        sound = np.concatenate([chunk.samples for chunk in read_sound(recordings()[0])])
        frame = av.AudioFrame.from_ndarray(sound.reshape(1, -1), "flt", "mono")
        frame.sample_rate = 16_000
        size = stream.codec_context.frame_size or 1024  # type: ignore[attr-defined]
        fifo = av.AudioFifo()
        for piece in (*to.resample(frame), *to.resample(None)):
            piece.pts = None
            fifo.write(piece)
        while piece := fifo.read(size, partial=True):
            out.mux(stream.encode(piece))  # type: ignore[attr-defined]
        out.mux(stream.encode(None))  # type: ignore[attr-defined]
    return path.read_bytes()


def rows(parts: Parts) -> int:
    return len(parts.db.rows("SELECT 1 FROM captures WHERE state <> 'undone'"))


def test_a_memo_is_understood_and_a_second_try_adds_nothing(server: Served) -> None:
    sound = recordings()[0].read_bytes()
    first = server.client.post("/api/memos?wait=60", content=sound)
    assert first.status_code == 200
    memo = first.json()
    assert memo["state"] == "done"
    assert "football" in memo["heard"]
    assert memo["kept"]
    assert memo["reply"].startswith("Kept: ")
    again = server.client.post("/api/memos", files={"sound": ("x.wav", sound)}, data={"heard_at": "2026-05-01T10:00"})
    assert again.json() == memo
    assert server.client.get(f"/api/memos/{memo['id']}").json() == memo
    assert rows(server.parts) == 1
    assert server.client.get("/api/memos/99").status_code == 404


def test_it_is_in_the_journal_before_it_is_acknowledged(server: Served) -> None:
    answer = server.client.post("/api/memos?wait=0", content=recordings()[0].read_bytes())
    assert answer.status_code in (200, 202)
    kept = server.parts.db.rows("SELECT id FROM captures")
    assert len(captures.sound(server.parts.db, kept[0]["id"])) > 16_000 * 2 * 10
    while server.client.get(f"/api/memos/{answer.json()['id']}").json()["state"] == "kept":
        time.sleep(0.05)
    assert "Boston" in server.client.get(f"/api/memos/{answer.json()['id']}").json()["heard"]


@pytest.mark.parametrize(
    ("form", "codec", "rate_hz"),
    [
        ("mp3", "libmp3lame", 44_100),
        ("ipod", "aac", 44_100),
        ("ogg", "libopus", 48_000),
        ("flac", "flac", 44_100),
        ("webm", "libopus", 48_000),
    ],
)
def test_formats_are_known_by_their_content(
    server: Served, tmp_path: Path, form: str, codec: str, rate_hz: int
) -> None:
    sound = encoded(tmp_path / "x", form, codec, rate_hz)
    memo = server.client.post("/api/memos?wait=60", content=sound, headers={"Content-Type": "text/plain"}).json()
    assert "football" in memo["heard"]


def test_when_it_was_said_counts(server: Served) -> None:
    sound = recordings()[0].read_bytes()
    server.client.post("/api/memos?wait=0", params={"heard_at": "2026-04-01T10:00:00+00:00"}, content=sound)
    kept = server.parts.db.rows("SELECT heard_at FROM captures")[0]["heard_at"]
    assert datetime.fromisoformat(kept) == datetime.fromisoformat("2026-04-01T10:00:00+00:00")


@pytest.mark.parametrize("said_at", ["yesterday", "0001-01-01T00:00", "9999", "2026-13-01", "1900-01-01T00:00Z"])
def test_a_time_that_is_none_is_refused(server: Served, said_at: str) -> None:
    answer = server.client.post("/api/memos", params={"heard_at": said_at}, content=recordings()[0].read_bytes())
    assert answer.status_code == 422
    assert "heard_at" in answer.json()["detail"]
    assert rows(server.parts) == 0


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"this is not sound",
        b"RIFF\x24\0\0\0WAVEfmt ",
        b"#EXTM3U\nfile:///etc/passwd\n",
        b"\x89PNG\r\n\x1a\n" + bytes(100),
        bytes(5_000_000),
    ],
)
@pytest.mark.parametrize("as_form", [False, True])
def test_what_is_not_sound_is_a_clear_error(server: Served, content: bytes, as_form: bool) -> None:
    sent: dict[str, Any] = {"files": {"sound": ("memo.m4a", content)}} if as_form else {"content": content}
    answer = server.client.post("/api/memos", **sent)
    assert answer.status_code == 422
    assert "the upload" in answer.json()["detail"]
    assert rows(server.parts) == 0


def test_forms_without_the_sound_are_a_clear_error(server: Served) -> None:
    for sent in ({"files": {"file": ("x.wav", b"x")}}, {"files": {"sound": ("x", b"x"), "other": ("y", b"y")}}):
        answer = server.client.post("/api/memos", **sent)  # type: ignore[arg-type]
        assert answer.status_code == 422
        assert "`sound`" in answer.json()["detail"]
    broken = {"Content-Type": "multipart/form-data"}
    assert server.client.post("/api/memos", content=b"x", headers=broken).status_code == 422
    broken = {"Content-Type": "multipart/form-data; boundary=x"}
    assert server.client.post("/api/memos", content=b"--y\r\n\r\nhello", headers=broken).status_code == 422


def test_a_file_that_is_cut_off_gives_what_is_there(server: Served) -> None:
    sound = recordings()[0].read_bytes()
    memo = server.client.post("/api/memos?wait=60", content=sound[: len(sound) // 2]).json()
    assert "football" in memo["heard"]


def test_an_upload_that_breaks_off_keeps_nothing_and_can_be_tried_again(server: Served) -> None:
    sound = recordings()[0].read_bytes()
    with socket.create_connection(("127.0.0.1", server.port)) as phone:
        head = f"POST /api/memos HTTP/1.1\r\nHost: 127.0.0.1:{server.port}\r\nContent-Length: {len(sound)}\r\n\r\n"
        phone.sendall(head.encode() + sound[:50_000])
    assert server.client.post("/api/memos?wait=60", content=sound).json()["state"] == "done"
    assert rows(server.parts) == 1


def test_silence_is_acknowledged_and_not_kept(server: Served, tmp_path: Path) -> None:
    write_wav(tmp_path / "quiet.wav", [AudioChunk(np.zeros(16_000, np.float32))])
    memo = server.client.post("/api/memos", content=(tmp_path / "quiet.wav").read_bytes()).json()
    assert (memo["state"], memo["heard"], memo["kept"]) == ("silent", "", [])
    assert rows(server.parts) == 0


def test_what_is_too_large_or_too_long_is_refused(server: Served, monkeypatch: pytest.MonkeyPatch) -> None:
    sound = recordings()[0].read_bytes()
    monkeypatch.setattr(taking, "LONGEST_SECONDS", 5.0)
    assert server.client.post("/api/memos", content=sound).status_code == 413
    assert rows(server.parts) == 0
    monkeypatch.setattr(web, "LARGEST_BYTES", 100_000)
    assert server.client.post("/api/memos", content=sound).status_code == 413
    assert server.client.post("/api/memos", content=iter([sound[:90_000]] * 2)).status_code == 413
    assert server.client.post("/api/memos", files={"sound": ("x.wav", sound)}).status_code == 413
    monkeypatch.undo()
    assert server.client.post("/api/memos", content=sound).json()["kept"]


def test_what_a_crash_cut_off_is_kept_once_when_it_is_sent_again(parts: Parts, clock: Clock, tmp_path: Path) -> None:
    ears = ScriptedEars("Met Joan.", ROADS, "unused")
    parts = dataclasses.replace(parts, engines=dataclasses.replace(parts.engines, stt=Chosen(ears, "")))
    path = note(tmp_path / "a.wav")

    class Cut(Exception):
        pass

    async def cut_off() -> None:
        inbox = Uploads(parts)
        chunks = iter(list(read_sound(path))[:100])

        def breaking(*_: object) -> Iterator[AudioChunk]:
            yield from chunks
            raise Cut

        with pytest.MonkeyPatch.context() as patch, path.open("rb") as file:
            patch.setattr(taking, "read_sound", breaking)
            with pytest.raises(Cut):
                await inbox.take(file, clock())

    asyncio.run(cut_off())
    left = captures.unfinished(parts.db)
    assert len(left) == 1
    asyncio.run(catch_up(left, parts))  # the next start: half a memo is better than none

    async def again() -> None:
        inbox = Uploads(parts)
        with path.open("rb") as file:
            await inbox.take(file, clock())
        async with asyncio.timeout(60):
            running = asyncio.create_task(inbox.run(()))
            while not memories.pending(parts.db):  # noqa: ASYNC110
                await asyncio.sleep(0.02)
            running.cancel()

    asyncio.run(again())
    assert [c.text for c in [captures.get(parts.db, r["id"]) for r in parts.db.rows("SELECT id FROM captures")]] == [
        "Met Joan.",
        ROADS,
    ]
    assert rows(parts) == 1


def test_a_folder_gives_what_has_stopped_growing_in_order(tmp_path: Path) -> None:
    folder = WatchedFolder(tmp_path)
    for name, age in (("b.wav", 20), ("a.wav", 10), ("growing.wav", 5), (".hidden.wav", 30), ("empty.wav", 40)):
        (tmp_path / name).write_bytes(b"" if name == "empty.wav" else b"x")
        os.utime(tmp_path / name, (1_000_000 - age, 1_000_000 - age))
    (tmp_path / "folder").mkdir()
    assert folder.settled() == []
    (tmp_path / "growing.wav").write_bytes(b"xx")
    assert [path.name for path, _ in folder.settled()] == ["b.wav", "a.wav"]
    folder.taken(tmp_path / "b.wav")
    assert [path.name for path, _ in folder.settled()] == ["a.wav", "growing.wav"]
    for name in ("a.wav", "growing.wav"):
        folder.taken(tmp_path / name)
    assert folder.settled() == []
    (tmp_path / "a.wav").unlink()
    (tmp_path / "b.wav").write_bytes(b"more")
    assert folder.settled() == []
    assert [path.name for path, _ in folder.settled()] == ["b.wav"]


def test_memos_of_a_folder_are_taken_once_and_stay(
    parts: Parts, clock: Clock, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(taking, "_FOLDER_LOOK_SECONDS", 0.02)
    folder = tmp_path / "memos"

    async def watch(complete: int) -> None:
        inbox = Uploads(parts)
        async with asyncio.timeout(60):
            running = asyncio.create_task(inbox.watch(folder))
            while len(parts.db.rows("SELECT 1 FROM uploads WHERE complete")) < complete:  # noqa: ASYNC110
                await asyncio.sleep(0.02)
            await asyncio.sleep(0.2)
            running.cancel()

    folder.mkdir()
    first = note(folder / "z.wav", 6)
    os.utime(first, (clock().timestamp() - 3600,) * 2)
    (folder / "notes.txt").write_text("not sound")
    second = note(folder / "a.wav", 8)
    os.utime(second, (clock().timestamp() - 60,) * 2)
    asyncio.run(watch(2))
    heard = [datetime.fromisoformat(row["heard_at"]) for row in parts.db.rows("SELECT heard_at FROM captures")]
    assert [round((clock() - moment).total_seconds()) for moment in heard] == [3600, 60]
    first.rename(folder / "renamed.wav")  # the same memo under another name, after a restart
    note(folder / "c.wav", 10)
    asyncio.run(watch(3))
    assert rows(parts) == 3
    assert sorted(path.name for path in folder.iterdir()) == ["a.wav", "c.wav", "notes.txt", "renamed.wav"]


def test_a_folder_that_is_not_there_yet_is_waited_for(
    parts: Parts, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(taking, "_FOLDER_LOOK_SECONDS", 0.02)

    async def watch() -> None:
        async with asyncio.timeout(60):
            running = asyncio.create_task(Uploads(parts).watch(tmp_path / "memos"))
            await asyncio.sleep(0.1)
            (tmp_path / "memos").mkdir()
            note(tmp_path / "memos" / "a.wav", 6)
            while not rows(parts):  # noqa: ASYNC110
                await asyncio.sleep(0.02)
            running.cancel()

    asyncio.run(watch())


def test_the_server_watches_the_folder_that_is_set(tmp_path: Path) -> None:
    (tmp_path / "memos").mkdir()
    note(tmp_path / "memos" / "a.wav")
    fondly = Fondly(tmp_path / "home")
    fondly.env["FONDLY_WATCH_FOLDER"] = str(tmp_path / "memos")
    with subprocess.Popen(
        fondly.command("serve"), env=fondly.env, stdout=subprocess.PIPE, cwd=ROOT, text=True
    ) as server:
        assert server.stdout
        url = server.stdout.readline().split(" at ")[1].split(" ")[0]
        try:
            for _ in range(600):
                if any("Boston" in m["text"] for m in httpx.get(f"{url}/api/memories", timeout=60).json()):
                    return
                time.sleep(0.1)
            raise AssertionError("the memo was not taken in a minute")
        finally:
            server.terminate()
