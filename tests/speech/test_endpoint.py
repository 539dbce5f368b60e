"""When somebody has finished: by hand, and by whatever a probability can do."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from speech.endpoint import Endpointer, EndpointSettings, State

quick = settings(deadline=None, max_examples=60)

FRAME = 0.032

probabilities = st.lists(
    st.tuples(st.sampled_from([0.0, 0.2, 0.34, 0.4, 0.49, 0.5, 0.7, 1.0]), st.integers(1, 40)), max_size=60
)
"""Stretches of so many frames of one probability."""

several_settings = st.builds(
    EndpointSettings,
    silence_seconds=st.floats(0.1, 2.0),
    min_speech_seconds=st.floats(0.03, 0.3),
    start_seconds=st.floats(0.5, 6.0),
    warm_up_seconds=st.floats(0.0, 0.3),
    max_seconds=st.floats(7.0, 40.0),
)


def frames(stretches):
    return [probability for probability, count in stretches for _ in range(count)]


def run(endpointer, *stretches):
    """(probability, seconds) each; the state after all of it."""
    state = endpointer.state
    for probability, seconds in stretches:
        for _ in range(round(seconds / FRAME)):
            state = endpointer.hear(probability, FRAME)
    return state


def test_a_sentence_and_its_end():
    endpointer = Endpointer()
    assert run(endpointer, (0.0, 1.0)) is State.WAITING
    assert run(endpointer, (0.9, 2.0)) is State.SPEAKING
    assert run(endpointer, (0.0, 1.0)) is State.SPEAKING
    assert run(endpointer, (0.0, 0.3)) is State.ENDED
    assert endpointer.speech_start_seconds == pytest.approx(1.0, abs=FRAME)
    assert endpointer.speech_end_seconds == pytest.approx(3.0, abs=2 * FRAME)
    assert endpointer.finished


def test_a_thinking_pause_is_no_end():
    endpointer = Endpointer()
    assert run(endpointer, (0.9, 1.0), (0.0, 1.1), (0.9, 1.0), (0.0, 1.1)) is State.SPEAKING


def test_a_click_neither_starts_nor_prolongs():
    endpointer = Endpointer()
    assert run(endpointer, (0.0, 0.5), (0.9, 0.064), (0.0, 0.5)) is State.WAITING
    assert run(endpointer, (0.9, 0.5), (0.0, 0.6), (0.9, 0.064), (0.0, 0.64)) is State.ENDED


def test_voice_goes_on_above_the_lower_bound():
    endpointer = Endpointer()
    assert run(endpointer, (0.9, 0.3), (0.4, 3.0)) is State.SPEAKING
    assert endpointer.silence_so_far_seconds == 0
    assert run(Endpointer(), (0.4, 3.0)) is State.WAITING


def test_nobody_speaks():
    endpointer = Endpointer()
    assert run(endpointer, (0.0, 5.056)) is State.WAITING, "the warm-up is not counted"
    assert run(endpointer, (0.0, 0.064)) is State.NOTHING_HEARD
    assert run(endpointer, (0.9, 3.0)) is State.NOTHING_HEARD
    assert endpointer.speech_start_seconds is None


def test_whoever_begins_at_the_last_moment_is_heard():
    assert run(Endpointer(), (0.0, 5.056), (0.9, 0.5)) is State.SPEAKING


def test_a_radio_left_on():
    endpointer = Endpointer(EndpointSettings(max_seconds=10))
    assert run(endpointer, (0.9, 9.9)) is State.SPEAKING
    assert run(endpointer, (0.9, 0.2)) is State.ENDED


def test_sound_that_stops_early():
    assert Endpointer().finish() is State.NOTHING_HEARD
    speaking = Endpointer()
    run(speaking, (0.9, 1.0))
    assert speaking.finish() is State.ENDED
    assert speaking.hear(0.9, FRAME) is State.ENDED


def test_patience_may_change_on_the_way():
    endpointer = Endpointer()
    run(endpointer, (0.9, 1.0))
    endpointer.silence_seconds = 0.6
    assert run(endpointer, (0.0, 0.64)) is State.ENDED


@pytest.mark.parametrize(
    "wrong",
    [
        {"release_probability": 0.6},
        {"silence_seconds": 0.0},
        {"warm_up_seconds": -1.0},
        {"start_seconds": 400.0},
    ],
)
def test_settings_that_make_no_sense(wrong):
    with pytest.raises(ValueError):
        EndpointSettings(**wrong)


@quick
@given(probabilities, several_settings)
def test_never_ended_before_speech_and_silence(stretches, settings):
    endpointer = Endpointer(settings)
    for probability in frames(stretches):
        if endpointer.hear(probability, FRAME) is State.ENDED:
            break
    if endpointer.state is State.ENDED:
        start, end = endpointer.speech_start_seconds, endpointer.speech_end_seconds
        assert end - start >= settings.min_speech_seconds - 1e-5
        silent = endpointer.heard_seconds - end >= settings.silence_seconds - 1e-5
        assert silent or endpointer.heard_seconds >= settings.max_seconds - 1e-5


@quick
@given(probabilities, several_settings)
def test_it_always_comes_to_an_end(stretches, settings):
    endpointer = Endpointer(settings)
    given_frames = frames(stretches)
    patience = settings.warm_up_seconds + settings.start_seconds + settings.min_speech_seconds + 2 * FRAME
    heard = 0
    while not endpointer.finished:
        endpointer.hear(given_frames[heard % len(given_frames)] if given_frames else 0.0, FRAME)
        heard += 1
        assert endpointer.heard_seconds <= settings.max_seconds + 2 * FRAME
        if endpointer.heard_seconds > patience:
            assert endpointer.state is not State.WAITING


@quick
@given(probabilities, several_settings, st.integers(2, 5))
def test_the_same_however_the_frames_are_cut(stretches, settings, parts):
    coarse, fine = Endpointer(settings), Endpointer(settings)
    for probability in frames(stretches):
        coarse.hear(probability, FRAME)
        for _ in range(parts):
            fine.hear(probability, FRAME / parts)
        assert coarse.state is fine.state
        if coarse.finished:
            break
        assert coarse.speech_start_seconds == pytest.approx(fine.speech_start_seconds, abs=1e-6)


@quick
@given(probabilities, several_settings)
def test_states_only_go_forward(stretches, settings):
    endpointer = Endpointer(settings)
    states = [State.WAITING] + [endpointer.hear(p, FRAME) for p in frames(stretches)]
    allowed = {
        State.WAITING: {State.WAITING, State.SPEAKING, State.NOTHING_HEARD, State.ENDED},
        State.SPEAKING: {State.SPEAKING, State.ENDED},
        State.ENDED: {State.ENDED},
        State.NOTHING_HEARD: {State.NOTHING_HEARD},
    }
    assert all(after in allowed[before] for before, after in pairwise(states))
