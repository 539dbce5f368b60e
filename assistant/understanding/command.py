"""`fondly understand`: what utterances mean, for programs to read."""

from __future__ import annotations

import asyncio
import json
from datetime import datetime
from typing import Annotated, Any, Literal

import typer

from assistant.console import complaints
from assistant.errors import FondlyError
from assistant.settings import Settings


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
