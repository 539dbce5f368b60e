"""The page for talking in a real browser, with a microphone that hears a recording."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import httpx

from assistant.demo.demo import recordings
from tests.web.conftest import Cable, Server, browser, heard_back, microphone_file, needs_chromium, page_in

pytestmark = needs_chromium
SPEECH = Path(__file__).parents[1] / "fixtures" / "speech"


def memories(server: Server) -> list[str]:
    return [memory["text"] for memory in httpx.get(f"{server.url}/api/memories", timeout=60).json()]


def outbox_is_empty(page: Any) -> None:
    page.wait_for_function(
        """async () => {
            const { streams } = await import("/talk/outbox.js");
            return (await streams()).every((stream) => stream.mode === "open");
        }"""
    )


def test_hands_free_from_the_wake_word_to_the_reply_that_is_heard(server: Server, tmp_path: Path) -> None:
    from playwright.sync_api import expect

    with browser(microphone_file(tmp_path / "said.wav", 3.0, recordings()[0])) as opened:
        page = page_in(opened)
        page.goto(f"{server.url}/talk")
        page.get_by_role("switch", name="Hands-free").check()
        expect(page.locator(".heard")).to_contain_text("Rachel", timeout=60_000)
        expect(page.locator(".answer")).to_contain_text("Kept: ", timeout=60_000)
        expect(page.locator("#state")).to_contain_text("Hold to talk over it", timeout=60_000)
        expect(page.locator("#state")).to_contain_text("then talk", timeout=60_000)
        answer = set(re.findall(r"\w+", page.locator(".answer").inner_text().lower()))
        heard = set(re.findall(r"\w+", heard_back(page).lower()))
        assert len(answer & heard) > len(answer) / 3  # a voice made by a machine is not always understood
    assert any("Boston" in text for text in memories(server))


def test_hold_to_talk(server: Server, tmp_path: Path) -> None:
    from playwright.sync_api import expect

    with browser(
        microphone_file(tmp_path / "said.wav", 1.0, SPEECH / "Met_Joan_after_football_practice.wav")
    ) as opened:
        page = page_in(opened)
        page.goto(f"{server.url}/talk")
        hold = page.get_by_role("button", name="Hold to talk")
        hold.hover()
        page.mouse.down()
        expect(page.locator("#state")).to_have_text("Listening")
        page.wait_for_timeout(5_000)
        page.mouse.up()
        expect(page.locator(".heard")).to_contain_text("football", timeout=60_000)
        expect(page.locator(".answer")).to_be_visible(timeout=60_000)
        outbox_is_empty(page)
        assert heard_back(page)


def test_a_connection_cut_in_the_middle_loses_nothing(server: Server, cable: Cable, tmp_path: Path) -> None:
    from playwright.sync_api import expect

    said = microphone_file(
        tmp_path / "said.wav",
        1.0,
        SPEECH / "Met_Joan_after_football_practice.wav",
        1.0,
        SPEECH / "She's_moving_to_Bangalore_in_July.wav",
    )
    with browser(said) as opened:
        page = page_in(opened)
        page.goto(f"{cable.url}/talk")
        hold = page.get_by_role("button", name="Hold to talk")
        hold.hover()
        page.mouse.down()
        expect(page.locator("#state")).to_have_text("Listening")
        page.wait_for_timeout(2_000)
        cable.cut()
        expect(page.locator("#state")).to_have_text("Recording on this phone")
        expect(page.locator("#link")).to_contain_text("kept on this phone")
        page.wait_for_timeout(3_000)
        cable.mend()
        expect(page.locator("#link")).to_have_text("", timeout=30_000)
        page.wait_for_timeout(5_000)
        page.mouse.up()
        expect(page.locator(".heard")).to_contain_text("football", timeout=60_000)
        expect(page.locator(".heard")).to_contain_text("July", timeout=60_000)
        outbox_is_empty(page)
