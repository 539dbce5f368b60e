"""The rules of TONE, over everything that can be said or shown."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from typer.main import get_command

from assistant.cli import app
from assistant.phrasing import Line, line, phrase, phrases, say_day
from assistant.tone import unkind

ROOT = Path(__file__).parents[1]
NOW = datetime(2026, 5, 4, 9, 30)  # noqa: DTZ001 - local


@pytest.mark.parametrize("name", phrases())
def test_every_phrase_is_kind(name: str) -> None:
    assert [wrong for said in phrases()[name] for wrong in unkind(said)] == []


@pytest.mark.parametrize("name", phrases())
def test_every_phrase_is_short(name: str) -> None:
    for said in phrases()[name]:
        assert len(re.findall(r"[.?](?:\s|$)", said)) <= 2
        assert len(said) <= 130


@pytest.mark.parametrize("name", phrases())
def test_every_wording_of_a_phrase_tells_the_same(name: str) -> None:
    slots = [set(re.findall(r"{(\w+)}", said)) for said in phrases()[name]]
    assert all(one == slots[0] for one in slots)
    assert len(set(phrases()[name])) == len(phrases()[name])


class Shown(HTMLParser):
    """The words of a page that people see."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.words: list[str] = []
        self.feed(page)

    def handle_data(self, data: str) -> None:
        self.words.append(data)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.words += [value or "" for name, value in attrs if name in ("placeholder", "aria-label", "title", "alt")]


@pytest.mark.parametrize("page", sorted((ROOT / "assistant/web/templates").glob("*.html")), ids=lambda p: p.name)
def test_every_page_is_kind(page: Path) -> None:
    words = Shown(re.sub(r"{[%{#].*?[%}#]}", " ", page.read_text(encoding="utf-8"))).words
    assert any(word.strip() for word in words)
    assert [wrong for word in words for wrong in unkind(word)] == []


def shown_strings() -> Iterator[tuple[str, str]]:
    """Every text in the code that is no docstring and reads like a sentence: messages, help, tables."""
    for package in ("assistant", "memory", "satellites", "speech"):
        for file in (ROOT / package).rglob("*.py"):
            tree = ast.parse(file.read_text(encoding="utf-8"))
            docstrings = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
            for node in ast.walk(tree):
                if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in docstrings:
                    text = node.value
                    if text.count(" ") >= 2 and "SELECT" not in text and not re.search(r"[(]\?|\\[bws]", text):
                        yield f"{file.relative_to(ROOT)}:{node.lineno}", text


def test_every_message_is_kind() -> None:
    shown = list(shown_strings())
    assert len(shown) > 50
    assert [f"{where}: {wrong}" for where, text in shown for wrong in unkind(text)] == []


def helps(command: Any) -> Iterator[str]:
    for verb in getattr(command, "commands", {}).values():
        yield verb.help or "!"
        yield from helps(verb)


def test_help_on_the_command_line_is_kind() -> None:
    found = list(helps(get_command(app)))
    assert len(found) >= 12
    assert [wrong for text in found for wrong in unkind(text)] == []


@pytest.mark.parametrize(
    "text",
    [
        "You haven't contacted Maya in 47 days.",
        "This one is overdue.",
        "Don't forget to call!",
        "Maya's relationship score is down.",
        "Welcome back, it's been a while",
        "You should have called.",
        "Follow-up with your contact",
        "It has been 3 weeks since you spoke",
        "Studies prove they'll love it",
    ],
)
def test_what_must_not_be_said_is_found(text: str) -> None:
    assert unkind(text)


@given(st.dates(date(2020, 1, 1), date(2032, 12, 31)))
def test_a_day_is_never_a_count_of_days(day: date) -> None:
    said = say_day(day, NOW)
    assert unkind(said) == []
    assert not re.search(r"\bago\b|\bdays?\b", said)


@pytest.mark.parametrize(
    ("day", "said"),
    [
        (date(2026, 5, 4), "today"),
        (date(2026, 5, 3), "yesterday"),
        (date(2026, 5, 5), "tomorrow"),
        (date(2026, 5, 9), "on Saturday"),
        (date(2026, 7, 1), "on 1 July"),
        (date(2027, 7, 1), "in July 2027"),
        (datetime(2026, 5, 5, 9, 0), "tomorrow at 9am"),  # noqa: DTZ001
        (datetime(2026, 5, 5, 14, 30), "tomorrow at 2:30pm"),  # noqa: DTZ001
    ],
)
def test_days_as_people_say_them(day: date, said: str) -> None:
    assert say_day(day, NOW) == said


def test_things_are_joined_as_one_sentence() -> None:
    said = phrase([line("kept", things=["Joan sings.", line("kept_introduction", one="Joan", other="Rahul")])], NOW)
    assert said == "Kept: Joan sings, and you'd like Joan to meet Rahul."
    assert phrase([Line("undone"), line("reminder", text="call Ana")], NOW).startswith("Gone. A small thing")


def test_slots_are_not_templates() -> None:
    assert phrase([line("reminder", text="{secret} {0}")], NOW + timedelta(days=1)).count("{secret} {0}") == 1
