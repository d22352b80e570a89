"""Predictions as JSON lines: one object a line, the same names in and out."""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import TYPE_CHECKING
from typing import Any

from ledger.clean import clean_line
from ledger.errors import ReadError
from ledger.queries import Asked
from ledger.queries import article_of
from ledger.queries import evidence_of
from ledger.queries import list_predictions

if TYPE_CHECKING:
    from collections.abc import Iterable
    from collections.abc import Iterator
    from datetime import date

    from sqlalchemy import Connection

    from ledger.model import Prediction

FIELDS = (
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
    "probability",
    "probability_low",
    "probability_high",
    "probability_basis",
    "hedge",
    "hedge_class",
    "noncommittal",
    "negated",
    "kind",
    "checkable",
    "baseline",
    "weight",
    "tags",
    "quote",
    "quote_start",
    "quote_end",
    "paragraph",
    "sentence",
    "speaker_basis",
    "confidence",
    "cues",
    "outcome",
    "credit",
    "resolved_on",
    "reason",
)


def read_rows(lines: Iterable[str], *, name: str) -> list[dict[str, Any]]:
    """The objects, each with its line number under ``"line"``; blank lines are passed over.

    Raises:
        ReadError: A line is not a JSON object; it names the line.
    """
    rows = []
    for number, line in enumerate(lines, start=1):
        if not line.strip():
            continue
        try:
            row = json.loads(line)
        except (ValueError, RecursionError) as error:
            said = clean_line(str(error), limit=120)
            raise ReadError(f"{name}, line {number}: not JSON ({said})") from None
        if not isinstance(row, dict):
            raise ReadError(f"{name}, line {number}: not a JSON object")
        rows.append({**row, "line": number})
    return rows


def write_rows(conn: Connection, *, today: date) -> Iterator[dict[str, Any]]:
    """Every open and resolved prediction, by id, as an object that `read_rows` understands."""
    for status in ("open", "resolved"):
        asked = Asked(status=status, sort="id")
        for prediction in list_predictions(conn, asked, today=today):
            yield _row(conn, prediction)


def _row(conn: Connection, prediction: Prediction) -> dict[str, Any]:
    values = prediction.to_json()
    row = {name: values[name] for name in FIELDS}
    article = article_of(conn, prediction)
    evidence = [asdict(one) for one in evidence_of(conn, prediction.id)]
    for one in evidence:
        del one["id"], one["item_id"]
    row["article"] = None if article is None else _without_id(asdict(article))
    row["evidence"] = evidence
    return row


def _without_id(values: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in values.items() if name != "id"}
