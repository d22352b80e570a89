"""Reading: exact offsets on any text, and claims told from the rest."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import settings
from hypothesis import strategies as st

from ledger.clean import clean_line
from ledger.reading.reader import read_article

if TYPE_CHECKING:
    from ledger.reading.model import Claim

PUBLISHED = date(2024, 11, 15)
SHARED = Path(__file__).parents[4] / "shared" / "data"

pieces = st.sampled_from(
    [
        "The bank will cut rates by June 2025. ",
        "“It could rain,” said Ann Lee. ",
        "Prices may fall, but wages will rise next year. ",
        "Will it end? ",
        "\n\n",
        "\r\n",
        "NO STOP HERE",
        '"',
        "“",
        "\x00",
        "\ud800",
        "\u202e",
        "ﬁ İ ß 你好。",
        "might " * 40,
        "a" * 500,
    ]
)
articles = st.lists(pieces | st.text(max_size=40), max_size=30).map("".join)


def read(text: str) -> tuple[Claim, ...]:
    return read_article(text, published=PUBLISHED).claims


def only(text: str) -> Claim:
    (claim,) = read(text)
    return claim


@settings(max_examples=150, deadline=None)
@given(articles)
def test_every_quote_stands_where_it_says(text: str) -> None:
    for claim in read(text):
        assert text[claim.start : claim.end] == claim.quote
        assert claim.statement == clean_line(claim.statement)
        assert claim.due is None or claim.due >= PUBLISHED
        assert 0 <= claim.confidence <= 1


@pytest.mark.parametrize(
    "text",
    [
        "x" * 1_000_000,
        "will " * 200_000,
        "“" * 200_000,
        "(" * 200_000,
        "a, " * 300_000,
        "1 " * 300_000,
    ],
    ids=["no space", "one word", "quotes", "brackets", "commas", "numbers"],
)
def test_a_megabyte_of_nonsense_is_read_to_its_end(text: str) -> None:
    assert all(text[c.start : c.end] == c.quote for c in read(text))


@pytest.mark.parametrize(
    "sentence",
    [
        "The government will open a second bridge in March 2026.",
        "Analysts expect the central bank to raise rates next month.",
        "The drought could last until spring.",
        "The company is set to release its new phone on 3 December.",
        "Ministers plan to ban the chemical by 2030.",
        "Talks are unlikely to resume before the election.",
        "She vowed to rebuild the theatre within two years.",
        "The strike won't end this week.",
        "If the dam breaks, the valley would flood.",
    ],
)
def test_claims_about_the_future_are_found(sentence: str) -> None:
    assert only(sentence).quote == sentence


@pytest.mark.parametrize(
    "sentence",
    [
        "The council met on Monday and approved the budget.",
        "Will the bridge ever open?",
        "The fire may have been caused by a faulty wire.",
        "Analysts had expected profits of two million.",
        "It remains to be seen whether the plan works.",
        "The river has flooded twice this year.",
        "You can change the colour in the settings.",
        "May was the warmest month since 1990.",
    ],
)
def test_the_rest_is_left_alone(sentence: str) -> None:
    assert read(sentence) == ()


def test_headings_and_links_hold_no_claims() -> None:
    text = (
        "What Will Happen Next For The Bridge\n"
        "The council met on Monday. Nothing was decided.\n"
        "Read also: Prices could rise next year\n"
        "5 Reasons Why Rates May Fall In 2026\n"
        "The bridge will open in June 2025.\n"
    )
    claim = only(text)
    assert (claim.quote, claim.paragraph, claim.sentence) == (
        "The bridge will open in June 2025.",
        5,
        1,
    )


def test_two_claims_in_one_sentence_have_a_hedge_each() -> None:
    text = "Prices may fall this winter, but wages will rise next year."
    one, two = read(text)
    assert (one.hedge, one.due) == ("may", date(2025, 2, 28))
    assert (two.hedge, two.due) == ("will", date(2025, 12, 31))
    assert two.quote == "wages will rise next year."


@pytest.mark.parametrize(
    ("sentence", "speaker", "basis"),
    [
        ("The mayor, Ann Lee, said that the bridge will reopen.", "Ann Lee", "paraphrased"),
        ("According to Morgan Bank, prices could fall.", "Morgan Bank", "paraphrased"),
        ("“We will reopen the bridge,” said Ann Lee.", "Ann Lee", "quoted"),
        ("Engineers warn that the work could take longer.", "Engineers", "paraphrased"),
        ("The bridge will reopen in March.", "AUTHOR", "author"),
    ],
)
def test_speakers(sentence: str, speaker: str, basis: str) -> None:
    claim = only(sentence)
    assert (claim.speaker, claim.speaker_basis) == (speaker, basis)


def test_a_pronoun_is_the_one_named_last() -> None:
    text = "Ann Lee opened the debate. She said the bridge will reopen in March."
    assert only(text).speaker == "Ann Lee"


def test_the_byline_speaks_where_nobody_is_named() -> None:
    text = "The bridge will reopen in March."
    claims = read_article(text, published=PUBLISHED, outlet="Harbour Times").claims
    assert [claim.speaker for claim in claims] == ["Harbour Times"]


@pytest.mark.parametrize(
    ("sentence", "condition"),
    [
        ("If the dam breaks, the valley will flood.", "If the dam breaks"),
        ("The valley will flood unless the dam holds.", "unless the dam holds"),
        ("They will decide if needed.", None),
        ("The valley will flood in May.", None),
    ],
)
def test_conditions(sentence: str, condition: str | None) -> None:
    assert only(sentence).condition == condition


def test_the_seed_article() -> None:
    if not (SHARED / "seed-article.txt").exists():
        pytest.skip("the seed article is not beside the project")
    text = (SHARED / "seed-article.txt").read_text(encoding="utf-8")
    lines = (SHARED / "seed-claims.jsonl").read_text(encoding="utf-8").splitlines()
    gold = [json.loads(line) for line in lines]
    claims = read(text)

    def is_found(one: dict[str, int]) -> bool:
        return any(c.start < one["end"] and one["start"] < c.end for c in claims)

    core = [one for one in gold if not one["borderline"]]
    assert sum(map(is_found, gold)) >= 0.9 * len(gold)
    assert sum(map(is_found, core)) >= 0.95 * len(core)
    extra = [c for c in claims if not any(c.start < g["end"] and g["start"] < c.end for g in gold)]
    assert len(extra) <= 3
    assert {c.paragraph for c in claims}.isdisjoint({3, 5, 8, 10, 12, 17, 24})  # headings, links
