"""The reader as a whole: exact places, honest fields, and no text that breaks it."""

from __future__ import annotations

import json
import time
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import settings
from hypothesis import strategies as st

from ledger.reading.reader import read_article

if TYPE_CHECKING:
    from ledger.reading.model import Claim

PUBLISHED = date(2024, 11, 15)
DATA = Path(__file__).parents[3] / ".." / "shared" / "data"
CLASSES = {"certain", "likely", "possible", "unlikely", "very_unlikely"}


def read(text: str) -> tuple[Claim, ...]:
    return read_article(text, published=PUBLISHED).claims


def only(text: str) -> Claim:
    (claim,) = read(text)
    return claim


def test_a_plain_forecast_is_read_whole() -> None:
    text = "The bank met on Monday. It will cut rates to 3 per cent by June 2025."
    claim = only(text)
    assert text[claim.start : claim.end] == claim.quote == text[24:]
    assert (claim.paragraph, claim.sentence) == (1, 2)
    assert (claim.hedge, claim.hedge_class, claim.probability) == ("will", "certain", "0.98")
    assert (claim.due, claim.due_basis, claim.due_phrase) == (
        date(2025, 6, 30),
        "stated",
        "by June 2025",
    )
    assert claim.checkable == "yes"
    assert claim.speaker == "AUTHOR"


def test_two_futures_in_a_sentence_become_two_claims() -> None:
    text = "Prices could fall next year, but wages will rise by the end of 2026."
    first, second = read(text)
    assert first.quote == "Prices could fall next year"
    assert second.quote == "wages will rise by the end of 2026."
    assert (first.hedge_class, second.hedge_class) == ("possible", "certain")
    assert (first.due, second.due) == (date(2025, 12, 31), date(2026, 12, 31))
    assert first.noncommittal
    assert not second.noncommittal


def test_a_relative_clause_takes_its_noun_along() -> None:
    text = "Leaders could agree on a text at the G20 summit in Brazil, which the king will miss."
    claim = read(text)[-1]
    assert claim.quote == "which the king will miss."
    assert claim.statement == "The G20 summit in Brazil, which the king will miss."
    assert (claim.due, claim.due_basis) == (date(2024, 11, 19), "event")


@pytest.mark.parametrize(
    ("text", "statement"),
    [
        ("Mr Roe said he will resign next year.", "Mr Roe will resign next year."),
        ("However, prices will fall, analysts said.", "Prices will fall"),
        ("“Prices will fall soon,” said Jane Roe.", "Prices will fall soon"),
        ("According to the bank, prices will fall soon.", "Prices will fall soon."),
    ],
)
def test_a_statement_leaves_out_who_said_it(text: str, statement: str) -> None:
    assert only(text).statement == statement


def test_a_shared_subject_is_repeated() -> None:
    first, second = read("He is unlikely to resign this year and may run again in 2028.")
    assert first.statement == "He is unlikely to resign this year"
    assert second.statement == "He may run again in 2028."
    assert second.quote == "may run again in 2028."


@pytest.mark.parametrize(
    "text",
    [
        "Will the bank cut rates next year?",
        "The bank could have cut rates in time.",
        "Inflation fell by 2 percent last year.",
        "It remains to be seen whether the plan will work.",
        "Mr Will Smith met Theresa May in March.",
        "Why The Central Bank Will Cut Rates Next Year",
        "Read also: The bank will cut rates next year.",
        "By Will Turner",
        "The delay is due to bad weather.",
    ],
)
def test_no_claim_is_made_of_what_is_none(text: str) -> None:
    assert read(f"A first line that ends in a stop.\n\n{text}\n\nAnd a last one.") == ()


def test_the_author_then_the_outlet_speak_for_the_article() -> None:
    text = "Prices will fall."
    named = read_article(text, published=PUBLISHED, author="A. Writer", outlet="The Paper")
    outlet = read_article(text, published=PUBLISHED, outlet="The Paper")
    assert [named.claims[0].speaker, outlet.claims[0].speaker] == ["A. Writer", "The Paper"]
    assert named.claims[0].speaker_basis == "author"


