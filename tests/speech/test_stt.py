"""Speech to text: what every engine must do, and how well the one that is always there does it."""

from __future__ import annotations

import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest

from speech.audio import RATE_HZ, read_sound, resample, silence
from speech.errors import EngineFailed, EngineMissing
from speech.stt import SpeechToText, Utterance
from speech.stt.faster_whisper import FasterWhisper
from speech.stt.moonshine import LONGEST_SECONDS
from speech.tts.espeak import Espeak

FIXTURES = Path(__file__).resolve().parents[1] / "fixtures"
WHISPER = FIXTURES / "whisper"
SPOKEN = FIXTURES / "speech"


def whole(path):
    return np.concatenate([chunk.samples for chunk in read_sound(path)])


def spoken(text):
    return np.concatenate([chunk.samples for chunk in resample(Espeak().speak(text))])


@pytest.fixture(scope="module", params=["moonshine", "faster-whisper"])
def engine(request, moonshine) -> SpeechToText:
    if request.param == "moonshine":
        return moonshine
    if not (WHISPER / "model.bin").is_file():
        pytest.skip("the small Whisper is not made yet")
    return FasterWhisper(WHISPER)


@pytest.mark.parametrize(
    "nothing",
    [
        np.zeros(0, np.float32),
        np.zeros(7, np.float32),
        silence(3).samples,
        (np.random.default_rng(0).standard_normal(RATE_HZ * 3) * 0.1).astype(np.float32),
        np.sin(np.arange(RATE_HZ * 3) * 0.2).astype(np.float32),
        np.eye(1, RATE_HZ, 8000, dtype=np.float32)[0],
    ],
    ids=["no samples", "seven samples", "silence", "hiss", "tone", "click"],
)
def test_nobody_spoke(engine, nothing):
    found = engine.transcribe(nothing, ["Joan"])
    assert found.text == ""
    assert found.seconds == len(nothing) / RATE_HZ


def test_what_it_gives(engine):
    assert engine.name
    found = engine.transcribe(spoken("Joan is moving to Boston in July."), ())
    assert isinstance(found, Utterance)
    assert found.language == "en"
    assert found.confidence is None or 0 <= found.confidence <= 1
    assert found.text
    assert found.text == " ".join(found.text.split())


def test_from_several_threads(engine):
    sounds = [spoken(text) for text in ("I met her on Tuesday.", "She likes dark chocolate.")] * 3
    one_by_one = [engine.transcribe(sound, ()).text for sound in sounds]
    with ThreadPoolExecutor(6) as pool:
        assert list(pool.map(lambda sound: engine.transcribe(sound, ()).text, sounds)) == one_by_one


def test_moonshine_understands_a_synthetic_voice(moonshine, words_of, errors_between):
    said = (
        "Last time, after football practice, her mother had just come through surgery, and the move to Boston"
        " was set for July. You have not spoken with Anna for three months. Your sister asked for the recipe"
        " of the apple cake. Nothing is planned for today."
    )
    wanted = words_of(said)
    heard = [words_of(moonshine.transcribe(spoken(said)).text) for _ in range(3)]  # that voice is never twice the same
    assert min(errors_between(wanted, got) for got in heard) <= 0.2 * len(wanted), heard


def test_moonshine_understands_people(moonshine, recordings, words_of, errors_between):
    wrong = words = 0
    seconds = spent = 0.0
    for recording in recordings("speech"):
        sound, wanted = recording.sound(), words_of(recording.said)
        began = time.perf_counter()
        got = words_of(moonshine.transcribe(sound).text)
        spent += time.perf_counter() - began
        seconds += len(sound) / RATE_HZ
        wrong += errors_between(wanted, got)
        words += len(wanted)
    print(f"\nMoonshine: {wrong} of {words} words wrong ({wrong / words:.1%})")
    print(f"at {spent / seconds:.3f} of real time")
    assert wrong / words < 0.06


def test_moonshine_invents_nothing_for_noise(moonshine, recordings):
    for recording in recordings("noise"):
        assert moonshine.transcribe(recording.sound()).text == "", recording.path.name


def test_moonshine_takes_long_notes(moonshine, recordings, words_of, errors_between):
    short = [recording for recording in recordings("speech") if recording.path.stat().st_size < 400_000]
    pause = silence(0.6).samples
    sound = np.concatenate([part for recording in short[12:32] for part in (recording.sound(), pause)])
    assert len(sound) / RATE_HZ > 4 * LONGEST_SECONDS
    wanted = [word for recording in short[12:32] for word in words_of(recording.said)]
    got = words_of(moonshine.transcribe(sound).text)
    assert errors_between(wanted, got) < 0.1 * len(wanted)


def test_whisper_hears_the_words_of_the_file_names(words_of):
    files = sorted(SPOKEN.glob("*.wav")) if (WHISPER / "model.bin").is_file() else []
    if not files:
        pytest.skip("the small Whisper is not made yet")
    engine = FasterWhisper(WHISPER)
    for file in files:
        found = engine.transcribe(whole(file))
        assert words_of(found.text) == words_of(file.stem.replace("_", " "))
        assert found.confidence is not None


def test_whisper_says_where_its_models_come_from(tmp_path):
    with pytest.raises(EngineMissing) as told:
        FasterWhisper(tmp_path / "small.en").transcribe(silence(1).samples)
    assert told.value.command == "fondly models pull small.en"


def test_a_broken_whisper(tmp_path):
    (tmp_path / "model.bin").write_bytes(b"no model")
    with pytest.raises(EngineFailed, match="broken"):
        FasterWhisper(tmp_path).transcribe(silence(1).samples)


def test_nothing_is_loaded_before_it_is_needed():
    code = (
        "import sys; from pathlib import Path; from speech.stt.moonshine import Moonshine;"
        "from speech.stt.faster_whisper import FasterWhisper;"
        "Moonshine(); FasterWhisper(Path('nowhere'));"
        "sys.exit(any(m in sys.modules for m in ('moonshine_voice', 'faster_whisper', 'ctranslate2')))"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
