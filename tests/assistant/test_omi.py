"""Omi's shapes over real HTTP and WebSockets: what they tell of people ends as proposals, and nothing else does."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as example_settings
from hypothesis import strategies as st
from websockets.exceptions import ConnectionClosed, InvalidStatus
from websockets.sync.client import connect

from assistant.demo.demo import recordings
from assistant.settings import Settings
from assistant.turn import Parts
from assistant.web import omi
from assistant.web.omi import add_omi
from memory import captures, memories, people, proposals, tokens
from speech.audio import encode_pcm, read_sound, silence
from tests.assistant.conftest import Clock
from tests.assistant.served import Served, served

JOAN = [
    {"text": "So I met Joan after football.", "speaker": "SPEAKER_00", "is_user": True, "start": 0.0, "end": 2.0},
    {"text": "Her mother's surgery went well.", "speaker": "SPEAKER_00", "is_user": True, "start": 2.5, "end": 4.0},
    {"text": "I moved to Leeds in March.", "speaker": "SPEAKER_01", "is_user": False, "start": 5.0, "end": 6.0},
    {"text": "Priya got the job at Siemens.", "speaker": "SPEAKER_01", "is_user": False, "start": 6.0, "end": 8.0},
]
TOLD = {"Joan's mother's surgery went well.", "Priya got the job at Siemens.", "You met Joan after football."}


@pytest.fixture
def omi_server(parts: Parts, settings: Settings) -> Iterator[Served]:
    with served(parts, settings) as running:
        yield running


@pytest.fixture
def paths(parts: Parts) -> dict[str, str]:
    return add_omi(parts.db, "pendant")


def until(holds: Callable[[], bool]) -> None:
    """For a minute at most."""
    for _ in range(1200):
        if holds():
            return
        time.sleep(0.05)
    raise AssertionError("it did not come about in a minute")


def all_read(parts: Parts) -> bool:
    return not parts.db.rows("SELECT 1 FROM captures WHERE state IN ('overhearing', 'overheard')")


def proposed(parts: Parts) -> set[str]:
    return {one.text for one in proposals.waiting(parts.db)}


def speech() -> bytes:
    sound = encode_pcm(silence(0.5).samples)
    for chunk in read_sound(recordings()[0]):
        sound += encode_pcm(chunk.samples)
    return sound + encode_pcm(silence(3).samples)


@pytest.mark.parametrize("bare", [False, True], ids=["with a session", "a bare array"])
def test_a_running_transcript_ends_as_proposals(
    omi_server: Served, paths: dict[str, str], clock: Clock, bare: bool
) -> None:
    for some in (JOAN[:1], JOAN[:2], JOAN[2:]):  # one segment is sent again
        body: Any = some if bare else {"session_id": "s1", "segments": some}
        answer = omi_server.client.post(f"{paths['transcript']}?uid=u1", json=body)
        assert (answer.status_code, answer.json()) == (200, {})
    clock.forward(minutes=1)
    until(lambda: all_read(omi_server.parts))
    assert proposed(omi_server.parts) == TOLD


@pytest.mark.parametrize(
    "shape",
    [
        {"id": "m1", "transcript_segments": JOAN, "structured": {"title": "x", "overview": "Ana keeps bees."}},
        {"created_at": "2026-05-04T07:00:00Z", "transcript_segments": JOAN, "structured": {}, "discarded": False},
        {"started_at": "2026-05-04T07:00:00", "segments": JOAN, "structured": {}},
        {"transcript": "\n".join(f"{'User' if s['is_user'] else 'Speaker 1'}: {s['text']}" for s in JOAN)},
        [{"transcript_segments": JOAN, "structured": None}],
    ],
)
def test_a_whole_conversation_ends_as_proposals(omi_server: Served, paths: dict[str, str], shape: Any) -> None:
    answer = omi_server.client.post(f"{paths['memory']}?uid=u1", json=shape)
    assert (answer.status_code, answer.json()) == (200, {})
    until(lambda: all_read(omi_server.parts))
    assert proposed(omi_server.parts) == TOLD


def test_sound_in_chunks_of_which_one_is_lost(omi_server: Served, paths: dict[str, str], clock: Clock) -> None:
    sound, second = speech(), 32_000
    url = f"{paths['audio']}?sample_rate=16000&uid=u1"
    chunks = [sound[start : start + 3 * second] for start in range(0, len(sound), 3 * second)]
    for chunk in (b"\x00", *chunks[:-1], b""):  # the first one is half a sample
        assert omi_server.client.post(url, content=chunk).json() == {}
    clock.forward(minutes=1)
    until(lambda: all_read(omi_server.parts))
    assert any("moving to Boston in July" in text for text in proposed(omi_server.parts))
    assert not omi_server.parts.db.rows("SELECT 1 FROM sounds")  # it has become words


def test_silence_is_not_kept(omi_server: Served, paths: dict[str, str]) -> None:
    for _ in range(3):
        quiet = encode_pcm(silence(5).samples)
        assert omi_server.client.post(f"{paths['audio']}?sample_rate=16000&uid=u", content=quiet).status_code == 200
    assert omi_server.parts.db.rows("SELECT 1 FROM captures") == []


@pytest.mark.parametrize("rate_hz", [16_000, 8_000])
def test_speech_to_text_over_a_websocket(omi_server: Served, paths: dict[str, str], rate_hz: int) -> None:
    sound = speech()
    if rate_hz == 8_000:
        sound = b"".join(sound[i : i + 2] for i in range(0, len(sound), 4))
    segments: list[dict[str, Any]] = []
    with connect(f"ws://127.0.0.1:{omi_server.port}{paths['listen']}?sample_rate={rate_hz}") as app:
        for start in range(0, len(sound), 640):
            app.send(sound[start : start + 640])
        app.send(json.dumps({"type": "CloseStream"}))
        for message in app:
            brought = json.loads(message)
            assert brought.keys() == {"segments"}
            segments += brought["segments"]
    assert segments
    assert "football" in " ".join(s["text"] for s in segments)
    assert all(s["start"] < s["end"] and s["speaker"] == "SPEAKER_00" for s in segments)
    if rate_hz == 16_000:
        until(lambda: all_read(omi_server.parts))
        assert any("moving to Boston in July" in text for text in proposed(omi_server.parts))


def test_an_app_that_goes_away_in_the_middle_loses_nothing(omi_server: Served, paths: dict[str, str]) -> None:
    sound = speech()
    with connect(f"ws://127.0.0.1:{omi_server.port}{paths['listen']}") as app:
        app.send(sound[: len(sound) - 96_000])
        app.socket.close()
    until(lambda: bool(omi_server.parts.db.rows("SELECT 1 FROM captures WHERE state = 'read'")))
    assert any("moving to Boston in July" in text for text in proposed(omi_server.parts))


def test_a_websocket_that_brings_nothing_is_closed(
    omi_server: Served, paths: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(omi, "IDLE_SECONDS", 0.2)
    with connect(f"ws://127.0.0.1:{omi_server.port}{paths['listen']}") as app, pytest.raises(ConnectionClosed):
        app.recv(timeout=60)


def test_only_a_token_lets_in(omi_server: Served, paths: dict[str, str]) -> None:
    for use in ("audio", "transcript", "memory"):
        assert omi_server.client.post(f"/omi/wrong/{use}", json=[]).status_code == 404
    with pytest.raises(InvalidStatus):
        connect(f"ws://127.0.0.1:{omi_server.port}/omi/wrong/listen").recv()
    # By whatever name the way here has; other pages go on asking for their own.
    elsewhere = {"Host": "fondly.example"}
    assert omi_server.client.post(paths["transcript"], json=[], headers=elsewhere).status_code == 200
    assert omi_server.client.get("/api/people", headers=elsewhere).status_code == 400
    token = paths["audio"].split("/")[2]
    kept = omi_server.parts.db.rows("SELECT * FROM tokens")
    assert token not in str([tuple(row) for row in kept])
    add_omi(omi_server.parts.db, "pendant")
    assert tokens.whose(omi_server.parts.db, "omi", token) is None
    assert tokens.names(omi_server.parts.db, "omi") == ["pendant"]


@pytest.mark.parametrize("body", [b"", b"{", b"3", b'{"segments": 3}', b'{"segments": [{"text": "\\ud800"}]}', b"[[]]"])
def test_what_is_no_transcript_is_refused(omi_server: Served, paths: dict[str, str], body: bytes) -> None:
    answer = omi_server.client.post(paths["transcript"], content=body)
    assert answer.status_code == 422
    assert "Omi" in answer.json()["detail"]


def test_a_question_to_fondly_is_answered_and_nothing_else_is_done(omi_server: Served, paths: dict[str, str]) -> None:
    client, db = omi_server.client, omi_server.parts.db
    client.post("/api/notes", json={"text": "Ana is allergic to walnuts."})

    def say(text: str, is_user: bool = True) -> Any:
        return client.post(paths["transcript"], json=[{"text": text, "is_user": is_user}]).json()

    assert "walnuts" in say("Hey Fondly, what is Ana allergic to?")["message"]
    assert say("Hey Fondly, what is Ana allergic to?") == {}  # sent again
    assert say("Fondly, what is Ana allergic to? ", is_user=False) == {}
    assert say("What is Ana allergic to?") == {}
    for command in (
        "Fondly, forget everything about Ana.",
        "Yes.",
        "Fondly, remind me to call Ana tomorrow.",
        "Remind me to call Ana tomorrow.",
        "Fondly, scratch that.",
    ):
        assert say(command) == {}
    assert db.rows("SELECT 1 FROM reminders") == []
    assert [m.text for m in memories.pending(db)] == ["Ana is allergic to walnuts."]


def test_nothing_proposed_is_used_before_it_is_accepted(omi_server: Served, paths: dict[str, str]) -> None:
    client, db = omi_server.client, omi_server.parts.db
    client.post(paths["memory"], json={"transcript_segments": JOAN, "structured": {}})
    until(lambda: all_read(omi_server.parts))

    def ask(text: str) -> str:
        reply: str = client.post("/api/notes", json={"text": text}).json()["reply"]
        return reply

    for question in (
        "What do I know about Joan?",
        "How is Joan's mother?",
        "Where does Priya work?",
        "I'm about to see Joan, what should I know?",
        "Good morning.",
        "Who could I get in touch with?",
        "Who works at Siemens?",
    ):
        assert not any(
            word in ask(question) for word in ("surgery", "Siemens.", "Siemens in", "got the job", "football")
        )
    assert people.everyone(db) == []
    assert client.get("/api/memories").json() == []

    waiting = {p["text"]: p for p in client.get("/api/proposals").json()}
    assert waiting.keys() == TOLD
    surgery, job, met = (waiting[text]["id"] for text in sorted(TOLD))
    assert waiting["Joan's mother's surgery went well."]["about"] == ["Joan"]
    edited = {"status": "accepted", "text": "Joan's mother's operation went well."}
    assert client.post(f"/api/proposals/{surgery}", json=edited).json() == {"status": "accepted"}
    assert client.post(f"/api/proposals/{surgery}", json=edited).status_code == 404
    assert client.post(f"/api/proposals/{job}", json={"status": "ignored"}).status_code == 200
    assert "operation" in ask("How is Joan's mother?")
    assert "Siemens" not in ask("What do I know about Priya?")
    assert [p.name for p in people.everyone(db)] == ["Joan"]
    client.post(f"/api/proposals/{met}", json={"status": "accepted"})
    assert people.last_met(db, people.everyone(db)[0].id) is not None
    # The same conversation once more: nothing is proposed again, not even what was let go.
    client.post(paths["memory"], json={"transcript_segments": JOAN, "structured": {}})
    until(lambda: all_read(omi_server.parts))
    assert proposed(omi_server.parts) == set()


def test_the_review_page_shows_what_was_overheard(omi_server: Served, paths: dict[str, str]) -> None:
    client, db = omi_server.client, omi_server.parts.db
    hostile = [{"text": "Ana keeps <script>bees</script> in Leeds.", "is_user": True}, *JOAN]
    client.post(paths["memory"], json={"transcript_segments": hostile, "structured": {}})
    until(lambda: all_read(omi_server.parts))
    page = client.get("/").text
    assert "Overheard" in page
    assert "<script>" not in page
    for one in proposals.waiting(db):
        assert f"/review/overheard/{one.id}" in page
    keep, *rest = proposals.waiting(db)
    client.post(f"/review/overheard/{keep.id}", data={"do": "accepted", "text": keep.text})
    for one in rest:
        client.post(f"/review/overheard/{one.id}", data={"do": "ignored", "text": one.text})
    assert "Overheard" not in client.get("/").text
    assert [m.text for m in memories.by_ids(db, [1])] == [keep.text]
    assert memories.by_ids(db, [1])[0].status == "accepted"


def test_who_is_forgotten_is_forgotten_in_what_was_overheard(omi_server: Served, paths: dict[str, str]) -> None:
    client, db = omi_server.client, omi_server.parts.db
    client.post("/api/notes", json={"text": "Joan Mbeki keeps bees."})
    client.post(paths["memory"], json={"transcript_segments": JOAN, "structured": {}})
    until(lambda: all_read(omi_server.parts))
    client.post("/api/notes", json={"text": "Forget everything about Joan."})
    client.post("/api/notes", json={"text": "Yes."})
    assert proposed(omi_server.parts) == {"Priya got the job at Siemens."}
    everything = [tuple(row) for t in ("captures", "proposals", "memories") for row in db.rows(f"SELECT * FROM {t}")]
    assert "Joan" not in str([row for row in everything if "Forget everything" not in str(row)])


def test_the_words_go_with_time_and_what_was_proposed_stays(
    omi_server: Served, paths: dict[str, str], clock: Clock
) -> None:
    omi_server.client.post(paths["memory"], json={"transcript_segments": JOAN, "structured": {}})
    until(lambda: all_read(omi_server.parts))
    captures.age_out_sound(omi_server.parts.db, clock())
    kept = omi_server.parts.db.rows("SELECT text FROM captures")
    assert "Leeds" in kept[0]["text"]
    clock.forward(days=31)
    captures.age_out_sound(omi_server.parts.db, clock())
    assert [row["text"] for row in omi_server.parts.db.rows("SELECT text FROM captures")] == [""]
    assert proposed(omi_server.parts) == TOLD


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(max_size=30),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(
                ["segments", "text", "is_user", "start", "session_id", "transcript_segments", "structured"]
            ),
            inner,
            max_size=4,
        )
    ),
    max_leaves=12,
)
SEGMENT = st.fixed_dictionaries(
    {"text": st.text(max_size=60)},
    optional={"is_user": st.none() | st.booleans(), "start": st.none() | st.floats(0, 1e9), "speaker": st.text()},
)


@example_settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(body=JSON | st.lists(SEGMENT, max_size=4) | st.builds(lambda s: {"segments": s}, st.lists(SEGMENT, max_size=4)))
def test_any_json_is_taken_or_refused(omi_server: Served, paths: dict[str, str], body: Any) -> None:
    for use in ("transcript", "memory"):
        assert omi_server.client.post(paths[use], json=body).status_code in (200, 422)
