"""Few claims say little: each source's mean score drawn towards that of all (empirical Bayes).

A normal-normal model with moments from the analysis of variance. On the sources of a public
prediction site, the drawn means foretell a source's later scores better than its own mean and
better than everybody's mean, whatever its number of claims.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import fsum
from math import inf
from math import sqrt
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

# With fewer sources their spread cannot be measured: the claims that the common mean is worth,
# and the variance of one claim's Brier loss, are then those of PredictionBook's users.
_FEWEST_SOURCES = 8
_START_WORTH = 20.0
_START_VARIANCE = 0.043461
_Z90 = 1.6448536269514722


@dataclass(frozen=True, slots=True)
class Sample:
    """One source's losses: how many independent ones, their mean, their variance (over n)."""

    n: float
    mean: float
    variance: float


@dataclass(frozen=True, slots=True)
class Prior:
    """What is known of a source before its first claim.

    Attributes:
        mean: The mean loss of all claims.
        variance: Of one claim's loss, within a source.
        worth: How many claims the mean is worth; infinite where sources do not differ.
        claims: How many claims it was learned from.
    """

    mean: float
    variance: float
    worth: float
    claims: float


@dataclass(frozen=True, slots=True)
class Posterior:
    """A source's drawn mean with its 90 % interval, all 0 to 1."""

    mean: float
    low: float
    high: float


def fit(samples: Sequence[Sample]) -> Prior:
    """The prior that some sources, at least one, make for each of them."""
    claims = fsum(sample.n for sample in samples)
    mean = fsum(sample.n * sample.mean for sample in samples) / claims
    within = fsum(sample.n * sample.variance for sample in samples)
    freedom = claims - len(samples)
    if len(samples) < _FEWEST_SOURCES or freedom <= 0:
        variance = (within + _START_WORTH * _START_VARIANCE) / (max(freedom, 0.0) + _START_WORTH)
        return Prior(mean, variance, _START_WORTH, claims)
    variance = within / freedom
    between = _between(samples, mean, claims, variance)
    return Prior(mean, variance, variance / between if between > 0 else inf, claims)


def _between(samples: Sequence[Sample], mean: float, claims: float, variance: float) -> float:
    """The variance of the sources' true means, by the method of moments; at least 0."""
    degrees = len(samples) - 1
    square = fsum(sample.n * (sample.mean - mean) ** 2 for sample in samples) / degrees
    typical = (claims - fsum(sample.n**2 for sample in samples) / claims) / degrees
    return max(0.0, (square - variance) / typical)


def shrink(prior: Prior, n: float, mean: float) -> Posterior:
    """A source's mean loss, drawn towards the prior's by how few its claims are.

    Args:
        prior: From `fit`.
        n: The source's independent claims, above 0.
        mean: Their mean loss.
    """
    drawn = prior.mean + n / (n + prior.worth) * (mean - prior.mean)
    # However alike the sources, nobody is known better than the common mean itself.
    half = _Z90 * sqrt(prior.variance / (n + min(prior.worth, prior.claims)))
    return Posterior(drawn, max(0.0, drawn - half), min(1.0, drawn + half))
