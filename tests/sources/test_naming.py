"""Naming a source on the command line and on the page, with a server running and without; no secret is ever shown."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from typer.testing import CliRunner

from assistant import doctor
from assistant.app import open_database, open_home
from assistant.cli import app
from assistant.errors import FondlyError
from assistant.running import ADDRESS_FILE, request_running
from assistant.settings import Settings
from assistant.sources.deeds import name_source
from memory import sources
from memory.database import Database
from memory.people import find_or_add
from tests.assistant.served import Served, served
from tests.sources.conftest import Page, Web

CALENDAR = b"BEGIN:VCALENDAR\nEND:VCALENDAR\n"


@pytest.fixture
def settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Settings:
    monkeypatch.setenv("FONDLY_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("COLUMNS", "200")
    return Settings()


@pytest.fixture
def running(settings: Settings) -> Iterator[Served]:
    with open_home(settings) as parts, served(parts, settings) as serving:
        (settings.data_dir / ADDRESS_FILE).write_text(f"http://127.0.0.1:{serving.port}")
        yield serving


def fondly(*words: str, typed: str = "") -> str:
    result = CliRunner().invoke(app, ["sources", *words], input=typed)
    if result.exception and not isinstance(result.exception, SystemExit):
        raise result.exception
    return f"{result.exit_code} {result.output}"


def all_verbs(web: Web, file: Path) -> None:
    web.pages["/secret-token/cal.ics"] = Page(CALENDAR, etag="1")
    assert "none yet" in fondly()
    added = fondly("add", "calendar", f"{web.url}/secret-token/cal.ics", "--user", "ana", typed="pass word\n")
    assert added.endswith("0 Added as 1. Read 0 events.\n")
    assert web.asked[-1][2]["authorization"] == "Basic YW5hOnBhc3Mgd29yZA=="
    file.write_bytes(CALENDAR)
    assert "Added as 2" in fondly("add", "calendar", str(file))
    shown = fondly()
    assert "127.0.0.1/…/cal.ics" in shown
    assert "ok" in shown
    assert "secret" not in shown
    assert "pass word" not in shown
    web.pages["/secret-token/cal.ics"] = Page(status=500)
    polled = fondly("poll")
    assert polled.startswith("1 ")
    assert "trouble of its own (500)" in polled
    assert f"{file}: Nothing changed." in polled
    assert fondly("remove", "1").startswith("0 ")
    assert "127.0.0.1" not in fondly()


def test_without_a_server(web: Web, settings: Settings, tmp_path: Path) -> None:
    all_verbs(web, tmp_path / "home.ics")
    with pytest.raises(FondlyError, match="There is no 7"):
        fondly("remove", "7")


def test_with_a_server(web: Web, running: Served, tmp_path: Path) -> None:
    all_verbs(web, tmp_path / "home.ics")
    with pytest.raises(FondlyError, match="There is no 7"):
        request_running(f"http://127.0.0.1:{running.port}", "DELETE", "/api/sources/7")


@pytest.mark.parametrize(
    ("kind", "url", "person", "wrong"),
    [
        ("mail", "https://example.org", None, "mail is none of calendar, addresses, feed."),
        ("calendar", "gopher://example.org", None, "An address begins with"),
        ("calendar", "/nowhere/a.ics", None, "There is no file /nowhere/a.ics."),
        ("calendar", "https://[example", None, "That is no address."),
        ("feed", "https://example.org", None, "Say whose feed it is"),
        ("feed", "https://example.org", "Nobody", "I don't know who Nobody is"),
    ],
)
def test_what_cannot_be_named(db: Database, kind: str, url: str, person: str | None, wrong: str) -> None:
    with pytest.raises(FondlyError, match="^" + wrong.replace(".", r"\.")):
        name_source(db, kind, url, person=person)
    assert sources.everything(db) == []


def test_a_password_in_an_address_is_kept_apart(db: Database) -> None:
    source = name_source(db, "calendar", "https://ana:p%40ss@example.org:8443/cal")
    assert (source.url, source.user, source.password) == ("https://example.org:8443/cal", "ana", "p@ss")


def test_the_page(web: Web, running: Served) -> None:
    find_or_add(running.parts.db, "Ana")
    web.pages["/cal.ics"] = Page(CALENDAR)
    named = {"kind": "calendar", "url": f"{web.url}/cal.ics", "user": "", "password": "", "person": ""}
    added = running.client.post("/sources", data=named)
    assert "Read 0 events." in added.text
    wrong = running.client.post("/sources", data={**named, "kind": "feed", "url": "https://example.org/f"})
    assert "Say whose feed it is" in wrong.text
    assert 'value="https://example.org/f"' in wrong.text
    web.pages["/cal.ics"] = Page(status=404)
    assert (
        "There is nothing at that address"
        in running.client.post("/sources/1", data={"do": "read"}, follow_redirects=True).text
    )
    running.client.post("/sources/1", data={"do": "remove"})
    assert "There are none yet." in running.client.get("/sources").text


def test_the_doctor_looks_at_each(web: Web, settings: Settings) -> None:
    web.pages["/cal.ics"] = Page(CALENDAR)
    fondly("add", "calendar", f"{web.url}/cal.ics")
    fondly("add", "addresses", f"{web.url}/nothing.vcf")
    db = open_database(settings)
    found = {f.seam: f for f in doctor.examine(settings, db)}
    db.close()
    assert (found["calendar"].why, found["calendar"].command) == ("ok", "")
    assert found["address book"].why == "There is nothing at that address: check it."
    assert found["address book"].command == "fondly sources"
    assert all(f.well for f in found.values())
