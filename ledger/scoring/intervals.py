"""Intervals: for a share, for a mean score, and for what chance alone would show.

No statistics library is needed: the incomplete beta function is twenty lines.
"""

from __future__ import annotations

from functools import lru_cache
from math import exp
from math import fsum
from math import lgamma
from math import log
from math import log1p
from math import sqrt
from statistics import NormalDist
from typing import TYPE_CHECKING

from ledger.scoring.proper import brier
from ledger.scoring.proper import brier_loss
from ledger.scoring.proper import total

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ledger.scoring.table import Cell

Interval = tuple[float, float]

_Z95 = NormalDist().inv_cdf(0.975)
_TAIL = 0.025
_TINY = 1e-300


def effective(weight: float, square: float) -> float:
    """How many independent claims some weights are worth.

    The lesser of the sum of weights (twenty repeats at 1/20 are one claim) and of Kish's
    (Σw)²/Σw² (a heavy claim is still one claim). With all weights 1 it is their number.
    """
    if square <= 0:
        return 0.0
    # Rounded, so that three times 0.3333333333333333 is one claim.
    return round(min(weight, weight * weight / square), 9)


def effective_forecasts(cells: Sequence[Cell]) -> float:
    """How many independent forecasts some cells are worth."""
    return effective(total(cells), fsum(cell.unit * cell.weight for cell in cells))


def wilson(hits: float, n: float) -> Interval:
    """Wilson's 95 % score interval for a share (1927), without continuity correction.

    Args:
        hits: How many, 0 to `n`; may be a fraction.
        n: Out of how many, above 0.
    """
    share = min(1.0, hits / n)
    spread = _Z95 * _Z95 / n
    centre = share + spread / 2
    half = _Z95 * sqrt(share * (1 - share) / n + spread / (4 * n))
    low, high = (centre - half) / (1 + spread), (centre + half) / (1 + spread)
    # The ends are exact where everything or nothing hit; rounding must not move them.
    return max(0.0, low) if share > 0 else 0.0, min(1.0, high) if share < 1 else 1.0


def jeffreys(hits: float, n: float) -> Interval:
    """Jeffreys' 95 % interval for a share: quantiles of Beta(hits + ½, n - hits + ½).

    It ends at 0 where nothing hit and at 1 where everything did (Brown, Cai & DasGupta 2001).
    """
    misses = max(0.0, n - hits)
    low = beta_quantile(_TAIL, hits + 0.5, misses + 0.5) if hits > 0 else 0.0
    high = beta_quantile(1 - _TAIL, hits + 0.5, misses + 0.5) if misses > 0 else 1.0
    return low, high


def binomial_band(n: int, p: float) -> Interval:
    """Where the share of n claims falls, 95 % of the time, if each comes true with chance p.

    Exact binomial quantiles divided by n: deterministic, so that an audit finds the same.
    """
    return _binomial_quantile(_TAIL, n, p) / n, _binomial_quantile(1 - _TAIL, n, p) / n


def brier_interval(cells: Sequence[Cell]) -> Interval:
    """A 95 % interval for the Brier score of a source, within 0 to 1 and never of zero width.

    Wilson's interval for a mean of losses in 0 to 1, with their own variance instead of the
    largest possible one: the measured variance, and at least what the stated numbers imply (ten
    hits at 95 % have not shown yet what a miss costs). To it are added z² ≈ 4 pseudo-claims of
    the largest variance, else five hits at 100 % would look like certainty. With many claims it
    is the normal interval.
    """
    n, mean = effective_forecasts(cells), brier(cells)
    z2 = _Z95 * _Z95
    centre = (n * mean + z2 / 2) / (n + z2)
    largest = centre * (1 - centre)
    own = max(loss_variance(cells), _implied_variance(cells))
    variance = (n * own + z2 * largest) / (n + z2)
    worth = n * largest / variance
    return wilson(mean * worth, worth)


def loss_variance(cells: Sequence[Cell]) -> float:
    """The variance of the squared errors about their mean (divided by n, not n - 1)."""
    mean = brier(cells)
    squares = (cell.weight * (brier_loss(float(cell.p), cell.y) - mean) ** 2 for cell in cells)
    return fsum(squares) / total(cells)


def _implied_variance(cells: Sequence[Cell]) -> float:
    """The mean variance of a squared error if the stated p is true: p(1 - p)(1 - 2p)²."""
    squares = (c.weight * (p := float(c.p)) * (1 - p) * (1 - 2 * p) ** 2 for c in cells)
    return fsum(squares) / total(cells)


def beta_cdf(x: float, a: float, b: float) -> float:
    """The regularised incomplete beta function I_x(a, b), for a and b above 0."""
    if not 0 < x < 1:
        return float(x >= 1)
    front = exp(a * log(x) + b * log1p(-x) - _log_beta(a, b))
    # The fraction converges fast on one side of the mean; the other is its mirror.
    if x < (a + 1) / (a + b + 2):
        return front * _beta_fraction(x, a, b) / a
    return 1 - front * _beta_fraction(1 - x, b, a) / b


def _log_beta(a: float, b: float) -> float:
    return lgamma(a) + lgamma(b) - lgamma(a + b)


def _beta_fraction(x: float, a: float, b: float) -> float:
    """The continued fraction of the incomplete beta (DLMF 8.17.22), by Lentz's method."""
    c, d = 1.0, 1 / _away(1 - (a + b) * x / (a + 1))
    value = d
    for m in range(1, 100_000):
        even = m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m))
        odd = -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1))
        before = value
        for term in (even, odd):
            c, d = _away(1 + term / c), 1 / _away(1 + term * d)
            value *= c * d
        if abs(value - before) <= 1e-16 * abs(value):
            break
    return value


def _away(x: float) -> float:
    """Not quite zero, so that it can divide."""
    return x if abs(x) > _TINY else _TINY


@lru_cache(maxsize=4096)
def beta_quantile(q: float, a: float, b: float) -> float:
    """The x with I_x(a, b) = q, by Newton's method kept within a shrinking bracket."""
    low, high, x = 0.0, 1.0, a / (a + b)
    for _ in range(200):
        gap = beta_cdf(x, a, b) - q
        low, high = (low, x) if gap > 0 else (x, high)
        guess = x - gap / _away(_beta_density(x, a, b))
        after = guess if low < guess < high else (low + high) / 2
        if abs(after - x) <= 1e-15 * x:
            break
        x = after
    return x


def _beta_density(x: float, a: float, b: float) -> float:
    return exp((a - 1) * log(x) + (b - 1) * log1p(-x) - _log_beta(a, b))


@lru_cache(maxsize=4096)
def _binomial_quantile(q: float, n: int, p: float) -> int:
    """The least k of 0 to n with P(X ≤ k) ≥ q."""
    low, high = 0, n
    while low < high:
        middle = (low + high) // 2
        # P(X ≤ k) = I_{1-p}(n - k, k + 1); the slack forgives the last rounding.
        if beta_cdf(1 - p, n - middle, middle + 1) >= q - 1e-12:
            high = middle
        else:
            low = middle + 1
    return low
