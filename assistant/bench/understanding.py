"""How long understanding takes, over the sentences that its model was trained on."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.progress import track

from assistant.understanding.meaning import known_people
from assistant.understanding.reader import read
from assistant.understanding.rules import understand

_DATA = Path(__file__).parents[2] / "models" / "understanding" / "data"
_EVERY = 5  # one sentence in so many: half a minute


def bench_understanding(console: Console) -> None:
    """Prints the CPU milliseconds per utterance, and what share of them the small model takes."""
    items = list(_items())
    understand(items[0]["utterance"], datetime.fromisoformat(items[0]["now"]))  # loads everything
    whole, model = [], []
    for item in track(items, "Understanding", console=console, transient=True):
        began = time.process_time()
        understand(item["utterance"], datetime.fromisoformat(item["now"]), known_people(item.get("people") or []))
        whole.append(time.process_time() - began)
        began = time.process_time()
        read(item["utterance"])
        model.append(time.process_time() - began)
    for name, seconds in (("understanding", whole), ("of it, the model", model)):
        median, late = _at(seconds, 0.5), _at(seconds, 0.95)
        console.print(f"{name:<18} p50 {median * 1000:5.1f} ms   p95 {late * 1000:5.1f} ms")
    console.print(f"of CPU, {len(items)} utterances; the model's share: {sum(model) / sum(whole):.2f}")


def _items() -> Iterator[dict[str, Any]]:
    rows = [row for file in sorted(_DATA.glob("*.jsonl")) for row in file.read_text(encoding="utf-8").splitlines()]
    yield from (json.loads(row) for row in rows[::_EVERY])


def _at(values: list[float], share: float) -> float:
    return sorted(values)[int(share * (len(values) - 1))]
