"""Voice activity: frames, streams, and that it knows a voice from noise."""

from __future__ import annotations

import subprocess
import sys
import threading
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from speech.audio import RATE_HZ
from speech.errors import EngineFailed
from speech.stt.pieces import hear_all, pieces, somebody_spoke
from speech.tts.espeak import Espeak
from speech.vad import FRAME_SAMPLES, FRAME_SECONDS, SileroVoiceActivity

quick = settings(deadline=None, max_examples=20)

voices = SileroVoiceActivity()
noise = (np.random.default_rng(5).standard_normal(12_000) * 0.2).astype(np.float32)


@quick
@given(st.lists(st.integers(0, 2000), max_size=12))
def test_the_same_however_the_sound_is_cut(cuts):
    wanted = voices.listen().hear(noise)
    stream, got, start = voices.listen(), [], 0
    for length in [*cuts, len(noise)]:
        got += stream.hear(noise[start : start + length])
        start += length
    assert len(got) == len(noise) // FRAME_SAMPLES
    assert got == pytest.approx(wanted, abs=1e-4)


def test_streams_know_nothing_of_each_other():
    alone = voices.listen().hear(noise)
    one, other = voices.listen(), voices.listen()
    other.hear(noise[::-1].copy())
    assert one.hear(noise) == pytest.approx(alone)


def test_silence_is_no_voice():
    assert max(voices.listen().hear(np.zeros(RATE_HZ * 40, np.float32))) < 0.3


def test_a_spoken_sentence_is_voice_and_the_silence_around_it_is_not():
    from speech.audio import resample

    said = np.concatenate([c.samples for c in resample(Espeak().speak("Joan is moving to Boston in July."))])
    second = np.zeros(RATE_HZ, np.float32)
    found = voices.listen().hear(np.concatenate((second, said, second)))
    voiced = [index * FRAME_SECONDS for index, probability in enumerate(found) if probability > 0.5]
    assert 0.8 < min(voiced) < 1.4
    assert len(voiced) * FRAME_SECONDS > 0.4 * len(said) / RATE_HZ
    assert max(voiced) < 1.3 + len(said) / RATE_HZ


def test_many_threads_load_it_once():
    fresh = SileroVoiceActivity()
    results = []
    threads = [threading.Thread(target=lambda: results.append(fresh.listen().hear(noise))) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(results) == 6
    assert all(result == pytest.approx(results[0]) for result in results)


def test_a_broken_model(tmp_path):
    (tmp_path / "broken.onnx").write_bytes(b"no model")
    with pytest.raises(EngineFailed, match=r"broken\.onnx"):
        SileroVoiceActivity(tmp_path / "broken.onnx").listen()


def test_listening_needs_neither_whisper_nor_its_imports():
    code = (
        "import sys; from speech.vad import SileroVoiceActivity as V; import numpy as n;"
        "V().listen().hear(n.zeros(999, n.float32));"
        "sys.exit(any(m in sys.modules for m in ('faster_whisper', 'ctranslate2', 'av')))"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_human_voices_and_noise(recordings):
    for recording in recordings("speech"):
        assert somebody_spoke(hear_all(voices, recording.sound())), recording.path.name
    for recording in recordings("noise"):
        assert not somebody_spoke(hear_all(voices, recording.sound())), recording.path.name


@quick
@given(
    st.lists(
        st.tuples(st.sampled_from([0.0, 0.3, 0.4, 0.6, 0.8, 0.95]), st.integers(1, 150)),
        min_size=1,
        max_size=30,
    ),
    st.floats(2.0, 20.0),
)
@example([(0.8, 15), (0.0, 62), (0.6, 32)], 2.0)
def test_pieces_cover_the_speech_and_are_short(stretches, longest_seconds):
    probabilities = [probability for probability, count in stretches for _ in range(count)]
    found = pieces(probabilities, longest_seconds)
    assert all(0 < piece.end - piece.start <= longest_seconds * RATE_HZ for piece in found)
    assert all(one.end <= other.start for one, other in pairwise(found))
    assert all(piece.end <= len(probabilities) * FRAME_SAMPLES for piece in found)
    kept = {frame for piece in found for frame in range(piece.start // 512, piece.end // 512)}
    sure = {frame for frame, probability in enumerate(probabilities) if probability >= 0.75}
    assert not found or sure <= kept
    for piece in found:
        frames = probabilities[piece.start // FRAME_SAMPLES : piece.end // FRAME_SAMPLES]
        assert max(frames) >= 0.35, "a piece of mere silence makes engines invent words"


def test_pieces_are_cut_at_the_longest_pause():
    voice, pause = [0.9] * 200, [0.0] * 10
    found = pieces([*voice, *pause, *([0.9] * 20), 0.0, 0.0, *voice, *([0.0] * 30)], 10.0)
    assert [piece.start // FRAME_SAMPLES for piece in found] == [0, 205]
    assert found[-1].end // FRAME_SAMPLES == 200 + 10 + 20 + 2 + 200 + 7


def test_long_silences_are_left_out():
    found = pieces([*([0.9] * 50), *([0.0] * 200), *([0.9] * 50)], 14.0)
    assert [(p.start // 512, p.end // 512) for p in found] == [(0, 57), (243, 300)]


@pytest.mark.parametrize("quiet", [[], [0.0] * 500, [0.9] * 5, [0.66] * 500])
def test_no_pieces_where_nobody_speaks(quiet):
    assert pieces(quiet, 14.0) == []
