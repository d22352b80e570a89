"""Tampering: whoever holds a checkpoint sees it, and no damaged file crashes or deceives.

The file is edited as its owner can edit it. What is seen without a checkpoint kept elsewhere is
counted and told, not promised: an owner who recomputes everything leaves nothing to see.
"""

from __future__ import annotations

import random
import shutil
import sqlite3
from contextlib import closing
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pytest

from ledger.journal import checkpoint
from ledger.store import open_ledger
from ledger.verify import verify
from tests.faults import forging
from tests.faults.growing import grow
from tests.faults.growing import ticking
from tests.faults.scratch import scratch_folder
from tests.faults.sizes import report
from tests.faults.sizes import seed
from tests.faults.sizes import size

if TYPE_CHECKING:
    from collections.abc import Callable
    from collections.abc import Iterator
    from pathlib import Path

    from ledger.checkpoints import Checkpoint

    Rows = list[forging.Row]


@dataclass(frozen=True)
class Grown:
    """A ledger's file, what its events number, and what others kept of it on the way."""

    path: Path
    size: int
    held: dict[int, Checkpoint]
    backups: dict[int, Path]

    @property
    def head(self) -> Checkpoint:
        return self.held[self.size]

    def old(self, rng: random.Random) -> Checkpoint:
        """A checkpoint 21 to 49 events old."""
        ages = [size for size in self.held if 21 <= self.size - size <= 49]
        return self.held[rng.choice(ages)]


@pytest.fixture
def scratch() -> Iterator[Path]:
    """A folder in memory."""
    with scratch_folder() as folder:
        yield folder


@pytest.fixture(scope="module")
def grown(tmp_path_factory: pytest.TempPathFactory) -> Grown:
    """Some 250 events."""
    folder = tmp_path_factory.mktemp("tampering")
    ledger = open_ledger(folder / "a.db", clock=ticking())
    rng = random.Random(seed())
    held: dict[int, Checkpoint] = {}
    backups: dict[int, Path] = {}
    while max(held, default=0) < 250:
        grow(ledger, rng, 3)
        with ledger.read() as conn:
            now = checkpoint(conn)
        held[now.size] = now
        if now.size > 200 and now.size not in backups:
            backups[now.size] = folder / f"{now.size}.db"
            shutil.copy(ledger.where, backups[now.size])
    ledger.close()
    return Grown(folder / "a.db", max(held), held, backups)


def copied(path: Path, folder: Path) -> Path:
    """A copy to tamper with."""
    shutil.copy(path, folder / "b.db")
    return folder / "b.db"


@dataclass
class Seen:
    """How often a class of tampering was tried, and seen by whom."""

    tried: int = 0
    alone: int = 0
    head: int = 0
    old: int = 0
    before_old: int = 0

    def line(self, name: str) -> str:
        return (
            f"{name}: {self.tried} tried; seen alone {self.alone / self.tried:.0%}, with the head "
            f"kept elsewhere {self.head / self.tried:.0%}, with one 21-49 events old "
            f"{self.old / self.tried:.0%} ({self.before_old} lay before it)"
        )


def judge(path: Path, seen: Seen, head: Checkpoint, old: Checkpoint, first_changed: int) -> None:
    """Verify as it is, then with each checkpoint; what each must see, it sees."""
    ledger = open_ledger(path, clock=ticking())
    with ledger.read() as conn:
        alone = not verify(conn).ok
        by_head = alone or not verify(conn, [head]).ok
        by_old = alone or not verify(conn, [old]).ok
    ledger.close()
    seen.tried += 1
    seen.alone += alone
    seen.head += by_head
    seen.old += by_old
    seen.before_old += first_changed <= old.size
    assert by_head
    assert by_old or first_changed > old.size


LEFT = {  # the hashes are left as they were
    "edit a body": forging.edit,
    "edit and rehash it": forging.edit_and_rehash,
    "delete": forging.delete,
    "swap two": forging.swap,
    "insert with an earlier date": forging.backdate,
}


@pytest.mark.parametrize("name", LEFT)
def test_a_change_that_leaves_the_hashes_is_seen_by_anyone(
    grown: Grown, scratch: Path, name: str
) -> None:
    rng, seen = random.Random(f"{seed()} {name}"), Seen()
    for _ in range(size("tamperings")):
        path = copied(grown.path, scratch)
        place = rng.randrange(grown.size)
        forging.forge(path, lambda rows, at=place: LEFT[name](rng, rows, at))  # type: ignore[misc]
        judge(path, seen, grown.head, grown.old(rng), 1)
    report(seen.line(name))
    assert seen.alone == seen.tried


