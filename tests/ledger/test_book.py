"""The verbs: what each does, and that a refused one leaves nothing behind."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING
from typing import Any

import pytest
from sqlalchemy import select

from ledger import book
from ledger import journal
from ledger.errors import CalledItError
from ledger.errors import ConflictError
from ledger.errors import NotFoundError
from ledger.errors import UsageError
from ledger.model import Evidence
from ledger.queries import evidence_of
from ledger.queries import get_prediction
from ledger.queries import whole
from ledger.schema import link as link_table
from tests.ledger.news import add_item
from tests.ledger.news import add_link

if TYPE_CHECKING:
    from ledger.model import Prediction
    from ledger.store import Ledger

CLAIM = {"statement": "It rains in Bergen", "source": "Met office", "due_on": "2026-02-01"}
PAGE = Evidence(url="https://weather.example/bergen", quote="Rain fell.")


def size(ledger: Ledger) -> int:
    with ledger.read() as conn:
        return journal.frontier_of(conn).size


def draft(ledger: Ledger, text: str = "An article. It will rain.") -> Prediction:
    _, predictions, _ = book.record_article(
        ledger, text=text, published=date(2026, 1, 2), drafts=[CLAIM], title="Weather"
    )
    return predictions[0]


def test_add_fills_in_what_follows(ledger: Ledger) -> None:
    given = {"statement": "Rain falls", "source": "Met", "hedge": "could"}
    added = book.add(ledger, given)
    assert (added.status, added.made_on) == ("open", date(2026, 1, 15))
    assert (added.due_on, added.due_basis) == (date(2027, 1, 15), "default")
    assert (added.probability, added.probability_basis) == ("0.40", "hedge")
    assert added.noncommittal


def test_a_stated_probability_is_committed_whatever_the_hedge(ledger: Ledger) -> None:
    added = book.add(ledger, CLAIM | {"hedge": "could", "probability": "0.7"})
    assert (added.probability, added.probability_basis) == ("0.70", "stated")
    assert not added.noncommittal


@pytest.mark.parametrize(
    ("change", "named"),
    [
        ({"statement": " \x1b[0m "}, "statement"),
        ({"source": ""}, "source"),
        ({"due_on": "2026-13-01"}, "due_on"),
        ({"due_on": "2020-01-01"}, "lies before"),
        ({"probability": "1.2"}, "probability"),
        ({"probability": "nan"}, "probability"),
        ({"probability": "high"}, "probability"),
        ({"kind": "guess"}, "kind"),
        ({"weight": "0"}, "weight"),
        ({"colour": "red"}, "colour"),
        ({"tags": "a,b"}, "tags"),
    ],
)
def test_a_malformed_field_is_named_and_nothing_is_written(
    ledger: Ledger, change: dict[str, Any], named: str
) -> None:
    with pytest.raises(UsageError, match=named):
        book.add(ledger, CLAIM | change)
    assert size(ledger) == 0


def test_of_many_all_or_none(ledger: Ledger) -> None:
    with pytest.raises(UsageError):
        book.add_many(ledger, [CLAIM, CLAIM | {"due_on": "never"}])
    assert size(ledger) == 0
    assert [p.id for p in book.add_many(ledger, [CLAIM, CLAIM])] == [1, 2]


def test_an_external_id_is_taken_once(ledger: Ledger) -> None:
    book.add(ledger, CLAIM | {"external_id": "x1"})
    with pytest.raises(ConflictError, match="prediction 1"):
        book.add(ledger, CLAIM | {"external_id": "x1"})


def test_the_same_text_read_twice_adds_nothing(ledger: Ledger) -> None:
    first = draft(ledger)
    before = size(ledger)
    assert draft(ledger) == first
    assert size(ledger) == before


def test_drafts_are_kept_or_dropped_together(ledger: Ledger) -> None:
    one, two = draft(ledger), draft(ledger, "Another article. It will snow.")
    book.drop(ledger, [two.id], reason="not a claim")
    with pytest.raises(ConflictError, match=f"prediction {two.id} was dropped"):
        book.drop(ledger, [one.id, two.id])
    assert [p.status for p in book.keep(ledger, [one.id, two.id])] == ["open", "open"]


def test_keeping_with_changes(ledger: Ledger) -> None:
    kept = book.keep(ledger, [draft(ledger).id], {"criterion": "Gauge over 1 mm"})
    assert (kept[0].status, kept[0].criterion) == ("open", "Gauge over 1 mm")


def test_a_draft_cannot_be_resolved(ledger: Ledger) -> None:
    with pytest.raises(ConflictError, match="calledit keep 1"):
        book.resolve(ledger, draft(ledger).id, "true", reason="wet")


def test_amending_keeps_the_old_value_in_the_journal(ledger: Ledger) -> None:
    book.add(ledger, CLAIM | {"hedge": "could"})
    changed = book.amend(ledger, 1, {"hedge": "likely", "due_on": "2026-03-01"}, reason="typo")
    assert (changed.probability, changed.noncommittal) == ("0.72", False)
    with ledger.read() as conn:
        deeds = whole(conn, changed).history
    assert [d.type for d in deeds] == ["prediction.recorded", "prediction.amended"]
    assert deeds[0].data["hedge"] == "could"


def test_amending_nothing_is_refused(ledger: Ledger) -> None:
    book.add(ledger, CLAIM)
    with pytest.raises(UsageError, match="nothing to change"):
        book.amend(ledger, 1, {"source": CLAIM["source"]})


def test_resolving_needs_evidence_or_a_reason(ledger: Ledger) -> None:
    book.add(ledger, CLAIM)
    with pytest.raises(UsageError, match="needs evidence or a reason"):
        book.resolve(ledger, 1, "true")
    resolved = book.resolve(ledger, 1, "true", evidence=[PAGE], on=date(2026, 1, 15))
    assert (resolved.status, resolved.outcome) == ("resolved", "true")
    assert resolved.resolved_by == "tester"


def test_attached_evidence_is_enough(ledger: Ledger) -> None:
    book.add(ledger, CLAIM)
    book.attach(ledger, 1, PAGE)
    assert book.resolve(ledger, 1, "false").outcome == "false"


@pytest.mark.parametrize(
    ("call", "said"),
    [
        ({"outcome": "maybe"}, "no outcome"),
        ({"outcome": "true", "credit": "0.5"}, "credit"),
        ({"outcome": "partial", "credit": "1"}, "strictly between"),
        ({"outcome": "partial", "credit": "x"}, "credit"),
        ({"outcome": "true", "on": date(2027, 1, 1)}, "future"),
        ({"outcome": "true", "on": date(2025, 1, 1)}, "before it was made"),
        ({"outcome": "true", "evidence": [Evidence(url="javascript:alert(1)")]}, "web address"),
        ({"outcome": "true", "evidence": [Evidence()]}, "an address or a quote"),
    ],
)
def test_a_malformed_verdict_changes_nothing(
    ledger: Ledger, call: dict[str, Any], said: str
) -> None:
    book.add(ledger, CLAIM)
    with pytest.raises(UsageError, match=said):
        book.resolve(ledger, 1, reason="because", **call)
    assert size(ledger) == 1


def test_partial_counts_a_half_unless_told(ledger: Ledger) -> None:
    book.add_many(ledger, [CLAIM, CLAIM])
    assert book.resolve(ledger, 1, "partial", reason="some rain").credit == "0.50"
    assert book.resolve(ledger, 2, "partial", credit=".25", reason="little").credit == "0.25"


def test_a_second_verdict_needs_reopening_first(ledger: Ledger) -> None:
    book.add(ledger, CLAIM)
    book.resolve(ledger, 1, "true", reason="wet")
    with pytest.raises(ConflictError, match="reopen"):
        book.resolve(ledger, 1, "false", reason="dry")
    assert book.reopen(ledger, 1, reason="wrong gauge").outcome is None
    assert book.resolve(ledger, 1, "false", reason="dry").outcome == "false"


def test_an_item_becomes_evidence_that_outlives_it(ledger: Ledger) -> None:
    book.add(ledger, CLAIM)
    item = add_item(ledger, title="Rain in Bergen", summary="It rained on Monday.")
    book.attach(ledger, 1, item)
    with pytest.raises(ConflictError, match="attached"):
        book.attach(ledger, 1, item)
    with ledger.read() as conn:
        (held,) = evidence_of(conn, 1)
    assert (held.title, held.quote) == ("Rain in Bergen", "It rained on Monday.")
    with pytest.raises(NotFoundError, match="news item 99"):
        book.attach(ledger, 1, 99)


def test_accepting_a_link_attaches_its_item(ledger: Ledger) -> None:
    book.add(ledger, CLAIM)
    link = add_link(ledger, 1, add_item(ledger, title="Rain in Bergen"))
    book.accept(ledger, link)
    with ledger.read() as conn:
        assert [e.title for e in evidence_of(conn, 1)] == ["Rain in Bergen"]
    with pytest.raises(ConflictError, match="attached"):
        book.accept(ledger, link)


def test_rejecting_an_accepted_link_detaches_it(ledger: Ledger) -> None:
    book.add(ledger, CLAIM)
    link = add_link(ledger, 1, add_item(ledger, title="Rain in Bergen"))
    book.accept(ledger, link)
    book.reject(ledger, link)
    with ledger.read() as conn:
        assert evidence_of(conn, 1) == []
        assert conn.execute(select(link_table.c.state)).scalar() == "rejected"
    book.accept(ledger, link)
    book.resolve(ledger, 1, "true")
    with pytest.raises(ConflictError, match="on this evidence alone"):
        book.reject(ledger, link)


def test_the_last_evidence_of_a_verdict_stays(ledger: Ledger) -> None:
    book.add(ledger, CLAIM)
    book.resolve(ledger, 1, "true", evidence=[PAGE])
    with ledger.read() as conn:
        (held,) = evidence_of(conn, 1)
    with pytest.raises(ConflictError, match="on this evidence alone"):
        book.detach(ledger, 1, held.id)
    book.reopen(ledger, 1, reason="look again")
    book.detach(ledger, 1, held.id)
    with ledger.read() as conn:
        assert evidence_of(conn, 1) == []


@pytest.mark.parametrize("verb", ["keep", "drop", "amend", "note", "withdraw", "resolve", "reopen"])
def test_an_unknown_id_is_named(ledger: Ledger, verb: str) -> None:
    calls: dict[str, Any] = {
        "keep": lambda: book.keep(ledger, [7]),
        "drop": lambda: book.drop(ledger, [7]),
        "amend": lambda: book.amend(ledger, 7, {"source": "x"}),
        "note": lambda: book.note(ledger, 7, "x"),
        "withdraw": lambda: book.withdraw(ledger, 7, reason="x"),
        "resolve": lambda: book.resolve(ledger, 7, "true", reason="x"),
        "reopen": lambda: book.reopen(ledger, 7, reason="x"),
    }
    with pytest.raises(NotFoundError, match="no prediction 7"):
        calls[verb]()
    assert size(ledger) == 0


def test_withdrawing_and_noting_need_words(ledger: Ledger) -> None:
    book.add(ledger, CLAIM)
    with pytest.raises(UsageError, match="reason"):
        book.withdraw(ledger, 1, reason=" ")
    with pytest.raises(UsageError, match="empty"):
        book.note(ledger, 1, "\x00")
    with pytest.raises(UsageError, match="reason"):
        book.reopen(ledger, 1, reason="")
    assert book.withdraw(ledger, 1, reason="entered twice").status == "withdrawn"


def test_hostile_words_are_stored_safe(ledger: Ledger) -> None:
    added = book.add(
        ledger, CLAIM | {"statement": "\x1b]0;x\x07It \u202erains", "tags": ["\x9b1m"]}
    )
    book.note(ledger, 1, "a\x1b[2Jb")
    with ledger.read() as conn:
        held = whole(conn, get_prediction(conn, 1))
    assert (added.statement, held.notes) == ("It rains", ("ab",))


def test_a_stated_probability_outlives_a_new_hedge(ledger: Ledger) -> None:
    book.add(ledger, CLAIM | {"probability": "70%"})
    changed = book.amend(ledger, 1, {"hedge": "likely"})
    assert (changed.probability, changed.probability_basis) == ("0.70", "stated")


def test_a_kept_draft_does_not_keep_why_it_was_dropped(ledger: Ledger) -> None:
    number = draft(ledger).id
    book.drop(ledger, [number], reason="a repeat")
    assert book.keep(ledger, [number])[0].reason == ""


@pytest.mark.parametrize(
    "change",
    [
        {"statement": ""},
        {"source": " "},
        {"due_on": None},
        {"external_id": "taken"},
        {"probability": "1e-99999"},
        {"negated": "false"},
    ],
)
def test_an_amendment_is_checked_like_a_new_prediction(
    ledger: Ledger, change: dict[str, Any]
) -> None:
    book.add_many(ledger, [CLAIM, CLAIM | {"external_id": "taken"}])
    before = size(ledger)
    with pytest.raises(CalledItError):
        book.amend(ledger, 1, change)
    assert size(ledger) == before


def test_an_external_id_is_given_once_in_a_batch(ledger: Ledger) -> None:
    with pytest.raises(ConflictError, match="another of these"):
        book.add_many(ledger, [CLAIM | {"external_id": "x"}] * 2)


def test_nothing_is_made_in_the_future(ledger: Ledger) -> None:
    with pytest.raises(UsageError, match="future"):
        book.add(ledger, CLAIM | {"made_on": "2026-01-16"})
