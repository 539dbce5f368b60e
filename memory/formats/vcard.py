"""vCards (2.1, 3 and 4), as programs really write them: what one card has wrong does not cost the others."""

from __future__ import annotations

import quopri
import re
from dataclasses import dataclass
from datetime import date

from memory.addresses import Card
from memory.errors import NotInThisFormat
from memory.formats.text import blocks, decoded, unfolded

_PROPERTY = re.compile(r'(?:(?P<group>[\w-]+)\.)?(?P<name>[\w-]+)(?P<params>(?:;(?:"[^"]*"|[^":])*)?):(?P<value>.*)')
_QUOTED_PRINTABLE = re.compile(r"QUOTED-PRINTABLE", re.IGNORECASE)
_BROKEN = re.compile(r"^[^\n:]*QUOTED-PRINTABLE[^\n:]*:(?:[^\n]*=\n)+", re.MULTILINE | re.IGNORECASE)
_DAY = re.compile(r"(?:(?P<year>\d{4})-?|--)(?P<month>\d{2})(?:-?(?P<day>\d{2}))?(?:T.*)?")
_NO_YEAR = 1604  # what Apple writes for one
_LEAP_YEAR = 2000
_SEPARATOR = re.compile(r"(?<!\\),")
_ESCAPED = re.compile(r"\\(.)")
_LONGEST = 200  # characters of a name
_MOST = 20  # names or mail addresses of one card


@dataclass(frozen=True, slots=True)
class _Property:
    group: str
    name: str
    params: str
    value: str


def read_cards(raw: bytes) -> tuple[list[Card], int]:
    """The people among the cards, and how many cards made no sense. Raises NotInThisFormat."""
    text = _BROKEN.sub(lambda lines: lines[0].replace("=\n", ""), unfolded(decoded(raw)))
    entries, skipped = blocks(text, "VCARD")
    if not entries and not skipped:
        raise NotInThisFormat("There is no address book: check the address, it may be that of a page about one.")
    found = [_card(_properties(entry)) for entry in entries]
    return [card for card in found if isinstance(card, Card)], skipped + found.count(None)


def _card(told: list[_Property]) -> Card | bool | None:
    """None: it has no name. False: it is no person's."""
    if any(p.name in ("KIND", "X-ADDRESSBOOKSERVER-KIND") and p.value.strip().lower() != "individual" for p in told):
        return False
    values = {p.name: p for p in reversed(told)}
    name = _plain(values["FN"].value) if "FN" in values else ""
    if not name and "N" in values:
        family, given, *_ = (*values["N"].value.split(";"), "", "")
        name = _plain(f"{given} {family}")
    if not name:
        return None
    also = [_plain(one) for p in told if p.name in ("NICKNAME", "X-NICKNAME") for one in _SEPARATOR.split(p.value)]
    mails = [re.sub(r"^mailto:", "", p.value.strip(), flags=re.I).lower() for p in told if p.name == "EMAIL"]
    return Card(
        name,
        tuple(dict.fromkeys(one for one in also if one))[:_MOST],
        tuple(dict.fromkeys(mail for mail in mails if "@" in mail))[:_MOST],
        _day(values["BDAY"].value) if "BDAY" in values else None,
        _anniversary(told),
    )


def _anniversary(told: list[_Property]) -> str | None:
    labelled = {p.group for p in told if p.name == "X-ABLABEL" and "anniversary" in p.value.lower()} - {""}
    for one in told:
        if one.name in ("ANNIVERSARY", "X-ANNIVERSARY") or (one.name == "X-ABDATE" and one.group in labelled):
            return _day(one.value)
    return None


def _day(value: str) -> str | None:
    """1985-04-12, --04-12 or --04, of what stands for a day of the year, or a month."""
    found = _DAY.fullmatch(value.strip())
    if found is None:
        return None
    year = found["year"] if int(found["year"] or 0) not in (0, _NO_YEAR) else None
    try:
        date(int(year or _LEAP_YEAR), int(found["month"]), int(found["day"] or 1))
    except ValueError:
        return None
    if found["day"] is None:
        return f"--{found['month']}"
    return f"{year or '-'}-{found['month']}-{found['day']}"


def _properties(entry: str) -> list[_Property]:
    """Lines that are none are left out."""
    found = (_PROPERTY.fullmatch(line) for line in entry.split("\n"))
    return [_Property(m["group"] or "", m["name"].upper(), m["params"], _value(m)) for m in found if m]


def _value(found: re.Match[str]) -> str:
    if not _QUOTED_PRINTABLE.search(found["params"]):
        return found["value"]
    return decoded(quopri.decodestring(found["value"].encode("utf-8", "replace")))


def _plain(value: str) -> str:
    return " ".join(_ESCAPED.sub(lambda m: " " if m[1] in "nN" else m[1], value).split())[:_LONGEST]
