"""The views are a fold of the journal: fold(events) → rows; refresh one subject, rebuild all.

An event that was taken back is still in the journal but no longer folded. An `event.undone` may
itself be taken back, which is how something is done again.
"""

from __future__ import annotations

import json
from collections import defaultdict
from dataclasses import dataclass
from dataclasses import field
from functools import lru_cache
from typing import TYPE_CHECKING
from typing import Any

from sqlalchemy import delete
from sqlalchemy import insert

from ledger import events as ev
from ledger import journal
from ledger.fulltext import full_text
from ledger.schema import VIEWS
from ledger.schema import article as article_table
from ledger.schema import evidence as evidence_table
from ledger.schema import note as note_table
from ledger.schema import prediction as prediction_table

if TYPE_CHECKING:
    from collections.abc import Collection
    from collections.abc import Iterable
    from collections.abc import Sequence
    from datetime import date

    from sqlalchemy import Connection
    from sqlalchemy import Table

    from ledger.journal import Entry

Rows = dict["Table", list[dict[str, Any]]]

_JSON_COLUMNS = ("tags", "cues")
_FLAG_COLUMNS = ("noncommittal", "negated")
# Events that change nothing of how a claim scores.
_BESIDE = {ev.NOTED, ev.ATTACHED, ev.DETACHED, ev.LINK_REJECTED}
_SUBJECTS_AT_ONCE = 2_000
_UNRESOLVED: dict[str, Any] = {
    "outcome": None,
    "credit": None,
    "resolved_on": None,
    "reason": "",
    "resolved_by": "",
}
# What a prediction holds where its events say nothing.
_BLANK: dict[str, Any] = {
    "external_id": None,
    "due_start": None,
    "due_basis": "stated",
    "due_phrase": "",
    "due_rule": "",
    "criterion": "",
    "condition": "",
    "probability": None,
    "probability_low": None,
    "probability_high": None,
    "probability_basis": "none",
    "hedge": "",
    "hedge_class": "",
    "noncommittal": False,
    "negated": False,
    "kind": "prediction",
    "checkable": "yes",
    "baseline": None,
    "weight": "1.00",
    "tags": [],
    "article_id": None,
    "quote": "",
    "quote_start": None,
    "quote_end": None,
    "paragraph": None,
    "sentence": None,
    "speaker_basis": "",
    "confidence": None,
    "cues": [],
    **_UNRESOLVED,
}


def live(entries: Sequence[Entry]) -> list[Entry]:
    """The entries that count: not taken back, and not themselves a taking back."""
    dead = taken_back(entries)
    if not dead:
        return list(entries)
    return [
        entry for entry in entries if entry.event.id not in dead and entry.event.type != ev.UNDONE
    ]


def taken_back(entries: Sequence[Entry]) -> set[str]:
    """Ids of the events that no longer count, takings back among them."""
    dead: set[str] = set()
    for entry in reversed(entries):
        if entry.event.type == ev.UNDONE and entry.event.id not in dead:
            dead.add(entry.event.data["event"])
    return dead


def fold(subject: str, entries: Sequence[Entry]) -> Rows:
    """The rows that one subject's events give, in every view.

    Raises:
        ValueError: The subject is of a kind that this version does not know.
    """
    kind, _, number = subject.partition(":")
    if kind == "article":
        return {article_table: [{"id": int(number), **live(entries)[0].event.data}]}
    if kind == "prediction":
        return _fold_prediction(int(number), live(entries))
    if kind == "scorecard":
        return {}  # what was published stands in the journal alone
    raise ValueError(f"an event about {subject!r}, which this version does not know")


def update(conn: Connection, entries: Sequence[Entry], *, since: int) -> list[str]:
    """Bring the views up to date with entries just written, after the first `since`.

    Returns:
        The subjects that were there before and changed; new ones are not among them.
    """
    from ledger.scoring.keeping import followed

    fresh: Rows = {table: [] for table in VIEWS}
    changed = []
    for subject, held in _by_subject(entries).items():
        if held[0].event.type in ev.BEGINNINGS and held[0].seq > since:
            for table, rows in fold(subject, held).items():
                fresh[table] += rows
        else:
            changed.append(subject)
    new = [row["id"] for row in fresh[prediction_table]]
    with followed(conn, _recounted(changed, entries), new):
        _insert(conn, fresh)
        _index(conn, fresh)
        for subject in changed:
            refresh(conn, subject)
    return changed


def _recounted(subjects: Collection[str], entries: Iterable[Entry]) -> list[int]:
    """Those of the predictions that may score otherwise after these entries."""
    touched = {e.event.subject for e in entries if e.event.type not in _BESIDE}
    parts = (subject.partition(":") for subject in subjects if subject in touched)
    return [int(number) for kind, _, number in parts if kind == "prediction"]


