"""How well recall finds the evidence of questions: LoCoMo (Maharana et al., 2024), whose file the user brings.

Each conversation is a household of its own, each session a note in it, each turn a memory. Recall at k is the share of
a question's evidence among the best k, averaged over the questions that have evidence.
"""

from __future__ import annotations

import json
import re
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import chain
from pathlib import Path
from typing import Any

import numpy as np
from rich.console import Console
from rich.progress import track
from rich.table import Table

from assistant.understanding.dates import read_time
from memory import captures, memories, people
from memory.database import Database
from memory.embedding import Embedder
from memory.recall import ranked
from memory.records import Person
from memory.vectors import Vectors

CATEGORIES = {1: "multi-hop", 2: "temporal", 3: "open", 4: "single-hop", 5: "adversarial"}
DEPTHS = (1, 5, 10, 25)
_KEY = "\"x'" + "00" * 32 + "'\""
_TURN = re.compile(r"D:?(\d+):0*(\d+)")  # "D8:6", and the file's own slips: "D:11:26", "D30:05"


@dataclass(frozen=True, slots=True)
class Asked:
    """A question and where its evidence came: the places among the best (0 first), None for what was not found."""

    category: int
    places: tuple[int | None, ...]

    def recall(self, depth: int) -> float:
        return sum(p is not None and p < depth for p in self.places) / len(self.places)

    def gain(self, depth: int = 10) -> float:
        """Normalised discounted cumulative gain."""
        found = sum(1 / np.log2(p + 2) for p in self.places if p is not None and p < depth)
        return float(found / sum(1 / np.log2(p + 2) for p in range(min(depth, len(self.places)))))


def run(console: Console, file: Path, embedder: Embedder) -> None:
    """Prints recall and gain: by category, in all, and of either half, on the first of which recall was tuned."""
    asked = [list(ask(c, embedder)) for c in track(read(file), "Asking", console=console, transient=True)]
    everything = list(chain(*asked))
    groups = {name: [a for a in everything if a.category == c] for c, name in CATEGORIES.items()}
    halves = {"even conversations": list(chain(*asked[::2])), "odd conversations": list(chain(*asked[1::2]))}
    table = Table(box=None, pad_edge=False)
    for column in ("questions", "", *(f"R@{k}" for k in DEPTHS), "nDCG@10"):
        table.add_column(column, justify="right" if column else "left")
    for name, some in {**groups, "all": everything, **halves}.items():
        figures = [*(np.mean([a.recall(k) for a in some]) for k in DEPTHS), np.mean([a.gain() for a in some])]
        table.add_row(str(len(some)), name, *(f"{f:.3f}" for f in figures))
    console.print(table)


def read(file: Path) -> list[dict[str, Any]]:
    """The conversations of locomo10.json."""
    conversations: list[dict[str, Any]] = json.loads(file.read_text(encoding="utf-8"))
    return conversations


def ask(conversation: dict[str, Any], embedder: Embedder) -> Iterator[Asked]:
    """Keeps a conversation in an empty household, and asks all its questions."""
    with tempfile.TemporaryDirectory(prefix="fondly-bench-") as folder:
        db = Database(Path(folder) / "fondly.db", _KEY)
        vectors = Vectors(Path(folder) / "vectors", embedder)
        ids, now = _keep(db, conversation["conversation"])
        vectors.sync(db)
        speakers = people.everyone(db)
        for question in conversation["qa"]:
            turns = {f"D{a}:{b}" for e in question.get("evidence") or [] for a, b in _TURN.findall(e)}
            evidence = [ids[turn] for turn in sorted(turns) if turn in ids]
            if evidence:
                yield Asked(question["category"], _places(db, vectors, question["question"], speakers, now, evidence))
        db.close()


def _places(
    db: Database,
    vectors: Vectors,
    question: str,
    speakers: Sequence[Person],
    now: datetime,
    evidence: Sequence[int],
) -> tuple[int | None, ...]:
    person = next((p for p in speakers if p.name in question), None)
    said = read_time(question, now, past=True)
    found = [r.memory.id for r in ranked(db, vectors, question, person, said.span if said else None)]
    return tuple(found.index(i) if i in found else None for i in evidence)


def _keep(db: Database, said: dict[str, Any]) -> tuple[dict[str, int], datetime]:
    """The memory of each turn, by the turn's id; and when the last session was."""
    ids: dict[str, int] = {}
    now = datetime.min.replace(tzinfo=UTC)
    speakers = {name: people.find_or_add(db, name) for name in (said["speaker_a"], said["speaker_b"])}
    for number in range(1, 100):
        turns = said.get(f"session_{number}")
        if not turns:
            continue
        now = datetime.strptime(said[f"session_{number}_date_time"], "%I:%M %p on %d %B, %Y").replace(tzinfo=UTC)
        with db.transaction():
            note = captures.keep_text(db, "", now, "bench")
            for turn in turns:
                text = turn["text"] + (f" [shares {turn['blip_caption']}]" if turn.get("blip_caption") else "")
                when = read_time(text, now)
                memory = memories.add(
                    db,
                    note,
                    about=[speakers[turn["speaker"]]],
                    kind="event",
                    text=text,
                    evidence="",
                    when=when.span if when else None,
                )
                ids[turn["dia_id"]] = memory.id
    return ids, now
