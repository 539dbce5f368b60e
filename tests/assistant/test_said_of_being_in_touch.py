"""What people say about being in touch, in sentences that are in none of the data files."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from assistant.intents import closeness, reconnect, reflection
from assistant.intents import goals as wishes
from assistant.intents.asked import Asked, Deed
from assistant.intents.reading import known_people
from assistant.turn import Parts
from assistant.understanding.rules import understand
from memory import captures, goals, people

ACTS = (closeness.act, wishes.act, reflection.act, reconnect.said_of_oneself)

CLOSENESS = (
    "I'm not in touch with Dan any more and I don't want to be",
    "Dan and I don't speak any more",
    "I'd rather not hear about Dan",
    "Please leave Dan out of it from now on",
    "I consider Maya one of my dearest friends",
    "Maya is like a sister to me",
    "Maya's basically my best friend",
    "Me and Maya are really close",
    "Dan is out of my life",
    "I've blocked Dan",
    "Dan and I have fallen out for good",
    "I've no wish to hear from Dan ever again",
    "Dan and me aren't on speaking terms these days",
    "I'm not speaking to Dan any more",
    "Maya has become one of my closest friends",
    "I'd say Maya is my closest friend",
    "Maya and I have become really close",
    "Dan is no longer a friend of mine",
    "Never suggest Dan to me",
    "I want Dan out of my life",
    "Dan and I have patched things up",
)
WISHES = (
    "I'd like to get better at calling my parents",
    "I really want to meet more people my age",
    "I've been wanting to make a few friends in the new town",
    "My aim is to find someone who can teach me about investing",
    "I could do with a mentor",
    "I'm keen to meet other parents at the school",
    "I want to spend more time with my grandparents",
    "It would be lovely to have a friend to go running with",
    "I need a new job, ideally in publishing",
    "I want to reconnect with my university friends",
    "I'd like to be less alone in Bristol",
    "I'd like to have people over more often",
    "I hope to find a running group near me",
    "I want to be in touch with my cousins again",
    "One of my wishes is to meet somebody who works in film",
    "I really ought to make some friends at work",
    "I'm after a flatmate",
    "I'd love a mentor who knows about pricing",
    "I want to get closer to my father",
    "I'm trying to build a circle of friends in Porto",
    "I need people to play music with",
)
WISHES_ASKED_FOR = (
    "What were my plans about making friends?",
    "what was it I wanted to do about my family",
    "what was I trying to do with my career",
    "Which things did I want to do for my friends?",
    "What did I say about wanting a mentor?",
    "what are my hopes with people",
    "What had I hoped to do about finding a job?",
    "remind me what I wanted with my family",
    "what did I hope for with friends",
    "what were my wishes about work",
)
WISHES_LET_GO = (
    "I'm not looking for a job any more",
    "the job hunt is over",
    "I've got a job",
    "never mind about the mentor",
    "you can drop the thing about making friends",
    "I have enough friends now",
    "I don't need a mentor any more",
    "I've landed a job at last",
    "forget about finding a mentor",
    "I'm no longer looking for friends in Leeds",
)
REFLECTION = (
    "Do I only ring Chase when I'm in trouble?",
    "Am I the one who always calls Chase?",
    "is Chase the only one making an effort",
    "Does Chase ever ask how I am?",
    "Am I being a good friend to Chase?",
    "Have I been there for Chase?",
    "Am I too self-centred with Chase?",
    "is our friendship balanced, Chase and me",
    "Do I take Chase for granted?",
    "do I give enough back to Chase",
    "Am I a good listener?",
    "Do I treat my friends well?",
    "Do I only get in touch with Chase when I want something?",
    "Is it me who always reaches out to Chase?",
    "have I neglected Chase",
    "Am I a good sister?",
    "Is Chase a one-way street?",
    "do I ask Chase about himself enough",
    "Am I using Chase?",
    "Do I lean on Chase too much?",
    "Has it been one-sided with Chase lately?",
    "Do I listen to Chase?",
)
OF_ONESELF = (
    "I'm lonely",
    "I feel so lonely",
    "it's a lonely evening",
    "I feel like nobody cares about me",
    "I haven't got anyone to talk to",
    "I'm rubbish at staying in touch",
    "I'm really bad at texting people back",
    "I always lose touch with people",
    "I never reply to anyone",
    "how do I get back in touch with Maya after so long",
    "I wouldn't know how to start a message to Maya",
    "It's been so long I don't dare call Maya",
    "how should I start a letter to Maya after all these years",
    "I'm all on my own tonight and it hurts",
    "feeling pretty lonely today",
    "I haven't a soul to talk to",
    "I get so lonely on Sundays",
    "I'm hopeless with messages",
    "keeping in touch isn't my strong suit",
    "I never call anyone back",
    "what would I even say to Maya after such a long time",
    "I don't know how to reach out to Maya",
    "any idea how to break the silence with Maya after three years",
)
NONE_OF_THESE = (
    "Dan is moving to Leeds in July.",
    "I met Maya for coffee, she has a new friend.",
    "Maya's best friend is called Tess.",
    "Dan says Chase is a good friend of his.",
    "Who is Maya's best friend?",
    "When did I last see Chase?",
    "What is Chase allergic to?",
    "Is Maya lonely in Leeds?",
    "I want to give Maya a scarf for her birthday.",
    "Chase doesn't want to see Dan any more.",
    "Chase is looking for a job.",
    "Dan found a job in Leeds.",
    "Remind me to write to Maya after the holidays.",
    "Is Chase one of Maya's friends?",
    "What did Chase want to do about his job?",
    "Which of my friends have I been ignoring?",
)


def acts(parts: Parts, words: str) -> Callable[[Asked], Deed | None] | None:
    """What takes these words for its own."""
    capture = captures.keep_text(parts.db, words, parts.clock(), "test")
    meaning = understand(words, parts.clock(), known_people(parts.db))
    asked = Asked(meaning, capture, parts.db, parts.vectors)
    return next((act for act in ACTS if act(asked)), None)


@pytest.fixture(autouse=True)
def told(parts: Parts) -> None:
    capture = captures.keep_text(parts.db, "", parts.clock(), "before")
    for name in ("Maya", "Dan", "Chase"):
        people.find_or_add(parts.db, name)
    for wish in ("find a job", "find a mentor in design", "make friends in Leeds", "see your family more"):
        goals.keep(parts.db, capture, wish, wish)


@pytest.mark.parametrize(
    ("words", "act"),
    [
        *((words, closeness.act) for words in CLOSENESS),
        *((words, wishes.act) for words in (*WISHES, *WISHES_ASKED_FOR, *WISHES_LET_GO)),
        *((words, reflection.act) for words in REFLECTION),
        *((words, reconnect.said_of_oneself) for words in OF_ONESELF),
        *((words, None) for words in NONE_OF_THESE),
    ],
)
def test_it_is_taken_for_what_it_is(parts: Parts, words: str, act: Callable[[Asked], Deed | None] | None) -> None:
    assert acts(parts, words) is act
