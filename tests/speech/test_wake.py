"""Wake words: they wake, once, wherever the sound is cut; other sound does not; broken models say so."""

from __future__ import annotations

import time
from pathlib import Path

import numpy as np
import pyopen_wakeword
import pytest

from speech.audio import RATE_HZ, resample
from speech.errors import EngineFailed, EngineMissing
from speech.tts.espeak import Espeak
from speech.wake.openwakeword import BUILT_IN, OpenWakeWord

MODELS = Path(pyopen_wakeword.__file__).parent / "models"


@pytest.fixture(scope="module")
def everything():
    return OpenWakeWord(BUILT_IN)


def spoken(text, voice):
    said = np.concatenate([chunk.samples for chunk in resample(Espeak(voice, 160, 50).speak(text))])
    return np.concatenate((np.zeros(RATE_HZ, np.float32), said, np.zeros(RATE_HZ * 3 // 2, np.float32)))


def detections(stream, sound, length=1280):
    cut = (stream.hear(sound[start : start + length]) for start in range(0, len(sound), length))
    return [found for found in cut if found]


def test_a_synthetic_voice_wakes_it_once(everything):
    found = detections(everything.listen(), spoken("alexa", "en-gb"))
    assert [detection.phrase for detection in found] == ["alexa"]
    assert found[0].score >= 0.5
    assert 1.0 < found[0].at_seconds < 2.2


def test_the_same_however_the_sound_is_cut(everything):
    sound = spoken("alexa", "en-gb")
    (wanted,) = detections(everything.listen(), sound)
    for length in (160, 1000, 4096, len(sound)):
        (found,) = detections(everything.listen(), sound, length)
        assert found.at_seconds == wanted.at_seconds
        assert found.score == pytest.approx(wanted.score, abs=1e-4)
        given = min(len(sound), (int(wanted.at_seconds * RATE_HZ) - 1) // length * length + length)
        assert found.samples_after == given - int(wanted.at_seconds * RATE_HZ)


def test_it_wakes_again_after_a_while(everything):
    sound = spoken("alexa", "en-gb")
    stream = everything.listen()
    found = detections(stream, np.concatenate((sound, sound)))
    assert [detection.phrase for detection in found] == ["alexa", "alexa"]


def test_the_score_can_be_shown(everything):
    stream = everything.listen()
    assert stream.score == 0.0
    highest = 0.0
    sound = spoken("alexa", "en-gb")
    for start in range(0, len(sound), 1280):
        stream.hear(sound[start : start + 1280])
        highest = max(highest, stream.score)
    assert highest > 0.5
    stream.hear(np.zeros(RATE_HZ * 2, np.float32))
    assert stream.score < 0.1


def test_only_what_it_listens_for():
    assert not detections(OpenWakeWord(["okay_nabu"]).listen(), spoken("alexa", "en-gb"))


def test_a_new_stream_is_ready_at_once(everything):
    def seconds(engine):
        began = time.process_time()
        engine.listen().hear(np.zeros(1280, np.float32))
        return time.process_time() - began

    everything.listen()
    with_warm_up = min(seconds(OpenWakeWord(BUILT_IN)) for _ in range(3))
    assert min(seconds(everything) for _ in range(3)) < with_warm_up / 2


def test_a_model_of_ones_own(tmp_path):
    path = tmp_path / "hey_joan.tflite"
    path.write_bytes((MODELS / "alexa.tflite").read_bytes())
    engine = OpenWakeWord([path])
    assert engine.phrases == ("hey_joan",)
    assert [d.phrase for d in detections(engine.listen(), spoken("alexa", "en-gb"))] == ["hey_joan"]


def test_a_name_that_nobody_knows():
    with pytest.raises(EngineMissing, match="okay_nabu") as told:
        OpenWakeWord(["hey_joan"]).listen()
    assert told.value.command == "fondly models pull hey_joan"


@pytest.mark.parametrize(
    "content",
    [b"", b"no model at all", b"\0\0\0\0TFL3" + b"x" * 1000, (MODELS / "alexa.tflite").read_bytes()[:50_000]],
    ids=["empty", "text", "the mark alone", "half a model"],
)
def test_a_broken_model(content, tmp_path):
    path = tmp_path / "broken.tflite"
    path.write_bytes(content)
    with pytest.raises(EngineFailed, match=r"broken\.tflite"):
        OpenWakeWord([path]).listen()


@pytest.mark.parametrize("other", ["embedding_model", "melspectrogram"])
def test_a_model_for_something_else(other):
    with pytest.raises(EngineFailed, match="96"):
        OpenWakeWord([MODELS / f"{other}.tflite"]).listen()


def test_people_wake_it(everything, recordings):
    named = [r for r in recordings("wake") if r.said.replace(" ", "_") in BUILT_IN]
    quiet = np.zeros(RATE_HZ, np.float32)
    woken = 0
    for recording in named:
        sound = np.concatenate((quiet, recording.sound(), quiet))
        phrases = {found.phrase for found in detections(everything.listen(), sound)}
        assert phrases <= {recording.said.replace(" ", "_")}, recording.path.name
        woken += bool(phrases)
    assert woken >= len(named) * 0.85


def test_noise_does_not(everything, recordings):
    for recording in recordings("noise"):
        assert not detections(everything.listen(), recording.sound()[: 8 * RATE_HZ]), recording.path.name
