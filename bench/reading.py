"""The reader beside a keyword list: which sentences are claims, by when they are due, how fast."""

from __future__ import annotations

import json
import re
import time
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING
from typing import Any

from ledger.reading.deadlines import find_deadline
from ledger.reading.reader import read_article

if TYPE_CHECKING:
    from ledger.reading.model import Claim

DATA = Path(__file__).parents[1] / ".." / "shared" / "data"
SETS = ("reading/dev.jsonl", "reading/wikinews-labelled.jsonl")
# The usual baseline for forward-looking sentences: a list of some twenty words.
KEYWORDS = re.compile(
    r"\b(?:will|won't|would|could|may|might|should|can|going to|expects?|expected|forecasts?"
    r"|predicts?|likely|unlikely|plans?|projected|anticipates?|set to|scheduled|hopes?|estimates?"
    r"|aims?)\b",
    re.IGNORECASE,
)
STRENGTH = {"certain": 0, "likely": 1, "possible": 2, "unlikely": 3, "very_unlikely": 4}


@dataclass
class Tally:
    """Right and wrong answers on whether a sentence is a claim."""

    hits: int = 0
    false: int = 0
    missed: int = 0

    def count(self, *, gold: bool, said: bool) -> None:
        """One more sentence."""
        self.hits += gold and said
        self.false += said and not gold
        self.missed += gold and not said

    def line(self) -> str:
        """Precision, recall and F1 to print."""
        precision = self.hits / max(1, self.hits + self.false)
        recall = self.hits / max(1, self.hits + self.missed)
        return f"P {precision:.3f}  R {recall:.3f}  F1 {self.f1():.3f}"

    def f1(self) -> float:
        """The harmonic mean of precision and recall."""
        return 2 * self.hits / max(1, 2 * self.hits + self.false + self.missed)


@dataclass
class Share:
    """How many of the answers to one question are right."""

    right: int = 0
    asked: int = 0

    def count(self, *, right: bool) -> None:
        """One more answer."""
        self.right += right
        self.asked += 1

    def __str__(self) -> str:
        return f"{self.right}/{self.asked} = {self.right / max(1, self.asked):.1%}"


def rows(name: str) -> list[dict[str, Any]] | None:
    path = DATA / name
    if not path.exists():
        print(f"{name}: not found in {DATA.name}/ beside the project, left out")
        return None
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


def overlapping(claims: tuple[Claim, ...], start: int, end: int) -> list[Claim]:
    return [claim for claim in claims if min(claim.end, end) - max(claim.start, start) > 10]


def same_speaker(one: str, other: str) -> bool:
    first, second = (set(re.findall(r"\w+", name.lower())) - {"the", "a"} for name in (one, other))
    return bool(first & second)


def judge_fields(gold: dict[str, Any], found: list[Claim], shares: dict[str, Share]) -> None:
    strongest = min(found, key=lambda claim: STRENGTH[claim.hedge_class])
    shares["hedge class"].count(right=strongest.hedge_class == gold["hedge"])
    shares["speaker"].count(right=same_speaker(gold["speaker"], found[0].speaker))
    conditional = any(claim.condition for claim in found)
    shares["condition"].count(right=conditional == bool(gold["cond"]))
    shares["checkable"].count(right=found[0].checkable == gold["check"])
    if gold["due"] is None:
        shares["due, none"].count(right=found[0].due is None)
    elif gold["due_kind"] != "context":
        low, high = gold["due_accept"]
        shares["due, dated"].count(
            right=any(low <= str(claim.due or "") <= high for claim in found)
        )


def sentences(name: str) -> None:
    articles = rows(name)
    if articles is None:
        return
    reader, keywords, everything = Tally(), Tally(), Tally()
    names = ("hedge class", "speaker", "condition", "checkable", "due, none", "due, dated")
    shares = {field: Share() for field in names}
    for article in articles:
        reading = read_article(article["text"], published=date.fromisoformat(article["pub"]))
        for gold in article["sentences"]:
            found = overlapping(reading.claims, gold["start"], gold["end"])
            everything.count(gold=bool(gold["fl"]), said=bool(found))
            if gold["borderline"]:
                continue
            reader.count(gold=bool(gold["fl"]), said=bool(found))
            keywords.count(gold=bool(gold["fl"]), said=bool(KEYWORDS.search(gold["text"])))
            if gold["fl"] and found:
                judge_fields(gold, found, shares)
    ratio = (1 - keywords.f1()) / max(1e-9, 1 - reader.f1())
    print(f"{name} (without borderline sentences; with them F1 {everything.f1():.3f})")
    print(f"  reader    {reader.line()}   error {ratio:.2f} × smaller")
    print(f"  keywords  {keywords.line()}")
    print("  " + ";  ".join(f"{field} {share}" for field, share in shares.items()))


def deadlines() -> None:
    gold = rows("reading/deadlines-dev.jsonl")
    if gold is None:
        return
    share = Share()
    for row in gold:
        due = find_deadline(row["sentence"], date.fromisoformat(row["pub"])).due
        low, high = row["accept"] or ("", "")
        share.count(right=low <= str(due or "") <= high)
    print(f"reading/deadlines-dev.jsonl\n  due dates {share}")


def seed() -> None:
    gold = rows("seed-claims.jsonl")
    if gold is None:
        return
    text = (DATA / "seed-article.txt").read_text(encoding="utf-8")
    found = {
        (claim.paragraph, claim.sentence)
        for claim in read_article(text, published=date(2024, 11, 15)).claims
    }
    share = Share()
    for row in gold:
        share.count(right=(row["paragraph"], row["sentence"]) in found)
    extra = found - {(row["paragraph"], row["sentence"]) for row in gold}
    print(f"seed article\n  claims found {share}; sentences beyond them {len(extra)}")


def speed() -> None:
    articles = rows(SETS[1])
    if articles is None:
        return
    count = sum(len(article["sentences"]) for article in articles)
    start = time.perf_counter()
    for article in articles:
        read_article(article["text"], published=date.fromisoformat(article["pub"]))
    spent = time.perf_counter() - start
    start = time.perf_counter()
    for article in articles:
        for sentence in article["sentences"]:
            KEYWORDS.search(sentence["text"])
    peer = time.perf_counter() - start
    print(
        f"speed\n  {count / spent:,.0f} sentences/s, {spent / peer:.0f} × the keyword list's time"
    )


def main() -> None:
    for name in SETS:
        sentences(name)
    deadlines()
    seed()
    speed()
