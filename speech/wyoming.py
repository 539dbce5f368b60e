"""Wyoming services on other machines: asking one, and knowing whether it is there now.

Wyoming is the protocol of Home Assistant's voice services: events of JSON and sound over a plain TCP connection.
"""

from __future__ import annotations

import io
import logging
import re
import socket
import threading
import time
import weakref
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Literal
from urllib.parse import urlsplit

from wyoming.error import Error
from wyoming.event import Event, Eventable, read_event, write_event
from wyoming.info import Describe, Info

from speech.audio import RATE_HZ
from speech.errors import EngineFailed

log = logging.getLogger(__name__)

CONNECT_SECONDS = 2.0
"""On a home's network a machine that is there answers within milliseconds."""

DESCRIBE_SECONDS = 3.0
"""To say what it offers; services that are loading a model still do."""

RETRY_SECONDS = 5.0
LONGEST_RETRY_SECONDS = 300.0
"""A service that failed is looked for that often: twice as long after each failure in a row, up to the longest."""

_PREFIX = "wyoming:"
_FORM = f"it is written {_PREFIX}HOST:PORT, as in {_PREFIX}192.168.1.20:10300"

Domain = Literal["asr", "tts", "wake"]
_OFFERS: dict[Domain, str] = {"asr": "speech to text", "tts": "text to speech", "wake": "wake words"}
_VERSION = re.compile(r"_v[0-9.]+$")  # in the names of wake words, as in hey_jarvis_v0.1

PCM = {"rate": RATE_HZ, "width": 2, "channels": 1}
"""What we send: the one form that sound has inside."""


class Away(EngineFailed):
    """The service is not there, is too slow, or said something else than an answer."""


@dataclass(frozen=True, slots=True)
class Address:
    """Where a service is, from a setting like ``wyoming:192.168.1.20:10300``; ``rest``: what stood behind a slash."""

    host: str
    port: int
    rest: str = ""

    @classmethod
    def read(cls, setting: str) -> Address | None:
        """None: the setting names no Wyoming service. ValueError: it tries to."""
        if not setting.startswith(_PREFIX):
            return None
        try:
            found = urlsplit("tcp://" + setting.removeprefix(_PREFIX))
            host, port = found.hostname, found.port
        except ValueError as err:
            raise ValueError(_FORM) from err
        if not host or not port:
            raise ValueError(_FORM)
        return cls(host, port, found.path.strip("/"))

    def __str__(self) -> str:
        return f"{f'[{self.host}]' if ':' in self.host else self.host}:{self.port}"


class Connection:
    """One connection to a service. What it does is done within ``seconds`` from its making, or raises Away."""

    def __init__(self, address: Address, seconds: float) -> None:
        self._address = address
        self._until = time.monotonic() + seconds
        try:
            self._socket = socket.create_connection((address.host, address.port), min(seconds, CONNECT_SECONDS))
        except OSError as err:
            raise self._away(err) from err
        self._arriving = _Arriving(self._socket)
        self._reader = io.BufferedReader(self._arriving)
        self.close = weakref.finalize(self, self._socket.close)

    def more_time(self, seconds: float) -> None:
        """So many seconds, from now on."""
        self._until = time.monotonic() + seconds

    def send(self, *events: Eventable) -> None:
        out = io.BytesIO()
        for event in events:
            write_event(event.event(), out)
        try:
            self._socket.settimeout(self._left())
            self._socket.sendall(out.getvalue())
        except OSError as err:
            raise self._away(err) from err

    def receive(self) -> Event:
        """The next event. An error that the service reports is raised as Away, too."""
        self._arriving.until = self._until
        try:
            event = read_event(self._reader)
        except (OSError, AttributeError, KeyError, TypeError) as err:  # the last three: JSON, but no event
            raise self._away(err) from err
        if event is None:
            raise Away(f"The Wyoming service at {self._address} broke off.")
        if Error.is_type(event.type):
            why = event.data.get("text") or "it says not why"
            raise Away(f"The Wyoming service at {self._address} could not do it: {why}.")
        return event

    def has_sent(self, wait_seconds: float = 0.0) -> bool:
        """Whether ``receive`` would have something to give or to raise, now or within the wait."""
        self._arriving.until = time.monotonic() + wait_seconds
        try:
            return bool(self._reader.peek(1)) or self._arriving.ended
        except TimeoutError:
            return False
        except OSError as err:
            raise self._away(err) from err

    def _left(self) -> float:
        left = self._until - time.monotonic()
        if left <= 0:
            raise TimeoutError
        return left

    def _away(self, err: Exception) -> Away:
        if isinstance(err, TimeoutError):
            return Away(f"The Wyoming service at {self._address} did not answer in time.")
        if isinstance(err, OSError):
            return Away(f"The Wyoming service at {self._address} is not there ({err.strerror or err}).")
        return Away(f"What listens at {self._address} is no Wyoming service.")


