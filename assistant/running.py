"""The Fondly that is running already: where it is, and what to ask of it."""

from __future__ import annotations

from typing import Any

from assistant.errors import FondlyError
from assistant.settings import Settings

ADDRESS_FILE = "address"


def running_server(settings: Settings) -> str | None:
    """Where the running one listens. It may just have ended."""
    try:
        return (settings.data_dir / ADDRESS_FILE).read_text(encoding="ascii").strip() or None
    except (OSError, UnicodeDecodeError):
        return None


def request_running(url: str, method: str, path: str, body: dict[str, Any] | None = None) -> Any:
    """What it answers, as JSON. Raises FondlyError where it does not."""
    import httpx

    try:
        answer = httpx.request(method, url + path, json=body, timeout=60)
        if answer.status_code == 422 and isinstance(wrong := answer.json().get("detail"), str):
            raise FondlyError(wrong)  # what was asked of it is wrong
        answer.raise_for_status()
    except httpx.HTTPError as err:
        raise FondlyError(f"The Fondly that is running at {url} does not answer: restart it.") from err
    return answer.json()
