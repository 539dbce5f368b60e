"""Whatever is asked, and whatever comes up by itself: what is private is not said where others may hear it.

Three people of whom the same kinds of thing are told, each with nouns that nothing else has: of Tom all in confidence,
of Lena all never to be mentioned, of Ana openly.
"""

from __future__ import annotations

import asyncio
import dataclasses
import re
from pathlib import Path
from typing import get_args

import pytest

from assistant.devices import Device, Devices
from assistant.manner import Manner
from assistant.turn import Parts, take_words
from assistant.understanding.meaning import Intent
from memory import memories
from tests.assistant.conftest import Clock
from tests.assistant.home import SAID, Home, Waiting

LATER = "There's something for you to read later."
TOLD = (
    "{name} works at the {glue} factory.",
    "{name} lives in {Szeged}.",
    "{name} loves {quince} jam.",
    "{name} plays the {oboe}.",
    "{name} has two {alpacas}.",
    "{name} is allergic to {cashews}.",
    "{name}'s sister is {Zelda}.",
    "{name}'s son {Ivo} is six.",
    "{name}'s birthday is on {birthday}.",
    "{name} is moving to {Bergen} on 14 May.",
    "{name} opened a {kiosk} in January, before the {regatta} in March.",
    "{name} ran the {regatta} in March.",
    "{name} would love a {sextant} for Christmas.",
    "{name} lent me a {theodolite}.",
    "I promised to bring {name} the {marmalade}.",
    "{name} is having surgery on the {meniscus} on 12 May.",
    "I had lunch with {name} at the {brewery} on Saturday.",
    "I'm having tea with {name} at the {pagoda} on Friday at three.",
    "Remind me to ask {name} about the {trombone} tomorrow at nine. {name} plays it.",
    "I want to introduce {name} to Farid, who sells {kayaks}.",
)
NOUNS: dict[str, dict[str, str]] = {
    "Ana": {
        "glue": "glue", "Szeged": "Szeged", "quince": "quince", "oboe": "oboe", "alpacas": "alpacas",
        "cashews": "cashews", "Zelda": "Zelda", "Ivo": "Ivo", "birthday": "8 May", "Bergen": "Bergen",
        "kiosk": "kiosk", "regatta": "regatta", "sextant": "sextant", "theodolite": "theodolite",
        "marmalade": "marmalade", "meniscus": "meniscus", "brewery": "brewery", "pagoda": "pagoda",
        "trombone": "trombone", "kayaks": "kayaks",
    },
    "Tom": {
        "glue": "zeppelin", "Szeged": "Tartu", "quince": "durian", "oboe": "bassoon", "alpacas": "ferrets",
        "cashews": "sesame", "Zelda": "Perpetua", "Ivo": "Casimir", "birthday": "11 May", "Bergen": "Uppsala",
        "kiosk": "foundry", "regatta": "steeplechase", "sextant": "astrolabe", "theodolite": "anvil",
        "marmalade": "chutney", "meniscus": "retina", "brewery": "observatory", "pagoda": "planetarium",
        "trombone": "bagpipes", "kayaks": "harpoons",
    },
    "Lena": {
        "glue": "harmonium", "Szeged": "Coimbra", "quince": "rhubarb", "oboe": "celesta", "alpacas": "iguanas",
        "cashews": "lupins", "Zelda": "Hermione", "Ivo": "Lysander", "birthday": "13 May", "Bergen": "Tampere",
        "kiosk": "tannery", "regatta": "biathlon", "sextant": "abacus", "theodolite": "jigsaw",
        "marmalade": "piccalilli", "meniscus": "appendix", "brewery": "aquarium", "pagoda": "windmill",
        "trombone": "zither", "kayaks": "toboggans",
    },
}  # fmt: skip
ASIDE = {"Ana": "", "Tom": " That's strictly between us.", "Lena": " Never mention it."}
ASKED: dict[Intent, tuple[str, ...]] = {
    "prep": ("I'm about to see {name}, what should I know?", "I'm about to see {name} and Farid."),
    "recall": (
        "What do you know about {name}?", "Where does {name} work?", "Where does {name} live?",
        "What does {name} love?", "What does {name} play?", "How many {alpacas} does {name} have?",
        "How many children does {name} have?", "Is {name} allergic to anything?", "Who is {name}'s sister?",
        "What is {name}'s son called?", "When is {name}'s birthday?", "When is {name} moving?",
        "Where is {name} moving to?", "Did {name} open the {kiosk} before or after the {regatta}?",
        "What did {name} do before the {regatta}?", "What did {name} do after the {kiosk}?",
        "What would {name} like for Christmas?", "What did {name} lend me?", "What did I promise {name}?",
        "How is {name} doing?", "Who's {name} again?", "What happened at the {brewery}?",
        "What did I say about the {theodolite}?", "How old is {name}'s son?", "Why?",
    ),
    "find": (
        "Who plays the {oboe}?", "Who lives in {Szeged}?", "Who is it that has {alpacas}?",
        "How many of my friends play the {oboe}?", "Who sells {kayaks}?", "Who lent me the {theodolite}?",
        "Who is having surgery?", "Whose birthday is in May?", "Who was at the {brewery}?",
    ),
    "last_contact": (
        "When did I last see {name}?", "When did I last talk to {name}?", "How often did I see {name}?",
        "And {name}?",
    ),
    "briefing": ("Good morning.", "What's on today?", "More."),
    "upcoming": (
        "What's coming up?", "What's coming up for {name}?", "Which birthdays are coming up?",
        "What's happening this week?", "What's happening on 14 May?",
    ),
    "reconnect": (
        "Who could I call?", "Why?", "Who else?", "Who should I get in touch with?", "I feel lonely.",
        "What could I write to {name} after so long?",
    ),
    "introduce": (
        "Who should I introduce to whom?", "Who should meet {name}?", "What do {name} and Farid have in common?",
        "How could I bring {name} and Farid together?", "Tell me more people who should meet.",
    ),
    "presence": ("I'm in Lisbon until Sunday.",),
    "capture": ("{name} likes walking.", "What I'd like is to see more of {name}."),
    "remind": ("Remind me to call {name} in June.",),
    "correct": ("No, in August.", "Actually, no, she moves in June."),
    "done": ("Done.",),
    "snooze": ("Later.",),
    "repeat": ("Say that again.",),
    "help": ("What can you do?",),
    "stop": ("Stop.",),
    "other": ("What's the weather like?",),
    "forget": ("Forget everything about {name}.", "No."),
    "undo": ("Remember that {name} smiled.", "Undo that."),
}  # fmt: skip
ALSO = (  # asides, whatever else the words look like
    "What did I say I wanted?", "Why?", "Am I a good friend to {name}?", "Is it one-sided with {name}?",
    "Do I listen to {name}?", "Which one?", "And her sister?", "Say that again.",
)  # fmt: skip


