# ruff: noqa: DTZ001 - local times
"""Notes: who is in them, what is kept, whom to remind of what."""

from __future__ import annotations

from datetime import date, datetime

import pytest

from assistant.understanding.meaning import KnownPerson, Meaning
from assistant.understanding.rules import understand
from memory.dates import DateSpan, on_day
from tests.understanding.sentences import KNOWN, NOW

MET = (
    "Met {a} after {sport} practice. Her mother's surgery went well. She's moving to {town} in July. "
    "Need to connect her with {b} from design."
)
FIRST_NOTES = [
    ("Joan", "football", "Bangalore", "Rahul"),
    ("Sarah", "hockey", "Boston", "Michael"),
    ("Ottilie", "choir", "Ghent", "Bram"),
]


def note(text: str, *people: KnownPerson) -> Meaning:
    return understand(text, NOW, people)


@pytest.mark.parametrize(("a", "sport", "town", "b"), FIRST_NOTES)
def test_the_first_note_anyone_speaks(a: str, sport: str, town: str, b: str) -> None:
    text = MET.format(a=a, b=b, sport=sport, town=town)
    meaning = note(text)
    assert meaning.intent == "capture"
    assert meaning.people == (a, b)
    surgery, move = meaning.memories
    assert (surgery.kind, surgery.about, surgery.sensitive) == ("event", (a,), True)
    assert surgery.text == f"{a}'s mother's surgery went well."
    assert surgery.evidence == "Her mother's surgery went well"
    assert (move.kind, move.about, move.place, move.sensitive) == ("plan", (a,), town, False)
    assert move.text == f"{a} is moving to {town} in July."
    assert move.when == DateSpan(date(2026, 7, 1), date(2026, 7, 31))
    assert meaning.interaction is not None
    assert meaning.interaction.people == (a,)
    assert meaning.interaction.on == NOW.date()
    assert meaning.introductions == ((a, b),)


# sentence, about, kind, words of the text
MEMORIES = [
    ("Priya hates olives.", ("Priya",), "preference", "hates olives"),
    ("Remember that Kofi is allergic to bees.", ("Kofi",), "preference", "allergic to bees"),
    ("Owen has moved to Cork.", ("Owen",), "event", "Cork"),
    ("Lena works as a welder in Essen.", ("Lena",), "fact", "welder"),
    ("Tobias is flying to Lima on the 3rd of May.", ("Tobias",), "plan", "Lima"),
    ("I lent Nadia my tent.", ("Nadia",), "promise", "You lent Nadia your tent."),
    ("I owe Femke twelve euros.", ("Femke",), "promise", "You owe Femke twelve euros."),
    ("I told Omar I'd mend his gate.", ("Omar",), "promise", "mend"),
    ("A gift idea for Ines is a kite.", ("Ines",), "gift", "kite"),
    ("Gregor's dog died last week.", ("Gregor",), "event", "dog died"),
    ("Miriam's birthday is on the 2nd of June.", ("Miriam",), "fact", "birthday"),
    ("Yusuf says Clara is expecting twins.", ("Clara",), "fact", "twins"),
    ("Paul's wife is called Anneke.", ("Paul", "Anneke"), "relation", "Anneke is Paul's wife."),
    ("tomasz has broken his arm", ("Tomasz",), "event", "broken his arm"),
]


@pytest.mark.parametrize(("text", "about", "kind", "words"), MEMORIES)
def test_what_is_kept_of_one_sentence(text: str, about: tuple[str, ...], kind: str, words: str) -> None:
    kept = note(text).memories
    assert [(m.about, m.kind) for m in kept] == [(about, kind)]
    assert words in kept[0].text


@pytest.mark.parametrize(
    ("text", "sensitive"),
    [
        ("Gregor's dog died last week.", True),
        ("Lena has lost her job.", True),
        ("Owen is in hospital with pneumonia.", True),
        ("Kofi is allergic to bees.", False),
        ("Between us, Clara is ten weeks pregnant.", True),
        ("Clara is pregnant.", True),
        ("Paul and Anneke have split up.", True),
        ("Priya got the job.", False),
    ],
)
def test_what_is_sensitive(text: str, sensitive: bool) -> None:
    assert [m.sensitive for m in note(text).memories] == [sensitive]


@pytest.mark.parametrize(
    ("text", "people"),
    [
        ("I went to Leipzig with Marta.", ("Marta",)),
        ("Dr. Osei rang about the results.", ("Dr Osei",)),
        ("My cat is called Biscuit.", ()),
        ("her brother's car broke down", ()),
        ("May said she would come in June.", ("May",)),
        ("Joan Mbeki and Joan Baker both came.", ("Joan Mbeki", "Joan Baker")),
        ("Will and Grace are getting married.", ("Will", "Grace")),
        ("The train to Paris was late.", ()),
        ("I saw zosia and steve at the pub", ("Zofia Nowicka", "Stephen Okoro")),
        ("steves sister is a vet", ("Stephen Okoro",)),
        ("Zosia's mum rang.", ("Zofia Nowicka",)),
        ("Mum is well.", ("Helen Marsh",)),
    ],
)
def test_who_is_in_a_note(text: str, people: tuple[str, ...]) -> None:
    assert understand(text, NOW, KNOWN).people == people


