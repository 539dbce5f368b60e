"""The hours in which it does not speak up by itself."""

from __future__ import annotations

from datetime import datetime, time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.quiet import quiet_hours


@pytest.mark.parametrize(
    ("text", "quiet", "loud"), [("22:00-08:00", 23, 9), ("22:00 – 08:00", 3, 8), ("1:00-2:30", 2, 3)]
)
def test_they_may_go_over_midnight(text: str, quiet: int, loud: int) -> None:
    hours = quiet_hours(text)
    assert datetime(2026, 5, 4, quiet) in hours  # noqa: DTZ001 - local
    assert datetime(2026, 5, 4, loud) not in hours  # noqa: DTZ001


@given(st.times(), st.times(), st.datetimes())
def test_a_moment_is_in_them_or_in_those_from_their_end_to_their_start(
    start: time, end: time, moment: datetime
) -> None:
    hours = quiet_hours(f"{start:%H:%M}-{end:%H:%M}")
    others = quiet_hours(f"{end:%H:%M}-{start:%H:%M}")
    if hours.start == hours.end:
        assert moment not in hours
    else:
        assert (moment in hours) != (moment in others)


@pytest.mark.parametrize("text", ["", "22-8", "25:00-08:00", "22:00", "22:60-08:00", "late"])
def test_what_is_no_span_is_said_to_be_none(text: str) -> None:
    with pytest.raises(ValueError, match="22:00-08:00"):
        quiet_hours(text)


def test_there_may_be_none() -> None:
    assert datetime(2026, 5, 4, 3) not in quiet_hours("none")  # noqa: DTZ001
