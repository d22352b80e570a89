"""`score`: what the sources' records come to, thin ones said to be thin."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ledger.clean import clean_line
from ledger.errors import NotFoundError
from ledger.errors import UsageError
from tui.commands.common import add_json
from tui.commands.common import day

if TYPE_CHECKING:
    import argparse
    from collections.abc import Sequence

    from ledger.scoring.calibration import CalibrationRow
    from ledger.scoring.scorecard import Scorecard
    from ledger.scoring.scorecard import Scorecards
    from tui.session import Session

_BASES = ("stated", "hedge", "any")
_COHORTS = ("due", "resolved")
_NAME_WIDTH = 30


def configure(parser: argparse.ArgumentParser) -> None:
    """Options of `score`."""
    parser.add_argument("sources", nargs="*", metavar="SOURCE", help="only these (any case)")
    parser.add_argument("--as-of", type=day, metavar="D", help="as it was known on this day")
    parser.add_argument("--since", type=day, metavar="D", help="claims made from this day on")
    parser.add_argument(
        "--basis",
        choices=_BASES,
        default="any",
        help="score stated probabilities, those mapped from hedges, or what each source has",
    )
    parser.add_argument(
        "--cohort",
        choices=_COHORTS,
        default="due",
        help="claims whose due day has come (default), or all resolved ones",
    )
    parser.add_argument(
        "--publish", action="store_true", help="record the figures in the journal, for `verify`"
    )
    add_json(parser, "one JSON object, with every figure that is defined")


def run(args: argparse.Namespace, session: Session) -> int:
    """Print the scorecards."""
    from ledger.queries import source_names
    from ledger.scoring.scorecard import score
    from ledger.scoring.scorecard import scorecards_json

    today = session.clock.today()
    _refuse_empty_window(args, args.as_of or today)
    with session.ledger().read() as conn:
        cards = score(
            conn,
            today=today,
            as_of=args.as_of,
            since=args.since,
            basis=args.basis,
            cohort=args.cohort,
            sources=_known(args.sources, source_names(conn)),
        )
    if args.json:
        session.print_json(scorecards_json(cards))
    else:
        _show(cards, session, one=len(cards.sources) == 1 and bool(args.sources))
    _advise(cards, session)
    if args.publish:
        _publish(args, cards, session)
    return 0


def _publish(args: argparse.Namespace, cards: Scorecards, session: Session) -> None:
    from ledger.book.publishing import publish_scorecard

    entry = publish_scorecard(
        session.ledger(),
        as_of=args.as_of,
        since=args.since,
        basis=args.basis,
        cohort=args.cohort,
        sources=[card.source for card in cards.sources] if args.sources else (),
        deed=session.deed,
    )
    number = entry.event.subject.partition(":")[2]
    session.note(f"published as scorecard {number}, event {entry.seq}: `calledit verify` checks it")


def _refuse_empty_window(args: argparse.Namespace, as_of: object) -> None:
    if args.since is not None and args.since > as_of:
        raise UsageError(f"--since {args.since} is after {as_of}, the last day that counts")


def _known(asked: Sequence[str], names: Sequence[str]) -> list[str]:
    """The names as the ledger spells them, each once.

    Raises:
        NotFoundError: One is unknown; close ones are named.
    """
    return list(dict.fromkeys(name for word in asked for name in _spelled(word, names)))


def _spelled(word: str, names: Sequence[str]) -> list[str]:
    wanted = clean_line(word, limit=200)
    if wanted in names:
        return [wanted]
    by_case = [name for name in names if name.casefold() == wanted.casefold()]
    if not by_case:
        raise NotFoundError(
            f"the ledger has no source {clean_line(wanted, limit=60)!r}",
            mend=_close(wanted, names),
        )
    return by_case


def _close(wanted: str, names: Sequence[str]) -> str:
    from difflib import get_close_matches

    spelled = {name.casefold(): name for name in names}
    folded = wanted.casefold()
    close = [name for name in spelled if folded and folded in name]
    close += get_close_matches(folded, spelled, n=3, cutoff=0.6)
    found = [clean_line(spelled[name], limit=60) for name in dict.fromkeys(close)][:3]
    if found:
        return f"did you mean {' or '.join(found)}?"
    return "`calledit score` without a name lists all" if names else "it has no claims yet"


def _show(cards: Scorecards, session: Session, *, one: bool) -> None:
    session.print(_heading(cards))
    if one:
        for line in _details(cards.sources[0]):
            session.print(line)
    elif cards.sources:
        session.print()
        for line in _aligned([_TITLES, *map(_row, _by_tier(cards.sources))]):
            session.print(line)


def _heading(cards: Scorecards) -> str:
    cohort = {"due": "claims whose due day has come", "resolved": "all resolved claims"}
    basis = {"any": "", "stated": ", stated probabilities only", "hedge": ", hedges only"}
    since = f", made since {cards.since}" if cards.since else ""
    return f"as of {cards.as_of}: {cohort[cards.cohort]}{basis[cards.basis]}{since}"


def _by_tier(cards: Sequence[Scorecard]) -> list[Scorecard]:
    """Thin records last; otherwise as they are, by rank."""
    return sorted(cards, key=lambda card: (card.forecast_tier == "counts", card.tier == "counts"))


_TITLES = (
    "source",
    "claims",
    "open",
    "late",
    "scored",
    "hit rate (95 %)",
    "drawn Brier (90 %)",
    "rank",
    "vague",
)


def _row(card: Scorecard) -> tuple[str, ...]:
    counts = card.counts
    numbers = (counts.n, counts.open, counts.overdue, card.hits.scored)
    return (card.source, *map(str, numbers), _hits(card), _brier(card), _rank(card), _vague(card))


def _hits(card: Scorecard) -> str:
    from ledger.scoring.words import not_enough
    from ledger.scoring.words import percent
    from ledger.scoring.words import span

    hits = card.hits
    if card.tier == "counts" or hits.hit_rate is None:
        return not_enough(hits.effective, 5)
    return f"{percent(hits.hit_rate)} {span(hits.hit_low or 0.0, hits.hit_high or 0.0)}"


def _brier(card: Scorecard) -> str:
    from ledger.scoring.words import not_enough

    place, figures = card.standing, card.accuracy
    if card.forecast_tier == "counts" or place.shrunk_brier is None:
        return not_enough(figures.forecasts_effective, 5)
    return (
        f"{place.shrunk_brier:.3f} ({place.shrunk_low:.3f}–{place.shrunk_high:.3f}) "
        f"{figures.forecast_basis}"
    )


def _rank(card: Scorecard) -> str:
    place = card.standing
    if card.forecast_tier == "counts" or place.rank is None:
        return "–"
    return f"{place.rank} of {place.ranked}"


def _vague(card: Scorecard) -> str:
    return f"{card.counts.vague} of {card.counts.n}"


def _details(card: Scorecard) -> list[str]:
    from ledger.scoring.words import explain

    said = [f"  {line}" for line in explain(card).values()]
    lines = ["", clean_line(card.source, limit=200), *said]
    if card.forecast_tier in {"table", "full"}:
        lines += ["", *_calibration(card.calibration)]
    return lines


def _calibration(rows: Sequence[CalibrationRow]) -> list[str]:
    from ledger.scoring.words import number
    from ledger.scoring.words import percent
    from ledger.scoring.words import span

    titles = ("said", "claims", "came true", "rate (95 %)", "if calibrated")
    table = [
        (
            row.bin or percent(row.p),
            str(row.n),
            number(row.hits),
            f"{percent(row.rate)} {span(row.low, row.high)}",
            span(row.expected_low, row.expected_high).strip("()"),
        )
        for row in rows
    ]
    return _aligned([titles, *table])


def _aligned(table: Sequence[Sequence[str]]) -> list[str]:
    """Rows with their columns under each other; wide characters count as two."""
    from rich.cells import cell_len
    from rich.cells import set_cell_size

    rows = [[clean_line(cell, limit=200) for cell in row] for row in table]
    widths = [max(map(cell_len, column)) for column in zip(*rows, strict=True)]
    widths[0] = min(widths[0], _NAME_WIDTH)
    return [
        "  ".join(set_cell_size(*cell) for cell in zip(row, widths, strict=True)).rstrip()
        for row in rows
    ]


def _advise(cards: Scorecards, session: Session) -> None:
    counts = cards.pooled.counts
    if not counts.n:
        session.note(
            "no claims to score; `calledit read FILE` finds claims, `calledit add` takes one"
        )
    elif not counts.resolved + counts.early:
        session.note("no claim is judged yet; `calledit resolve ID OUTCOME` judges one")
    elif not counts.resolved:
        session.note("what is judged is not due yet; --cohort resolved scores it all the same")
