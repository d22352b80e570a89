from __future__ import annotations

from math import log

import pytest

from ledger.scoring.proper import bounds
from ledger.scoring.proper import brier
from ledger.scoring.proper import log_loss
from ledger.scoring.proper import log_score
from ledger.scoring.proper import murphy
from ledger.scoring.proper import skill
from ledger.scoring.table import tabulate
from tests.ledger.scoring.claims import card_of
from tests.ledger.scoring.claims import cells_of
from tests.ledger.scoring.claims import said
from tests.ledger.scoring.claims import shipped


def test_favourites_of_the_tournament() -> None:
    card = card_of(*shipped("ncaa_favourites"))
    assert card.accuracy.forecasts == 253
    assert card.accuracy.brier == pytest.approx(0.1962706561264822, abs=1e-12)
    assert card.accuracy.log_score == pytest.approx(0.5717026699910113, abs=1e-12)
    assert card.accuracy.skill == pytest.approx(0.06608025364258119, abs=1e-12)
    assert card.parts.mcb == pytest.approx(0.007529419975440321, abs=1e-12)
    assert card.parts.dsc == pytest.approx(0.021416710387726134, abs=1e-12)
    assert card.hits.hit_rate == pytest.approx(177 / 253)
    assert card.hits.hit_low == pytest.approx(0.640475356351385, abs=1e-12)


def test_finley_is_accurate_and_has_no_skill() -> None:
    card = card_of(*shipped("finley"))
    assert card.hits.hit_rate == pytest.approx(0.9661077417053158, abs=1e-12)
    assert card.accuracy.skill == pytest.approx(-0.8972654468764247, abs=1e-12)
    assert card.parts.reliability == pytest.approx(0.018564291285076015, abs=1e-12)
    assert card.parts.resolution == pytest.approx(0.002535773855162676, abs=1e-12)


def test_the_log_score_is_clipped() -> None:
    assert log_loss(0.0, 1.0) == log_loss(0.005, 1.0) == -log(0.01)
    assert log_loss(1.0, 1.0) == -log(0.99)
    assert log_score(cells_of(said("0.8"))) == pytest.approx(-log(0.8))


def test_partial_credit_is_squared_and_crossed() -> None:
    from decimal import Decimal

    cells = cells_of(said("0.8", "partial", credit=Decimal("0.5")))
    assert brier(cells) == pytest.approx(0.09)
    assert log_score(cells) == pytest.approx(-(log(0.8) + log(0.2)) / 2)


def test_few_claims_are_measured_against_the_others() -> None:
    cells = cells_of(said("0.8"), said("0.6"), said("0.7", "false"))
    # The others' rate is 1/2, 1/2 and 1.
    reference = (0.25 + 0.25 + 1) / 3
    found = skill(cells, 3)
    assert found is not None
    assert found.reference == "leave-one-out base rate"
    assert found.value == pytest.approx(1 - brier(cells) / reference)


def test_many_claims_are_measured_against_their_own_rate() -> None:
    card = card_of(said("0.8", count=30), said("0.7", "false", count=20))
    assert card.accuracy.skill_reference == "base rate"
    assert card.accuracy.skill == pytest.approx(1 - (30 * 0.04 + 20 * 0.49) / 50 / 0.24)


def test_frozen_baselines_come_first_but_only_if_every_claim_has_one() -> None:
    from decimal import Decimal

    one = said("0.8", baseline=Decimal("0.5"))
    other = said("0.3", "false", baseline=Decimal("0.4"))
    found = card_of(one, other).accuracy
    assert found.skill_reference == "baseline"
    assert found.skill == pytest.approx(1 - (0.04 + 0.09) / (0.25 + 0.16))
    assert card_of(one, other, said("0.9")).accuracy.skill_reference == "leave-one-out base rate"


@pytest.mark.parametrize("claims", [[said("0.9")], [said("0.9"), said("0.8")]])
def test_against_a_perfect_reference_skill_is_undefined(claims: list[object]) -> None:
    found = card_of(*claims).accuracy  # type: ignore[arg-type]
    assert (found.skill, found.skill_reference) == (None, None)
    assert found.brier is not None


def test_overdue_claims_open_the_bounds() -> None:
    record = tabulate([said("0.9"), said("0.7", "overdue"), said("0.2", "overdue")])
    best, worst = bounds(record.forecasts["stated"], record.overdue["stated"])
    assert best == pytest.approx((0.01 + 0.09 + 0.04) / 3)
    assert worst == pytest.approx((0.01 + 0.49 + 0.64) / 3)


def test_a_probability_that_two_texts_spell_is_one_level() -> None:
    cells = cells_of(said("0.1"), said("0.10", "false"), said("0.10000000000000001", "false"))
    assert {cell.p for cell in cells} == {cells[0].p}
    assert murphy(cells).resolution == pytest.approx(0)
