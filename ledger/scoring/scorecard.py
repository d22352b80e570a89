"""Scorecards: everything that is known of each source's record, with its uncertainty.

A figure that is not defined is None, never 0. Every figure is given from the first claim on;
the tier says how much of it a screen or a report may show.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import asdict
from dataclasses import dataclass
from dataclasses import replace
from typing import TYPE_CHECKING
from typing import Any
from typing import Literal

from ledger.scoring.calibration import calibration_table
from ledger.scoring.figures import accuracy
from ledger.scoring.figures import decomposition
from ledger.scoring.figures import hit_rate
from ledger.scoring.figures import scored_basis
from ledger.scoring.figures import vagueness
from ledger.scoring.ranking import Standing
from ledger.scoring.ranking import entered
from ledger.scoring.ranking import forms
from ledger.scoring.ranking import standings
from ledger.scoring.table import tabulate
from ledger.scoring.words import explain

if TYPE_CHECKING:
    from collections.abc import Collection
    from collections.abc import Iterable
    from datetime import date

    from sqlalchemy import Connection

    from ledger.scoring.calibration import CalibrationRow
    from ledger.scoring.figures import Accuracy
    from ledger.scoring.figures import Decomposition
    from ledger.scoring.figures import HitRate
    from ledger.scoring.figures import Vagueness
    from ledger.scoring.groups import Group
    from ledger.scoring.table import Basis
    from ledger.scoring.table import Cohort
    from ledger.scoring.table import Counts
    from ledger.scoring.table import Record
    from ledger.scoring.tallied import Tallied

Tier = Literal["counts", "shrunk", "table", "full"]

# The fewest claims for each tier. By chance alone, a perfect source shows a miscalibration of
# 0.09 at 5 claims, 0.03 at 30, 0.01 at 100.
TIER_FLOORS: tuple[tuple[Tier, int], ...] = (("full", 100), ("table", 30), ("shrunk", 5))


@dataclass(frozen=True, slots=True)
class Scorecard:
    """One source's record, or the pooled one's, whose source is empty.

    Attributes:
        tier: What may be shown of the hit rate.
        forecast_tier: What may be shown of the Brier score and what is made from it.
    """

    source: str
    counts: Counts
    vague: Vagueness
    hits: HitRate
    accuracy: Accuracy
    parts: Decomposition
    standing: Standing
    tier: Tier
    forecast_tier: Tier
    calibration: tuple[CalibrationRow, ...]


@dataclass(frozen=True, slots=True)
class Scorecards:
    """Scorecards of some sources, and of all claims together.

    Attributes:
        as_of: What was made and known by the end of this day.
        since: Claims made from this day on; None for all.
        cohort: ``due`` or ``resolved``.
        basis: ``stated``, ``hedge`` or ``any``.
        sources: The cards asked for, best rank first, then by number of claims and name.
        pooled: All sources' claims, whichever cards were asked for.
    """

    as_of: date
    since: date | None
    cohort: Cohort
    basis: Basis
    sources: tuple[Scorecard, ...]
    pooled: Scorecard


def score(
    conn: Connection,
    *,
    today: date,
    as_of: date | None = None,
    since: date | None = None,
    basis: Basis = "any",
    cohort: Cohort = "due",
    sources: Collection[str] = (),
) -> Scorecards:
    """The scorecards of a ledger.

    Args:
        conn: A connection to the ledger.
        today: The clock's date.
        as_of: Score what was made and resolved by this day; today unless given.
        since: Only claims made on or after this day.
        basis: Which claims are scored; with ``any``, hit rates take all, and Brier scores the
            stated probabilities where a source has some, else those mapped from its hedges.
        cohort: See `ledger.scoring.table.tabulate`.
        sources: Exact names; all sources unless given. Priors and ranks always rest on all. A
            name without claims gets an empty card.
    """
    from ledger.scoring.gather import gather
    from ledger.scoring.tallied import tallied

    day = as_of or today
    kept = None if since else tallied(conn, day)
    if kept is not None and sources:
        return _from_tallies(kept, day, basis, cohort, sources)
    groups = gather(conn, as_of=day, since=since) if kept is None else kept.groups()
    cards = scorecards(groups, as_of=day, since=since, basis=basis, cohort=cohort)
    return chosen(cards, sources)


def _from_tallies(
    kept: Tallied, day: date, basis: Basis, cohort: Cohort, sources: Collection[str]
) -> Scorecards:
    """Only the cards asked for are made; of the other sources, what their places rest on."""
    places = standings(kept.entrants(cohort, basis))
    claims = {name: kept.of(name) for name in set(sources)}
    cards = [
        _card(name, tabulate(own, cohort=cohort, basis=basis), places.get(name))
        for name, own in claims.items()
        if own
    ]
    pooled = _card("", tabulate(kept.pooled(), cohort=cohort, basis=basis), None)
    found = Scorecards(day, None, cohort, basis, tuple(sorted(cards, key=_order)), pooled)
    return chosen(found, sources)


def chosen(cards: Scorecards, sources: Collection[str]) -> Scorecards:
    """Only these sources' cards, empty ones where there are no claims; all if none is named."""
    if not sources:
        return cards
    held = [card for card in cards.sources if card.source in sources]
    missing = sorted(set(sources) - {card.source for card in held})
    empty = (_card(name, tabulate(()), None) for name in missing)
    return replace(cards, sources=(*held, *empty))


