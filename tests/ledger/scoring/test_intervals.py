from __future__ import annotations

from fractions import Fraction
from math import comb

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger.scoring.intervals import beta_cdf
from ledger.scoring.intervals import beta_quantile
from ledger.scoring.intervals import binomial_band
from ledger.scoring.intervals import brier_interval
from ledger.scoring.intervals import effective
from ledger.scoring.intervals import jeffreys
from ledger.scoring.intervals import wilson
from ledger.scoring.proper import brier
from tests.ledger.scoring.claims import cells
from tests.ledger.scoring.claims import cells_of
from tests.ledger.scoring.claims import said


def test_wilson_by_the_book() -> None:
    assert wilson(7, 10) == pytest.approx((0.3967781, 0.8922087), abs=1e-6)
    assert wilson(70, 100) == pytest.approx((0.6041515, 0.7810511), abs=1e-6)


@pytest.mark.parametrize("n", [1, 5, 1000])
def test_nothing_and_everything_end_exactly(n: int) -> None:
    for interval in (wilson, jeffreys):
        assert interval(0, n)[0] == 0.0
        assert interval(n, n)[1] == 1.0
        assert 0 < interval(0, n)[1] < 1
        assert 0 < interval(n, n)[0] < 1


@given(st.integers(1, 400), st.data())
def test_shares_lie_within_their_intervals(n: int, data: st.DataObject) -> None:
    hits = data.draw(st.integers(0, n))
    for interval in (wilson, jeffreys):
        low, high = interval(hits, n)
        assert 0 <= low <= hits / n <= high <= 1


@given(st.integers(1, 40), st.integers(1, 40), st.integers(1, 99))
def test_the_incomplete_beta_is_a_binomial_tail(a: int, b: int, hundredths: int) -> None:
    p, n = Fraction(hundredths, 100), a + b - 1
    exact = sum(comb(n, k) * p**k * (1 - p) ** (n - k) for k in range(a, n + 1))
    assert beta_cdf(hundredths / 100, a, b) == pytest.approx(float(exact), abs=1e-12)


@given(st.floats(0.5, 5000), st.floats(0.5, 5000), st.floats(0.01, 0.99))
def test_the_quantile_is_the_inverse(a: float, b: float, q: float) -> None:
    assert beta_cdf(beta_quantile(q, a, b), a, b) == pytest.approx(q, abs=1e-9)


@given(st.integers(1, 60), st.integers(0, 100))
def test_the_band_is_the_exact_binomial_one(n: int, hundredths: int) -> None:
    p = Fraction(hundredths, 100)
    terms = [comb(n, k) * p**k * (1 - p) ** (n - k) for k in range(n + 1)]

    def quantile(q: Fraction) -> int:
        return next(k for k in range(n + 1) if sum(terms[: k + 1]) >= q)

    low, high = binomial_band(n, hundredths / 100)
    assert low == quantile(Fraction(25, 1000)) / n
    assert high == quantile(Fraction(975, 1000)) / n


def test_a_large_band_takes_no_time() -> None:
    low, high = binomial_band(1_000_000, 0.3)
    assert (low, high) == pytest.approx((0.2991, 0.3009), abs=1e-5)


def test_repeats_of_one_claim_count_once() -> None:
    assert effective(10.0, 10.0) == 10
    assert effective(3 * 0.3333333333333333, 3 * 0.3333333333333333**2) == 1
    assert effective(20.0, 200.0) == 2  # two claims of weight ten
    assert effective(0.0, 0.0) == 0


@given(cells())
def test_the_brier_interval_holds_the_score_and_has_width(held) -> None:  # type: ignore[no-untyped-def]
    low, high = brier_interval(held)
    assert 0 <= low <= brier(held) + 1e-12
    assert brier(held) - 1e-12 <= high <= 1
    assert high - low > 0


def test_the_brier_interval_narrows_to_the_normal_one() -> None:
    low, high = brier_interval(
        cells_of(said("0.8", count=80_000), said("0.8", "false", count=20_000))
    )
    half = 1.959964 * (0.16 * 0.36 / 100_000) ** 0.5
    assert (high - low) / 2 == pytest.approx(half, rel=1e-3)


def test_five_sure_hits_are_not_certainty() -> None:
    assert brier_interval(cells_of(said("1", count=5)))[1] > 0.2
