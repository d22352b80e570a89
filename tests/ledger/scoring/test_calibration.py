from __future__ import annotations

from decimal import Decimal
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger.scoring.calibration import bin_index
from ledger.scoring.calibration import calibration_table
from ledger.scoring.calibration import corp
from ledger.scoring.calibration import recalibrated
from ledger.scoring.proper import brier
from ledger.scoring.proper import murphy
from ledger.scoring.table import Cell
from ledger.scoring.table import Level
from ledger.scoring.table import levels
from tests.ledger.scoring.claims import cells
from tests.ledger.scoring.claims import cells_of
from tests.ledger.scoring.claims import said
from tests.ledger.scoring.claims import shipped

Held = tuple[Cell, ...]


@pytest.mark.parametrize(
    ("p", "tenth"),
    [
        ("0", 0),
        ("0.1", 0),
        ("0.10000000000000001", 0),
        ("0.100001", 1),
        ("0.15", 1),
        ("0.3", 2),
        ("0.30000000000000004", 2),
        ("0.35", 3),
        ("0.6", 5),
        ("0.7", 6),
        ("0.95", 9),
        ("1.0", 9),
    ],
)
def test_every_value_lands_in_its_bin(p: str, tenth: int) -> None:
    (cell,) = cells_of(said(p))
    assert bin_index(cell.p) == tenth


def test_few_values_are_shown_as_they_are() -> None:
    rows = calibration_table(cells_of(said("0.7", count=7), said("0.70", "false"), said("0.1")))
    assert [(row.p, row.n, row.hits, row.bin) for row in rows] == [
        (0.1, 1, 1.0, None),
        (0.7, 8, 7.0, None),
    ]
    assert rows[1].rate == 7 / 8
    assert rows[1].low < 7 / 8 < rows[1].high
    assert rows[1].expected_low <= 0.7 <= rows[1].expected_high


def test_many_values_are_shown_by_tenths() -> None:
    rows = calibration_table(cells_of(*shipped("ncaa_favourites")))
    assert [row.bin for row in rows] == [f"(0.{k}, 0.{k + 1}]" for k in range(5, 9)] + [
        "(0.9, 1.0]"
    ]
    assert [row.n for row in rows][:2] == [64, 59]
    assert (rows[0].low, rows[0].high) == pytest.approx(
        (0.4714809897104102, 0.7077512341166196), abs=1e-12
    )


@given(st.lists(st.integers(0, 1000), min_size=1, max_size=60))
def test_every_forecast_is_in_exactly_one_row(thousandths: list[int]) -> None:
    held = cells_of(*(said(str(Decimal(n) / 1000)) for n in thousandths))
    rows = calibration_table(held)
    assert sum(row.n for row in rows) == len(thousandths)
    assert all(row.n for row in rows)


@given(cells())
def test_murphy_adds_up(held: Held) -> None:
    parts = murphy(held)
    total = parts.reliability - parts.resolution + parts.uncertainty
    assert total == pytest.approx(brier(held), abs=1e-12)
    assert min(parts.reliability, parts.resolution, parts.uncertainty) >= 0


@given(cells())
def test_corp_adds_up(held: Held) -> None:
    parts = corp(held)
    assert parts.mcb - parts.dsc + parts.unc == pytest.approx(brier(held), abs=1e-12)
    assert parts.mcb >= 0
    assert parts.dsc >= 0


@given(cells())
def test_recalibrated_rates_never_fall_and_keep_the_mean(held: Held) -> None:
    table = levels(held)
    fitted = recalibrated(table)
    assert all(a <= b + 1e-12 for a, b in pairwise(fitted))
    hits = sum(level.hits for level in table)
    assert sum(x * v.weight for x, v in zip(fitted, table, strict=True)) == pytest.approx(hits)


def test_violators_are_pooled() -> None:
    table = [Level(p, 1, 1.0, 1.0, hits) for p, hits in [(0.1, 0), (0.3, 1), (0.5, 0), (0.9, 1)]]
    assert recalibrated(table) == [0.0, 0.5, 0.5, 1.0]
