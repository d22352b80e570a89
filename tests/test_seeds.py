"""The seed ledger: complete, clean, in our own words, and silent about outcomes."""

from __future__ import annotations

import hashlib
import json
import re
import unicodedata
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import pytest

import seeds
from ledger.clean import clean_line

SHARED_ARTICLE = Path(__file__).parents[1] / ".." / "shared" / "data" / "seed-article.txt"
PUBLISHED = date(2024, 11, 15)
CLAIM_FIELDS = {
    "external_id",
    "statement",
    "source",
    "made_on",
    "due_start",
    "due_on",
    "due_basis",
    "due_phrase",
    "due_rule",
    "criterion",
    "condition",
    "hedge",
    "hedge_class",
    "noncommittal",
    "probability",
    "probability_low",
    "probability_high",
    "probability_basis",
    "checkable",
    "kind",
    "paragraph",
    "sentence",
    "tags",
}
ITEM_FIELDS = {"external_id", "title", "url", "published", "publisher", "summary", "language"}
# Phrase: mean, class, non-committal. Survey means; the last two are judgements.
HEDGES = {
    "will": ("0.98", "certain", False),
    "will likely": ("0.72", "likely", False),
    "would likely": ("0.72", "likely", False),
    "may": ("0.42", "possible", True),
    "could": ("0.40", "possible", True),
    "might": ("0.39", "possible", True),
    "would": ("0.90", "certain", False),
    "prompting": ("0.90", "certain", False),
}


def claim_params() -> list[Any]:
    return [pytest.param(claim, id=claim["external_id"]) for claim in seeds.claims()]


def later_items() -> list[dict[str, Any]]:
    return [json.loads(line) for line in seeds.later_news()]


def texts_of(value: Any) -> list[str]:
    """Every string in a JSON value."""
    if isinstance(value, str):
        return [value]
    if isinstance(value, dict):
        value = list(value.values())
    return [text for part in value for text in texts_of(part)] if isinstance(value, list) else []


def words(text: str) -> list[str]:
    return re.findall(r"[\w']+", text.replace("\N{RIGHT SINGLE QUOTATION MARK}", "'").casefold())


def runs(text: str, length: int) -> set[tuple[str, ...]]:
    found = words(text)
    return {tuple(found[i : i + length]) for i in range(len(found) - length + 1)}


@pytest.fixture(name="article_text")
def _article_text() -> str:
    if not SHARED_ARTICLE.exists():
        pytest.skip("the article itself is not part of the project")
    return SHARED_ARTICLE.read_text(encoding="utf-8")


def test_there_are_38_claims_in_order() -> None:
    assert [c["external_id"] for c in seeds.claims()] == [f"s{i:02}" for i in range(1, 39)]


@pytest.mark.parametrize("claim", claim_params())
def test_a_claim_has_exactly_its_fields_and_so_no_outcome(claim: dict[str, Any]) -> None:
    assert set(claim) == CLAIM_FIELDS
    optional = {"condition", "due_phrase", "noncommittal"}
    assert all(claim[field] for field in CLAIM_FIELDS - optional)
    assert claim["condition"] != ""
    assert claim["kind"] in {"prediction", "plan", "schedule"}
    assert claim["checkable"] in {"yes", "partly", "no"}
    assert 2 <= len(set(claim["tags"])) == len(claim["tags"]) <= 4


@pytest.mark.parametrize("claim", claim_params())
def test_a_claim_is_due_after_it_was_made_and_says_why(claim: dict[str, Any]) -> None:
    made, start, due = (date.fromisoformat(claim[k]) for k in ("made_on", "due_start", "due_on"))
    assert made == PUBLISHED
    assert made <= start <= due
    assert claim["due_basis"] in {"stated", "relative", "event", "default"}
    assert (claim["due_phrase"] == "") == (claim["due_basis"] == "default")


@pytest.mark.parametrize("claim", claim_params())
def test_a_criterion_names_the_day_on_which_it_is_judged(claim: dict[str, Any]) -> None:
    due = date.fromisoformat(claim["due_on"])
    assert f"{due.day} {due:%B %Y}" in f"{claim['statement']} {claim['criterion']}"


