"""Raw scores → candidates: a score between 0 and 1, the matched words, a stance cue."""

from __future__ import annotations

import math
import re
import unicodedata
from dataclasses import dataclass
from dataclasses import replace
from typing import TYPE_CHECKING

from sqlalchemy import bindparam
from sqlalchemy import text

from ledger.linking.stance import suggest_stance
from ledger.linking.terms import match_query
from ledger.linking.terms import query_terms

if TYPE_CHECKING:
    from collections.abc import Iterable
    from collections.abc import Sequence

    from sqlalchemy import Connection
    from sqlalchemy import Row

    from ledger.model import Prediction

_PER_STORY = 3
_FEW = 100
_MARK = re.compile("\x02([^\x02\x03]*)\x03")  # no cleaned text holds these
_HIGHLIGHT = text(
    """
SELECT item.id AS id, item.title AS title, item.publisher AS publisher,
  highlight(item_fts, 0, char(2), char(3)) AS title_marked,
  highlight(item_fts, 1, char(2), char(3)) AS summary_marked
FROM item_fts JOIN item ON item.id = item_fts.rowid
WHERE item_fts MATCH :words AND item_fts.rowid IN :ids
"""
).bindparams(bindparam("ids", expanding=True))


@dataclass(frozen=True, slots=True)
class Candidate:
    """An item that may bear on a prediction.

    `story` is the smallest id among items with the same title, letter case and signs aside.
    """

    item_id: int
    score: float
    why: tuple[str, ...]
    stance: str
    stance_confidence: float
    story: int


def score_of(raw: float, items: int, coverage: float = 0.0) -> float:
    """A raw BM25 score between 0 and 1; one half is where links and noise part best.

    That point grows with the number of items, as the rare words' weights do: about 17 among
    a thousand, 31 among fifteen thousand, measured on judged sets; a line in the logarithm.
    Among few items no word is rare and BM25 says nothing: there half of `coverage`, the share
    of the query's words that matched, stands in where it is more.
    """
    middle = max(4.0, 5.2 * math.log(max(items, 2)) - 18.8)
    score = raw / (raw + middle) if raw > 0 else 0.0
    return max(score, min(coverage, 1.0) / 2) if items < _FEW else score


def ranked(
    conn: Connection, prediction: Prediction, raw: dict[int, float], *, limit: int
) -> list[Candidate]:
    """The best candidates, best first, no story more than a few times."""
    best = sorted(raw, key=lambda item_id: (-raw[item_id], item_id))[: 2 * limit]
    items = conn.execute(text("SELECT count(*) FROM item")).scalar_one()
    words = max(1, len(query_terms(prediction).full))
    rows = list(_highlighted(conn, prediction, best))
    stories = _stories(rows)
    found = [_candidate(prediction, row, stories[row.id]) for row in rows]
    scored = [
        replace(one, score=score_of(raw[one.item_id], items, len(one.why) / words)) for one in found
    ]
    scored.sort(key=lambda one: (-one.score, one.item_id))
    return _few_a_story(scored)[:limit]


def _few_a_story(found: Iterable[Candidate]) -> list[Candidate]:
    shown: dict[int, int] = {}
    kept = []
    for candidate in found:
        shown[candidate.story] = shown.get(candidate.story, 0) + 1
        if shown[candidate.story] <= _PER_STORY:
            kept.append(candidate)
    return kept


def _highlighted(
    conn: Connection, prediction: Prediction, ids: Sequence[int]
) -> Iterable[Row[tuple[int, str, str, str, str]]]:
    terms = query_terms(prediction)
    words = match_query((*terms.full, *terms.half))
    return conn.execute(_HIGHLIGHT, {"words": words, "ids": list(ids)}) if ids else ()


def _candidate(
    prediction: Prediction, row: Row[tuple[int, str, str, str, str]], story: int
) -> Candidate:
    in_title = _MARK.findall(row.title_marked)
    why = tuple(
        {
            word.casefold(): word for word in reversed(in_title + _MARK.findall(row.summary_marked))
        }.values()
    )[::-1]
    stance = suggest_stance(row.title, in_title, negated=prediction.negated)
    return Candidate(row.id, 0.0, why, stance.stance, stance.confidence, story)


def _stories(rows: Iterable[Row[tuple[int, str, str, str, str]]]) -> dict[int, int]:
    """Each item's story among these."""
    first: dict[str, int] = {}
    keyed = [(row.id, copy_key(row.title) or str(row.id)) for row in rows]
    for item_id, key in sorted(keyed):
        first.setdefault(key, item_id)
    return {item_id: first[key] for item_id, key in keyed}


def copy_key(title: str) -> str:
    """A title without case, accents and signs: equal for copies of one story."""
    plain = unicodedata.normalize("NFKD", title).casefold()
    return "".join(c for c in plain if c.isalnum())
