"""What connects people: found where it is rare and public, in other words too, and nowhere else."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from memory import captures, introductions, memories, people
from memory.connections import Match, bridges, common_threads, links, suggestions, threads_with
from memory.database import Database
from memory.dates import DateSpan, on_day
from memory.embedding import EmbedderUnavailable, Matrix, MiniLm
from memory.key import key_from_file
from memory.records import Memory, Person
from memory.threads import Thread
from memory.vectors import Vectors

NOW = datetime(2026, 5, 4, 9, 30, tzinfo=UTC)


def tell(
    db: Database,
    text: str,
    *also: str,
    kind: str = "fact",
    sensitive: bool = False,
    when: DateSpan | None = None,
    place: str | None = None,
) -> Memory:
    """Keeps a note of its own, about whoever it begins with and ``also``."""
    capture = captures.keep_text(db, text, NOW, "test")
    about = [people.find_or_add(db, name) for name in (re.split(r"\W", text)[0], *also)]
    return memories.add(
        db, capture, about=about, kind=kind, text=text, evidence=text, when=when, sensitive=sensitive, place=place
    )


def who(db: Database, name: str) -> Person:
    found = people.find(db, name)
    assert found
    return found


def shared(db: Database, vectors: Vectors, one: str, other: str) -> list[Thread]:
    vectors.sync(db)
    return common_threads(db, vectors, who(db, one), who(db, other), NOW)


def pairs(found: list[Match]) -> list[tuple[str, str]]:
    return [(match.one.name, match.other.name) for match in found]


class TestCommonThreads:
    @pytest.mark.parametrize(
        ("one", "other"),
        [
            ("restores clocks", "repairs old watches"),
            ("keeps bees on the roof", "is a beekeeper"),
            ("is learning the cello", "plays the violin"),
            ("works as a nurse", "is a midwife"),
            ("builds model trains", "collects miniature railways"),
            ("bakes sourdough", "makes her own bread"),
            ("sails on Sundays", "has a boat"),
        ],
    )
    def test_the_same_meaning_in_other_words(self, db: Database, vectors: Vectors, one: str, other: str) -> None:
        tell(db, f"Omar {one}.")
        tell(db, f"Lena {other}.")
        found = shared(db, vectors, "Omar", "Lena")
        assert [(t.one.text, t.other.text, t.both) for t in found] == [(f"Omar {one}.", f"Lena {other}.", None)]

    @pytest.mark.parametrize(
        ("one", "other"),
        [
            ("works at Siemens", "got a job with Siemens"),
            ("lives in Leeds", "is from Leeds"),
            ("studied at Trinity College", "went to Trinity College"),
            ("used to live in São Paulo", "is moving to Sao Paulo"),
            ("is climbing in the Dolomites", "loves to climb"),
        ],
    )
    def test_the_same_place_employer_school_or_word(self, db: Database, vectors: Vectors, one: str, other: str) -> None:
        tell(db, f"Omar {one}.")
        tell(db, f"Lena {other}.")
        assert len(shared(db, vectors, "Omar", "Lena")) == 1

    @pytest.mark.parametrize(
        ("one", "other"),
        [
            ("has two kids", "took the kids to school"),
            ("started a new job at the bank", "has a friend who started a new job"),
            ("told Bram about the weekend", "was told about the weekend"),
            ("loves old films", "has an old dog"),
            ("works on Mondays", "is off work on Mondays"),
            ("lives in Leeds", "lives in York"),
            ("teaches maths", "teaches yoga"),
            ("is learning the cello", "is taking Spanish lessons"),
            ("is going to Lisbon in June", "is going to Oslo in June"),
        ],
    )
    def test_what_everyone_does_is_no_thread(self, db: Database, vectors: Vectors, one: str, other: str) -> None:
        tell(db, f"Omar {one}.")
        tell(db, f"Lena {other}.")
        assert shared(db, vectors, "Omar", "Lena") == []

    def test_what_few_share_comes_first(self, db: Database, vectors: Vectors) -> None:
        for name in ("Omar", "Lena", *(f"Person{chr(97 + n)}" for n in range(8))):
            tell(db, f"{name} is from Leeds.")
        for name in ("Omar", "Lena"):
            tell(db, f"{name} restores clocks.")
        found = shared(db, vectors, "Omar", "Lena")
        assert [(t.both, t.people) for t in found] == [("restores clocks", 2), ("is from Leeds", 10)]

    def test_what_too_many_share_is_no_thread(self, db: Database, vectors: Vectors) -> None:
        for n in range(14):
            tell(db, f"Person{chr(97 + n)} is from Leeds.")
        assert shared(db, vectors, "Persona", "Personb") == []

    def test_what_was_told_of_both_at_once_is_none(self, db: Database, vectors: Vectors) -> None:
        tell(db, "Omar and Lena restore clocks.", "Lena")
        assert shared(db, vectors, "Omar", "Lena") == []

    def test_what_is_over_is_none(self, db: Database, vectors: Vectors) -> None:
        tell(db, "Omar lives in Leeds.")
        tell(db, "Lena lives in Leeds.")
        tell(db, "Lena lives in York.")
        tell(db, "Omar is going to Oslo in April.", kind="plan", when=on_day(date(2026, 4, 2)))
        tell(db, "Lena is going to Oslo in June.", kind="plan", when=on_day(date(2026, 6, 2)))
        assert shared(db, vectors, "Omar", "Lena") == []

    def test_a_relatives_interest_is_not_theirs(self, db: Database, vectors: Vectors) -> None:
        tell(db, "Omar's father restores clocks.")
        tell(db, "Lena restores clocks.")
        assert shared(db, vectors, "Omar", "Lena") == []

    def test_words_connect_while_no_meaning_can_be_had(self, db: Database, tmp_path: Path) -> None:
        class Away:
            name = "away"

            def embed(self, texts: object) -> Matrix:
                raise EmbedderUnavailable("away")

        tell(db, "Omar restores clocks.")
        tell(db, "Lena collects clocks.")
        found = common_threads(db, Vectors(tmp_path / "v", Away()), who(db, "Omar"), who(db, "Lena"), NOW)
        assert [t.other.text for t in found] == ["Lena collects clocks."]


class TestWhoShouldMeet:
    @pytest.fixture(autouse=True)
    def told(self, db: Database, vectors: Vectors) -> None:
        tell(db, "Omar restores clocks.")
        tell(db, "Lena restores clocks.")
        tell(db, "Bea plays the oboe.")
        tell(db, "Tomas plays the flute.")
        tell(db, "Ines has a new flat.")
        vectors.sync(db)

    def test_everyone(self, db: Database, vectors: Vectors) -> None:
        assert {frozenset(pair) for pair in pairs(suggestions(db, vectors, NOW))} == {
            frozenset({"Omar", "Lena"}),
            frozenset({"Bea", "Tomas"}),
        }

    def test_what_one_says_over_and_over_hides_nobody(
        self, db: Database, vectors: Vectors, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr("memory.threads._MOST_ALIKE", 4)
        for day in ("mornings", "evenings", "weekends"):
            tell(db, f"Ines polishes her telescope on {day}.")
        vectors.sync(db)
        assert {"Bea", "Tomas"} in [set(pair) for pair in pairs(suggestions(db, vectors, NOW))]

    def test_someone_new(self, db: Database, vectors: Vectors) -> None:
        tell(db, "Zarin is a clarinet player.")
        vectors.sync(db)
        found = threads_with(db, vectors, who(db, "Zarin"), NOW)
        assert {match.other.name for match in found} >= {"Bea"}
        assert {match.one.name for match in found} == {"Zarin"}
        assert threads_with(db, vectors, who(db, "Ines"), NOW) == []

    def test_more_threads_count_for_more(self, db: Database, vectors: Vectors) -> None:
        for name in ("Bea", "Tomas"):
            tell(db, f"{name} breeds axolotls.")
            tell(db, f"{name} works at Siemens.")
        vectors.sync(db)
        assert set(pairs(suggestions(db, vectors, NOW))[0]) == {"Bea", "Tomas"}

    @pytest.mark.parametrize("how", ["told", "relation", "met", "wanted", "died", "dead"])
    def test_who_needs_no_introduction_gets_none(self, db: Database, vectors: Vectors, how: str) -> None:
        omar, lena = who(db, "Omar"), who(db, "Lena")
        capture = captures.keep_text(db, "", NOW, "test")
        if how == "told":
            tell(db, "Omar went to the market.", "Lena")
        elif how == "relation":
            tell(db, "Omar is Lena's cousin.", "Lena", kind="relation")
        elif how == "met":
            for person in (omar, lena):
                people.add_meeting(db, capture.id, person.id, NOW.date())
        elif how == "wanted":
            introductions.add(db, capture.id, omar, lena)
        else:
            text = "Omar died in the winter." if how == "died" else "Omar's funeral is on Friday."
            tell(db, text, kind="event", sensitive=True)
        vectors.sync(db)
        assert {frozenset(pair) for pair in pairs(suggestions(db, vectors, NOW))} == {frozenset({"Bea", "Tomas"})}
        assert threads_with(db, vectors, lena, NOW) == []

    def test_a_death_in_the_family_is_no_death_of_theirs(self, db: Database, vectors: Vectors) -> None:
        tell(db, "Omar's father died in the winter.", kind="event", sensitive=True)
        assert threads_with(db, vectors, who(db, "Lena"), NOW)


class TestThroughSomeone:
    def test_who_was_told_of_with_each(self, db: Database) -> None:
        tell(db, "Bea is Omar's sister.", "Omar", kind="relation")
        capture = captures.keep_text(db, "", NOW + timedelta(days=1), "test")
        for name in ("Bea", "Lena"):
            people.add_meeting(db, capture.id, people.find_or_add(db, name).id, NOW.date())
        (link,) = links(db, who(db, "Omar"), who(db, "Lena"))
        assert (link.through.name, link.with_one, link.with_other) == ("Bea", date(2026, 5, 4), date(2026, 5, 5))
        assert links(db, who(db, "Omar"), who(db, "Bea")) == []

    def test_who_shares_something_with_each(self, db: Database, vectors: Vectors) -> None:
        for note in ("Omar restores clocks.", "Bea restores clocks.", "Bea sings in a choir.", "Lena joined a choir."):
            tell(db, note)
        vectors.sync(db)
        (bridge,) = bridges(db, vectors, who(db, "Omar"), who(db, "Lena"), NOW)
        assert bridge.through.name == "Bea"
        assert (bridge.with_one.one.text, bridge.with_other.one.text) == (
            "Omar restores clocks.",
            "Lena joined a choir.",
        )


@contextmanager
def fresh(minilm: MiniLm) -> Iterator[tuple[Database, Vectors]]:
    with TemporaryDirectory() as folder:
        file = Path(folder) / "fondly.db"
        db = Database(file, key_from_file(Path(folder) / "key", file))
        yield db, Vectors(Path(folder) / "vectors", minilm)
        db.close()


PRIVATE = (
    "has zanthic illness", "is allergic to zanthic", "is divorcing over zanthic", "owes you zanthic money",
    "loves someone zanthic, which is a secret", "lost a zanthic job", "is pregnant with zanthic twins",
    "was arrested in Zanthic", "prays at the zanthic mosque", "told you about zanthic",
)  # fmt: skip
HIDDEN = st.one_of(
    st.tuples(st.sampled_from(("gift", "promise", "relation")), st.just(False)),
    st.tuples(st.sampled_from(("fact", "event", "plan", "preference", "gift", "promise")), st.just(True)),
)


@settings(max_examples=15, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.lists(
        st.tuples(HIDDEN, st.sampled_from(("restores clocks and zanthic", "loves zanthic", "collects rare zanthic"))),
        max_size=4,
    ),
    st.lists(st.sampled_from(PRIVATE), max_size=4),
)
def test_no_word_of_what_is_private_is_ever_a_reason(
    minilm: MiniLm, hidden: list[tuple[tuple[str, bool], str]], private: list[str]
) -> None:
    with fresh(minilm) as (db, vectors):
        for name in ("Omar", "Lena"):
            tell(db, f"{name} restores clocks.")
            for (kind, sensitive), does in hidden:
                tell(db, f"{name} {does}.", kind=kind, sensitive=sensitive)
            for does in private:
                tell(db, f"{name} {does}.")
        vectors.sync(db)
        omar, lena = who(db, "Omar"), who(db, "Lena")
        reasons = [
            *common_threads(db, vectors, omar, lena, NOW),
            *(t for found in (suggestions(db, vectors, NOW), threads_with(db, vectors, omar, NOW)) for m in found
              for t in m.threads),
        ]  # fmt: skip
        assert {t.both for t in reasons} == {"restores clocks"}
        assert not [t for t in reasons if "zanthic" in f"{t.one.text} {t.other.text}".casefold()]


def test_the_same_words_said_openly_are_a_reason(db: Database, vectors: Vectors) -> None:
    tell(db, "Omar loves zanthic.")
    tell(db, "Lena loves zanthic.")
    assert [t.both for t in shared(db, vectors, "Omar", "Lena")] == ["loves zanthic"]
