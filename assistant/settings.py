"""Everything that can be set. Each field is an environment variable FONDLY_… or a line in settings.toml."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Annotated

from platformdirs import user_config_path, user_data_path
from pydantic import AfterValidator, Field, HttpUrl, SecretStr
from pydantic_settings import (
    BaseSettings,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
    TomlConfigSettingsSource,
)

from assistant.manner import manner
from assistant.quiet import quiet_hours
from speech.wyoming import Address


def _well_written(engine: str) -> str:
    Address.read(engine)
    return engine


Engine = Annotated[str, AfterValidator(_well_written)]


def _checked_hours(text: str) -> str:
    quiet_hours(text)
    return text


def _checked_briefing(text: str) -> str:
    manner(0, text)
    return text


class Settings(BaseSettings):
    model_config = SettingsConfigDict(env_prefix="FONDLY_", extra="forbid", frozen=True)

    home: Path | None = Field(
        None,
        description="One folder for everything; by default the system's data and config folders are used.",
    )
    passphrase: SecretStr | None = Field(None, description="Opens the database instead of the key file.")
    host: str = Field("127.0.0.1", description="The address that the web page and API listen on.")
    port: int = Field(3663, ge=0, le=65535, description="Their port; 0 takes a free one.")
    lan: bool = Field(False, description="`fondly serve` lets paired phones in, over HTTPS: the same as `--lan`.")
    lan_port: int = Field(3664, ge=0, le=65535, description="The port that they come to; 0 takes a free one.")
    address: HttpUrl | None = Field(
        None,
        description="Where a reverse proxy or Tailscale offers Fondly, such as `https://fondly.example.net`.",
    )
    microphone: bool = Field(False, description="`fondly serve` listens to this computer's microphone as well.")
    wyoming_port: int = Field(
        0,
        ge=0,
        le=65535,
        description="The port at `host` where Home Assistant and other machines reach Fondly over Wyoming; 0: none.",
    )
    wake_word: Engine = Field(
        "hey_jarvis",
        description="A built-in openWakeWord model's name, the path of a .tflite file, or `wyoming:HOST:PORT/WORD`.",
    )
    wake_threshold: float = Field(0.5, gt=0, lt=1, description="How sure the wake word has to be, from 0 to 1.")
    silence_seconds: float = Field(1.2, ge=0.2, le=10, description="The silence that ends what is being said.")
    stt: Engine = Field(
        "best",
        description="`best`, `moonshine`, a faster-whisper model (a name of the catalog or a folder), or "
        "`wyoming:HOST:PORT`.",
    )
    tts: Engine = Field(
        "best",
        description="`best`, `espeak`, a Piper voice (a name of the catalog or an .onnx file), or `wyoming:HOST:PORT`.",
    )
    language: str = Field("en", description="The language spoken, for faster-whisper.")
    embedder: str = Field("minilm", description="`minilm`, or `ollama:MODEL` for a model of the Ollama host.")
    llm: str = Field(
        "none", description="`none`, or a model of the Ollama host, to read notes again and word answers: `qwen3:8b`."
    )
    llm_seconds: float = Field(30.0, gt=0, le=3600, description="How long that model may take to read one note.")
    ollama_url: str = Field("http://127.0.0.1:11434", description="The Ollama host.")
    chroma_url: HttpUrl | None = Field(
        None,
        description="A Chroma server for the vectors, such as `http://127.0.0.1:8000`; by default they are in the data "
        "folder.",
    )
    watch_folder: Path | None = Field(
        None, description="A folder whose voice memos are taken, once each; they stay where they are."
    )
    quiet_hours: Annotated[str, AfterValidator(_checked_hours)] = Field(
        "22:00-08:00",
        description="When Fondly does not speak up by itself, but for what you asked for at such a time; `none`.",
    )
    daily_suggestions: int = Field(
        3, ge=0, description="How many things a day Fondly may bring up that nobody asked for; 0: none."
    )
    briefing: Annotated[str, AfterValidator(_checked_briefing)] = Field(
        "first words",
        description="When the morning is told, and in which room: `07:30`, `07:30 kitchen`; after the `first words` of "
        "the morning; `never`.",
    )
    keep_sound_days: int = Field(30, ge=0, description="How long the sound of what was said is kept.")

    @property
    def data_dir(self) -> Path:
        return self.home / "data" if self.home else user_data_path("fondly", appauthor=False)

    @property
    def config_dir(self) -> Path:
        return self.home / "config" if self.home else user_config_path("fondly", appauthor=False)

    @property
    def key_file(self) -> Path:
        """Outside the data directory: a copy of the data alone tells nothing."""
        return self.config_dir / "key"

    @property
    def database_file(self) -> Path:
        return self.data_dir / "fondly.db"

    @property
    def devices_file(self) -> Path:
        return self.data_dir / "devices.json"

    @property
    def models_dir(self) -> Path:
        return self.data_dir / "models"

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        home = os.environ.get("FONDLY_HOME")
        folder = Path(home) / "config" if home else user_config_path("fondly", appauthor=False)
        return init_settings, env_settings, TomlConfigSettingsSource(settings_cls, folder / "settings.toml")
