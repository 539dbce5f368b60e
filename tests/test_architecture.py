"""What may import what, and other rules of the house that a program can keep."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
PACKAGES = ("assistant", "memory", "satellites", "speech")
ALLOWED = {
    "assistant": {"assistant", "memory", "satellites", "speech"},
    "satellites": {"satellites", "speech.audio"},
    "speech": {"speech"},
    "memory": {"memory"},
}
HEAVY = (
    "chromadb",
    "ctranslate2",
    "faster_whisper",
    "kubernetes",
    "moonshine_voice",
    "onnxruntime",
    "torch",
    "transformers",
)


def modules() -> list[Path]:
    return sorted(file for package in PACKAGES for file in (ROOT / package).rglob("*.py"))


def imports(file: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


@pytest.mark.parametrize("package", PACKAGES)
def test_import_arrows(package: str) -> None:
    wrong = [
        f"{file.relative_to(ROOT)} imports {name}"
        for file in (ROOT / package).rglob("*.py")
        for name in imports(file)
        if name.split(".")[0] in PACKAGES
        and name not in PACKAGES
        and not any(name == allowed or name.startswith(f"{allowed}.") for allowed in ALLOWED[package])
    ]
    assert wrong == []


def test_no_assert_watches_outside_input() -> None:
    wrong = [
        f"{file.relative_to(ROOT)}:{node.lineno}"
        for file in modules()
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8")))
        if isinstance(node, ast.Assert)
    ]
    assert wrong == []


def test_nothing_heavy_is_imported_before_it_is_used() -> None:
    code = (
        f"import sys, assistant.app, assistant.cli, assistant.turn; print([m for m in {HEAVY!r} if m in sys.modules])"
    )
    said = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=ROOT)
    assert said.stdout.strip() == "[]"


def declared() -> set[str]:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    wanted = [*project["dependencies"], *project["optional-dependencies"]["mic"]]
    return {re.split(r"[^A-Za-z0-9_-]", one)[0].lower() for one in wanted}


IMPORTED_AS = {
    "jinja2": "fastapi",  # what its templates need; it is never imported by name
    "piper-tts": "piper",
    "python-multipart": "fastapi",  # the same for its forms and uploads
    "websockets": "uvicorn",  # the same for the page that talks
    "pyopen-wakeword": "pyopen_wakeword",
}


def test_every_dependency_is_used_and_explained() -> None:
    used = {name.split(".")[0].lower() for file in modules() for name in imports(file)}
    explained = (ROOT / "docs" / "dependencies.md").read_text(encoding="utf-8")
    for name in declared():
        assert IMPORTED_AS.get(name, name.replace("-", "_")) in used, f"{name} is declared and not used"
        assert f"| {name} |" in explained, f"docs/dependencies.md does not say why {name} is there"


def test_everything_imported_is_declared() -> None:
    known = {IMPORTED_AS.get(name, name.replace("-", "_")) for name in declared()} | set(PACKAGES) | {"starlette"}
    wrong = {
        name.split(".")[0]
        for file in modules()
        for name in imports(file)
        if name.split(".")[0] not in known and name.split(".")[0] not in sys.stdlib_module_names
    }
    assert wrong == set()


@pytest.mark.parametrize("name", ["requirements.txt", "requirements-dev.txt"])
def test_requirements_are_pinned_and_name_no_host(name: str) -> None:
    lines = [row for row in (ROOT / name).read_text(encoding="utf-8").splitlines() if not row.lstrip().startswith("#")]
    assert all(re.match(r"[a-z0-9._-]+(\[[a-z0-9,-]+\])?==[^ ]+( ;.*)?$", row) for row in lines), lines
    assert {one for one in declared() - {"pyaudio"} if not any(row.startswith(f"{one}==") for row in lines)} == set()
    assert not any(row.startswith(("torch==", "transformers==", "tensorflow==")) for row in lines)
