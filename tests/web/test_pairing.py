"""Who may come in: over HTTPS from the home network, only who was paired; and no other site's pages."""

from __future__ import annotations

import json
import re
import socket
import ssl
import subprocess
import sys
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

import httpx
import pytest
from cryptography import x509
from websockets.exceptions import InvalidStatus
from websockets.sync.client import connect

from assistant.devices import Devices
from assistant.lan import certificate, invitation, own_address
from assistant.paired import Paired
from assistant.web.pairing import Codes
from tests.web.conftest import ROOT, Server

TRUSTING = ssl.create_default_context()
TRUSTING.check_hostname = False
TRUSTING.verify_mode = ssl.CERT_NONE


class LanServer(Server):
    """`fondly serve --lan`; ``invitation`` is what it shows for a phone."""

    def __init__(self, home: Path) -> None:
        super().__init__(home, "--lan")
        self.invitation = ""
        assert self.process.stdout
        while "Another one: fondly pair" not in self.invitation:
            self.invitation += self.process.stdout.readline()
        found = re.search(r"(https://\S+)/pair\?code=(\w+)", self.invitation)
        assert found
        self.lan_url, self.code = found.groups()


@pytest.fixture
def lan(tmp_path: Path) -> Iterator[LanServer]:
    running = LanServer(tmp_path / "home")
    yield running
    running.end()


@pytest.fixture
def phone(lan: LanServer) -> Iterator[httpx.Client]:
    """Comes from this computer, by the name that the home network has for it."""
    with httpx.Client(base_url=lan.lan_url, verify=TRUSTING, timeout=60) as client:
        yield client


@pytest.mark.skipif(own_address().startswith("127."), reason="this computer is in no network")
def test_the_home_network_is_answered_only_when_paired(lan: LanServer, phone: httpx.Client) -> None:
    socket_url = lan.lan_url.replace("https", "wss") + "/talk/socket?client=a"
    for path in ("/", "/talk", "/talk/talk.js", "/api/people", "/api/memories", "/openapi.json", "/nowhere"):
        assert phone.get(path).status_code == 401, path
    assert phone.get("/talk", headers={"Accept": "text/html"}).headers["location"] == "/pair"
    assert phone.post("/api/notes", json={"text": "hello"}).status_code == 401
    assert phone.post("/api/pairing").status_code == 401
    with pytest.raises(InvalidStatus, match="403"):
        connect(socket_url, ssl=TRUSTING)

    assert phone.get("/pair").status_code == 200
    assert phone.post("/pair", data={"code": "wrong", "name": "Maya's phone"}).status_code == 403
    let_in = phone.post("/pair", data={"code": lan.code, "name": "Maya's phone"})
    assert let_in.headers["location"] == "/talk"
    cookie = let_in.headers["set-cookie"].lower()
    assert all(word in cookie for word in ("httponly", "secure", "samesite=lax"))
    assert phone.get("/talk").status_code == 200
    assert phone.get("/api/people").json() == []
    with connect(socket_url, ssl=TRUSTING, additional_headers={"Cookie": f"fondly={phone.cookies['fondly']}"}) as talk:
        talk.send(json.dumps({"type": "ping"}))
        assert json.loads(talk.recv(timeout=30)) == {"type": "pong"}

    token = {"Authorization": f"Bearer {phone.cookies['fondly']}"}
    assert httpx.get(f"{lan.lan_url}/api/people", verify=TRUSTING, headers=token).status_code == 200
    assert httpx.get(f"{lan.lan_url}/api/people", verify=TRUSTING, headers={"Authorization": "Bearer x"}).is_error
    with httpx.Client(base_url=lan.lan_url, verify=TRUSTING, cookies={"fondly": "x" * 43}) as stranger:
        assert stranger.post("/pair", data={"code": lan.code}).status_code == 403  # it opens once
        assert stranger.get("/api/people").status_code == 401
    kept = (lan.env["FONDLY_HOME"] + "/data/devices.json", lan.env["FONDLY_HOME"] + "/config/lan-key.pem")
    assert phone.cookies["fondly"] not in Path(kept[0]).read_text()
    assert all(Path(file).stat().st_mode & 0o077 == 0 for file in kept)


def test_a_new_code_is_shown_by_the_command(lan: LanServer, phone: httpx.Client) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "assistant", "pair"], env=lan.env, cwd=ROOT, capture_output=True, text=True, timeout=180
    )
    assert done.returncode == 0, done.stderr
    code = re.search(r"code=(\w+)", done.stdout)
    assert code
    assert code.group(1) != lan.code
    assert phone.post("/pair", data={"code": lan.code}).status_code == 403
    assert phone.post("/pair", data={"code": code.group(1)}).status_code == 303


