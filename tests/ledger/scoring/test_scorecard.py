from __future__ import annotations

import json
from collections import defaultdict
from dataclasses import replace
from decimal import Decimal
from itertools import product
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import settings
from hypothesis import strategies as st

from ledger.scoring.groups import Group
from ledger.scoring.groups import lean
from ledger.scoring.scorecard import scorecards
from ledger.scoring.scorecard import scorecards_json
from ledger.scoring.scorecard import tier_of
from tests.ledger.scoring.claims import DAY
from tests.ledger.scoring.claims import card_of
from tests.ledger.scoring.claims import groups
from tests.ledger.scoring.claims import hedged
from tests.ledger.scoring.claims import said

if TYPE_CHECKING:
    import random

many = st.lists(groups(), max_size=25)
CONTRACT = {
    "source", "n", "scored", "forecasts", "open", "due", "overdue", "partial", "ambiguous",
    "annulled", "vagueness", "hit_rate", "hit_low", "hit_high", "brier", "brier_low",
    "brier_high", "brier_bounds", "log_score", "skill", "skill_reference", "reliability",
    "resolution", "uncertainty", "mcb", "dsc", "shrunk_brier", "shrunk_low", "shrunk_high",
    "rank", "tier", "calibration",
}  # fmt: skip


@pytest.mark.parametrize(
    ("claim", "way"),
    [
        (said("0.51"), 1),
        (said("0.49"), -1),
        (said("0.5"), 0),
        (hedged("0.40", "possible", noncommittal=True), 1),
        (hedged("0.20", "unlikely"), -1),
        (hedged("0.05", "very_unlikely"), -1),
        (hedged("0.75", "likely"), 1),
        (hedged("0.10", ""), -1),
        (hedged("0.40", "", noncommittal=True), 1),
        (Group(), 1),
        (Group(hedged=True, hedge_class="possible"), 1),
    ],
)
def test_which_way_a_claim_leans(claim: Group, way: int) -> None:
    assert lean(claim) == way


def test_hits_are_seen_from_the_way_a_claim_leans() -> None:
    card = card_of(
        said("0.2", "false"),
        said("0.9"),
        said("0.5"),
        said("0.1", "partial", credit=Decimal("0.25")),
    )
    assert card.hits.scored == 3
    assert card.hits.hit_rate == pytest.approx((1 + 1 + 0.75) / 3)
    assert card.accuracy.forecasts == 4


def test_a_claim_without_probability_is_a_call_but_no_forecast() -> None:
    card = card_of(Group(state="true"), Group(state="false"))
    assert (card.hits.scored, card.hits.hit_rate) == (2, 0.5)
    assert (card.accuracy.forecasts, card.accuracy.brier) == (0, None)
    assert card.standing.rank is None


def test_could_counts_in_the_hit_rate_and_as_vague_only() -> None:
    card = card_of(hedged("0.40", "possible", noncommittal=True), hedged("0.75", "likely"))
    assert card.hits.scored == 2
    assert card.accuracy.forecasts == 1
    assert card.vague.vagueness == 0.5
    assert card.counts.causes["noncommittal"] == 1


def test_a_stated_number_is_not_vague_whatever_its_hedge() -> None:
    assert card_of(said("0.4", noncommittal=True, hedged=True)).vague.vagueness == 0
    assert card_of(said("0.4", undated=True, uncheckable=True)).counts.vague == 1


def test_what_came_true_early_waits_for_its_day() -> None:
    claims = (said("0.8"), said("0.8", ripe=False))
    by_due, by_all = card_of(*claims), card_of(*claims, cohort="resolved")
    assert (by_due.accuracy.forecasts, by_due.counts.early) == (1, 1)
    assert (by_all.accuracy.forecasts, by_all.counts.early) == (2, 0)


def test_the_unscored_are_counted() -> None:
    card = card_of(said("0.8", "ambiguous"), said("0.8", "annulled", count=2))
    assert (card.counts.n, card.counts.ambiguous, card.counts.annulled) == (3, 1, 2)
    assert (card.hits.hit_rate, card.accuracy.brier, card.accuracy.brier_bounds) == (None,) * 3


