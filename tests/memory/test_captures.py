"""The journal: what was said is there whatever happens, and is taken back when that is asked."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

from memory import captures, introductions, memories, people, reminders
from memory.database import Database
from memory.records import Capture

NOW = datetime(2026, 5, 4, 9, 30, tzinfo=UTC)


def told(db: Database, text: str = "Met Joan. She plays the oboe.") -> Capture:
    capture = captures.keep_text(db, text, NOW, "test")
    joan, rahul = people.find_or_add(db, "Joan"), people.find_or_add(db, "Rahul")
    memories.add(db, capture, about=[joan], kind="fact", text="Joan plays the oboe.", evidence="She plays the oboe")
    people.add_meeting(db, capture.id, joan.id, date(2026, 5, 4))
    introductions.add(db, capture.id, joan, rahul)
    reminders.add(db, capture.id, NOW, text="call Joan", about=[joan], due=date(2026, 5, 9))
    captures.finish(db, capture.id, "done")
    return capture


def test_sound_comes_back_in_the_order_it_was_heard(db: Database) -> None:
    first, second = captures.begin(db, NOW, "kitchen"), captures.begin(db, NOW, "hall")
    for i in range(12):
        captures.add_sound(db, first, bytes([i, i]))
        captures.add_sound(db, second, b"zz")
    assert captures.sound(db, first) == bytes(b for i in range(12) for b in (i, i))


def test_what_is_unfinished_is_found_and_what_is_finished_is_not(db: Database) -> None:
    listening = captures.begin(db, NOW, "kitchen")
    heard = captures.keep(db, captures.begin(db, NOW, "kitchen"))
    finished = captures.keep_text(db, "hello", NOW, "web")
    captures.finish(db, finished.id, "done")
    unclear = captures.keep_text(db, "", NOW, "web")
    captures.finish(db, unclear.id, "unclear")
    assert [(c.id, c.state) for c in captures.unfinished(db)] == [(listening, "listening"), (heard.id, "heard")]


def test_undo_takes_back_all_that_was_kept_and_keeps_what_was_said(db: Database) -> None:
    capture = told(db)
    joan = people.find(db, "Joan")
    assert joan is not None
    captures.undo(db, capture.id)
    assert memories.about(db, joan.id) == []
    assert people.last_met(db, joan.id) is None
    assert introductions.of(db, joan.id) == []
    assert reminders.about(db, joan.id) == []
    assert captures.get(db, capture.id).text == capture.text
    assert captures.last_keeping(db, before=1000) is None


def test_the_newest_capture_that_kept_something_is_the_one_to_undo(db: Database) -> None:
    capture = told(db)
    question = captures.keep_text(db, "When did I see Joan?", NOW, "test")
    captures.finish(db, question.id, "done")
    last = captures.last_keeping(db, before=question.id + 1)
    assert last is not None
    assert last.id == capture.id


def test_old_sound_ages_out_and_words_and_unfinished_sound_stay(db: Database) -> None:
    old = NOW - timedelta(days=40)
    finished, waiting, fresh = (captures.begin(db, at, "kitchen") for at in (old, old, NOW))
    for capture_id in (finished, waiting, fresh):
        captures.add_sound(db, capture_id, b"ab")
        captures.keep(db, capture_id)
    for capture_id in (finished, fresh):
        captures.set_text(db, capture_id, "words")
        captures.finish(db, capture_id, "done")
    captures.age_out_sound(db, NOW - timedelta(days=30))
    assert captures.sound(db, finished) == b""
    assert captures.get(db, finished).text == "words"
    assert captures.sound(db, waiting) == b"ab"
    assert captures.sound(db, fresh) == b"ab"
