"""Proper scores of probability forecasts, their references, and Murphy's decomposition.

All functions want at least one cell; lower scores are better.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import fsum
from math import log
from typing import TYPE_CHECKING

from ledger.scoring.table import levels

if TYPE_CHECKING:
    from collections.abc import Callable
    from collections.abc import Iterable
    from collections.abc import Sequence

    from ledger.scoring.table import Cell

    Loss = Callable[[float, float], float]

LOG_CLIP = 0.01
# Below this many forecasts, a source's own base rate flatters the reference too much.
_FEW = 50


@dataclass(frozen=True, slots=True)
class Skill:
    """How much of the reference's score was saved.

    Attributes:
        value: 1 is perfect, 0 no better than the reference, below 0 worse.
        reference: ``baseline`` (frozen at capture), ``base rate`` (the source's own), or
            ``leave-one-out base rate`` (of its other claims; for fewer than 50 forecasts).
    """

    value: float
    reference: str


@dataclass(frozen=True, slots=True)
class Murphy:
    """Brier = reliability - resolution + uncertainty.

    Attributes:
        reliability: Distance of what was said from what happened; 0 is best.
        resolution: How far the cases were told apart; more is better.
        uncertainty: The variance of the outcomes, which no forecaster can help.
    """

    reliability: float
    resolution: float
    uncertainty: float


def brier_loss(p: float, y: float) -> float:
    """The squared error of one forecast, 0 to 1."""
    return (p - y) ** 2


def log_loss(p: float, y: float) -> float:
    """The negative log likelihood (natural) of one forecast, with p kept in 0.01 to 0.99."""
    kept = min(max(p, LOG_CLIP), 1 - LOG_CLIP)
    return -(y * log(kept) + (1 - y) * log(1 - kept))


def total(cells: Iterable[Cell]) -> float:
    """The sum of the weights."""
    return fsum(cell.weight for cell in cells)


def mean_loss(cells: Sequence[Cell], loss: Loss) -> float:
    """The weighted mean of a loss over the forecasts."""
    return fsum(cell.weight * loss(float(cell.p), cell.y) for cell in cells) / total(cells)


def constant_loss(cells: Sequence[Cell], p: float, loss: Loss) -> float:
    """What the same claims would have cost with one probability for all."""
    return fsum(cell.weight * loss(p, cell.y) for cell in cells) / total(cells)


def brier(cells: Sequence[Cell]) -> float:
    """The Brier score, 0 (perfect) to 1: the mean squared error (Brier 1950, halved)."""
    return mean_loss(cells, brier_loss)


def log_score(cells: Sequence[Cell]) -> float:
    """The mean logarithmic score, 0.01 to 4.61 with the clip at 0.01; infinite without it."""
    return mean_loss(cells, log_loss)


def expected_brier(cells: Sequence[Cell]) -> float:
    """The Brier score to expect of a source that is calibrated: the mean of p(1 - p)."""
    return fsum(cell.weight * float(cell.p) * (1 - float(cell.p)) for cell in cells) / total(cells)


def base_rate(cells: Sequence[Cell]) -> float:
    """The share that came true, 0 to 1."""
    # Capped: two rounded sums may divide to a hair over 1.
    return min(1.0, fsum(cell.weight * cell.y for cell in cells) / total(cells))


def bounds(scored: Sequence[Cell], unresolved: Sequence[Cell]) -> tuple[float, float]:
    """The Brier score if every unresolved claim went as well, and as badly, as it can.

    Manski's bounds: silence about overdue claims cannot buy a better score.

    Args:
        scored: Resolved forecasts.
        unresolved: Overdue ones, each with the outcome that would suit it best.
    """
    losses = [(cell.weight, *_extremes(cell)) for cell in unresolved]
    losses += [(c.weight, loss := brier_loss(float(c.p), c.y), loss) for c in scored]
    weight = fsum(w for w, _, _ in losses)
    best = fsum(w * low for w, low, _ in losses) / weight
    return best, fsum(w * high for w, _, high in losses) / weight


def _extremes(cell: Cell) -> tuple[float, float]:
    return brier_loss(float(cell.p), cell.y), brier_loss(float(cell.p), 1 - cell.y)


def _others_rate_brier(cells: Sequence[Cell]) -> float | None:
    """The Brier score of giving each claim the base rate of all the others."""
    weight = total(cells)
    if sum(cell.count for cell in cells) < 2:
        return None
    hits = fsum(cell.weight * cell.y for cell in cells)
    losses = (
        cell.weight * brier_loss((hits - cell.unit * cell.y) / (weight - cell.unit), cell.y)
        for cell in cells
    )
    return fsum(losses) / weight


def baseline_brier(cells: Sequence[Cell]) -> float | None:
    """The Brier score of the frozen baselines; None unless every claim has one."""
    losses = [
        cell.weight * brier_loss(cell.baseline, cell.y)
        for cell in cells
        if cell.baseline is not None
    ]
    return fsum(losses) / total(cells) if len(losses) == len(cells) else None


def _reference(cells: Sequence[Cell], effective: float) -> tuple[float | None, str]:
    frozen = baseline_brier(cells)
    if frozen is not None:
        return frozen, "baseline"
    if effective < _FEW:
        return _others_rate_brier(cells), "leave-one-out base rate"
    return constant_loss(cells, base_rate(cells), brier_loss), "base rate"


def skill(cells: Sequence[Cell], effective: float) -> Skill | None:
    """The Brier skill score, 1 - Brier / reference; None where the reference is perfect or none.

    Args:
        cells: Forecasts.
        effective: Their number, with repeats of one claim counted once.
    """
    reference, name = _reference(cells, effective)
    return Skill(1 - brier(cells) / reference, name) if reference else None


def murphy(cells: Sequence[Cell]) -> Murphy:
    """Murphy's decomposition (1973) on the distinct probabilities: exact, without bins.

    With partial outcomes the uncertainty is their variance, which is ō(1 - ō) without.
    """
    weight = total(cells)
    rate = base_rate(cells)
    table = levels(cells)
    return Murphy(
        fsum(level.weight * (level.p - level.rate) ** 2 for level in table) / weight,
        fsum(level.weight * (level.rate - rate) ** 2 for level in table) / weight,
        constant_loss(cells, rate, brier_loss),
    )
