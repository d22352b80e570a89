"""Figures computed independently, in R and in Python, for six sets of real forecasts."""

from __future__ import annotations

import csv
import json
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING
from typing import Any

import pytest

from ledger.scoring.calibration import bin_index
from ledger.scoring.intervals import jeffreys
from ledger.scoring.proper import log_score
from ledger.scoring.table import pool
from tests.ledger.scoring.claims import card_of
from tests.ledger.scoring.claims import cells_of
from tests.ledger.scoring.claims import said

if TYPE_CHECKING:
    from ledger.scoring.scorecard import Scorecard
    from ledger.scoring.table import Cell

FOLDER = Path(__file__).parents[3] / ".." / "shared" / "data" / "scoring"
NAMES = (
    "538_governors_deluxe_weighted",
    "538_nba_games",
    "538_ncaa_favourites",
    "finley",
    "niamey_emos",
    "tampere_pop24",
)
EXACT = 1e-9

pytestmark = pytest.mark.skipif(
    not (FOLDER / "reference.json").exists(), reason="the reference figures are not on this machine"
)


@pytest.fixture(scope="module", params=NAMES)
def case(request: pytest.FixtureRequest) -> tuple[dict[str, Any], tuple[Cell, ...], Scorecard]:
    """The reference figures, the forecasts, and our scorecard of them."""
    figures = json.loads((FOLDER / "reference.json").read_text(encoding="utf-8"))
    with (FOLDER / f"{request.param}.csv").open(encoding="utf-8", newline="") as file:
        claims = [
            said(row["p"], "true" if row["y"] == "1" else "false", weight=Decimal(row["w"]))
            for row in csv.DictReader(file)
        ]
    return figures["datasets"][request.param], cells_of(*claims), card_of(*claims)


def test_scores(case: tuple[dict[str, Any], tuple[Cell, ...], Scorecard]) -> None:
    want, cells, card = case
    ours = card.accuracy
    assert ours.forecasts == want["n"]
    assert ours.brier == pytest.approx(want["brier"], abs=EXACT)
    assert ours.log_score == pytest.approx(want["log_clip_0.01"], abs=EXACT)
    assert ours.skill == pytest.approx(want["bss_clim"], abs=EXACT)
    assert ours.base_rate == pytest.approx(want["base_rate"], abs=EXACT)
    assert ours.brier_expected == pytest.approx(want["expected_brier_if_calibrated"], abs=EXACT)
    assert log_score(cells) == ours.log_score


def test_decompositions(case: tuple[dict[str, Any], tuple[Cell, ...], Scorecard]) -> None:
    want, _, card = case
    murphy = want["murphy_distinct"]
    assert card.parts.reliability == pytest.approx(murphy["REL"], abs=EXACT)
    assert card.parts.resolution == pytest.approx(murphy["RES"], abs=EXACT)
    assert card.parts.uncertainty == pytest.approx(murphy["UNC"], abs=EXACT)
    assert card.parts.mcb == pytest.approx(want["corp_brier"]["MCB"], abs=EXACT)
    assert card.parts.dsc == pytest.approx(want["corp_brier"]["DSC"], abs=EXACT)


def test_hit_rate(case: tuple[dict[str, Any], tuple[Cell, ...], Scorecard]) -> None:
    want, _, card = case
    if "hit" not in want:
        pytest.skip("no reference for weighted hit rates")
    hit = want["hit"]
    assert card.hits.scored == hit["n"]
    assert card.hits.hit_rate == pytest.approx(hit["rate"], abs=EXACT)
    assert card.hits.hit_low == pytest.approx(hit["wilson95"][0], abs=EXACT)
    assert card.hits.hit_high == pytest.approx(hit["wilson95"][1], abs=EXACT)
    assert jeffreys(hit["k"], hit["n"]) == pytest.approx(tuple(hit["jeffreys95"]), abs=EXACT)


def test_tenths(case: tuple[dict[str, Any], tuple[Cell, ...], Scorecard]) -> None:
    want, cells, _ = case
    if "reliability_table" not in want:
        pytest.skip("no reference for weighted bins")
    held = ([cell for cell in cells if bin_index(cell.p) == tenth] for tenth in range(10))
    bins = [pool(inside) for inside in held if inside]
    assert len(bins) == len(want["reliability_table"])
    for ours, row in zip(bins, want["reliability_table"], strict=True):
        assert ours.count == row["n"]
        assert ours.p == pytest.approx(row["mean_p"], abs=EXACT)
        assert ours.rate == pytest.approx(row["obs"], abs=EXACT)
        low, high = jeffreys(ours.hits, ours.count)
        assert (low, high) == pytest.approx(tuple(row["jeffreys95"]), abs=EXACT)
