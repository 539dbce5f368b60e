"""Engines on another machine: asked as the protocol says, done without when they fail, and used again when back."""

from __future__ import annotations

import gc
import socket
import threading
import time
from contextlib import suppress

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from wyoming.asr import Transcript
from wyoming.audio import AudioChunk, AudioStart, AudioStop
from wyoming.error import Error
from wyoming.wake import Detection

from speech.audio import RATE_HZ, encode_pcm, resample, silence
from speech.stt import Utterance
from speech.stt.wyoming import WyomingStt
from speech.tts.espeak import Espeak
from speech.tts.wyoming import WyomingTts
from speech.wake import wyoming as wake_module
from speech.wake.openwakeword import OpenWakeWord
from speech.wake.wyoming import WyomingWake
from speech.wyoming import Address, Away, Service
from tests.wyoming_service import HangUp, wyoming_service

NOWHERE = Address("127.0.0.1", 9)


class Here:
    """What a machine does itself: says that it did."""

    name = "here"

    def transcribe(self, samples, names=()):
        return Utterance("heard here", "en", None, len(samples) / RATE_HZ)

    def speak(self, text):
        yield silence(0.5)


def spoken(text, voice="en-gb-x-rp", pace=140):
    return np.concatenate([chunk.samples for chunk in resample(Espeak(voice, pace).speak(text))])


@pytest.fixture(scope="module")
def sentence():
    return spoken("Joan is moving to Boston in July.")


def until(holds):
    end = time.monotonic() + 60
    while not holds():
        assert time.monotonic() < end
        time.sleep(0.01)


def transcriber(event, say):
    if event.type == "audio-stop":
        say(Transcript(" Joan is moving. ", language="en"))
        raise HangUp


def told(caplog, how):
    return [r.message for r in caplog.records if r.name == "speech.wyoming" and how in r.message]


def away(caplog):
    return told(caplog, "this machine does it itself")


def back(caplog):
    return told(caplog, "is back.")


# How a service is named


def test_an_address():
    assert Address.read("wyoming:pi.local:10300") == Address("pi.local", 10300)
    assert Address.read("wyoming:[::1]:10400/okay_nabu") == Address("::1", 10400, "okay_nabu")
    assert str(Address.read("wyoming:[::1]:1")) == "[::1]:1"
    assert Address.read("best") is None


@pytest.mark.parametrize("wrong", ["", "pi", "pi:", ":10300", "pi:port", "pi:99999", "[::1:10300", "pi:-1", "pi:0"])
def test_no_address(wrong):
    with pytest.raises(ValueError, match="wyoming:HOST:PORT"):
        Address.read(f"wyoming:{wrong}")


@given(st.text())
def test_any_text_is_an_address_or_none(text):
    with suppress(ValueError):
        found = Address.read(f"wyoming:{text}")
        assert found.host
        assert 0 < found.port < 65536


# Speech to text


def test_what_is_said_goes_there_and_comes_back_as_words(sentence):
    with wyoming_service(transcriber) as there:
        ears = WyomingStt(Service(there.address, "asr"), Here())
        found = ears.transcribe(sentence, ["Joan", "Siobhán"])
    assert found == Utterance("Joan is moving.", "en", None, len(sentence) / RATE_HZ)
    asked, began, *sound, ended = there.heard
    assert asked.type == "transcribe"
    assert asked.data == {"language": "en", "transcript_names": ["Joan", "Siobhán"]}
    assert (began.type, ended.type) == ("audio-start", "audio-stop")
    assert {(e.data["rate"], e.data["width"], e.data["channels"]) for e in sound} == {(16_000, 2, 1)}
    assert b"".join(e.payload for e in sound) == encode_pcm(sentence)


def test_sound_without_words_is_not_sent():
    with wyoming_service(transcriber) as there:
        found = WyomingStt(Service(there.address, "asr"), Here()).transcribe(silence(3).samples)
    assert (found.text, there.heard) == ("", [])


def hangs_up(event, say):
    raise HangUp


def dies_in_the_middle(event, say):
    if event.type == "audio-chunk":
        raise HangUp


def says_nothing(event, say):
    pass


def trickles(event, say):
    if event.type == "audio-stop":
        for _ in range(600):
            say(b" ")
            time.sleep(0.05)


def refuses(event, say):
    say(Error("no model"))


def speaks_http(event, say):
    say(b"HTTP/1.1 400 Bad Request\r\n\r\n")


def says_a_list(event, say):
    say(b"[1, 2]\n")


def says_half(event, say):
    say(b'{"type": "transcript", "data_length": 100}\n{"te')
    raise HangUp


def says_no_words(event, say):
    say(b'{"type": "transcript", "data": {"text": 7}}\n')


FAILURES = [
    *(hangs_up, dies_in_the_middle, says_nothing, trickles, refuses),
    *(speaks_http, says_a_list, says_half, says_no_words),
]


