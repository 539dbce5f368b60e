"""CalDAV and CardDAV (RFC 4791, 6352), as much of them as it takes to read."""

from __future__ import annotations

import asyncio
import hashlib
from dataclasses import dataclass
from datetime import date, timedelta
from urllib.parse import urljoin
from xml.etree.ElementTree import Element, ParseError

import httpx
from defusedxml import DefusedXmlException
from defusedxml.ElementTree import fromstring

from assistant.errors import SourceTrouble
from assistant.sources.fetching import Fetched, request, web_address
from memory.sources import Source

_DAV, _CAL, _CARD = "{DAV:}", "{urn:ietf:params:xml:ns:caldav}", "{urn:ietf:params:xml:ns:carddav}"
_SERVER = "{http://calendarserver.org/ns/}"
_NAMESPACES = (
    'xmlns="DAV:" xmlns:c="urn:ietf:params:xml:ns:caldav" xmlns:a="urn:ietf:params:xml:ns:carddav" '
    'xmlns:s="http://calendarserver.org/ns/"'
)
_ASK = f"""<propfind {_NAMESPACES}><prop><resourcetype/><current-user-principal/><s:getctag/><getetag/><sync-token/>
    <c:calendar-home-set/><a:addressbook-home-set/><c:calendar-user-address-set/></prop></propfind>"""
_CALENDAR = f"""<c:calendar-query {_NAMESPACES}><prop><c:calendar-data/></prop><c:filter>
    <c:comp-filter name="VCALENDAR"><c:comp-filter name="VEVENT"><c:time-range start="{{first}}T000000Z"
    end="{{last}}T000000Z"/></c:comp-filter></c:comp-filter></c:filter></c:calendar-query>"""
_ADDRESSES = f"""<a:addressbook-query {_NAMESPACES}><prop><a:address-data/></prop></a:addressbook-query>"""
_MOST_COLLECTIONS = 50


@dataclass(frozen=True, slots=True)
class _Kind:
    """How calendars, or address books, are asked for."""

    type: str
    home: str
    data: str
    well_known: str


_KINDS = {
    "calendar": _Kind(f"{_CAL}calendar", f"{_CAL}calendar-home-set", f"{_CAL}calendar-data", "/.well-known/caldav"),
    "addresses": _Kind(
        f"{_CARD}addressbook", f"{_CARD}addressbook-home-set", f"{_CARD}address-data", "/.well-known/carddav"
    ),
}


def joined(base: str, href: str) -> str:
    """Where a server says that something is. Behind a proxy some say http of themselves: no password goes there."""
    url = urljoin(base, href.strip())
    return f"https{url[4:]}" if base.startswith("https:") and url.startswith("http:") else url


@dataclass(frozen=True, slots=True)
class _Found:
    """What a server says of one address."""

    url: str
    prop: Element

    def hrefs(self, name: str) -> list[str]:
        return [joined(self.url, href.text or "") for href in self.prop.iterfind(f"{name}/{_DAV}href")]

    def is_a(self, kind: _Kind) -> bool:
        return self.prop.find(f"{_DAV}resourcetype/{kind.type}") is not None

    @property
    def state(self) -> str | None:
        """It changes whenever anything inside does."""
        tags = (self.prop.findtext(name) for name in (f"{_SERVER}getctag", f"{_DAV}sync-token", f"{_DAV}getetag"))
        return next((tag for tag in tags if tag), None)


async def fetch_dav(
    client: httpx.AsyncClient, source: Source, conditional: bool, first: date, last: date
) -> Fetched | None:
    """All calendars, or address books, at or behind an address: those that the user has there.

    None: the server speaks no such protocol. Raises SourceTrouble.
    """
    kind = _KINDS[source.kind]
    url = web_address(source.url)
    for start in (url, urljoin(url, kind.well_known)):
        try:
            collections, own = await _collections(client, start, kind)
        except SourceTrouble as err:
            if err.status in (None, 401, 403):
                raise
            continue
        if collections:
            break
    else:
        return None
    states = [f"{found.url} {found.state}" for found in collections]
    etag = hashlib.sha256("\n".join(states).encode()).hexdigest() if all(f.state for f in collections) else None
    if conditional and etag and etag == source.etag:
        return Fetched(None)
    query = _ADDRESSES if source.kind == "addresses" else _CALENDAR
    asked = query.format(first=f"{first:%Y%m%d}", last=f"{last + timedelta(days=1):%Y%m%d}")
    parts = [part for found in collections for part in await _report(client, found.url, asked, kind)]
    empty = "" if parts or source.kind == "addresses" else "BEGIN:VCALENDAR\nEND:VCALENDAR\n"
    return Fetched("\n".join((*parts, empty)).encode(), etag, own=own)


async def _collections(client: httpx.AsyncClient, url: str, kind: _Kind) -> tuple[list[_Found], tuple[str, ...]]:
    """The collections, and the mail addresses of who is asking."""
    about = await _propfind(client, url, "0")
    here = [found for found in about if found.is_a(kind)]
    for principal in about[0].hrefs(f"{_DAV}current-user-principal")[:1] if about else ():
        about = [*about, *await _propfind(client, principal, "0")]
    mails = (href for found in about for href in found.hrefs(f"{_CAL}calendar-user-address-set"))
    own = tuple(mail.removeprefix("mailto:").lower() for mail in mails if mail.startswith("mailto:"))
    if here:
        return here[:1], own
    homes = list(dict.fromkeys(home for found in about for home in found.hrefs(kind.home))) or [url]
    inside = [found for home in homes for found in await _propfind(client, home, "1") if found.is_a(kind)]
    return inside[:_MOST_COLLECTIONS], own


async def _propfind(client: httpx.AsyncClient, url: str, depth: str) -> list[_Found]:
    base, answer = await _ask(client, "PROPFIND", url, depth, _ASK)
    found = []
    for response in answer.iterfind(f"{_DAV}response"):
        prop = Element("prop")
        for stat in response.iterfind(f"{_DAV}propstat"):
            if " 200" in stat.findtext(f"{_DAV}status", ""):
                prop.extend(stat.iterfind(f"{_DAV}prop/*"))
        found.append(_Found(joined(base, response.findtext(f"{_DAV}href", "")), prop))
    return found


async def _report(client: httpx.AsyncClient, url: str, asked: str, kind: _Kind) -> list[str]:
    _, answer = await _ask(client, "REPORT", url, "1", asked)
    return [data.text for data in answer.iter(kind.data) if data.text]


async def _ask(client: httpx.AsyncClient, method: str, url: str, depth: str, asked: str) -> tuple[str, Element]:
    """Where the answer came from, and what it is."""
    headers = {"depth": depth, "content-type": "application/xml; charset=utf-8"}
    answer = await request(client, method, url, headers, asked.encode())
    if answer.status != 207:
        raise SourceTrouble("It speaks no CalDAV or CardDAV: check the address.", answer.status)
    try:
        return answer.url, await asyncio.to_thread(fromstring, answer.body)
    except (ParseError, DefusedXmlException, ValueError) as err:
        raise SourceTrouble("What it answers makes no sense; it is asked again later.") from err
