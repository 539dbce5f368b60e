"""How close people are: circles of about 5, 15, 50 and 150 (Dunbar's layers), and how often each is usually met.

By what was said ("Maya is one of your closest friends", "your sister Ana"), and by how often, how lately and how warmly
someone was met, called and spoken of in the last two years. Who died, or is not to be heard of, is in none.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from functools import cache
from itertools import pairwise
from pathlib import Path
from statistics import median
from typing import Any

from memory.database import Database
from memory.holding import LIVE

OUTSIDE = 500
"""The circle of those who are in none: known by name, mentioned in passing, or not to be spoken of."""

_ROOM = {5: 5, 15: 15, 50: 50, 150: 150}
_LEAST = {5: 20.0, 15: 8.0, 50: 3.0, 150: 1.0}  # points to be there by what one does alone
_USUAL = {5: timedelta(days=21), 15: timedelta(days=45), 50: timedelta(days=180), 150: timedelta(days=365)}
_SHORTEST, _LONGEST = timedelta(days=3), timedelta(days=365)
_MEETINGS = 3  # from which on someone has a rhythm of their own
_LOOKED_BACK = timedelta(days=730)
_HALF = 365.0  # days after which a meeting counts for half
_ONLY_SPOKEN_OF = 3  # days on which someone never met was spoken of, to be more than a mention in passing
_CONTACT, _CALL, _WARM, _MENTION = 2.0, 1.5, 1.0, 0.5


@dataclass(frozen=True, slots=True)
class Standing:
    """``circle``: 5, 15, 50 or 150. ``rhythm``: how far apart two meetings or calls usually are.

    ``last_contact``: the last day of a meeting or call; ``last_told``: that of a mention. None: there was none.
    ``kin``: who they were said to be to the speaker: "sister".
    """

    circle: int
    rhythm: timedelta
    last_contact: date | None
    last_told: date | None
    kin: str | None = None

    @property
    def last(self) -> date | None:
        """The last day that they were met, called or spoken of."""
        return max((day for day in (self.last_contact, self.last_told) if day), default=None)


@dataclass(slots=True)
class _Known:
    """What the database says of one person."""

    contacts: list[date] = field(default_factory=list)
    mentions: list[date] = field(default_factory=list)
    points: float = 0.0
    words: list[str] = field(default_factory=list)
    kin: str | None = None
    ended: bool = False  # it was said that they are close no more


def circle(db: Database, person_id: int, now: datetime) -> int:
    """5, 15, 50 or 150; ``OUTSIDE`` for whoever is in none."""
    standing = everyones(db, now).get(person_id)
    return standing.circle if standing else OUTSIDE


def everyones(db: Database, now: datetime) -> dict[int, Standing]:
    """Where everyone stands who is in a circle, by id, the closest first."""
    known = _known(db, now.date())
    placed = _placed(known)
    return {
        person_id: Standing(
            at,
            _rhythm(known[person_id].contacts, at),
            max(known[person_id].contacts, default=None),
            max(known[person_id].mentions, default=None),
            known[person_id].kin,
        )
        for person_id, at in placed.items()
    }


def rhythm_of(days: Iterable[date]) -> timedelta | None:
    """How far apart such days usually are; None where there are too few to tell."""
    gaps = [(later - earlier).days for earlier, later in pairwise(sorted(set(days)))]
    return timedelta(days=median(gaps)) if len(gaps) >= _MEETINGS - 1 else None


def _rhythm(contacts: Sequence[date], at: int) -> timedelta:
    return min(max(rhythm_of(contacts) or _USUAL[at], _SHORTEST), _LONGEST)


def _placed(known: dict[int, _Known]) -> dict[int, int]:
    """Each one's circle. Whoever was said to be close has a place there; the others take the room that is left."""
    placed: dict[int, int] = {}
    taken = dict.fromkeys(_ROOM, 0)
    closest_first = sorted(known.items(), key=lambda item: (_said(item[1])[0], -item[1].points, item[0]))
    for person_id, person in closest_first:
        least, most = _said(person)
        if least == OUTSIDE and not _more_than_a_mention(person):
            continue
        at = next((c for c in _ROOM if c >= most and (c >= least or _earned(person, c, taken))), None)
        if at:
            placed[person_id] = at
            taken[at] += 1
    return dict(sorted(placed.items(), key=lambda item: (item[1], -known[item[0]].points, item[0])))


