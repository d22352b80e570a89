"""Check a ledger from its stored bytes up: leaves, head, views, and checkpoints held elsewhere.

Three kinds of work that need nothing of each other: the journal's hashes in order, the guards,
and the subjects a few thousand at a time. Several processes may share them.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from dataclasses import field
from functools import partial
from typing import TYPE_CHECKING
from typing import Any

from sqlalchemy import select
from sqlalchemy.exc import DBAPIError

from ledger import journal
from ledger.clean import clean_line
from ledger.guards import file_problems
from ledger.guards import guard_problems
from ledger.merkle import EMPTY_ROOT
from ledger.schema import VIEWS
from ledger.schema import head
from ledger.verifying import Problem
from ledger.verifying.cards import MALFORMED
from ledger.verifying.cards import check_card
from ledger.verifying.cards import published
from ledger.verifying.subjects import strays
from ledger.verifying.work import do_all
from ledger.verifying.work import unheard

if TYPE_CHECKING:
    from collections.abc import Callable
    from collections.abc import Collection
    from collections.abc import Iterable
    from collections.abc import Iterator
    from collections.abc import Mapping
    from collections.abc import Sequence

    from sqlalchemy import Connection

    from ledger.checkpoints import Checkpoint
    from ledger.merkle import Frontier
    from ledger.verifying.history import History
    from ledger.verifying.work import Progress
    from ledger.verifying.work import Work

__all__ = ["Problem", "Verification", "verify"]


@dataclass(frozen=True, slots=True)
class Verification:
    """What a check found.

    Attributes:
        events: How many events the journal holds.
        root: The Merkle root in hexadecimal, recomputed from the stored bodies.
        problems: What is wrong.
        scorecards: How many published scorecards were recomputed.
        not_recomputed: How many were made by other scoring rules than this version's.
        roots: The root at each size that was asked for and reached; none if the events could not
            be read.
    """

    events: int
    root: str
    problems: tuple[Problem, ...]
    scorecards: int = 0
    not_recomputed: int = 0
    roots: Mapping[int, bytes] = field(default_factory=dict)

    @property
    def ok(self) -> bool:
        """Nothing is wrong."""
        return not self.problems


def verify(
    conn: Connection,
    against: Sequence[Checkpoint] = (),
    *,
    sizes: Collection[int] = (),
    workers: int = 1,
    tell: Progress = unheard,
) -> Verification:
    """Recompute everything that can be recomputed, and compare.

    Args:
        conn: A reading transaction.
        against: Checkpoints that somebody kept; history before each must give the same root.
        sizes: Further sizes at which the root is wanted.
        workers: By how many processes a large ledger in a file is checked; 1 is the caller's own.
        tell: Called with how many jobs are done, of how many; from the first again, if the
            processes gave up and the caller's own does the work.
    """
    wanted = {*sizes, *(held.size for held in against)}
    try:
        return _verified(conn, against, wanted, partial(do_all, workers=workers, tell=tell))
    except (*MALFORMED, DBAPIError) as error:
        # Where tables are gone, or do not keep to their types, nothing can be compared.
        broken = _broken(conn)
        if not broken:
            raise  # a mistake of ours, or the database cannot be read at all
        broken.append(f"the rest cannot be compared: {clean_line(str(error), limit=200)}")
        return Verification(0, EMPTY_ROOT.hex(), tuple(Problem(None, what) for what in broken))


def _broken(conn: Connection) -> list[str]:
    try:
        return [*guard_problems(conn), *file_problems(conn)]
    except DBAPIError:
        return []


def _verified(
    conn: Connection,
    against: Sequence[Checkpoint],
    sizes: Collection[int],
    do: Callable[..., Work],
) -> Verification:
    subjects = journal.subjects(conn)
    told = published(conn, subjects)
    terms = list(dict.fromkeys(card.terms for card in told.cards))
    history, guards, found = do(conn, sizes, subjects, terms)
    claims = {one: _sum(f.claims[i] for f in found) for i, one in enumerate(terms)}
    rows = _sum(Counter(one.rows) for one in found)
    said = [problem for one in found for problem in one.problems]
    problems = [
        *_by_event(history.problems, (problem for problem in said if problem.event is not None)),
        *_head_problems(conn, history.frontier),
        *(Problem(None, what) for what in guards),
        *_checkpoint_problems(journal.origin_of(conn), against, history),
        *(problem for problem in said if problem.event is None),
        *(problem for table in VIEWS for problem in strays(conn, table, rows[table.name])),
        *told.problems,
        *(problem for card in told.cards for problem in check_card(card, claims[card.terms])),
    ]
    return Verification(
        events=history.frontier.size,
        root=history.frontier.root().hex(),
        problems=tuple(problems),
        scorecards=len(told.cards),
        not_recomputed=told.left,
        roots=history.roots,
    )


def _sum(counters: Iterable[Counter[Any]]) -> Counter[Any]:
    total: Counter[Any] = Counter()
    for counter in counters:
        total.update(counter)
    return total


def _by_event(stored: Iterable[Problem], read: Iterable[Problem]) -> list[Problem]:
    """What is wrong with events, in order; of one that was changed, its reading says no more."""
    first = {problem.event: problem for problem in stored}
    both = [*first.values(), *(problem for problem in read if problem.event not in first)]
    return sorted(both, key=lambda problem: problem.event or 0)


def _head_problems(conn: Connection, frontier: Frontier) -> Iterator[Problem]:
    rows = conn.execute(select(head.c.size, head.c.frontier)).all()
    if [tuple(row) for row in rows] != [(frontier.size, frontier.to_bytes())]:
        yield Problem(None, f"the journal's head does not fit its {frontier.size} events")


def _checkpoint_problems(
    origin: str, against: Sequence[Checkpoint], history: History
) -> Iterator[Problem]:
    for held in against:
        if held.origin != origin:
            what = f"the checkpoint is of another ledger ({clean_line(held.origin, limit=80)})"
        elif held.size > history.frontier.size:
            what = (
                f"the checkpoint saw {held.size} events, the journal holds {history.frontier.size}"
            )
        elif history.roots[held.size] != held.root:
            what = f"history before event {held.size} is not what the checkpoint saw"
        else:
            continue
        yield Problem(None, what)
