"""Published scorecards: recorded with their figures, and worked out again by `verify`."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING
from typing import Any

import pytest

from ledger import book
from ledger import journal
from ledger import views
from ledger.clock import instant_text
from ledger.events import PUBLISHED
from ledger.events import Event
from ledger.scoring import publication
from ledger.scoring.scorecard import score
from ledger.verify import verify

if TYPE_CHECKING:
    from collections.abc import Callable

    from ledger.store import Ledger
    from ledger.verify import Verification

CHANCES = ("0.10", "0.35", "0.60", "0.85")


def fill(ledger: Ledger, count: int = 12) -> None:
    claims = [
        {
            "statement": f"Claim {number}",
            "source": "Ann" if number % 3 else "Bob",
            "made_on": "2025-01-01",
            "due_on": "2025-12-01",
            "probability": CHANCES[number % 4],
            "probability_basis": "stated",
        }
        for number in range(count)
    ]
    first = book.add_many(ledger, claims)[0].id
    for number in range(first, first + count - 2):
        book.resolve(ledger, number, "true" if number % 2 else "false", reason="seen")


def checked(ledger: Ledger) -> Verification:
    with ledger.read() as conn:
        return verify(conn)


def forge(ledger: Ledger, change: Callable[[dict[str, Any]], object]) -> None:
    """Write what the newest publication says into the journal once more, changed."""
    with ledger.write() as conn:
        data = next(e.event.data for e in journal.read_latest(conn) if e.event.type == PUBLISHED)
        change(data)
        now = instant_text(ledger.clock.now())
        entries = journal.append(conn, [Event(PUBLISHED, "scorecard:9", now, "me", data)])
        views.update(conn, entries, since=0)


def test_a_publication_is_checked_for_ever(ledger: Ledger) -> None:
    fill(ledger)
    entry = book.publish_scorecard(ledger)
    assert entry.event.subject == "scorecard:1"
    fill(ledger, 5)
    book.undo(ledger)
    book.reopen(ledger, 1, reason="it was another")
    assert book.publish_scorecard(ledger, sources=["Ann"]).event.subject == "scorecard:2"
    book.publish_scorecard(
        ledger, as_of=date(2025, 12, 24), since=date(2024, 1, 1), basis="stated", cohort="resolved"
    )
    book.publish_scorecard(ledger, sources=["Nobody"])
    found = checked(ledger)
    assert found.problems == ()
    assert (found.scorecards, found.not_recomputed) == (4, 0)


def test_what_is_published_is_what_is_scored(ledger: Ledger) -> None:
    fill(ledger)
    data = book.publish_scorecard(ledger).event.data
    with ledger.read() as conn:
        cards = score(conn, today=ledger.clock.today())
    assert [card["source"] for card in data["sources"]] == [c.source for c in cards.sources]
    assert float(data["pooled"]["brier"]) == cards.pooled.accuracy.brier
    assert data["size"] == 22


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda data: data["sources"][0].update(brier="0.01"), "brier was published as 0.01"),
        (lambda data: data["sources"][1].update(n=99), "n was published as 99, and is"),
        (lambda data: data["pooled"].update(hit_rate=None), "all sources together: hit_rate"),
        (lambda data: data["sources"].pop(), "was published as nothing"),
        (lambda data: data["pooled"]["calibration"][0].update(n=7), "calibration 1: n"),
        (lambda data: data["pooled"]["calibration"].pop(), "calibration was published as"),
        (lambda data: data.update(size=30), "rests on events after it"),
        (lambda data: data.update(size="many"), "cannot be read"),
        (lambda data: data.update(as_of="yesterday"), "cannot be read"),
        (lambda data: data.update(sources=None), "cannot be worked out"),
        (lambda data: data.update(size=13), "does not come out again"),
    ],
)
def test_a_forged_figure_is_named(
    ledger: Ledger, change: Callable[[dict[str, Any]], object], said: str
) -> None:
    fill(ledger)
    book.publish_scorecard(ledger)
    forge(ledger, change)
    problems = checked(ledger).problems
    assert said in " ".join(problem.what for problem in problems)
    assert {problem.event for problem in problems} == {24}


def test_the_last_bits_of_a_figure_may_differ(ledger: Ledger) -> None:
    fill(ledger)
    held = float(book.publish_scorecard(ledger).event.data["pooled"]["brier"])
    forge(ledger, lambda data: data["pooled"].update(brier=repr(held + 1e-12)))
    assert checked(ledger).ok


def test_other_rules_are_counted_and_not_judged(
    ledger: Ledger, monkeypatch: pytest.MonkeyPatch
) -> None:
    fill(ledger)
    monkeypatch.setattr(publication, "RULES", 0)
    book.publish_scorecard(ledger)
    found = checked(ledger)
    assert (found.ok, found.scorecards, found.not_recomputed) == (True, 0, 1)


def test_publishing_changes_no_view_and_is_rebuilt_over(ledger: Ledger) -> None:
    fill(ledger)
    book.publish_scorecard(ledger)
    with ledger.write() as conn:
        assert views.rebuild(conn) == 12
    assert checked(ledger).ok


def test_a_retried_publication_is_one_event(ledger: Ledger) -> None:
    fill(ledger)
    entry = book.publish_scorecard(ledger)
    with ledger.write() as conn:
        assert journal.append(conn, [replace(entry.event)]) == [entry]
