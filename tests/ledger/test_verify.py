"""Verify: a sound ledger is sound, and every kind of tampering is named."""

from __future__ import annotations

import json
import re
from datetime import date
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import select

from ledger import book
from ledger import views
from ledger.checkpoints import parse_checkpoint
from ledger.errors import ReadError
from ledger.fulltext import full_text
from ledger.journal import checkpoint
from ledger.merkle import leaf_hash
from ledger.queries import Asked
from ledger.queries import list_predictions
from ledger.schema import TALLIES
from ledger.schema import VIEWS
from ledger.sqlite_ddl import APPEND_ONLY
from ledger.verify import verify

if TYPE_CHECKING:
    from ledger.checkpoints import Checkpoint
    from ledger.store import Ledger
    from ledger.verify import Verification

CLAIM = {"statement": "It rains in Bergen", "source": "Met office", "due_on": "2026-02-01"}


def fill(ledger: Ledger) -> None:
    book.add_many(ledger, [CLAIM, CLAIM | {"statement": "It snows", "hedge": "might"}])
    book.note(ledger, 1, "a remark")
    book.resolve(ledger, 1, "partial", reason="some")
    book.undo(ledger)
    book.resolve(ledger, 1, "true", reason="all")


def checked(ledger: Ledger, *held: Checkpoint) -> Verification:
    with ledger.read() as conn:
        return verify(conn, held)


def now(ledger: Ledger) -> Checkpoint:
    with ledger.read() as conn:
        return checkpoint(conn)


def tamper(ledger: Ledger, *statements: str) -> None:
    """As the database's owner would: without the triggers, and put back afterwards."""
    with ledger.write() as conn:
        if ledger.engine == "postgresql":
            conn.exec_driver_sql("SET LOCAL session_replication_role = replica")
            for statement in statements:
                conn.exec_driver_sql(re.sub(r"\bx'([0-9a-f]*)'", r"'\\x\1'", statement))
            return
        for name in ("event_no_update", "event_no_delete", "event_no_replace", "event_no_gap"):
            conn.exec_driver_sql(f"DROP TRIGGER {name}")
        for statement in (*statements, *APPEND_ONLY):
            conn.exec_driver_sql(statement)


def test_a_sound_ledger(ledger: Ledger) -> None:
    assert checked(ledger).ok
    fill(ledger)
    found = checked(ledger, now(ledger))
    assert found.ok
    assert found.events == 6
    assert found.root == now(ledger).root.hex()


@pytest.mark.parametrize(
    ("statement", "said"),
    [
        ("UPDATE event SET body = replace(body, 'Bergen', 'Berlin') WHERE seq = 1", "changed"),
        ("DELETE FROM event WHERE seq = 3", "missing"),
        ("DELETE FROM event WHERE seq = 6", "head"),
        ("UPDATE event SET subject = 'prediction:2' WHERE seq = 3", "disagree"),
        ("UPDATE head SET size = 4", "head"),
        ("UPDATE event SET body = 'x' WHERE seq = 2", "changed"),
        ("UPDATE prediction SET outcome = 'false' WHERE id = 1", "prediction 1 is not"),
        ("DELETE FROM note", "note 3 is not"),
        ("INSERT INTO note VALUES (77, 1, 'forged')", "note 77 is not"),
        ("INSERT INTO note VALUES (77, 99, 'forged')", "note 77 is not"),
        (
            (
                "INSERT INTO prediction (id, status, statement, source, made_on, due_on) VALUES "
                "(99, 'open', 'forged', 'me', '2026-01-01', '2026-01-01')"
            ),
            "prediction 99 is not",
        ),
        ("INSERT INTO article (id) VALUES (1)", "article 1 is not"),
        ("UPDATE event SET id = 'other' WHERE seq = 2", "disagree"),
    ],
)
def test_tampering_is_named(ledger: Ledger, statement: str, said: str) -> None:
    fill(ledger)
    tamper(ledger, statement)
    found = checked(ledger)
    assert not found.ok
    assert said in " ".join(problem.what for problem in found.problems)


def test_a_body_that_is_not_even_text_is_named(file_ledger: Ledger) -> None:
    fill(file_ledger)
    tamper(file_ledger, "UPDATE event SET body = CAST(x'ff' AS TEXT) WHERE seq = 2")
    assert "event 2 was changed" in checked(file_ledger).problems[0].what


def test_a_rewritten_history_needs_a_checkpoint_to_be_seen(ledger: Ledger) -> None:
    fill(ledger)
    held = now(ledger)
    tamper(
        ledger,
        "DELETE FROM event",
        "UPDATE head SET size = 0, frontier = x''",
        "DELETE FROM prediction",
        "DELETE FROM note",
        "DELETE FROM evidence",
        *(f"DELETE FROM {table.name}" for table in TALLIES),
    )
    fill(ledger)  # the same events at other ids: a history that hangs together
    assert checked(ledger).ok
    found = checked(ledger, held)
    assert [p.what for p in found.problems] == [
        "history before event 6 is not what the checkpoint saw"
    ]


def test_old_checkpoints_hold_as_the_journal_grows(ledger: Ledger) -> None:
    held = [now(ledger)]
    for number in range(9):
        book.add(ledger, CLAIM | {"statement": f"Claim {number}"})
        held.append(now(ledger))
    assert checked(ledger, *held).ok


