"""`fondly satellites`: the devices that listen and speak, and what to do with them."""

from __future__ import annotations

import asyncio
from datetime import datetime, timedelta
from typing import Annotated, Any

import typer
from rich.markup import escape
from rich.table import Table

from assistant.console import console
from assistant.devices import Device, Devices, DeviceTrouble
from assistant.running import request_running, running_server
from assistant.settings import Settings

satellites_app = typer.Typer(help="The devices that listen and speak.")
Name = Annotated[str, typer.Argument(help="What you call it: kitchen, bedroom, phone.")]
_PORTS = {"esphome": 6053, "wyoming": 10700}


@satellites_app.callback(invoke_without_command=True)
def satellites(context: typer.Context) -> None:
    """Show the devices, where they are, and whether they are there."""
    if context.invoked_subcommand:
        return
    live = {row["name"]: row for row in _live()}
    known = _devices().all()
    for name in live.keys() - {d.name for d in known}:
        known.append(Device(name, live[name]["kind"]))
    table = Table(box=None, pad_edge=False)
    for column in ("", "kind", "address", "room", "now"):
        table.add_column(column, overflow="fold")
    for device in known:
        room = ", ".join(filter(None, (device.room, device.owner, "shared" if device.shared else None)))
        state = live[device.name]["state"] if device.name in live else "not running" if not live else "away"
        table.add_row(*map(escape, (device.name, device.kind, device.address or "", room, state)))
    console.print(table if known else "There are none yet: fondly satellites add kitchen --esphome HOST")


@satellites_app.command("add")
def add(
    name: Name,
    esphome: Annotated[str | None, typer.Option(help="An ESPHome voice device: HOST or HOST:PORT.")] = None,
    wyoming: Annotated[str | None, typer.Option(help="A Wyoming satellite: HOST or HOST:PORT.")] = None,
    omi: Annotated[bool, typer.Option(help="An Omi: prints the addresses for its app.")] = False,
    owntracks: Annotated[bool, typer.Option(help="OwnTracks on a phone: prints the address for its app.")] = False,
    key: Annotated[str | None, typer.Option(help="The encryption key of an ESPHome device.")] = None,
    mac: Annotated[str | None, typer.Option(help="Its MAC address, so that no other is taken for it.")] = None,
    room: Annotated[str | None, typer.Option(help="Where it stands.")] = None,
    owner: Annotated[str | None, typer.Option(help="Whose it is.")] = None,
    shared: Annotated[bool, typer.Option(help="Others may hear it: nothing private is said there.")] = False,
) -> None:
    """Add a device; a running Fondly connects to it at once."""
    if omi or owntracks:
        for use, path in (_let_omi_in(name) if omi else _let_owntracks_in(name)).items():
            console.print(f"{use}: {path}", markup=False, soft_wrap=True)
        return
    kind, address = ("esphome", esphome) if esphome else ("wyoming", wyoming)
    if address is None:
        raise typer.BadParameter("say what it is: --esphome HOST, --wyoming HOST, --omi or --owntracks")
    host, _, port = address.rpartition(":") if address.count(":") == 1 else (address, "", "")
    full = f"{host}:{port or _PORTS[kind]}"
    _devices().add(Device(name, kind, full, key, mac, room, owner, shared))  # type: ignore[arg-type]
    console.print(f"Added {name}.", markup=False)


@satellites_app.command("find")
def find(seconds: Annotated[float, typer.Option(min=1, help="How long to look.")] = 4.0) -> None:
    """Look for devices that announce themselves on the network."""
    with console.status("Looking"):
        found = asyncio.run(_found(seconds))
    for row in found:
        console.print(*row, sep="  ", markup=False)
    if not found:
        console.print("Nothing announces itself here: add a device by its address.")


@satellites_app.command("test")
def test(name: Name) -> None:
    """Have a device say its name."""
    running = running_server(Settings())
    if running is None:
        raise DeviceTrouble("Fondly is not running: start it with `fondly serve`, then test again.")
    heard = request_running(running, "POST", f"/api/satellites/{name}/test")["heard"]
    console.print("It was heard." if heard else f"{name} is not there.", markup=False)


@satellites_app.command("mute")
def mute(
    name: Name,
    minutes: Annotated[int, typer.Option(min=0, help="For how long; 0 ends it.")] = 60,
) -> None:
    """Have a device neither listen nor speak for a while."""
    until = datetime.now().astimezone() + timedelta(minutes=minutes) if minutes else None
    _devices().change(name, muted_until=until)
    console.print(f"{name} is quiet for {minutes} minutes." if minutes else f"{name} listens again.", markup=False)


@satellites_app.command("move")
def move(
    name: Name,
    room: Annotated[str | None, typer.Option(help="Where it stands now.")] = None,
    owner: Annotated[str | None, typer.Option(help="Whose it is.")] = None,
    shared: Annotated[bool | None, typer.Option(help="Whether others may hear it.")] = None,
) -> None:
    """Say where a device stands now, whose it is, and who may hear it."""
    changes = {"room": room, "owner": owner, "shared": shared}
    _devices().change(name, **{what: value for what, value in changes.items() if value is not None})
    console.print(f"Kept for {name}.", markup=False)


@satellites_app.command("forget")
def forget(name: Name) -> None:
    """Forget a device: it is not connected to any more."""
    _devices().forget(name)
    console.print(f"{name} is forgotten.", markup=False)


def _let_omi_in(name: str) -> dict[str, str]:
    """The paths of its addresses, by what they are for."""
    if running := running_server(Settings()):
        paths: dict[str, str] = request_running(running, "POST", f"/api/satellites/{name}/omi")
        return paths
    from assistant.app import open_home
    from assistant.web.omi import add_omi

    with open_home(Settings()) as parts:
        return add_omi(parts.db, name)


def _let_owntracks_in(name: str) -> dict[str, str]:
    """The path of its address."""
    if running := running_server(Settings()):
        path: dict[str, str] = request_running(running, "POST", f"/api/satellites/{name}/owntracks")
        return path
    from assistant.app import open_home
    from assistant.web.whereabouts import add_owntracks

    with open_home(Settings()) as parts:
        return {"url": add_owntracks(parts.db, name)}


async def _found(seconds: float) -> list[tuple[str, ...]]:
    """Of each device its name, and how it is added."""
    from satellites.esphome_find import find as find_esphome
    from satellites.wyoming_discovery import find_wyoming

    esphome, wyoming = await asyncio.gather(find_esphome(seconds), find_wyoming(seconds))
    return [
        *((e.name, f"--esphome {e.address}:{e.port}", "--key …" if e.encrypted else "") for e in esphome),
        *((w.name or w.area, f"--wyoming {w.host}:{w.port}") for w in wyoming),
    ]


def _devices() -> Devices:
    return Devices(Settings().devices_file)


def _live() -> list[dict[str, Any]]:
    running = running_server(Settings())
    rows: list[dict[str, Any]] = request_running(running, "GET", "/api/satellites") if running else []
    return rows
