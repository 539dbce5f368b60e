"""OwnTracks' messages over real HTTP: the last position and the places marked are kept, and nothing else."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as example_settings
from hypothesis import strategies as st

from assistant.devices import Devices
from assistant.settings import Settings
from assistant.turn import Parts
from assistant.web.whereabouts import KIND, add_owntracks
from memory import positions, tokens, whereabouts
from tests.assistant.conftest import Clock
from tests.assistant.served import Served, served
from tests.assistant.test_cli import Fondly
from tests.assistant.test_scheduler import Home

SPLIT = {"lat": 43.5089, "lon": 16.4392}
LEEDS = {"lat": 53.7965, "lon": -1.5479}


@pytest.fixture
def home(parts: Parts, settings: Settings) -> Iterator[Served]:
    with served(parts, settings) as running:
        yield running


@pytest.fixture
def fondly(tmp_path: Path) -> Fondly:
    return Fondly(tmp_path / "home")


@pytest.fixture
def path(parts: Parts) -> str:
    return add_owntracks(parts.db, "phone")


def location(clock: Clock, where: dict[str, float] = SPLIT, minutes_ago: float = 0, **more: Any) -> dict[str, Any]:
    """As the Android app posts it."""
    tst = int((clock() - timedelta(minutes=minutes_ago)).timestamp())
    return {
        "_type": "location", "BSSID": "02:00:00:00:00:00", "SSID": "cafe", "acc": 13, "alt": 12, "batt": 71, "bs": 1,
        "conn": "w", "created_at": tst + 2, "m": 1, "t": "u", "tid": "ph", "topic": "owntracks/me/phone", "tst": tst,
        "vac": 2, "vel": 0, "_id": "a1b2c3d4", **where, **more,
    }  # fmt: skip


def transition(clock: Clock, event: str, desc: str, where: dict[str, float] = LEEDS) -> dict[str, Any]:
    tst = int(clock().timestamp())
    return {
        "_type": "transition", "acc": 20, "desc": desc, "event": event, "rid": "f7676c", "t": "c", "tid": "ph",
        "tst": tst, "wtst": 1610104395, **where,
    }  # fmt: skip


def waypoint(desc: str, where: dict[str, float] = LEEDS, tst: int = 1610104395, rad: float = 150) -> dict[str, Any]:
    return {"_type": "waypoint", "desc": desc, "rad": rad, "rid": "f7676c", "tst": tst, **where}


def here(home: Served, clock: Clock) -> tuple[str, tuple[str, ...]] | None:
    place = whereabouts.mine(home.parts.db, clock())
    return (place.said, place.names) if place else None


def test_a_location_is_where_the_speaker_is(home: Served, path: str, clock: Clock) -> None:
    answer = home.client.post(path, json=location(clock))
    assert (answer.status_code, answer.json()) == (200, [])
    assert here(home, clock) == ("Split, Croatia", ())


def test_only_the_last_position_is_kept(home: Served, path: str, clock: Clock) -> None:
    for minutes_ago, where in ((30, LEEDS), (1, SPLIT), (20, LEEDS)):  # the last was sent late
        assert home.client.post(path, json=location(clock, where, minutes_ago)).status_code == 200
    assert here(home, clock) == ("Split, Croatia", ())
    assert len(home.parts.db.rows("SELECT * FROM position")) == 1


def test_several_at_once(home: Served, path: str, clock: Clock) -> None:
    some = [location(clock, LEEDS, 5), {"_type": "lwt", "tst": 1}, location(clock, SPLIT, 1), waypoint("Work", SPLIT)]
    assert home.client.post(path, json=some).json() == []
    assert here(home, clock) == ("Split, Croatia", ())
    assert [m.name for m in positions.landmarks(home.parts.db)] == ["Work"]


def test_the_regions_that_the_device_is_in(home: Served, path: str, clock: Clock) -> None:
    home.client.post(path, json=location(clock, LEEDS, inregions=["Work"], inrids=["f7676c"]))
    assert here(home, clock) == ("Leeds, the UK", ("Work",))


def test_into_a_region_and_out_of_it(home: Served, path: str, clock: Clock) -> None:
    home.client.post(path, json=transition(clock, "enter", "Gym"))
    assert here(home, clock) == ("Leeds, the UK", ("Gym",))
    clock.forward(minutes=50)
    home.client.post(path, json=transition(clock, "leave", "Gym"))
    assert here(home, clock) == ("Leeds, the UK", ())


def test_places_marked_are_known_to_what_has_no_regions(home: Served, path: str, clock: Clock) -> None:
    sent = {
        "_type": "waypoints",
        "_creator": "app",
        "waypoints": [waypoint("home"), waypoint("Far", SPLIT, 2), {"_type": "waypoint", "desc": "beacon", "tst": 3}],
    }
    assert home.client.post(path, json=sent).status_code == 200
    assert home.client.post(path, json=waypoint("Home", tst=1610104395)).status_code == 200  # it was renamed
    answer = home.client.put("/api/position", json={"latitude": 53.7966, "longitude": -1.5479, "accuracy": 30})
    assert answer.status_code == 204
    assert here(home, clock) == ("Leeds, the UK", ("Home",))
    at_home = whereabouts.home(home.parts.db)
    assert at_home
    assert at_home.said == "Leeds, the UK"


def test_the_page_can_have_it_forgotten(home: Served, clock: Clock) -> None:
    home.client.put("/api/position", json={"latitude": 53.8, "longitude": -1.5})
    assert home.client.delete("/api/position").status_code == 204
    assert here(home, clock) is None
    assert home.parts.db.rows("SELECT * FROM position") == []


def test_a_position_is_not_believed_for_ever(home: Served, path: str, clock: Clock) -> None:
    home.client.post(path, json=location(clock))
    clock.forward(hours=25)
    assert here(home, clock) is None


def test_a_fast_clock_does_not_outlast_later_positions(home: Served, path: str, clock: Clock) -> None:
    home.client.post(path, json=location(clock, LEEDS, minutes_ago=-600))
    clock.forward(minutes=10)
    home.client.post(path, json=location(clock, SPLIT))
    assert here(home, clock) == ("Split, Croatia", ())


def test_a_rough_position_is_left_out(home: Served, path: str, clock: Clock) -> None:
    assert home.client.post(path, json=location(clock, acc=50_000)).status_code == 200
    assert here(home, clock) is None


@pytest.mark.parametrize("kind", ["lwt", "status", "steps", "cmd", "card", "configuration", "request", "beacon", "new"])
def test_what_is_no_place_is_left_out(home: Served, path: str, kind: str) -> None:
    answer = home.client.post(path, json={"_type": kind, "lat": "x", "tst": 1})
    assert (answer.status_code, answer.json()) == (200, [])


def test_an_empty_message_is_none(home: Served, path: str) -> None:
    assert home.client.post(path, content=b"").json() == []


def test_an_encrypted_message_says_what_to_do(home: Served, path: str) -> None:
    answer = home.client.post(path, json={"_type": "encrypted", "data": "AAAA"})
    assert answer.status_code == 422
    assert "encryption key" in answer.json()["detail"]


@pytest.mark.parametrize(
    "body",
    [
        b"{", b"[]]", b"3", b'"location"', b"\xff\xfe", b"[[1]]", b"null", b'{"_type": "location"}',
        b'{"_type": "location", "lat": 91, "lon": 0, "tst": 1}',
        b'{"_type": "location", "lat": NaN, "lon": 0, "tst": 1}',
        b'{"_type": "location", "lat": 1e999, "lon": 0, "tst": 1}',
        b'{"_type": "location", "lat": 1, "lon": 1, "tst": -1}',
        b'{"_type": "location", "lat": 1, "lon": 1, "tst": 99999999999999}',
        b'{"_type": "transition", "lat": 1, "lon": 1, "tst": 1, "event": "vanish"}',
        b'{"_type": "waypoints", "waypoints": {}}', b'{"_type": ["location"]}', b"[" * 100_000,
    ],
)  # fmt: skip
def test_what_owntracks_never_sends_is_refused(home: Served, path: str, body: bytes) -> None:
    assert home.client.post(path, content=body).status_code in (200, 422)
    assert positions.last(home.parts.db) is None
    assert home.client.get("/api/people").status_code == 200


def test_too_much_is_refused(home: Served, path: str) -> None:
    assert home.client.post(path, content=b" " * 1_000_001).status_code == 413


def test_nobody_else_comes_in(home: Served, path: str, clock: Clock) -> None:
    assert home.client.post("/api/owntracks/guess", json=location(clock)).status_code == 404
    assert home.client.post("/api/owntracks/", json=location(clock)).status_code in (404, 405)
    tokens.remove(home.parts.db, KIND, "phone")
    assert home.client.post(path, json=location(clock)).status_code == 404
    assert positions.last(home.parts.db) is None


def test_the_address_opens_nothing_else_from_afar(home: Served, path: str, clock: Clock) -> None:
    afar = {"X-Forwarded-For": "198.51.100.7", "Host": "phone.example"}
    assert home.client.post(path, json=location(clock), headers=afar).status_code == 200
    for other in ("/api/position", "/api/people", "/api/owntracks/../position"):
        assert home.client.put(other, json={"latitude": 1, "longitude": 1}, headers=afar).status_code in (400, 401, 404)


def test_a_page_says_where_it_is_only_with_sense(home: Served) -> None:
    for wrong in ({}, {"latitude": 91, "longitude": 0}, {"latitude": "x", "longitude": 0}, {"latitude": 1}):
        assert home.client.put("/api/position", json=wrong).status_code == 422


def test_a_new_address_ends_the_old_one(home: Served, clock: Clock) -> None:
    first, second = (home.client.post("/api/satellites/phone/owntracks").json()["url"] for _ in range(2))
    assert home.client.post(first, json=location(clock)).status_code == 404
    assert home.client.post(second, json=location(clock)).status_code == 200


def test_what_was_to_be_told_there_is_said_once(parts: Parts, clock: Clock, tmp_path: Path, settings: Settings) -> None:
    waiting = Home(parts, clock, Devices(tmp_path / "devices.json"))
    waiting.say("Remind me to send Anna a photo when I'm in Croatia.")
    with served(waiting.parts, settings) as running:
        path = add_owntracks(parts.db, "phone")
        running.client.post(path, json=location(clock, LEEDS))
        assert waiting.look() == []
        clock.forward(hours=5)
        running.client.post(path, json=location(clock, SPLIT))
        (said,) = waiting.look()
        assert "Croatia" in said
        assert "send Anna a photo" in said
        clock.forward(minutes=10)
        running.client.post(path, json=location(clock, SPLIT))
        assert waiting.look() == []


def test_the_verb_prints_an_address_and_the_doctor_knows_of_it(fondly: Fondly) -> None:
    assert "satellites add PHONE --owntracks" in fondly("doctor")
    assert "url: /api/owntracks/" in fondly("satellites", "add", "my-phone", "--owntracks")
    assert "my-phone" in fondly("doctor")


@given(
    lat=st.floats(-90, 90),
    lon=st.floats(-180, 180),
    names=st.lists(st.text(max_size=30), max_size=5),
    acc=st.floats(0, 100),
)
@example_settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_point_on_earth_is_somewhere_or_nowhere(
    home: Served, path: str, clock: Clock, lat: float, lon: float, names: list[str], acc: float
) -> None:
    clock.forward(seconds=1)
    sent = location(clock, {"lat": lat, "lon": lon}, inregions=names, acc=acc)
    assert home.client.post(path, content=json.dumps(sent)).status_code == 200
    place = whereabouts.mine(home.parts.db, clock())
    assert place
    assert place.point == (lat, lon)
    assert set(place.names) == {n for n in names if n}
