"""Whom the speaker is about to see, and what is to be said then: kept as it was meant."""

from __future__ import annotations

from datetime import date, datetime

import pytest

from assistant.understanding.meaning import KnownPerson, Meaning
from assistant.understanding.rules import understand
from memory.dates import on_day

NOW = datetime(2026, 5, 4, 10, 0)  # noqa: DTZ001 - local time, a Monday


def note(text: str, *known: str, topic: str | None = None) -> Meaning:
    return understand(text, NOW, [KnownPerson(name) for name in known], topic)


@pytest.mark.parametrize(
    ("text", "about", "kept", "day"),
    [
        ("Supper with Lena on Thursday at six.", ("Lena",), "You're having supper with Lena on Thursday at six.", 7),
        ("Lena at 5 tomorrow.", ("Lena",), "You're seeing Lena at 5 tomorrow.", 5),
        ("Seeing Omar and Lena on Saturday.", ("Omar", "Lena"), "You're seeing Omar and Lena on Saturday.", 9),
        ("Popping over to Omar's tomorrow at two.", ("Omar",), "You're popping over to Omar's tomorrow at two.", 5),
        ("coffee w omar tue 9", ("Omar",), "You're having coffee with Omar tue 9.", 5),
        ("Lena and I are off to the hills on Sunday.", ("Lena",), "Lena and you are off to the hills on Sunday.", 10),
    ],
)
def test_a_meeting_ahead_is_a_plan_with_whom_one_meets(text: str, about: tuple[str, ...], kept: str, day: int) -> None:
    meaning = note(text, "Lena", "Omar")
    assert [(m.kind, m.about, m.text, m.when) for m in meaning.memories] == [
        ("plan", about, kept, on_day(date(2026, 5, day)))
    ]
    assert meaning.interaction is None


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        (
            "I'm seeing somebody new on Friday at four, his name's Kofi and he plays the oboe.",
            ["You're seeing Kofi on Friday at four.", "Kofi plays the oboe."],
        ),
        (
            "We're having lunch tomorrow with the new choir leader, she's called Lena.",
            ["You're having lunch tomorrow with Lena.", "Lena is the new choir leader."],
        ),
        (
            "I'm meeting a man named Kofi on Tuesday at noon, he repairs clocks.",
            ["You're meeting Kofi on Tuesday at noon.", "Kofi repairs clocks."],
        ),
    ],
)
def test_someone_new_is_named_only_after_that(text: str, kept: list[str]) -> None:
    assert [m.text for m in note(text).memories] == kept


@pytest.mark.parametrize(
    "text", ["Lunch with Lena today.", "Coffee with Lena just now.", "I might see Lena on Friday."]
)
def test_what_is_past_or_unsure_is_no_meeting_ahead(text: str) -> None:
    assert not any(m.kind == "plan" and m.text.startswith("You're") for m in note(text, "Lena").memories)


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("I'm seeing Swan Lake on Friday night.", "You're seeing Swan Lake on Friday night."),
        ("Our wedding anniversary is the 12th of June.", "Your wedding anniversary is the 12th of June."),
        ("My interview is on Wednesday.", "Your interview is on Wednesday."),
    ],
)
def test_what_the_speaker_tells_of_themselves_leans_on_nobody(text: str, kept: str) -> None:
    assert [(m.about, m.text) for m in note(text, "Omar", topic="Omar").memories] == [((), kept)]


@pytest.mark.parametrize(
    ("text", "people"),
    [
        ("Saw Lena, Omar and Jan at the market.", ("Lena", "Omar", "Jan")),
        ("Had supper with Mar and Lena.", ("Mar", "Lena")),
        ("Saw Lena and Omar in Jan.", ("Lena", "Omar")),
    ],
)
def test_a_short_month_among_people_is_someone(text: str, people: tuple[str, ...]) -> None:
    assert note(text).people == people


def test_who_someone_new_is_to_the_speaker() -> None:
    assert [m.text for m in note("Bumped into my landlord Kofi, he keeps bees. Just moved here.").memories] == [
        "Kofi is your landlord.",
        "Kofi keeps bees.",
        "Kofi just moved here.",
    ]
    assert [m.text for m in note("Bumped into my landlord Kofi, he keeps bees.", "Kofi").memories] == [
        "Kofi keeps bees."
    ]


@pytest.mark.parametrize(
    ("text", "wanted", "about"),
    [
        ("Remind me when I see Omar to pay him back.", "Pay Omar back.", ("Omar",)),
        ("Next time I meet Lena ask about the garden.", "The garden.", ("Lena",)),
        ("Before I see Omar, remind me of the keys.", "The keys.", ("Omar",)),
        ("Remind me about the tent next time I see Omar.", "The tent.", ("Omar",)),
        ("I need to thank Lena next time I see her.", "Thank Lena.", ("Lena",)),
        ("Next time I'm with Omar remind me about the saw.", "The saw.", ("Omar",)),
    ],
)
def test_what_is_to_be_said_when_someone_is_met(text: str, wanted: str, about: tuple[str, ...]) -> None:
    meaning = note(text, "Omar", "Lena")
    assert meaning.intent == "remind"
    assert [(r.text, r.about, r.due, r.place) for r in meaning.reminders] == [(wanted, about, None, None)]


@pytest.mark.parametrize(
    "text",
    ["Before I see Omar, what should I know?", "When did I last see Omar?", "Remind me what to ask before I see Omar."],
)
def test_what_asks_about_someone_asks_for_no_reminder(text: str) -> None:
    assert note(text, "Omar").reminders == ()


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("He's over for his gran's funeral.", "Omar is over for his gran's funeral."),
        ("His mum hasn't got long.", "Omar's mum hasn't got long."),
        ("He lost his job.", "Omar lost his job."),
        ("They've broken up.", "Omar and his partner have broken up."),
        ("The biopsy was bad.", "Omar's biopsy was bad."),
    ],
)
def test_hard_news_of_whom_was_spoken_of(text: str, kept: str) -> None:
    assert [(m.about, m.text, m.sensitive) for m in note(text, "Omar", topic="Omar").memories] == [
        (("Omar",), kept, True)
    ]


def test_no_hard_news() -> None:
    assert not any(m.sensitive for m in note("Omar hasn't got long hair anymore.", "Omar").memories)
