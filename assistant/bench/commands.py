"""`fondly bench`: one function a measurement."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Annotated

import typer

from assistant.console import console
from assistant.settings import Settings

bench_app = typer.Typer(no_args_is_help=True, help="Measurements of what Fondly understands.")


@bench_app.command("understanding")
def understanding() -> None:
    """Show how long an utterance takes to be understood."""
    from assistant.bench.understanding import bench_understanding as run

    run(console)


@bench_app.command("recall")
def recall(
    locomo: Annotated[Path, typer.Option(help="The file locomo10.json of snap-research/locomo.")],
) -> None:
    """Show how well memories are found again, on the questions of LoCoMo."""
    from assistant.bench.recall import run
    from assistant.engines import choose_engines

    run(console, locomo, choose_engines(Settings()).embedder.engine)


@bench_app.command("memory")
def memory(
    count: Annotated[int, typer.Option(help="How many memories to fill it with.", min=1000)] = 10_000,
) -> None:
    """Fill a memory of its own, and show how long it takes to open, keep, recall and prepare."""
    from assistant.bench.memory import run

    run(console, count)


@bench_app.command("names")
def names(
    errors: Annotated[bool, typer.Option(help="Also print every name that was not found or false.")] = False,
) -> None:
    """Speak notes with the names of 60 known people, hear them, and count the names that are right."""
    from assistant.bench.names import run

    run(console, errors)


@bench_app.command("satellites")
def satellites() -> None:
    """Show how many satellites one core can listen to."""
    from assistant.app import open_home
    from assistant.bench.satellites import run

    with tempfile.TemporaryDirectory(prefix="fondly-bench-") as folder, open_home(Settings(home=Path(folder))) as parts:
        run(console, parts)
