"""The API over HTTP on a real socket, and the page in a real browser."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

import httpx
import pytest

from assistant.demo.demo import recordings
from assistant.tone import unkind
from tests.assistant.test_cli import ROOT, Fondly

JOAN = "Met Joan after football practice. Her mother's surgery went well. She's moving to Bangalore in July."
CHROMIUM = next(
    (path for name in ("chromium", "chromium-browser", "google-chrome") if (path := shutil.which(name))), None
)


@pytest.fixture
def web(tmp_path: Path) -> Iterator[httpx.Client]:
    fondly = Fondly(tmp_path / "home")
    with subprocess.Popen(
        [sys.executable, "-m", "assistant", "serve"], env=fondly.env, stdout=subprocess.PIPE, cwd=ROOT, text=True
    ) as server:
        assert server.stdout
        url = server.stdout.readline().split(" at ")[1].split(" ")[0]
        with httpx.Client(base_url=url, timeout=60) as client:
            yield client
        server.terminate()


def test_a_note_a_question_and_a_review(web: httpx.Client) -> None:
    told = web.post("/api/notes", json={"text": JOAN}).json()
    assert told["reply"].startswith("Kept: ")
    assert told["meaning"]["intent"] == "capture"
    asked = web.post("/api/notes", json={"text": "I'm about to see Joan, what should I know?"}).json()
    assert "Bangalore in July" in asked["reply"]
    pending = web.get("/api/memories").json()
    move = next(m for m in pending if "Bangalore" in m["text"])
    assert move["evidence"] in JOAN
    assert move["about"] == ["Joan"]
    assert move["when"]["from"].endswith("-07-01")
    edited = {"status": "accepted", "text": "Joan is moving to Mysore in July."}
    assert web.post(f"/api/memories/{move['id']}", json=edited).json() == {"status": "accepted"}
    assert move["id"] not in [m["id"] for m in web.get("/api/memories").json()]
    asked = web.post("/api/notes", json={"text": "What do I know about Joan?"}).json()
    assert "Mysore" in asked["reply"]
    assert web.post("/api/memories/9999", json={"status": "ignored"}).status_code == 404


def test_what_is_for_nobody_elses_ears_is_read_and_let_go(web: httpx.Client) -> None:
    today = datetime.now().astimezone()
    web.post("/api/notes", json={"text": f"Tom's father died on {today.day} {today:%B} {today.year - 1}."})
    page = web.get("/").text
    assert "To read" in page
    (key,) = re.findall(r'name="key" value="([^"]+)"', page)
    assert web.post("/read", data={"key": "time/99/no", "do": "done"}, follow_redirects=True).text == page
    assert "To read" not in web.post("/read", data={"key": key, "do": "let go"}, follow_redirects=True).text


def test_a_recording_is_one_turn(web: httpx.Client) -> None:
    turns = web.post("/api/sound", files={"file": ("memo.wav", recordings()[0].read_bytes())}).json()
    assert len(turns) == 1
    assert "Rachel" in turns[0]["heard"]
    assert turns[0]["kept"]
    assert turns[0]["reply"].startswith("Kept: ")


@pytest.mark.parametrize("content", [b"", b"this is not sound", b"RIFF\x24\0\0\0WAVEfmt "])
def test_what_is_not_sound_is_a_clear_error(web: httpx.Client, content: bytes) -> None:
    answer = web.post("/api/sound", files={"file": ("memo.wav", content)})
    assert answer.status_code == 422
    assert len(answer.json()["detail"]) > 10


@pytest.mark.parametrize("body", [{}, {"text": ""}, {"text": "   "}, {"text": 3}, {"text": "x" * 20_001}, []])
def test_what_is_no_note_is_refused(web: httpx.Client, body: Any) -> None:
    assert web.post("/api/notes", json=body).status_code == 422


def test_other_sites_can_neither_read_nor_write(web: httpx.Client) -> None:
    note = {"json": {"text": "hello"}}
    assert web.post("/api/notes", headers={"Origin": "https://evil.example"}, **note).status_code == 403  # type: ignore[arg-type]
    assert web.post("/", headers={"Origin": "null"}, data={"text": "hello"}).status_code == 403
    assert web.get("/api/people", headers={"Host": "evil.example"}).status_code == 400
    same = {"Origin": str(web.base_url).rstrip("/")}
    assert web.post("/api/notes", headers=same, **note).status_code == 200  # type: ignore[arg-type]


@pytest.mark.skipif(CHROMIUM is None, reason="no Chromium here (on Debian: apt install chromium)")
@pytest.mark.parametrize("width", [390, 1280])
def test_the_page_in_a_browser(web: httpx.Client, width: int) -> None:
    from playwright.sync_api import expect, sync_playwright

    hostile = "<script>document.title='owned'</script> Ana keeps bees."
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox", "--disable-gpu"])
        page = browser.new_page(viewport={"width": width, "height": 900})
        page.set_default_timeout(60_000)
        expect.set_options(timeout=60_000)
        page.goto(str(web.base_url))
        expect(page.get_by_text("Nothing to look at")).to_be_visible()

        page.get_by_label("Tell me something, or ask").fill(JOAN)
        page.get_by_role("button", name="Say it").click()
        expect(page.get_by_role("status")).to_contain_text("Kept: ")
        move = page.locator("form.memory", has_text="Bangalore")
        expect(move).to_contain_text("you said: “She's moving to Bangalore in July”")

        move.get_by_label("What was kept").fill("Joan is moving to Mysore in July.")
        move.get_by_role("button", name="Keep it so").click()
        expect(page.locator("form.memory", has_text="Bangalore")).to_have_count(0)
        for left in (1, 0):
            page.locator("form.memory").first.get_by_role("button", name="Let it go").click()
            expect(page.locator("form.memory")).to_have_count(left)

        page.get_by_label("Tell me something, or ask").fill(hostile)
        page.get_by_role("button", name="Say it").click()
        expect(page.get_by_role("status")).to_be_visible()
        assert page.title() == "Fondly"
        assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
        shown = page.locator("main").inner_text().replace(hostile, "")
        assert unkind(shown) == []
        browser.close()
    known = web.post("/api/notes", json={"text": "What do I know about Joan?"}).json()["reply"]
    assert "Mysore" in known
    assert "surgery" not in known
