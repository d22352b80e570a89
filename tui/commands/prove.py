"""`prove`: a proof for somebody who holds a checkpoint and not the ledger."""

from __future__ import annotations

from typing import TYPE_CHECKING
from typing import Any

from tui.commands.common import add_json
from tui.commands.common import checkpoints_of
from tui.commands.common import identifier

if TYPE_CHECKING:
    import argparse

    from ledger.proof_files import EventProof
    from ledger.proof_files import GrowthProof
    from tui.session import Session


def configure(parser: argparse.ArgumentParser) -> None:
    """Options of `prove`."""
    what = parser.add_mutually_exclusive_group(required=True)
    what.add_argument(
        "id", type=identifier, nargs="?", metavar="ID", help="that this prediction was recorded"
    )
    what.add_argument(
        "--event", type=identifier, metavar="SEQ", help="that this event is in the journal"
    )
    what.add_argument(
        "--since",
        metavar="CHECKPOINT",
        help="that the journal only grew since the newest checkpoint in this file (- is standard "
        "input)",
    )
    add_json(parser, "one JSON object")
    parser.epilog = (
        "Whoever holds a checkpoint checks the proof with "
        "`calledit verify --proof FILE --against CHECKPOINT`; they need no ledger."
    )


def run(args: argparse.Namespace, session: Session) -> int:
    """Print it: C2SP tlog-proof for an event, the lines of C2SP tlog-witness for growth."""
    proof = _since(args, session) if args.since is not None else _event(args, session)
    if args.json:
        session.print_json(_shape(proof))
    else:
        session.print(proof.text().rstrip("\n"))
    return 0


def _event(args: argparse.Namespace, session: Session) -> EventProof:
    from ledger.proof_files import first_event_of
    from ledger.proof_files import prove_event

    with session.ledger(create=False).read() as conn:
        seq = first_event_of(conn, args.id) if args.event is None else args.event
        return prove_event(conn, seq)


def _since(args: argparse.Namespace, session: Session) -> GrowthProof:
    from ledger.agreement import of_ledger
    from ledger.journal import origin_of
    from ledger.proof_files import prove_since

    text = checkpoints_of(args.since)
    with session.ledger(create=False).read() as conn:
        kept = of_ledger(text, origin_of(conn)).kept
        newest = max((one.checkpoint for one in kept), key=lambda held: held.size)
        return prove_since(conn, newest)


def _shape(proof: EventProof | GrowthProof) -> dict[str, Any]:
    from ledger.checkpoints import encode
    from ledger.proof_files import EventProof

    held = proof.checkpoint
    shared = {
        "hashes": [encode(one) for one in proof.hashes],
        "checkpoint": {"origin": held.origin, "size": held.size, "root": encode(held.root)},
    }
    if isinstance(proof, EventProof):
        body = proof.body.decode(errors="replace")
        return {"event": proof.index + 1, "index": proof.index, "body": body} | shared
    return {"old_size": proof.old_size} | shared
