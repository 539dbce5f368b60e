"""Text to speech: what every engine must do, and that two copies of eSpeak live in one process."""

from __future__ import annotations

import shutil
from concurrent.futures import ThreadPoolExecutor
from itertools import islice
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from speech.audio import AudioChunk
from speech.errors import EngineFailed, EngineMissing
from speech.tts import TextToSpeech
from speech.tts.espeak import Espeak
from speech.tts.piper import Piper
from speech.tts.sentences import LONGEST_CHARACTERS, sentences

quick = settings(deadline=None, max_examples=60)

VOICE = Path(__file__).resolve().parents[1] / "fixtures" / "voice" / "en_US-fixture-low.onnx"


@pytest.fixture(scope="module", params=["espeak", "piper"])
def engine(request) -> TextToSpeech:
    if request.param == "espeak":
        return Espeak()
    if not VOICE.is_file():
        pytest.skip("the small voice is not made yet")
    return Piper(VOICE)


def seconds(chunks):
    return sum(chunk.seconds for chunk in chunks)


def test_a_sentence_a_chunk(engine):
    chunks = list(engine.speak("You met Joan on Tuesday. Her mother is well! Shall I remind you?"))
    assert len(chunks) == 3
    for chunk in chunks:
        assert isinstance(chunk, AudioChunk)
        assert chunk.samples.dtype == np.float32
        assert chunk.samples.ndim == 1
        assert 8_000 <= chunk.rate_hz <= 48_000
        assert 0.05 < np.max(np.abs(chunk.samples)) <= 1
        assert 0.5 < chunk.seconds < 10
    assert engine.name


@pytest.mark.parametrize("nothing", ["", "   ", "\n\t\0", "...", "?!", "\x07\x1b", "—"])
def test_nothing_to_say(engine, nothing):
    assert list(engine.speak(nothing)) == []


@pytest.mark.parametrize(
    "odd",
    [
        "bell\x07 and nul\0 and escape\x1b[31m in a sentence",
        "<speak><break time='60s'/>a mark</speak>",
        "[[h@l'oU]] there",
        "half a surrogate \ud83d here",
        "Zoë, Søren, Łukasz and 李雷 met 😀 at Žižkov",
        "100% & 3 < 5 \\ %s {0}",
    ],
)
def test_odd_text_is_spoken(engine, odd):
    chunks = list(engine.speak(odd))
    assert 0.5 < seconds(chunks) < 40
    assert all(np.all(np.isfinite(chunk.samples)) for chunk in chunks)


def test_the_same_text_is_the_same_length(engine):
    text = "She is moving to Boston in July."
    assert seconds(engine.speak(text)) == pytest.approx(seconds(engine.speak(text)), rel=0.02)


def test_stopping_makes_no_more(engine):
    endless = engine.speak("And then she said that she would come. " * 20_000)
    first = list(islice(endless, 2))
    assert len(first) == 2
    endless.close()
    assert list(endless) == []


def test_several_threads_do_not_mix(engine):
    texts = ["One.", "Her mother had just come through surgery, and the move was set for July."] * 4
    wanted = [seconds(engine.speak(text)) for text in texts]
    with ThreadPoolExecutor(8) as pool:
        got = list(pool.map(lambda text: seconds(engine.speak(text)), texts))
    assert got == pytest.approx(wanted, rel=0.02)


def test_espeak_voices_do_not_mix():
    slow, fast, german = Espeak("en-us", 100), Espeak("en-gb", 220), Espeak("de")
    text = "The garden party was on Friday."
    alone = [seconds(voice.speak(text)) for voice in (slow, fast, german)]
    assert alone[0] > 1.5 * alone[1]
    with ThreadPoolExecutor(6) as pool:
        together = list(pool.map(lambda voice: seconds(voice.speak(text)), [slow, fast, german] * 5))
    assert together == pytest.approx(alone * 5, rel=0.02)


