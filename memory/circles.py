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
_LEAST = {5: 20.0, 15: 8.0, 50: 2.5, 150: 1.0}  # points to be there by what one does alone
_USUAL = {5: timedelta(days=21), 15: timedelta(days=45), 50: timedelta(days=180), 150: timedelta(days=365)}
_SHORTEST, _LONGEST = timedelta(days=3), timedelta(days=365)
_MEETINGS = 3  # from which on someone has a rhythm of their own
_COUNTS_FOR = timedelta(days=730)  # less and less, down to nothing
_LATEST = 13  # meetings that show how it is now
_ONLY_SPOKEN_OF = 3  # notes about someone never met, from which on they are more than a mention in passing
_CONTACT, _WARM, _MENTION = 2.0, 1.0, 0.5  # points for a day, and for a note: a present, a promise, something confided


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
    """What the database says of one person. ``words``: what they were called; ``notes``: how many told of them."""

    contacts: list[date] = field(default_factory=list)
    told: date | None = None
    notes: int = 0
    points: float = 0.0
    words: list[str] = field(default_factory=list)
    kin: str | None = None
    ended: bool = False  # it was said that they are close no more
    died: bool = False
    estranged: bool = False


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
            known[person_id].contacts[-1] if known[person_id].contacts else None,
            known[person_id].told,
            known[person_id].kin,
        )
        for person_id, at in placed.items()
    }


def rhythm_of(days: Iterable[date]) -> timedelta | None:
    """How far apart such days usually are; None where there are too few to tell."""
    gaps = [(later - earlier).days for earlier, later in pairwise(sorted(set(days))[-_LATEST:])]
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
    return bool(person.contacts) or person.notes >= _ONLY_SPOKEN_OF


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
    for row in db.rows(_SAID):
        _take(found.setdefault(row["id"], _Known()), row["slot"], row["value"], bool(row["ends"]))
    for row in db.rows(_TOLD, (today.isoformat(), _COUNTS_FOR.days, _MENTION, _WARM)):
        person = found.get(row["person_id"], _Known())
        if row["contacts"]:
            person.contacts = sorted(map(date.fromisoformat, row["contacts"].split(",")))
            person.points += sum(_CONTACT * max(0.0, 1 - (today - day) / _COUNTS_FOR) for day in person.contacts)
        else:
            person.told, person.notes = date.fromisoformat(row["told"]), row["notes"]
            person.points += row["points"]
    return {person_id: person for person_id, person in found.items() if not (person.died or person.estranged)}


def _take(person: _Known, slot: str | None, value: str | None, ends: bool) -> None:
    """What was said of someone, after all that was said before."""
    match slot:
        case "died" | "funeral":
            person.died = True
        case "estranged":
            person.estranged = not ends
        case "circle" if ends:
            person.ended, person.words = True, []
        case "circle" | "kin" if value:
            word = value.casefold().replace(" ", "-")
            person.words.append(word)
            person.ended = person.ended and slot == "kin"
            person.kin = value.casefold() if slot == "kin" else person.kin
        case _:
            pass


@cache
def _circles(which: str, word: str) -> tuple[int, ...]:
    return tuple(int(at) for at, words in _table()[which].items() if word in words.split())


@cache
def _table() -> dict[str, Any]:
    return tomllib.loads((Path(__file__).parent / "circles.en.toml").read_text(encoding="utf-8"))


# Of everyone the days that they were met or called on; and the last day that they were spoken of, in how many notes,
# and how lately and warmly.
_TOLD = """
    SELECT i.person_id, group_concat(DISTINCT i.day) AS contacts, NULL AS told, 0 AS notes, 0.0 AS points
    FROM interactions i WHERE i.day <= ?1 GROUP BY i.person_id
    UNION ALL
    SELECT person_id, NULL, max(day), count(*), sum(warm * max(0, 1 - (julianday(?1) - julianday(day)) / ?2)) FROM (
        SELECT mp.person_id, m.capture_id, substr(m.kept_at, 1, 10) AS day,
            max(CASE WHEN m.sensitive OR m.kind IN ('gift', 'promise', 'preference') THEN ?4 ELSE ?3 END) AS warm
        FROM memories m JOIN memory_people mp ON mp.memory_id = m.id
        WHERE m.status IN ('pending', 'accepted') AND substr(m.kept_at, 1, 10) <= ?1
        GROUP BY mp.person_id, m.capture_id) GROUP BY person_id"""

# Everyone who has a name of their own, with what was said of how close they are, the oldest first.
_SAID = f"""
    SELECT p.id, said.slot, said.ends, said.value FROM people p LEFT JOIN (
        SELECT s.person_id, s.slot, s.ends, s.value, m.id AS memory_id
        FROM slots s JOIN memories m ON m.id = s.memory_id
        WHERE s.slot IN ('circle', 'kin', 'estranged', 'died', 'funeral') AND {LIVE}) said ON said.person_id = p.id
    WHERE p.standing = 'named' ORDER BY said.memory_id"""