@pytest.mark.parametrize("failure", FAILURES)
def test_what_fails_there_is_done_here_and_said_once(failure, sentence, caplog):
    with wyoming_service(failure) as there:
        ears = WyomingStt(Service(there.address, "asr", retry_seconds=60), Here(), answer_seconds=0.3)
        assert ears.transcribe(sentence).text == "heard here"
        asked = len(there.connections)
        assert ears.transcribe(sentence).text == "heard here"
        assert len(there.connections) == asked == 1
    assert len(away(caplog)) == 1


def test_one_that_is_not_there_is_not_waited_for(sentence, caplog):
    ears = WyomingStt(Service(NOWHERE, "asr", retry_seconds=60), Here())
    assert [ears.transcribe(sentence).text for _ in range(3)] == ["heard here"] * 3
    (told,) = away(caplog)
    assert told.startswith("The Wyoming service at 127.0.0.1:9 is not there (Connection refused). Until ")


def test_it_is_used_again_when_it_is_back(sentence, caplog):
    with wyoming_service(dies_in_the_middle) as there:
        service = Service(there.address, "asr", retry_seconds=0.02)
        ears = WyomingStt(service, Here())
        assert ears.transcribe(sentence).text == "heard here"
    with wyoming_service(transcriber, there.address.port):
        until(lambda: service.there)
        assert ears.transcribe(sentence).text == "Joan is moving."
        assert ears.transcribe(sentence).text == "Joan is moving."
    assert (len(away(caplog)), len(back(caplog))) == (1, 1)


def test_one_that_is_there_and_too_slow_is_said_to_be_away_once(sentence, caplog):
    with wyoming_service(says_nothing) as there:
        service = Service(there.address, "asr", retry_seconds=0.02)
        ears = WyomingStt(service, Here(), answer_seconds=0.1)
        for _ in range(3):
            until(lambda: service.there)
            assert ears.transcribe(sentence).text == "heard here"
    assert (len(away(caplog)), len(back(caplog))) == (1, 0)


# Text to speech


def speaks(event, say):
    """In stereo, with chunks that cut samples in two; a sentence about dying kills it."""
    if event.type != "synthesize":
        return
    say(AudioStart(22_050, 2, 2))
    pcm = np.repeat(np.full(len(event.data["text"]) * 100, 8192, "<i2"), 2).tobytes()
    for at in range(0, len(pcm), 1001):
        say(AudioChunk(22_050, 2, 2, pcm[at : at + 1001]))
        if "dies" in event.data["text"]:
            raise HangUp
    say(AudioStop())


def test_a_text_is_spoken_there_sentence_by_sentence():
    with wyoming_service(speaks) as there:
        chunks = WyomingTts(Service(there.address, "tts"), Here()).speak("It rains. She left early.")
        first = next(chunks)
        assert [e.data["text"] for e in there.heard] == ["It rains."]  # what is not asked for is not made
        rest = list(chunks)
    assert [e.data["text"] for e in there.heard] == ["It rains.", "She left early."]
    assert (len(first.samples), first.rate_hz) == (900, 22_050)
    assert np.allclose(first.samples, 0.25)
    assert [len(chunk.samples) for chunk in rest] == [1500]


def test_when_it_dies_no_sentence_is_lost_or_said_twice(caplog):
    with wyoming_service(speaks) as there:
        voice = WyomingTts(Service(there.address, "tts", retry_seconds=60), Here())
        chunks = list(voice.speak("It rains. It dies now. She left."))
    assert [round(chunk.seconds, 2) for chunk in chunks] == [0.04, 0.5, 0.5]
    assert len(away(caplog)) == 1


def says_no_sound(event, say):
    say(AudioStop())


def says_strange_sound(event, say):
    say(AudioChunk(22_050, 9, 2, b"\0" * 90))


def says_sound_of_no_kind(event, say):
    say(b'{"type": "audio-chunk", "payload_length": 4}\nabcd')


@pytest.mark.parametrize("failure", [*FAILURES[:7], says_no_sound, says_strange_sound, says_sound_of_no_kind])
def test_a_voice_that_fails(failure):
    with wyoming_service(failure) as there:
        voice = WyomingTts(Service(there.address, "tts", retry_seconds=60), Here(), sentence_seconds=0.3)
        assert [chunk.seconds for chunk in voice.speak("It rains.")] == [0.5]


# The wake word


@pytest.fixture(scope="module")
def local():
    return OpenWakeWord(["alexa"])


@pytest.fixture(scope="module")
def woken():
    """ "Alexa" from 1.0 s on, then silence; found at 1.6 s."""
    return np.concatenate((silence(1).samples, spoken("alexa", "en-gb", 160), silence(1.5).samples))


def listen(stream, sound, meanwhile=lambda seconds: None):
    """What is detected, and the sound that is left to whoever listens next."""
    for start in range(0, len(sound), 1280):
        meanwhile(start / RATE_HZ)
        if found := stream.hear(sound[start : start + 1280]):
            return found, sound[start + 1280 - found.samples_after :]
    return None, None


