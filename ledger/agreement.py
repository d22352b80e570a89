"""Check a ledger against the checkpoints that files hold, and say which file disagrees."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from ledger import journal
from ledger.checkpoints import KeptText
from ledger.clean import clean_line
from ledger.verify import verify
from ledger.verifying.work import unheard

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy import Connection

    from ledger.checkpoints import Kept
    from ledger.verify import Verification
    from ledger.verifying.work import Progress


@dataclass(frozen=True, slots=True)
class Agreement:
    """How the journal and one file's checkpoints agree.

    Attributes:
        name: The file.
        kept: How many checkpoints of this ledger it holds.
        agreed: How many of these the journal's history gives.
        problem: What is wrong, in words that name the file and the line; empty if nothing is.
    """

    name: str
    kept: int
    agreed: int
    problem: str = ""


def verify_against(
    conn: Connection,
    texts: Sequence[KeptText],
    *,
    workers: int = 1,
    tell: Progress = unheard,
) -> tuple[Verification, list[Agreement]]:
    """`verify`, and how each text agrees; the texts' problems are not in the verification.

    Read the texts before the transaction begins: what another program appends meanwhile would
    look like a history that was cut short.
    """
    origin = journal.origin_of(conn)
    # The empty journal's root is always reached, unless there is no reading the events.
    sizes = {0, *(kept.checkpoint.size for text in texts for kept in text.kept)}
    found = verify(conn, sizes=sizes, workers=workers, tell=tell)
    return found, [_agreement(text, origin, found) for text in texts]


def of_ledger(text: KeptText, origin: str) -> KeptText:
    """The text with only this ledger's checkpoints, if it has any; else as it is.

    A file may serve several ledgers; one in which this ledger does not occur is told of.
    """
    mine = [kept for kept in text.kept if kept.checkpoint.origin == origin]
    return KeptText(text.name, mine, text.warnings) if mine else text


def _agreement(text: KeptText, origin: str, found: Verification) -> Agreement:
    mine = [kept for kept in text.kept if kept.checkpoint.origin == origin]
    if text.kept and not mine:
        other = clean_line(text.kept[-1].checkpoint.origin, limit=80)
        what = f"{text.name}: its checkpoints are of another ledger ({other}), not of this one"
        return Agreement(text.name, 0, 0, f"{what} ({origin})")
    roots = found.roots
    wrong = [kept for kept in mine if roots.get(kept.checkpoint.size) != kept.checkpoint.root]
    agreed = len(mine) - len(wrong)
    problem = _problem(text.name, mine, wrong, found.events) if roots else ""
    return Agreement(text.name, len(mine), agreed, problem)


def _problem(name: str, mine: list[Kept], wrong: list[Kept], events: int) -> str:
    """One sentence for one file, however many of its checkpoints disagree."""
    if not wrong:
        return ""
    by_size = sorted(wrong, key=lambda kept: kept.checkpoint.size)
    first, last = by_size[0], by_size[-1]
    size = first.checkpoint.size
    if size > events:
        return (
            f"{name}, line {last.line}: a checkpoint saw {last.checkpoint.size} events, the "
            f"journal holds {events}: it was cut short, or an older copy stands in its place"
        )
    sound = [k.checkpoint.size for k in mine if k not in wrong and k.checkpoint.size < size]
    return (
        f"{name}, line {first.line}: history was changed: events {max(sound, default=0) + 1} to "
        f"{size} are not what the checkpoint saw"
    )
