"""The page's switch for telling home where it is, in a real browser that is somewhere."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from tests.web.conftest import Server, browser, microphone_file, needs_chromium, page_in

pytestmark = needs_chromium
SPLIT = {"latitude": 43.508, "longitude": 16.44, "accuracy": 30}


def requests_of(page: Any) -> list[tuple[str, str | None]]:
    sent: list[tuple[str, str | None]] = []
    page.on("request", lambda r: sent.append((r.method, r.post_data)) if r.url.endswith("/api/position") else None)
    return sent


def test_it_is_off_until_it_is_switched_on_and_forgets_when_it_is_switched_off(server: Server, tmp_path: Path) -> None:
    from playwright.sync_api import expect

    with browser(microphone_file(tmp_path / "silence.wav")) as opened:
        page = page_in(opened, geolocation=SPLIT, permissions=["geolocation"])
        sent = requests_of(page)
        page.goto(f"{server.url}/talk")
        switch = page.get_by_role("switch", name="Tell home where I am")
        expect(switch).not_to_be_checked()
        page.wait_for_timeout(1_000)
        assert sent == []
        with page.expect_response("**/api/position") as answered:
            switch.check()
        assert answered.value.status == 204
        assert [method for method, _ in sent] == ["PUT"]
        assert '"latitude":43.508' in str(sent[0][1])

        with page.expect_response("**/api/position"):
            page.reload()
        expect(switch).to_be_checked()  # it was switched on for this phone
        with page.expect_response("**/api/position") as forgotten:
            switch.uncheck()
        assert (forgotten.value.request.method, forgotten.value.status) == ("DELETE", 204)
        page.reload()
        expect(switch).not_to_be_checked()


def test_a_browser_that_does_not_allow_it_says_so(server: Server, tmp_path: Path) -> None:
    from playwright.sync_api import expect

    with browser(microphone_file(tmp_path / "silence.wav"), "--deny-permission-prompts") as opened:
        page = page_in(opened, permissions=["microphone"])
        sent = requests_of(page)
        page.goto(f"{server.url}/talk")
        switch = page.get_by_role("switch", name="Tell home where I am")
        switch.click()
        expect(page.locator(".told")).to_contain_text("may not know where you are", timeout=60_000)
        expect(switch).not_to_be_checked()
        assert sent == []
