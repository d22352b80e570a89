"""Faults that the campaigns found and that were mended; none of them may come back."""

from __future__ import annotations

import time
from contextlib import contextmanager
from datetime import UTC
from datetime import date
from datetime import datetime
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import select

from ledger import book
from ledger.clock import Clock
from ledger.errors import CalledItError
from ledger.model import Evidence
from ledger.queries import evidence_of
from ledger.queries import get_prediction
from ledger.schema import link as link_table
from tests.ledger.news import add_item
from tests.ledger.news import add_link

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ledger.model import Prediction
    from ledger.store import Ledger

CLAIM = {"statement": "Rain", "source": "Met", "made_on": "2025-01-01", "due_on": "2026-02-01"}
WEB = Evidence(url="https://a.example/1")


@contextmanager
def refused() -> Iterator[None]:
    """The ledger must say no."""
    try:
        yield
    except CalledItError:
        return
    raise AssertionError("it was not refused")


def now(ledger: Ledger, number: int = 1) -> Prediction:
    with ledger.read() as conn:
        return get_prediction(conn, number)


# ── the verbs ───────────────────────────────────────────────────────────────────────────────


def test_one_piece_of_evidence_is_attached_once(ledger: Ledger) -> None:
    book.add(ledger, CLAIM)
    with refused():
        book.resolve(ledger, 1, "true", evidence=[WEB, WEB])


def test_one_piece_of_evidence_is_imported_once(ledger: Ledger) -> None:
    row = CLAIM | {"line": 1, "evidence": [{"url": WEB.url}, {"url": WEB.url}]}
    with refused():
        book.import_rows(ledger, [row], name="rows")


def test_an_external_id_is_kept_for_one(ledger: Ledger) -> None:
    drafts = [CLAIM, CLAIM | {"statement": "Snow"}]
    day = ledger.clock.today()
    book.record_article(ledger, text="t", published=day, drafts=drafts)
    with refused():
        book.keep(ledger, [1, 2], {"external_id": "x"})


def test_a_rejected_accepted_link_is_taken_back_at_once(ledger: Ledger) -> None:
    book.add(ledger, CLAIM)
    link = add_link(ledger, 1, add_item(ledger, title="Rain"))
    book.accept(ledger, link)
    book.reject(ledger, link)
    book.undo(ledger)
    with ledger.read() as conn:
        assert len(evidence_of(conn, 1)) == 1
        assert conn.execute(select(link_table.c.state)).scalar() == "accepted"


def test_nothing_is_done_again_after_a_rejection(ledger: Ledger) -> None:
    book.add(ledger, CLAIM)
    link = add_link(ledger, 1, add_item(ledger, title="Rain"))
    book.note(ledger, 1, "a remark")
    book.undo(ledger)
    book.reject(ledger, link)
    with refused():
        book.redo(ledger)


def as_(ledger: Ledger, actor: str) -> Ledger:
    ledger.actor = actor
    return ledger


def test_a_verdict_is_not_done_again_on_what_is_a_draft_again(ledger: Ledger) -> None:
    book.record_article(ledger, text="t", published=ledger.clock.today(), drafts=[CLAIM])
    book.keep(as_(ledger, "bob"), [1])
    book.resolve(as_(ledger, "ann"), 1, "true", reason="wet")
    book.undo(ledger)
    book.undo(as_(ledger, "bob"))
    assert now(ledger).status == "draft"
    with refused():
        book.redo(as_(ledger, "ann"))


def test_a_verdict_is_not_done_again_over_another_s_verdict(ledger: Ledger) -> None:
    book.add(ledger, CLAIM)
    book.resolve(as_(ledger, "ann"), 1, "true", reason="wet")
    book.undo(ledger)
    book.resolve(as_(ledger, "bob"), 1, "false", reason="dry")
    book.undo(ledger)
    book.redo(as_(ledger, "ann"))
    with refused():
        book.redo(as_(ledger, "bob"))


def test_an_external_id_does_not_come_back_when_another_has_it(ledger: Ledger) -> None:
    book.add(as_(ledger, "bob"), CLAIM | {"external_id": "x"})
    book.amend(as_(ledger, "ann"), 1, {"external_id": "y"})
    book.add(as_(ledger, "bob"), CLAIM | {"external_id": "x"})
    with refused():
        book.undo(as_(ledger, "ann"))


def test_nothing_is_not_the_word_none(ledger: Ledger) -> None:
    book.add(ledger, CLAIM | {"external_id": "x"})
    book.amend(ledger, 1, {"external_id": None})
    assert now(ledger).external_id is None


def test_no_prediction_is_amended_into_the_future(ledger: Ledger) -> None:
    book.add(ledger, CLAIM)
    with refused():
        book.amend(ledger, 1, {"made_on": "2026-01-16"})


# ── the clock ───────────────────────────────────────────────────────────────────────────────


def test_a_clock_put_back_does_not_change_what_was_done_last(ledger: Ledger) -> None:
    book.add(ledger, CLAIM)
    link = add_link(ledger, 1, add_item(ledger, title="Rain"))
    book.reject(ledger, link)
    ledger.clock = Clock(now_source=lambda: datetime(2026, 1, 15, 11, tzinfo=UTC))
    book.note(ledger, 1, "a remark")
    assert book.undo(ledger).type == "prediction.noted"


def test_the_last_day_of_the_calendar_has_a_date_everywhere(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    if not hasattr(time, "tzset"):
        pytest.skip("the system cannot change a process's zone")
    with monkeypatch.context() as patched:
        patched.setenv("TZ", "<+14>-14")
        time.tzset()
        try:
            moment = datetime(9999, 12, 31, 23, tzinfo=UTC)
            assert Clock(now_source=lambda: moment).today() == date.max
        finally:
            patched.undo()
            time.tzset()