def scorecards(
    groups: Iterable[Group],
    *,
    as_of: date,
    since: date | None = None,
    basis: Basis = "any",
    cohort: Cohort = "due",
) -> Scorecards:
    """The scorecards of claims in memory; the arguments are those of `score`."""
    held = list(groups)
    by_source: defaultdict[str, list[Group]] = defaultdict(list)
    for group in held:
        by_source[group.source].append(group)
    records = {name: tabulate(own, cohort=cohort, basis=basis) for name, own in by_source.items()}
    entrants = {name: entered(forms(record)) for name, record in records.items()}
    places = standings({name: form for name, form in entrants.items() if form is not None})
    cards = [_card(name, record, places.get(name)) for name, record in records.items()]
    pooled = _card("", tabulate(held, cohort=cohort, basis=basis), None)
    return Scorecards(as_of, since, cohort, basis, tuple(sorted(cards, key=_order)), pooled)


def _order(card: Scorecard) -> tuple[bool, int, int, str]:
    rank = card.standing.rank
    return rank is None, rank or 0, -card.counts.n, card.source


def tier_of(effective: float) -> Tier:
    """What so many claims allow to be shown."""
    return next((tier for tier, floor in TIER_FLOORS if effective >= floor), "counts")


def _card(source: str, record: Record, standing: Standing | None) -> Scorecard:
    basis = scored_basis(record)
    cells = record.forecasts.get(basis, ())
    hits, figures = hit_rate(record), accuracy(record, basis)
    return Scorecard(
        source=source,
        counts=record.counts,
        vague=vagueness(record.counts),
        hits=hits,
        accuracy=figures,
        parts=decomposition(cells),
        standing=standing or Standing(),
        tier=tier_of(hits.effective),
        forecast_tier=tier_of(figures.forecasts_effective),
        calibration=calibration_table(cells),
    )


def scorecards_json(cards: Scorecards) -> dict[str, Any]:
    """The scorecards as JSON values: what is undefined is null, never 0."""
    return {
        "as_of": cards.as_of.isoformat(),
        "since": cards.since.isoformat() if cards.since else None,
        "cohort": cards.cohort,
        "basis": cards.basis,
        "sources": [scorecard_json(card) for card in cards.sources],
        "pooled": scorecard_json(cards.pooled),
    }


def scorecard_json(card: Scorecard) -> dict[str, Any]:
    """One scorecard, flat, with a sentence for each figure that a reader sees."""
    counts = asdict(card.counts)
    causes = counts.pop("causes")
    return {
        "source": card.source or None,
        **counts,
        "vagueness_causes": causes,
        **asdict(card.vague),
        **asdict(card.hits),
        **asdict(card.accuracy),
        **asdict(card.parts),
        **asdict(card.standing),
        "tier": card.tier,
        "forecast_tier": card.forecast_tier,
        "calibration": [asdict(row) for row in card.calibration],
        "says": explain(card),
    }
