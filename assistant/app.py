"""Puts the parts together: opens a home, and runs the server that lives in it. Nothing else does."""

from __future__ import annotations

import asyncio
import dataclasses
import logging
import shutil
import socket
from collections.abc import Callable, Coroutine, Iterator, Sequence
from contextlib import closing, contextmanager
from datetime import datetime
from functools import partial
from pathlib import Path

import filelock

from assistant.ambient.overhearing import Overhearing
from assistant.connecting import keep_attending, run_devices
from assistant.devices import Device, Devices
from assistant.embedding import run_embedding
from assistant.engines import Engines, choose_engines, embedder_called
from assistant.errors import AlreadyRunning
from assistant.household import Household
from assistant.lan import addresses, certificate, invitation
from assistant.port import listening_at
from assistant.quiet import quiet_hours
from assistant.refining import run_refining
from assistant.rewording import Rewording
from assistant.running import ADDRESS_FILE, running_server
from assistant.scheduler import run_scheduler
from assistant.settings import Settings
from assistant.sources.polling import run_polling
from assistant.turn import Parts, finish_captures
from assistant.uploads import Uploads
from assistant.wyoming_server import run_wyoming
from memory import captures
from memory.database import Database
from memory.errors import MeaningUnavailable
from memory.key import key_from_file, key_from_passphrase
from memory.records import Capture
from memory.vectors import Vectors
from satellites import esphome_device
from satellites.esphome import EspHome
from satellites.satellite import Satellite
from satellites.speech_server import SpeechServer
from satellites.wyoming import WyomingSatellite

log = logging.getLogger(__name__)
_VERB_SECONDS = 10.0


def now() -> datetime:
    return datetime.now().astimezone()


@contextmanager
def open_home(settings: Settings, clock: Callable[[], datetime] = now) -> Iterator[Parts]:
    """Opens what is kept, for this program alone. Raises AlreadyRunning or a StoreError."""
    settings.data_dir.mkdir(parents=True, exist_ok=True, mode=0o700)
    lock = _locked(settings)
    try:
        (settings.data_dir / ADDRESS_FILE).unlink(missing_ok=True)
        db = open_database(settings)
        try:
            engines = choose_engines(settings)
            llm = engines.llm.engine
            captures.want_refinement(db, llm is not None)
            with closing(_vectors(settings, engines)) as vectors:
                yield Parts(engines, db, vectors, clock, rewording=Rewording(llm) if llm else None)
        finally:
            db.close()
    finally:
        lock.release()


def _locked(settings: Settings) -> filelock.BaseFileLock:
    """Waits for another verb to end, not for a server."""
    lock = filelock.FileLock(settings.data_dir / "lock")
    try:
        lock.acquire(timeout=_VERB_SECONDS, cancel_check=lambda: running_server(settings) is not None)
    except filelock.Timeout as err:
        raise AlreadyRunning(running_server(settings)) from err
    return lock


def _vectors(settings: Settings, engines: Engines) -> Vectors:
    """In the data folder or on the server that is set; then none are left in the data folder."""
    folder = settings.data_dir / "vectors"
    if settings.chroma_url:
        shutil.rmtree(folder, ignore_errors=True)
    return Vectors(
        str(settings.chroma_url) if settings.chroma_url else folder,
        engines.embedder.engine,
        partial(embedder_called, settings),
    )


def open_database(settings: Settings) -> Database:
    if settings.passphrase:
        key = key_from_passphrase(settings.passphrase.get_secret_value())
    else:
        key = key_from_file(settings.key_file, settings.database_file)
    return Database(settings.database_file, key)


async def serve(settings: Settings, say: Callable[[str], None], invite: Callable[[str], None]) -> None:
    """The server, until it is told to stop. ``say`` is told where it listens, ``invite`` how a phone gets in."""
    from assistant.web.api import web_app
    from assistant.web.serving import serve_web

    devices = Devices(settings.devices_file)
    with (
        open_home(settings) as opened,
        listening_at(settings.host, settings.port) as listening,
        _lan(settings) as lan,
    ):
        parts = dataclasses.replace(opened, overheard=lambda name: bool((d := devices.find(name)) and d.shared))
        host, port = listening.getsockname()[:2]
        url = f"http://{'[' + host + ']' if ':' in host else host}:{port}"
        (settings.data_dir / ADDRESS_FILE).write_text(url, encoding="ascii")
        household, inbox, overhearing = (
            Household(parts, devices, quiet_hours(settings.quiet_hours)),
            Uploads(parts),
            Overhearing(parts),
        )
        left = captures.unfinished(parts.db)  # before anyone can speak: what is being said now is not left over
        web = web_app(household, settings, inbox, overhearing)
        async with asyncio.TaskGroup() as tasks:
            background = [
                tasks.create_task(work)
                for work in (
                    inbox.run(left),
                    *([inbox.watch(settings.watch_folder)] if settings.watch_folder else []),
                    overhearing.run(),
                    web.state.phones.run(),
                    *_background(household, settings),
                )
            ]
            say(url)
            if lan:
                web.state.addresses = addresses(settings, lan[0].getsockname()[1])
            if web.state.addresses:
                invite(invitation(web.state.codes.new(), web.state.addresses))
            await serve_web(web, listening, lan)
            for task in background:
                task.cancel()
        (settings.data_dir / ADDRESS_FILE).unlink(missing_ok=True)


def microphone() -> Satellite:
    """This computer's own. Raises SatelliteError."""
    from satellites.microphone import Microphone
    from satellites.speakers import SoundCard

    return Microphone(SoundCard())


def connect(speeches: SpeechServer, device: Device) -> Satellite | None:
    """The satellite that a device is; None for one that comes to us by itself."""
    host, _, port = (device.address or "").rpartition(":")
    if device.kind == "esphome":
        return EspHome(device.name, esphome_device.Device(host, int(port), device.key, device.mac), speeches)
    return WyomingSatellite(device.name, host, int(port)) if device.kind == "wyoming" else None


def _background(household: Household, settings: Settings) -> list[Coroutine[None, None, object]]:
    llm = household.parts.engines.llm.engine
    return [
        run_embedding(household.parts),
        *([run_refining(household.parts, llm)] if llm else []),
        run_scheduler(household, settings),
        run_polling(household.parts),
        run_devices(household, partial(connect, SpeechServer())),
        *([run_wyoming(household, settings)] if settings.wyoming_port else []),
        *([keep_attending(household, "microphone", microphone)] if settings.microphone else []),
    ]


async def catch_up(left: Sequence[Capture], parts: Parts) -> None:
    """What the last run left: captures to finish, vectors to bring up to the database."""
    await finish_captures(left, parts)
    try:
        await asyncio.to_thread(parts.vectors.sync, parts.db)
    except MeaningUnavailable as err:
        log.warning("%s; words still find what was kept", err)


@contextmanager
def _lan(settings: Settings) -> Iterator[tuple[socket.socket, Path, Path] | None]:
    """Where the home network comes to, with a certificate of our own; None if it is not to."""
    if not settings.lan:
        yield None
        return
    with listening_at("0.0.0.0", settings.lan_port, "FONDLY_LAN_PORT") as listening:  # noqa: S104 - it is meant
        yield (listening, *certificate(settings.config_dir, now()))
