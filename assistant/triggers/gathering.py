"""After a gathering: in the evening, and on the next if there was none, several people met in one day come to mind."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import time, timedelta

from assistant.phrasing import line
from assistant.triggers.occasion import Look, Occasion
from memory import holding, people

_SEVERAL = 3  # people
_NAMED = 4  # of them; the others were there, too
_EVENING = time(18)


def occasions(look: Look) -> Iterator[Occasion]:
    today = look.now.date()
    for day in (today, today - timedelta(days=1)):
        met = [p for p in people.met_on(look.db, day) if p.id not in holding.dead(look.db)]
        if len(met) >= _SEVERAL and look.now.time() >= _EVENING:
            said = line("gathering", names=[p.name for p in met[:_NAMED]], when=day)
            yield Occasion(f"gathering/{day}", (said,), tuple(met))