def test_bases_are_never_mixed() -> None:
    claims = (said("0.8"), hedged("0.75", "likely", "false", count=2))
    whole, hedge, stated = (card_of(*claims, basis=b) for b in ("any", "hedge", "stated"))
    assert (whole.hits.scored, hedge.hits.scored, stated.hits.scored) == (3, 2, 1)
    assert (whole.accuracy.forecast_basis, whole.accuracy.left_aside) == ("stated", 2)
    assert whole.accuracy.brier == stated.accuracy.brier == pytest.approx(0.04)
    assert hedge.accuracy.brier == pytest.approx(0.5625)
    assert hedge.counts == whole.counts


def test_sources_are_ranked_among_their_basis() -> None:
    cards = scorecards(
        [said("0.9", count=9), hedged("0.75", "likely", count=9, source="Bob")], as_of=DAY
    )
    assert [(c.source, c.standing.rank, c.standing.ranked) for c in cards.sources] == [
        ("Ann", 1, 1),
        ("Bob", 1, 1),
    ]
    assert cards.pooled.accuracy.forecasts == 9


def test_a_lucky_claim_does_not_lead() -> None:
    claims = [
        said("1", source="lucky"),
        said("0.9", count=90, source="steady"),
        said("0.9", "false", count=10, source="steady"),
    ]
    first, last = scorecards(claims, as_of=DAY).sources
    assert (first.source, last.source) == ("steady", "lucky")
    assert last.accuracy.brier == 0


def test_silence_about_overdue_claims_costs_the_rank() -> None:
    claims = [
        said("0.9", count=10, source="silent"),
        said("0.9", "overdue", count=10, source="silent"),
        said("0.8", count=10, source="open"),
    ]
    ranks = {c.source: c.standing.rank for c in scorecards(claims, as_of=DAY).sources}
    assert ranks == {"open": 1, "silent": 2}


def test_equals_share_a_rank() -> None:
    claims = [said("0.9", source=name) for name in "AB"] + [said("0.8", source="C")]
    ranks = {c.source: c.standing.rank for c in scorecards(claims, as_of=DAY).sources}
    assert ranks == {"A": 1, "B": 1, "C": 3}


@pytest.mark.parametrize(
    ("n", "tier"),
    [(0, "counts"), (4, "counts"), (5, "shrunk"), (29, "shrunk"), (30, "table"), (100, "full")],
)
def test_tiers(n: int, tier: str) -> None:
    assert tier_of(n) == tier


def test_repeats_of_one_claim_do_not_thicken_a_record() -> None:
    card = card_of(said("0.9", weight=Decimal("0.05"), count=20))
    assert (card.hits.scored, card.hits.effective, card.tier) == (20, 1.0, "counts")


def test_the_json_is_whole_and_null_where_undefined() -> None:
    whole = scorecards_json(scorecards([Group(state="open")], as_of=DAY))
    (card,) = whole["sources"]
    assert not CONTRACT - card.keys()
    assert not CONTRACT - whole["pooled"].keys()
    undefined = [k for k in CONTRACT if card[k] is None]
    assert set(undefined) >= {"hit_rate", "brier", "brier_bounds", "log_score", "skill", "rank"}
    assert (card["n"], card["open"], card["forecasts"], card["calibration"]) == (1, 1, 0, [])
    assert json.loads(json.dumps(whole, allow_nan=False)) is not None


def test_nothing_at_all_has_no_figures() -> None:
    cards = scorecards([], as_of=DAY)
    assert cards.sources == ()
    assert cards.pooled.counts.n == 0
    assert cards.pooled.vague.vagueness is None


@given(many)
def test_counts_add_up(claims: list[Group]) -> None:
    for cohort in ("due", "resolved"):
        for card in scorecards(claims, as_of=DAY, cohort=cohort).sources:
            c = card.counts
            assert c.n == c.open + c.early + c.resolved + c.ambiguous + c.annulled
            assert c.open >= c.due >= c.overdue
            assert c.resolved >= c.partial
            assert card.hits.scored <= c.resolved
            assert card.accuracy.forecasts + card.accuracy.left_aside <= c.resolved