def _earned(person: _Known, at: int, taken: dict[int, int]) -> bool:
    return person.points >= _LEAST[at] and taken[at] < _ROOM[at] and (at > 5 or bool(person.contacts))


def _more_than_a_mention(person: _Known) -> bool:
    return bool(person.contacts) or len(person.mentions) >= _ONLY_SPOKEN_OF


def _said(person: _Known) -> tuple[int, int]:
    """The circle that someone is in at least by what was said, and the innermost that they can be in."""
    if person.ended:
        return 150, 150
    least = min((c for word in person.words for c in _circles("at_least", word)), default=OUTSIDE)
    most = max((c for word in person.words for c in _circles("at_most", word)), default=5)
    return least, min(most, max(least, 5))


def _known(db: Database, today: date) -> dict[int, _Known]:
    """Everyone alive who has a name of their own and is to be heard of."""
    found: dict[int, _Known] = {}
    for row in db.rows(_DAYS, ((today - _LOOKED_BACK).isoformat(), today.isoformat())):
        person = found.setdefault(row["person_id"], _Known())
        day = date.fromisoformat(row["day"])
        (person.contacts if row["met"] else person.mentions).append(day)
        person.points += row["weight"] * 0.5 ** ((today - day).days / _HALF)
    gone = set()
    for row in db.rows(_SAID):
        person = found.setdefault(row["person_id"], _Known())
        if row["slot"] in ("died", "funeral", "estranged"):
            (gone.discard if row["ends"] else gone.add)(row["person_id"])
        elif row["ends"]:
            person.ended, person.words = True, []
        elif row["slot"] == "kin":
            person.kin = row["value"].casefold()
            person.words.append(person.kin.replace(" ", "-"))
        else:
            person.ended = False
            person.words.append(row["value"].casefold())
    return {person_id: person for person_id, person in found.items() if person_id not in gone}


@cache
def _circles(which: str, word: str) -> tuple[int, ...]:
    return tuple(int(at) for at, words in _table()[which].items() if word in words.split())


@cache
def _table() -> dict[str, Any]:
    return tomllib.loads((Path(__file__).parent / "circles.en.toml").read_text(encoding="utf-8"))


# Each day once for someone: what was met or called on it, and what was told.
_DAYS = f"""
    SELECT i.person_id, i.day, 1 AS met, max(CASE WHEN i.apart THEN {_CALL} ELSE {_CONTACT} END) AS weight
    FROM interactions i JOIN people p ON p.id = i.person_id
    WHERE p.standing = 'named' AND i.day BETWEEN ?1 AND ?2 GROUP BY i.person_id, i.day
    UNION ALL
    SELECT mp.person_id, substr(m.kept_at, 1, 10) AS told, 0,
        max(CASE WHEN m.sensitive OR m.kind IN ('gift', 'promise', 'preference') THEN {_WARM} ELSE {_MENTION} END)
    FROM memories m JOIN memory_people mp ON mp.memory_id = m.id JOIN people p ON p.id = mp.person_id
    WHERE p.standing = 'named' AND m.status IN ('pending', 'accepted') AND m.kept_at >= ?1
        AND substr(m.kept_at, 1, 10) <= ?2
    GROUP BY mp.person_id, told"""

_SAID = f"""
    SELECT s.person_id, s.slot, s.ends, s.value FROM slots s JOIN memories m ON m.id = s.memory_id
    JOIN people p ON p.id = s.person_id
    WHERE s.slot IN ('circle', 'kin', 'estranged', 'died', 'funeral') AND p.standing = 'named' AND {LIVE}
    ORDER BY m.id"""
