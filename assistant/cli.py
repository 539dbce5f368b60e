"""The command line: one function a verb. Any error of ours is one line that says what to do.

`fondly bench` is in bench/commands.py, `fondly models` in models.py, `fondly understand` in understanding/command.py.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import logging
import sys
import tempfile
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Any, TypeVar

import typer
from pydantic import ValidationError
from rich.markup import escape
from rich.table import Table

from assistant.bench.commands import bench_app
from assistant.console import complaints, console
from assistant.errors import AlreadyRunning, FondlyError
from assistant.models import models_app
from assistant.running import request_running, running_server
from assistant.satellite_verbs import satellites_app
from assistant.settings import Settings
from assistant.source_verbs import sources_app
from assistant.understanding.command import understand
from memory.errors import MeaningUnavailable, StoreError
from satellites.errors import SatelliteError
from speech.errors import SpeechError

app = typer.Typer(no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False, rich_markup_mode=None)
app.add_typer(models_app, name="models")
people_app = typer.Typer(help="The people you have spoken of.")
app.add_typer(people_app, name="people")
app.add_typer(satellites_app, name="satellites")
app.add_typer(sources_app, name="sources")
app.add_typer(bench_app, name="bench")

E = TypeVar("E", bound=Exception)
Name = Annotated[str, typer.Argument(help="What you call them.")]
Text = Annotated[list[str], typer.Argument(help="What you would say, in your own words.")]


def main() -> None:
    logging.basicConfig(level=logging.WARNING, format="%(message)s")
    logging.getLogger("aioesphomeapi").setLevel(logging.ERROR)  # what it warns of, satellites/esphome.py says in words
    try:
        app()
    except* (FondlyError, MeaningUnavailable, SatelliteError, SpeechError, StoreError) as group:
        complaints.print(str(_first(group)), markup=False, soft_wrap=True)
        sys.exit(1)
    except* ValidationError as group:
        for problem in _first(group).errors():
            complaints.print(f"setting {'.'.join(map(str, problem['loc']))}: {problem['msg']}", markup=False)
        sys.exit(1)
    except* tomllib.TOMLDecodeError as group:
        complaints.print(f"settings.toml cannot be read: {_first(group)}", markup=False, soft_wrap=True)
        sys.exit(1)
    except* OSError as group:
        complaints.print(str(_first(group)), markup=False, soft_wrap=True)
        sys.exit(1)


def _first(group: BaseExceptionGroup[E]) -> E:
    """Of what went wrong together, one is enough to say."""
    first = group.exceptions[0]
    return _first(first) if isinstance(first, BaseExceptionGroup) else first


@app.command()
def serve(
    lan: Annotated[
        bool, typer.Option("--lan", help="Let phones in the home network in, once they are paired.")
    ] = False,
) -> None:
    """Run the server: the web page, the API, the satellites, the reminders."""
    from assistant.app import serve as run

    settings = Settings(lan=True) if lan else Settings()
    with contextlib.suppress(KeyboardInterrupt):
        asyncio.run(run(settings, lambda url: console.print(f"Fondly is at {url} (Ctrl-C ends it)"), typer.echo))


@app.command()
def pair() -> None:
    """Show a code that lets one phone in."""
    from assistant.lan import invitation

    url = running_server(Settings())
    if url is None:
        raise FondlyError("Fondly is not running: start it with `fondly serve --lan`.")
    shown = request_running(url, "POST", "/api/pairing")
    typer.echo(invitation(shown["code"], shown["addresses"]))


@app.command("speech-server")
def speech_server(
    host: Annotated[str | None, typer.Option(help="The address to listen on; 0.0.0.0: all of this machine.")] = None,
    port: Annotated[int, typer.Option(help="The port to listen on; 0 takes a free one.")] = 10300,
) -> None:
    """Let weaker machines use this one's ears and voice over Wyoming. Nothing is kept."""
    from assistant.wyoming_server import serve_speech

    settings = Settings()
    with contextlib.suppress(KeyboardInterrupt):
        asyncio.run(
            serve_speech(
                settings,
                host or settings.host,
                port,
                lambda address: console.print(f"Speech is at wyoming:{address} (Ctrl-C ends it)"),
            )
        )


@app.command()
def note(text: Text) -> None:
    """Tell it something: it is kept, and you see what was understood."""
    _talk(" ".join(text))


@app.command()
def ask(text: Text) -> None:
    """Ask it something. (The same as note: what you say decides what happens.)"""
    _talk(" ".join(text))


@app.command()
def listen(
    source: Annotated[str, typer.Argument(help="A sound file, - for raw sound on standard input, or mic.")],
    memo: Annotated[bool, typer.Option(help="Take the whole recording as one note: no wake word in it.")] = False,
    rate: Annotated[int, typer.Option(help="Sample rate of raw sound (16-bit mono), in Hz.")] = 16_000,
    play: Annotated[bool, typer.Option(help="Play the replies on this computer's speaker.")] = False,
    replies: Annotated[Path | None, typer.Option(help="A folder to write the replies to.")] = None,
) -> None:
    """Listen to a recording, a raw stream, or the microphone, and answer."""
    from assistant.listening import listen_to

    with _home() as parts:
        listening = listen_to(
            source,
            parts,
            console,
            memo=memo,
            rate_hz=rate,
            play=play,
            replies=replies,
            settings=Settings(),
        )
        with contextlib.suppress(KeyboardInterrupt):
            taken = asyncio.run(listening)
    if source != "mic" and not taken:
        console.print("Nothing was said to Fondly." + ("" if memo else " (A recording without a wake word: --memo.)"))


