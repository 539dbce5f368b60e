"""`fondly models`: which ones can be downloaded, and downloading them."""

from __future__ import annotations

from typing import Annotated

import typer
from rich.table import Table

from assistant.console import console
from assistant.settings import Settings

models_app = typer.Typer(no_args_is_help=True, help="Models that can be downloaded.")


@models_app.command("list")
def list() -> None:
    """Show the models that can be downloaded, and those that are here."""
    from assistant.catalog import catalog, is_here

    settings = Settings()
    table = Table(box=None, pad_edge=False)
    for column in ("name", "for", "licence", "about", "here"):
        table.add_column(column, overflow="fold")
    for model in catalog():
        used_for = {"whisper": "speech to text", "piper": "text to speech"}[model.kind]
        table.add_row(model.name, used_for, model.licence, model.about, "yes" if is_here(model, settings) else "")
    console.print(table)


@models_app.command("pull")
def pull(name: Annotated[str, typer.Argument(help="A name that `fondly models list` shows.")]) -> None:
    """Download a model."""
    from assistant.catalog import pull

    console.print(f"{name} is in {pull(name, Settings())}")
