"""Turns in words and in sound: what is kept, what is said back, what is done by it."""

from __future__ import annotations

import asyncio
import dataclasses
from collections.abc import Iterator
from pathlib import Path

import pytest

from assistant.app import catch_up
from assistant.demo.demo import recordings
from assistant.engines import Chosen
from assistant.household import Household
from assistant.phrasing import phrases
from assistant.turn import Parts, Stage, Taken, pronounced, take_words
from memory import captures, memories, people
from memory.errors import FullDisk
from satellites.recording import Recording
from satellites.speakers import NoSpeaker
from speech.audio import AudioChunk, read_sound, silence
from speech.errors import EngineFailed
from tests.assistant.conftest import Clock
from tests.fakes import ScriptedEars, SpeakingSatellite

JOAN = (
    "Met Joan after football practice. Her mother's surgery went well. "
    "She's moving to Bangalore in July. Need to connect her with Rahul from design."
)
SHARED = Path(__file__).parents[3] / "shared" / "audio"


def say(parts: Parts, text: str) -> str:
    taken = asyncio.run(take_words(text, "test", parts))
    assert taken.reply
    return taken.reply.text


def kept(parts: Parts, name: str) -> list[str]:
    person = people.find(parts.db, name)
    return [m.text for m in memories.about(parts.db, person.id)] if person else []


def spoken(recording: Path) -> list[AudioChunk]:
    """The words of a demo recording, without the wake word before them."""
    return list(read_sound(recording))[30:]


