"""Every verb is done once under its caller's id, whole or not at all."""

from __future__ import annotations

from typing import TYPE_CHECKING
from typing import Any

import pytest
from sqlalchemy import select

from ledger import book
from ledger.errors import ConflictError
from ledger.errors import ConnectionLostError
from ledger.errors import NotFoundError
from ledger.errors import UsageError
from ledger.journal import frontier_of
from ledger.model import Evidence
from ledger.schema import link as link_table
from ledger.store import open_ledger
from ledger.verify import verify
from tests.ledger.news import add_item
from tests.ledger.news import add_link

if TYPE_CHECKING:
    from collections.abc import Callable

    from ledger.store import Ledger

CLAIM = {"statement": "It rains in Bergen", "source": "Met office", "due_on": "2026-02-01"}
SNOW = CLAIM | {"statement": "It snows", "external_id": "snow"}
ROWS = [{**SNOW, "made_on": "2026-01-01", "outcome": "true", "reason": "wet", "line": 1}]


def size(ledger: Ledger) -> int:
    with ledger.read() as conn:
        return frontier_of(conn).size


def draft(ledger: Ledger, **given: Any) -> Any:
    return book.record_article(
        ledger, text="It will rain.", published=ledger.clock.today(), drafts=[CLAIM], **given
    )


# What must be there before, and the verb.
VERBS: dict[str, tuple[Callable[[Ledger], Any], Callable[[Ledger], Any]]] = {
    "add": (lambda _: None, lambda at: book.add(at, CLAIM, deed="d")),
    "add_many": (lambda _: None, lambda at: book.add_many(at, [CLAIM, SNOW], deed="d")),
    "record_article": (lambda _: None, lambda at: draft(at, deed="d")[1]),
    "keep": (draft, lambda at: book.keep(at, [1], {"criterion": "a gauge"}, deed="d")),
    "drop": (draft, lambda at: book.drop(at, [1], deed="d")),
    "amend": (
        lambda at: book.add(at, CLAIM),
        lambda at: book.amend(at, 1, {"hedge": "may"}, deed="d"),
    ),
    "note": (lambda at: book.add(at, CLAIM), lambda at: book.note(at, 1, "hm", deed="d")),
    "withdraw": (
        lambda at: book.add(at, CLAIM),
        lambda at: book.withdraw(at, 1, reason="twice", deed="d"),
    ),
    "attach": (
        lambda at: book.add(at, CLAIM),
        lambda at: book.attach(at, 1, Evidence(quote="wet"), deed="d"),
    ),
    "detach": (
        lambda at: (book.add(at, CLAIM), book.attach(at, 1, Evidence(quote="wet"))),
        lambda at: book.detach(at, 1, 2, deed="d"),
    ),
    "accept": (
        lambda at: (book.add(at, CLAIM), add_link(at, 1, add_item(at, title="Rain"))),
        lambda at: book.accept(at, 1, deed="d"),
    ),
    "reject": (
        lambda at: (book.add(at, CLAIM), add_link(at, 1, add_item(at, title="Rain"))),
        lambda at: book.reject(at, 1, deed="d"),
    ),
    "resolve": (
        lambda at: book.add(at, CLAIM),
        lambda at: book.resolve(at, 1, "true", reason="wet", deed="d"),
    ),
    "reopen": (
        lambda at: (book.add(at, CLAIM), book.resolve(at, 1, "true", reason="wet")),
        lambda at: book.reopen(at, 1, reason="dry", deed="d"),
    ),
    "import_rows": (lambda _: None, lambda at: book.import_rows(at, ROWS, name="f", deed="d")),
    "undo": (
        lambda at: (book.add(at, CLAIM), book.note(at, 1, "a"), book.note(at, 1, "b")),
        lambda at: book.undo(at, deed="d").data,
    ),
    "redo": (
        lambda at: (
            book.add(at, CLAIM),
            book.note(at, 1, "a"),
            book.note(at, 1, "b"),
            book.undo(at),
            book.undo(at),
        ),
        lambda at: book.redo(at, deed="d").data,
    ),
}


@pytest.mark.parametrize("verb", VERBS)
def test_a_retry_gives_the_same_answer_and_changes_nothing(ledger: Ledger, verb: str) -> None:
    prepare, act = VERBS[verb]
    prepare(ledger)
    first = act(ledger)
    held = size(ledger)
    assert act(ledger) == first
    assert size(ledger) == held
    with ledger.read() as conn:
        assert verify(conn).ok


