"""Sentence patterns as data, and the lines they are looked for in.

A pattern is words with alternatives ``(a|b c)``, optional words ``[a|b]``, words
that have to follow ``=(a|b)``, up to six skipped words ``*``,
shared lists ``{be}`` from the file's ``[macros]``, named pieces ``<what>`` (one word or more, as few as possible),
``<@who>`` (one person) and ``<$what>`` (all the rest); ``^`` and ``$`` stand for the ends of the line, also as
alternatives. A person in a line is written ``@`` and a number.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

from assistant.understanding.language import load

_TOKENS = re.compile(r"[()\[\]|?]|<[^>]+>|[^\s()\[\]|?]+")
_MACRO = re.compile(r"\{(\w+)\}")
_PERSON = r"@\d+"


@dataclass(frozen=True, slots=True)
class Line:
    """Words in one string for patterns: ``text`` is " "-separated and " "-ended; ``spans[i]`` says which words of
    the utterance (first, past the last) its i-th word is."""

    text: str
    spans: tuple[tuple[int, int], ...]
    starts: tuple[int, ...]  # where each of its words begins in ``text``

    def words(self, first: int, last: int) -> tuple[int, int]:
        """The utterance's words under ``text[first:last]``; an empty stretch gives an empty range."""
        low, high = bisect_left(self.starts, first), bisect_left(self.starts, last)
        if low >= high:
            edge = self.spans[low][0] if low < len(self.spans) else self.spans[-1][1] if self.spans else 0
            return edge, edge
        return self.spans[low][0], self.spans[high - 1][1]


@dataclass(frozen=True, slots=True)
class Found:
    """One pattern found in a line; ``group`` gives the words under a named piece."""

    line: Line
    match: re.Match[str]

    def group(self, name: str) -> tuple[int, int] | None:
        if name not in self.match.re.groupindex or self.match.start(name) < 0:
            return None
        return self.line.words(self.match.start(name), self.match.end(name))

    def text(self, name: str) -> str:
        return (self.match.group(name) or "").strip() if name in self.match.re.groupindex else ""

    def person(self, name: str) -> int | None:
        """The number of the person under a named piece that is one person."""
        text = self.text(name)
        return int(text[1:]) if re.fullmatch(_PERSON, text) else None

    @property
    def words(self) -> tuple[int, int]:
        return self.line.words(self.match.start(), self.match.end())


def make_line(items: Iterable[tuple[str, tuple[int, int]]]) -> Line:
    """From (word or "@n", its words in the utterance)."""
    pairs = list(items)
    starts, at = [], 0
    for word, _ in pairs:
        starts.append(at)
        at += len(word) + 1
    return Line("".join(f"{word} " for word, _ in pairs), tuple(span for _, span in pairs), tuple(starts))


def whole(line: Line) -> Found:
    """A line as found whole, with no piece named."""
    return Found(line, re.fullmatch(r"(?s).*", line.text))  # type: ignore[arg-type]  # this always matches


class Phrases:
    """Several patterns, looked for in order."""

    def __init__(self, patterns: Sequence[str], macros: Mapping[str, str]) -> None:
        self._plain = [p for p in patterns if "<" not in p]
        self._named = [re.compile(translate(p, macros)) for p in patterns if "<" in p]
        together = "|".join(f"(?:{translate(p, macros)})" for p in self._plain)
        self._together = re.compile(together) if together else None

    def find(self, line: Line) -> Found | None:
        """The first pattern with named pieces that is there, else any of the others."""
        for pattern in self._named:
            match = pattern.search(line.text)
            if match:
                return Found(line, match)
        match = self._together.search(line.text) if self._together else None
        return Found(line, match) if match else None

    def find_all(self, line: Line) -> list[Found]:
        """What each pattern finds first."""
        patterns = [*self._named, *([self._together] if self._together else [])]
        return [Found(line, match) for pattern in patterns if (match := pattern.search(line.text))]


@lru_cache
def phrases(file: str, *keys: str) -> Phrases:
    """The patterns of one list in a data file: ``phrases("requests", "undo")``."""
    table = load(file)
    value = table
    for key in keys:
        value = value[key]
    return Phrases(list(value), macros_of(file))


def translate(pattern: str, macros: Mapping[str, str], raw: Mapping[str, str] | None = None) -> str:
    """The regular expression of one pattern; ``raw`` gives expressions for words of it. Every repetition in it is
    bounded, so no pattern takes more than linear time for a line of bounded length."""
    for _ in range(4):  # lists may name lists
        pattern = _MACRO.sub(lambda m: f"({macros[m.group(1)]})", pattern)
    start = "^" if pattern.startswith("^") else r"(?<!\S)"
    end = "$" if pattern.endswith("$") else ""
    parts = _TOKENS.findall(pattern.removeprefix("^").removesuffix("$"))
    body, rest = _alternatives(parts, 0, raw or {})
    if rest < len(parts):
        raise ValueError(f"unbalanced brackets in the pattern {pattern!r}")
    return f"{start}(?:{body}){end}"


def _alternatives(parts: Sequence[str], i: int, raw: Mapping[str, str]) -> tuple[str, int]:
    """(expression, past its last part) up to a closing bracket."""
    choices: list[str] = []
    pieces: list[str] = []
    while i < len(parts) and parts[i] not in {")", "]"}:
        part = parts[i]
        i += 1
        if part == "|":
            choices.append("".join(pieces))
            pieces = []
        elif part == "=" and parts[i : i + 1] == ["("]:
            inner, i = _alternatives(parts, i + 1, raw)
            i += 1
            pieces.append(f"(?={inner})")
        elif part in {"(", "["}:
            inner, i = _alternatives(parts, i, raw)
            i += 1
            optional = part == "[" or (i < len(parts) and parts[i] == "?")
            i += part == "(" and optional
            pieces.append(f"(?:{inner})" + "?" * optional)
        else:
            pieces.append(_piece(part, raw))
    return "|".join([*choices, "".join(pieces)]), i


def _piece(part: str, raw: Mapping[str, str]) -> str:
    if part in raw:
        return raw[part]
    if part in {"^", "$"}:
        return part
    if part == "*":
        return r"(?:\S+ ){0,6}?"
    if part.startswith("<@"):
        return f"(?P<{part[2:-1]}>{_PERSON}) "
    if part.startswith("<$"):
        return f"(?P<{part[2:-1]}>(?:\\S+ )+)"
    if part.startswith("<"):
        return f"(?P<{part[1:-1]}>(?:\\S+ ){{1,14}}?)"
    if part == "@":
        return _PERSON + " "
    return ("\\S+" if part == "\\S+" else re.escape(part)) + " "


@lru_cache
def macros_of(file: str) -> dict[str, str]:
    """The shared lists that patterns of a data file may name."""
    shared: dict[str, str] = load("macros")["macros"]
    own: dict[str, str] = load(file).get("macros", {})
    return {name: _flat(value) for name, value in {**shared, **own}.items()}


def _flat(value: str) -> str:
    return "|".join(part.strip() for part in value.replace("\n", " ").split("|"))
