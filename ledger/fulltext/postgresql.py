"""Full text on PostgreSQL: a tsvector beside each item and prediction, and BM25 in SQL.

The words are those that SQLite's tokenizer finds, so PostgreSQL's own dictionaries play no part.
PostgreSQL keeps at most 256 places of a word in one text, and the places of the first 16,383
words (its documentation, §12.11); what is longer than that is found all the same, and weighs
a little less.
"""

from __future__ import annotations

import math
from contextlib import contextmanager
from typing import TYPE_CHECKING

from sqlalchemy import column
from sqlalchemy import select
from sqlalchemy import table
from sqlalchemy import text

from ledger.fulltext import Hit
from ledger.fulltext import Window
from ledger.linking.stems import positions
from ledger.linking.stems import stems as stems_of
from ledger.schema import item as item_table
from ledger.schema import prediction as prediction_table

if TYPE_CHECKING:
    from collections.abc import Collection
    from collections.abc import Iterable
    from collections.abc import Iterator
    from collections.abc import Sequence
    from typing import Any

    from sqlalchemy import Connection
    from sqlalchemy import Table

ITEM_FIELDS = ("title", "summary", "text")
PREDICTION_FIELDS = ("statement", "criterion", "quote", "source", "tags")

_BATCH = 500
_LONGEST = 2_046  # bytes of a lexeme
_LARGEST = 1_000_000  # bytes of a tsvector, with some room
_LAST_PLACE = 16_383
_K1, _B = 1.2, 0.75
_NEARLY_NOTHING = 1e-6  # as FTS5 takes for a word that half of the texts hold

_PREDICTION_WORDS = table("prediction_words", column("prediction_id"), column("words"))
_COUNT = text("SELECT count(*) FROM item_words WHERE words @@ CAST(:query AS tsquery)")
_SIZE = text("SELECT count(*), coalesce(avg(length), 0) FROM item_words")
_STORE = {
    name: text(
        f"INSERT INTO {name}_words ({name}_id, words, length) "  # noqa: S608 (two names of ours)
        f"VALUES (:id, CAST(:words AS tsvector), :length) ON CONFLICT ({name}_id) "
        "DO UPDATE SET words = excluded.words, length = excluded.length"
    )
    for name in ("item", "prediction")
}
_SAME = {
    name: text(
        f"SELECT count(*) FROM {name}_words AS held JOIN unnest(CAST(:id AS integer[]), "  # noqa: S608
        "CAST(:words AS text[]), CAST(:length AS integer[])) AS said(id, words, length) "
        f"ON held.{name}_id = said.id AND held.words = CAST(said.words AS tsvector) "
        "AND held.length = said.length"
    )
    for name in ("item", "prediction")
}
_SINGLE = """
SELECT m.item_id, m.length, t.worth, cardinality(u.positions) + CAST(:extra AS float8) *
    (SELECT count(*) FROM unnest(u.weights) AS w WHERE w = 'A') AS tf
FROM m CROSS JOIN LATERAL unnest(m.words) AS u(lexeme, positions, weights)
JOIN unnest(CAST(:lexemes AS text[]), CAST(:worths AS float8[])) AS t(lexeme, worth)
  ON t.lexeme = u.lexeme
"""


def predictions_holding(words: Sequence[str]) -> Any:
    """Ids of predictions with every word, the last a beginning; for use after IN."""
    found = select(_PREDICTION_WORDS.c.prediction_id)
    query = _all_of(words, beginning=True)
    if not query:
        return found.where(text("false"))
    return found.where(text("words @@ CAST(:words_wanted AS tsquery)")).params(words_wanted=query)


def items_holding(conn: Connection, terms: Sequence[str], *, limit: int) -> list[int]:
    """Ids of items with every word or phrase, best first."""
    query = _all_of(terms)
    if not query:
        return []
    weighted = [(phrase, 1.0) for phrase in _phrases(terms)]
    hits = _ranked(conn, weighted, query, Window(), extra=0.0, limit=limit)
    return [hit.item_id for hit in hits]


def best_items(
    conn: Connection, words: Sequence[tuple[str, float]], window: Window, *, limit: int
) -> list[Hit]:
    """Items with any of the weighted words, best first; a title's words count double."""
    forms = stems_of(word for word, _ in words)
    weighted = [(forms[word].split(), weight) for word, weight in words if forms[word]]
    if not weighted:
        return []
    query = " | ".join(f"({_adjacent(phrase)})" for phrase, _ in weighted)
    return _ranked(conn, weighted, query, window, extra=1.0, limit=limit)


