"""A long told life: how its notes are said again, and what they tell between the lines."""

from __future__ import annotations

from datetime import date, datetime

import pytest

from assistant.understanding.meaning import Meaning
from assistant.understanding.rules import understand
from memory.dates import DateSpan, on_day

NOW = datetime(2026, 5, 4, 10, 0)  # noqa: DTZ001 - local time, a Monday


def note(text: str, now: datetime = NOW) -> Meaning:
    return understand(text, now)


def texts(text: str) -> list[str]:
    return [m.text for m in note(text).memories]


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("Lena's building got sold.", "Lena's building got sold."),
        ("Lena's wedding got moved to the 3rd of June.", "Lena's wedding got moved to the 3rd of June."),
        ("Lena's painting her kitchen this weekend.", "Lena is painting her kitchen this weekend."),
        ("Omar's obsessed with sourdough.", "Omar is obsessed with sourdough."),
        ("Omar's exhausted.", "Omar is exhausted."),
        ("Omar's exhausted the whole budget.", "Omar has exhausted the whole budget."),
        ("Omar's moved to Cork.", "Omar has moved to Cork."),
        ("Omar's pregnant cat is called Miso.", "Omar's pregnant cat is called Miso."),
        ("Omar works in the ER at St. Luke's.", "Omar works in the ER at St. Luke's."),
        ("Omar studies at U of I.", "Omar studies at U of I."),
        ("Omar's last day's May 29th.", "Omar's last day is May 29th."),
        ("So far Omar likes Cork.", "So far Omar likes Cork."),
    ],
)
def test_short_forms_and_abbreviations_are_spelled_as_they_were_meant(text: str, kept: str) -> None:
    assert kept in texts(text)


@pytest.mark.parametrize(
    ("text", "kind", "kept"),
    [
        ("Sent Priya a card for her exam.", "event", "You sent Priya a card for her exam."),
        ("Gave Priya a kite.", "gift", "You gave Priya a kite."),
        ("Bought Priya a kite for her birthday.", "gift", "You bought Priya a kite for her birthday."),
        ("Paid Omar back the twenty quid.", "event", "You paid Omar back the twenty quid."),
        ("Omar paid me back for the tickets.", "event", "Omar paid you back for the tickets."),
        ("Omar gave me an old clock.", "event", "Omar gave you an old clock."),
        (
            "I promised Lena I'd take her to see the seals.",
            "promise",
            "You promised Lena you would take her to see the seals.",
        ),
        ("Nguyen is pronounced win.", "fact", "Nguyen is pronounced win."),
    ],
)
def test_what_passed_between_the_speaker_and_someone(text: str, kind: str, kept: str) -> None:
    meaning = note(text)
    assert meaning.intent == "capture"
    assert (kind, kept) in [(m.kind, m.text) for m in meaning.memories]


@pytest.mark.parametrize(
    ("text", "about", "kept"),
    [
        ("Priya introduced me to Lena.", ("Priya", "Lena"), "Priya introduced you to Lena."),
        ("Had lunch with Lena, Omar introduced us.", ("Omar", "Lena"), "Omar introduced you to Lena."),
        ("I introduced Omar to Lena.", ("Omar", "Lena"), "You introduced Omar to Lena."),
        (
            "Priya introduced Lena to her cousin Karim.",
            ("Priya", "Lena", "Karim"),
            "Priya introduced Lena to her cousin Karim.",
        ),
        ("Lena and Omar are engaged. Priya introduced them.", ("Priya", "Lena", "Omar"), "introduced Lena to Omar."),
        ("I went to law school with Priya.", ("Priya",), "You went to law school with Priya."),
        ("Priya is a judge. We sing together on Thursdays.", ("Priya",), "You and Priya sing together on Thursdays."),
        ("That's how we met. Priya was my landlady in Delft.", ("Priya",), "landlady in Delft, which is how you met."),
    ],
)
def test_how_people_came_to_know_each_other(text: str, about: tuple[str, ...], kept: str) -> None:
    meaning = note(text)
    assert any(m.about == about and m.text.endswith(kept) for m in meaning.memories)
    assert not meaning.introductions


def test_whom_the_speaker_knows_from_long_before_was_not_met_today() -> None:
    assert note("I went to law school with Priya.").interaction is None


