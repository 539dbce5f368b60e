"""How long a large memory takes: to open, to keep a note, to recall, to get ready for someone, to look for what to say;
and how many of the exact nearest vectors the search in Chroma finds.

A household of its own is filled with made-up notes, and everything is done through the code that a turn runs. Ratios
are to a bare FTS5 query and a bare exact scan of all vectors in the same run, as machines are noisy.
"""

from __future__ import annotations

import random
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

import numpy as np
from rich.console import Console
from rich.progress import Progress
from rich.table import Table

from assistant.app import open_home
from assistant.intents import prep
from assistant.intents.asked import Asked
from assistant.intents.keeping import keep
from assistant.settings import Settings
from assistant.triggers import table as triggers
from assistant.triggers.occasion import Look
from assistant.turn import Parts
from assistant.understanding.meaning import Meaning, Query
from assistant.understanding.rules import understand
from memory import captures, memories, people
from memory.dates import on_day
from memory.embedding import Matrix
from memory.recall import content_words, recall

NAMES = ("Ana", "Bram", "Chidi", "Devika", "Emre", "Farida", "Goran", "Hana", "Idris", "Jonas", "Kofi", "Leila")
SURNAMES = ("Novak", "Okoro", "Silva", "Tanaka", "Umar", "Varga", "Weber", "Yilmaz", "Zhang", "Larsen", "Mbeki", "Rao")
DOES = ("is learning", "has given up", "is teaching", "dreams of", "talks a lot about", "is afraid of", "is good at")
THINGS = (
    "the cello", "beekeeping", "open-water swimming", "old clocks", "Portuguese", "the night shift", "sourdough",
    "fixing bicycles", "roller skating", "tax returns", "choir", "astronomy", "pottery", "rock climbing", "chess",
)  # fmt: skip
PLACES = ("Leeds", "Lisbon", "Lagos", "Lima", "Lyon", "Linz", "Leiden", "Lahore", "Luleå", "Lucca")
BECAUSE = (
    "since the move",
    "with a cousin",
    "at the weekend",
    "for the wedding",
    "after the operation",
    "in the spring",
)
QUESTIONS = ("Who is learning the cello?", "Who is good at rock climbing?", "Who talks about beekeeping in Lisbon?")
_ASKED = 100  # questions to compare the nearest of
_NOTE = 3  # memories
_PEOPLE = 200
_TIMES = 60


def run(console: Console, count: int) -> None:
    """Fills a memory with ``count`` memories and prints milliseconds, and how many times the bare queries."""
    with tempfile.TemporaryDirectory(prefix="fondly-bench-") as folder:
        settings = Settings(home=Path(folder))
        with open_home(settings) as parts:
            _fill(parts, count, console)
        began = time.perf_counter()
        with open_home(settings) as parts:
            recall(parts.db, parts.vectors, QUESTIONS[0], None)
            opened = (time.perf_counter() - began) * 1000
            known = _Exact(*parts.vectors.everything())
            console.print(_table(opened, list(_measured(parts, known)), count))
            for nearest in (10, 200):
                share = np.mean([_found(parts, known, question, nearest) for question in _questions()])
                console.print(f"of the exact {nearest} nearest, Chroma finds {share:.2%}")


@dataclass(frozen=True, slots=True)
class _Exact:
    """Every vector: a row for each id."""

    ids: Sequence[int]
    matrix: Matrix


def _questions() -> list[str]:
    chance = random.Random(1)  # noqa: S311 - made-up questions, the same in each run
    return [" ".join(("Who", *map(chance.choice, (DOES, THINGS, BECAUSE)))) + "?" for _ in range(_ASKED)]


def _found(parts: Parts, known: _Exact, question: str, count: int) -> float:
    """The share of the ``count`` exact nearest that Chroma finds, where one that is as near counts as the same."""
    cosines = known.matrix @ parts.engines.embedder.engine.embed([question])[0]
    least = float(np.partition(cosines, -count)[-count])
    nearest = parts.vectors.nearest(question, count)
    return sum(cosine >= least - 1e-5 for cosine in nearest.values()) / count


