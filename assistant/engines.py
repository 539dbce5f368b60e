"""The engines in use: the best that is really there for each seam, why, and what gets a better one."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Generic, TypeVar

from assistant.llm import Ollama
from assistant.settings import Settings
from memory.embedding import Embedder, MiniLm, OllamaEmbedder
from speech.endpoint import EndpointSettings
from speech.stt import SpeechToText
from speech.stt.faster_whisper import FasterWhisper
from speech.stt.moonshine import Moonshine
from speech.stt.wyoming import WyomingStt
from speech.tts import TextToSpeech
from speech.tts.espeak import Espeak
from speech.tts.piper import Piper
from speech.tts.wyoming import WyomingTts
from speech.vad import SileroVoiceActivity, VoiceActivity
from speech.wake import WakeWord
from speech.wake.openwakeword import BUILT_IN, OpenWakeWord
from speech.wake.wyoming import WyomingWake
from speech.wyoming import Address, Service

E = TypeVar("E")
_WORD = "hey_jarvis"
_MINILM = Path(__file__).parent.parent / "models" / "minilm"


@dataclass(frozen=True, slots=True)
class Chosen(Generic[E]):
    """An engine, why it is the one, and the command that gets a better one ("" when there is none)."""

    engine: E
    why: str
    better: str = ""


@dataclass(frozen=True, slots=True)
class Engines:
    wake: Chosen[WakeWord]
    vad: Chosen[VoiceActivity]
    stt: Chosen[SpeechToText]
    tts: Chosen[TextToSpeech]
    embedder: Chosen[Embedder]
    endpoint: EndpointSettings
    llm: Chosen[Ollama | None]


def choose_engines(settings: Settings) -> Engines:
    """Makes every engine; none is loaded before it is used. A model that is set and not there is done without."""
    return Engines(
        wake=_wake(settings),
        vad=Chosen(SileroVoiceActivity(), "comes with Fondly"),
        stt=_stt(settings, settings.stt),
        tts=_tts(settings, settings.tts),
        embedder=_embedder(settings),
        endpoint=EndpointSettings(silence_seconds=settings.silence_seconds),
        llm=_llm(settings),
    )


def whisper_folder(settings: Settings, name: str) -> Path:
    """Where the catalog's Whisper model ``name`` is kept."""
    return settings.models_dir / "whisper" / name


def piper_file(settings: Settings, name: str) -> Path:
    """Where the catalog's Piper voice ``name`` is kept; its .json stands beside it."""
    return settings.models_dir / "piper" / f"{name}.onnx"


def engines_here(engines: Engines) -> Engines:
    """The same, with the engines of this machine in place of those on other ones."""
    wake, stt, tts = engines.wake, engines.stt, engines.tts
    return dataclasses.replace(
        engines,
        wake=Chosen(wake.engine.local, wake.why) if isinstance(wake.engine, WyomingWake) else wake,
        stt=Chosen(stt.engine.local, stt.why) if isinstance(stt.engine, WyomingStt) else stt,
        tts=Chosen(tts.engine.local, tts.why) if isinstance(tts.engine, WyomingTts) else tts,
    )


def _wake(settings: Settings) -> Chosen[WakeWord]:
    """A word that only the other machine knows is no word here: the one that comes with Fondly takes its place."""
    address = Address.read(settings.wake_word)
    if address is None:
        return Chosen(OpenWakeWord([settings.wake_word], settings.wake_threshold), "comes with Fondly")
    word = address.rest or _WORD
    local = OpenWakeWord([word if word in BUILT_IN else _WORD], settings.wake_threshold)
    return Chosen(WyomingWake(Service(address, "wake", word), word, local), "set by wake_word")


def _stt(settings: Settings, wanted: str) -> Chosen[SpeechToText]:
    if address := Address.read(wanted):
        local = _stt(settings, "best").engine
        return Chosen(WyomingStt(Service(address, "asr"), local, settings.language), "set by stt")
    if wanted == "moonshine":
        return Chosen(Moonshine(), "set by stt")
    pulled = (file.parent for file in whisper_folder(settings, "").glob("*/model.bin"))
    model = _first(pulled if wanted == "best" else (whisper_folder(settings, wanted), Path(wanted)))
    if model:
        return Chosen(FasterWhisper(model, language=settings.language), _why(wanted, "stt"))
    return Chosen(Moonshine(), *_without(wanted, "base.en"))


def _tts(settings: Settings, wanted: str) -> Chosen[TextToSpeech]:
    if address := Address.read(wanted):
        return Chosen(WyomingTts(Service(address, "tts"), _tts(settings, "best").engine), "set by tts")
    if wanted == "espeak":
        return Chosen(Espeak(), "set by tts")
    pulled = piper_file(settings, "").parent.glob("*.onnx")
    voice = _first(pulled if wanted == "best" else (piper_file(settings, wanted), Path(wanted)))
    if voice:
        return Chosen(Piper(voice), _why(wanted, "tts"))
    return Chosen(Espeak(), *_without(wanted, "en_GB-alba-medium"))


def _embedder(settings: Settings) -> Chosen[Embedder]:
    if settings.embedder.startswith("ollama:"):
        model = settings.embedder.removeprefix("ollama:")
        return Chosen(OllamaEmbedder(model, settings.ollama_url), "set by embedder")
    return Chosen(MiniLm(_MINILM), "comes with Fondly")


def embedder_called(settings: Settings, name: str) -> Embedder | None:
    """The embedder of this name, which was set before; None: there is none any more."""
    if name.startswith(OllamaEmbedder.prefix):
        return OllamaEmbedder(name.removeprefix(OllamaEmbedder.prefix), settings.ollama_url)
    return MiniLm(_MINILM) if name == MiniLm.name else None


def _llm(settings: Settings) -> Chosen[Ollama | None]:
    if settings.llm == "none":
        return Chosen(None, "comes with Fondly", "ollama pull qwen3:8b, then set llm to it")
    return Chosen(Ollama(settings.llm, settings.ollama_url, settings.llm_seconds), "set by llm")


def _first(paths: Iterable[Path]) -> Path | None:
    return next((path for path in sorted(paths) if path.exists()), None)


def _why(wanted: str, setting: str) -> str:
    return "it has been downloaded" if wanted == "best" else f"set by {setting}"


def _without(wanted: str, suggested: str) -> tuple[str, str]:
    """Why the embedded engine is used, and the command that gets a better one."""
    if wanted == "best":
        return "comes with Fondly", f"fondly models pull {suggested}"
    return f"{wanted} was set, and is not here", f"fondly models pull {wanted}"
