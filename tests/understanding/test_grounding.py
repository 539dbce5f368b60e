"""What a language model says is believed only as far as the words of the utterance carry it."""

from __future__ import annotations

import json
from datetime import date, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.understanding.claims import Answer
from assistant.understanding.grounding import ground
from assistant.understanding.heard import Heard, content_words, stem
from assistant.understanding.meaning import KnownPerson, Meaning
from assistant.understanding.rules import understand
from assistant.understanding.words import plain_words
from memory.dates import DateSpan, on_day

NOW = datetime(2026, 5, 4, 10, 0)  # noqa: DTZ001 - local; a Monday
KNOWN = [KnownPerson("Joan Mbeki", ("Joanie",)), KnownPerson("Tom Reyes"), KnownPerson("Yuki Tanaka")]
NOTE = "Met Joan after football. Her mother's surgery went well. She isn't moving to Bangalore in July, Tom is."
SURGERY = {
    "evidence": "her mother's  SURGERY went well",
    "about": ["Joan"],
    "kind": "event",
    "text": "Joan's mother's surgery went well",
    "sensitive": True,
}


def said(memory: dict[str, Any], text: str = NOTE, **more: Any) -> Meaning:
    """What is left of an answer with this memory, when the rules had read nothing."""
    answer = Answer.model_validate({"intent": "capture", "people": [], "memories": [memory], **more})
    return ground(answer, text, NOW, KNOWN, Meaning("capture"))


def one(**changed: Any) -> dict[str, Any]:
    return {**SURGERY, **changed}


class TestGround:
    def test_a_claim_with_its_words_holds_and_cites_them_as_they_were_said(self) -> None:
        memory = said(SURGERY).memories[0]
        assert memory.evidence == "Her mother's surgery went well"
        assert (memory.about, memory.sensitive) == (("Joan Mbeki",), True)
        assert memory.text == "Joan's mother's surgery went well."

    @pytest.mark.parametrize(
        "memory",
        [
            one(evidence="her father's surgery went well"),
            one(evidence=""),
            one(evidence="mother surgery"),
            one(about=[]),
            one(about=["Maya"]),
            one(about=["football"]),
            one(about=["Yuki Tanaka"]),
            one(about=["Joan Baker"]),
            one(about=["her mother"]),
            one(text=""),
            one(text="Joan's mother's surgery went badly"),
            one(text="Joan owes the speaker nine hundred pounds."),
            one(text="Tom's surgery went well."),
            one(text="Joan's mother's surgery did not go well."),
            one(text="Joan surgery\x1b[31m"),
            one(text="surgery " * 60),
            one(evidence="moving to Bangalore in July", text="Joan is moving to Bangalore in July."),
            one(evidence="Tom is", text="Joan is Tom.", about=["Joan"]),
            one(evidence="Met", about=["Tom"], text="Tom is moving to Bangalore."),
            one(kind="rumour"),
            one(evidence=["Her mother's surgery went well"]),
            7,
            None,
        ],
    )
    def test_a_claim_without_its_words_is_dropped(self, memory: dict[str, Any]) -> None:
        assert said(memory).memories == ()

    def test_one_wrong_claim_does_not_spoil_the_others(self) -> None:
        meaning = said(one(text="Joan won the lottery."), memories=[7, one(text="Joan robbed a bank."), SURGERY])
        assert [m.text for m in meaning.memories] == ["Joan's mother's surgery went well."]

    def test_what_is_denied_stays_denied(self) -> None:
        denied = one(evidence="She isn't moving to Bangalore", text="Joan is not moving to Bangalore.", kind="plan")
        assert said(denied).memories[0].text == "Joan is not moving to Bangalore."

    @pytest.mark.parametrize(
        ("text", "when", "kept"),
        [
            (NOTE, ("2026-07-01", "2026-07-31"), DateSpan(date(2026, 7, 1), date(2026, 7, 31))),
            (NOTE, ("2026-07-14", "2026-07-14"), on_day(date(2026, 7, 14))),
            (NOTE, ("2026-09-01", "2026-09-30"), None),
            (NOTE, ("2026-07-31", "2026-07-01"), None),
            (NOTE, ("2020-01-01", "2030-01-01"), None),
            (NOTE, ("soon", "later"), None),
            ("Joan's mother's surgery went well.", ("2026-05-01", "2026-05-01"), None),
            ("Her mother's surgery went well, says Joan, in the spring term.", ("2026-04-20", "2026-07-17"), True),
            ("Her mother's surgery went well, says Joan, in the spring term.", ("2036-04-20", "2036-07-17"), None),
        ],
    )
    def test_a_date_stands_only_where_a_time_was_said(self, text: str, when: tuple[str, str], kept: Any) -> None:
        memory = one(evidence="mother's surgery went well", when={"from": when[0], "to": when[1]})
        found = said(memory, text).memories[0].when
        assert found is not None if kept is True else found == kept

    @pytest.mark.parametrize(("place", "kept"), [("bangalore", "Bangalore"), ("Mumbai", None), ("", None), (7, None)])
    def test_a_place_was_named(self, place: Any, kept: str | None) -> None:
        assert said(one(place=place)).memories[0].place == kept

    def test_a_name_that_was_misheard_makes_nobody_new(self) -> None:
        heard = Heard("Jone rang.", NOW, [KnownPerson("Joan")], ["Joan"])
        assert heard.name("Jone") == "Joan"

    def test_an_intent_of_no_list_is_the_rules(self) -> None:
        answer = Answer.model_validate({"intent": "delete_everything", "memories": []})
        assert ground(answer, NOTE, NOW, KNOWN, Meaning("remind")).intent == "remind"

    def test_a_reminder_without_its_time_or_words_is_dropped(self) -> None:
        text = "Remind me to call Tom at eight."
        grounded = {"evidence": "call Tom at eight", "text": "call Tom", "about": ["Tom"]}
        for due, kept in (("2026-05-05T08:00", datetime(2026, 5, 5, 8)), ("2026-06-05", None)):  # noqa: DTZ001
            answer = {"intent": "remind", "reminders": [{**grounded, "due": due}, {**grounded, "text": "pay Tom"}]}
            meaning = ground(Answer.model_validate(answer), text, NOW, KNOWN, Meaning("remind"))
            assert [(r.text, r.about, r.due) for r in meaning.reminders] == [("call Tom", ("Tom Reyes",), kept)]

    def test_an_introduction_is_of_two_people_who_were_named(self) -> None:
        pairs = [("Joan", "Tom"), ("Joan", "Joanie"), ("Joan", "Maya"), ("Joan", "Yuki Tanaka")]
        claims = [{"evidence": "Met Joan", "one": a, "other": b} for a, b in pairs]
        answer = Answer.model_validate({"intent": "capture", "introductions": claims})
        assert ground(answer, NOTE, NOW, KNOWN, Meaning("capture")).introductions == (("Joan Mbeki", "Tom Reyes"),)

    def test_where_something_was_dropped_the_rules_reading_stands(self) -> None:
        draft = understand(NOTE, NOW, KNOWN)
        assert draft.memories
        answer = Answer.model_validate({"intent": "capture", "memories": [one(text="Joan won the lottery.")]})
        assert ground(answer, NOTE, NOW, KNOWN, draft).memories == draft.memories

    def test_forms_of_a_word_are_that_word(self) -> None:
        assert {stem(w) for w in ("moves", "moving", "moved", "move")} == {stem("move")}
        assert stem("kept") == stem("keeps")
        assert stem("14th") == stem("fourteenth")
        assert stem("well") != stem("ill")