def test_two_known_people_of_one_name_stay_unresolved_until_told_apart() -> None:
    toms = (KnownPerson("Tom Ash"), KnownPerson("Tom Birch"))
    assert note("Tom is ill.", *toms).people == ("Tom",)
    assert note("Tom Birch is ill. Tom has a fever.", *toms).people == ("Tom Birch",)


@pytest.mark.parametrize(
    ("text", "people", "on"),
    [
        ("Saw Marta on Sunday.", ("Marta",), date(2026, 3, 8)),
        ("I had lunch with Owen and Lena yesterday.", ("Owen", "Lena"), date(2026, 3, 9)),
        ("Kofi rang me this morning.", ("Kofi",), date(2026, 3, 10)),
        ("Just got off the phone with Priya.", ("Priya",), date(2026, 3, 10)),
        ("Met Paul's sister Greta at the bus stop.", ("Greta",), date(2026, 3, 10)),
    ],
)
def test_whom_the_speaker_met(text: str, people: tuple[str, ...], on: date) -> None:
    met = note(text).interaction
    assert met is not None
    assert (met.people, met.on) == (people, on)


@pytest.mark.parametrize("text", ["Kofi works in Accra.", "Owen told me that Lena is ill.", "I must see Marta soon."])
def test_no_meeting_where_none_was_told(text: str) -> None:
    assert note(text).interaction is None


# sentence, text, about, due
REMINDERS = [
    ("Remind me to call Priya tomorrow at nine.", "Call Priya.", ("Priya",), datetime(2026, 3, 11, 9)),
    ("remind me to text owen on friday evening", "Text Owen.", ("Owen",), datetime(2026, 3, 13, 19)),
    ("Remind me on the 20th to post Lena's book.", "Post Lena's book.", ("Lena",), date(2026, 3, 20)),
    ("Don't let me forget to thank Kofi.", "Thank Kofi.", ("Kofi",), None),
    ("In two hours remind me to ring Marta.", "Ring Marta.", ("Marta",), datetime(2026, 3, 10, 18, 42)),
    ("Remind me to water the plants at half seven.", "Water the plants.", (), datetime(2026, 3, 10, 19, 30)),
]


@pytest.mark.parametrize(("text", "what", "about", "due"), REMINDERS)
def test_reminders(text: str, what: str, about: tuple[str, ...], due: date | datetime | None) -> None:
    meaning = note(text)
    assert meaning.intent == "remind"
    (reminder,) = meaning.reminders
    assert (reminder.text, reminder.about, reminder.due) == (what, about, due)


def test_a_reminder_at_a_place() -> None:
    (reminder,) = note("Next time I'm in Lisbon, remind me to visit Duarte.").reminders
    assert (reminder.text, reminder.place, reminder.due) == ("Visit Duarte.", "Lisbon", None)


def test_a_reminder_after_something_of_theirs() -> None:
    meaning = note("Owen's exam is on the 20th of March. Remind me two days after the exam to ask him how it went.")
    (exam,) = meaning.memories
    assert exam.when == on_day(date(2026, 3, 20))
    (reminder,) = meaning.reminders
    assert reminder.due == date(2026, 3, 22)
    assert reminder.after is not None
    assert reminder.after.days == 2


@pytest.mark.parametrize(
    "text",
    [
        "I want to introduce Paul to Lena.",
        "Paul and Lena should meet.",
        "I'd like to put Paul in touch with Lena.",
        "Paul is a baker. I should connect him with Lena.",
    ],
)
def test_introductions(text: str) -> None:
    assert note(text).introductions == (("Paul", "Lena"),)


def test_evidence_is_always_in_the_utterance() -> None:
    text = "Saw Marta’s sister Ada — she’s moving to Łódź in May! Remind me to write to her. Ada’s son Jan is ill."
    for memory in note(text).memories:
        assert memory.evidence in text
        assert memory.evidence


def test_what_was_taken_back_at_once_does_not_count() -> None:
    (memory,) = note("Lena is moving to Bonn in April, no, May.").memories
    assert memory.when == DateSpan(date(2026, 5, 1), date(2026, 5, 31))


def test_a_correction_keeps_only_what_is_right() -> None:
    meaning = note("No, it's Joanne, not Joan.")
    assert (meaning.intent, meaning.people, meaning.memories) == ("correct", ("Joanne",), ())
    moved = note("Actually Lena's moving in April, not March.")
    assert moved.memories[0].when == DateSpan(date(2026, 4, 1), date(2026, 4, 30))


def test_a_snooze_says_when_and_what() -> None:
    (again,) = note("Ask me again tomorrow morning.").reminders
    assert (again.text, again.due) == ("Ask again.", datetime(2026, 3, 11, 9))
    (card,) = understand("Not today. Remind me again on Friday about Joan's card.", NOW, KNOWN).reminders
    assert (card.text, card.about, card.due) == ("Joan's card.", ("Joan Mbeki",), date(2026, 3, 13))
    assert note("Not now.").reminders == ()


def test_what_is_forgotten_or_done_names_whom_it_is_about() -> None:
    assert note("Forget everything about Tom.").people == ("Tom",)
    done = note("Done, I rang Marta this morning.")
    assert (done.intent, done.people) == ("done", ("Marta",))
    assert done.interaction is not None
    assert done.interaction.people == ("Marta",)


def test_where_the_speaker_is() -> None:
    query = note("I'm in Lisbon until Friday.").query
    assert query is not None
    assert query.place == "Lisbon"
    assert query.when == DateSpan(date(2026, 3, 10), date(2026, 3, 13))
