"""The command line: one function a verb. Any error of ours is one line that says what to do."""

from __future__ import annotations

import asyncio
import contextlib
import json
import logging
import sys
import tempfile
import tomllib
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Annotated, Any, Literal, TypeVar

import typer
from pydantic import ValidationError
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from assistant.errors import AlreadyRunning, FondlyError
from assistant.settings import Settings
from memory.errors import MeaningUnavailable, StoreError
from satellites.errors import SatelliteError
from speech.errors import SpeechError

app = typer.Typer(no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False, rich_markup_mode=None)
models_app = typer.Typer(no_args_is_help=True, help="Models that can be downloaded.")
app.add_typer(models_app, name="models")
people_app = typer.Typer(help="The people you have spoken of.")
app.add_typer(people_app, name="people")
bench_app = typer.Typer(no_args_is_help=True, help="Measurements of what Fondly understands.")
app.add_typer(bench_app, name="bench")
console = Console(highlight=False)
complaints = Console(stderr=True, highlight=False)

E = TypeVar("E", bound=Exception)
Name = Annotated[str, typer.Argument(help="What you call them.")]
Text = Annotated[list[str], typer.Argument(help="What you would say, in your own words.")]


def main() -> None:
    logging.basicConfig(level=logging.WARNING, format="%(message)s")
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
def serve() -> None:
    """Run the server: the web page, the API, the satellites, the reminders."""
    from assistant.app import serve as run

    with contextlib.suppress(KeyboardInterrupt):
        asyncio.run(run(Settings(), lambda url: console.print(f"Fondly is at {url} (Ctrl-C ends it)")))


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
            keep_sound_days=Settings().keep_sound_days,
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


@app.command()
def understand(
    file: Annotated[
        typer.FileText,
        typer.Argument(help="JSON lines with id, utterance, now, people; by default standard input."),
    ] = "-",  # type: ignore[assignment]
    engine: Annotated[Literal["rules", "ollama"], typer.Option(help="Who reads: see the setting llm.")] = "rules",
) -> None:
    """Print what utterances mean: one JSON object a line."""
    from assistant.understanding.meaning import known_people

    read = _reader(engine)
    wrong = 0
    for number, row in enumerate(file, 1):
        if not row.strip():
            continue
        try:
            item = json.loads(row)
            meaning = read(
                item["utterance"], datetime.fromisoformat(item["now"]), known_people(item.get("people") or [])
            )
            said = {"id": item["id"], **meaning.to_json()}
        except (KeyError, TypeError, AttributeError, ValueError) as err:
            complaints.print(f"line {number} is not an utterance: {err!r}", markup=False)
            wrong += 1
            continue
        print(json.dumps(said, ensure_ascii=False))
    if wrong:
        raise typer.Exit(1)


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


@models_app.command("list")
def models_list() -> None:
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
def models_pull(name: Annotated[str, typer.Argument(help="A name that `fondly models list` shows.")]) -> None:
    """Download a model."""
    from assistant.catalog import pull

    console.print(f"{name} is in {pull(name, Settings())}")


def _reader(engine: str) -> Any:
    """The rules, or the model that is set; where that has no answer, one line says why and the rules' is taken."""
    from assistant.engines import choose_engines
    from assistant.understanding.ollama import read_again
    from assistant.understanding.rules import understand as read

    if engine == "rules":
        return read
    model = choose_engines(Settings()).llm.engine
    if model is None:
        raise FondlyError("No language model is set: set llm to one, such as FONDLY_LLM=qwen3:8b.")

    def better(text: str, now: datetime, people: Any) -> Any:
        draft = read(text, now, people)
        try:
            return asyncio.run(read_again(text, now, people, draft, model))
        except FondlyError as err:
            complaints.print(str(err), markup=False, soft_wrap=True)
            return draft

    return better


@bench_app.command("understanding")
def bench_understanding() -> None:
    """Show how long an utterance takes to be understood."""
    from assistant.bench.understanding import bench_understanding as run

    run(console)


@bench_app.command("recall")
def bench_recall(
    locomo: Annotated[Path, typer.Option(help="The file locomo10.json of snap-research/locomo.")],
) -> None:
    """Show how well memories are found again, on the questions of LoCoMo."""
    from assistant.bench.recall import run
    from assistant.engines import choose_engines

    run(console, locomo, choose_engines(Settings()).embedder.engine)


@bench_app.command("memory")
def bench_memory(
    count: Annotated[int, typer.Option(help="How many memories to fill it with.", min=1000)] = 10_000,
) -> None:
    """Fill a memory of its own, and show how long it takes to open, keep, recall and prepare."""
    from assistant.bench.memory import run

    run(console, count)


@bench_app.command("names")
def bench_names(
    errors: Annotated[bool, typer.Option(help="Also print every name that was not found or false.")] = False,
) -> None:
    """Speak notes with the names of 60 known people, hear them, and count the names that are right."""
    from assistant.bench.names import run

    run(console, errors)


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
        console.print(_post(running, "/api/notes", {"text": text})["reply"], markup=False, soft_wrap=True)


def _people() -> list[dict[str, Any]]:
    from memory import people as known

    try:
        with _home() as parts:
            return [{"name": p.name, "also": p.also} for p in known.everyone(parts.db)]
    except AlreadyRunning as running:
        people: list[dict[str, Any]] = _request(running, "GET", "/api/people")
        return people


def _post(running: AlreadyRunning, path: str, body: dict[str, Any]) -> dict[str, Any]:
    answer: dict[str, Any] = _request(running, "POST", path, body)
    return answer


def _request(running: AlreadyRunning, method: str, path: str, body: dict[str, Any] | None = None) -> Any:
    import httpx

    if running.url is None:
        raise running
    try:
        answer = httpx.request(method, running.url + path, json=body, timeout=60).raise_for_status()
    except httpx.HTTPError as err:
        raise FondlyError(f"The Fondly that is running at {running.url} does not answer: restart it.") from err
    return answer.json()


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
