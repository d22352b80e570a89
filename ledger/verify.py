"""Check a ledger from its stored bytes up: leaves, head, views, and checkpoints held elsewhere."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING
from typing import Any

from sqlalchemy import select

from ledger import journal
from ledger import views
from ledger.clean import clean_line
from ledger.engines import engine_module
from ledger.events import EVENT_TYPES
from ledger.events import canonical
from ledger.events import parse_event
from ledger.fulltext import full_text
from ledger.journal import Entry
from ledger.merkle import Frontier
from ledger.merkle import leaf_hash
from ledger.schema import VIEWS
from ledger.schema import event as event_table
from ledger.schema import head as head_table

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy import Connection
    from sqlalchemy import Row

    from ledger.checkpoints import Checkpoint


@dataclass(frozen=True, slots=True)
class Problem:
    """What is wrong, and at which event (None: not at one)."""

    event: int | None
    what: str


@dataclass(frozen=True, slots=True)
class Verification:
    """What a check found; `root` is recomputed from the stored bodies."""

    events: int
    root: str
    problems: tuple[Problem, ...]

    @property
    def ok(self) -> bool:
        """Nothing is wrong."""
        return not self.problems


def verify(conn: Connection, against: Sequence[Checkpoint] = ()) -> Verification:
    """Recompute everything that can be recomputed, and compare.

    Args:
        conn: A reading transaction.
        against: Checkpoints that somebody kept; history before each must give the same root.
    """
    problems: list[Problem] = []
    entries: list[Entry] = []
    frontier, roots = Frontier(), {0: Frontier().root()}
    wanted = {held.size for held in against}
    for expected, row in enumerate(conn.execute(_stored()), start=1):
        problems += _row_problems(expected, row)
        entry = _parsed(row)
        if entry is not None:
            entries.append(entry)
        frontier = frontier.append(leaf_hash(row.body.encode("utf-8", "surrogatepass")))
        if frontier.size in wanted:
            roots[frontier.size] = frontier.root()
    problems += _head_problems(conn, frontier)
    problems += _guard_problems(conn)
    problems += _checkpoint_problems(journal.origin_of(conn), against, roots, frontier.size)
    problems += _view_problems(conn, entries)
    return Verification(frontier.size, frontier.root().hex(), tuple(problems))


def _stored() -> Any:
    return select(event_table).order_by(event_table.c.seq)


def _parsed(row: Row[Any]) -> Entry | None:
    try:
        return Entry(row.seq, parse_event(row.body))
    except ValueError:
        return None


def _row_problems(expected: int, row: Row[Any]) -> list[Problem]:
    """What is wrong with one stored event, taken alone."""
    seq = row.seq
    if seq != expected:
        return [Problem(seq, f"event {expected} is missing: {seq} stands in its place")]
    if leaf_hash(row.body.encode("utf-8", "surrogatepass")) != row.leaf:
        return [Problem(seq, f"event {seq} was changed: its body does not give its hash")]
    try:
        event = parse_event(row.body)
        if canonical(json.loads(row.body)) != row.body:
            return [Problem(seq, f"event {seq} is not in canonical form")]
    except ValueError as error:
        return [Problem(seq, f"event {seq} cannot be read: {clean_line(str(error))}")]
    if (event.id, event.subject) != (row.id, row.subject):
        return [Problem(seq, f"event {seq}: its columns and its body disagree")]
    if event.type not in EVENT_TYPES:
        return [Problem(seq, f"event {seq} is of unknown type {clean_line(event.type)!r}")]
    return []


def _head_problems(conn: Connection, frontier: Frontier) -> list[Problem]:
    row = conn.execute(select(head_table.c.size, head_table.c.frontier)).one_or_none()
    if row is None or (row.size, row.frontier) != (frontier.size, frontier.to_bytes()):
        return [Problem(None, f"the journal's head does not fit its {frontier.size} events")]
    return []


def _guard_problems(conn: Connection) -> list[Problem]:
    """Triggers that are gone or changed, and full-text indexes that are not their tables'."""
    missing = engine_module(conn.dialect.name).missing_guards(conn)
    untrue = full_text(conn).untrue(conn)
    return [Problem(None, f"the database lacks: {what}") for what in missing] + [
        Problem(None, f"the search index {index} is not true; `calledit rebuild`")
        for index in untrue
    ]


def _checkpoint_problems(
    origin: str, against: Sequence[Checkpoint], roots: dict[int, bytes], size: int
) -> list[Problem]:
    problems = []
    for held in against:
        if held.origin != origin:
            what = f"the checkpoint is of another ledger ({clean_line(held.origin, limit=80)})"
        elif held.size > size:
            what = f"the checkpoint saw {held.size} events, the journal holds {size}"
        elif roots[held.size] != held.root:
            what = f"history before event {held.size} is not what the checkpoint saw"
        else:
            continue
        problems.append(Problem(None, what))
    return problems


def _view_problems(conn: Connection, entries: list[Entry]) -> list[Problem]:
    """Where the views are not the fold of the events."""
    try:
        folded = views.fold_all(entries)
    except (ValueError, KeyError, IndexError, TypeError, AttributeError) as error:
        return [Problem(None, f"the events cannot be folded: {clean_line(str(error))}")]
    problems = []
    for table in VIEWS:
        expected = [row for rows in folded.values() for row in rows.get(table, [])]
        stored = [dict(row) for row in conn.execute(select(table)).mappings()]
        wrong = _differing(expected, stored)
        problems += [
            Problem(None, f"{table.name} {key} is not what the events say; `calledit rebuild`")
            for key in wrong
        ]
    return problems


def _differing(expected: list[dict[str, Any]], stored: list[dict[str, Any]]) -> list[int]:
    by_id = {row["id"]: row for row in expected}
    held = {row["id"]: row for row in stored}
    keys = sorted(by_id.keys() | held.keys())
    return [key for key in keys if by_id.get(key) != held.get(key)]