def test_json_has_the_contract_keys() -> None:
    reading = read_article("Rates will fall soon.", published=PUBLISHED, title="On rates")
    answer = json.loads(json.dumps(reading.to_json()))
    assert set(answer["article"]) >= {"title", "published", "url", "sha256"}
    assert set(answer["claims"][0]) >= {
        "quote", "start", "end", "paragraph", "sentence", "statement", "speaker",
        "speaker_basis", "hedge", "hedge_class", "negated", "probability", "probability_low",
        "probability_high", "probability_basis", "condition", "due_start", "due", "due_basis",
        "due_phrase", "due_rule", "checkable", "kind", "confidence", "cues",
    }  # fmt: skip
    assert answer["claims"][0]["due_start"] == "2024-11-15"


def test_reading_twice_gives_the_same() -> None:
    text = "Rates will fall soon. Analysts expect growth of 2 percent in 2025 if peace holds."
    assert read(text) == read(text)


FRAGMENTS = st.sampled_from(
    ["will", " could ", "“", "”", '"', ". ", "\n", " said", " by 2030", " if ", ", which ", "May",
     "\x00", "\ud800", "\u202e", "70% chance", "İ", "。", " next week", "’", "A", "x" * 50]
)  # fmt: skip


@settings(max_examples=150, deadline=None)
@given(st.one_of(st.text(max_size=300), st.lists(FRAGMENTS, max_size=40).map("".join)))
def test_any_text_is_read_and_every_quote_stands_where_it_says(text: str) -> None:
    for claim in read(text):
        assert text[claim.start : claim.end] == claim.quote
        assert claim.hedge_class in CLASSES
        assert claim.due is None or claim.due >= claim.due_start >= PUBLISHED
        assert claim.statement


@settings(max_examples=60, deadline=None)
@given(st.dates())
def test_any_publication_date_is_taken(published: date) -> None:
    text = "It will end by next week, in the next 900 years, by Easter, on 29 February or next May."
    (claim,) = read_article(text, published=published).claims
    assert claim.due is None or claim.due >= published


@pytest.mark.parametrize(
    "text",
    [
        "a" * 1_000_000,
        "will " * 200_000,
        '"' * 200_000 + " he said " * 20_000,
        "will." * 200_000,
        "A. " * 300_000,
        "\n" * 1_000_000,
        "if " * 300_000,
        "x, " * 300_000,
        "1" * 500_000 + " " * 500_000,
    ],
    ids=[
        "no spaces",
        "one word",
        "quotes",
        "no gaps",
        "initials",
        "lines",
        "ifs",
        "commas",
        "runs",
    ],
)
def test_a_hostile_megabyte_takes_seconds_at_most(text: str) -> None:
    start = time.perf_counter()
    read(text)
    assert time.perf_counter() - start < 10


def seed_claims() -> tuple[str, list[dict[str, object]]]:
    article, claims = DATA / "seed-article.txt", DATA / "seed-claims.jsonl"
    if not article.exists():
        pytest.skip("the seed article is not beside the project")
    lines = claims.read_text(encoding="utf-8").splitlines()
    return article.read_text(encoding="utf-8"), [json.loads(line) for line in lines]


def test_the_seed_article_is_read_well() -> None:
    text, gold = seed_claims()
    found = {(claim.paragraph, claim.sentence) for claim in read(text)}
    core = [(row["paragraph"], row["sentence"]) for row in gold if not row["borderline"]]
    assert sum(place in found for place in core) >= 0.95 * len(core)
    extra = found - {(row["paragraph"], row["sentence"]) for row in gold}
    assert len(extra) <= 4
    headings = {3, 5, 8, 10, 12, 17, 24}
    assert not {paragraph for paragraph, _ in found} & headings
