"""What Fondly tells Wyoming clients that it offers."""

from __future__ import annotations

from importlib.metadata import version
from typing import Any

from wyoming.info import (
    AsrModel,
    AsrProgram,
    Attribution,
    HandleModel,
    HandleProgram,
    Info,
    TtsProgram,
    TtsVoice,
    WakeModel,
    WakeProgram,
)

from assistant.engines import Engines
from assistant.settings import Settings
from speech.wake.openwakeword import BUILT_IN

_NAME = "Fondly"
_LANGUAGE = "en"


def info(engines: Engines, settings: Settings, talks: bool) -> Info:
    """Each engine as a program with its models; ``talks``: conversation as well."""
    stt, tts = engines.stt.engine.name, engines.tts.engine.name
    heard = AsrModel(**_artifact(stt), languages=[settings.language])
    voice = TtsVoice(**_artifact(tts), languages=[_LANGUAGE])
    words = dict.fromkeys((*engines.wake.engine.phrases, *BUILT_IN))
    woken = [WakeModel(**_artifact(word), languages=[_LANGUAGE], phrase=word.replace("_", " ")) for word in words]
    talk = HandleModel(**_artifact("fondly", "Remembers the people in your life"), languages=[_LANGUAGE])
    return Info(
        asr=[AsrProgram(**_artifact(_NAME, stt), models=[heard])],
        tts=[TtsProgram(**_artifact(_NAME, tts), voices=[voice], supports_synthesize_streaming=True)],
        wake=[WakeProgram(**_artifact(_NAME, "openWakeWord"), models=woken)],
        handle=[HandleProgram(**_artifact(_NAME, "People"), models=[talk])] if talks else [],
    )


def _artifact(name: str, description: str | None = None) -> dict[str, Any]:
    return {
        "name": name,
        "description": description or name,
        "attribution": Attribution(_NAME, ""),
        "installed": True,
        "version": version("fondly"),
    }
