"""Taking back and doing again, for every verb, and after a restart."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck
from hypothesis import given
from hypothesis import settings
from hypothesis import strategies as st
from sqlalchemy import select

from ledger import book
from ledger.errors import CalledItError
from ledger.errors import ConflictError
from ledger.model import Evidence
from ledger.queries import evidence_of
from ledger.queries import get_prediction
from ledger.schema import link as link_table
from ledger.store import open_ledger
from ledger.verify import verify
from tests.ledger.news import add_item
from tests.ledger.news import add_link

if TYPE_CHECKING:
    from pathlib import Path

    from ledger.model import Prediction
    from ledger.store import Ledger

CLAIM = {"statement": "It rains in Bergen", "source": "Met office", "due_on": "2026-02-01"}


def now(ledger: Ledger, number: int = 1) -> Prediction:
    with ledger.read() as conn:
        return get_prediction(conn, number)


def test_a_verdict_is_taken_back_and_given_again(ledger: Ledger) -> None:
    book.add(ledger, CLAIM)
    book.resolve(ledger, 1, "true", reason="wet")
    assert book.undo(ledger).type == "prediction.resolved"
    assert now(ledger).status == "open"
    assert now(ledger).outcome is None
    assert book.redo(ledger).type == "prediction.resolved"
    assert now(ledger).outcome == "true"


def test_undo_goes_back_step_by_step_and_redo_forward(ledger: Ledger) -> None:
    book.add(ledger, CLAIM)
    book.amend(ledger, 1, {"source": "Radio"})
    book.amend(ledger, 1, {"source": "Paper"})
    book.undo(ledger)
    assert now(ledger).source == "Radio"
    book.undo(ledger)
    assert now(ledger).source == "Met office"
    with pytest.raises(ConflictError, match="nothing to take back"):
        book.undo(ledger)
    book.redo(ledger)
    assert now(ledger).source == "Radio"
    book.redo(ledger)
    assert now(ledger).source == "Paper"
    with pytest.raises(ConflictError, match="nothing to do again"):
        book.redo(ledger)


def test_a_new_deed_ends_the_chance_to_do_again(ledger: Ledger) -> None:
    book.add(ledger, CLAIM)
    book.amend(ledger, 1, {"source": "Radio"})
    book.undo(ledger)
    book.note(ledger, 1, "something else")
    with pytest.raises(ConflictError):
        book.redo(ledger)


def test_undo_survives_a_restart(tmp_path: Path) -> None:
    first = open_ledger(tmp_path / "a.db")
    book.add(first, CLAIM | {"made_on": "2020-01-01", "due_on": "2020-02-01"})
    book.resolve(first, 1, "true", reason="wet")
    first.close()
    again = open_ledger(tmp_path / "a.db")
    book.undo(again)
    assert now(again).status == "open"
    again.close()


def test_undoing_an_accepted_link_makes_it_a_suggestion_again(ledger: Ledger) -> None:
    book.add(ledger, CLAIM)
    link = add_link(ledger, 1, add_item(ledger, title="Rain"))
    book.accept(ledger, link)
    book.undo(ledger)
    with ledger.read() as conn:
        assert evidence_of(conn, 1) == []
        assert conn.execute(select(link_table.c.state)).scalar() == "suggested"
    book.redo(ledger)
    with ledger.read() as conn:
        assert len(evidence_of(conn, 1)) == 1
        assert conn.execute(select(link_table.c.state)).scalar() == "accepted"


def test_nobody_s_work_is_pulled_out_from_under_them(
    ledger: Ledger, place: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    book.add(ledger, CLAIM)
    book.amend(ledger, 1, {"criterion": "A gauge"})
    monkeypatch.setenv("CALLEDIT_ACTOR", "colleague")
    other = open_ledger(place, clock=ledger.clock)
    with pytest.raises(ConflictError, match="nothing to take back"):
        book.undo(other)
    book.resolve(other, 1, "true", reason="wet")
    with pytest.raises(ConflictError, match="colleague has changed"):
        book.undo(ledger)
    other.close()


steps = st.lists(
    st.sampled_from(["amend", "note", "resolve", "reopen", "withdraw", "undo", "redo"]),
    max_size=14,
)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=25)
@given(steps)
def test_any_run_of_verbs_leaves_a_ledger_that_verifies(
    tmp_path_factory: pytest.TempPathFactory, run: list[str]
) -> None:
    ledger = open_ledger(tmp_path_factory.mktemp("run") / "a.db")
    book.add(ledger, CLAIM | {"made_on": "2020-01-01"})
    for number, step in enumerate(run):
        before = now(ledger)
        try:
            _take(ledger, step, number)
        except CalledItError:
            assert now(ledger) == before
            continue
        if step not in ("undo", "redo"):
            after = now(ledger)
            book.undo(ledger)
            assert _standing(now(ledger)) == _standing(before)
            book.redo(ledger)
            assert _standing(now(ledger)) == _standing(after)
    with ledger.read() as conn:
        assert verify(conn).problems == ()
    ledger.close()


def _take(ledger: Ledger, step: str, number: int) -> None:
    match step:
        case "amend":
            book.amend(ledger, 1, {"criterion": f"criterion {number}"})
        case "note":
            book.note(ledger, 1, f"note {number}")
        case "resolve":
            book.resolve(ledger, 1, "true", reason=f"reason {number}")
        case "reopen":
            book.reopen(ledger, 1, reason=f"reason {number}")
        case "withdraw":
            book.withdraw(ledger, 1, reason=f"reason {number}")
        case "undo":
            book.undo(ledger)
        case _:
            book.redo(ledger)


def _standing(prediction: Prediction) -> dict[str, object]:
    values = prediction.to_json()
    del values["changed_at"]
    return values


def test_a_deed_is_taken_back_whole(ledger: Ledger) -> None:
    book.add(ledger, CLAIM)
    book.resolve(ledger, 1, "true", evidence=[Evidence(url="https://a.example")])
    book.undo(ledger)
    with ledger.read() as conn:
        assert evidence_of(conn, 1) == []
    assert now(ledger).status == "open"
    book.redo(ledger)
    with ledger.read() as conn:
        assert len(evidence_of(conn, 1)) == 1
    assert now(ledger).outcome == "true"


def test_drafts_kept_together_are_taken_back_together(ledger: Ledger) -> None:
    book.record_article(
        ledger, text="Two claims.", published=date(2026, 1, 2), drafts=[CLAIM, CLAIM]
    )
    book.keep(ledger, [1, 2, 2])
    book.undo(ledger)
    assert [now(ledger, number).status for number in (1, 2)] == ["draft", "draft"]


def test_a_rejection_is_taken_back_and_not_the_verdict_before_it(ledger: Ledger) -> None:
    book.add(ledger, CLAIM)
    link = add_link(ledger, 1, add_item(ledger, title="Rain"))
    book.resolve(ledger, 1, "true", reason="wet")
    book.reject(ledger, link)
    assert book.undo(ledger).type == "link.rejected"
    assert now(ledger).outcome == "true"
    with ledger.read() as conn:
        assert conn.execute(select(link_table.c.state)).scalar() == "suggested"
    book.undo(ledger)
    assert now(ledger).status == "open"


def test_nothing_is_done_again_over_somebody_s_newer_word(
    ledger: Ledger, place: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    book.add(ledger, CLAIM)
    book.resolve(ledger, 1, "true", reason="wet")
    book.undo(ledger)
    monkeypatch.setenv("CALLEDIT_ACTOR", "colleague")
    other = open_ledger(place, clock=ledger.clock)
    book.resolve(other, 1, "false", reason="dry")
    with pytest.raises(ConflictError, match="colleague has changed"):
        book.redo(ledger)
    assert now(ledger).outcome == "false"
    other.close()