class TestInWords:
    def test_a_note_is_kept_and_confirmed(self, parts: Parts) -> None:
        reply = say(parts, JOAN)
        assert reply.startswith("Kept: ")
        for words in ("surgery went well", "moving to Bangalore in July", "you'd like Joan to meet Rahul"):
            assert words in reply
        assert len(kept(parts, "Joan")) == 3

    def test_the_question_before_meeting_brings_it_back(self, parts: Parts) -> None:
        say(parts, JOAN)
        reply = say(parts, "I'm about to see Joan, what should I know?")
        for words in (
            "Bangalore in July",
            "You wanted Joan to meet Rahul",
            "Gently: Joan's mother's surgery",
            "You could ask",
        ):
            assert words in reply

    def test_someone_new_is_met_with_a_question_to_ask(self, parts: Parts) -> None:
        assert "I don't have anything about Ines" in say(parts, "I'm about to meet Ines, what should I know?")

    def test_when_someone_was_last_seen(self, parts: Parts, clock: Clock) -> None:
        say(parts, JOAN)
        clock.forward(days=2)
        assert say(parts, "When did I last see Joan?") == "You last saw Joan on Monday."
        assert say(parts, "When did I last see Rahul?") == "I don't have a day for that."

    def test_a_fact_comes_back_with_when_it_was_told(self, parts: Parts, clock: Clock) -> None:
        say(parts, "Ana is allergic to walnuts.")
        clock.forward(days=1)
        assert say(parts, "What is Ana allergic to?") == "You told me yesterday: Ana is allergic to walnuts."
        assert say(parts, "What car does Ana drive?") == "I don't have that about Ana."

    def test_undo_takes_it_back(self, parts: Parts) -> None:
        say(parts, JOAN)
        assert say(parts, "Scratch that.") == "Gone."
        assert kept(parts, "Joan") == []
        assert say(parts, "Scratch that.") == "There is nothing to take back."

    def test_forgetting_asks_first_and_a_yes_does_it(self, parts: Parts) -> None:
        say(parts, JOAN)
        assert say(parts, "Forget everything about Joan.") == "Shall I forget everything about Joan?"
        assert len(kept(parts, "Joan")) == 3
        assert say(parts, "Yes.") == "Forgotten."
        assert people.find(parts.db, "Joan") is None
        assert parts.vectors.nearest("surgery", 5) == {}

    @pytest.mark.parametrize("answer", ["No.", "Never mind."])
    def test_forgetting_is_not_done_without_a_yes(self, parts: Parts, answer: str) -> None:
        say(parts, JOAN)
        say(parts, "Forget everything about Joan.")
        assert say(parts, answer) == "Everything stays as it was."
        assert len(kept(parts, "Joan")) == 3

    def test_a_yes_much_later_forgets_nobody(self, parts: Parts, clock: Clock) -> None:
        say(parts, JOAN)
        say(parts, "Forget everything about Joan.")
        clock.forward(minutes=10)
        say(parts, "Yes.")
        assert len(kept(parts, "Joan")) == 3

    def test_a_reminder_is_offered_at_the_next_turn_once_it_is_due(self, parts: Parts, clock: Clock) -> None:
        assert "tomorrow at 9am" in say(parts, "Remind me to call Priya tomorrow at nine.")
        assert "call Priya" not in say(parts, "Ana plays the oboe.")
        clock.forward(days=1)
        assert "call Priya" in say(parts, "Ana has a dog called Bruno.")
        assert "call Priya" not in say(parts, "Ana has a cat.")
        assert say(parts, "Done.") == "Lovely."
        assert say(parts, "Done.") == "Lovely, noted."

    def test_not_now_puts_a_reminder_off(self, parts: Parts, clock: Clock) -> None:
        say(parts, "Remind me to call Priya tomorrow at nine.")
        clock.forward(days=1)
        say(parts, "Ana plays the oboe.")
        assert say(parts, "Not now.") == "Of course."
        assert "call Priya" not in say(parts, "Ana plays the flute.")
        clock.forward(days=1)
        assert "call Priya" in say(parts, "Ana plays the harp.")

    def test_a_morning(self, parts: Parts, clock: Clock) -> None:
        assert say(parts, "Good morning.") in phrases()["briefing_nothing"]
        say(parts, JOAN)
        say(parts, "Remind me to water the plants tomorrow at eight.")
        clock.forward(days=1)
        reply = say(parts, "Good morning.")
        assert reply.startswith(phrases()["briefing_start"])
        assert "water the plants" in reply, reply
        assert "Joan" in reply
        assert "Rahul" in reply
        assert "surgery" not in reply

    def test_someone_comes_to_mind_kindly(self, parts: Parts, clock: Clock) -> None:
        assert say(parts, "Who could I get in touch with?") == "Nobody comes to mind just now, and that is fine."
        say(parts, "Maya is starting pottery.")
        clock.forward(days=60)
        reply = say(parts, "Who could I get in touch with?")
        assert reply.startswith("Maya, perhaps.")
        assert "pottery" in reply
        assert say(parts, "Not now.") == "Of course."

    def test_the_small_things(self, parts: Parts) -> None:
        first = say(parts, "What can you do?")
        assert "I keep it" in first
        assert say(parts, "Say that again.") == first
        assert say(parts, "What's the weather like?").startswith("That one is beyond me")
        assert say(parts, "Stop.") == ""

    def test_half_a_sentence_is_worth_keeping(self, parts: Parts) -> None:
        say(parts, "something about Ana and the, um")
        kept_of_it = memories.pending(parts.db)
        assert "Ana" in kept_of_it[0].text
        assert captures.get(parts.db, 1).text == "something about Ana and the, um"

    @pytest.mark.parametrize("text", ["\x00\x01", "💛" * 50, "7 7 7 7", "ключ от дома", "x" * 100_000, "' OR 1=1; --"])
    def test_strange_words_break_nothing_and_are_kept(self, parts: Parts, text: str) -> None:
        asyncio.run(take_words(text, "test", parts))
        assert captures.get(parts.db, 1).text == text
        assert captures.unfinished(parts.db) == []


def listen(parts: Parts, *sounds: list[AudioChunk], memo: bool = True) -> tuple[list[Taken], SpeakingSatellite]:
    satellite = SpeakingSatellite("test", sounds, memo)
    return asyncio.run(Household(parts).attend(satellite)), satellite


def with_ears(parts: Parts, ears: ScriptedEars) -> Parts:
    return dataclasses.replace(parts, engines=dataclasses.replace(parts.engines, stt=Chosen(ears, "scripted")))


