"""`verify`: check the ledger from its stored bytes up, or a proof without the ledger."""

from __future__ import annotations

import os
import time
from pathlib import Path
from typing import TYPE_CHECKING
from typing import Any

from ledger.errors import ReadError
from ledger.errors import UsageError
from ledger.scoring.words import counted
from tui.commands.common import add_json
from tui.commands.common import bytes_of
from tui.commands.common import checkpoints_of
from tui.proof_lines import event_number
from tui.proof_lines import proof_lines
from tui.proof_lines import proof_shape
from tui.proof_lines import signed_lines
from tui.proof_lines import signed_shape

if TYPE_CHECKING:
    import argparse
    from collections.abc import Iterable

    from ledger.checkpoints import KeptText
    from ledger.signing import Signatures
    from ledger.verify import Verification
    from tui.session import Session

_QUIET = 2.0  # seconds without a word
_MOST_PROOF = 16 * 2**20  # bytes; a proof carries its event


def configure(parser: argparse.ArgumentParser) -> None:
    """Options of `verify`."""
    parser.add_argument(
        "--against",
        action="append",
        default=[],
        metavar="CHECKPOINT",
        help="a file with checkpoints that you kept (- is standard input); may be repeated",
    )
    parser.add_argument(
        "--signers",
        metavar="FILE",
        help="who may sign what --against names: a file of allowed signers, as ssh-keygen has it",
    )
    parser.add_argument(
        "--proof",
        action="append",
        default=[],
        metavar="FILE",
        help="check what `calledit prove` printed instead of the ledger; may be repeated",
    )
    add_json(parser, "one JSON object")


def run(args: argparse.Namespace, session: Session) -> int:
    """Say what is wrong, and leave with 1 if anything is."""
    if args.signers is not None and not args.against:
        raise UsageError("--signers needs --against: it says who may sign what that names")
    if args.signers is not None and not Path(args.signers).is_file():
        raise ReadError(f"there is no file of signers {args.signers}")
    given = [checkpoints_of(name) for name in args.against]
    return (_tell_proofs if args.proof else _tell_ledger)(args, session, given)


def _tell_ledger(args: argparse.Namespace, session: Session, given: list[KeptText]) -> int:
    from ledger.agreement import of_ledger
    from ledger.agreement import verify_against
    from ledger.checkpoints import encode
    from ledger.journal import origin_of
    from ledger.witness import known_checkpoints

    ledger = session.ledger(create=False)
    with ledger.read() as conn:
        origin = origin_of(conn)
    known, unread = known_checkpoints(ledger.where, origin)
    known = [text for text in known if text.name not in args.against]
    texts = [of_ledger(text, origin) for text in (*given, *known)]
    with ledger.read() as conn:
        # Two at least: processes are stopped at once, a statement of our own is not.
        workers = max(2, os.cpu_count() or 1)
        tell = Progress(session).tell
        found, agreements = verify_against(conn, texts, workers=workers, tell=tell)
    signers = [args.signers] * len(given) + [None] * len(known)
    signatures = [_signatures(text, who) for text, who in zip(texts, signers, strict=True)]
    problems = [{"event": p.event, "what": p.what} for p in found.problems]
    problems += _at_no_event(one.problem for one in agreements if one.problem)
    problems += _at_no_event(what for one in signatures for what in one.problems)
    answer = {
        "ok": not problems,
        "events": found.events,
        "root": found.root,
        "problems": problems,
        "checkpoints": [
            {"file": a.name, "kept": a.kept, "agreed": a.agreed, "signed": signed_shape(s)}
            for a, s in zip(agreements, signatures, strict=True)
        ],
        "scorecards": found.scorecards,
        "not_recomputed": found.not_recomputed,
        "warnings": [*unread, *_warnings(texts, signatures), *_not_recomputed(found)],
    }
    agreed = sum(one.agreed for one in agreements)
    since = f", and {counted(agreed, 'kept checkpoint')} agree" if agreed else ""
    root = encode(bytes.fromhex(found.root))  # as a checkpoint's third line has it
    said = f"ok: {found.events} events, root {root}{since}"
    published = counted(found.scorecards, "published scorecard")
    cards = [f"{published} came out again"] if found.scorecards else []
    return _tell(args, session, answer, [said, *cards, *signed_lines(signatures)])


class Progress:
    """Says how far a long check is: after two seconds, and then every two."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._next = time.monotonic() + _QUIET

    def tell(self, done: int, of: int) -> None:
        """So many jobs are done, of so many."""
        if (now := time.monotonic()) >= self._next and done < of:
            self._session.note(f"checking: {done} of {of} parts done")
            self._next = now + _QUIET


def _not_recomputed(found: Verification) -> list[str]:
    if not found.not_recomputed:
        return []
    told = counted(found.not_recomputed, "published scorecard")
    return [f"not recomputed, made by other scoring rules: {told}"]


def _tell_proofs(args: argparse.Namespace, session: Session, given: list[KeptText]) -> int:
    from ledger.agreement import of_ledger
    from ledger.proof_check import check_proofs
    from ledger.proof_files import GrowthProof
    from ledger.proof_files import parse_proof

    texts = [(name, bytes_of(name, most=_MOST_PROOF)) for name in args.proof]
    proofs = [(n, parse_proof(data.decode(errors="replace"), name=n)) for n, data in texts]
    if not given and any(isinstance(proof, GrowthProof) for _, proof in proofs):
        raise UsageError(
            "a proof of growth is checked against the checkpoint that it starts from",
            mend="name it with --against",
        )
    newest = max((proof.checkpoint for _, proof in proofs), key=lambda one: one.size)
    given = [of_ledger(text, newest.origin) for text in given]
    signatures = [_signatures(text, args.signers) for text in given]
    if args.signers is None:
        held = [kept.checkpoint for text in given for kept in text.kept]
    else:  # what nobody signed is no ground to stand on
        held = [checkpoint for one in signatures for checkpoint, _ in one.good]
    checked = check_proofs(proofs, held)
    problems = [
        {"event": event_number(one), "what": f"{one.name}: {one.problem}"}
        for one in checked
        if one.problem
    ]
    problems += _at_no_event(what for one in signatures for what in one.problems)
    answer = {
        "ok": not problems,
        "events": newest.size,
        "root": newest.root.hex(),
        "problems": problems,
        "proofs": [proof_shape(one) for one in checked],
        "warnings": _warnings(given, signatures),
    }
    lines = [line for one in checked for line in proof_lines(one)]
    return _tell(args, session, answer, [*lines, *signed_lines(signatures)])


def _tell(
    args: argparse.Namespace, session: Session, answer: dict[str, Any], fine: list[str]
) -> int:
    """Print an answer, as JSON or in lines; its exit code."""
    for warning in answer["warnings"]:
        session.note(warning)
    if args.json:
        session.print_json(answer)
    elif answer["ok"]:
        session.print("\n".join(fine))
    else:
        session.print("\n".join(f"wrong: {problem['what']}" for problem in answer["problems"]))
    return 0 if answer["ok"] else 1


def _signatures(text: KeptText, signers: str | None) -> Signatures:
    from ledger.signing import check_text

    return check_text(text, None if signers is None else Path(signers))


def _at_no_event(problems: Iterable[str]) -> list[dict[str, Any]]:
    return [{"event": None, "what": what} for what in problems]


def _warnings(texts: list[KeptText], signatures: list[Signatures]) -> list[str]:
    told = [text.warnings for text in texts] + [one.warnings for one in signatures]
    return [what for warnings in told for what in warnings]
