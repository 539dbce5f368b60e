"""`fondly sources`: the calendars, address books and feeds that are read, and what to do with them."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Callable, Coroutine
from functools import partial
from typing import Annotated, Any

import typer
from rich.markup import escape
from rich.table import Table

from assistant.console import console
from assistant.errors import AlreadyRunning
from assistant.running import request_running
from assistant.settings import Settings
from assistant.sources import deeds
from assistant.sources.fetching import file_of
from assistant.turn import Parts

sources_app = typer.Typer(help="The calendars, address books and feeds that are read.")


@sources_app.callback(invoke_without_command=True)
def list_sources(context: typer.Context) -> None:
    """Show what is read, and whether it can be."""
    if context.invoked_subcommand:
        return
    rows = _do(deeds.every, "GET", "")
    table = Table(box=None, pad_edge=False)
    for column in ("", "kind", "where", "whose", "last read", "now"):
        table.add_column(column, overflow="fold")
    for row in rows:
        cells = (str(row["id"]), row["kind"], row["where"], row["person"], row["polled"], row["trouble"] or "ok")
        table.add_row(*(escape(cell or "") for cell in cells))
    console.print(table if rows else "There are none yet: fondly sources add calendar https://…")


@sources_app.command("add")
def add(
    kind: Annotated[str, typer.Argument(help="calendar, addresses or feed.")],
    url: Annotated[str, typer.Argument(help="Its address (https, http, webcal), or a file.")],
    user: Annotated[str | None, typer.Option(help="Your name there; then the password is asked for.")] = None,
    person: Annotated[str | None, typer.Option(help="Whose feed it is.")] = None,
) -> None:
    """Have a calendar, an address book or a feed read. Nothing is ever written there."""
    password = _password() if user else None
    if file := file_of(url):
        url = str(file.expanduser().resolve())  # the server may run elsewhere
    body = {"kind": kind, "url": url, "user": user, "password": password, "person": person}
    with console.status("Reading it"):
        row = _do(lambda parts: deeds.add(parts, kind, url, user, password, person), "POST", "", body)
    console.print(f"Added as {row['id']}. {row['told']}", markup=False, soft_wrap=True)
    if row["trouble"]:
        raise typer.Exit(1)


@sources_app.command("remove")
def remove(number: Annotated[int, typer.Argument(help="Its number in `fondly sources`.")]) -> None:
    """Forget one, and all that was read there."""
    _do(lambda parts: deeds.remove(parts, number), "DELETE", f"/{number}")
    console.print(f"{number} is removed, and what was read there with it.", markup=False)


@sources_app.command("poll")
def poll() -> None:
    """Read all of them now."""
    trouble = False
    rows = _do(deeds.every, "GET", "")
    for number, row in enumerate(rows, 1):
        with console.status(f"Reading {number} of {len(rows)}: {escape(row['where'])}"):
            read = _do(partial(deeds.read, source_id=row["id"]), "POST", f"/{row['id']}/poll")
        trouble = trouble or bool(read["trouble"])
        console.print(f"{row['where']}: {read['told']}", markup=False, soft_wrap=True)
    if trouble:
        raise typer.Exit(1)


def _password() -> str:
    """Asked for, or the first line of what is piped in."""
    return str(typer.prompt("Password", hide_input=True)) if sys.stdin.isatty() else sys.stdin.readline().rstrip("\n")


def _do(here: Callable[[Parts], Coroutine[None, None, Any]], method: str, path: str, body: Any = None) -> Any:
    """Done here, or by the server that is running already."""
    from assistant.app import open_home

    try:
        with open_home(Settings()) as parts:
            return asyncio.run(here(parts))
    except AlreadyRunning as running:
        if running.url is None:
            raise
        return request_running(running.url, method, f"/api/sources{path}", body)
