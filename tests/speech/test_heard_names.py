"""The names of known people are heard where the sound speaks for them, and nowhere else."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from speech.audio import Samples, resample
from speech.stt.decoder import Tokens
from speech.stt.moonshine import Moonshine
from speech.tts.espeak import Espeak

NAMES = ("Siobhan", "Tariq", "Dmitri", "Saoirse Brennan", "Bronwyn", "Zeynep", "Goran", "Anjali")


def spoken(text: str) -> Samples:
    """Never twice the same: eSpeak's voices flutter by chance."""
    return np.concatenate([chunk.samples for chunk in resample(Espeak("en-gb").speak(text))])


SAID = (
    ("Had lunch with Siobhan and Tariq, they are moving to Spain.", {"Siobhan", "Tariq"}),
    ("I saw Bronwyn at the market on Saturday.", {"Bronwyn"}),
    ("Goran has bought a boat.", {"Goran"}),
)


def test_known_names_are_heard_mostly_and_others_hardly(moonshine: Moonshine) -> None:
    right = wrong = unknown = 0
    for text, names in SAID * 4:
        samples = spoken(text)
        found = {name for name in NAMES if name in moonshine.transcribe(samples, NAMES).text}
        right += len(found & names)
        wrong += len(found - names)
        unknown += sum(name in moonshine.transcribe(samples).text for name in names)
    assert right >= 9  # of 16
    assert wrong <= 3
    assert unknown < right


@pytest.mark.parametrize("text", ["The meeting is on Tuesday at ten.", "I need a new bicycle for the summer."])
@pytest.mark.parametrize("names", [NAMES, ("", "42", "李小龙", "x" * 300, "\x00")])
def test_no_name_is_heard_where_none_was_said(moonshine: Moonshine, text: str, names: tuple[str, ...]) -> None:
    samples = spoken(text)
    assert moonshine.transcribe(samples, names).text == moonshine.transcribe(samples).text


@pytest.fixture(scope="module")
def tokens(moonshine: Moonshine) -> Tokens:
    return moonshine._decoder.tokens


@given(words=st.lists(st.text(st.characters(codec="utf-8", exclude_categories=["C", "Z"]), min_size=1), max_size=6))
def test_tokens_say_the_words_they_were_made_of(tokens: Tokens, words: list[str]) -> None:
    text = " ".join(words).replace("▁", "")
    assert tokens.decode(tokens.encode(text)) == " ".join(text.split())
