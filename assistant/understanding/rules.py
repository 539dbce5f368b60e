"""Understanding without a language model: words, clauses, patterns. Everything specific to a language is data."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from assistant.understanding.arranged import arranged
from assistant.understanding.contacts import contact
from assistant.understanding.corrections import put_right, rejected_people
from assistant.understanding.introductions import introductions
from assistant.understanding.kinds import is_sensitive
from assistant.understanding.language import word_set
from assistant.understanding.meaning import Intent, KnownPerson, Meaning, Remembered, WantedReminder
from assistant.understanding.memories import memories, surely_told
from assistant.understanding.ownplans import of_speaker, own_plans
from assistant.understanding.phrases import phrases
from assistant.understanding.queries import query_for
from assistant.understanding.reminders import Asked, asked_reminders, clauses_of, reminders, wanted_at_meeting
from assistant.understanding.requests import is_question, request_in, sentence_lines
from assistant.understanding.scene import Scene, read_scene
from assistant.understanding.snoozes import snoozed

# What a finding of the rules adds to the log-probability of an intent.
_RULES_VOTE, _PATTERN_VOTE = 1.0, 1.0
_LIKE_TELLING: tuple[Intent, ...] = ("done", "presence")  # told in the same words as a note
# What the rules may take for one of these is told all the same, if it is surely something told.
_OWN: tuple[Intent, ...] = ("capture", "presence", "find", "other", "help", "done")
_DOUBT = 2.0
_ASKING: tuple[Intent, ...] = ("last_contact", "upcoming", "reconnect", "find")
_MEETING: tuple[Intent, ...] = ("capture", "prep")  # what is meant by "coffee with Tom at three"
_NO_QUESTION = 4.0  # "A year since Walt." asks for nothing
_LONG = 150  # words; the model reads the intent in what comes first
_TELLING = frozenset({"capture", "remind", "correct"})


def understand(text: str, now: datetime, people: Sequence[KnownPerson] = (), topic: str | None = None) -> Meaning:
    """What ``text``, heard at ``now`` (local time), means to someone who knows ``people`` and has just spoken of
    the person called ``topic``."""
    scene = read_scene(text, now, people, topic)
    if not scene.words:
        return Meaning("other")
    asked = asked_reminders(scene)
    intent = _intent(scene, asked)
    if intent in _TELLING:
        return _told(intent, scene, asked)
    return _requested(intent, scene, asked)


def told_of_speaker(text: str, now: datetime) -> str:
    """What the speaker says of themselves, said to them."""
    scene = read_scene(text, now, ())
    return " ".join(of_speaker(scene, line) for line, _ in sentence_lines(scene))


def arranged_in(text: str, now: datetime, people: Sequence[KnownPerson]) -> list[Remembered]:
    """Whom the speaker says they are about to see, as plans."""
    scene = read_scene(text, now, people)
    return [memory for told in scene.told for memory in arranged(scene, told)]


def in_confidence(text: str, now: datetime) -> bool:
    """Whether what the speaker says of themselves is nobody else's business."""
    scene = read_scene(text, now, ())
    private = phrases("kinds", "sensitive", "private")
    return any(is_sensitive(told.line) or private.find(told.line) for told in scene.told)


def asks(text: str, now: datetime) -> bool:
    """Whether it is worded as a question or a request, whatever it may mean."""
    scene = read_scene(text, now, ())
    return bool(scene.words) and (is_question(scene) or request_in(scene, reminds=False) is not None)


def _intent(scene: Scene, asked: list[Asked]) -> Intent:
    """What the patterns and the model together find likeliest."""
    by_rules = _by_rules(scene, asked)
    if by_rules in _OWN and (surely_told(scene) or own_plans(scene)):
        return "capture"
    if asked and wanted_at_meeting(scene) and not is_question(scene):
        return "remind"
    if len(scene.words) > _LONG:
        return by_rules
    pattern = request_in(scene, reminds=True)
    likely = dict(scene.reading.intents)
    likely[by_rules] += _RULES_VOTE
    if by_rules == "capture":
        for intent in _LIKE_TELLING:
            likely[intent] -= _DOUBT
        for intent in _ASKING:
            likely[intent] -= _NO_QUESTION
    if _of_own_people(scene) or _meets(scene):
        likely.pop("presence")
    if by_rules in {"capture", "other"} and any(arranged(scene, told) for told in scene.told):
        likely = {intent: likely[intent] for intent in _MEETING}
    if pattern in likely:
        likely[pattern] += _PATTERN_VOTE
    if not asked:
        likely.pop("remind", None)
    if "forget" not in {by_rules, pattern}:  # nothing is lost by mere likeness
        likely.pop("forget", None)
    return max(likely, key=lambda intent: likely[intent])


def _by_rules(scene: Scene, asked: list[Asked]) -> Intent:
    request = request_in(scene, bool(asked))
    if request in {"snooze", "correct"} or (request and not asked):
        return request
    if asked:
        return "remind"
    return "capture" if _tells(scene) else "other"


def _tells(scene: Scene) -> bool:
    told = scene.people or memories(scene, set()) or own_plans(scene) or _of_own_people(scene)
    return bool(told or len(scene.words) > 12)


def _of_own_people(scene: Scene) -> bool:
    """ "My sister is in Leeds": of someone without a name."""
    return scene.words[0].plain in word_set("words", "pronouns", "own") and not is_question(scene)


def _meets(scene: Scene) -> bool:
    """ "I'm meeting Ines tomorrow": with someone, and nowhere in particular."""
    query = query_for("presence", scene)
    return bool(scene.people) and (query is None or query.place is None)


def _told(intent: Intent, scene: Scene, asked: list[Asked]) -> Meaning:
    skip = clauses_of(asked)
    kept = memories(scene, skip)
    wanted: list[WantedReminder] = reminders(scene, asked, kept) if intent == "remind" else []
    if intent == "correct":
        gone = rejected_people(scene)
        return Meaning(intent, tuple(p for p in scene.people if p not in gone), tuple(put_right(kept)))
    plans = {told.number: arranged(scene, told) for told in scene.told}
    ahead = {name for found in plans.values() for memory in found for name in memory.about}
    met = contact(scene, skip | {number for number, found in plans.items() if found}, ahead)
    kept += own_plans(scene) if intent == "capture" and not kept else []
    return Meaning(intent, scene.people, tuple(kept), met, tuple(wanted), tuple(introductions(scene)))


def _requested(intent: Intent, scene: Scene, asked: list[Asked]) -> Meaning:
    wanted: list[WantedReminder] = []
    pairs: list[tuple[str, str]] = []
    kept: list[Remembered] = []
    people = scene.people
    if intent == "snooze":
        wanted = snoozed(scene)
    if intent == "introduce" and len(people) == 2:
        pairs = [(people[0], people[1])]
    met = contact(scene, set()) if intent == "done" else None
    if intent == "done":  # what was done may be worth keeping: "Dropped the drill back at Omar's, that's done"
        kept = memories(scene, set())
    query = query_for(intent, scene)
    if intent in {"find", "briefing", "upcoming", "reconnect", "presence"}:
        people = ()
    return Meaning(intent, people, tuple(kept), met, tuple(wanted), tuple(pairs), query)
