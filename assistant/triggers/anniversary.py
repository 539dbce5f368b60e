"""The day of a wedding comes round, or that of a loss: gently, and only where nobody else hears."""

from __future__ import annotations

from collections.abc import Iterator

from assistant.phrasing import line
from assistant.triggers.occasion import Look, Occasion
from memory import birthdays, holding, memories
from memory.dates import on_day
from memory.records import Memory


def occasions(look: Look) -> Iterator[Occasion]:
    for memory in _today(look, "wedding"):
        if not {p.id for p in memory.about} & holding.dead(look.db):
            names = [p.name for p in memory.about]
            said = line("anniversary_wedding", names=names)
            yield Occasion(_key(look, memory), (said,), memory.about, private=memory.private)
    for memory in _today(look, "died"):
        whose = memory.about[0]
        said = line("anniversary_died" if whose.id in holding.dead(look.db) else "anniversary_loss", name=whose.name)
        yield Occasion(_key(look, memory), (said,), memory.about, private=True)


def _today(look: Look, slot: str) -> Iterator[Memory]:
    """What says the slot of someone, or of a relative of theirs, and is of this day in an earlier year."""
    today = look.now.date()
    told = {h.memory_id: None for h in holding.everyones_or_relatives(look.db, slot)}
    for memory in memories.by_ids(look.db, told):
        when = None if memory.unspoken else memory.when
        earlier = when is not None and when.first == when.last and when.first.year < today.year
        if when and earlier and birthdays.next_round(when, today) == on_day(today):
            yield memory


def _key(look: Look, memory: Memory) -> str:
    return f"anniversary/{memory.id}/{look.now.year}"
