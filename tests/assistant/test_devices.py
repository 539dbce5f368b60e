"""The household's devices: kept in one file, found by name or room."""

from __future__ import annotations

import json
import stat
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.devices import Device, Devices, DeviceTrouble

NOW = datetime(2026, 5, 4, 9, 30, tzinfo=UTC)
KITCHEN = Device("kitchen", "esphome", "192.0.2.7:6053", key="k", room="kitchen")


@pytest.fixture
def devices(tmp_path: Path) -> Devices:
    return Devices(tmp_path / "data" / "devices.json")


def test_there_are_none_at_first(devices: Devices) -> None:
    assert devices.all() == []


def test_what_was_added_is_there_again(devices: Devices, tmp_path: Path) -> None:
    devices.add(KITCHEN)
    devices.change("Kitchen", muted_until=NOW + timedelta(hours=1))
    again = Devices(tmp_path / "data" / "devices.json").get("kitchen")
    assert again.muted(NOW)
    assert not again.muted(NOW + timedelta(hours=2))
    assert again.key == "k"


def test_its_keys_are_nobody_elses_to_read(devices: Devices, tmp_path: Path) -> None:
    devices.add(KITCHEN)
    assert stat.S_IMODE((tmp_path / "data" / "devices.json").stat().st_mode) == 0o600


def test_it_is_found_by_its_room_if_nothing_else_stands_there(devices: Devices) -> None:
    devices.add(Device("left", "wyoming", room="study"))
    assert devices.get("study").name == "left"
    devices.add(Device("right", "wyoming", room="study"))
    with pytest.raises(DeviceTrouble, match="left, right"):
        devices.get("study")


def test_a_name_is_taken_once(devices: Devices) -> None:
    devices.add(KITCHEN)
    with pytest.raises(DeviceTrouble, match="another name"):
        devices.add(KITCHEN)
    devices.forget("kitchen")
    devices.add(KITCHEN)


@pytest.mark.parametrize("text", ["", "{", "[1]", '[{"nme": 1}]', '{"name": "x"}', "null"])
def test_a_damaged_file_is_said_to_be_so(devices: Devices, tmp_path: Path, text: str) -> None:
    file = tmp_path / "data" / "devices.json"
    file.parent.mkdir()
    file.write_text(text)
    with pytest.raises(DeviceTrouble, match="cannot be read"):
        devices.all()


@given(st.lists(st.text(min_size=1, max_size=30), unique_by=str.casefold, max_size=6))
def test_any_name_can_be_given_and_taken_back(tmp_path_factory: pytest.TempPathFactory, names: list[str]) -> None:
    file = tmp_path_factory.mktemp("devices") / "devices.json"
    devices = Devices(file)
    for name in names:
        devices.add(Device(name, "wyoming"))
    assert [d.name for d in devices.all()] == names
    json.loads(file.read_text(encoding="utf-8")) if names else None
    for name in names:
        devices.forget(name)
    assert devices.all() == []