def truncate(rng: random.Random, rows: Rows) -> int:
    del rows[len(rows) - rng.randint(1, 49) :]
    return len(rows) + 1


def edit_anywhere(rng: random.Random, rows: Rows) -> int:
    place = rng.randrange(len(rows))
    forging.edit(rng, rows, place)
    return place + 1


def delete_anywhere(rng: random.Random, rows: Rows) -> int:
    place = rng.choice(forging.can_be_missed(rows))
    del rows[place]
    return place + 1


FITTED: dict[str, Callable[[random.Random, Rows], int]] = {  # and everything made to fit
    "truncate the tail": truncate,
    "edit and recompute": edit_anywhere,
    "delete and recompute": delete_anywhere,
}


@pytest.mark.parametrize("name", FITTED)
def test_a_history_made_to_fit_is_seen_by_whoever_kept_a_checkpoint(
    grown: Grown, scratch: Path, name: str
) -> None:
    rng, seen = random.Random(f"{seed()} {name}"), Seen()
    for _ in range(size("tamperings")):
        path = copied(grown.path, scratch)
        changed: list[int] = []
        forging.forge(path, lambda rows, out=changed: out.append(FITTED[name](rng, rows)))  # type: ignore[misc]
        forging.make_it_fit(path)
        judge(path, seen, grown.head, grown.old(rng), changed[0])
    report(seen.line(name))


def test_an_old_backup_put_back_is_seen_by_whoever_kept_a_checkpoint(
    grown: Grown, scratch: Path
) -> None:
    rng, seen = random.Random(f"{seed()} backup"), Seen()
    choices = [number for number in grown.backups if 0 < grown.size - number <= 49]
    for _ in range(size("tamperings")):
        number = rng.choice(choices)
        path = copied(grown.backups[number], scratch)
        judge(path, seen, grown.head, grown.old(rng), number + 1)
    report(seen.line("restore an old backup"))


STATEMENTS = (
    "UPDATE event SET body = body || ' ' WHERE seq = {seq}",
    "UPDATE event SET subject = 'prediction:9' WHERE seq >= {seq}",
    "UPDATE OR REPLACE event SET seq = {seq} WHERE seq = 1 + {seq} % {size}",
    "UPDATE OR IGNORE event SET id = 'x' WHERE seq = {seq}",
    "DELETE FROM event WHERE seq = {seq}",
    "DELETE FROM event WHERE seq > {seq} - 1",
    "INSERT OR REPLACE INTO event VALUES ({seq}, 'x', 's', '{{}}', x'00')",
    "INSERT OR IGNORE INTO event SELECT seq, 'x', subject, body, leaf FROM event WHERE seq = {seq}",
    "REPLACE INTO event SELECT {size} + 1, id, subject, '', leaf FROM event WHERE seq = {seq}",
    "INSERT INTO event VALUES ({size} + {seq} + 1, 'x', 's', '{{}}', x'00')",
    "INSERT INTO event VALUES (-{seq}, 'x', 's', '{{}}', x'00')",
    (
        "INSERT INTO event SELECT {seq}, 'x', 's', 'b', x'00' WHERE true "
        "ON CONFLICT (seq) DO UPDATE SET body = 'b'"
    ),
)


@pytest.mark.parametrize("statement", STATEMENTS)
@pytest.mark.parametrize("recursive", [0, 1])
def test_sql_cannot_edit_the_journal(
    grown: Grown, scratch: Path, statement: str, recursive: int
) -> None:
    rng = random.Random(f"{seed()} {statement}")
    path = copied(grown.path, scratch)
    with closing(sqlite3.connect(path)) as raw:
        raw.execute(f"PRAGMA recursive_triggers={recursive}")
        query = "SELECT * FROM event ORDER BY seq"
        before = raw.execute(query).fetchall()
        for _ in range(size("tamperings")):
            filled = statement.format(seq=rng.randint(1, grown.size), size=grown.size)
            with pytest.raises(sqlite3.IntegrityError):
                raw.execute(filled)
        assert raw.execute(query).fetchall() == before
