"""Damage: flipped bytes and forged rows are seen, or change nothing that anybody is shown."""

from __future__ import annotations

import random
import shutil
import sqlite3
import time
from collections import Counter
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING
from typing import Any

import pytest
from sqlalchemy import select

from ledger.engines import sqlite
from ledger.errors import CalledItError
from ledger.journal import checkpoint
from ledger.newsroom import add_feed
from ledger.newsroom import search_items
from ledger.queries import Asked
from ledger.queries import list_predictions
from ledger.queries import whole
from ledger.schema import TALLIES
from ledger.schema import VIEWS
from ledger.schema import metadata
from ledger.scoring.scorecard import score
from ledger.sqlite_ddl import APPEND_ONLY
from ledger.sqlite_layout import _OF_FTS5
from ledger.store import open_ledger
from ledger.verify import verify
from tests.faults.growing import TODAY
from tests.faults.growing import grow
from tests.faults.growing import ticking
from tests.faults.scratch import scratch_folder
from tests.faults.sizes import report
from tests.faults.sizes import seed
from tests.faults.sizes import size
from tests.faults.verbs import crashes
from tests.faults.verbs import where

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sqlalchemy import Connection

NEWSROOM = {"article_text", "feed", "item", "item_revision", "link"}
_LONG = 20.0  # seconds, of which a check of so small a file needs a tenth


@pytest.fixture
def scratch() -> Iterator[Path]:
    """A folder in memory."""
    with scratch_folder() as folder:
        yield folder


@pytest.fixture(scope="module")
def whole_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A ledger of a few dozen events, some news and two feeds."""
    ledger = open_ledger(tmp_path_factory.mktemp("damage") / "a.db", clock=ticking())
    for name in ("a", "b"):
        add_feed(ledger, f"https://{name}.example/feed", tags=["city"])
    grow(ledger, random.Random(7), 150)
    ledger.close()
    return Path(ledger.where)


def copied(path: Path, folder: Path) -> Path:
    """A copy to damage."""
    shutil.copy(path, folder / "b.db")
    return folder / "b.db"


def shown(conn: Connection) -> dict[str, Any]:
    """All that a verb can show, by what it is read from: tables, indexes, searches, schema."""
    found: dict[str, Any] = {}
    for table in metadata.sorted_tables:
        if table in TALLIES:
            continue  # only what is made of them is shown: the scores
        found[table.name] = [tuple(row) for row in conn.execute(select(table))]
    indexes = conn.exec_driver_sql(
        "SELECT i.tbl_name, i.name, group_concat(c.name) FROM sqlite_schema i, "
        "pragma_index_info(i.name) c WHERE i.type = 'index' GROUP BY i.name ORDER BY i.name"
    ).all()
    for table_name, index, columns in indexes:
        query = f"SELECT {columns} FROM {table_name} INDEXED BY {index} ORDER BY {columns}"
        found[f"{table_name} by {index}"] = conn.exec_driver_sql(query).all()
    found["list"] = [
        whole(conn, one)
        for one in list_predictions(conn, Asked(status="all", sort="id"), today=TODAY)
    ]
    for words in ("claim", "rises", "source 3", "tag1", "mm", "zzz"):
        found_ids = list_predictions(conn, Asked(status="all", words=words), today=TODAY)
        found[f"prediction_fts {words}"] = [one.id for one in found_ids]
        found[f"item_fts {words}"] = [one.id for one in search_items(conn, words)]
    found["item_fts news"] = [one.id for one in search_items(conn, "news")]
    found["score"] = [score(conn, today=TODAY), score(conn, today=TODAY, sources=["Source 3"])]
    schema = conn.exec_driver_sql("SELECT type, name, sql FROM sqlite_schema").all()
    # How FTS5 lays out its own tables is its affair; that it finds what it should is ours.
    found["schema"] = [row for row in schema if not row.name.endswith(_OF_FTS5)]
    return found


@dataclass(frozen=True)
class Found:
    """What became of a damaged file."""

    verdict: str  # refused, told, harmless, newsroom, origin, missed, crashed
    detail: str


def examine(path: Path, before: dict[str, Any]) -> Found:
    """Open, read and verify; any error that is not ours goes through."""
    try:
        ledger = open_ledger(path, clock=ticking(), create=False)
    except CalledItError as error:
        return Found("refused", str(error))
    try:
        with ledger.read() as conn:
            found = verify(conn)
        if not found.ok:
            return Found("told", found.problems[0].what)
        with ledger.read() as conn:
            now = shown(conn)
    except CalledItError as error:
        return Found("refused", str(error))
    finally:
        ledger.close()
    changed = [name for name in before if now.get(name) != before[name]]
    if not changed:
        return Found("harmless", "")
    if changed[0] == "meta" and all(name.split()[0] == "meta" for name in changed):
        return Found("origin", "")  # see the last test of this page
    kind = "newsroom" if all(name.split()[0] in NEWSROOM for name in changed) else "missed"
    return Found(kind, ", ".join(changed))


def baseline(path: Path) -> dict[str, Any]:
    ledger = open_ledger(path, clock=ticking())
    with ledger.read() as conn:
        assert verify(conn).ok
        found = shown(conn)
    ledger.close()
    return found


def test_a_flipped_bit_is_seen_or_harmless(
    whole_file: Path, scratch: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sqlite, "BUSY_MS", 1_000)  # a flip can look like a lock
    monkeypatch.setenv("XDG_DATA_HOME", str(scratch / "data"))
    rng = random.Random(seed())
    before = baseline(whole_file)
    data = whole_file.read_bytes()
    verdicts: Counter[str] = Counter()
    wrong = []
    for _ in range(size("byte_flips")):
        place, bit = rng.randrange(len(data)), rng.randrange(8)
        path = copied(whole_file, scratch)
        with path.open("r+b") as file:
            file.seek(place)
            file.write(bytes([data[place] ^ 1 << bit]))
        found = examined(path, before, rng)
        verdicts[found.verdict] += 1
        if found.verdict in ("missed", "crashed"):
            wrong.append((place, bit, found.verdict, found.detail))
    report(f"flipped bits: {dict(verdicts)} of {len(data)} bytes")
    assert wrong == []


def examined(path: Path, before: dict[str, Any], rng: random.Random) -> Found:
    """As `examine`, in bounded time, and with a crash as a verdict; then verbs are tried."""
    start = time.monotonic()
    try:
        found = examine(path, before)
    except Exception as error:  # noqa: BLE001 (whatever is not ours is a crash)
        return Found("crashed", where(error))
    assert time.monotonic() - start < _LONG
    if found.verdict != "harmless" and (crashed := list(crashes(path, rng, size("verbs_a_flip")))):
        return Found("crashed", f"{found.verdict}: {crashed}")
    return found


# ── forged rows ─────────────────────────────────────────────────────────────────────────────


def forgeries() -> list[str]:
    """For every column that is folded or hashed: another value, of the column's own kind."""
    statements = []
    for table in (*VIEWS, metadata.tables["event"], metadata.tables["head"]):
        one = f"WHERE rowid = (SELECT max(rowid) FROM {table.name})"
        statements.append(f"DELETE FROM {table.name} {one}")
        for column in table.columns:
            kind = str(column.type)
            other = {"TEXT": f"ifnull({column.name}, '') || '1'", "INTEGER": "ifnull({0}, 0) + 1"}
            value = other.get(kind, "CAST({0} || x'00' AS BLOB)").format(column.name)
            if column.name == "id" and table.name == "head":
                continue  # one row, whose id must be 1
            statements.append(f"UPDATE {table.name} SET {column.name} = {value} {one}")
            if column.nullable:
                statements.append(
                    f"UPDATE {table.name} SET {column.name} = "
                    f"CASE WHEN {column.name} IS NULL THEN '7' END {one}"
                )
    return statements


