"""The journal as it is stored: no gaps, each body gives its leaf hash, all leaves give the root."""

from __future__ import annotations

from dataclasses import dataclass
from hashlib import sha256
from typing import TYPE_CHECKING
from typing import Any

from sqlalchemy import select

from ledger.journal import stored_bytes
from ledger.merkle import Frontier
from ledger.schema import event
from ledger.verifying import Problem

if TYPE_CHECKING:
    from collections.abc import Collection
    from collections.abc import Iterator
    from collections.abc import Sequence

    from sqlalchemy import Connection

_ROWS_AT_ONCE = 1_000


@dataclass(frozen=True, slots=True)
class History:
    """What the stored bodies come to.

    Attributes:
        frontier: Of the tree of their hashes.
        roots: The tree's root at each size that was asked for and reached.
        problems: Gaps, and bodies that do not give their hash.
    """

    frontier: Frontier
    roots: dict[int, bytes]
    problems: tuple[Problem, ...]


def read_history(conn: Connection, sizes: Collection[int]) -> History:
    """Hash every stored body, in order; `sizes` are those at which the root is wanted."""
    frontier, last = Frontier(), 0
    problems: list[Problem] = []
    roots = {0: frontier.root()}
    for seqs, bodies, stored in _columns(conn):
        leaves = [sha256(b"\x00" + body).digest() for body in bodies]
        if (seqs, stored) != (tuple(range(last + 1, last + 1 + len(seqs))), tuple(leaves)):
            problems += _problems(last, seqs, leaves, stored)
        begun, last = frontier.size, seqs[-1]
        for size in sorted(size for size in sizes if begun < size < begun + len(leaves)):
            roots[size] = frontier.extend(leaves[: size - begun]).root()
        frontier = frontier.extend(leaves)
        roots[frontier.size] = frontier.root()
    kept = {size: root for size, root in roots.items() if size in sizes}
    return History(frontier, kept, tuple(problems))


def _columns(conn: Connection) -> Iterator[tuple[tuple[Any, ...], ...]]:
    """Numbers, bodies and leaf hashes, a block of events at a time."""
    query = select(event.c.seq, stored_bytes(conn), event.c.leaf).order_by(event.c.seq)
    with conn.execute(query.execution_options(yield_per=_ROWS_AT_ONCE)) as result:
        for rows in result.partitions():
            yield tuple(zip(*rows, strict=True))


def _problems(
    last: int, seqs: Sequence[int], leaves: Sequence[bytes], stored: Sequence[bytes]
) -> Iterator[Problem]:
    """One for each hole, and one for each body that was changed."""
    for seq, leaf, held in zip(seqs, leaves, stored, strict=True):
        if seq != last + 1:
            what = f"event {last + 1} is missing: {seq} stands in its place"
            yield Problem(seq, what)
        if leaf != held:
            yield Problem(seq, f"event {seq} was changed: its body does not give its hash")
        last = seq
