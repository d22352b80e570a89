"""Damage: flipped bytes and forged rows are seen, or change nothing that anybody is shown."""

from __future__ import annotations

import random
import shutil
import time
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING
from typing import Any

import pytest
from sqlalchemy import select

from ledger.errors import CalledItError
from ledger.newsroom import search_items
from ledger.queries import Asked
from ledger.queries import list_predictions
from ledger.queries import whole
from ledger.schema import metadata
from ledger.store import open_ledger
from ledger.verify import verify
from tests.faults.growing import TODAY
from tests.faults.growing import grow
from tests.faults.growing import ticking
from tests.faults.sizes import report
from tests.faults.sizes import seed
from tests.faults.sizes import size

if TYPE_CHECKING:
    from pathlib import Path

    from sqlalchemy import Connection

NEWSROOM = {"article_text", "feed", "item", "item_revision", "link"}
_LONG = 20.0  # seconds, of which a check of so small a file needs a tenth


@pytest.fixture(scope="module")
def whole_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A ledger of a few dozen events."""
    ledger = open_ledger(tmp_path_factory.mktemp("damage") / "a.db", clock=ticking())
    grow(ledger, random.Random(7), 150)
    ledger.close()
    from pathlib import Path

    return Path(ledger.where)


def copied(path: Path, folder: Path) -> Path:
    """A copy to damage."""
    shutil.copy(path, folder / "b.db")
    return folder / "b.db"


def shown(conn: Connection) -> dict[str, Any]:
    """All that a verb can show, by what it is read from: tables, indexes, searches, schema."""
    found: dict[str, Any] = {}
    for table in metadata.sorted_tables:
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
    found["schema"] = conn.exec_driver_sql("SELECT type, name, sql FROM sqlite_schema").all()
    return found


@dataclass(frozen=True)
class Found:
    """What became of a damaged file."""

    verdict: str  # refused, told, harmless, newsroom, missed
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
    kind = "newsroom" if all(name.split()[0] in NEWSROOM for name in changed) else "missed"
    return Found(kind, ", ".join(changed))


def baseline(path: Path) -> dict[str, Any]:
    ledger = open_ledger(path, clock=ticking())
    with ledger.read() as conn:
        assert verify(conn).ok
        found = shown(conn)
    ledger.close()
    return found


def test_a_flipped_bit_is_seen_or_harmless(whole_file: Path, tmp_path: Path) -> None:
    rng = random.Random(seed())
    before = baseline(whole_file)
    verdicts: Counter[str] = Counter()
    data = whole_file.read_bytes()
    wrong = []
    for _ in range(size("byte_flips")):
        place, bit = rng.randrange(len(data)), rng.randrange(8)
        path = copied(whole_file, tmp_path)
        with path.open("r+b") as file:
            file.seek(place)
            file.write(bytes([data[place] ^ 1 << bit]))
        start = time.monotonic()
        try:
            found = examine(path, before)
        except Exception as error:
            found = Found("crashed", f"{type(error).__name__}: {error}"[:150])
        assert time.monotonic() - start < _LONG
        verdicts[found.verdict] += 1
        if found.verdict in ("missed", "crashed"):
            wrong.append((place, bit, found.detail))
    report(f"flipped bits: {dict(verdicts)} of {len(data)} bytes")
    assert wrong == []
