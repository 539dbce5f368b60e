"""What is told in passing, beside something else, is kept and tied to the right person."""

from __future__ import annotations

from datetime import date, datetime

import pytest

from assistant.understanding.meaning import KnownPerson, Meaning
from assistant.understanding.rules import understand
from memory.dates import on_day

NOW = datetime(2026, 5, 4, 10, 0)  # noqa: DTZ001 - local time, a Monday


def note(text: str, *known: str) -> Meaning:
    return understand(text, NOW, [KnownPerson(name) for name in known])


def texts(text: str, *known: str) -> list[str]:
    return [m.text for m in note(text, *known).memories]


@pytest.mark.parametrize(
    ("text", "about", "kept"),
    [
        ("It was Joan's birthday, I gave her a wool hat.", ("Joan",), "You gave Joan a wool hat, for Joan's birthday."),
        (
            "Joan and Omar got married today. Lena sang. I gave them a teapot.",
            ("Joan", "Omar"),
            "You gave Joan and Omar a teapot, for Joan and Omar's wedding.",
        ),
        ("Gave Joan the kite at lunch.", ("Joan",), "You gave Joan the kite at lunch."),
        ("Went to the market with Joan. She gave me a jar of plums.", ("Joan",), "Joan gave you a jar of plums."),
        ("Omar brought the tent back.", ("Omar",), "Omar brought the tent back."),
        ("I owe Joan a drink. I owe her thirty euros too.", ("Joan",), "You owe Joan thirty euros too."),
    ],
)
def test_presents_and_what_was_given_back(text: str, about: tuple[str, ...], kept: str) -> None:
    assert (about, kept) in [(m.about, m.text) for m in note(text).memories]


def test_what_was_taken_back_is_kept_beside_being_done() -> None:
    meaning = note("Dropped the ladder back at Omar's, so that's done.")
    assert meaning.intent == "done"
    assert [m.text for m in meaning.memories] == ["You dropped the ladder back at Omar's."]


@pytest.mark.parametrize(
    "text",
    [
        "Rang Joan for her birthday, the ninth of August, she's forty-one.",
        "Rang Joan for her birthday. The ninth of August, born 1985.",
    ],
)
def test_a_birthday_told_beside_a_call(text: str) -> None:
    memory = note(text).memories[0]
    assert memory.text.startswith("Joan's birthday is the ninth of August")
    assert (memory.kind, memory.about, memory.when) == ("fact", ("Joan",), on_day(date(2026, 8, 9)))


@pytest.mark.parametrize(
    ("text", "met"),
    [
        ("Took Omar out for his fiftieth. I paid, it was great.", ("Omar",)),
        ("Called up to see Joan and Omar this afternoon.", ("Joan", "Omar")),
        ("Called over to the hospital to see Joan.", ("Joan",)),
    ],
)
def test_whom_the_speaker_went_to_see(text: str, met: tuple[str, ...]) -> None:
    interaction = note(text).interaction
    assert interaction is not None
    assert interaction.people == met


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("Went to Joan's for her birthday.", "You went to Joan's for her birthday."),
        ("Omar is off to his son Martin's in Whitby.", "Omar is off to his son Martin's in Whitby."),
        ("Joan's Omar has taken up judo.", "Joan's Omar has taken up judo."),
        ("Fixed Omar's gate.", "You fixed Omar's gate."),
        ("Joan was a nurse, that's how she came to Leeds.", "that is how Joan came to Leeds."),
        ("I promised Joan I'd come up to Leeds.", "You promised Joan you would come up to Leeds."),
        ("I've lent Omar my copy of My Brilliant Friend.", "You have lent Omar your copy of My Brilliant Friend."),
        ("Omar is in Leeds, he keeps doves in a shed.", "Omar keeps doves in a shed."),
        ("Joan hates lilies. The smell gives her headaches.", "The smell gives Joan headaches."),
        ("Omar's retraining. Starts at the college in September.", "Omar starts at the college in September."),
        ("Omar texted, he's moved the bees to Bath at last.", "Omar has moved the bees to Bath at last."),
        ("Joan's daughter lives in Bath and is having a baby.", "Joan's daughter lives in Bath and is having a baby."),
    ],
)
def test_said_again_as_it_was_meant(text: str, kept: str) -> None:
    assert any(said.endswith(kept) for said in texts(text))


@pytest.mark.parametrize(
    ("text", "about", "kept"),
    [
        ("Joan rang. Herself and Omar have split up.", ("Joan", "Omar"), "Joan and Omar have split up."),
        ("Joan met Omar in Bath and they bought a boat.", ("Joan", "Omar"), "Joan and Omar bought a boat."),
        ("Joan said hello. She told everybody Omar can't stand leeks.", ("Omar",), "Omar can't stand leeks."),
        ("Joan lives in Bath with her husband Omar and their girl Lena.", ("Joan", "Omar"), "Omar is Joan's husband."),
        ("Joan's wife had the baby, and they called her Lena.", ("Joan", "Lena"), "Lena is Joan's baby."),
        ("Joan got a hamster and named it Professor.", ("Joan",), "Joan's hamster is called Professor."),
        ("Joan has bought a horse. He's called Pancake.", ("Joan",), "Joan's horse is called Pancake."),
        ("Helped Joan and Omar move to Bath today.", ("Joan", "Omar"), "Joan and Omar moved to Bath today."),
        ("Sat with Joan's brother Omar, who makes umbrellas for a living.", ("Omar",), "Omar makes umbrellas"),
        ("Sid the caretaker races pigeons.", ("Sid",), "Sid the caretaker races pigeons."),
        ("There's a new doctor at the clinic, Thaís. She's from Recife.", ("Thaís",), "Thaís is from Recife."),
    ],
)
def test_whose_it_is(text: str, about: tuple[str, ...], kept: str) -> None:
    assert any(m.about == about and m.text.startswith(kept) for m in note(text).memories)


def test_words_beside_a_telling_verb_and_the_names_of_pets_are_not_misheard_names() -> None:
    assert "Leonard" not in note("Joan told me on yard duty that she's expecting.", "Leonard", "Joan").people
    assert texts("Joan has a whippet called Noodle.", "Nadine", "Joan") == ["Joan's whippet is called Noodle."]
