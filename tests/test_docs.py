"""Everything that can be set, called or said is documented, and the README's links lead somewhere."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from typer.main import get_command

from assistant.cli import app
from assistant.intents.table import INTENTS
from assistant.settings import Settings

ROOT = Path(__file__).parents[1]


def page(name: str) -> str:
    return (ROOT / "docs" / f"{name}.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("name", Settings.model_fields)
def test_every_setting_is_documented_as_it_is(name: str) -> None:
    field = Settings.model_fields[name]
    default = (
        "" if field.default is None else f"`{str(field.default).lower() if field.default is False else field.default}`"
    )
    assert f"| `{name}` | {default} | {field.description} |" in page("settings")


def verbs() -> list[str]:
    command = get_command(app)
    found = []
    for name, verb in command.commands.items():  # type: ignore[attr-defined]
        inner = getattr(verb, "commands", None)
        found += [f"{name} {sub}" for sub in inner] if inner else [name]
    return found


@pytest.mark.parametrize("verb", verbs())
def test_every_verb_is_documented(verb: str) -> None:
    assert re.search(rf"\| `fondly {verb}\b", page("command-line"))


@pytest.mark.parametrize("intent", INTENTS)
def test_every_intent_is_documented_with_words_to_say(intent: str) -> None:
    assert re.search(rf"\| [^|]+ \| [“\"][^|]+ \| `{intent}` \|", page("talk"))


@pytest.mark.parametrize("file", [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))], ids=lambda f: f.name)
def test_every_link_leads_somewhere(file: Path) -> None:
    links = re.findall(r"\]\(([^)#]+)[^)]*\)", file.read_text(encoding="utf-8"))
    assert [link for link in links if "://" not in link and not (file.parent / link).exists()] == []


def test_every_page_is_reached_from_the_readme() -> None:
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    assert [p.name for p in (ROOT / "docs").glob("*.md") if f"docs/{p.name}" not in readme] == []


def test_the_readme_has_the_two_commands() -> None:
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    for command in ("script/run", "script/test"):
        assert f"    {command} " in readme
        assert (ROOT / command).stat().st_mode & 0o111