def refresh(conn: Connection, subject: str) -> None:
    """Fold one subject again and put its rows in place of the old ones."""
    _, _, number = subject.partition(":")
    rows = fold(subject, list(journal.read(conn, subject=subject)))
    for table in rows:
        key = table.c.prediction_id if "prediction_id" in table.c else table.c.id
        conn.execute(delete(table).where(key == int(number)))
    _insert(conn, rows)
    _index(conn, rows)


def rebuild(conn: Connection, today: date | None = None) -> int:
    """Drop every view's rows and make them again from the journal; how many subjects have any.

    The tallies of the views are made again too, as `today` sees them.
    """
    from ledger.scoring import keeping

    journal.refuse_other_head(conn)
    subjects, made = journal.subjects(conn), 0
    with full_text(conn).made_anew(conn):
        for table in VIEWS:
            conn.execute(delete(table))
        for start in range(0, len(subjects), _SUBJECTS_AT_ONCE):
            rows = _folded(conn, subjects[start : start + _SUBJECTS_AT_ONCE])
            made += len(rows[article_table]) + len(rows[prediction_table])
            _insert(conn, rows)
    keeping.rebuild(conn, today)
    return made


def _folded(conn: Connection, subjects: Sequence[str]) -> Rows:
    """The rows of some subjects, table by table."""
    folded: Rows = {table: [] for table in VIEWS}
    for subject, entries in journal.read_subjects(conn, subjects):
        for table, rows in fold(subject, entries).items():
            folded[table] += rows
    return folded


def _by_subject(entries: Iterable[Entry]) -> dict[str, list[Entry]]:
    grouped: dict[str, list[Entry]] = defaultdict(list)
    for entry in entries:
        grouped[entry.event.subject].append(entry)
    return grouped


def _insert(conn: Connection, rows: Rows) -> None:
    for table, values in rows.items():
        if values:
            conn.execute(insert(table), values)


def _index(conn: Connection, rows: Rows) -> None:
    changed = [row["id"] for row in rows.get(prediction_table, [])]
    full_text(conn).index_predictions(conn, changed)


@dataclass
class _Folding:
    """A prediction on its way through its events."""

    row: dict[str, Any]
    evidence: dict[str, dict[str, Any]] = field(default_factory=dict)
    notes: list[dict[str, Any]] = field(default_factory=list)


def _fold_prediction(number: int, entries: Sequence[Entry]) -> Rows:
    state = _Folding({"id": number, **_BLANK})
    for entry in entries:
        if entry.event.type == ev.LINK_REJECTED:
            continue  # what is said of a suggestion changes nothing of the prediction
        _apply(state, number, entry)
        state.row |= {"changed_at": entry.event.at, "version": entry.seq}
    row = state.row
    row |= {name: _json_list(*row[name]) for name in _JSON_COLUMNS}
    row |= {name: int(row[name]) for name in _FLAG_COLUMNS}
    return {
        prediction_table: [row],
        evidence_table: list(state.evidence.values()),
        note_table: state.notes,
    }


@lru_cache(maxsize=1_000, typed=True)  # the same few tags and cues come again and again
def _json_list(*items: str) -> str:
    return json.dumps(items, ensure_ascii=False)


def _apply(state: _Folding, number: int, entry: Entry) -> None:
    event, row = entry.event, state.row
    match event.type:
        case ev.DRAFTED | ev.RECORDED:
            status = "draft" if event.type == ev.DRAFTED else "open"
            row.update(event.data, status=status, recorded_at=event.at)
        case ev.KEPT:
            row.update(_UNRESOLVED, status="open")
            row.update(event.data["changes"])
        case ev.DROPPED:
            row.update(status="dropped", reason=event.data["reason"])
        case ev.AMENDED:
            row.update(event.data["changes"])
        case ev.NOTED:
            text = event.data["text"]
            state.notes.append({"id": entry.seq, "prediction_id": number, "text": text})
        case ev.WITHDRAWN:
            row.update(_UNRESOLVED, status="withdrawn", reason=event.data["reason"])
        case ev.ATTACHED:
            attached = {"id": entry.seq, "prediction_id": number, **event.data["evidence"]}
            state.evidence[event.id] = attached
        case ev.DETACHED:
            state.evidence.pop(event.data["event"], None)
        case ev.RESOLVED:
            row.update(event.data, status="resolved", resolved_by=event.actor)
        case ev.REOPENED:
            row.update(_UNRESOLVED, status="open")
        case _:
            raise ValueError(f"event {entry.seq} is of unknown type {event.type!r}")
