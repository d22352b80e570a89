"""`show`: one prediction, whole, with its history."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING
from typing import Any

from ledger.model import OUTCOME_WORDS
from tui.commands.common import add_json
from tui.commands.common import chance_of
from tui.commands.common import identifier
from tui.commands.common import when_of

if TYPE_CHECKING:
    import argparse
    from collections.abc import Iterator
    from datetime import date

    from ledger.queries import Deed
    from ledger.queries import Whole
    from tui.session import Session


def configure(parser: argparse.ArgumentParser) -> None:
    """Options of `show`."""
    parser.add_argument("id", type=identifier, metavar="ID")
    add_json(parser, "one JSON object")


def run(args: argparse.Namespace, session: Session) -> int:
    """Print it."""
    from ledger.queries import get_prediction
    from ledger.queries import whole

    with session.ledger().read() as conn:
        found = whole(conn, get_prediction(conn, args.id))
    if args.json:
        session.print_json(_json(found))
        return 0
    for line in _lines(found, session.clock.today()):
        session.print(line)
    return 0


def _json(found: Whole) -> dict[str, Any]:
    return {
        **found.prediction.to_json(),
        "article": None if found.article is None else asdict(found.article),
        "evidence": [asdict(one) for one in found.evidence],
        "notes": list(found.notes),
        "history": [asdict(deed) for deed in found.history],
    }


def _lines(found: Whole, today: date) -> Iterator[str]:
    p = found.prediction
    yield f"{p.id}  {p.statement}"
    facts = {
        "source": p.source,
        "status": p.status,
        "made": str(p.made_on),
        "due": f"{when_of(p, today) if p.status == 'open' else p.due_on} ({p.due_basis})",
        "why then": p.due_rule,
        "chance": _chance(found),
        "settled by": p.criterion,
        "only if": p.condition,
        "quote": p.quote,
        "tags": ", ".join(p.tags),
    }
    if p.outcome is not None:
        facts["outcome"] = f"{OUTCOME_WORDS[p.outcome]} on {p.resolved_on}, says {p.resolved_by}"
    facts["reason"] = p.reason
    for name, value in facts.items():
        if value:
            yield f"  {name:<11}{value}"
    for one in found.evidence:
        where = " ".join(part for part in (one.publisher, one.published[:10], one.url) if part)
        yield f"  evidence   {one.title or one.quote}  {where}"
    for text in found.notes:
        yield f"  note       {text}"
    yield "  history"
    for deed in found.history:
        yield f"    {_deed(deed)}"


def _chance(found: Whole) -> str:
    p = found.prediction
    if p.probability_low is None or p.probability_high is None:
        return chance_of(p)
    low, high = (f"{float(bound) * 100:.0f}" for bound in (p.probability_low, p.probability_high))
    return f"{chance_of(p)} (readers take this word for {low}–{high} %)"


def _deed(deed: Deed) -> str:
    back = "  (taken back)" if deed.taken_back else ""
    return f"{deed.seq:>5}  {deed.at[:16].replace('T', ' ')}  {deed.type}  by {deed.actor}{back}"