def test_other_sites_and_other_names_are_refused(server: Server) -> None:
    socket_url = server.url.replace("http", "ws") + "/talk/socket?client=a"
    with pytest.raises(InvalidStatus, match="403"):
        connect(socket_url, origin="https://evil.example")
    with pytest.raises(InvalidStatus, match="403"):
        connect(socket_url, additional_headers={"Origin": "null"})
    with httpx.Client(base_url=server.url, timeout=60) as here:
        assert here.get("/api/people").status_code == 200
        assert here.get("/api/people", headers={"Host": "evil.example"}).status_code == 400
        assert here.get("/api/people", headers={"Host": "[::"}).status_code == 400
        assert here.get("/api/people", headers={"Host": "192.168.1.5"}).status_code == 401
        assert here.get("/api/people", headers={"X-Forwarded-For": "127.0.0.1"}).status_code == 401
        assert here.post("/api/pairing", headers={"X-Forwarded-For": "127.0.0.1"}).status_code == 401


def test_a_proxy_is_not_this_computer(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FONDLY_ADDRESS", "https://fondly.example.net")
    server = Server(tmp_path / "home")
    try:
        named = {"Host": "fondly.example.net", "X-Forwarded-Proto": "https", "X-Forwarded-For": "192.0.2.7"}
        with httpx.Client(base_url=server.url, timeout=60) as here:
            assert here.get("/api/people", headers=named).status_code == 401
            code = here.post("/api/pairing").json()
            assert code["addresses"] == ["https://fondly.example.net"]
            let_in = here.post(
                "/pair", headers={**named, "Origin": "https://fondly.example.net"}, data={"code": code["code"]}
            )
            token = let_in.cookies["fondly"]
            assert "secure" in let_in.headers["set-cookie"].lower()
            assert here.get("/api/people", headers={**named, "Cookie": f"fondly={token}"}).status_code == 200
    finally:
        server.end()


class Clock:
    def __init__(self) -> None:
        self.now = datetime(2026, 5, 4, 10, 0).astimezone()

    def __call__(self) -> datetime:
        return self.now


def test_a_code_is_good_once_for_ten_minutes_and_five_tries() -> None:
    clock = Clock()
    codes = Codes(clock)
    assert not codes.use("")
    assert codes.use(codes.new().upper())
    code = codes.new()
    assert codes.use(f" {code} ")
    assert not codes.use(code)
    code = codes.new()
    clock.now += timedelta(minutes=10)
    assert not codes.use(code)
    code = codes.new()
    assert [codes.use("wrong") for _ in range(5)] == [False] * 5
    assert not codes.use(code)


def test_paired_devices_have_names_of_their_own_and_can_be_forgotten(tmp_path: Path) -> None:
    devices = Devices(tmp_path / "data" / "devices.json")
    paired = Paired(devices)
    one, token = paired.add("Maya's phone")
    other, other_token = paired.add("maya's phone")
    assert (one.name, other.name) == ("Maya's phone", "maya's phone 2")
    assert paired.find(token) == one
    assert paired.find("") is None
    devices.forget("Maya's Phone")
    assert paired.find(token) is None
    assert paired.find(other_token) == other


def test_the_certificate_is_kept_and_made_anew_before_it_ends(tmp_path: Path) -> None:
    now = Clock()()
    cert_file, key_file = certificate(tmp_path, now)
    first = cert_file.read_bytes()
    ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER).load_cert_chain(cert_file, key_file)
    held = x509.load_pem_x509_certificate(first).extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    assert own_address() in [str(address) for address in held.get_values_for_type(x509.IPAddress)]
    assert f"{socket.gethostname()}.local" in held.get_values_for_type(x509.DNSName)
    assert certificate(tmp_path, now + timedelta(days=300))[0].read_bytes() == first
    assert certificate(tmp_path, now + timedelta(days=370))[0].read_bytes() != first
    cert_file.write_bytes(b"rubble")
    ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER).load_cert_chain(*certificate(tmp_path, now))


def test_the_invitation_says_what_the_browser_will() -> None:
    own = invitation("abc", [f"https://{own_address()}:3664"])
    assert f"https://{own_address()}:3664/pair?code=abc" in own
    assert "Choose to go on" in own
    assert "Choose to go on" not in invitation("abc", ["https://fondly.example.net"])
    assert "serve --lan" in invitation("abc", [])
