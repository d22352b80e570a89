"""Events subject by subject: each is in form, and together they give the views' rows."""

from __future__ import annotations

from dataclasses import dataclass
from dataclasses import field
from itertools import groupby
from operator import itemgetter
from typing import TYPE_CHECKING
from typing import Any

from sqlalchemy import String
from sqlalchemy import cast
from sqlalchemy import func
from sqlalchemy import literal
from sqlalchemy import select

from ledger import views
from ledger.clean import clean_line
from ledger.journal import Entry
from ledger.journal import stored_bytes
from ledger.schema import VIEWS
from ledger.schema import event
from ledger.stored import misformed
from ledger.stored import read_stored
from ledger.verifying import Problem
from ledger.verifying.cards import MALFORMED
from ledger.verifying.cards import count_claims

if TYPE_CHECKING:
    from collections import Counter
    from collections.abc import Iterable
    from collections.abc import Iterator
    from collections.abc import Sequence

    from sqlalchemy import Connection
    from sqlalchemy import CursorResult
    from sqlalchemy import Table

    from ledger.scoring.groups import Group
    from ledger.verifying.cards import History
    from ledger.verifying.cards import Terms
    from ledger.views import Rows

_DIGITS = 19  # of the largest integer that a database holds
_KINDS = {table: "article" if table.name == "article" else "prediction" for table in VIEWS}
_NAMES = {table: tuple(column.name for column in table.columns) for table in VIEWS}
_VALUES = {table: itemgetter(*names) for table, names in _NAMES.items()}

Keyed = dict[int, tuple[Any, ...]]


@dataclass(slots=True)
class Findings:
    """What some subjects' events and rows come to.

    Attributes:
        problems: What is wrong with them.
        rows: How many rows the views hold of them, by view.
        claims: Their claims as each of the scorecards that were asked for sees them.
    """

    problems: list[Problem] = field(default_factory=list)
    rows: dict[str, int] = field(default_factory=dict)
    claims: list[Counter[Group]] = field(default_factory=list)


def check_subjects(
    conn: Connection, subjects: Sequence[str], terms: Sequence[Terms] = ()
) -> Findings:
    """Compare the views' rows of some subjects (at most a few thousand) with their events.

    Args:
        conn: A reading transaction.
        subjects: Which.
        terms: Those of the scorecards that their claims are to be counted for.
    """
    found = Findings()
    histories: list[History] = []
    expected: dict[Table, Keyed] = {table: {} for table in VIEWS}
    for subject, stored in _stored(conn, subjects):
        entries = list(_read(stored, found.problems))
        try:
            folded = views.fold(subject, entries) if entries else {}
            _add(expected, folded)
            if terms and folded:
                histories.append((entries, folded))
        except MALFORMED as error:
            what = f"{clean_line(subject)} cannot be folded: {clean_line(str(error))}"
            found.problems.append(Problem(None, what))
    for table in VIEWS:
        held = _held(conn, table, subjects)
        found.rows[table.name] = len(held)
        found.problems += _differing(table, expected[table], held)
    found.claims = [count_claims(histories, one) for one in terms]
    return found


def _stored(
    conn: Connection, subjects: Sequence[str]
) -> Iterator[tuple[str, Iterator[Sequence[Any]]]]:
    query = (
        select(event.c.subject, event.c.seq, event.c.id, stored_bytes(conn))
        .where(event.c.subject.in_(subjects))
        .order_by(event.c.subject, event.c.seq)
    )
    return groupby(_plain(conn.execute(query)), key=itemgetter(0))


def _plain(result: CursorResult[Any]) -> list[tuple[Any, ...]]:
    """All rows as the driver gives them, which costs half."""
    cursor: Any = result.cursor
    rows: list[tuple[Any, ...]] = cursor.fetchall()
    result.close()
    return rows


def _read(stored: Iterable[Sequence[Any]], problems: list[Problem]) -> Iterator[Entry]:
    """The events that can be read; what is wrong with any goes to `problems`."""
    for subject, seq, identity, body in stored:
        try:
            said = read_stored(body)
        except ValueError as error:
            what = f"event {seq} cannot be read: {clean_line(str(error))}"
            problems.append(Problem(seq, what))
            continue
        if wrong := misformed(said, body):
            problems.append(Problem(seq, f"event {seq} {wrong}"))
        elif (said.id, said.subject) != (identity, subject):
            problems.append(Problem(seq, f"event {seq}: its columns and its body disagree"))
        yield Entry(seq, said)


def _add(expected: dict[Table, Keyed], folded: Rows) -> None:
    for table, rows in folded.items():
        names, values = _NAMES[table], _VALUES[table]
        for row in rows:
            if len(row) != len(names):
                raise ValueError(f"its events say more than the view {table.name} knows")
            expected[table][row["id"]] = values(row)


def _held(conn: Connection, table: Table, subjects: Sequence[str]) -> Keyed:
    """The rows that a view holds from the first to the last of some subjects."""
    prefix = f"{_KINDS[table]}:"
    numbers = [s.removeprefix(prefix) for s in subjects if s.startswith(prefix)]
    ids = [int(n) for n in numbers if n.isascii() and n.isdigit() and len(n) < _DIGITS]
    if not ids:
        return {}
    rows = conn.execute(select(table).where(_owner(table).between(min(ids), max(ids))))
    return {row[0]: row for row in _plain(rows)}


def _owner(table: Table) -> Any:
    """The column that says whose a row is."""
    return table.c.prediction_id if "prediction_id" in table.c else table.c.id


def _differing(table: Table, expected: Keyed, held: Keyed) -> Iterator[Problem]:
    if expected == held:
        return
    for key in sorted(expected.keys() | held.keys()):
        if expected.get(key) != held.get(key):
            yield _untrue(table, key)


def _untrue(table: Table, key: int) -> Problem:
    return Problem(None, f"{table.name} {key} is not what the events say; `calledit rebuild`")


def strays(conn: Connection, table: Table, of_subjects: int) -> Iterator[Problem]:
    """Rows of subjects that no event is about; `of_subjects` rows belong to those that are."""
    if conn.execute(select(func.count()).select_from(table)).scalar_one() == of_subjects:
        return
    subject = literal(f"{_KINDS[table]}:") + cast(_owner(table), String)
    known = select(event.c.seq).where(event.c.subject == subject).exists()
    for key in conn.execute(select(table.c.id).where(~known).order_by(table.c.id)).scalars():
        yield _untrue(table, key)
