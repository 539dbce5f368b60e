"""Bytes of unknown encoding as text, and folded lines in one."""

from __future__ import annotations

import codecs
import re

_FOLD = re.compile(r"\r?\n[ \t]")
_LINE = re.compile(r"\r\n|\r|\n")


def decoded(raw: bytes) -> str:
    """UTF-8 or UTF-16 where it is one of these, else as old Windows programs write."""
    if raw.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return raw.decode("utf-16", "replace")
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError:
        return raw.decode("cp1252", "replace")


def unfolded(text: str) -> str:
    """Lines as they were before iCalendar or vCard broke them at 75 bytes, each ended by one newline."""
    return _LINE.sub("\n", _FOLD.sub("", text)).replace("\0", "")


def blocks(text: str, kind: str) -> tuple[list[str], int]:
    """What is between BEGIN:``kind`` and its END, both included, and how many of them do not end."""
    begins = re.split(rf"^BEGIN:{kind}[ \t]*$", text, flags=re.MULTILINE | re.IGNORECASE)[1:]
    found = [part for begun in begins if (part := _to_end(begun, kind))]
    return found, len(begins) - len(found)


def _to_end(begun: str, kind: str) -> str | None:
    end = re.search(rf"^END:{kind}[ \t]*$", begun, re.MULTILINE | re.IGNORECASE)
    return f"BEGIN:{kind}{begun[: end.end()]}\n" if end else None