def _fill(parts: Parts, count: int, console: Console) -> None:
    chance = random.Random(0)  # noqa: S311 - for notes that are made up, the same in each run
    names = [f"{chance.choice(NAMES)} {chance.choice(SURNAMES)}{'-' + chance.choice(SURNAMES)}" for _ in range(_PEOPLE)]
    with Progress(console=console, transient=True) as progress:
        telling = progress.add_task("Telling", total=count)
        now = datetime.now().astimezone() - timedelta(days=700)
        for start in range(0, count, 500 * _NOTE):
            with parts.db.transaction():
                for number in range(start, min(start + 500 * _NOTE, count), _NOTE):
                    _tell(parts, chance, names, now + timedelta(minutes=number))
            progress.update(telling, completed=start)
        embedding = progress.add_task("Embedding", total=count)
        parts.vectors.sync(parts.db, lambda done, of: progress.update(embedding, completed=done, total=of))


def _tell(parts: Parts, chance: random.Random, names: Sequence[str], when: datetime) -> None:
    who = people.find_or_add(parts.db, chance.choice(names))
    capture = captures.keep_text(parts.db, "", when, "bench")
    captures.finish(parts.db, capture.id, "done")
    for _ in range(_NOTE):
        text = " ".join((who.name, *map(chance.choice, (DOES, THINGS, BECAUSE)), "in", chance.choice(PLACES))) + "."
        day = on_day(when.date() + timedelta(days=chance.randint(-30, 60)))
        memories.add(parts.db, capture, about=[who], kind="fact", text=text, evidence=text, when=day)


def _measured(parts: Parts, known: _Exact) -> Iterator[tuple[str, list[float]]]:
    """What was done, and its milliseconds each time."""
    words = " OR ".join(content_words(QUESTIONS[0]))
    sql = "SELECT rowid FROM memory_words WHERE memory_words MATCH ? ORDER BY bm25(memory_words) LIMIT 10"
    yield "a bare FTS5 query", _times(lambda _: parts.db.rows(sql, (words,)))
    matrix = known.matrix
    yield "a bare exact scan", _times(lambda n: np.argpartition(matrix @ matrix[n], -200))
    yield "a search in Chroma", _times(lambda n: parts.vectors.nearest(QUESTIONS[n % len(QUESTIONS)], 200))
    yield "recall", _times(lambda n: recall(parts.db, parts.vectors, QUESTIONS[n % len(QUESTIONS)], None))
    everyone = people.everyone(parts.db)
    yield "prep", _times(lambda n: prep.act(_asked(parts, everyone[n].name)))
    look = Look(parts.db, parts.vectors, parts.clock())
    yield "a look for what to say", _times(lambda _: list(triggers.unasked(look)))
    yield "keeping a note", _times(lambda n: _keep(parts, everyone[n].name))
    parts.vectors.sync(parts.db)
    embed = _times(lambda _: parts.vectors.embed_next(parts.db), lambda n: _keep(parts, everyone[n].name))
    yield "embedding it, after the reply", embed


def _times(work: Callable[[int], object], before: Callable[[int], object] = lambda _: None) -> list[float]:
    """Milliseconds of each time, without ``before``."""
    work(0)
    spent = []
    for n in range(_TIMES):
        before(n)
        began = time.perf_counter()
        work(n)
        spent.append((time.perf_counter() - began) * 1000)
    return spent


def _asked(parts: Parts, name: str) -> Asked:
    capture = captures.keep_text(parts.db, f"I'm about to see {name}.", parts.clock(), "bench")
    return Asked(Meaning("prep", (name,), query=Query(name, "")), capture, parts.db, parts.vectors)


def _keep(parts: Parts, name: str) -> None:
    """A note from words to the disk: what is said back waits for no more than this."""
    capture = captures.keep_text(parts.db, f"{name} is moving to Boston in July.", parts.clock(), "bench")
    meaning = understand(capture.text or "", capture.heard_at.astimezone(), [])
    with parts.db.transaction():
        keep(Asked(meaning, capture, parts.db, parts.vectors))
        captures.finish(parts.db, capture.id, "done")


def _table(opened: float, measured: Sequence[tuple[str, list[float]]], count: int) -> Table:
    table = Table(title=f"{count:,} memories", box=None, pad_edge=False, title_justify="left")
    for column in ("", "p50", "p95", "x FTS5", "x scan"):
        table.add_column(column, justify="left" if not column else "right")
    bare, scan = (float(np.median(spent)) for _, spent in measured[:2])
    table.add_row("opening", f"{opened:.0f} ms", "", "", "")
    for what, spent in measured:
        median, late = np.percentile(spent, (50, 95))
        table.add_row(what, f"{median:.1f} ms", f"{late:.1f} ms", f"{median / bare:.1f}", f"{median / scan:.1f}")
    return table
