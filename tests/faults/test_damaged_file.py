"""What was changed in a file below SQL is told by verify, and stops no verb with a traceback."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from typing import TYPE_CHECKING

import pytest

from ledger import book
from ledger.errors import CalledItError
from ledger.errors import DamagedError
from ledger.errors import LedgerError
from ledger.newsroom import list_feeds
from ledger.queries import Asked
from ledger.queries import get_prediction
from ledger.queries import list_predictions
from ledger.queries import whole
from ledger.store import open_ledger
from ledger.verify import verify

if TYPE_CHECKING:
    from collections.abc import Callable

    from ledger.store import Ledger

CLAIM = {"statement": "Rain", "source": "Met", "made_on": "2025-01-01", "due_on": "2026-02-01"}


def owner(ledger: Ledger, *statements: str) -> None:
    """As the file's owner can, whatever the schema says."""
    ledger.close()
    with closing(sqlite3.connect(ledger.where, isolation_level=None)) as raw:
        raw.execute("PRAGMA writable_schema=ON")
        for statement in statements:
            raw.execute(statement)


def reopened_and_checked(ledger: Ledger) -> bool:
    """Whether it is called sound; an error of ours is an answer too."""
    try:
        again = open_ledger(ledger.where, clock=ledger.clock)
    except CalledItError:
        return False
    try:
        with again.read() as conn:
            return verify(conn).ok
    except CalledItError:
        return False
    finally:
        again.close()


def test_a_damaged_index_is_told(file_ledger: Ledger) -> None:
    book.add_many(file_ledger, [CLAIM | {"source": f"Source {number}"} for number in range(40)])
    file_ledger.close()
    with closing(sqlite3.connect(file_ledger.where)) as raw:
        query = "SELECT rootpage FROM sqlite_schema WHERE name = 'ix_prediction_source'"
        page = raw.execute(query).fetchone()[0]
        width = raw.execute("PRAGMA page_size").fetchone()[0]
    with open(file_ledger.where, "r+b") as file:  # noqa: PTH123 (read and written in place)
        file.seek((page - 1) * width)
        index = file.read(width)
        file.seek((page - 1) * width)
        file.write(index.replace(b"Source 7", b"Source x"))
    assert not reopened_and_checked(file_ledger)


def test_a_changed_schema_is_told(file_ledger: Ledger) -> None:
    old, new = "DEFAULT ''suggested''", "DEFAULT ''suggestee''"
    owner(file_ledger, f"UPDATE sqlite_schema SET sql = replace(sql, '{old}', '{new}')")
    assert not reopened_and_checked(file_ledger)


LAX = "UPDATE sqlite_schema SET sql = replace(replace(sql, 'STRICT', ''), 'NOT NULL', '')"


@pytest.mark.parametrize("value", ["CAST(body AS BLOB)", "NULL"])
def test_a_body_that_is_no_text_is_told(file_ledger: Ledger, value: str) -> None:
    book.add(file_ledger, CLAIM)
    owner(file_ledger, LAX, "DROP TRIGGER event_no_update")
    owner(file_ledger, f"UPDATE event SET body = {value}")
    assert not reopened_and_checked(file_ledger)


def test_a_second_head_is_told(file_ledger: Ledger) -> None:
    owner(file_ledger, "UPDATE sqlite_schema SET sql = replace(sql, 'id = 1', 'id > 0')")
    owner(file_ledger, "INSERT INTO head VALUES (2, 0, x'')")
    assert not reopened_and_checked(file_ledger)


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE meta SET value = 'one' WHERE key = 'schema'",
        "DELETE FROM meta WHERE key = 'schema'",
    ],
)
def test_a_schema_that_is_no_number_is_told(file_ledger: Ledger, statement: str) -> None:
    owner(file_ledger, statement)
    assert not reopened_and_checked(file_ledger)


def test_a_schema_that_is_no_text_is_told(file_ledger: Ledger) -> None:
    name = "CAST(x'c1657874' AS TEXT)"
    owner(file_ledger, f"UPDATE sqlite_schema SET name = {name}, sql = 'x' WHERE name = 'meta'")
    with pytest.raises(LedgerError, match="is damaged"):
        open_ledger(file_ledger.where).close()


def _whole(ledger: Ledger) -> object:
    with ledger.read() as conn:
        return whole(conn, get_prediction(conn, 1))


READERS: dict[str, Callable[[Ledger], object]] = {
    "show": _whole,
    "undo": book.undo,
    "add": lambda ledger: book.add(ledger, CLAIM),
}