def test_a_checkpoint_of_the_future_or_of_another_ledger(ledger: Ledger) -> None:
    fill(ledger)
    held = now(ledger)
    later = parse_checkpoint(held.text().replace("\n6\n", "\n7\n"), name="c")
    other = parse_checkpoint("calledit/other\n" + held.text().partition("\n")[2], name="c")
    said = [p.what for p in checked(ledger, later, other).problems]
    assert "saw 7 events" in said[0]
    assert "another ledger" in said[1]


def test_a_checkpoint_survives_its_text(ledger: Ledger) -> None:
    fill(ledger)
    held = now(ledger)
    assert parse_checkpoint(held.text(), name="c") == held
    assert parse_checkpoint(held.text() + "\n— a signature line\n", name="c") == held


@pytest.mark.parametrize(
    "text", ["", "a\nb\nc\n", "a\n-1\nAAAA\n", "o\n3\nnot base64!\n", "o\n3\n"]
)
def test_what_is_no_checkpoint_is_refused(text: str) -> None:
    with pytest.raises(ReadError, match="kept"):
        parse_checkpoint(text, name="kept.txt")


def test_rebuild_gives_the_same_views(ledger: Ledger) -> None:
    fill(ledger)

    def held() -> list[object]:
        with ledger.read() as conn:
            return [conn.execute(select(t).order_by(t.c.id)).all() for t in VIEWS]

    before = held()
    tamper(ledger, "UPDATE prediction SET statement = 'forged'", "DELETE FROM note")
    assert held() != before
    with ledger.write() as conn:
        views.rebuild(conn)
    assert held() == before


@pytest.mark.parametrize(
    ("engine", "statement", "said"),
    [
        ("sqlite", "DROP TRIGGER event_no_delete", "lacks: CREATE TRIGGER event_no_delete"),
        (
            "sqlite",
            "INSERT INTO prediction_fts(prediction_fts) VALUES ('delete-all')",
            "prediction_fts",
        ),
        (
            "postgresql",
            "DROP TRIGGER event_no_truncate ON event",
            "lacks: CREATE TRIGGER event_no_truncate",
        ),
        ("postgresql", "ALTER TABLE event DISABLE TRIGGER event_no_gap", "event_no_gap"),
        (
            "postgresql",
            (
                "CREATE OR REPLACE FUNCTION calledit_refuse() RETURNS trigger LANGUAGE plpgsql "
                "AS 'BEGIN RETURN NEW; END'"
            ),
            "event_no_change",
        ),
        ("postgresql", "DELETE FROM prediction_words WHERE prediction_id = 2", "prediction_words"),
        ("postgresql", "UPDATE prediction_words SET words = ''", "prediction_words"),
    ],
)
def test_guards_and_indexes_are_checked_too(
    ledger: Ledger, engine: str, statement: str, said: str
) -> None:
    if ledger.engine != engine:
        pytest.skip(f"a statement of {engine}")
    fill(ledger)
    with ledger.write() as conn:
        conn.exec_driver_sql(statement)
    assert said in " ".join(problem.what for problem in checked(ledger).problems)


@pytest.mark.parametrize("change", ['"type":5', '"subject":"nobody"', '"data":[]', '"deed":null'])
def test_a_forged_body_is_named_and_does_not_stop_the_check(ledger: Ledger, change: str) -> None:
    fill(ledger)
    name = change.partition(":")[0]
    with ledger.read() as conn:
        body = conn.exec_driver_sql("SELECT body FROM event WHERE seq = 2").scalar_one()
    value = json.dumps(json.loads(body)[name.strip('"')], separators=(",", ":"), sort_keys=True)
    forged = body.replace(f"{name}:{value}", change)
    assert forged != body
    tamper(ledger, f"UPDATE event SET body = '{forged}' WHERE seq = 2")
    assert 2 in {problem.event for problem in checked(ledger).problems}


def test_a_hole_is_named_once(ledger: Ledger) -> None:
    fill(ledger)
    tamper(ledger, "DELETE FROM event WHERE seq = 3")
    assert [p.what for p in checked(ledger).problems if p.event is not None] == [
        "event 3 is missing: 4 stands in its place"
    ]


def test_a_body_with_its_own_hash_that_is_out_of_form(ledger: Ledger) -> None:
    fill(ledger)
    with ledger.read() as conn:
        body = conn.exec_driver_sql("SELECT body FROM event WHERE seq = 3").scalar_one()
    loose = body.replace('"v":1', '"v": 1')
    leaf = leaf_hash(loose.encode()).hex()
    tamper(ledger, f"UPDATE event SET body = '{loose}', leaf = x'{leaf}' WHERE seq = 3")
    said = [problem.what for problem in checked(ledger).problems]
    assert said == [
        "event 3 is not in canonical form",
        "the journal's head does not fit its 6 events",
    ]


@pytest.mark.parametrize("late", [False, True])
def test_a_rebuild_that_fails_leaves_all_as_it_was(ledger: Ledger, late: bool) -> None:
    fill(ledger)

    def broken() -> None:
        with ledger.write() as conn:
            if late:
                views.rebuild(conn)
            else:
                with full_text(conn).made_anew(conn):
                    conn.exec_driver_sql("DELETE FROM prediction")
                    raise KeyboardInterrupt
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        broken()
    assert checked(ledger).ok


def test_search_finds_what_was_rebuilt_and_what_comes_after(ledger: Ledger) -> None:
    fill(ledger)
    with ledger.write() as conn:
        views.rebuild(conn)
    book.amend(ledger, 2, {"statement": "It hails"})
    with ledger.read() as conn:
        found = [
            [one.id for one in list_predictions(conn, Asked(words=word), today=date.max)]
            for word in ("rain", "hail", "snow")
        ]
        assert found == [[1], [2], []]
    assert checked(ledger).ok
