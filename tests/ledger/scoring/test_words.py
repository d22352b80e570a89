from __future__ import annotations

from decimal import Decimal

import pytest

from ledger.scoring.groups import Group
from ledger.scoring.words import counted
from ledger.scoring.words import explain
from ledger.scoring.words import number
from ledger.scoring.words import percent
from tests.ledger.scoring.claims import card_of
from tests.ledger.scoring.claims import hedged
from tests.ledger.scoring.claims import said
from tests.ledger.scoring.claims import shipped


@pytest.mark.parametrize(
    ("share", "told"),
    [(0.0, "0 %"), (0.001, "<1 %"), (0.5, "50 %"), (0.996, ">99 %"), (1.0, "100 %")],
)
def test_only_nothing_is_zero_and_only_all_is_a_hundred(share: float, told: str) -> None:
    assert percent(share) == told


def test_numbers_and_nouns() -> None:
    assert (number(3.0), number(2.5)) == ("3", "2.5")
    assert (counted(1, "claim"), counted(0, "claim")) == ("1 claim", "0 claims")


def test_a_thin_record_is_said_to_be_thin() -> None:
    lines = explain(card_of(said("0.9"), said("0.8"), Group(source="Ann", state="overdue")))
    assert lines["n"] == "3 claims: 2 resolved, 1 open, 1 of them overdue"
    assert lines["hit_rate"] == "not enough yet: 2 of 5 scored claims"
    assert lines["brier"] == "not enough yet: 2 of 5 scored forecasts"
    assert lines["vagueness"] == "not enough yet: 3 of 5 claims"
    assert not {"rank", "skill", "brier_bounds"} & lines.keys()


def test_repeats_are_as_thin_as_one_claim() -> None:
    lines = explain(card_of(said("0.9", weight=Decimal("0.25"), count=6)))
    assert lines["hit_rate"] == "not enough yet: 1.5 of 5 scored claims"


def test_a_middling_record_has_no_calibration_words() -> None:
    lines = explain(card_of(said("0.9", count=8), said("0.7", "false", count=2)))
    assert lines["hit_rate"].startswith("80 % of 10 claims went the way they leaned")
    assert lines["brier"].startswith("Brier score 0.106 over 10 forecasts, stated")
    assert lines["calibration"] == "not enough yet: 10 of 30 scored forecasts"


def test_a_full_record_says_what_its_score_is_made_of() -> None:
    lines = explain(card_of(*shipped("ncaa_favourites")))
    assert "miscalibration 0.008, discrimination 0.021" in lines["calibration"]
    assert lines["skill"] == "7 % better than the base rate"


def test_what_is_left_aside_is_told() -> None:
    lines = explain(card_of(said("0.9", count=5), hedged("0.75", "likely", count=3)))
    assert lines["brier"].endswith("; 3 hedge-mapped forecasts left aside")


def test_why_claims_are_vague() -> None:
    lines = explain(card_of(Group(source="Ann", undated=True, count=4), said("0.9", count=6)))
    assert lines["vagueness"] == (
        "4 of 10 claims (40 %) cannot be held to account: 4 with no due date of its own, "
        "4 with neither a probability nor a hedge"
    )


def test_nothing_is_said_of_nothing() -> None:
    assert explain(card_of(Group()))["n"] == "1 claim: 1 open"