def test_espeak_knows_languages_and_variants():
    text = "It was on Friday."
    plain, british, female = (next(Espeak(name).speak(text)) for name in ("en", "en-gb", "en-gb+f3"))
    assert british.seconds == pytest.approx(plain.seconds, rel=0.02)
    assert female.seconds > 1.03 * british.seconds, "this variant takes its time"


def test_espeak_says_what_it_does_not_know():
    with pytest.raises(EngineFailed, match="atlantean"):
        next(Espeak("atlantean").speak("Hello."))


def test_marks_are_not_obeyed():
    with_break = seconds(Espeak().speak("one <break time='20s'/> two"))
    assert with_break < 12


def test_piper_and_espeak_in_one_process():
    if not VOICE.is_file():
        pytest.skip("the small voice is not made yet")
    text = "You met Joan on Tuesday."
    espeak, piper = Espeak(), Piper(VOICE)
    wanted = (seconds(espeak.speak(text)), seconds(piper.speak(text)))
    for _ in range(5):
        assert seconds(piper.speak(text)) == pytest.approx(wanted[1], rel=0.02)
        assert seconds(espeak.speak(text)) == pytest.approx(wanted[0], rel=0.02)
        assert seconds(Espeak("de").speak(text)) > 0.5
    with ThreadPoolExecutor(4) as pool:
        got = list(pool.map(lambda engine: seconds(engine.speak(text)), [espeak, piper] * 10))
    assert got == pytest.approx([*wanted] * 10, rel=0.02)


def test_piper_at_another_pace():
    if not VOICE.is_file():
        pytest.skip("the small voice is not made yet")
    text = "She is moving to Boston in July."
    assert seconds(Piper(VOICE, pace=0.5).speak(text)) == pytest.approx(2 * seconds(Piper(VOICE).speak(text)), rel=0.1)


def test_piper_says_where_its_voices_come_from(tmp_path):
    with pytest.raises(EngineMissing) as told:
        next(Piper(tmp_path / "en_GB-alba-medium.onnx").speak("Hello."))
    assert told.value.command == "fondly models pull en_GB-alba-medium"


@pytest.mark.parametrize(("model", "settings"), [(b"no model", None), (None, "{"), (None, "{}")])
def test_a_broken_voice(model, settings, tmp_path):
    if not VOICE.is_file():
        pytest.skip("the small voice is not made yet")
    voice = tmp_path / VOICE.name
    shutil.copy(VOICE, voice)
    shutil.copy(f"{VOICE}.json", f"{voice}.json")
    if model is not None:
        voice.write_bytes(model)
    if settings is not None:
        Path(f"{voice}.json").write_text(settings)
    with pytest.raises(EngineFailed, match="broken"):
        next(Piper(voice).speak("Hello."))


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("Hello. How are you?", ["Hello.", "How are you?"]),
        ("Dr. Smith met Mrs. J. Jones at 5 p.m. today.", ["Dr. Smith met Mrs. J. Jones at 5 p.m. today."]),
        ('She said "Stop!" Then she left.', ['She said "Stop!"', "Then she left."]),
        ("It costs 3.50 today… or not", ["It costs 3.50 today…", "or not"]),
        ("no end", ["no end"]),
        (" ... ", []),
        ("[[h@l'oU]] there", ["h@l'oU there"]),
    ],
)
def test_sentences(text, parts):
    assert list(sentences(text)) == parts


@quick
@given(st.text(max_size=2000))
def test_sentences_lose_no_word(text):
    cut = list(sentences(text))
    assert all(0 < len(sentence) <= LONGEST_CHARACTERS for sentence in cut)
    letters = [char for char in text if char.isalnum()]
    assert [char for char in "".join(cut) if char.isalnum()] == letters


def test_a_sentence_without_end_is_cut_at_commas():
    cut = list(sentences("and then she came, " * 200))
    assert all(len(part) <= LONGEST_CHARACTERS for part in cut)
    assert all(part.endswith("came,") for part in cut)
