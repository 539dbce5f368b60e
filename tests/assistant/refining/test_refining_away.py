"""Without the model, or with a slow or broken one, the rules' reading stands; what can wait, waits, without hurry."""

from __future__ import annotations

import asyncio
import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from assistant.app import open_home
from assistant.doctor import examine
from assistant.llm import ModelAway, ModelSlow
from assistant.refining import Pauses, refine_next, run_refining
from assistant.settings import Settings
from assistant.turn import Parts, take_words
from memory import captures
from tests.assistant.conftest import Clock, until
from tests.assistant.refining.conftest import LADDER, NOTE, OBOE, kept, model, refine, say, texts, told, waits
from tests.ollama_server import Body, Late, OllamaServer, Refusal

ROOT = Path(__file__).parents[3]


class TestWhenItIsNotThere:
    def test_the_reply_never_waits(self, parts: Parts, server: OllamaServer) -> None:
        server.says = [Late(600, told())]

        async def both() -> None:
            worker = asyncio.create_task(run_refining(parts, model(server, 600), Pauses(0.02, 0.02, 0.02)))
            await take_words("Ben keeps bees.", "test", parts)
            assert await asyncio.to_thread(server.was_asked.wait, 60)
            async with asyncio.timeout(60):
                taken = await take_words(NOTE, "test", parts)
            assert taken.reply
            assert taken.reply.text.startswith("Kept: ")
            worker.cancel()
            with pytest.raises(asyncio.CancelledError):
                await worker

        asyncio.run(both())

    @pytest.mark.parametrize(
        ("answer", "seconds", "error"),
        [(Late(600), 0.3, ModelSlow), (Refusal(500), 60, ModelSlow), (Refusal(404), 60, ModelAway)],
    )
    def test_absence_and_slowness_wait(
        self, parts: Parts, server: OllamaServer, answer: Any, seconds: float, error: type[Exception]
    ) -> None:
        say(parts, NOTE)
        before = texts(parts)
        server.says = [answer]
        with pytest.raises(error):
            asyncio.run(refine_next(parts, model(server, seconds)))
        assert waits(parts)
        assert texts(parts) == before
        server.says = [told(LADDER)]
        assert refine(parts, server)
        assert any("ladder" in text for text in texts(parts))

    @pytest.mark.parametrize("answer", ["no JSON", '{"intent": "capt', Body(b"[]"), Refusal(400, "cannot chat"), {}])
    def test_after_nonsense_the_rules_reading_stands(self, parts: Parts, server: OllamaServer, answer: Any) -> None:
        say(parts, NOTE)
        before = kept(parts)
        server.says = [answer]
        assert refine(parts, server)
        assert not waits(parts)
        assert kept(parts) == before

    def test_one_note_that_takes_too_long_does_not_hold_up_the_others(self, parts: Parts, server: OllamaServer) -> None:
        say(parts, "Ben keeps bees.")
        say(parts, NOTE)
        server.says = [Late(600)]
        with pytest.raises(ModelSlow):
            asyncio.run(refine_next(parts, model(server, 0.3)))
        first = captures.next_to_refine(parts.db)
        assert first is not None
        assert first.text == NOTE

    def test_a_note_that_always_takes_too_long_is_let_be(self, parts: Parts) -> None:
        say(parts, NOTE)
        for _ in range(12):
            captures.took_too_long(parts.db, 1, 12)
        assert not waits(parts)

    def test_the_pauses_grow_and_it_goes_on_when_the_model_is_back(self, parts: Parts, server: OllamaServer) -> None:
        say(parts, NOTE)
        server.models = ()

        async def some_time() -> None:
            worker = asyncio.create_task(run_refining(parts, model(server), Pauses(0.01, 0.2, 0.8)))
            await until(lambda: len(server.asked) >= 3)
            server.models = ("qwen3:8b",)
            await until(lambda: not waits(parts))
            worker.cancel()

        asyncio.run(some_time())
        first, second, third = server.asked_at[:3]
        assert second - first > 0.19  # less a clock's tick
        assert third - second > 0.39
        assert any("ladder" in text for text in texts(parts))
        assert [Pauses().after(n) for n in (0, 1, 2, 3, 99)] == [0, 30, 60, 120, 900]


class TestWhatWaits:
    def test_it_survives_a_restart(self, settings: Settings, clock: Clock, server: OllamaServer) -> None:
        with open_home(settings, clock) as parts:
            say(parts, NOTE)
        with open_home(settings, clock) as parts:
            assert refine(parts, server)
            assert any("ladder" in text for text in texts(parts))

    def test_without_a_model_nothing_waits(self, settings: Settings, clock: Clock) -> None:
        without = settings.model_copy(update={"llm": "none"})
        for now, expected in ((without, False), (settings, False)):
            with open_home(now, clock) as parts:
                assert waits(parts) is expected
                say(parts, NOTE)
                assert waits(parts) is (now is settings)
        with open_home(without, clock) as parts:
            assert not waits(parts)


class TestDoctor:
    def row(self, settings: Settings, parts: Parts) -> tuple[str, str, str]:
        found = next(f for f in examine(settings, parts.db) if f.seam == "understanding")
        assert found.well  # the rules are always there
        return found.used, found.why, found.command

    def test_it_says_what_reads_why_and_what_to_run(
        self, settings: Settings, parts: Parts, server: OllamaServer
    ) -> None:
        set_ = settings.model_copy(update={"ollama_url": server.url})
        assert self.row(set_, parts) == ("rules, then qwen3:8b", "set by llm", "")
        used, why, command = self.row(set_.model_copy(update={"llm": "other:1b"}), parts)
        assert (used, command) == ("rules", "ollama pull other:1b")
        assert "does not have it" in why
        used, why, command = self.row(set_.model_copy(update={"ollama_url": "http://127.0.0.1:9"}), parts)
        assert (used, command) == ("rules", "ollama pull qwen3:8b")
        assert "does not answer" in why
        assert "ollama pull qwen3:8b" in self.row(set_.model_copy(update={"llm": "none"}), parts)[2]


def test_the_verb_reads_with_the_model_and_falls_back_to_the_rules(tmp_path: Path, server: OllamaServer) -> None:
    item = json.dumps({"id": "a", "utterance": NOTE, "now": "2026-05-04T10:00"})

    def verb(**env: str) -> tuple[int, str, str]:
        done = subprocess.run(
            [sys.executable, "-m", "assistant", "understand", "--engine", "ollama"],
            input=item, capture_output=True, text=True, cwd=ROOT, timeout=120,
            env={"FONDLY_HOME": str(tmp_path), "FONDLY_OLLAMA_URL": server.url, "PATH": "/usr/bin", **env},
        )  # fmt: skip
        return done.returncode, done.stdout, done.stderr

    code, out, _ = verb(FONDLY_LLM="qwen3:8b")
    assert (code, [m["text"] for m in json.loads(out)["memories"]]) == (0, [OBOE["text"], LADDER["text"]])
    code, out, err = verb(FONDLY_LLM="other:1b")
    assert (code, json.loads(out)["id"]) == (0, "a")
    assert "ollama pull other:1b" in err
    code, _, err = verb()
    assert (code, len(err.strip().splitlines())) == (1, 1)
    assert "No language model is set" in err
