"""Linking quality on judged sets, beside plain FTS5 queries on the same index."""

from __future__ import annotations

import csv
import gzip
import json
import math
import re
import tempfile
from collections import defaultdict
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING
from typing import Any

from sqlalchemy import text

from ledger import book
from ledger.linking import engine
from ledger.newsroom import import_news
from ledger.queries import Asked
from ledger.queries import list_predictions
from ledger.store import open_ledger

if TYPE_CHECKING:
    from collections.abc import Callable
    from collections.abc import Iterator

    from ledger.model import Prediction
    from ledger.store import Ledger

DATA = Path(__file__).parents[2] / "shared" / "data"
DEPTH = 25
# A set without dates: everything lies in the window.
ANY_DAY = ("2000-01-01", "2000-12-31")


@dataclass(frozen=True)
class JudgedSet:
    """Queries, news, and a grade for each judged pair."""

    name: str
    news: list[str]
    queries: list[dict[str, Any]]
    judged: dict[str, dict[str, int]]


def sets() -> Iterator[JudgedSet]:
    for folder in sorted((DATA / "linking").iterdir()):
        if not folder.is_dir():
            continue
        queries = [json.loads(line) for line in (folder / "queries.jsonl").open(encoding="utf-8")]
        judged: dict[str, dict[str, int]] = defaultdict(dict)
        for row in csv.reader((folder / "qrels.tsv").open(encoding="utf-8"), delimiter="\t"):
            if len(row) >= 3 and row[2].lstrip("-").isdigit():
                judged[row[0]][row[1]] = int(row[2])
        yield JudgedSet(folder.name, list(_news(folder)), queries, judged)


def _news(folder: Path) -> Iterator[str]:
    own = folder / "docs.jsonl"
    if not own.exists():
        with gzip.open(DATA / "news" / "headlines-2025.jsonl.gz", "rt", encoding="utf-8") as lines:
            yield from lines
        return
    for line in own.open(encoding="utf-8"):
        doc = json.loads(line)
        body = doc.get("text") or doc.get("summary") or ""
        title = doc.get("title") or body[:200]
        yield json.dumps(
            {
                "external_id": str(doc["id"]),
                "title": title,
                "summary": "" if title == body else body,
                "published": "2000-06-01",
            }
        )


def main() -> None:
    if not (DATA / "linking").is_dir():
        print(f"no judged sets: {DATA.name}/linking is not beside the project")
        return
    print(f"{'set':<16}{'method':<16}{'MRR':>8}{'MAP@10':>8}{'nDCG@10':>9}{'R@25':>8}")
    for judged_set in sets():
        with tempfile.TemporaryDirectory() as folder:
            ledger = open_ledger(Path(folder) / "bench.db")
            _fill(ledger, judged_set)
            for name, rank in (("called it", _ours), ("fts5 porter or", _plain)):
                _report(ledger, judged_set, name, rank)
            ledger.close()


def _fill(ledger: Ledger, judged_set: JudgedSet) -> None:
    import_news(ledger, judged_set.news)
    claims = []
    for query in judged_set.queries:
        statement = query.get("statement") or query.get("text")
        claims.append(
            {
                "external_id": str(query["id"]),
                "statement": str(statement)[:1_000],
                "source": "bench",
                "made_on": query.get("made_on") or ANY_DAY[0],
                "due_on": query.get("due_on") or ANY_DAY[1],
                "criterion": query.get("criterion") or "",
            }
        )
    book.add_many(ledger, claims)


def _ours(ledger: Ledger, prediction: Prediction) -> list[int]:
    with ledger.read() as conn:
        return [c.item_id for c in engine.candidates(conn, prediction, limit=DEPTH)]


def _plain(ledger: Ledger, prediction: Prediction) -> list[int]:
    words = " OR ".join(f'"{word}"' for word in re.findall(r"\w+", prediction.statement))
    query = text(
        "SELECT item.id FROM item_fts JOIN item ON item.id = item_fts.rowid "
        "WHERE item_fts MATCH :words AND published BETWEEN :start AND :stop "
        "ORDER BY bm25(item_fts) LIMIT :depth"
    )
    bound = {"words": words, "start": str(prediction.made_on), "stop": f"{prediction.due_on}~"}
    with ledger.read() as conn:
        return list(conn.execute(query, bound | {"depth": DEPTH}).scalars())


def _report(
    ledger: Ledger,
    judged_set: JudgedSet,
    name: str,
    rank: Callable[[Ledger, Prediction], list[int]],
) -> None:
    with ledger.read() as conn:
        ids = dict(conn.execute(text("SELECT id, external_id FROM item")).tuples().all())
        asked = list_predictions(conn, Asked(status="open"), today=date(2030, 1, 1))
    figures = []
    for prediction in asked:
        judged = judged_set.judged.get(str(prediction.external_id), {})
        if any(judged.values()):
            figures.append(_figures([ids[i] for i in rank(ledger, prediction)], judged))
    mean = [sum(column) / len(figures) for column in zip(*figures, strict=True)]
    print(
        f"{judged_set.name:<16}{name:<16}{mean[0]:8.3f}{mean[1]:8.3f}{mean[2]:9.3f}{mean[3]:8.3f}"
    )


def _figures(ranking: list[str], judged: dict[str, int]) -> tuple[float, float, float, float]:
    """MRR, MAP@10, nDCG@10 over judged results, R@25."""
    relevant = {doc for doc, grade in judged.items() if grade > 0}
    hits = [doc in relevant for doc in ranking]
    reciprocal = next((1 / place for place, hit in enumerate(hits, 1) if hit), 0.0)
    precision = sum(sum(hits[:place]) / place for place, hit in enumerate(hits[:10], 1) if hit)
    gains = [judged[doc] for doc in ranking if doc in judged][:10]
    ideal = sorted(judged.values(), reverse=True)[:10]
    return (
        reciprocal,
        precision / min(10, len(relevant)),
        _discounted(gains) / _discounted(ideal),
        sum(hits[:DEPTH]) / len(relevant),
    )


def _discounted(gains: list[int]) -> float:
    return sum((2**gain - 1) / math.log2(place + 1) for place, gain in enumerate(gains, 1))
