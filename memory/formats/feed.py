"""RSS and Atom feeds."""

from __future__ import annotations

import hashlib
import io
import re
from calendar import timegm
from collections.abc import Iterator
from datetime import UTC, datetime
from html import unescape
from typing import Any

import feedparser

from memory.errors import NotInThisFormat
from memory.feeds import FeedItem

_MOST = 200  # items, the newest first as feeds have them
_LONGEST_TITLE, _LONGEST_SUMMARY = 300, 600
_TAG = re.compile(r"<[^>]*>")


def read_feed(raw: bytes, now: datetime) -> list[FeedItem]:
    """What it has; an item without a day is of ``now``. Raises NotInThisFormat."""
    parsed = feedparser.parse(io.BytesIO(raw), sanitize_html=False, resolve_relative_uris=False)
    if not parsed.get("version") and not parsed.entries:
        raise NotInThisFormat("There is no feed: check the address, it may be that of a page about one.")
    return list(_items(parsed.entries[:_MOST], now))


def _items(entries: list[Any], now: datetime) -> Iterator[FeedItem]:
    seen = set()
    for entry in entries:
        title, summary = _words(entry.get("title", "")), _words(entry.get("summary", ""))
        uid = entry.get("id") or entry.get("link") or title
        uid = hashlib.sha256(str(uid).encode("utf-8", "replace")).hexdigest()[:32]
        if title and uid not in seen:
            seen.add(uid)
            heard = any(str(e.get("type", "")).startswith("audio/") for e in entry.get("enclosures", ()))
            yield FeedItem(uid, title[:_LONGEST_TITLE], summary[:_LONGEST_SUMMARY], _published(entry, now), heard)


def _published(entry: Any, now: datetime) -> datetime:
    moment = entry.get("published_parsed") or entry.get("updated_parsed")
    try:
        return datetime.fromtimestamp(timegm(moment), UTC) if moment else now.astimezone(UTC)
    except (ValueError, OverflowError, OSError):
        return now.astimezone(UTC)


def _words(html: str) -> str:
    return " ".join(unescape(_TAG.sub(" ", str(html))).split())