def test_two_names_of_one_person_are_no_introduction() -> None:
    assert not note("Bea and Beatrice are the same person, by the way.").introductions


@pytest.mark.parametrize(
    ("text", "about"),
    [
        ("Tom and Lena restore furniture.", ("Tom", "Lena")),
        ("Tom and Lena both restore clocks.", ("Tom", "Lena")),
        ("Lena, Omar and Tom all sing in the choir.", ("Lena", "Omar", "Tom")),
        ("Took Tom to see Lena. They're moving to Malta in June.", ("Tom", "Lena")),
    ],
)
def test_what_several_do_is_told_of_all_of_them(text: str, about: tuple[str, ...]) -> None:
    assert about in [m.about for m in note(text).memories]


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        (
            "Tom's exam got moved, it's on the 12th now.",
            ["Tom's exam got moved, it is on the 12th now."],
        ),
        ("Priya's expecting. It's a girl.", ["Priya is expecting.", "Priya's baby is a girl."]),
        ("Omar moved house. New place, by the river.", ["Omar moved house, new place, by the river."]),
        ("Tom's going away party. Omar did the music.", ["Omar did the music."]),
        ("Tom's mum Ruth is going to Malta.", ["Ruth is Tom's mum.", "Tom's mum Ruth is going to Malta."]),
        ("Lena found a studio with a kiln she can walk to.", ["Lena found a studio with a kiln she can walk to."]),
        ("Tom's engaged. Her name's Sunniva.", ["Tom is engaged.", "Sunniva is Tom's partner."]),
    ],
)
def test_what_goes_on_is_joined_and_fragments_are_not_kept(text: str, kept: list[str]) -> None:
    assert texts(text) == kept


def test_a_plan_that_moved_has_its_new_day() -> None:
    (memory,) = note("Tom's exam got moved, it's on the 12th of June now.").memories
    assert (memory.kind, memory.when) == ("plan", on_day(date(2026, 6, 12)))


@pytest.mark.parametrize(
    ("text", "kept", "when"),
    [
        ("I'm going to see Radiohead tomorrow.", "You're going to see Radiohead tomorrow.", on_day(date(2026, 5, 5))),
        ("I want to make friends in Leeds.", "You want to make friends in Leeds.", None),
        ("I'd like to find a job through people.", "You would like to find a job through people.", None),
        (
            "I want to run a marathon next year.",
            "You want to run a marathon next year.",
            DateSpan(date(2027, 1, 1), date(2027, 12, 31)),
        ),
    ],
)
def test_the_speakers_own_plans_and_wishes(text: str, kept: str, when: DateSpan | None) -> None:
    meaning = note(text)
    (memory,) = meaning.memories
    assert (meaning.intent, memory.about, memory.kind) == ("capture", (), "plan")
    assert (memory.text, memory.when) == (kept, when)


@pytest.mark.parametrize(
    ("text", "intent"),
    [
        ("I'm in Lisbon until Sunday.", "presence"),
        ("I'm flying to Oslo tomorrow.", "presence"),
        ("I want to know who lives in Leeds.", "find"),
        ("My neighbour's wedding is in August.", "capture"),
        ("A year since Walt. I wound the clock.", "capture"),
    ],
)
def test_what_is_no_plan_of_ones_own(text: str, intent: str) -> None:
    meaning = note(text)
    assert meaning.intent == intent
    assert not meaning.memories


@pytest.mark.parametrize(
    "text",
    [
        "Is there anything I have to keep out of the food when Priya comes over?",
        "What should I leave out when I cook for Priya?",
        "I don't want to forget Priya's birthday.",
        "Keep Priya's party out of the family chat.",
    ],
)
def test_only_a_command_forgets(text: str) -> None:
    assert note(text).intent != "forget"


@pytest.mark.parametrize("text", ["Don't keep anything about Priya.", "Forget all about Priya.", "wipe priya"])
def test_a_command_does(text: str) -> None:
    assert note(text).intent == "forget"


def test_a_month_between_two_is_no_name() -> None:
    assert note("Omar is in Denver, May through July.").people == ("Omar",)


def test_who_came_over_from_abroad_was_not_met_then() -> None:
    assert note("Farid came over from Kabul in 2021.").interaction is None
