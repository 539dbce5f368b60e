"""The page for talking when something is not there: the connection, the microphone, a secure page."""

from __future__ import annotations

import io
import re
from pathlib import Path
from typing import Any

import httpx
import numpy as np
import pytest

from assistant.tone import unkind
from speech.audio import read_sound
from speech.stt.moonshine import Moonshine
from tests.web.conftest import Cable, Server, browser, microphone_file, needs_chromium, page_in

pytestmark = needs_chromium
SPEECH = Path(__file__).parents[1] / "fixtures" / "speech"
LONG_AGO = """async () => {
    const { streams, put } = await import("/talk/outbox.js");
    for (const stream of await streams()) await put({ ...stream, endedAt: 0 });
}"""


class Memos:
    """Takes what is sent to /api/memos; the first ``busy`` are answered with 503."""

    def __init__(self, page: Any, busy: int = 0) -> None:
        self.taken: list[bytes] = []
        self.tries = 0
        self._busy = busy
        page.route("**/api/memos", self._take)

    def _take(self, route: Any) -> None:
        self.tries += 1
        if self.tries <= self._busy:
            route.fulfill(status=503, json={"detail": "not now"})
            return
        self.taken.append(route.request.post_data_buffer)
        route.fulfill(status=200, json={"state": "done", "heard": "Met Joan.", "reply": "Kept: you met Joan."})


def test_what_is_said_in_a_lift_comes_home_as_a_memo(server: Server, cable: Cable, tmp_path: Path) -> None:
    from playwright.sync_api import expect

    with browser(
        microphone_file(tmp_path / "said.wav", 0.5, SPEECH / "Met_Joan_after_football_practice.wav")
    ) as opened:
        page = page_in(opened, service_workers="block")
        memos = Memos(page, busy=1)
        page.goto(f"{cable.url}/talk")
        expect(page.locator("body")).to_have_attribute("data-connected", "true")
        cable.cut()
        expect(page.locator("#link")).to_contain_text("kept on this phone")
        page.get_by_role("button", name="Hold to talk").hover()
        page.mouse.down()
        expect(page.locator("#state")).to_have_text("Recording on this phone")
        page.wait_for_timeout(5_000)
        page.mouse.up()
        expect(page.locator("#state")).to_contain_text("Kept on this phone")
        page.evaluate(LONG_AGO)
        cable.mend()
        expect(page.locator(".told", has_text="is home")).to_have_text("Your recording is home.", timeout=60_000)
        assert memos.tries == 2
        sound = io.BytesIO(memos.taken[0][memos.taken[0].index(b"RIFF") :])
        samples = np.concatenate([chunk.samples for chunk in read_sound(sound)])
        assert "football" in Moonshine().transcribe(samples).text
        assert page.evaluate("""async () => (await (await import("/talk/outbox.js")).streams()).length""") == 0


def test_a_recording_is_sent_as_it_is(server: Server, tmp_path: Path) -> None:
    from playwright.sync_api import expect

    with browser(microphone_file(tmp_path / "said.wav", 1.0)) as opened:
        page = page_in(opened, service_workers="block")
        memos = Memos(page)
        page.goto(f"{server.url}/talk")
        recording = SPEECH / "Good_morning.wav"
        page.get_by_label("Send a recording").set_input_files(recording)
        expect(page.locator(".told", has_text="is home")).to_have_text("Your recording is home.")
        expect(page.locator(".heard")).to_have_text("Met Joan.")
        expect(page.locator(".answer")).to_have_text("Kept: you met Joan.")
        assert recording.read_bytes() in memos.taken[0]
        assert b'name="sound"; filename="Good_morning.wav"' in memos.taken[0]


def test_the_page_opens_without_a_connection_and_takes_what_is_shared(
    server: Server, cable: Cable, tmp_path: Path
) -> None:
    from playwright.sync_api import expect

    with browser(microphone_file(tmp_path / "said.wav", 1.0)) as opened:
        page = page_in(opened)
        page.goto(f"{cable.url}/talk")
        page.evaluate("navigator.serviceWorker.ready.then(() => {})")
        page.wait_for_function("navigator.serviceWorker.controller !== null")
        cable.cut()
        page.reload()
        expect(page.get_by_role("button", name="Hold to talk")).to_be_visible()
        expect(page.locator("#link")).to_contain_text("Not connected")
        shared = page.evaluate(
            """async () => {
                const form = new FormData();
                form.append("sound", new File(["a voice memo"], "memo.m4a", { type: "audio/mp4" }));
                const answer = await fetch("/talk/share", { method: "POST", body: form });
                const kept = await (await import("/talk/outbox.js")).files();
                return [answer.url, ...await Promise.all(kept.map((one) => one.file.text()))];
            }"""
        )
        assert shared == [f"{cable.url}/talk", "a voice memo"]


def test_a_microphone_that_is_refused_is_said_in_words(server: Server) -> None:
    from playwright.sync_api import expect, sync_playwright

    from tests.web.conftest import CHROMIUM

    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox", "--disable-gpu"])
        page = opened.new_page()
        page.goto(f"{server.url}/talk")
        page.get_by_role("switch", name="Hands-free").click()
        expect(page.locator(".told")).to_contain_text(re.compile("may not use the microphone|no microphone here"))
        expect(page.get_by_role("switch", name="Hands-free")).not_to_be_checked()
        opened.close()


def test_a_page_that_is_not_secure_is_paired_and_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from playwright.sync_api import expect

    monkeypatch.setenv("FONDLY_ADDRESS", "http://fondly.example")
    server = Server(tmp_path / "home")
    try:
        said = microphone_file(tmp_path / "said.wav", 1.0)
        with browser(said, "--host-resolver-rules=MAP fondly.example 127.0.0.1") as opened:
            page = page_in(opened)
            page.goto(f"http://fondly.example:{server.port}/talk")
            assert page.url.endswith("/pair")
            code = httpx.post(f"{server.url}/api/pairing", timeout=60).json()["code"]
            page.get_by_label("Code").fill(code)
            page.get_by_label("What it is called").fill("Maya's phone")
            page.get_by_role("button", name="Let it in").click()
            expect(page.locator(".told")).to_contain_text("only to secure pages")
            assert page.get_by_role("button", name="Hold to talk").is_disabled()
            expect(page.locator("body")).to_have_attribute("data-connected", "true")
    finally:
        server.end()


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [390, 1280])
def test_it_fits_and_is_kind_and_reachable_by_a_thumb(server: Server, tmp_path: Path, width: int, scheme: Any) -> None:
    with browser(microphone_file(tmp_path / "said.wav", 1.0)) as opened:
        page = opened.new_context(viewport={"width": width, "height": 844}, color_scheme=scheme).new_page()
        page.goto(f"{server.url}/talk")
        hold = page.get_by_role("button", name="Hold to talk").bounding_box()
        assert hold["y"] > 844 / 2
        assert hold["height"] >= 100
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth && scrollY === 0")
        light = page.evaluate("getComputedStyle(document.body).backgroundColor.match(/[0-9]+/g).map(Number)[0]")
        assert (light > 128) == (scheme == "light")
        assert unkind(page.locator("body").inner_text()) == []
