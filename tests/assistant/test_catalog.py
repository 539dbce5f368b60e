"""The catalog names what exists, and pulling works against a hub that speaks as the real one does."""

from __future__ import annotations

import hashlib
import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import unquote, urlsplit

import pytest

from assistant.catalog import catalog
from assistant.demo.demo import recordings
from tests.assistant.test_cli import Fondly

FIXTURES = Path(__file__).parents[1] / "fixtures"
VOICE = FIXTURES / "voice" / "en_US-fixture-low.onnx"
COMMIT = "0123456789abcdef0123456789abcdef01234567"


def test_names_are_unique_and_every_entry_is_whole() -> None:
    names = [model.name for model in catalog()]
    assert len(set(names)) == len(names) >= 15
    assert all(model.licence and model.about and model.kind in ("whisper", "piper") for model in catalog())


def test_whisper_models_are_those_that_faster_whisper_knows() -> None:
    from faster_whisper.utils import _MODELS

    wrong = [m.name for m in catalog() if m.kind == "whisper" and _MODELS.get(m.name) != m.repo]
    assert wrong == []


def test_piper_voices_are_where_piper_looks_for_them() -> None:
    for model in (m for m in catalog() if m.kind == "piper"):
        language, voice, quality = model.name.split("-")
        folder = f"{language.split('_')[0]}/{language}/{voice}/{quality}"
        assert model.repo == "rhasspy/piper-voices"
        assert set(model.files) == {f"{folder}/{model.name}.onnx", f"{folder}/{model.name}.onnx.json"}


class Hub(BaseHTTPRequestHandler):
    """What huggingface_hub asks of huggingface.co: a repository's commit, its list of files, and the files."""

    files: dict[str, dict[str, bytes]]

    def do_GET(self) -> None:
        self._answer(body=True)

    def do_HEAD(self) -> None:
        self._answer(body=False)

    def _answer(self, body: bool) -> None:
        path = unquote(urlsplit(self.path).path).strip("/")
        for repo, files in self.files.items():
            if path == f"api/models/{repo}/revision/main":
                siblings = [{"rfilename": name} for name in files]
                listing = {"_id": "1", "id": repo, "modelId": repo, "sha": COMMIT, "siblings": siblings, "tags": []}
                return self._send(json.dumps(listing).encode(), "application/json", body)
            if path == f"api/models/{repo}/tree/{COMMIT}":
                tree = [
                    {"type": "file", "path": name, "size": len(data), "oid": hashlib.sha1(data).hexdigest()}
                    for name, data in files.items()
                ]
                return self._send(json.dumps(tree).encode(), "application/json", body)
            name = path.removeprefix(f"{repo}/resolve/{COMMIT}/").removeprefix(f"{repo}/resolve/main/")
            if name in files:
                return self._send(files[name], "application/octet-stream", body)
        self.send_error(404)
        return None

    def _send(self, data: bytes, kind: str, body: bool) -> None:
        start = 0
        if asked := self.headers.get("Range"):
            start = int(asked.removeprefix("bytes=").split("-")[0])
        self.send_response(206 if start else 200)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(data) - start))
        if start:
            self.send_header("Content-Range", f"bytes {start}-{len(data) - 1}/{len(data)}")
        self.send_header("ETag", f'"{hashlib.sha1(data).hexdigest()}"')
        self.send_header("X-Repo-Commit", COMMIT)
        self.end_headers()
        if body:
            self.wfile.write(data[start:])

    def log_message(self, format: str, *args: object) -> None:
        pass


@pytest.fixture
def hub() -> Iterator[str]:
    whisper = {file.name: file.read_bytes() for file in (FIXTURES / "whisper").iterdir()}
    folder = "en/en_GB/alba/medium/en_GB-alba-medium.onnx"
    voice = {folder: VOICE.read_bytes(), f"{folder}.json": Path(f"{VOICE}.json").read_bytes(), "other.onnx": b"x"}
    Hub.files = {"Systran/faster-whisper-tiny.en": whisper, "rhasspy/piper-voices": voice}
    with ThreadingHTTPServer(("127.0.0.1", 0), Hub) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{server.server_address[1]}"
        server.shutdown()
        thread.join()


def test_pulled_models_are_used_from_then_on(hub: str, tmp_path: Path) -> None:
    fondly = Fondly(tmp_path / "home")
    offline = {"HF_ENDPOINT": hub, "HF_HUB_DISABLE_XET": "1", "HOME": str(tmp_path)}
    assert "tiny.en is in" in fondly("models", "pull", "tiny.en", **offline)
    fondly("models", "pull", "en_GB-alba-medium", **offline)
    models = tmp_path / "home" / "data" / "models"
    assert sorted(p.name for p in (models / "piper").iterdir()) == [
        "en_GB-alba-medium.onnx",
        "en_GB-alba-medium.onnx.json",
    ]

    said = fondly("doctor")
    assert "faster-whisper tiny.en" in said
    assert "it has been downloaded" in said
    replies = tmp_path / "replies"
    assert "Good morning" in fondly("listen", str(recordings()[2]), "--replies", str(replies))
    assert (replies / "reply-1.wav").stat().st_size > 8_000
    for name in ("tiny.en", "en_GB-alba-medium"):
        assert any(
            row.startswith(name) and row.rstrip().endswith("yes") for row in fondly("models", "list").splitlines()
        )


def test_a_pull_that_is_refused_leaves_everything_as_it_was(hub: str, tmp_path: Path) -> None:
    fondly = Fondly(tmp_path / "home")
    said = fondly("models", "pull", "base.en", code=1, HF_ENDPOINT=hub, HOME=str(tmp_path))
    assert "everything works without it" in said.splitlines()[-1]
    assert "Moonshine" in fondly("doctor")