def test_a_rejection_taken_back_under_an_id_is_taken_back_once(ledger: Ledger) -> None:
    book.add(ledger, CLAIM)
    book.note(ledger, 1, "a remark that stays")
    add_link(ledger, 1, add_item(ledger, title="Rain"))
    book.reject(ledger, 1)
    for _ in range(2):
        assert book.undo(ledger, deed="d").type == "link.rejected"
    with ledger.read() as conn:
        assert conn.execute(select(link_table.c.state)).scalars().all() == ["suggested"]
    assert book.undo(ledger).data == {"text": "a remark that stays"}


def test_one_id_is_one_deed_of_one_verb(ledger: Ledger) -> None:
    book.add(ledger, CLAIM, deed="mine")
    with pytest.raises(ConflictError, match="by the verb add"):
        book.note(ledger, 1, "a remark", deed="mine")


def test_one_id_is_one_asking(ledger: Ledger) -> None:
    book.add_many(ledger, [CLAIM, SNOW])
    book.resolve(ledger, 1, "true", reason="wet", deed="mine")
    with pytest.raises(ConflictError, match="with other words"):
        book.resolve(ledger, 2, "true", reason="wet", deed="mine")
    with pytest.raises(ConflictError, match="with other words"):
        book.resolve(ledger, 1, "false", reason="wet", deed="mine")


@pytest.mark.parametrize("deed", ["", "a b", "a.b", "a/b", "é", "x" * 101])
def test_a_malformed_id_is_refused(ledger: Ledger, deed: str) -> None:
    with pytest.raises(UsageError, match="cannot name a deed"):
        book.add(ledger, CLAIM, deed=deed)
    assert size(ledger) == 0


def test_ids_that_begin_alike_are_different_deeds(ledger: Ledger) -> None:
    for deed in ("a", "a-b", "ab", "a0", "a_"):
        book.add(ledger, CLAIM, deed=deed)
    assert size(ledger) == 5


def test_several_links_are_decided_all_or_none(ledger: Ledger) -> None:
    book.add(ledger, CLAIM)
    for title in ("Rain", "Wind"):
        add_link(ledger, 1, add_item(ledger, title=title))
    with pytest.raises(NotFoundError):
        book.accept_many(ledger, [1, 2, 99])
    with pytest.raises(NotFoundError):
        book.reject_many(ledger, [1, 2, 99])
    with ledger.read() as conn:
        states = conn.execute(select(link_table.c.state)).scalars().all()
    assert states == ["suggested", "suggested"]
    assert [p.id for p in book.accept_many(ledger, [1, 2])] == [1]
    assert size(ledger) == 3


def test_the_second_of_two_reviewers_is_told_what_the_first_did(
    ledger: Ledger, place: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen = book.add(ledger, CLAIM)
    monkeypatch.setenv("CALLEDIT_ACTOR", "anna")
    other = open_ledger(place, clock=ledger.clock)
    book.amend(other, 1, {"criterion": "a gauge at the airport"})
    with pytest.raises(ConflictError, match="changed since you looked: anna amended it"):
        book.resolve(ledger, 1, "true", reason="wet", seen=seen.version)
    book.resolve(other, 1, "false", reason="dry")
    with pytest.raises(
        ConflictError, match="anna amended it, then anna said that it did not come true"
    ):
        book.resolve(ledger, 1, "true", reason="wet", seen=seen.version)
    with pytest.raises(ConflictError, match="anna said that it did not come true"):
        book.resolve(ledger, 1, "true", reason="wet")
    other.close()
    with ledger.read() as conn:
        assert verify(conn).ok


def test_what_was_taken_back_since_is_no_change(ledger: Ledger) -> None:
    seen = book.add(ledger, CLAIM)
    book.amend(ledger, 1, {"criterion": "a gauge"})
    book.undo(ledger)
    assert book.resolve(ledger, 1, "true", reason="wet", seen=seen.version).status == "resolved"


def test_a_lost_connection_is_told_with_the_way_to_go_on(
    ledger: Ledger, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("ledger.book.writing._WAITS", ())
    where = "postgresql://nobody@127.0.0.1:9/nothing"
    from ledger.engines import postgresql

    engine, shown, _ = postgresql.engine_for(where, create=True)
    from ledger.store import Ledger as Opened

    away = Opened(engine, where=shown, clock=ledger.clock, created=False)
    with pytest.raises(ConnectionLostError, match=r"not known; do it again with --once mine"):
        book.add(away, CLAIM, deed="mine")
    away.close()
