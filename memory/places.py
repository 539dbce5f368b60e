"""Places as people speak of them: "Split", "Croatia", "the UK", "home"; and which of them one is in."""

from __future__ import annotations

import math
import re
import tomllib
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path

from memory import gazetteer
from memory.gazetteer import Region, Town, folded

_PLAUSIBLE = 0.1  # of the likeliest meaning's weight: Birmingham may be another, Paris is not the one in Texas
_OWN_COUNTRY, _NEAR_HOME = 8, 10  # times as likely
_NEAR_HOME_KM = 100.0
_NEAR_KM = 15.0


@dataclass(frozen=True, slots=True)
class Place:
    """Where someone is, as far as it is known. ``name`` is as it is said: "Split", "home", "Croatia".

    ``country`` and ``part`` are codes as in memory/gazetteer.py; ``point``: latitude and longitude in degrees;
    ``names``: what the speaker calls it themselves, as "work".
    """

    name: str
    country: str | None = None
    part: str | None = None
    point: tuple[float, float] | None = None
    names: tuple[str, ...] = ()

    @property
    def said(self) -> str:
        """With its country, where it is a town: "Split, Croatia"."""
        return f"{self.name}, {gazetteer.region_name(self.country)}" if self.point and self.country else self.name


def at(latitude: float, longitude: float, names: Iterable[str] = ()) -> Place:
    """The place at a point, in degrees; ``names``: those of the speaker's own places that it is in."""
    own, town = tuple(names), gazetteer.town_at(latitude, longitude)
    point = latitude, longitude
    if town is None:
        return Place(own[0] if own else "", point=point, names=own)
    return Place(town.name, town.country, town.part, point, own)


def called(words: str, home: Place | None = None) -> Place:
    """The likeliest place that ``words`` mean to someone whose home is there; only a name where none is known."""
    regions, towns = _meant(words, home)
    region = next((r for r in regions if r.country), None)
    if region and not (region.part and towns):  # New York is the city
        return Place(words, region.country, region.part)
    if towns:
        return Place(_bare(words), towns[0].country, towns[0].part, (towns[0].latitude, towns[0].longitude))
    return Place(words)


@lru_cache(4_096)  # asked again at every look
def within(here: Place, words: str, home: Place | None = None) -> bool:
    """Whether ``here`` is in what ``words`` mean, or near enough: Split is in Croatia, Solin as good as in Split."""
    on_a_map = here.country or here.point
    if _own(words) in {_own(n) for n in (here.names if on_a_map else (here.name, *here.names))}:
        return bool(_own(words))
    regions, towns = _meant(words, home)
    return any(_in_region(here, r) for r in regions) or any(_in_town(here, t) for t in towns)


def same(one: Place, other: Place) -> bool:
    """Whether two places are the same town, or near enough to meet."""
    if (one.country, _own(one.name)) == (other.country, _own(other.name)):
        return bool(one.name)
    return bool(one.point and other.point and gazetteer.distance_km(one.point, other.point) <= _NEAR_KM)


def says_where(text: str) -> bool:
    """Whether a sentence that names a place can tell that someone is there: not "back from Rome"."""
    return re.search(language()["elsewhere"], text, re.IGNORECASE) is None


def spoken(words: str) -> str:
    """A place's name within a sentence: "the market", not "The Market"."""
    article = f"{language()['article']} "
    if not words.casefold().startswith(article):
        return words
    name = words[len(article) :]
    return article + (name if called(words).country else name.lower())


def _meant(words: str, home: Place | None) -> tuple[list[Region], list[Town]]:
    """What the words may mean, the likeliest first: "Paris, Texas" is the one there, "Paris" none but the capital."""
    first, *rest = [part.strip() for part in words.split(",") if part.strip()] or [""]
    regions = [] if rest else gazetteer.regions(_own(first))
    if _own(first) in _own_places():
        return [], []
    weighed = [(t, weight * _likelier(t, home)) for t, weight in gazetteer.towns(folded(first))]
    for part in rest:
        inside = gazetteer.regions(_own(part))
        weighed = [(t, w) for t, w in weighed if any(_of(t, r) for r in inside)] if inside else []
    most = max((w for _, w in weighed), default=0.0)
    weighed = [(t, w) for t, w in weighed if w >= most * _PLAUSIBLE]
    return regions, [t for t, _ in sorted(weighed, key=lambda m: -m[1])]


def _likelier(town: Town, home: Place | None) -> int:
    if home is None or home.country != town.country:
        return 1
    near = home.point and gazetteer.distance_km(home.point, (town.latitude, town.longitude)) < _NEAR_HOME_KM
    return _OWN_COUNTRY * _NEAR_HOME if near else _OWN_COUNTRY


def _in_region(here: Place, region: Region) -> bool:
    return (
        here.country is not None
        and region.continent in (None, gazetteer.continent(here.country))
        and region.country in (None, here.country)
        and region.part in (None, here.part)
    )


def _of(town: Town, region: Region) -> bool:
    return _in_region(Place(town.name, town.country, town.part), region)


def _in_town(here: Place, town: Town) -> bool:
    there = town.latitude, town.longitude
    return here.point is not None and gazetteer.distance_km(here.point, there) <= _reach(town.population)


def _reach(people: int) -> float:
    """How far around its middle a town is still where one is, in km: 10 for a village, 30 for London."""
    return 10 + math.sqrt(people) / 150


def _bare(words: str) -> str:
    return words.split(",")[0].strip()


def _own(words: str) -> str:
    """A name as it is compared: without the article."""
    return folded(words).removeprefix(f"{language()['article']} ")


@cache
def _own_places() -> frozenset[str]:
    return frozenset(folded(n) for n in language()["own"].split())


@cache
def language() -> dict[str, str]:
    """The words about places that stand alone in places.en.toml."""
    return tomllib.loads((Path(__file__).parent / "places.en.toml").read_text(encoding="utf-8"))
