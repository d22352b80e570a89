"""Proofs as text that travels without the ledger.

*That an event is in the journal*: C2SP tlog-proof, version 1. Its ``extra`` line carries the
event's body, so that the file needs no other beside it; the body is trusted for nothing but its
hash, which the proof is of.

*That a journal only grew*: the consistency lines of C2SP tlog-witness (``old``, the older size,
the hashes, an empty line, the newer checkpoint).

One thing differs from C2SP: our checkpoints need not be signed, and where they are, the signature
is SSH's. What a proof hangs on is the checkpoint that the reader holds.
"""

from __future__ import annotations

import base64
import binascii
from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import func
from sqlalchemy import select

from ledger import journal
from ledger.checkpoints import Checkpoint
from ledger.checkpoints import decode
from ledger.checkpoints import encode
from ledger.checkpoints import parse_checkpoint
from ledger.clean import clean_line
from ledger.errors import ConflictError
from ledger.errors import LedgerError
from ledger.errors import NotFoundError
from ledger.errors import ReadError
from ledger.merkle import leaf_hash
from ledger.proofs import consistency_proof
from ledger.proofs import inclusion_proof
from ledger.proofs import verify_consistency
from ledger.proofs import verify_inclusion
from ledger.schema import event as event_table

if TYPE_CHECKING:
    from collections.abc import Callable
    from collections.abc import Iterator

    from sqlalchemy import Connection

_VERSION = "c2sp.org/tlog-proof@v1"
_MOST_HASHES = 63  # tlog-witness' bound


@dataclass(frozen=True, slots=True)
class EventProof:
    """That `body` is event `index` + 1 of the journal that had this checkpoint."""

    index: int
    hashes: tuple[bytes, ...]
    checkpoint: Checkpoint
    body: bytes

    def holds(self) -> bool:
        """Whether the hashes lead from the body to the checkpoint's root."""
        leaf, held = leaf_hash(self.body), self.checkpoint
        return verify_inclusion(leaf, self.index, held.size, self.hashes, held.root)

    def text(self) -> str:
        """The proof as C2SP tlog-proof."""
        extra = base64.b64encode(self.body).decode()
        head = [_VERSION, f"extra {extra}", f"index {self.index}"]
        return _text(head, self.hashes, self.checkpoint)


@dataclass(frozen=True, slots=True)
class GrowthProof:
    """That the journal which had this checkpoint continues an older one of `old_size` events."""

    old_size: int
    hashes: tuple[bytes, ...]
    checkpoint: Checkpoint

    def holds(self, old: Checkpoint) -> bool:
        """Whether the hashes lead from the older checkpoint to the newer."""
        new = self.checkpoint
        same = (old.origin, old.size) == (new.origin, self.old_size)
        return same and verify_consistency(old.size, new.size, old.root, new.root, self.hashes)

    def text(self) -> str:
        """The proof as the lines of C2SP tlog-witness."""
        return _text([f"old {self.old_size}"], self.hashes, self.checkpoint)


def first_event_of(conn: Connection, prediction: int) -> int:
    """The sequence number of the event that recorded or drafted a prediction.

    Raises:
        NotFoundError: There is no such prediction.
    """
    query = select(func.min(event_table.c.seq))
    subject = f"prediction:{prediction}"
    seq: int | None = conn.execute(query.where(event_table.c.subject == subject)).scalar_one()
    if seq is None:
        raise NotFoundError(f"there is no prediction {prediction}")
    return seq


def prove_event(conn: Connection, seq: int) -> EventProof:
    """A proof that event `seq` (from 1) is in the journal as it stands.

    Raises:
        NotFoundError: There is no such event.
        LedgerError: The journal's hashes do not give its own root.
    """
    held = journal.checkpoint(conn)
    asked = seq if 0 < seq <= held.size else 0
    query = select(event_table.c.body).where(event_table.c.seq == asked)
    body: str | None = conn.execute(query).scalar_one_or_none()
    if body is None:
        raise NotFoundError(f"there is no event {seq}; the journal holds {held.size}")
    hashes = _made(inclusion_proof, conn, seq - 1, held.size)
    proof = EventProof(seq - 1, hashes, held, journal.body_bytes(body))
    if not proof.holds():
        raise _damaged()
    return proof


