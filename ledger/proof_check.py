"""Check proofs without the ledger: what they prove to somebody who holds checkpoints."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from ledger.proof_files import EventProof
from ledger.proof_files import GrowthProof

if TYPE_CHECKING:
    from collections.abc import Iterable
    from collections.abc import Sequence

    from ledger.checkpoints import Checkpoint


@dataclass(frozen=True, slots=True)
class Checked:
    """What came of one proof.

    Attributes:
        name: The file it is from.
        proof: As it was read.
        anchored: It ends in a checkpoint that the reader holds, or that an earlier proof led to.
        problem: What is wrong, in words; empty if nothing is.
    """

    name: str
    proof: EventProof | GrowthProof
    anchored: bool
    problem: str = ""


def check_proofs(
    proofs: Iterable[tuple[str, EventProof | GrowthProof]], held: Sequence[Checkpoint]
) -> list[Checked]:
    """Check each proof; proofs of growth first, since each adds to what the reader holds.

    Anybody can continue a history that they know. So a proof of growth counts only if it leads on
    from the newest checkpoint that is held: one from an older one may be of another history.

    Without held checkpoints, a proof of an event is checked against its own one: the reader has
    to compare that with what they know.
    """
    known = set(held)
    checked = []
    for name, proof in sorted(proofs, key=lambda pair: _order(pair[1])):
        if isinstance(proof, GrowthProof):
            problem = _growth_problem(proof, known, held)
            if not problem:
                known.add(proof.checkpoint)
        else:
            problem = _event_problem(proof, known)
        checked.append(Checked(name, proof, not problem and proof.checkpoint in known, problem))
    return checked


def _order(proof: EventProof | GrowthProof) -> tuple[bool, int, bool, int]:
    """Proofs of growth by where they end, of these the one from furthest on; then events."""
    end = proof.checkpoint.size
    if isinstance(proof, GrowthProof):
        return False, end, proof.old_size == end, -proof.old_size
    return True, proof.index, False, 0


def _growth_problem(proof: GrowthProof, known: set[Checkpoint], held: Sequence[Checkpoint]) -> str:
    starts = [one for one in known if one.size == proof.old_size]
    if not starts:
        return f"it starts from {proof.old_size} events, of which no checkpoint is held"
    if not any(proof.holds(one) for one in starts):
        return f"it does not lead from the checkpoint of {proof.old_size} events to its own"
    if split := _split(proof.checkpoint, known):
        return split
    newest = max((one.size for one in held if one.origin == proof.checkpoint.origin), default=0)
    if proof.old_size < newest and proof.checkpoint not in known:
        return (
            f"it starts from {proof.old_size} events and says nothing of the checkpoint of "
            f"{newest} that is held: ask for a proof since that one"
        )
    return ""


def _event_problem(proof: EventProof, known: set[Checkpoint]) -> str:
    if not proof.holds():
        return f"the event that it carries is not number {proof.index + 1} of its checkpoint"
    if split := _split(proof.checkpoint, known):
        return split
    if not known or proof.checkpoint in known:
        return ""
    size = proof.checkpoint.size
    return f"it is of {size} events, of which no checkpoint is held (see `calledit prove --since`)"


def _split(shown: Checkpoint, known: set[Checkpoint]) -> str:
    """What is wrong when one journal had two roots at one size."""
    here = (shown.origin, shown.size)
    if not any((one.origin, one.size) == here and one != shown for one in known):
        return ""
    return (
        f"its checkpoint of {shown.size} events is not the one that is held: somebody was shown "
        "another history"
    )
