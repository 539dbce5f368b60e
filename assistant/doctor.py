"""What is in use and why, and what to run to get better or to mend it."""

from __future__ import annotations

import importlib.util
from dataclasses import dataclass

from assistant.devices import Devices, DeviceTrouble
from assistant.engines import Chosen, Engines, choose_engines
from assistant.errors import FondlyError
from assistant.llm import Ollama
from assistant.running import request_running, running_server
from assistant.settings import Settings
from assistant.web.whereabouts import KIND as OWNTRACKS
from memory import sources, tokens
from memory.chroma import Server
from memory.database import Database
from memory.errors import StoreError
from speech.stt import SpeechToText
from speech.stt.wyoming import WyomingStt
from speech.tts import TextToSpeech
from speech.tts.wyoming import WyomingTts
from speech.wake.wyoming import WyomingWake


@dataclass(frozen=True, slots=True)
class Finding:
    """One row of the table. ``command``: what gets a better state; "" when there is nothing to do."""

    seam: str
    used: str
    why: str
    command: str = ""
    well: bool = True


def examine(settings: Settings, db: Database | StoreError) -> list[Finding]:
    """Every seam, and the state of what is kept. ``db`` is the open database, or why it cannot be opened."""
    engines = choose_engines(settings)
    return [
        _wake(settings, engines),
        Finding("voice activity", "Silero", engines.vad.why),
        _spoken("speech to text", engines.stt),
        _spoken("text to speech", engines.tts),
        _understanding(engines.llm),
        Finding("embeddings", engines.embedder.engine.name, engines.embedder.why),
        _vectors(settings),
        _microphone(),
        _satellites(settings),
        _places(db),
        *_sources(db),
        _kept(settings, db),
    ]


def _wake(settings: Settings, engines: Engines) -> Finding:
    wake = engines.wake.engine
    if isinstance(wake, WyomingWake) and (trouble := wake.service.trouble()):
        return _away("wake word", wake.local.phrases[0], trouble)
    return Finding("wake word", settings.wake_word, engines.wake.why)


def _spoken(seam: str, chosen: Chosen[SpeechToText] | Chosen[TextToSpeech]) -> Finding:
    engine = chosen.engine
    if isinstance(engine, WyomingStt | WyomingTts) and (trouble := engine.service.trouble()):
        return _away(seam, engine.local.name, trouble)
    return Finding(seam, engine.name, chosen.why, chosen.better)


def _away(seam: str, used: str, trouble: str) -> Finding:
    """What another machine should do, and this one does as long as it must."""
    return Finding(seam, used, f"{trouble}; this machine does it meanwhile", "fondly speech-server, over there")


def _understanding(llm: Chosen[Ollama | None]) -> Finding:
    """The rules always answer; the model, where it is there, reads again after the reply."""
    if llm.engine is None:
        return Finding("understanding", "rules", llm.why, llm.better)
    model = llm.engine.name
    if trouble := llm.engine.trouble():
        return Finding(
            "understanding", "rules", f"{model} was set, and {trouble}; notes wait for it", f"ollama pull {model}"
        )
    return Finding("understanding", f"rules, then {model}", llm.why)


def _vectors(settings: Settings) -> Finding:
    if settings.chroma_url is None:
        return Finding("vectors", "Chroma", "comes with Fondly")
    url = settings.chroma_url
    if trouble := Server(str(url)).trouble():
        return Finding(
            "vectors",
            "none",
            f"{trouble}; words still find, and what you tell is kept and waits for it",
            f"chroma run --host {url.host} --port {url.port} --path FOLDER",
        )
    return Finding("vectors", f"Chroma at {url}", "set by chroma_url")


def _satellites(settings: Settings) -> Finding:
    """The devices that were added, and what is the matter with one, as the running server has it."""
    try:
        known = Devices(settings.devices_file).all()
    except DeviceTrouble as err:
        return Finding("satellites", "none", str(err), well=False)
    names = ", ".join(device.name for device in known) or "none"
    running = running_server(settings)
    if not known or running is None:
        return Finding(
            "satellites", names, "Fondly is not running" if known else "none was added", "fondly satellites find"
        )
    try:
        rows = request_running(running, "GET", "/api/satellites")
    except FondlyError as err:
        return Finding("satellites", names, str(err), "fondly serve")
    away = [f"{row['name']}: {row['state']}" for row in rows if row["state"] not in ("there", "busy", "muted")]
    return Finding("satellites", names, "; ".join(away) or "all are there", "fondly satellites" if away else "")


def _places(db: Database | StoreError) -> Finding:
    """Who tells where the speaker is."""
    phones = [] if isinstance(db, StoreError) else tokens.names(db, OWNTRACKS)
    if not phones:
        return Finding(
            "where you are", "what you say", "no OwnTracks was added", "fondly satellites add PHONE --owntracks"
        )
    return Finding("where you are", ", ".join(phones), "OwnTracks; only the latest position is kept")


def _sources(db: Database | StoreError) -> list[Finding]:
    """Each calendar, address book and feed that was named, and what is the matter with it."""
    if isinstance(db, StoreError):
        return []
    return [
        Finding(
            "address book" if source.kind == "addresses" else source.kind,
            source.shown,
            source.trouble or ("ok" if source.polled_at else "not read yet"),
            "fondly sources" if source.trouble else "" if source.polled_at else "fondly sources poll",
        )
        for source in sources.everything(db)
    ]


def _microphone() -> Finding:
    if importlib.util.find_spec("pyaudio"):
        return Finding("local microphone", "PyAudio", "it is installed")
    return Finding(
        "local microphone", "none", "PyAudio is not installed; recordings work", ".venv/bin/pip install pyaudio"
    )


def _kept(settings: Settings, db: Database | StoreError) -> Finding:
    if isinstance(db, StoreError):
        return Finding("what is kept", str(settings.database_file), str(db), well=False)
    if wrong := db.check():
        return Finding(
            "what is kept",
            str(settings.database_file),
            f"damaged: {wrong[0]}. Put back a backup.",
            well=False,
        )
    how = "by your passphrase" if settings.passphrase else f"by the key in {settings.key_file}"
    return Finding("what is kept", str(settings.database_file), f"encrypted, opened {how}")