@pytest.fixture
def home(parts: Parts, clock: Clock, tmp_path: Path) -> Home:
    devices = Devices(tmp_path / "devices.json")
    devices.add(Device("kitchen", "phone", shared=True))
    devices.add(Device("study", "phone"))
    found = Home(parts, clock, devices)
    overheard = dataclasses.replace(found.parts, overheard=lambda name: name == "kitchen")
    found.parts = found.household.parts = overheard
    for name, nouns in NOUNS.items():
        for told in TOLD:
            say(found, told.format(name=name, **nouns) + ASIDE[name], "study")
            clock.forward(minutes=3)
    say(found, "I want to make friends in Nizhny." + ASIDE["Tom"], "study")
    clock.forward(days=1)
    return found


def say(home: Home, words: str, where: str) -> str:
    taken = asyncio.run(take_words(words, where, home.parts))
    return taken.reply.text if taken.reply else ""


def leaked(said: str, asked: str, *whose: str) -> list[str]:
    """The nouns of these people that are said without being asked for."""
    nouns = [noun for name in whose for noun in NOUNS[name].values()]
    said = said.replace("ask Lena about the zither", "") if whose == ("Lena",) else said  # it was asked for
    return [n for n in nouns if re.search(rf"\b{n}", said, re.IGNORECASE) and n.casefold() not in asked.casefold()]


