"""A year of three people, by the clock: nothing is lost or doubled, and everything that is said may be said."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from datetime import date, timedelta
from functools import cache

import pytest

from assistant.quiet import quiet_hours
from assistant.tone import unkind
from memory import reminders
from tests.assistant.conftest import local_time_of
from tests.assistant.year.live import PERSONAS, Spoken, Year, lived

QUIET = quiet_hours("22:00-08:00")


@pytest.fixture(scope="module")
def living(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[[str], Year]]:
    """The year of a persona, lived once."""
    with local_time_of("Europe/London"), ExitStack() as homes:
        yield cache(lambda name: homes.enter_context(lived(name, tmp_path_factory.mktemp("year"))))


@pytest.fixture(params=["daily", "bursty", "newcomer"])
def year(request: pytest.FixtureRequest, living: Callable[[str], Year]) -> Year:
    return living(request.param)


def unasked(year: Year) -> list[Spoken]:
    return [one for one in year.by_itself() if not one.asked_for and one.key != "withheld"]


def test_every_line_is_kind(year: Year) -> None:
    assert len(year.log) > 10
    assert [f"{one.text}: {wrong}" for one in year.log for wrong in unkind(one.text)] == []
    own = [re.sub(r"\d+(?= [A-Z])|\d{1,2}(:\d\d)?[ap]m", "", one.text) for one in year.by_itself()]
    assert [text for text in own if re.search(r"\d|\bago\b|\bsince\b|\b(days|weeks|months|years)\b", text)] == []


def test_nothing_is_said_twice(year: Year) -> None:
    said = Counter(one.key for one in year.by_itself() if one.key != "withheld")
    assert {key: count for key, count in said.items() if count > 1} == {}


def test_no_sentence_is_said_two_days_running(year: Year) -> None:
    said = {(one.at.date(), one.text) for one in unasked(year)}
    assert [text for day, text in said if (day + timedelta(days=1), text) in said] == []


def test_three_a_day_at_decent_hours(year: Year) -> None:
    assert max(Counter(one.at.date() for one in unasked(year)).values(), default=0) <= 3
    assert [one for one in unasked(year) if one.at.astimezone() in QUIET] == []
    at_night = [one for one in year.by_itself() if one.at.astimezone() in QUIET]
    assert all("eleven" in told for one in at_night for _, told in [told_of(year, one)])


def told_of(year: Year, one: Spoken) -> tuple[date, str]:
    reminder = reminders.by_id(year.home.parts.db, int(one.key.split("/")[1]))
    assert reminder is not None
    row = year.home.parts.db.row("SELECT text FROM captures WHERE id = ?", (reminder.capture_id,))
    assert row is not None
    return one.at.date(), row["text"]


def test_a_morning_fits_in_half_a_minute(year: Year) -> None:
    mornings = [one for one in year.log if one.to == "Good morning." or one.key.startswith("morning")]
    assert max(len(one.text.split()) for one in mornings) <= 80


def test_no_reminder_is_lost(year: Year) -> None:
    """Each was said, or let go in catching up; those of the last days may still come."""
    db, end = year.home.parts.db, year.home.clock()
    for row in db.rows("SELECT * FROM reminders"):
        reminder = reminders.by_id(db, row["id"])
        assert reminder is not None
        assert reminder.state != "open" or reminders.moment(reminder.due).astimezone() > end, reminder


def test_after_an_absence_at_most_three_things(year: Year) -> None:
    asked = [n for n, one in enumerate(year.log) if one.text.endswith("nothing today?")]
    assert asked or not PERSONAS[year.name].get("phone")
    for n in asked:
        assert re.search(r"\b(?:one|two|three) small things?, or nothing today\?$", year.log[n].text, re.IGNORECASE)
        assert year.log[n + 1].to == "Yes please."
        assert all(later.at > year.log[n].at for later in year.log[n + 2 : n + 3])


class TestDaily:
    @pytest.fixture
    def year(self, living: Callable[[str], Year]) -> Year:
        return living("daily")

    def test_who_slips_out_of_sight_is_brought_to_mind(self, year: Year) -> None:
        """Maya was met every eight days until 20 June."""
        mentions = [one.at.date() for one in year.log if "Maya" in one.text and not re.search("Maya|seen", one.to)]
        assert any(date(2026, 7, 5) <= day <= date(2026, 7, 20) for day in mentions)

    def test_whoever_is_met_is_not(self, year: Year) -> None:
        assert [one for one in year.by_itself("drift") if "Priya" in one.text] == []

    def test_birthdays(self, year: Year) -> None:
        for name, day in (("Priya", date(2026, 3, 14)), ("Tomás", date(2026, 4, 18)), ("Ana", date(2026, 2, 28))):
            assert [one for one in year.log if one.at.date() == day and name in one.text and not one.to.count(name)]

    def test_nothing_cheerful_of_the_dead_or_to_the_grieving(self, year: Year) -> None:
        after = [one for one in year.log if one.at.date() > date(2026, 9, 11) and "Walter" in one.text]
        assert [one for one in after if "birthday" in one.text or "came to mind" in one.text] == []
        of_joan = [one for one in year.by_itself() if one.at.date() > date(2026, 7, 2) and "Joan" in one.text]
        assert [one for one in of_joan if re.search("birthday|pottery|glad", one.text)] == []

    def test_a_reminder_follows_its_event(self, year: Year) -> None:
        assert [one.at.date() for one in year.log if "Ana's trip" in one.text and not one.to] == [date(2026, 3, 25)]
        assert [one for one in year.log if "call Leo" in one.text and one.at.date() == date(2026, 5, 28)]

    def test_when_the_clocks_change_nothing_is_lost(self, year: Year) -> None:
        (one,) = [one for one in year.by_itself("time") if one.at.date() == date(2026, 10, 25)]
        assert "call Priya" in one.text
        assert (one.at.hour, one.at.minute) == (14, 5)  # half past one, at the next look

    def test_after_a_gathering(self, year: Year) -> None:
        (one,) = year.by_itself("gathering")
        assert all(name in one.text for name in ("Kim", "Noah", "Ines"))
