"""What is read from overheard words, and what is not."""

from __future__ import annotations

from datetime import datetime

import pytest
from hypothesis import given
from hypothesis import settings as example_settings
from hypothesis import strategies as st

from assistant.ambient.reading import tellings
from assistant.ambient.transcript import Passage, from_lines, from_plain, to_lines

NOW = datetime(2026, 5, 4, 10, 0).astimezone()


def told(text: str, mine: bool) -> list[str]:
    return [one.text for _, one in tellings([Passage(mine, text)], NOW, ())]


@pytest.mark.parametrize("mine", [True, False])
@pytest.mark.parametrize(
    "text",
    [
        "Remind me to call Ana tomorrow.",
        "Forget everything about Joan.",
        "Scratch that.",
        "No, it's Joanne.",
        "What is Ana allergic to?",
        "The bus was full again. We need milk.",
        "SPEAKER_01 has a sister called Ana.",
        "Speaker 1 is moving to Leeds.",
        "-----",
        "",
    ],
)
def test_nothing_is_read_from_these(text: str, mine: bool) -> None:
    assert told(text, mine) == []


def test_of_others_only_what_is_plainly_about_someone_named() -> None:
    text = "I lent Priya my drill. She moved to Leeds. You know Omar's in Rome. Tom Hill is getting married in June."
    assert told(text, mine=False) == ["Tom Hill is getting married in June."]
    assert told("I lent Priya my drill.", mine=True) == ["You lent Priya your drill."]


def test_words_to_fondly_are_read_without_its_name() -> None:
    assert told("Hey Fondly, Ana keeps bees.", mine=True) == ["Ana keeps bees."]


def test_a_transcript_in_plain_words() -> None:
    text = "User: Ana keeps bees.\nSpeaker 1 (00:12): Nice: bees.\nand honey\nSPEAKER_02: Yes."
    assert from_plain(text) == [
        Passage(True, "Ana keeps bees."),
        Passage(False, "Nice: bees."),
        Passage(False, "and honey"),
        Passage(False, "Yes."),
    ]


@given(st.lists(st.builds(Passage, st.booleans(), st.text(max_size=40))))
def test_lines_keep_who_spoke_and_every_word(passages: list[Passage]) -> None:
    back = from_lines(to_lines(passages))
    for mine in (True, False):
        said = [word for p in passages if p.mine is mine for word in p.text.split()]
        assert [word for p in back if p.mine is mine for word in p.text.split()] == said


@example_settings(max_examples=50)
@given(st.lists(st.builds(Passage, st.booleans(), st.text(max_size=80)), max_size=4))
def test_any_words_can_be_read(passages: list[Passage]) -> None:
    for kind, one in tellings(passages, NOW, ()):
        assert kind
        assert one.about