@pytest.mark.parametrize("claim", claim_params())
def test_a_conditional_claim_and_no_other_says_when_it_is_annulled(claim: dict[str, Any]) -> None:
    assert ("Annulled if" in claim["criterion"]) == (claim["condition"] is not None)


@pytest.mark.parametrize("claim", claim_params())
def test_a_claims_probability_is_what_its_hedge_means(claim: dict[str, Any]) -> None:
    strength = (claim["probability"], claim["hedge_class"], claim["noncommittal"])
    assert strength == HEDGES[claim["hedge"]]
    assert claim["probability_basis"] == "hedge"
    low, mean, high = (Decimal(claim[f"probability{end}"]) for end in ("_low", "", "_high"))
    assert 0 <= low <= mean <= high <= 1


def test_claims_with_the_same_hedge_have_the_same_quartiles() -> None:
    bands = {(c["hedge"], c["probability_low"], c["probability_high"]) for c in seeds.claims()}
    assert len(bands) == len(HEDGES)


def test_no_two_claims_say_the_same() -> None:
    claims = seeds.claims()
    assert len({c["statement"] for c in claims}) == len({c["criterion"] for c in claims}) == 38
    assert len({c["source"] for c in claims}) == 1


def test_the_article_is_dated_and_its_text_is_the_one_we_read(article_text: str) -> None:
    article = seeds.article()
    assert article["published"] == PUBLISHED.isoformat()
    assert article["sha256"] == hashlib.sha256(article_text.encode()).hexdigest()


def test_locators_lie_within_the_article(article_text: str) -> None:
    paragraphs = [line for line in article_text.splitlines() if line.strip()]
    for claim in seeds.claims():
        paragraph = paragraphs[claim["paragraph"] - 1]
        sentences = re.split(r"(?<=[.?!])\s+(?=[A-Z])", re.sub(r"U\.S\.", "US", paragraph))
        assert 1 <= claim["sentence"] <= len(sentences)
        assert claim["hedge"].split()[0] in words(sentences[claim["sentence"] - 1])


def test_no_eight_words_in_a_row_are_the_articles(article_text: str) -> None:
    theirs = runs(article_text, 8)
    ours = [text for claim in seeds.claims() for text in texts_of(claim)]
    assert [text for text in ours if runs(text, 8) & theirs] == []


def test_due_phrases_are_the_articles_own(article_text: str) -> None:
    phrases = {claim["due_phrase"].casefold() for claim in seeds.claims()}
    assert all(phrase in article_text.casefold() for phrase in phrases)


def test_later_news_is_a_hundred_items_in_order() -> None:
    items = later_items()
    assert [item["external_id"] for item in items] == [f"e{i:02}" for i in range(1, 101)]
    days = [date.fromisoformat(item["published"]) for item in items]
    assert days == sorted(days)
    assert days[0] >= PUBLISHED


def test_a_later_item_has_exactly_its_fields_and_so_no_verdict() -> None:
    for item in later_items():
        assert set(item) == ITEM_FIELDS
        assert item["title"]
        assert item["summary"]
        assert item["language"] == "en"
        assert item["url"] is None or item["url"].startswith(("https://", "http://"))


def test_feeds_are_opml_in_folders_over_https() -> None:
    root = ET.fromstring(seeds.feeds_opml())
    assert (root.tag, root.get("version")) == ("opml", "2.0")
    folders = root.findall("body/outline")
    feeds = root.findall("body/outline/outline")
    assert all(folder.get("text") and folder.get("xmlUrl") is None for folder in folders)
    assert all(feed.get("type") == "rss" and feed.get("text") for feed in feeds)
    addresses = [feed.get("xmlUrl") or "" for feed in feeds]
    assert all(address.startswith("https://") for address in addresses)
    assert len(set(addresses)) == len(addresses) == 19


def test_every_text_is_clean_already() -> None:
    opml = ET.fromstring(seeds.feeds_opml())
    outlines = [value for element in opml.iter() for value in element.attrib.values()]
    texts = texts_of([seeds.claims(), seeds.article(), later_items(), outlines])
    assert len(texts) > 1_000
    assert [text for text in texts if clean_line(text) != text] == []
    assert all(unicodedata.is_normalized("NFC", text) for text in texts)
