"""How checked proofs and signatures look, in lines and in JSON."""

from __future__ import annotations

from typing import TYPE_CHECKING
from typing import Any

from ledger.clean import clean_line
from ledger.scoring.words import counted

if TYPE_CHECKING:
    from collections.abc import Iterable

    from ledger.proof_check import Checked
    from ledger.proof_files import EventProof
    from ledger.signing import Signatures


def event_number(checked: Checked) -> int | None:
    """The event that a proof is of, from 1; None for a proof of growth."""
    from ledger.proof_files import EventProof

    proof = checked.proof
    return proof.index + 1 if isinstance(proof, EventProof) else None


def proof_shape(checked: Checked) -> dict[str, Any]:
    """A checked proof in JSON."""
    from ledger.checkpoints import encode
    from ledger.proof_files import EventProof

    proof = checked.proof
    held = proof.checkpoint
    shape: dict[str, Any] = {
        "file": checked.name,
        "ok": not checked.problem,
        "anchored": checked.anchored,
        "checkpoint": {"origin": held.origin, "size": held.size, "root": encode(held.root)},
    }
    if isinstance(proof, EventProof):
        return shape | {"event": proof.index + 1, "body": proof.body.decode(errors="replace")}
    return shape | {"since": proof.old_size}


def proof_lines(checked: Checked) -> list[str]:
    """What a sound proof proves."""
    from ledger.proof_files import EventProof

    proof = checked.proof
    held = proof.checkpoint
    journal = f"the journal {clean_line(held.origin, limit=80)}"
    if not isinstance(proof, EventProof):
        return [f"ok: {journal} only grew, from {counted(proof.old_size, 'event')} to {held.size}"]
    lines = [
        f"ok: event {proof.index + 1} is in {journal} of {counted(held.size, 'event')}",
        f"    {_event_line(proof)}",
    ]
    if not checked.anchored:
        root = held.root.hex()
        lines.append(f"    if its root is {root}: compare a checkpoint that you hold (--against)")
    return lines


def signed_shape(signatures: Signatures) -> list[dict[str, Any]]:
    """Good signatures in JSON."""
    return [
        {"size": held.size, "key": signer.key, "principal": signer.principal or None}
        for held, signer in signatures.good
    ]


def signed_lines(signatures: Iterable[Signatures]) -> list[str]:
    """Who signed, and the newest checkpoint that each of them did."""
    newest: dict[str, int] = {}
    for held, signer in (pair for one in signatures for pair in one.good):
        who = f"{signer.principal} ({signer.key})" if signer.principal else signer.key
        newest[who] = max(held.size, newest.get(who, 0))
    return [f"    signed by {who}, up to event {size}" for who, size in newest.items()]


def _event_line(proof: EventProof) -> str:
    """When, who, what: from a body that may be anything."""
    from ledger.events import parse_event

    try:
        event = parse_event(proof.body.decode())
    except (ValueError, RecursionError):
        return "its body is not an event that this version can read"
    said = event.data.get("statement")
    statement = f": {said}" if isinstance(said, str) else ""
    return clean_line(f"{event.at}  {event.actor}  {event.type} {event.subject}{statement}")