@pytest.mark.parametrize("verb", ["show", "undo"])
def test_a_damaged_event_is_an_error_of_ours(file_ledger: Ledger, verb: str) -> None:
    book.add(file_ledger, CLAIM)
    owner(file_ledger, "DROP TRIGGER event_no_update", "UPDATE event SET body = 'x'")
    with pytest.raises(DamagedError, match="`calledit verify` tells more"):
        READERS[verb](file_ledger)


@pytest.mark.parametrize("statement", ["UPDATE head SET frontier = x'00'", "DELETE FROM head"])
def test_a_damaged_head_is_an_error_of_ours(file_ledger: Ledger, statement: str) -> None:
    book.add(file_ledger, CLAIM)
    owner(file_ledger, statement)
    with pytest.raises(DamagedError, match="`calledit verify` tells more"):
        READERS["add"](file_ledger)


@pytest.mark.parametrize(
    ("statement", "said"),
    [
        ("DROP INDEX ix_prediction_source", "lacks: CREATE INDEX ix_prediction_source"),
        ("DROP TABLE note", "lacks: CREATE TABLE note"),
        ("DROP TABLE item_fts", "lacks: CREATE TABLE item_fts"),
        (
            "CREATE TRIGGER x AFTER INSERT ON note BEGIN DELETE FROM note; END",
            "trigger x is not ours",
        ),
        ("ALTER TABLE item ADD COLUMN x TEXT", "table item is not as this version makes it"),
        ("ALTER TABLE feed ADD COLUMN x TEXT", "table feed is not as this version makes it"),
    ],
)
def test_another_layout_is_named(file_ledger: Ledger, statement: str, said: str) -> None:
    owner(file_ledger, statement)
    with open_ledger(file_ledger.where).read() as conn:
        assert said in " ".join(problem.what for problem in verify(conn).problems)


def test_statistics_are_no_damage(file_ledger: Ledger) -> None:
    book.add(file_ledger, CLAIM)
    owner(file_ledger, "ANALYZE")
    assert reopened_and_checked(file_ledger)


def test_what_sqlite_says_of_a_lax_table_is_told_with_what_it_stopped(
    file_ledger: Ledger,
) -> None:
    book.add(file_ledger, CLAIM)
    owner(file_ledger, LAX, "DROP TRIGGER event_no_update")
    owner(file_ledger, "UPDATE event SET subject = NULL")
    with open_ledger(file_ledger.where).read() as conn:
        said = [problem.what for problem in verify(conn).problems]
    assert "the database's table event is not as this version makes it" in said
    assert said[-1].startswith("the rest cannot be compared")


@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("due_on", "'tomorrow'"),
        ("due_on", "NULL"),
        ("tags", "'{'"),
        ("tags", "'[1]'"),
        ("statement", "x'ff'"),
        ("version", "'many'"),
        ("outcome", "'maybe'"),
        ("probability", "'likely'"),
    ],
)
def test_a_prediction_that_cannot_be_read_is_named(
    file_ledger: Ledger, column: str, value: str
) -> None:
    book.add(file_ledger, CLAIM)
    owner(file_ledger, LAX)
    owner(file_ledger, f"UPDATE prediction SET {column} = {value}")
    with pytest.raises(DamagedError, match=f"prediction 1 cannot be read: its {column} is"):
        READERS["show"](file_ledger)


def test_a_feed_that_cannot_be_read_is_named(file_ledger: Ledger) -> None:
    owner(file_ledger, "INSERT INTO feed (url, tags) VALUES ('https://a.example', 'city')")
    with (
        pytest.raises(DamagedError, match="feed 1 cannot be read: its tags"),
        file_ledger.read() as conn,
    ):
        list_feeds(conn)


def test_an_event_without_its_data_is_the_ledgers_fault(file_ledger: Ledger) -> None:
    book.add(file_ledger, CLAIM)
    book.note(file_ledger, 1, "a remark")
    bare = "replace(body, '{\"text\":\"a remark\"}', '{}')"
    owner(file_ledger, "DROP TRIGGER event_no_update", f"UPDATE event SET body = {bare}")
    with pytest.raises(DamagedError, match="is damaged: event 2 was changed"):
        book.amend(file_ledger, 1, {"statement": "Snow"})


def test_a_mistake_of_ours_is_not_put_on_a_sound_ledger(ledger: Ledger) -> None:
    book.add(ledger, CLAIM)
    with pytest.raises(KeyError, match="ours"), ledger.read():
        raise KeyError("ours")
    with ledger.read() as conn:
        asked = Asked(status="all")
        assert len(list_predictions(conn, asked, today=ledger.clock.today())) == 1