@given(many, st.randoms(use_true_random=False))
def test_order_does_not_matter(claims: list[Group], rng: random.Random) -> None:
    mixed = claims[:]
    rng.shuffle(mixed)
    assert scorecards(mixed, as_of=DAY) == scorecards(claims, as_of=DAY)


@given(many)
def test_the_table_scores_as_row_by_row(claims: list[Group]) -> None:
    single = [replace(claim, count=1) for claim in claims for _ in range(claim.count)]
    by_row = scorecards_json(scorecards(single, as_of=DAY))
    by_group = scorecards_json(scorecards(claims, as_of=DAY))
    assert json.loads(json.dumps(by_row)) == _close(by_group)


def _close(value: object) -> object:
    if isinstance(value, float):
        return pytest.approx(value, abs=1e-12)
    if isinstance(value, dict):
        return {k: _close(v) for k, v in value.items()}
    if isinstance(value, list | tuple):
        return [_close(v) for v in value]
    return value


def _mirrored(claim: Group) -> Group:
    other = {"true": "false", "false": "true"}.get(claim.state, claim.state)
    return replace(
        claim,
        state=other,
        credit=None if claim.credit is None else 1 - claim.credit,
        probability=None if claim.probability is None else 1 - claim.probability,
    )


@given(many)
def test_the_opposite_claim_scores_the_same(claims: list[Group]) -> None:
    stated = [claim for claim in claims if claim.basis == "stated"]
    ours = scorecards(stated, as_of=DAY)
    mirror = scorecards([_mirrored(claim) for claim in stated], as_of=DAY)
    for a, b in zip(ours.sources, mirror.sources, strict=True):
        assert a.source == b.source
        assert a.accuracy.brier == _close(b.accuracy.brier)
        assert a.accuracy.log_score == _close(b.accuracy.log_score)
        assert a.hits.hit_rate == _close(b.hits.hit_rate)
        assert a.parts.mcb == _close(b.parts.mcb)
        assert a.parts.reliability == _close(b.parts.reliability)


@given(many)
def test_a_drawn_score_lies_between_its_own_and_the_pooled(claims: list[Group]) -> None:
    stated = [claim for claim in claims if claim.basis == "stated" and claim.weight == 1]
    cards = scorecards(stated, as_of=DAY)
    for card in cards.sources:
        own, everybody = card.accuracy.brier, cards.pooled.accuracy.brier
        drawn = card.standing.shrunk_brier
        if own is None or everybody is None or drawn is None:
            assert own is drawn is None
            continue
        assert min(own, everybody) - 1e-12 <= drawn <= max(own, everybody) + 1e-12


@settings(max_examples=40)
@given(st.lists(groups().filter(lambda g: g.basis == "stated"), min_size=1, max_size=5))
def test_the_bounds_contain_every_completion(claims: list[Group]) -> None:
    claims = [replace(claim, source="Ann", count=1) for claim in claims]
    card = card_of(*claims)
    missing = [i for i, claim in enumerate(claims) if claim.state == "overdue"]
    for ends in product(("true", "false"), repeat=len(missing)):
        filled = claims[:]
        for i, end in zip(missing, ends, strict=True):
            filled[i] = replace(claims[i], state=end)
        whole = card_of(*filled)
        for bounds, figure in (
            (card.accuracy.brier_bounds, whole.accuracy.brier),
            (card.hits.hit_bounds, whole.hits.hit_rate),
        ):
            if bounds is None or figure is None:
                assert bounds is None
                assert figure is None
            else:
                assert bounds[0] - 1e-12 <= figure <= bounds[1] + 1e-12


@given(many)
def test_pooled_counts_are_the_sums(claims: list[Group]) -> None:
    cards = scorecards(claims, as_of=DAY)
    sums: defaultdict[str, int] = defaultdict(int)
    for card in cards.sources:
        for name in ("n", "open", "due", "overdue", "resolved", "vague"):
            sums[name] += getattr(card.counts, name)
    for name, value in sums.items():
        assert getattr(cards.pooled.counts, name) == value
