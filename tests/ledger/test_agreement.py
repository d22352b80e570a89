"""Kept checkpoints against the journal: agreement counted, and disagreement with its file."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING
from typing import Any

import pytest
from sqlalchemy.event import listen

from ledger import book
from ledger.agreement import of_ledger
from ledger.agreement import verify_against
from ledger.checkpoints import Checkpoint
from ledger.checkpoints import KeptText
from ledger.checkpoints import parse_checkpoints
from ledger.journal import checkpoint
from ledger.merkle import leaf_hash
from ledger.store import open_ledger
from tests.ledger.test_verify import CLAIM
from tests.ledger.test_verify import tamper

if TYPE_CHECKING:
    from pathlib import Path

    from ledger.agreement import Agreement
    from ledger.clock import Clock
    from ledger.store import Ledger
    from ledger.verify import Verification


def now(ledger: Ledger) -> Checkpoint:
    with ledger.read() as conn:
        return checkpoint(conn)


def grow(ledger: Ledger, count: int) -> list[Checkpoint]:
    """Checkpoints before and after each new event."""
    held = [now(ledger)]
    for number in range(count):
        book.add(ledger, CLAIM | {"statement": f"Claim {number}"})
        held.append(now(ledger))
    return held


def kept(*held: Checkpoint, name: str = "kept") -> KeptText:
    return parse_checkpoints("\n".join(one.text() for one in held), name=name)


def checked(ledger: Ledger, *texts: KeptText) -> tuple[Verification, list[Agreement]]:
    with ledger.read() as conn:
        return verify_against(conn, texts)


def test_agreement_is_counted(ledger: Ledger) -> None:
    held = grow(ledger, 7)
    found, (first, second) = checked(ledger, kept(*held), kept(held[3], name="other"))
    assert found.ok
    assert (first.kept, first.agreed, first.problem) == (8, 8, "")
    assert (second.name, second.kept, second.agreed) == ("other", 1, 1)


def test_an_older_copy_is_named_with_the_file_that_knows_better(
    file_ledger: Ledger, clock: Clock, tmp_path: Path
) -> None:
    grow(file_ledger, 3)
    copy = tmp_path / "copy.db"
    shutil.copy(file_ledger.where, copy)
    held = grow(file_ledger, 4)
    restored = open_ledger(copy, clock=clock)
    found, (agreement,) = checked(restored, kept(*held))
    restored.close()
    assert found.ok  # taken alone, nothing is wrong with it
    assert (agreement.kept, agreement.agreed) == (5, 1)
    assert agreement.problem.startswith("kept, line 17: a checkpoint saw 7 events, the journal")
    assert "holds 3: it was cut short" in agreement.problem


def test_a_rewritten_history_is_narrowed_down(ledger: Ledger) -> None:
    held = grow(ledger, 9)
    with ledger.read() as conn:
        query = "SELECT body, id, subject FROM event ORDER BY seq"
        rows = list(conn.exec_driver_sql(query))
    bodies = [str(row.body).replace("Claim 4", "Claim 5") for row in rows]
    tamper(ledger, *rewritten(bodies))
    found, (agreement,) = checked(ledger, kept(*held[::3]))
    assert not any(problem.event for problem in found.problems)  # the hashes fit the forgery
    assert (agreement.kept, agreement.agreed) == (4, 2)
    assert "events 4 to 6 are not what the checkpoint saw" in agreement.problem


def rewritten(bodies: list[str]) -> list[str]:
    """What a forger with the file does: bodies, leaves and head anew, all fitting."""
    from ledger.merkle import Frontier

    statements = []
    for seq, body in enumerate(bodies, start=1):
        leaf, text = leaf_hash(body.encode()).hex(), body.replace("'", "''")
        where = f"WHERE seq = {seq}"
        statements.append(f"UPDATE event SET body = '{text}', leaf = x'{leaf}' {where}")
    frontier = Frontier().extend(leaf_hash(body.encode()) for body in bodies).to_bytes().hex()
    return [*statements, f"UPDATE head SET frontier = x'{frontier}'"]


def test_another_ledgers_checkpoints(ledger: Ledger) -> None:
    mine = now(ledger)
    other = Checkpoint("calledit/other", 1, leaf_hash(b""))
    _, (agreement,) = checked(ledger, kept(other))
    assert (agreement.kept, agreement.agreed) == (0, 0)
    assert "of another ledger (calledit/other), not of this one" in agreement.problem
    mixed = of_ledger(kept(other, mine, other), mine.origin)
    assert [one.checkpoint for one in mixed.kept] == [mine]
    found, (agreement,) = checked(ledger, mixed)
    assert (found.ok, agreement.kept, agreement.agreed) == (True, 1, 1)


def test_other_damage_is_told_beside_the_checkpoints(ledger: Ledger) -> None:
    held = grow(ledger, 3)
    tamper(ledger, "UPDATE prediction SET statement = 'forged' WHERE id = 1")
    found, (agreement,) = checked(ledger, kept(*held))
    said = [problem.what for problem in found.problems]
    assert said[-1] == "prediction 1 is not what the events say; `calledit rebuild`"
    assert (agreement.agreed, agreement.problem) == (4, "")


@pytest.mark.parametrize("forged", [False, True])
def test_the_events_are_read_once_whatever_the_files_say(ledger: Ledger, forged: bool) -> None:
    held = grow(ledger, 3)
    wrong = Checkpoint(held[2].origin, 2, leaf_hash(b"")) if forged else held[2]
    passes = []

    def count(*said: Any) -> None:
        statement = said[2]
        if "event.body" in statement and "WHERE" not in statement:
            passes.append(statement)

    with ledger.read() as conn:
        listen(conn, "before_cursor_execute", count)
        found, agreements = verify_against(conn, [kept(*held), kept(wrong)])
    assert found.ok
    assert [one.agreed for one in agreements] == [4, int(not forged)]
    assert len(passes) == 1


def test_where_events_cannot_be_read_no_file_is_blamed(file_ledger: Ledger) -> None:
    held = grow(file_ledger, 3)
    with file_ledger.write() as conn:
        conn.exec_driver_sql("DROP TABLE event")
    found, (agreement,) = checked(file_ledger, kept(*held))
    assert not found.ok
    assert (agreement.kept, agreement.agreed, agreement.problem) == (4, 0, "")