def questions(name: str) -> list[str]:
    asked = [words for some in ASKED.values() for words in some] + list(ALSO)
    return [words.format(name=name, **NOUNS[name]) for words in asked]


def test_every_intent_is_asked_for() -> None:
    assert set(get_args(Intent)) == set(ASKED)
    assert len(questions("Tom")) >= 60


def test_what_was_told_is_of_every_kind_and_as_private_as_it_was_meant_to_be(home: Home) -> None:
    for name, discretion in (("Tom", "private"), ("Lena", "unspoken"), ("Ana", None)):
        known = [m for m in memories.pending(home.parts.db, 500) if name in {p.name for p in m.about}]
        assert {m.kind for m in known} >= {"fact", "preference", "plan", "event", "relation", "promise", "meeting"}
        assert {m.discretion for m in known} == {discretion}


def test_no_word_of_what_is_private_is_said_where_others_may_hear_it(home: Home) -> None:
    said: dict[str, list[str]] = {"kitchen": [], "study": []}
    told_openly: dict[str, list[str]] = {"kitchen": [], "study": []}
    for name in ("Tom", "Lena", "Ana"):
        for words in questions(name):
            for where in ("study", "kitchen"):  # what was just said in the one is not repeated in the other
                reply = say(home, words, where)
                hidden = ("Tom", "Lena") if where == "kitchen" else ("Lena",)
                assert not leaked(reply, words, *hidden), f"{where}: {words} -> {reply}"
                assert "Nizhny" not in reply or where == "study", f"{where}: {words} -> {reply}"
                assert reply.count(LATER) <= 1, f"{where}: {words} -> {reply}"
                said[where] += leaked(reply, "", "Tom") + ["Nizhny"] * ("Nizhny" in reply)
                told_openly[where] += leaked(reply, words, "Ana")
            home.clock.forward(seconds=20)
        home.clock.forward(minutes=10)
    missing = {*NOUNS["Tom"].values(), "Nizhny"} - set(said["study"])
    assert not missing  # they would have been said
    assert set(told_openly["kitchen"]) == set(told_openly["study"]) - {"meniscus"}  # an illness is private anyway


def test_where_others_may_hear_there_is_something_to_read_instead(home: Home) -> None:
    say(home, "Done.", "study")
    for asked in ("Where does Tom live?", "Who plays the bassoon?"):
        assert say(home, asked, "kitchen").endswith(LATER)
        assert "I don't have" not in say(home, asked, "kitchen")
    assert "Tartu" in say(home, "Where does Tom live?", "study")
    assert LATER not in say(home, "Where does Ana live?", "kitchen")


def test_what_is_told_aloud_is_said_back(home: Home) -> None:
    assert "chemotherapy" in say(home, "Tom is having chemotherapy.", "kitchen")
    assert "chemotherapy" not in say(home, "How is Tom doing?", "kitchen")


def test_what_is_done_is_done_with_all_that_is_known(home: Home) -> None:
    assert "Tartu" not in say(home, "Tom lives in Porto now.", "kitchen")
    assert "Porto" in say(home, "Where does Tom live?", "kitchen")
    assert "Tartu" not in say(home, "Where does Tom live?", "study")


@pytest.mark.parametrize("manner", [SAID, Manner(daily=9)])
def test_nothing_private_is_said_by_itself_where_others_may_hear_it(home: Home, manner: Manner) -> None:
    study = Waiting(home.reader, "study")
    for hour in range(8 * 24):
        if 9 <= home.clock().hour < 21:
            if home.clock().hour in (9, 15):
                say(home, "Ana smiled.", "study")
            there = (home.kitchen,) if hour < 3 * 24 else (home.kitchen, study)
            home.look(*there, manner=manner)
        home.clock.forward(minutes=60 if home.clock().minute else 55)
    assert LATER in home.kitchen.heard
    for heard in home.kitchen.heard:
        assert not re.search("Tom|Lena", heard), heard
        assert not leaked(heard, "", "Tom", "Lena"), heard
    assert any("Ana" in heard for heard in home.kitchen.heard)
    assert any("Tom" in heard for heard in study.heard)
    assert not any("Lena" in heard for heard in study.heard)