class TestInSound:
    def test_a_recording_goes_the_whole_way(self, parts: Parts) -> None:
        stages: list[Stage] = []
        recording = Recording("test", read_sound(recordings()[0]), NoSpeaker())
        taken = asyncio.run(Household(parts).attend(recording, stages.append))
        assert [t.meaning.intent for t in taken if t.meaning] == ["capture"]
        order = ["wake", "listen", "keep", "transcribe", "understand", "act", "phrase", "speak"]
        assert [stage.name for stage in stages][:8] == order
        assert all(stage.milliseconds >= 0 for stage in stages)

    def test_the_names_of_those_known_help_to_hear(self, parts: Parts) -> None:
        say(parts, "Ana Okafor plays the oboe.")
        ears = ScriptedEars("Good morning.")
        listen(with_ears(parts, ears), spoken(recordings()[2]))
        assert "Ana Okafor" in ears.heard[0][1]

    def test_a_device_that_heard_its_own_wake_word_is_not_made_to_say_it_again(self, parts: Parts) -> None:
        taken, satellite = listen(parts, spoken(recordings()[3]))
        assert [t.words for t in taken] == ["Scratch that."]
        assert satellite.said_seconds[0] > 0.5

    @pytest.mark.parametrize("memo", [True, False])
    def test_silence_is_a_quiet_nothing(self, parts: Parts, memo: bool) -> None:
        taken, satellite = listen(parts, [silence(0.08)] * 100, memo=memo)
        assert (taken, satellite.said_seconds) == ([], [])
        assert parts.db.rows("SELECT * FROM captures") == []

    def test_no_sound_at_all_is_a_quiet_nothing(self, parts: Parts) -> None:
        assert listen(parts, [])[0] == []

    def test_speech_without_words_is_kept_and_nothing_is_said(self, parts: Parts) -> None:
        taken, satellite = listen(with_ears(parts, ScriptedEars("")), spoken(recordings()[2]))
        assert [t.words for t in taken] == [None]
        assert satellite.said_seconds == []
        assert captures.get(parts.db, taken[0].capture_id).state == "unclear"
        assert len(captures.sound(parts.db, taken[0].capture_id)) > 16_000

    def test_what_could_not_be_transcribed_is_kept_and_finished_later(self, parts: Parts) -> None:
        ears = ScriptedEars(EngineFailed("broken"), "Ana plays the oboe.")
        broken = with_ears(parts, ears)
        taken, satellite = listen(broken, spoken(recordings()[2]))
        assert taken == []
        assert len(satellite.said_seconds) == 1  # that something went wrong, and that it is kept
        asyncio.run(catch_up(captures.unfinished(parts.db), broken))
        assert kept(parts, "Ana") == ["Ana plays the oboe."]

    def test_a_full_disk_is_said_aloud_and_the_next_turn_works(
        self, parts: Parts, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        add_sound, calls = captures.add_sound, iter([True])

        def once_full(*args: object) -> None:
            if next(calls, False):
                raise FullDisk("full")
            add_sound(*args)  # type: ignore[arg-type]

        monkeypatch.setattr(captures, "add_sound", once_full)
        taken, satellite = listen(parts, spoken(recordings()[2]), spoken(recordings()[2]))
        assert [t.words for t in taken] == ["Good morning."]
        assert len(satellite.said_seconds) == 2

    def test_a_memo_with_long_pauses_is_one_note(self, parts: Parts) -> None:
        one = spoken(recordings()[3])
        sound = [*one, *[silence(0.08)] * 60, *one]
        ears = ScriptedEars("Ana plays the oboe. She lives in Porto.")
        taken, _ = listen(with_ears(parts, ears), sound)
        assert len(taken) == 1
        assert ears.heard[0][0] == pytest.approx(sum(c.seconds for c in sound), abs=0.1)

    def test_a_stream_of_two_notes_is_two_turns(self, parts: Parts) -> None:
        def sound() -> Iterator[AudioChunk]:
            for recording in recordings()[2:]:
                yield from read_sound(recording)

        taken = asyncio.run(Household(parts).attend(Recording("test", sound(), NoSpeaker())))
        assert [t.words for t in taken] == ["Good morning.", "Scratch that."]

    @pytest.mark.skipif(not SHARED.is_dir(), reason="no shared recordings here")
    def test_noise_is_a_quiet_nothing(self, parts: Parts) -> None:
        for noise in sorted((SHARED / "noise").glob("speechbrain__noise_noise[1-5].wav")):
            taken, _ = listen(parts, list(read_sound(noise)))
            assert [t.words for t in taken if t.words] == [], noise.name


def test_names_are_spoken_as_one_was_told(parts: Parts) -> None:
    say(parts, "Siobhan Kelly is pronounced shivawn.")
    assert (
        pronounced("Siobhan's exam, and Siobhan Kelly's dog.", parts.db) == "shivawn's exam, and shivawn Kelly's dog."
    )
    assert pronounced("Ana plays the oboe.", parts.db) == "Ana plays the oboe."
