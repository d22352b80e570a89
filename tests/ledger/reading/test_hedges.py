"""Hedges: the lexicon's figures, and how a phrase is found."""

from __future__ import annotations

import json
from importlib.resources import files

import pytest

from ledger.reading.chances import stated_chance
from ledger.reading.hedges import NONCOMMITTAL_SPREAD
from ledger.reading.hedges import find_hedge
from ledger.reading.hedges import strength_of

ENTRIES = json.loads(files("ledger.reading").joinpath("lexicon.json").read_text("utf-8"))["entries"]


@pytest.mark.parametrize("name", ENTRIES)
def test_an_entry_s_figures_are_in_order(name: str) -> None:
    entry = ENTRIES[name]
    assert 0 <= entry["p5"] <= entry["q1"] <= entry["median"] <= entry["q3"] <= entry["p95"] <= 100
    assert entry["n"] > 0


@pytest.mark.parametrize(
    ("phrase", "probability", "hedge_class", "noncommittal"),
    [
        ("will", "0.98", "certain", False),
        ("may", "0.42", "possible", True),
        ("might", "0.39", "possible", True),
        ("could", "0.40", "possible", True),
        ("likely", "0.72", "likely", False),
        ("probably", "0.70", "likely", False),
        ("unlikely", "0.19", "unlikely", False),
        ("very unlikely", "0.08", "very_unlikely", False),
        ("almost certainly", "0.93", "certain", False),
    ],
)
def test_hedges_given_alone(
    phrase: str, probability: str, hedge_class: str, *, noncommittal: bool
) -> None:
    found = strength_of(phrase)
    assert (found.probability, found.hedge_class) == (probability, hedge_class)
    assert found.noncommittal is noncommittal


def test_quartiles_surround_the_probability() -> None:
    for phrase in ("will", "may", "could", "likely", "unlikely", "expected to"):
        found = strength_of(phrase)
        assert found.low is not None
        assert found.probability is not None
        assert found.high is not None
        assert found.low <= found.probability <= found.high


def test_a_word_that_is_no_hedge() -> None:
    assert strength_of("banana").probability is None


def test_noncommittal_is_a_matter_of_the_spread() -> None:
    for name, entry in ENTRIES.items():
        wide = entry["p95"] - entry["p5"] >= NONCOMMITTAL_SPREAD
        assert strength_of(name).noncommittal == wide, name


def test_of_stacked_hedges_the_weaker() -> None:
    assert find_hedge("It could possibly rain").hedge_class == "possible"
    assert find_hedge("It will likely rain").probability == "0.72"


def test_negation_stays_in_the_proposition() -> None:
    found = find_hedge("It will not rain")
    assert found.negated
    assert found.probability == "0.98"


@pytest.mark.parametrize(
    ("words", "share"),
    [
        ("a 70 per cent chance of rain", 0.7),
        ("a 30% probability of rain", 0.3),
        ("a one in five chance of rain", 0.2),
    ],
)
def test_stated_numbers(words: str, share: float) -> None:
    found = stated_chance(words)
    assert found is not None
    assert found[0] == pytest.approx(share)
    assert find_hedge(words).basis == "stated"