class _Arriving(io.RawIOBase):
    """What comes in over a socket, until a point in time: however slowly it trickles, nobody waits longer."""

    def __init__(self, socket: socket.socket) -> None:
        self.until = 0.0
        self.ended = False
        self._socket = socket

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: memoryview, /) -> int:  # type: ignore[override]
        # even with no time left, what has come already is taken
        self._socket.settimeout(max(0.0001, self.until - time.monotonic()))
        count = self._socket.recv_into(buffer)
        self.ended = count == 0
        return count


class Service:
    """One of the things a Wyoming service offers, and whether to ask for it now.

    A service that failed is said to be away, once, and not asked again before it has answered in the background;
    so nobody waits for it twice. Safe to use from several threads.
    """

    def __init__(self, address: Address, domain: Domain, word: str = "", retry_seconds: float = RETRY_SECONDS) -> None:
        """``word``: the wake word that it has to know."""
        self.address = address
        self._word = word
        self._domain = domain
        self._retry_seconds = retry_seconds
        self._pause = retry_seconds
        self._lock = threading.Lock()
        self._there = True
        self._told = False

    @property
    def there(self) -> bool:
        return self._there

    @contextmanager
    def asked(self, seconds: float) -> Iterator[Connection]:
        """A connection for one question, to be answered within ``seconds``. Raises Away."""
        with self.watched():
            connection = Connection(self.address, seconds)
            try:
                yield connection
            finally:
                connection.close()
        self.worked()

    @contextmanager
    def watched(self) -> Iterator[None]:
        """Takes note of what is raised as Away within."""
        try:
            yield
        except Away as err:
            self._failed(err)
            raise

    def worked(self) -> None:
        """It gave an answer: if it was said to be away, it is back."""
        with self._lock:
            self._pause = self._retry_seconds
            if self._told:
                self._told = False
                log.warning("The Wyoming service at %s is back.", self.address)

    def trouble(self) -> str:
        """What keeps it from being used, asked of it now; "" if nothing does."""
        try:
            info = _described(self.address)
        except Away as err:
            return str(err).removesuffix(".")
        offered = getattr(info, self._domain)
        if not offered:
            return f"The Wyoming service at {self.address} offers no {_OFFERS[self._domain]}"
        words = [_VERSION.sub("", model.name) for wake in info.wake for model in wake.models]
        if self._word and self._word not in words:
            return f"The Wyoming service at {self.address} knows no {self._word}, only {', '.join(words)}"
        return ""

    def _failed(self, err: Away) -> None:
        with self._lock:
            if not self._told:
                self._told = True
                log.warning("%s Until it is back, this machine does it itself (%s).", err, _OFFERS[self._domain])
            if self._there:
                self._there = False
                threading.Thread(target=self._look_for_it, name=f"wyoming {self.address}", daemon=True).start()

    def _look_for_it(self) -> None:
        while True:
            time.sleep(self._pause)
            self._pause = min(self._pause * 2, LONGEST_RETRY_SECONDS)
            if not self.trouble():
                self._there = True
                return


def _described(address: Address) -> Info:
    connection = Connection(address, DESCRIBE_SECONDS)
    try:
        connection.send(Describe())
        while True:
            event = connection.receive()
            if Info.is_type(event.type):
                return Info.from_event(event)
    except (AttributeError, KeyError, TypeError) as err:
        raise Away(f"What listens at {address} is no Wyoming service.") from err
    finally:
        connection.close()