@app.command()
def say(
    text: Text,
    out: Annotated[Path | None, typer.Option(help="Write the sound to this WAV instead of playing it.")] = None,
) -> None:
    """Say something in Fondly's voice."""
    from assistant.engines import choose_engines
    from speech.audio import write_wav

    chunks = choose_engines(Settings()).tts.engine.speak(" ".join(text))
    if out:
        write_wav(out, chunks)
        return
    from satellites.speakers import SoundCard

    asyncio.run(SoundCard().play(_each(chunks)))


@people_app.callback(invoke_without_command=True)
def people(context: typer.Context) -> None:
    """Show the people you have spoken of."""
    if context.invoked_subcommand:
        return
    for person in _people():
        also = f" (also {', '.join(person['also'])})" if person["also"] else ""
        console.print(person["name"] + also, markup=False)


@people_app.command("merge")
def people_merge(one: Name, other: Name) -> None:
    """Make two people one: the same as telling it that they are the same person."""
    _talk(f"{one} and {other} are the same person.")


@people_app.command("split")
def people_split(one: Name, other: Name) -> None:
    """Make one person two: the same as telling it that they are two different people."""
    _talk(f"{one} and {other} are two different people.")


@app.command()
def demo(
    play: Annotated[bool, typer.Option(help="Play the replies on this computer's speaker.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object.")] = False,
    replies: Annotated[Path | None, typer.Option(help="The folder that the spoken replies are written to.")] = None,
) -> None:
    """Perform the whole main job on four recordings, in a home of its own."""
    from assistant.demo.demo import run_demo
    from satellites.speakers import NoSpeaker, SoundCard

    folder = replies or Path(tempfile.mkdtemp(prefix="fondly-replies-"))
    speaker = SoundCard() if play else NoSpeaker()
    result = asyncio.run(run_demo(folder, speaker, None if as_json else console))
    if as_json:
        print(json.dumps(result, ensure_ascii=False, indent=1))
    else:
        console.print(f"\nThe spoken replies are in {folder}")
        for wrong in result["wrong"]:
            complaints.print(wrong, markup=False)
    if result["wrong"]:
        raise typer.Exit(1)


app.command()(understand)


@app.command()
def doctor() -> None:
    """Show which engines are in use, why, and what gets better ones."""
    from assistant.app import open_database
    from assistant.doctor import examine

    settings = Settings()
    try:
        db: Any = open_database(settings)
    except StoreError as err:
        db = err
    table = Table(box=None, pad_edge=False)
    for column in ("", "in use", "why", "to get better"):
        table.add_column(column, overflow="fold")
    findings = examine(settings, db)
    for found in findings:
        table.add_row(*map(escape, (found.seam, found.used, found.why, found.command)))
    console.print(table)
    if not all(found.well for found in findings):
        raise typer.Exit(1)


@app.command()
def reindex() -> None:
    """Make the vectors of all memories anew, from the database."""
    from rich.progress import Progress

    with _home() as parts, Progress(console=console) as progress:
        task = progress.add_task("Reading what is kept", total=None)
        parts.vectors.rebuild(parts.db, lambda done, of: progress.update(task, completed=done, total=of))


def _talk(text: str) -> None:
    """One turn in words: here, or by the server that is running already."""
    if not text.strip():
        raise typer.BadParameter('say something, as in: fondly note "Met Joan after football"')
    try:
        with _home() as parts:
            from assistant.turn import take_words

            taken = asyncio.run(take_words(text, "command line", parts))
            console.print(taken.reply.text if taken.reply else "", markup=False, soft_wrap=True)
            with contextlib.suppress(MeaningUnavailable):  # embedded later; until then words find it
                parts.vectors.sync(parts.db)
    except AlreadyRunning as running:
        console.print(_ask(running, "POST", "/api/notes", {"text": text})["reply"], markup=False, soft_wrap=True)


def _people() -> list[dict[str, Any]]:
    from memory import people as known

    try:
        with _home() as parts:
            return [{"name": p.name, "also": p.also} for p in known.everyone(parts.db)]
    except AlreadyRunning as running:
        people: list[dict[str, Any]] = _ask(running, "GET", "/api/people")
        return people


def _ask(running: AlreadyRunning, method: str, path: str, body: dict[str, Any] | None = None) -> Any:
    if running.url is None:
        raise running
    return request_running(running.url, method, path, body)


@contextlib.contextmanager
def _home() -> Iterator[Any]:
    """The parts, with what an earlier run left unfinished finished first."""
    from assistant.app import catch_up, open_home
    from memory import captures

    with open_home(Settings()) as parts:
        if left := captures.unfinished(parts.db):
            asyncio.run(catch_up(left, parts))
        yield parts


async def _each(chunks: Any) -> Any:
    for chunk in chunks:
        yield chunk