SAID = NOTE.split()
LIES = ["Maya", "lottery", "prison", "Mumbai", "not", "2026-07-01", "she", "owes"]
slices = st.tuples(st.integers(0, len(SAID) - 1), st.integers(1, 8)).map(lambda at: " ".join(SAID[at[0] : sum(at)]))
phrases = slices | st.lists(st.sampled_from(SAID + LIES), max_size=7).map(" ".join) | st.text(max_size=20)
anything = st.recursive(
    st.none() | st.booleans() | st.integers() | phrases,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(list(SURGERY)), inner, max_size=5),
    max_leaves=8,
)
people = st.sampled_from(["Joan", "Tom", "Joanie", "Yuki Tanaka", "Maya", "Joan Baker"]) | phrases
names = st.lists(people, min_size=1, max_size=3)
days = st.dates(date(2025, 1, 1), date(2027, 12, 31)).map(str)
spans = st.builds(lambda a, b: {"from": min(a, b), "to": max(a, b)}, days, days) | anything
claims = st.builds(
    lambda evidence, own, text, rest, **more: {"evidence": evidence, "text": evidence if own else text, **more, **rest},
    slices,
    st.booleans(),
    phrases,
    st.dictionaries(st.sampled_from(["evidence", "text", "about", "kind"]), anything, max_size=1) | st.just({}),
    about=names,
    kind=st.sampled_from(["fact", "event", "plan", "promise"]),
    when=spans,
    place=phrases | anything,
    sensitive=anything,
    due=days | phrases,
)
pairs = st.fixed_dictionaries({"evidence": slices, "one": people, "other": people})
answers = st.fixed_dictionaries(
    {"intent": st.sampled_from(["capture", "capture", "remind", "forget", "recall"]) | phrases},
    optional={
        "people": names | anything,
        "memories": st.lists(claims, max_size=4) | anything,
        "interaction": st.fixed_dictionaries({"evidence": slices, "with": names, "on": days}) | anything,
        "reminders": st.lists(claims, max_size=3) | anything,
        "introductions": st.lists(pairs, max_size=3) | anything,
        "query": st.fixed_dictionaries({"person": phrases, "text": phrases, "when": spans}) | anything,
    },
)


@given(answers | anything)
def test_whatever_is_answered_nothing_ungrounded_passes(answer: Any) -> None:
    try:
        read = Answer.model_validate_json(json.dumps(answer))
    except ValueError:
        return
    meaning = ground(read, NOTE, NOW, KNOWN, Meaning("capture"))
    spoken = set(plain_words(NOTE)) | {"joan", "mbeki", "tom", "reyes", "joanie"}
    stems = {stem(w) for w in spoken}
    everyone = {*meaning.people, *(n for m in meaning.memories for n in m.about)}
    everyone |= {n for r in meaning.reminders for n in r.about} | {n for pair in meaning.introductions for n in pair}
    assert {w for name in everyone for w in plain_words(name)} <= spoken
    for memory in meaning.memories:
        assert memory.evidence in NOTE
        assert memory.about
        assert content_words(memory.text) <= stems
        assert content_words(memory.text) & {stem(w) for w in plain_words(memory.evidence)}
        assert memory.place is None or memory.place in NOTE
        assert memory.when is None or memory.when.overlaps(DateSpan(date(2025, 7, 1), date(2026, 7, 31)))
    for reminder in meaning.reminders:
        assert content_words(reminder.text) <= stems
    assert meaning.query is None or set(plain_words(meaning.query.text)) <= spoken


@given(st.text(max_size=60), st.text(max_size=40))
def test_any_words_are_looked_for_without_trouble(text: str, part: str) -> None:
    heard = Heard(text, NOW, KNOWN, ())
    at = heard.find(part)
    assert at is None or plain_words(heard.exact(at)) == plain_words(part)
    assert heard.name(part) is None or plain_words(part)