@pytest.mark.parametrize("statement", forgeries())
def test_a_forged_row_is_told(whole_file: Path, scratch: Path, statement: str) -> None:
    path = copied(whole_file, scratch)
    with closing(sqlite3.connect(path, isolation_level=None)) as raw:
        for trigger in APPEND_ONLY:
            raw.execute(f"DROP TRIGGER {trigger.split()[2]}")
        before = raw.total_changes
        raw.execute(statement)
        assert raw.total_changes > before
        for trigger in APPEND_ONLY:
            raw.execute(trigger)
    ledger = open_ledger(path, clock=ticking())
    with ledger.read() as conn:
        assert not verify(conn).ok
    ledger.close()


@pytest.mark.parametrize("table", ["prediction", "item"])
@pytest.mark.parametrize(
    "statement",
    [
        "INSERT INTO {0}_fts({0}_fts) VALUES ('delete-all')",
        "DELETE FROM {0}_fts_docsize WHERE id = (SELECT max(id) FROM {0}_fts_docsize)",
        "DELETE FROM {0}_fts_data WHERE id = (SELECT max(id) FROM {0}_fts_data)",
        "DROP TRIGGER {0}_fts_update",
    ],
)
def test_a_forged_search_index_is_told(
    whole_file: Path, scratch: Path, table: str, statement: str
) -> None:
    path = copied(whole_file, scratch)
    with closing(sqlite3.connect(path, isolation_level=None)) as raw:
        raw.execute(statement.format(table))
    ledger = open_ledger(path, clock=ticking())
    with ledger.read() as conn:
        assert not verify(conn).ok
    ledger.close()


def test_a_forged_origin_is_told_to_whoever_holds_a_checkpoint(
    whole_file: Path, scratch: Path
) -> None:
    path = copied(whole_file, scratch)
    ledger = open_ledger(path)
    with ledger.write() as conn:
        held = checkpoint(conn)
        conn.exec_driver_sql("UPDATE meta SET value = 'calledit/x' WHERE key = 'origin'")
    with ledger.read() as conn:
        assert not verify(conn, [held]).ok
    ledger.close()