def document_counts(conn: Connection, stems: Collection[str]) -> dict[str, int]:
    """How many items hold each of these stems; those that none holds are left out."""
    single = (stem for stem in stems if stem and " " not in stem)
    counts = {stem: conn.execute(_COUNT, {"query": _lexeme(stem)}).scalar_one() for stem in single}
    return {stem: count for stem, count in counts.items() if count}


def index_items(conn: Connection, ids: Sequence[int]) -> None:
    """Follow what these items say now."""
    _index(conn, "item", item_table, ITEM_FIELDS, ids)


def index_predictions(conn: Connection, ids: Sequence[int]) -> None:
    """Follow what these predictions say now."""
    _index(conn, "prediction", prediction_table, PREDICTION_FIELDS, ids)


@contextmanager
def made_anew(conn: Connection) -> Iterator[None]:
    """Rows of predictions may be replaced in bulk within it; the indexes follow at its end."""
    yield
    conn.exec_driver_sql("DELETE FROM item_words")
    conn.exec_driver_sql("DELETE FROM prediction_words")
    index_items(conn, list(conn.execute(select(item_table.c.id)).scalars()))
    index_predictions(conn, list(conn.execute(select(prediction_table.c.id)).scalars()))


def untrue(conn: Connection) -> list[str]:
    """The indexes that do not hold what their tables say."""
    return [
        f"{name}_words"
        for name, source, fields in (
            ("item", item_table, ITEM_FIELDS),
            ("prediction", prediction_table, PREDICTION_FIELDS),
        )
        if not _holds(conn, name, source, fields)
    ]


# ── what a text holds ───────────────────────────────────────────────────────────────────────


def _index(
    conn: Connection, name: str, source: Table, fields: Sequence[str], ids: Sequence[int]
) -> None:
    for start in range(0, len(ids), _BATCH):
        vectors = _vectors(conn, source, fields, ids[start : start + _BATCH])
        if vectors:
            conn.execute(_STORE[name], vectors)


def _holds(conn: Connection, name: str, source: Table, fields: Sequence[str]) -> bool:
    """Whether every row's words, worked out anew, are the stored ones, and no more are stored."""
    ids = list(conn.execute(select(source.c.id)).scalars())
    stored = conn.exec_driver_sql(f"SELECT count(*) FROM {name}_words").scalar_one()  # noqa: S608
    for start in range(0, len(ids), _BATCH):
        vectors = _vectors(conn, source, fields, ids[start : start + _BATCH])
        bound = {key: [row[key] for row in vectors] for key in ("id", "words", "length")}
        if conn.execute(_SAME[name], bound).scalar_one() != len(vectors):
            return False
    return bool(stored == len(ids))


def _vectors(
    conn: Connection, source: Table, fields: Sequence[str], ids: Sequence[int]
) -> list[dict[str, Any]]:
    columns = [source.c[field] for field in fields]
    rows = conn.execute(select(source.c.id, *columns).where(source.c.id.in_(ids))).all()
    texts = [tuple(row[1:]) for row in rows]
    return [
        {"id": row.id, "words": vector(found), "length": len(found)}
        for row, found in zip(rows, positions(texts), strict=True)
    ]


def vector(found: Iterable[tuple[str, int, int]]) -> str:
    """A tsvector's text: each word with its places; those of the first field weigh "A".

    Args:
        found: Word, field and place within the field, in order.
    """
    places: dict[str, list[str]] = {}
    size, shift, place, last_field = 0, 0, 0, 0
    for word, field, offset in found:
        if field != last_field:  # a gap, so that no phrase reaches over from one field to the next
            shift, last_field = place + 2, field
        place = shift + offset
        held = places.setdefault(_cut(word), [])
        size += 2 + (len(word.encode()) if not held else 0)
        if size > _LARGEST:
            break
        held.append(f"{min(place + 1, _LAST_PLACE)}{'A' if field == 0 else ''}")
    return " ".join(f"{_lexeme(word)}:{','.join(held)}" for word, held in places.items())


# ── what is asked ───────────────────────────────────────────────────────────────────────────


def _phrases(terms: Sequence[str]) -> list[list[str]]:
    forms = stems_of(terms)
    return [forms[term].split() for term in terms]


