"""A turn as it happens, on a terminal or as JSON."""

from __future__ import annotations

from typing import Any

from rich.console import Console
from rich.markup import escape

from assistant.turn import Stage, Taken, Woken
from memory import memories
from memory.database import Database
from speech.stt import Utterance


class Shown:
    """Watches one satellite's turns: prints each stage if given a console, and remembers them for JSON."""

    def __init__(self, console: Console | None = None) -> None:
        self._console = console
        self._stages: list[list[Stage]] = []

    def watch(self, stage: Stage) -> None:
        if stage.name == "wake":
            self._stages.append([])
        self._stages[-1].append(stage)
        if self._console and (stage.value is not None or stage.name == "speak"):
            self._console.print(
                f"  [dim]{stage.milliseconds:7.0f} ms[/]  {stage.name:<10} ", escape(_said(stage)), sep=""
            )

    def turns(self, taken: list[Taken], db: Database) -> list[dict[str, Any]]:
        """One object a turn that was taken: heard, meaning, kept, reply, milliseconds by stage."""
        whole = [stages for stages in self._stages if any(s.name == "keep" for s in stages)]
        return [_turn(one, stages, db) for one, stages in zip(taken, whole, strict=True)]


def _turn(one: Taken, stages: list[Stage], db: Database) -> dict[str, Any]:
    woken = next((s.value for s in stages if isinstance(s.value, Woken)), None)
    return {
        "wake_word": woken.detection.score if woken and woken.detection else None,
        "heard": one.words,
        "meaning": one.meaning and one.meaning.to_json(),
        "kept": [m.text for m in memories.from_capture(db, one.capture_id)],
        "reply": one.reply and one.reply.text,
        "milliseconds": {s.name: round(s.milliseconds, 1) for s in stages},
    }


def _said(stage: Stage) -> str:
    """What a stage came to, in a few words."""
    value = stage.value
    if isinstance(value, Woken):
        return f"{value.detection.phrase} {value.detection.score:.2f}" if value.detection else "no wake word needed"
    if isinstance(value, Utterance):
        return f"“{value.text}”"
    if stage.name == "understand":
        return _meaning(value)
    if stage.name == "phrase":
        return f"“{getattr(value, 'text', '')}”"
    return ""


def _meaning(value: Any) -> str:
    parts = [
        value.intent,
        ", ".join(value.people),
        f"{len(value.memories)} to remember" if value.memories else "",
    ]
    return " · ".join(part for part in parts if part)
