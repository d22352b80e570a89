"""Linking: the right item first, with its reasons, whatever the words hold."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck
from hypothesis import given
from hypothesis import settings
from hypothesis import strategies as st

import seeds
from ledger import book
from ledger import links
from ledger.errors import NotFoundError
from ledger.linking.engine import candidates
from ledger.linking.engine import link_items
from ledger.linking.engine import link_predictions
from ledger.linking.rank import copy_key
from ledger.linking.rank import score_of
from ledger.linking.stance import suggest_stance
from ledger.linking.terms import content_words
from ledger.newsroom import import_news
from ledger.queries import get_prediction
from tests.ledger.news import add_item

if TYPE_CHECKING:
    from ledger.links import Link
    from ledger.store import Ledger

LATER = Path(__file__).parents[4] / "shared" / "data" / "seed-later.jsonl"
CLAIM = {
    "statement": "The old bridge in Bergen reopens to traffic",
    "source": "Ann Lee",
    "made_on": "2025-12-01",
    "due_on": "2026-01-12",
}


def linked(ledger: Ledger, number: int = 1) -> list[Link]:
    with ledger.read() as conn:
        return links.links_of(conn, number)


def test_the_item_that_bears_on_it_comes_first_with_the_matched_words(ledger: Ledger) -> None:
    book.add(ledger, CLAIM)
    add_item(ledger, title="Bakery wins a prize for rye bread")
    add_item(ledger, title="Traffic jam on the motorway")
    bridge = add_item(ledger, title="Bergen's old bridge reopened", summary="Traffic is back.")
    link_predictions(ledger)
    found = linked(ledger)
    assert found[0].item_id == bridge
    assert {word.lower() for word in found[0].why} >= {"bridge", "reopened", "traffic"}
    assert all(0 < link.score < 1 for link in found)
    assert [link.score for link in found] == sorted((x.score for x in found), reverse=True)


@pytest.mark.parametrize(
    ("published", "is_found"),
    [
        ("2025-11-30T23:59:59.000000Z", False),
        ("2025-12-01T00:00:00.000000Z", True),
        ("2026-01-26T23:59:59.999999Z", True),
        ("2026-01-27T00:00:00.000000Z", False),
    ],
)
def test_only_news_of_its_window(ledger: Ledger, published: str, *, is_found: bool) -> None:
    book.add(ledger, CLAIM)
    add_item(ledger, title="The old bridge in Bergen reopens", published=published)
    link_predictions(ledger)
    assert bool(linked(ledger)) is is_found


def test_as_of_leaves_out_what_came_later(ledger: Ledger) -> None:
    prediction = book.add(ledger, CLAIM)
    add_item(ledger, title="The old bridge in Bergen reopens")
    with ledger.read() as conn:
        assert candidates(conn, prediction, as_of=date(2026, 1, 9)) == []
        assert candidates(conn, prediction, as_of=date(2026, 1, 10))


def test_both_directions_give_the_same(ledger: Ledger) -> None:
    book.add_many(ledger, [CLAIM, CLAIM | {"statement": "Rye bread gets dearer in Bergen"}])
    items = [
        add_item(ledger, title=title)
        for title in ("Bridge reopens in Bergen", "Rye bread dearer", "Old bridge repainted")
    ]
    link_items(ledger, items)
    arrived = [(x.item_id, x.score, x.why) for number in (1, 2) for x in linked(ledger, number)]
    link_predictions(ledger)
    assert arrived == [(x.item_id, x.score, x.why) for n in (1, 2) for x in linked(ledger, n)]
    assert arrived


def test_linking_again_changes_nothing_and_loses_no_word_of_a_person(ledger: Ledger) -> None:
    book.add(ledger, CLAIM)
    for title in ("Old bridge in Bergen reopens", "Bergen bridge toll falls", "Bridge in Bergen"):
        add_item(ledger, title=title)
    assert link_predictions(ledger) == 3
    first, second, _ = linked(ledger)
    book.accept(ledger, first.id)
    book.reject(ledger, second.id)
    assert link_predictions(ledger) == 0
    assert [link.state for link in linked(ledger)] == ["accepted", "suggested"]


def test_a_suggestion_that_no_longer_holds_goes_and_a_decision_stays(ledger: Ledger) -> None:
    book.add(ledger, CLAIM)
    for title in ("Old bridge in Bergen reopens", "Bergen bridge toll falls", "Bridge in Bergen"):
        add_item(ledger, title=title)
    link_predictions(ledger)
    book.accept(ledger, linked(ledger)[0].id)
    book.amend(ledger, 1, {"statement": "Bread gets dearer in Oslo"})
    link_predictions(ledger)
    assert [link.state for link in linked(ledger)] == ["accepted"]


def test_one_story_is_shown_three_times_at_the_most(ledger: Ledger) -> None:
    book.add(ledger, CLAIM)
    for number in range(6):
        add_item(ledger, title="Old bridge in Bergen REOPENS!" + "!" * number)
    link_predictions(ledger)
    assert len(linked(ledger)) == 3
    assert len({link.story for link in linked(ledger)}) == 1


def test_an_unknown_prediction_is_named(ledger: Ledger) -> None:
    with pytest.raises(NotFoundError, match="no prediction 9"):
        link_predictions(ledger, [9])


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60)
@given(st.text(min_size=1) | st.text('"*()^:-+{}~ ANDORNOTNEAR\x00\ud800', min_size=1))
def test_no_words_raise(ledger: Ledger, words: str) -> None:
    add_item(ledger, title="The old bridge AND OR NOT NEAR reopens")
    prediction = book.add(ledger, CLAIM | {"statement": f"x {words}"})
    link_predictions(ledger, [prediction.id])
    with ledger.read() as conn:
        assert get_prediction(conn, prediction.id).status == "open"


def test_a_long_text_gives_few_words() -> None:
    assert len(content_words("bridge " * 100_000 + " ".join(map(str, range(10_000))))) < 2_000


def test_words_of_predicting_are_left_out() -> None:
    words = content_words("It is expected that by the end of 2026 the Fed will cut rates to 3.5")
    assert words == ["Fed", "cut", "rates", "3.5"]


@given(st.floats(0, 1_000), st.floats(0, 1_000), st.integers(0, 10**7))
def test_a_better_match_never_scores_less(one: float, other: float, items: int) -> None:
    low, high = sorted((one, other))
    assert 0 <= score_of(low, items) <= score_of(high, items) < 1


def test_copies_have_one_key() -> None:
    assert copy_key("Ünder PRESSURE: it ends!") == copy_key("under pressure – it ends")


def test_a_denial_near_the_words_is_a_cue_and_no_more() -> None:
    cue = suggest_stance("Mayor denies bridge will reopen", ["bridge", "reopen"], negated=False)
    assert (cue.stance, cue.cue) == ("contradicts", "denies")
    assert cue.confidence < 0.5
    assert suggest_stance("Bridge reopens", ["Bridge"], negated=False).stance == "mentions"


def test_on_the_seeds_what_bears_on_a_claim_stands_above_what_does_not(ledger: Ledger) -> None:
    if not LATER.exists():
        pytest.skip("the judgements of the seed news are not beside the project")
    bears: dict[str, set[str]] = {}
    none = set()
    for line in LATER.read_text(encoding="utf-8").splitlines():
        item = json.loads(line)
        for one in item["bears_on"]:
            bears.setdefault(one["claim"], set()).add(item["id"])
        if not item["bears_on"]:
            none.add(item["id"])
    import_news(ledger, seeds.later_news())
    claims = book.import_rows(
        ledger, [claim | {"line": 0} for claim in seeds.claims()], name="seeds"
    )
    link_predictions(ledger, list(claims.ids))
    above = first_three = 0
    for number, claim in zip(claims.ids, seeds.claims(), strict=True):
        ranking = [link.external_id for link in linked(ledger, number)]
        wanted = bears.get(claim["external_id"], set())
        best = next((place for place, key in enumerate(ranking) if key in wanted), 99)
        near_miss = next((place for place, key in enumerate(ranking) if key in none), 98)
        above += best < near_miss
        first_three += best < 3
    assert above >= 0.65 * len(claims.ids)
    assert first_three >= 0.5 * len(claims.ids)


def test_a_link_id_is_never_given_twice(ledger: Ledger) -> None:
    book.add(ledger, CLAIM)
    add_item(ledger, title="Old bridge in Bergen reopens")
    link_predictions(ledger)
    (gone,) = linked(ledger)
    book.amend(ledger, 1, {"statement": "Bread gets dearer in Oslo"})
    add_item(ledger, title="Bread dearer in Oslo")
    link_predictions(ledger)
    assert [link.id > gone.id for link in linked(ledger)] == [True]