def prove_since(conn: Connection, old: Checkpoint) -> GrowthProof:
    """A proof that the journal as it stands continues the one that `old` saw.

    Raises:
        ConflictError: It does not, or `old` saw no events, so that there is nothing to prove.
        LedgerError: The journal's hashes do not give its own root.
    """
    held = journal.checkpoint(conn)
    if old.origin != held.origin:
        other = clean_line(old.origin, limit=80)
        raise ConflictError(f"the checkpoint is of another ledger ({other})")
    if not 0 < old.size <= held.size:
        raise ConflictError(f"the checkpoint saw {old.size} events, the journal holds {held.size}")
    proof = GrowthProof(old.size, _made(consistency_proof, conn, old.size, held.size), held)
    if not proof.holds(old):
        raise ConflictError(
            f"history before event {old.size} is not what the checkpoint saw",
            mend="see `calledit verify --against`",
        )
    return proof


def parse_proof(text: str, *, name: str) -> EventProof | GrowthProof:
    """Read either proof; whether it holds is another question.

    Raises:
        ReadError: The text is neither.
    """
    name = clean_line(name, limit=300)
    head, _, tail = text.replace("\r\n", "\n").partition("\n\n")
    lines = head.split("\n")
    try:
        if lines[0] == _VERSION:
            index, hashes, body = _event_lines(lines[1:])
            return EventProof(index, hashes, _newer(tail, name), body)
        old_size = _number(lines[0], "old ")
        return GrowthProof(old_size, _hashes(lines[1:]), _newer(tail, name))
    except (ValueError, IndexError) as error:
        raise ReadError(
            f"{name} is not a proof ({clean_line(str(error), limit=80)})",
            mend="give a file with what `calledit prove` prints",
        ) from None


def _newer(tail: str, name: str) -> Checkpoint:
    return parse_checkpoint(tail, name=f"what {name} has after its hashes")


def _event_lines(lines: list[str]) -> tuple[int, tuple[bytes, ...], bytes]:
    """Index, hashes and the event's body."""
    keyword, _, extra = lines[0].partition(" ")
    if keyword != "extra":
        raise ValueError("it does not carry the event in an extra line")
    try:
        body = base64.b64decode(extra, validate=True)
    except binascii.Error as error:
        raise ValueError("its extra line is not base64") from error
    return _number(lines[1], "index "), _hashes(lines[2:]), body


def _number(line: str, keyword: str) -> int:
    digits = line.removeprefix(keyword)
    if digits == line or not (digits.isascii() and digits.isdigit()) or len(digits) > 19:
        raise ValueError(f"there is no {keyword.strip()} line with a number")
    if str(int(digits)) != digits:
        raise ValueError("a number with leading zeroes")
    return int(digits)


def _hashes(lines: list[str]) -> tuple[bytes, ...]:
    if len(lines) > _MOST_HASHES:
        raise ValueError("it has too many hashes")
    return tuple(decode(line) for line in lines)


def _text(head: list[str], hashes: tuple[bytes, ...], checkpoint: Checkpoint) -> str:
    lines = [*head, *(encode(one) for one in hashes), "", checkpoint.text()]
    return "\n".join(lines)


def _made(
    prove: Callable[[Iterator[bytes], int, int], list[bytes]], conn: Connection, first: int, n: int
) -> tuple[bytes, ...]:
    """A proof over the stored leaves; too few of them are damage."""
    try:
        return tuple(prove(_leaves(conn), first, n))
    except ValueError:
        raise _damaged() from None


def _damaged() -> LedgerError:
    return LedgerError("the journal's hashes do not give its root", mend="see `calledit verify`")


def _leaves(conn: Connection) -> Iterator[bytes]:
    query = select(event_table.c.leaf).order_by(event_table.c.seq)
    with conn.execute(query.execution_options(yield_per=5_000)) as rows:
        yield from rows.scalars()
