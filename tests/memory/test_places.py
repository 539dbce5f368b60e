"""Places as people speak of them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import settings as example_settings
from hypothesis import strategies as st

from memory import gazetteer, places
from memory.places import Place

LEEDS = places.called("Leeds")
ATLANTA = places.called("Atlanta")


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ("Split", "Split, Croatia"),
        ("Lisbon", "Lisbon, Portugal"),
        ("Hull", "Hull, the UK"),
        ("Cologne", "Cologne, Germany"),
        ("Paris", "Paris, France"),
        ("Paris, Texas", "Paris, the US"),
        ("Cambridge, Massachusetts", "Cambridge, the US"),
        ("San Sebastián", "San Sebastián, Spain"),
        ("new york", "new york, the US"),
        ("the Hague", "the Hague, the Netherlands"),
        ("Bangalore", "Bangalore, India"),
        ("Croatia", "Croatia"),
        ("the UK", "the UK"),
        ("up north", "up north"),
        ("the market", "the market"),
        ("home", "home"),
    ],
)
def test_what_words_mean(words: str, said: str) -> None:
    assert places.called(words).said == said


@pytest.mark.parametrize(
    ("point", "said"),
    [
        ((43.51, 16.44), "Split, Croatia"),
        ((43.539, 16.494), "Split, Croatia"),  # Solin
        ((51.54, -0.14), "London, the UK"),  # Camden
        ((51.65, -0.40), "Watford, the UK"),
        ((38.697, -9.42), "Cascais, Portugal"),
        ((12.9352, 77.6245), "Bengaluru, India"),
        ((0.0, -30.0), ""),  # at sea
    ],
)
def test_what_is_at_a_point(point: tuple[float, float], said: str) -> None:
    assert places.at(*point).said == said


@pytest.mark.parametrize(
    ("here", "words", "is_within"),
    [
        ("Split", "Croatia", True),
        ("Split", "Split", True),
        ("Split", "Europe", True),
        ("Split", "Zagreb", False),
        ("Split", "Italy", False),
        ("Edinburgh", "Scotland", True),
        ("Edinburgh", "the UK", True),
        ("Edinburgh", "Britain", True),
        ("Edinburgh", "England", False),
        ("Austin", "Texas", True),
        ("Austin", "the States", True),
        ("Austin", "America", True),
        ("Amsterdam", "Holland", True),
        ("Solin", "Split", True),  # near enough
        ("Lisbon", "Lisboa", True),
        ("Bangalore", "Bengaluru", True),
        ("Leeds", "up north", False),
        ("Leeds", "the market", False),
        ("Leeds", "home", False),
        ("Croatia", "Croatia", True),
        ("Croatia", "Split", False),  # nobody knows
        ("Paris, Texas", "Paris", False),
        ("Paris, Texas", "Paris, Texas", True),
        ("Paris", "Paris, Texas", False),
        ("Atlanta", "Georgia", True),
        ("Tbilisi", "Georgia", True),
        ("London", "", False),
        ("London", ",", False),
        ("London", "London, Ontario", False),
    ],
)
def test_where_one_is_within(here: str, words: str, is_within: bool) -> None:
    assert places.within(places.called(here), words) is is_within


@pytest.mark.parametrize(
    ("words", "home", "said"),
    [
        ("Birmingham", LEEDS, "Birmingham, the UK"),
        ("Birmingham", ATLANTA, "Birmingham, the US"),
        ("Newcastle", LEEDS, "Newcastle, the UK"),
        ("Cambridge", LEEDS, "Cambridge, the UK"),
        ("Boston", LEEDS, "Boston, the US"),
        ("Perth", LEEDS, "Perth, Australia"),
        ("Richmond", places.called("London"), "Richmond, the UK"),
    ],
)
def test_names_that_several_places_have(words: str, home: Place, said: str) -> None:
    assert places.called(words, home).said == said


def test_ones_own_places_are_within_themselves() -> None:
    here = Place("Leeds", "GB", "ENG", LEEDS.point, ("Work",))
    assert places.within(here, "work")
    assert places.within(here, "Work")
    assert not places.within(here, "the gym")
    assert places.within(Place("the market", names=("the market",)), "The Market")


def test_the_same_place() -> None:
    assert places.same(places.called("Split"), places.at(43.52, 16.45))
    assert not places.same(LEEDS, places.called("York"))
    assert not places.same(LEEDS, places.called("Croatia"))


@given(st.text(max_size=60), st.floats(-90, 90), st.floats(-180, 180))
@example_settings(max_examples=150, deadline=None)
def test_any_words_and_any_point(words: str, latitude: float, longitude: float) -> None:
    here = places.at(latitude, longitude)
    assert places.within(here, words) in (True, False)
    assert places.called(words).name in words
    if here.country:
        assert places.within(here, gazetteer.region_name(here.country))


@given(st.floats(-90, 90), st.floats(-180, 180), st.floats(-90, 90), st.floats(-180, 180))
def test_distances(lat: float, lon: float, other_lat: float, other_lon: float) -> None:
    one, other = (lat, lon), (other_lat, other_lon)
    far = gazetteer.distance_km(one, other)
    assert 0 <= far <= 20_016
    assert abs(far - gazetteer.distance_km(other, one)) < 0.001
    assert gazetteer.distance_km(one, one) == 0