def _all_of(terms: Sequence[str], *, beginning: bool = False) -> str:
    """A tsquery for every term; empty where one has no word in it, since nothing holds that."""
    phrases = _phrases(terms)
    if not all(phrases):
        return ""
    parts = [_adjacent(phrase) for phrase in phrases]
    if beginning:
        parts[-1] += ":*"
    return " & ".join(f"({part})" for part in parts)


def _adjacent(phrase: Sequence[str]) -> str:
    return " <-> ".join(map(_lexeme, phrase))


def _lexeme(word: str) -> str:
    return "'" + _cut(word).replace("\\", "\\\\").replace("'", "''") + "'"


def _cut(word: str) -> str:
    return word.encode()[:_LONGEST].decode(errors="ignore")


def _ranked(
    conn: Connection,
    weighted: Sequence[tuple[Sequence[str], float]],
    query: str,
    window: Window,
    *,
    extra: float,
    limit: int,
) -> list[Hit]:
    """The items that the query finds, by BM25; `extra` is what a place in the title adds to 1."""
    items, average = conn.execute(_SIZE).one()
    worth = [
        (phrase, weight * _rarity(conn, phrase, items)) for phrase, weight in _merged(weighted)
    ]
    single = [(phrase[0], value) for phrase, value in worth if len(phrase) == 1]
    several = [(phrase, value) for phrase, value in worth if len(phrase) > 1]
    bound: dict[str, Any] = {
        **window._asdict(),
        "query": query,
        "extra": extra,
        "limit": limit,
        "average": float(average) or 1.0,
        "lexemes": [_cut(word) for word, _ in single],
        "worths": [value for _, value in single],
    }
    parts = [_SINGLE]
    for number, (phrase, value) in enumerate(several):
        parts.append(_phrase_part(number, len(phrase)))
        bound[f"worth{number}"] = value
        bound |= {f"word{number}_{place}": _cut(word) for place, word in enumerate(phrase)}
    statement = f"""
WITH m AS (
  SELECT w.item_id, w.words, w.length FROM item_words AS w JOIN item ON item.id = w.item_id
  WHERE w.words @@ CAST(:query AS tsquery) AND item.id BETWEEN :first AND :last
    AND item.published >= :start AND item.published < :stop),
found AS ({" UNION ALL ".join(parts)})
SELECT item_id, sum(worth * tf * ({_K1} + 1)
    / (tf + {_K1} * ({1 - _B} + {_B} * length / CAST(:average AS float8)))) AS raw
FROM found WHERE tf > 0 GROUP BY item_id ORDER BY raw DESC, item_id LIMIT :limit
"""  # noqa: S608 (only numbers and parts of our own)
    return [Hit(row.item_id, row.raw) for row in conn.execute(text(statement), bound)]


def _merged(
    weighted: Sequence[tuple[Sequence[str], float]],
) -> Iterator[tuple[tuple[str, ...], float]]:
    """Each phrase once, the weights of those that are the same to the index added up."""
    total: dict[tuple[str, ...], float] = {}
    for phrase, weight in weighted:
        total[tuple(phrase)] = total.get(tuple(phrase), 0.0) + weight
    yield from total.items()


def _rarity(conn: Connection, phrase: Sequence[str], items: int) -> float:
    """Inverse document frequency, as FTS5 computes it."""
    held = conn.execute(_COUNT, {"query": _adjacent(phrase)}).scalar_one()
    return max(math.log((items - held + 0.5) / (held + 0.5)), _NEARLY_NOTHING)


def _phrase_part(number: int, words: int) -> str:
    """How often words stand one after the other: places of the first that the others follow."""
    following = " AND ".join(  # only numbers are put in
        "EXISTS (SELECT 1 FROM unnest(m.words) AS n(lexeme, positions, weights) "  # noqa: S608
        f"WHERE n.lexeme = :word{number}_{place} "
        f"AND CAST(p.position + {place} AS smallint) = ANY (n.positions))"
        for place in range(1, words)
    )
    return f"""
SELECT m.item_id, m.length, CAST(:worth{number} AS float8) AS worth,
    (SELECT count(*) + CAST(:extra AS float8) * count(*) FILTER (WHERE p.weight = 'A')
     FROM unnest(m.words) AS u(lexeme, positions, weights)
     CROSS JOIN LATERAL unnest(u.positions, u.weights) AS p(position, weight)
     WHERE u.lexeme = :word{number}_0 AND {following}) AS tf
FROM m
"""  # noqa: S608 (only numbers)
