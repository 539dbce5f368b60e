"""The database's shape, as the list of steps that led to it. A step, once released, never changes."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

from memory.dates import spoken_days

Connection = Any  # sqlcipher3.dbapi2.Connection, which has no types


def _people_and_memories(c: Connection) -> None:
    for statement in (
        # What was said. state: listening, heard (durable, unfinished), done, unclear (no words in it), undone.
        """CREATE TABLE captures (
            id INTEGER PRIMARY KEY AUTOINCREMENT,
            heard_at TEXT NOT NULL,
            satellite TEXT NOT NULL,
            state TEXT NOT NULL,
            text TEXT,
            reply TEXT)""",
        "CREATE INDEX captures_by_state ON captures(state)",
        # The sound of a capture, piece by piece as it was heard: 16 kHz mono s16le.
        """CREATE TABLE sounds (
            capture_id INTEGER NOT NULL REFERENCES captures(id) ON DELETE CASCADE,
            piece INTEGER NOT NULL,
            pcm BLOB NOT NULL,
            PRIMARY KEY (capture_id, piece))""",
        """CREATE TABLE people (
            id INTEGER PRIMARY KEY AUTOINCREMENT,
            name TEXT NOT NULL)""",
        """CREATE TABLE aliases (
            person_id INTEGER NOT NULL REFERENCES people(id) ON DELETE CASCADE,
            alias TEXT NOT NULL,
            PRIMARY KEY (person_id, alias))""",
        # status: pending (kept, not reviewed), accepted, ignored, undone. embedded_by: whose vector Chroma holds.
        """CREATE TABLE memories (
            id INTEGER PRIMARY KEY AUTOINCREMENT,
            capture_id INTEGER NOT NULL REFERENCES captures(id) ON DELETE CASCADE,
            kind TEXT NOT NULL,
            text TEXT NOT NULL,
            evidence TEXT NOT NULL,
            when_first TEXT,
            when_last TEXT,
            place TEXT,
            sensitive INTEGER NOT NULL,
            status TEXT NOT NULL,
            kept_at TEXT NOT NULL,
            embedded_by TEXT)""",
        "CREATE INDEX memories_by_capture ON memories(capture_id)",
        "CREATE INDEX memories_by_status ON memories(status)",
        "CREATE INDEX memories_by_day ON memories(when_first)",
        "CREATE INDEX memories_not_embedded ON memories(embedded_by)",
        """CREATE TABLE memory_people (
            memory_id INTEGER NOT NULL REFERENCES memories(id) ON DELETE CASCADE,
            person_id INTEGER NOT NULL REFERENCES people(id) ON DELETE CASCADE,
            position INTEGER NOT NULL,
            PRIMARY KEY (memory_id, person_id))""",
        "CREATE INDEX memory_people_by_person ON memory_people(person_id)",
        """CREATE VIRTUAL TABLE memory_words USING fts5(
            text, evidence, content='memories', content_rowid='id', tokenize='porter unicode61 remove_diacritics 2')""",
        "INSERT INTO memory_words(memory_words, rank) VALUES ('secure-delete', 1)",
        """CREATE TRIGGER memory_added AFTER INSERT ON memories BEGIN
            INSERT INTO memory_words(rowid, text, evidence) VALUES (new.id, new.text, new.evidence);
        END""",
        """CREATE TRIGGER memory_gone AFTER DELETE ON memories BEGIN
            INSERT INTO memory_words(memory_words, rowid, text, evidence)
                VALUES ('delete', old.id, old.text, old.evidence);
            INSERT INTO vectors_to_remove VALUES (old.id);
        END""",
        """CREATE TRIGGER memory_changed AFTER UPDATE OF text, evidence ON memories BEGIN
            INSERT INTO memory_words(memory_words, rowid, text, evidence)
                VALUES ('delete', old.id, old.text, old.evidence);
            INSERT INTO memory_words(rowid, text, evidence) VALUES (new.id, new.text, new.evidence);
            UPDATE memories SET embedded_by = NULL WHERE id = new.id;
        END""",
        # Memories that are gone and whose vectors Chroma may still hold.
        "CREATE TABLE vectors_to_remove (memory_id INTEGER PRIMARY KEY)",
        """CREATE TABLE interactions (
            id INTEGER PRIMARY KEY AUTOINCREMENT,
            capture_id INTEGER NOT NULL REFERENCES captures(id) ON DELETE CASCADE,
            person_id INTEGER NOT NULL REFERENCES people(id) ON DELETE CASCADE,
            day TEXT NOT NULL)""",
        "CREATE INDEX interactions_by_person ON interactions(person_id, day)",
        # due: local, a day or a day and time. state: open, told, done, let go, undone.
        """CREATE TABLE reminders (
            id INTEGER PRIMARY KEY AUTOINCREMENT,
            capture_id INTEGER NOT NULL REFERENCES captures(id) ON DELETE CASCADE,
            text TEXT NOT NULL,
            due TEXT,
            after_event TEXT,
            after_days INTEGER,
            place TEXT,
            state TEXT NOT NULL,
            told_at TEXT)""",
        "CREATE INDEX reminders_by_state ON reminders(state, due)",
        """CREATE TABLE reminder_people (
            reminder_id INTEGER NOT NULL REFERENCES reminders(id) ON DELETE CASCADE,
            person_id INTEGER NOT NULL REFERENCES people(id) ON DELETE CASCADE,
            PRIMARY KEY (reminder_id, person_id))""",
        # Two people whom the speaker wants to bring together. state: open, done, let go, undone.
        """CREATE TABLE introductions (
            id INTEGER PRIMARY KEY AUTOINCREMENT,
            capture_id INTEGER NOT NULL REFERENCES captures(id) ON DELETE CASCADE,
            one_id INTEGER NOT NULL REFERENCES people(id) ON DELETE CASCADE,
            other_id INTEGER NOT NULL REFERENCES people(id) ON DELETE CASCADE,
            state TEXT NOT NULL)""",
        # Someone who was brought to mind. outcome: offered, done, later, let go.
        """CREATE TABLE suggestions (
            id INTEGER PRIMARY KEY AUTOINCREMENT,
            person_id INTEGER NOT NULL REFERENCES people(id) ON DELETE CASCADE,
            offered_at TEXT NOT NULL,
            outcome TEXT NOT NULL)""",
        # The one question that waits for a yes or a no.
        """CREATE TABLE open_question (
            only INTEGER PRIMARY KEY CHECK (only = 1),
            intent TEXT NOT NULL,
            person_id INTEGER REFERENCES people(id) ON DELETE CASCADE,
            asked_at TEXT NOT NULL)""",
    ):
        c.execute(statement)


def _identity_and_change(c: Connection) -> None:
    for statement in (
        # What holds now has no valid_to. superseded_by: the memory that says what holds instead.
        # A further status: retracted (it never held, and was put right).
        "ALTER TABLE memories ADD COLUMN valid_from TEXT",
        "ALTER TABLE memories ADD COLUMN valid_to TEXT",
        "ALTER TABLE memories ADD COLUMN superseded_by INTEGER REFERENCES memories(id) ON DELETE SET NULL",
        "UPDATE memories SET valid_from = substr(kept_at, 1, 10)",
        "CREATE INDEX memories_by_successor ON memories(superseded_by)",
        # What a withdrawn memory had superseded holds again, or is superseded by what superseded that one.
        """CREATE TRIGGER memory_withdrawn AFTER UPDATE OF status ON memories
            WHEN old.status IN ('pending', 'accepted', 'retracted') AND new.status IN ('ignored', 'undone') BEGIN
            UPDATE memories SET
                superseded_by = new.superseded_by,
                valid_to = CASE WHEN new.superseded_by IS NULL THEN NULL ELSE valid_to END,
                status = CASE WHEN status = 'retracted' AND new.superseded_by IS NULL THEN 'pending' ELSE status END
            WHERE superseded_by = new.id;
        END""",
        # standing: named, unclear (one note's "Joan", who could be either of two), role ("Joan's mother").
        # capture_id: the note that first spoke of them. role_of, role: whose mother, boss … someone is.
        "ALTER TABLE people ADD COLUMN standing TEXT NOT NULL DEFAULT 'named'",
        "ALTER TABLE people ADD COLUMN capture_id INTEGER REFERENCES captures(id) ON DELETE SET NULL",
        "ALTER TABLE people ADD COLUMN role_of INTEGER REFERENCES people(id) ON DELETE SET NULL",
        "ALTER TABLE people ADD COLUMN role TEXT",
        # Which capture a question of ours is about.
        "ALTER TABLE open_question ADD COLUMN capture_id INTEGER REFERENCES captures(id) ON DELETE CASCADE",
        # Two people made one, one made two, or another name for someone. kind: merge, split, alias.
        # rows: every row that it changed, before and after.
        """CREATE TABLE identity_changes (
            id INTEGER PRIMARY KEY AUTOINCREMENT,
            kind TEXT NOT NULL,
            keep_id INTEGER NOT NULL REFERENCES people(id) ON DELETE CASCADE,
            other_id INTEGER NOT NULL,
            capture_id INTEGER REFERENCES captures(id) ON DELETE SET NULL,
            rows TEXT NOT NULL)""",
    ):
        c.execute(statement)


def _refinements(c: Connection) -> None:
    for statement in (
        # One row when a language model is set: what is finished then waits for its reading.
        "CREATE TABLE refining (only INTEGER PRIMARY KEY CHECK (only = 1))",
        # The captures that wait for it. tries: how often it took too long.
        """CREATE TABLE refinements (
            capture_id INTEGER PRIMARY KEY REFERENCES captures(id) ON DELETE CASCADE,
            tries INTEGER NOT NULL DEFAULT 0)""",
    ):
        c.execute(statement)


def _days_in_words(c: Connection) -> None:
    for statement in (
        # The days of a memory as people say them, so that words find them: "Monday 4 May 2026".
        "ALTER TABLE memories ADD COLUMN days TEXT NOT NULL DEFAULT ''",
        "DROP TRIGGER memory_added",
        "DROP TRIGGER memory_gone",
        "DROP TRIGGER memory_changed",
        "DROP TABLE memory_words",
        """CREATE VIRTUAL TABLE memory_words USING fts5(text, evidence, days,
            content='memories', content_rowid='id', tokenize='porter unicode61 remove_diacritics 2')""",
        "INSERT INTO memory_words(memory_words, rank) VALUES ('secure-delete', 1)",
    ):
        c.execute(statement)
    for row in list(c.execute("SELECT id, kept_at, when_first, when_last FROM memories")):
        days = spoken_days(*(date.fromisoformat(day[:10]) for day in row[1:] if day))
        c.execute("UPDATE memories SET days = ? WHERE id = ?", (days, row[0]))
    for statement in (
        "INSERT INTO memory_words(memory_words) VALUES ('rebuild')",
        # A memory is embedded with what was told just before it: that one gone or changed, it is embedded anew.
        """CREATE TRIGGER memory_added AFTER INSERT ON memories BEGIN
            INSERT INTO memory_words(rowid, text, evidence, days) VALUES (new.id, new.text, new.evidence, new.days);
        END""",
        """CREATE TRIGGER memory_gone AFTER DELETE ON memories BEGIN
            INSERT INTO memory_words(memory_words, rowid, text, evidence, days)
                VALUES ('delete', old.id, old.text, old.evidence, old.days);
            INSERT INTO vectors_to_remove VALUES (old.id);
            UPDATE memories SET embedded_by = NULL WHERE id = old.id + 1 AND capture_id = old.capture_id;
        END""",
        """CREATE TRIGGER memory_changed AFTER UPDATE OF text, evidence, days ON memories BEGIN
            INSERT INTO memory_words(memory_words, rowid, text, evidence, days)
                VALUES ('delete', old.id, old.text, old.evidence, old.days);
            INSERT INTO memory_words(rowid, text, evidence, days) VALUES (new.id, new.text, new.evidence, new.days);
            UPDATE memories SET embedded_by = NULL WHERE id IN (new.id, new.id + 1) AND capture_id = new.capture_id;
        END""",
    ):
        c.execute(statement)


def _meetings_apart(c: Connection) -> None:
    c.execute("ALTER TABLE interactions ADD COLUMN apart INTEGER NOT NULL DEFAULT 0")  # by telephone or in writing


def _slots_by_person(c: Connection) -> None:
    for statement in (
        # What a memory says the one value of, or the end of, derived from its words: see memory/slots.py.
        # slots_by: the rules that it was derived by; NULL when it is to be derived anew.
        """CREATE TABLE slots (
            memory_id INTEGER NOT NULL REFERENCES memories(id) ON DELETE CASCADE,
            person_id INTEGER NOT NULL,
            slot TEXT NOT NULL,
            ends INTEGER NOT NULL,
            value TEXT,
            PRIMARY KEY (memory_id, person_id, slot, ends)) WITHOUT ROWID""",
        "CREATE INDEX slots_by_person ON slots(person_id, slot)",
        "CREATE INDEX slots_by_slot ON slots(slot)",
        "ALTER TABLE memories ADD COLUMN slots_by TEXT",
        "CREATE INDEX memories_by_slot_rules ON memories(slots_by)",
        *(
            f"""CREATE TRIGGER slots_after_{name} AFTER {event} BEGIN
                DELETE FROM slots WHERE memory_id IN ({changed});
                UPDATE memories SET slots_by = NULL WHERE id IN ({changed});
            END"""
            for name, event, changed in (
                ("wording", "UPDATE OF text, kind, when_first, place ON memories", "new.id"),
                ("person_added", "INSERT ON memory_people", "new.memory_id"),
                ("person_moved", "UPDATE ON memory_people", "new.memory_id"),
                ("person_gone", "DELETE ON memory_people", "old.memory_id"),
                ("naming", "UPDATE OF name ON people", _ABOUT.format("new.id")),
                ("alias_added", "INSERT ON aliases", _ABOUT.format("new.person_id")),
                ("alias_gone", "DELETE ON aliases", _ABOUT.format("old.person_id")),
            )
        ),
    ):
        c.execute(statement)


_ABOUT = "SELECT memory_id FROM memory_people WHERE person_id = {}"


def _words_of_notes(c: Connection) -> None:
    for statement in (
        # What was said, whole: what no memory was made of is found there.
        """CREATE VIRTUAL TABLE said_words USING fts5(text,
            content='captures', content_rowid='id', tokenize='porter unicode61 remove_diacritics 2')""",
        "INSERT INTO said_words(said_words, rank) VALUES ('secure-delete', 1)",
        "INSERT INTO said_words(said_words) VALUES ('rebuild')",
        """CREATE TRIGGER said AFTER INSERT ON captures BEGIN
            INSERT INTO said_words(rowid, text) VALUES (new.id, new.text);
        END""",
        """CREATE TRIGGER unsaid AFTER DELETE ON captures BEGIN
            INSERT INTO said_words(said_words, rowid, text) VALUES ('delete', old.id, old.text);
        END""",
        """CREATE TRIGGER said_otherwise AFTER UPDATE OF text ON captures BEGIN
            INSERT INTO said_words(said_words, rowid, text) VALUES ('delete', old.id, old.text);
            INSERT INTO said_words(rowid, text) VALUES (new.id, new.text);
        END""",
    ):
        c.execute(statement)


def _discretion(c: Connection) -> None:
    # What the speaker asked of a memory beyond its being sensitive: "first" (said before the rest), "private" (only
    # where nobody else hears), "unspoken" (never said aloud).
    c.execute("ALTER TABLE memories ADD COLUMN discretion TEXT")


def _overheard_and_uploaded(c: Connection) -> None:
    for statement in (
        # Further states of captures: overhearing (ambient speech, more may come), overheard (to be read), read.
        # What ambient speech tells, for a review; only what is accepted becomes a memory. about: names, as JSON.
        # state: open, accepted, ignored.
        """CREATE TABLE proposals (
            id INTEGER PRIMARY KEY AUTOINCREMENT,
            capture_id INTEGER NOT NULL REFERENCES captures(id) ON DELETE CASCADE,
            about TEXT NOT NULL,
            kind TEXT NOT NULL,
            text TEXT NOT NULL,
            evidence TEXT NOT NULL,
            when_first TEXT,
            when_last TEXT,
            place TEXT,
            sensitive INTEGER NOT NULL,
            state TEXT NOT NULL)""",
        "CREATE INDEX proposals_by_state ON proposals(state)",
        "CREATE INDEX proposals_by_text ON proposals(text)",
        # Recordings that were uploaded, so that each is kept once. Its captures' satellite is "upload" and its id.
        # complete: all of its sound is in captures.
        """CREATE TABLE uploads (
            id INTEGER PRIMARY KEY AUTOINCREMENT,
            sha256 TEXT NOT NULL UNIQUE,
            complete INTEGER NOT NULL DEFAULT 0)""",
        "CREATE INDEX captures_by_satellite ON captures(satellite)",
        # What lets a device in that can show nothing but an address: the hash of a long random token.
        """CREATE TABLE tokens (
            sha256 TEXT PRIMARY KEY,
            kind TEXT NOT NULL,
            name TEXT NOT NULL,
            UNIQUE (kind, name))""",
    ):
        c.execute(statement)


def _calendars_addresses_and_feeds(c: Connection) -> None:
    for statement in (
        # What the speaker named to be read. kind: calendar, addresses, feed. person_id: whose feed it is.
        # own: the mail addresses (JSON) that are the speaker's own there. etag, modified: to ask for what is new only.
        # polled_at: when it last answered; read_at: when it last gave all it has; due_at: when it is asked again.
        # failures: how often it did not answer since.
        """CREATE TABLE sources (
            id INTEGER PRIMARY KEY AUTOINCREMENT,
            kind TEXT NOT NULL,
            url TEXT NOT NULL,
            user TEXT,
            password TEXT,
            person_id INTEGER REFERENCES people(id) ON DELETE CASCADE,
            own TEXT NOT NULL DEFAULT '[]',
            etag TEXT,
            modified TEXT,
            polled_at TEXT,
            read_at TEXT,
            due_at TEXT,
            trouble TEXT,
            failures INTEGER NOT NULL DEFAULT 0,
            UNIQUE (kind, url))""",
        # What calendars have, each time that it happens. first, last: UTC, or days; last is not part of it.
        # attendees: names and mail addresses (JSON).
        """CREATE TABLE occurrences (
            id INTEGER PRIMARY KEY AUTOINCREMENT,
            source_id INTEGER NOT NULL REFERENCES sources(id) ON DELETE CASCADE,
            uid TEXT NOT NULL,
            title TEXT NOT NULL,
            first TEXT NOT NULL,
            last TEXT NOT NULL,
            place TEXT,
            attendees TEXT NOT NULL,
            private INTEGER NOT NULL)""",
        "CREATE INDEX occurrences_by_first ON occurrences(first)",
        "CREATE INDEX occurrences_by_last ON occurrences(last)",
        "CREATE INDEX occurrences_by_source ON occurrences(source_id)",
        # Who is in address books; nobody is known by that alone. also, mails: JSON. born, anniversary: as vCard
        # writes them, 1985-04-12, --04-12 or --04.
        """CREATE TABLE cards (
            id INTEGER PRIMARY KEY AUTOINCREMENT,
            source_id INTEGER NOT NULL REFERENCES sources(id) ON DELETE CASCADE,
            name TEXT NOT NULL,
            also TEXT NOT NULL,
            mails TEXT NOT NULL,
            born TEXT,
            anniversary TEXT)""",
        "CREATE INDEX cards_by_source ON cards(source_id)",
        # heard: it is for listening. fresh: it came while we were looking, and was not there when the feed was named.
        """CREATE TABLE feed_items (
            id INTEGER PRIMARY KEY AUTOINCREMENT,
            source_id INTEGER NOT NULL REFERENCES sources(id) ON DELETE CASCADE,
            uid TEXT NOT NULL,
            title TEXT NOT NULL,
            summary TEXT NOT NULL,
            published_at TEXT NOT NULL,
            heard INTEGER NOT NULL,
            fresh INTEGER NOT NULL,
            UNIQUE (source_id, uid))""",
        "CREATE INDEX feed_items_by_day ON feed_items(fresh, published_at)",
    ):
        c.execute(statement)


def _whereabouts(c: Connection) -> None:
    for statement in (
        # Where a device of the speaker's was last, in degrees: no track. names: their own places, as JSON.
        # since: when they came to that town or those places.
        """CREATE TABLE position (
            id INTEGER PRIMARY KEY CHECK (id = 1),
            at TEXT NOT NULL,
            latitude REAL NOT NULL,
            longitude REAL NOT NULL,
            names TEXT NOT NULL,
            since TEXT NOT NULL)""",
        # Places that they marked on it. key: its device's own.
        """CREATE TABLE landmarks (
            id INTEGER PRIMARY KEY,
            key TEXT NOT NULL UNIQUE,
            name TEXT NOT NULL,
            latitude REAL NOT NULL,
            longitude REAL NOT NULL,
            radius_metres REAL NOT NULL)""",
        "CREATE INDEX memories_by_place ON memories(kind, when_first) WHERE place IS NOT NULL",
    ):
        c.execute(statement)


def _what_became_of_occasions(c: Connection) -> None:
    for statement in (
        # Reasons to speak up, by the key that each has as long as it holds. state: saying (begun; nobody knows whether
        # it was heard), unheard, withheld (others would have heard it), offered (heard), done, later, let go.
        # Times are UTC. asked_for: it is no suggestion, but something that was to be told. said: in which words.
        "ALTER TABLE suggestions RENAME TO suggested",
        """CREATE TABLE suggestions (
            id INTEGER PRIMARY KEY AUTOINCREMENT,
            key TEXT NOT NULL UNIQUE,
            reminder_id INTEGER REFERENCES reminders(id) ON DELETE CASCADE,
            asked_for INTEGER NOT NULL,
            state TEXT NOT NULL,
            said TEXT NOT NULL,
            tries INTEGER NOT NULL,
            tried_at TEXT NOT NULL,
            offered_at TEXT,
            not_before TEXT)""",
        "CREATE INDEX suggestions_by_time ON suggestions(tried_at)",
        """CREATE TABLE suggestion_people (
            suggestion_id INTEGER NOT NULL REFERENCES suggestions(id) ON DELETE CASCADE,
            person_id INTEGER NOT NULL REFERENCES people(id) ON DELETE CASCADE,
            PRIMARY KEY (suggestion_id, person_id))""",
        "CREATE INDEX suggestion_people_by_person ON suggestion_people(person_id)",
        """INSERT INTO suggestions(id, key, asked_for, state, said, tries, tried_at, offered_at)
            SELECT id, 'reconnect/' || person_id || '/' || id, 0, outcome, '', 1, at, at
            FROM (SELECT *, strftime('%Y-%m-%dT%H:%M:%S+00:00', offered_at) AS at FROM suggested)""",
        "INSERT INTO suggestion_people SELECT id, person_id FROM suggested",
        "DROP TABLE suggested",
    ):
        c.execute(statement)


def _withheld_where_others_hear(c: Connection) -> None:
    for statement in (
        "CREATE INDEX memories_withheld ON memories(capture_id) "
        "WHERE (sensitive OR discretion IN ('private', 'unspoken'))",
        # Whether it was said where nobody else heard; unknown, of what was said before.
        "ALTER TABLE suggestions ADD COLUMN private INTEGER NOT NULL DEFAULT 1",
    ):
        c.execute(statement)


MIGRATIONS: list[Callable[[Connection], None]] = [
    _people_and_memories,
    _identity_and_change,
    _refinements,
    _days_in_words,
    _slots_by_person,
    _meetings_apart,
    _words_of_notes,
    _discretion,
    _overheard_and_uploaded,
    _calendars_addresses_and_feeds,
    _whereabouts,
    _what_became_of_occasions,
    _withheld_where_others_hear,
]
