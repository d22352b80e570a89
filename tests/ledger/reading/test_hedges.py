"""Hedges: what the lexicon says, and which hedge of a clause counts."""

from __future__ import annotations

import json
from decimal import Decimal
from importlib.resources import files

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger.reading.hedges import LEXICON_VERSION
from ledger.reading.hedges import Strength
from ledger.reading.hedges import find_hedge
from ledger.reading.hedges import hedge_probability
from ledger.reading.hedges import is_noncommittal

LEXICON = json.loads(files("ledger.reading").joinpath("lexicon.json").read_text(encoding="utf-8"))


def at(text: str, word: str) -> Strength:
    return find_hedge(text, near=text.index(word))


@pytest.mark.parametrize(
    ("phrase", "mean", "hedge_class"),
    [
        ("will", "0.98", "certain"), ("may", "0.42", "possible"), ("might", "0.39", "possible"),
        ("could", "0.40", "possible"), ("could well", "0.40", "possible"),
        ("likely", "0.72", "likely"), ("very likely", "0.86", "likely"),
        ("will likely", "0.72", "likely"), ("would likely", "0.72", "likely"),
        ("probably", "0.70", "likely"), ("unlikely", "0.19", "unlikely"),
        ("highly unlikely", "0.08", "very_unlikely"), ("almost certainly", "0.93", "certain"),
        ("is set to", "0.90", "certain"), ("is expected to", "0.73", "likely"),
        ("probably not", "0.26", "unlikely"), ("never", "0.02", "very_unlikely"),
        ("Could Possibly", "0.41", "possible"),
    ],
)  # fmt: skip
def test_a_phrase_has_the_figures_of_its_survey(phrase: str, mean: str, hedge_class: str) -> None:
    found = hedge_probability(phrase)
    assert found is not None
    assert (found.probability, found.hedge_class) == (mean, hedge_class)


def test_an_unknown_phrase_has_none() -> None:
    assert hedge_probability("bananas") is None
    assert not is_noncommittal("bananas")


def test_noncommittal_follows_from_the_spread_alone() -> None:
    # As in the published table: 55 points or more between the 5th and the 95th percentile.
    wide = {name for name, row in LEXICON["entries"].items() if row["p95"] - row["p5"] >= 55}
    assert wide == {
        "serious possibility", "realistic possibility", "real possibility", "possibly",
        "may happen", "could happen", "might happen",
    }  # fmt: skip
    assert all(is_noncommittal(word) for word in ("may", "might", "could", "possibly"))
    assert not any(is_noncommittal(word) for word in ("probable", "doubts", "maybe", "will"))


def test_the_lexicon_is_whole() -> None:
    assert LEXICON["version"] == LEXICON_VERSION
    for row in LEXICON["entries"].values():
        assert 0 <= row["p5"] <= row["q1"] <= row["median"] <= row["q3"] <= row["p95"] <= 100
        assert {survey.split(":")[0] for survey in row["surveys"]} <= set(LEXICON["sources"])
        assert row["n"] == sum(int(survey.split(":")[1]) for survey in row["surveys"])


def test_the_weaker_of_stacked_hedges_counts() -> None:
    assert at("Analysts expect that it will rise.", "will").phrase == "expect that"
    assert at("It is possible that it may rise.", "may").hedge_class == "possible"
    assert at("It will almost certainly rise.", "will").probability == "0.93"


def test_negation_stays_in_the_proposition() -> None:
    refused = at("They will not sign.", "will")
    assert (refused.negated, refused.probability) == (True, "0.98")
    unlikely = at("They are unlikely to sign.", "unlikely")
    assert (unlikely.negated, unlikely.probability) == (False, "0.19")


def test_a_month_or_a_name_is_no_hedge() -> None:
    assert at("Trade talks will end by May.", "will").phrase == "will"


@pytest.mark.parametrize(
    ("text", "share"),
    [
        ("There is a 70 per cent chance of a recession.", "0.70"),
        ("A recession is 35% likely.", "0.35"),
        ("He sees a one in five chance of a default.", "0.20"),
        ("The odds are 3-to-1 against a deal.", "0.25"),
        ("They put the probability of a default at 15%.", "0.15"),
        ("A 60-70% probability of rain.", "0.65"),
    ],
)
def test_a_stated_number_counts_before_any_hedge(text: str, share: str) -> None:
    found = find_hedge(text)
    assert (found.probability, found.basis, found.noncommittal) == (share, "stated", False)


@pytest.mark.parametrize(
    "text", ["Wages will rise by 3 per cent.", "One in five firms will close."]
)
def test_a_number_that_is_no_chance_is_not_taken_for_one(text: str) -> None:
    assert find_hedge(text, near=text.index("will")).basis == "hedge"


@given(st.text(max_size=200))
def test_any_clause_has_a_sane_strength(text: str) -> None:
    found = find_hedge(text)
    if found.probability is not None:
        assert 0 <= Decimal(found.probability) <= 1
        assert found.low is not None
        assert found.high is not None
        assert Decimal(found.low) <= Decimal(found.high)
    assert found.phrase in text