class Listener:
    """Detects after so much sound, and tells it so much sound later."""

    def __init__(self, at_ms, late_ms=0):
        self.at_ms, self.late_ms = at_ms, late_ms

    def __call__(self, event, say):
        if event.type == "audio-chunk" and event.data["timestamp"] == self.at_ms + self.late_ms:
            say(Detection("alexa", self.at_ms))


@pytest.mark.parametrize("late_ms", [0, 80, 800])
def test_what_is_said_after_the_wake_word_is_kept_however_late_it_is_told(late_ms, local, woken):
    with wyoming_service(Listener(800, late_ms)) as there:
        stream = WyomingWake(Service(there.address, "wake"), "alexa", local).listen()
        found, rest = listen(stream, woken)
    assert (found.phrase, found.score) == ("alexa", 1.0)
    assert found.at_seconds == pytest.approx(0.8)
    assert len(woken) - len(rest) == 0.8 * RATE_HZ
    assert there.heard_kinds()[:3] == ["detect", "audio-start", "audio-chunk"]
    assert there.heard[0].data == {"names": ["alexa"]}


def test_one_that_dies_within_the_word_leaves_it_to_the_one_here(local, woken, caplog):
    def dies(event, say):
        if event.type == "audio-chunk" and event.data["timestamp"] > 1300:
            raise HangUp

    with wyoming_service(dies) as there:
        stream = WyomingWake(Service(there.address, "wake", retry_seconds=60), "alexa", local).listen()
        found, _ = listen(stream, woken)
    here, _ = listen(local.listen(), woken)
    assert found.at_seconds == pytest.approx(here.at_seconds, abs=0.1)
    assert len(away(caplog)) == 1


def test_one_that_is_silent_is_asked_whether_it_lives(local, woken, monkeypatch, caplog):
    monkeypatch.setattr(wake_module, "PULSE_SECONDS", 0.05)
    with socket.create_server(("127.0.0.1", 0)) as deaf:  # takes connections, and never reads or says anything
        address = Address(*deaf.getsockname())
        stream = WyomingWake(Service(address, "wake", retry_seconds=60), "alexa", local, answer_seconds=0.3).listen()
        found, _ = listen(stream, woken)
    assert found
    assert "did not answer in time" in away(caplog)[0]


def test_one_that_lives_and_hears_nothing_is_not_away(local, monkeypatch, caplog):
    monkeypatch.setattr(wake_module, "PULSE_SECONDS", 0.05)
    with wyoming_service(says_nothing) as there:
        stream = WyomingWake(Service(there.address, "wake"), "alexa", local, answer_seconds=2).listen()
        assert listen(stream, silence(2).samples) == (None, None)
    assert there.heard_kinds().count("describe") > 1
    assert away(caplog) == []


def test_it_listens_there_again_when_it_is_back(local, woken):
    with wyoming_service(hangs_up) as there:
        service = Service(there.address, "wake", retry_seconds=0.02)
        stream = WyomingWake(service, "alexa", local).listen()
        listen(stream, silence(1).samples)
        assert not service.there
    with wyoming_service(says_nothing, there.address.port) as again:
        until(lambda: service.there)
        listen(stream, silence(1).samples)
        until(lambda: "audio-chunk" in again.heard_kinds())


def test_a_stream_that_nobody_needs_any_more_leaves_no_connection(local):
    with wyoming_service(says_nothing) as there:
        stream = WyomingWake(Service(there.address, "wake"), "alexa", local).listen()
        stream.hear(silence(0.08).samples)
        until(lambda: there.connections)
        del stream
        gc.collect()
        until(lambda: there.connections[0].fileno() == -1)  # it has ended, and was closed


# What is wrong with it


def test_trouble_is_told():
    with wyoming_service(says_nothing) as there:
        assert Service(there.address, "asr").trouble() == ""
        assert Service(there.address, "wake", "alexa").trouble() == ""
        assert Service(there.address, "wake", "okay_nabu").trouble().endswith("knows no okay_nabu, only alexa")
    assert "is not there" in Service(there.address, "asr").trouble()


@given(st.binary(max_size=200) | st.sampled_from([b'{"type": "info", "data": {"asr": 7}}\n', b'{"type": "info"}\n']))
def test_whatever_listens_there_is_a_service_or_trouble(said):
    with socket.create_server(("127.0.0.1", 0)) as server:

        def serve():
            connection, _ = server.accept()
            with connection:
                connection.sendall(said)

        thread = threading.Thread(target=serve)
        thread.start()
        assert Service(Address(*server.getsockname()), "asr").trouble()
        thread.join()


def test_errors_are_ours():
    with pytest.raises(Away), Service(NOWHERE, "asr").asked(1):
        pass
