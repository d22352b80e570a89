"""Calibration: of what was called 70 %, how much came true; and its miscalibration as a figure."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from math import ceil
from math import fsum
from typing import TYPE_CHECKING

from ledger.scoring.intervals import binomial_band
from ledger.scoring.intervals import effective
from ledger.scoring.intervals import jeffreys
from ledger.scoring.proper import base_rate
from ledger.scoring.proper import brier
from ledger.scoring.proper import brier_loss
from ledger.scoring.proper import constant_loss
from ledger.scoring.proper import total
from ledger.scoring.table import levels
from ledger.scoring.table import pool

if TYPE_CHECKING:
    from collections.abc import Sequence
    from decimal import Decimal

    from ledger.scoring.table import Cell
    from ledger.scoring.table import Level

# As many values as 0, 10 … 100 % are shown as they are; more are put into ten bins.
_FEW_VALUES = 11
_BINS = 10


@dataclass(frozen=True, slots=True)
class CalibrationRow:
    """Forecasts of one probability, or of one bin, and what came of them.

    Attributes:
        p: The probability; of a bin, its mean.
        n: How many claims.
        hits: The weighted sum of their outcomes.
        rate: The share that came true, 0 to 1.
        low: Lower end of the Jeffreys 95 % interval for the rate.
        high: Its upper end.
        expected_low: Lower end of the band that holds 95 % of the rates of a calibrated source.
        expected_high: Its upper end.
        weight: The sum of the weights; equals `n` where no claim is a repeat.
        bin: ``(0.1, 0.2]``, or None where the row is one probability.
    """

    p: float
    n: int
    hits: float
    rate: float
    low: float
    high: float
    expected_low: float
    expected_high: float
    weight: float
    bin: str | None


@dataclass(frozen=True, slots=True)
class Corp:
    """Brier = mcb - dsc + unc (Dimitriadis, Gneiting & Jordan 2021).

    Attributes:
        mcb: Miscalibration: what recalibrating would save; 0 is best.
        dsc: Discrimination: what the recalibrated forecasts save over the base rate.
        unc: Uncertainty: the score of the base rate.
    """

    mcb: float
    dsc: float
    unc: float


def bin_index(p: Decimal) -> int:
    """Which tenth a probability falls in, 0 to 9: right-closed, 0 with the first.

    In decimals, since in floats three times 0.1 is more than 0.3.
    """
    return max(0, ceil(p * _BINS) - 1)


def calibration_table(cells: Sequence[Cell]) -> tuple[CalibrationRow, ...]:
    """By distinct probability where there are few, else by tenths; empty bins are left out."""
    values = levels(cells)
    if len(values) <= _FEW_VALUES:
        return tuple(_row(level, None) for level in values)
    bins: defaultdict[int, list[Cell]] = defaultdict(list)
    for cell in cells:
        bins[bin_index(cell.p)].append(cell)
    return tuple(_row(pool(bins[k]), _bin_name(k)) for k in sorted(bins))


def _bin_name(k: int) -> str:
    return f"{'(' if k else '['}{k / _BINS:.1f}, {(k + 1) / _BINS:.1f}]"


def _row(level: Level, name: str | None) -> CalibrationRow:
    n = effective(level.weight, level.square)
    return CalibrationRow(
        level.p,
        level.count,
        level.hits,
        level.rate,
        *jeffreys(level.rate * n, n),
        *binomial_band(max(1, round(n)), level.p),
        level.weight,
        name,
    )


def recalibrated(table: Sequence[Level]) -> list[float]:
    """The rates that fit best among those that never fall as the probability rises.

    Isotonic regression by pooling adjacent violators; one value for each level.

    Args:
        table: Levels by rising probability.
    """
    blocks: list[tuple[float, float, int]] = []  # hits, weight, levels
    for level in table:
        hits, weight, size = level.hits, level.weight, 1
        while blocks and blocks[-1][0] * weight >= hits * blocks[-1][1]:
            before = blocks.pop()
            hits, weight, size = hits + before[0], weight + before[1], size + before[2]
        blocks.append((hits, weight, size))
    return [min(1.0, hits / weight) for hits, weight, size in blocks for _ in range(size)]


def corp(cells: Sequence[Cell]) -> Corp:
    """The CORP decomposition of the Brier score of some forecasts, at least one."""
    table = levels(cells)
    fitted = {level.p: x for level, x in zip(table, recalibrated(table), strict=True)}
    best = fsum(c.weight * brier_loss(fitted[float(c.p)], c.y) for c in cells) / total(cells)
    base = constant_loss(cells, base_rate(cells), brier_loss)
    # Neither can be negative; rounding may say so by a hair.
    return Corp(max(0.0, brier(cells) - best), max(0.0, base - best), base)
