from __future__ import annotations

import random
from math import inf

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger.scoring.shrinkage import Sample
from ledger.scoring.shrinkage import fit
from ledger.scoring.shrinkage import shrink

samples = st.lists(
    st.builds(
        Sample,
        st.integers(1, 500).map(float),
        st.floats(0, 1),
        st.floats(0, 0.25),
    ),
    min_size=1,
    max_size=30,
)


@given(samples)
def test_a_drawn_mean_lies_between_its_own_and_everybodys(held: list[Sample]) -> None:
    prior = fit(held)
    for sample in held:
        drawn = shrink(prior, sample.n, sample.mean)
        low, high = sorted((prior.mean, sample.mean))
        assert low - 1e-12 <= drawn.mean <= high + 1e-12
        assert 0 <= drawn.low <= drawn.mean + 1e-12
        assert drawn.mean - 1e-12 <= drawn.high <= 1


def test_the_moments_are_those_of_the_analysis_of_variance() -> None:
    held = [Sample(10.0, 0.1 + 0.02 * k, 0.04) for k in range(10)]
    prior = fit(held)
    within = 10 * 10 * 0.04 / 90
    between = (10 * sum((0.02 * (k - 4.5)) ** 2 for k in range(10)) / 9 - within) / 10
    assert prior.mean == pytest.approx(0.19)
    assert prior.variance == pytest.approx(within)
    assert prior.worth == (pytest.approx(within / between) if between > 0 else inf)


def test_few_sources_take_the_start_up_prior() -> None:
    prior = fit([Sample(10.0, 0.1, 0.0), Sample(30.0, 0.3, 0.0)])
    assert prior.worth == 20
    assert prior.mean == pytest.approx(0.25)
    assert prior.variance > 0
    assert shrink(prior, 10, 0.1).mean == pytest.approx(0.25 + 10 / 30 * (0.1 - 0.25))


def test_sources_that_do_not_differ_share_the_mean_and_keep_a_width() -> None:
    prior = fit([Sample(5.0, 0.2, 0.04) for _ in range(10)])
    assert prior.worth == inf
    drawn = shrink(prior, 5, 0.2)
    assert drawn.mean == pytest.approx(0.2)
    assert drawn.high - drawn.low > 0


def test_one_claim_says_less_than_many() -> None:
    prior = fit([Sample(50.0, 0.1 + 0.03 * k, 0.03) for k in range(9)])
    thin, thick = shrink(prior, 1, 0.0), shrink(prior, 200, 0.0)
    assert thick.mean < thin.mean < prior.mean
    assert thick.high < thin.high


def test_the_truth_is_found_again() -> None:
    rng = random.Random(7)
    truths = [rng.gauss(0.2, 0.05) for _ in range(400)]
    held = []
    for truth in truths:
        losses = [rng.gauss(truth, 0.2) for _ in range(25)]
        mean = sum(losses) / 25
        held.append(Sample(25.0, mean, sum((x - mean) ** 2 for x in losses) / 25))
    prior = fit(held)
    assert prior.worth == pytest.approx(0.2**2 / 0.05**2, rel=0.3)

    def error(guesses: list[float]) -> float:
        return sum((g - t) ** 2 for g, t in zip(guesses, truths, strict=True))

    drawn = [shrink(prior, s.n, s.mean).mean for s in held]
    assert error(drawn) < error([s.mean for s in held])
    assert error(drawn) < error([prior.mean] * 400)
