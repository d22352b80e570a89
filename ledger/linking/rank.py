"""Hits → candidates: a score between 0 and 1, the matched words, a stance cue, the story."""

from __future__ import annotations

import math
import unicodedata
from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import bindparam
from sqlalchemy import text

from ledger.fulltext import full_text
from ledger.linking.stance import suggest_stance
from ledger.linking.stems import stems
from ledger.linking.terms import words_of

if TYPE_CHECKING:
    from collections.abc import Iterable
    from collections.abc import Mapping
    from collections.abc import Sequence

    from sqlalchemy import Connection
    from sqlalchemy import Row

    from ledger.fulltext import Hit
    from ledger.linking.terms import Terms

    ItemRow = Row[tuple[int, str, str, str, str]]

_PER_STORY = 3
_FEW = 100
_MOST_WORDS = 12  # of the reasons that are kept
_BEGINNING = 2_000  # characters of a text in which matched words are looked for
_ITEMS = text(
    "SELECT id, title, publisher, summary, substr(text, 1, :beginning) AS text "
    "FROM item WHERE id IN :ids"
).bindparams(bindparam("ids", expanding=True))


@dataclass(frozen=True, slots=True)
class Candidate:
    """An item that may bear on a prediction.

    Attributes:
        item_id: Which.
        score: From 0 to under 1.
        why: The matched words as they stand in the item, the most telling first.
        stance: A suggestion: supports, contradicts or mentions.
        stance_confidence: 0 to 1.
        story: The smallest id among the found items with the same title, letter case, signs
            and the publisher's name aside.
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
    conn: Connection, terms: Terms, hits: Sequence[Hit], *, negated: bool, limit: int
) -> list[Candidate]:
    """The best candidates, best first, no story more than a few times.

    Args:
        conn: A reading transaction.
        terms: What was looked for.
        hits: What was found, best first.
        negated: Whether the claim itself denies.
        limit: At most so many.
    """
    rows = {row.id: row for row in _rows(conn, [hit.item_id for hit in hits])}
    stories = _stories(rows.values())
    kept = _few_a_story(hits, stories)
    items = newest_item(conn)
    # Among few items the score is more than BM25, so all of them are looked at.
    kept = kept if items < _FEW else kept[:limit]
    weights = _weights(conn, terms)
    found = [
        _candidate(rows[hit.item_id], hit.raw, items, weights, stories, terms, negated=negated)
        for hit in kept
    ]
    found.sort(key=lambda one: (-one.score, one.item_id))
    return found[:limit]


def newest_item(conn: Connection) -> int:
    """The newest item's id: ids count arrivals, so it tells how many items there are."""
    return int(conn.exec_driver_sql("SELECT coalesce(max(id), 0) FROM item").scalar_one())


def copy_key(title: str, publisher: str = "") -> str:
    """A title without case, accents, signs and the publisher's name: equal for copies."""
    key = _letters(title)
    return key.removesuffix(_letters(publisher)) or key


def _letters(words: str) -> str:
    plain = unicodedata.normalize("NFKD", words).casefold()
    return "".join(filter(str.isalnum, plain))


def _rows(conn: Connection, ids: list[int]) -> Sequence[ItemRow]:
    return conn.execute(_ITEMS, {"ids": ids, "beginning": _BEGINNING}).all() if ids else ()


def _stories(rows: Iterable[ItemRow]) -> dict[int, int]:
    """Each item's story among these."""
    first: dict[str, int] = {}
    keyed = sorted((row.id, copy_key(row.title, row.publisher) or str(row.id)) for row in rows)
    return {item_id: first.setdefault(key, item_id) for item_id, key in keyed}


def _few_a_story(hits: Iterable[Hit], stories: Mapping[int, int]) -> list[Hit]:
    shown: dict[int, int] = {}
    kept = []
    for hit in hits:
        story = stories[hit.item_id]
        shown[story] = shown.get(story, 0) + 1
        if shown[story] <= _PER_STORY:
            kept.append(hit)
    return kept


def _weights(conn: Connection, terms: Terms) -> dict[str, float]:
    """How telling each term's stem is: the rarer the more, and half of that at half weight."""
    forms = stems((*terms.full, *terms.half))
    counts = full_text(conn).document_counts(conn, set(forms.values()))
    return {
        forms[word]: weight / math.log(2 + counts.get(forms[word], 0))
        for words, weight in ((terms.half, 0.5), (terms.full, 1.0))
        for word in words
        if forms[word]
    }


def _candidate(
    row: ItemRow,
    raw: float,
    items: int,
    weights: Mapping[str, float],
    stories: Mapping[int, int],
    terms: Terms,
    *,
    negated: bool,
) -> Candidate:
    title = words_of(row.title)
    found = _telling([*title, *words_of(row.summary), *words_of(row.text)], weights)
    forms = stems(title)
    in_title = [word for word in title if forms[word] in weights]
    stance = suggest_stance(row.title, in_title, negated=negated)
    score = score_of(raw, items, len(found) / max(1, len(terms.full)))
    why = tuple(found[:_MOST_WORDS])
    return Candidate(row.id, score, why, stance.stance, stance.confidence, stories[row.id])


def _telling(words: Sequence[str], weights: Mapping[str, float]) -> list[str]:
    """The first word of each matched stem, the most telling first."""
    forms = stems(words)
    first: dict[str, str] = {}
    for word in words:
        if forms[word] in weights:
            first.setdefault(forms[word], word)
    return [first[form] for form in sorted(first, key=lambda form: -weights[form])]
