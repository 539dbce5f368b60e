"""The models that can be downloaded: models/catalog.toml, and the download itself through huggingface_hub."""

from __future__ import annotations

import os
import shutil
import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from assistant.engines import piper_file, whisper_folder
from assistant.errors import ModelUnavailable
from assistant.settings import Settings

_FILE = Path(__file__).parent.parent / "models" / "catalog.toml"


@dataclass(frozen=True, slots=True)
class Model:
    """``kind``: "whisper" or "piper". ``files``: those of ``repo`` that are needed; none for all of it."""

    name: str
    kind: str
    repo: str
    licence: str
    about: str
    files: tuple[str, ...] = ()


@cache
def catalog() -> tuple[Model, ...]:
    rows = tomllib.loads(_FILE.read_text(encoding="utf-8"))["model"]
    return tuple(Model(**{**row, "files": tuple(row.get("files", ()))}) for row in rows)


def is_here(model: Model, settings: Settings) -> bool:
    return _place(model, settings).exists()


def pull(name: str, settings: Settings) -> Path:
    """Downloads a model, with progress; one that broke off goes on from there. Raises ModelUnavailable."""
    os.environ["HF_HUB_DISABLE_TELEMETRY"] = "1"  # read when it is imported
    import huggingface_hub
    from huggingface_hub import errors
    from huggingface_hub.utils import httpx  # the one of its several versions that it raises the errors of

    model = next((m for m in catalog() if m.name == name), None)
    if model is None:
        raise ModelUnavailable(f"No model is called {name}: `fondly models list` shows those there are.")
    place = _place(model, settings)
    part = settings.models_dir / "pulling" / name
    try:
        huggingface_hub.snapshot_download(model.repo, local_dir=part, allow_patterns=list(model.files) or None)
    except (errors.HfHubHTTPError, errors.LocalEntryNotFoundError, httpx.HTTPError, OSError) as err:
        raise ModelUnavailable(
            f"{name} cannot be downloaded from {model.repo} now; everything works without it."
        ) from err
    place.parent.mkdir(parents=True, exist_ok=True)
    if model.kind == "whisper":
        shutil.rmtree(part / ".cache", ignore_errors=True)
        part.replace(place)
    else:
        for file in sorted(model.files, reverse=True):  # the .json first: the voice is there once its .onnx is
            (part / file).replace(place.parent / Path(file).name)
        shutil.rmtree(part)
    return place


def _place(model: Model, settings: Settings) -> Path:
    return whisper_folder(settings, model.name) if model.kind == "whisper" else piper_file(settings, model.name)
