"""Known people whose names were heard as other words, and words that are nobody's name."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.bench.names import Heard, Note, corpus, figures, hear
from assistant.understanding.meaning import KnownPerson
from assistant.understanding.misheard import Way, slips
from assistant.understanding.rules import understand
from assistant.understanding.scene import read_scene
from assistant.understanding.sounds import likeness, name_sounds, sound
from assistant.understanding.words import read_words
from speech.stt.moonshine import Moonshine

NOW = datetime(2026, 5, 1, 12, tzinfo=UTC)
PEOPLE, NOTES = corpus()

# Left: as Moonshine wrote it.
MISHEARD = {
    "Kwavina has started a new job at the harbour.": "Kwabena Owusu",
    "I promised Prye Imvada the recipe for the lemon cake.": "Priyamvada Iyer",
    "Yavin's daughter turned six on the third of May.": "Yevhen Bondar",
    "Met Necks at the market.": "Nex Holloway",
    "Had lunch with she vaughan.": "Siobhan Gallagher",
    "Anna lees is moving to Utrecht.": "Annelies de Vries",
    "How long is it since I saw Column?": "Callum Reid",
    "Spoke to Kweeva, her exams went well.": "Caoimhe Doyle",
    "Met T. A. D. H. G. after work.": "Tadhg Brennan",
}
KNOWN = [*PEOPLE, *(KnownPerson(name) for name in MISHEARD.values() if name not in {p.name for p in PEOPLE})]


def named(text: str, people: list[KnownPerson] = KNOWN) -> tuple[str, ...]:
    return read_scene(text, NOW, people).people


@pytest.mark.parametrize("text", MISHEARD)
def test_a_misheard_name_means_who_is_known(text: str) -> None:
    assert named(text) == (MISHEARD[text],)


def test_the_words_stay_as_they_were_heard() -> None:
    text = "Met Necks at the market. Necks is moving to Leeds."
    meaning = understand(text, NOW, KNOWN)
    assert meaning.people == ("Nex Holloway",)
    assert [m.evidence in text for m in meaning.memories] == [True] * len(meaning.memories) != []
    assert {m.about for m in meaning.memories} == {("Nex Holloway",)}


NOBODY = [note.text for note in NOTES if not note.who]


@pytest.mark.parametrize(
    "text",
    [
        *NOBODY,
        "I had coffee on the 21st of May and a cake in the sun.",
        "She wants land by the river, and a driver for the freezer van.",
        "He's got a cold and the children are on the mend.",
    ],
)
def test_ordinary_sentences_name_nobody_known(text: str) -> None:
    assert set(named(text)).isdisjoint(person.name for person in KNOWN)


def test_another_real_name_stays_another() -> None:
    assert named("Met Marek after work.", [KnownPerson("Mirek Novak")]) == ("Marek",)
    assert named("Robert is moving to Leeds.", [KnownPerson("Rohan Deshmukh")]) == ("Robert",)


def test_another_surname_is_another_person() -> None:
    assert named("Met Tarik Olsen after work.", [KnownPerson("Tariq Hussain")]) == ("Tarik Olsen",)
    assert named("Met Tarik Hussain after work.", [KnownPerson("Tariq Hussain")]) == ("Tariq Hussain",)


def test_a_name_that_two_people_have_is_not_guessed() -> None:
    people = [KnownPerson("Tariq Hussain"), KnownPerson("Tariq Mansour")]
    assert set(named("Met Terick after work.", people)).isdisjoint(p.name for p in people)


@pytest.mark.parametrize("note", [note for note in NOTES if note.who], ids=lambda note: note.text[:30])
def test_names_written_right_are_right(note: Note) -> None:
    assert set(named(note.text, PEOPLE)) == set(note.who)


@given(st.text(alphabet=st.characters(codec="utf-8"), max_size=80), st.lists(st.text(max_size=12), max_size=5))
def test_any_words_and_any_names_can_be_compared(text: str, names: list[str]) -> None:
    words = read_words(text)
    ways = [Way(name, name, KnownPerson(name)) for name in names]
    found = slips(words, ways, ())
    covered = [n for slip in found.values() for n in range(slip.first, slip.last)]
    assert len(covered) == len(set(covered))
    assert all(0 <= n < len(words) for n in covered)


LETTERS = st.text(alphabet="abcdefghijklmnopqrstuvwxyz", min_size=2, max_size=12)


@given(LETTERS, LETTERS)
def test_likeness_is_the_same_both_ways_and_whole_for_oneself(one: str, other: str) -> None:
    a, b = sound(one), sound(other)
    if a and b:
        assert likeness([a], [b])[0, 0] == pytest.approx(likeness([b], [a])[0, 0], abs=1e-5)
        assert likeness([a], [b])[0, 0] <= 1 == likeness([a], [a])[0, 0]


@pytest.mark.parametrize(
    ("one", "other"),
    [("Necks", "Nex"), ("Bucky", "Bukky"), ("Tarik", "Tariq"), ("Shivon", "Siobhan"), ("Neve", "Niamh")],
)
def test_what_sounds_the_same(one: str, other: str) -> None:
    assert likeness([sound(one)], name_sounds(other)).max() > 0.85


def test_a_note_is_spoken_heard_and_counted() -> None:
    note = next(note for note in NOTES if note.text.startswith("Rohan"))
    heard = hear(note, "en-gb-x-rp", Moonshine(), PEOPLE, NOW)
    assert "job" in heard.text
    assert figures([heard]).names == 1


def test_figures_count_right_and_false_names() -> None:
    note = Note("held", ("Nex Holloway", "Priya Nambiar"), "…")
    one = figures([Heard(note, "v", "…", frozenset({"Priya Nambiar"}), frozenset({"Priya Nambiar", "Ravi Krishnan"}))])
    assert (one.names, one.as_heard, one.found, one.wrong, one.wrong_each) == (2, 1, 1, 1, 1.0)
