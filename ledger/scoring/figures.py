"""The figures of one record: each with its interval, None where it is not defined."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from ledger.scoring import calibration
from ledger.scoring import intervals
from ledger.scoring import proper

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ledger.scoring.table import Cell
    from ledger.scoring.table import Counts
    from ledger.scoring.table import Record


@dataclass(frozen=True, slots=True)
class Vagueness:
    """The share of recorded claims that cannot be held to account, with Wilson's interval."""

    vagueness: float | None = None
    vagueness_low: float | None = None
    vagueness_high: float | None = None


@dataclass(frozen=True, slots=True)
class HitRate:
    """How many claims went the way they leaned.

    Attributes:
        scored: Resolved claims that lean some way.
        effective: What they are worth when repeats of one claim count once.
        hit_rate: The share that went so, partial credit as its credit, 0 to 1.
        hit_low: Lower end of Wilson's 95 % interval.
        hit_high: Its upper end.
        hit_bounds: The rate if every overdue claim went wrong, and if every one went right.
    """

    scored: int = 0
    effective: float = 0.0
    hit_rate: float | None = None
    hit_low: float | None = None
    hit_high: float | None = None
    hit_bounds: tuple[float, float] | None = None


@dataclass(frozen=True, slots=True)
class Accuracy:
    """How far the stated numbers were from what happened.

    Attributes:
        forecasts: Resolved forecasts of the basis that is scored.
        forecasts_effective: What they are worth when repeats of one claim count once.
        forecast_basis: ``stated`` or ``hedge``: never both in one score.
        left_aside: Resolved forecasts of the other basis.
        brier: 0 (perfect) to 1; saying 50 % throughout gives 0.25.
        brier_low: Lower end of its 95 % interval.
        brier_high: Its upper end.
        brier_bounds: Best and worst case over the overdue claims.
        brier_expected: What the same numbers would score if they were calibrated.
        log_score: Mean logarithmic score, natural, 0 is best.
        log_clip: Probabilities count as at least this far from 0 and 1 in the log score.
        base_rate: The share of the forecasts that came true.
        skill: 1 - Brier / the reference's Brier.
        skill_reference: What the reference is.
    """

    forecasts: int = 0
    forecasts_effective: float = 0.0
    forecast_basis: str | None = None
    left_aside: int = 0
    brier: float | None = None
    brier_low: float | None = None
    brier_high: float | None = None
    brier_bounds: tuple[float, float] | None = None
    brier_expected: float | None = None
    log_score: float | None = None
    log_clip: float = proper.LOG_CLIP
    base_rate: float | None = None
    skill: float | None = None
    skill_reference: str | None = None


@dataclass(frozen=True, slots=True)
class Decomposition:
    """What the Brier score is made of: Murphy's three parts, and CORP's two."""

    reliability: float | None = None
    resolution: float | None = None
    uncertainty: float | None = None
    mcb: float | None = None
    dsc: float | None = None


def scored_basis(record: Record) -> str:
    """Stated probabilities where there are some, else those mapped from hedges; "" if none."""
    for held in (record.forecasts, record.overdue):
        for basis in ("stated", "hedge"):
            if held.get(basis):
                return basis
    return ""


def vagueness(counts: Counts) -> Vagueness:
    """How vague a record is; of no claims, undefined."""
    if not counts.n:
        return Vagueness()
    return Vagueness(counts.vague / counts.n, *intervals.wilson(counts.vague, counts.n))


def hit_rate(record: Record) -> HitRate:
    """How many claims went the way they leaned."""
    calls = record.calls
    judged = calls.weight + calls.missing
    if not judged:
        return HitRate()
    worst = min(1.0, calls.hits / judged)
    bounds = worst, min(1.0, (calls.hits + calls.missing) / judged)
    if not calls.weight:
        return HitRate(hit_bounds=bounds)
    rate = min(1.0, calls.hits / calls.weight)
    n = intervals.effective(calls.weight, calls.square)
    return HitRate(calls.count, n, rate, *intervals.wilson(rate * n, n), bounds)


def accuracy(record: Record, basis: str) -> Accuracy:
    """The scores of the forecasts of one basis."""
    cells, overdue = record.forecasts.get(basis, ()), record.overdue.get(basis, ())
    bounds = proper.bounds(cells, overdue) if cells or overdue else None
    if not cells:
        return Accuracy(forecast_basis=basis or None, brier_bounds=bounds)
    n = intervals.effective_forecasts(cells)
    low, high = intervals.brier_interval(cells)
    skill = proper.skill(cells, n)
    everything = sum(cell.count for held in record.forecasts.values() for cell in held)
    count = sum(cell.count for cell in cells)
    return Accuracy(
        forecasts=count,
        forecasts_effective=n,
        forecast_basis=basis,
        left_aside=everything - count,
        brier=proper.brier(cells),
        brier_low=low,
        brier_high=high,
        brier_bounds=bounds,
        brier_expected=proper.expected_brier(cells),
        log_score=proper.log_score(cells),
        base_rate=proper.base_rate(cells),
        skill=skill.value if skill else None,
        skill_reference=skill.reference if skill else None,
    )


def decomposition(cells: Sequence[Cell]) -> Decomposition:
    """What the Brier score of some forecasts is made of."""
    if not cells:
        return Decomposition()
    murphy, corp = proper.murphy(cells), calibration.corp(cells)
    return Decomposition(
        murphy.reliability, murphy.resolution, murphy.uncertainty, corp.mcb, corp.dsc
    )
