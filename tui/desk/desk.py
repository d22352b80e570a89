"""The desk: what the screens ask of the ledger, and the verbs that a person has."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING
from typing import Any

from sqlalchemy.exc import SQLAlchemyError

from ledger import book
from ledger import journal
from ledger import queries
from ledger.book.writing import find_in
from ledger.clean import clean_line
from ledger.errors import CalledItError
from ledger.errors import LedgerError
from ledger.errors import UsageError
from ledger.scoring.words import counted
from tui.desk import claims
from tui.desk import lists
from tui.desk.figures import previews
from tui.desk.figures import score_line
from tui.desk.figures import verdict_words
from tui.desk.records import Done
from tui.desk.records import Tally
from tui.desk.records import safe

if TYPE_CHECKING:
    from collections.abc import Callable
    from collections.abc import Iterator
    from collections.abc import Mapping
    from collections.abc import Sequence
    from datetime import date
    from datetime import datetime

    from sqlalchemy import Connection

    from feeds.settle import Polled
    from ledger.checkpoints import Checkpoint
    from ledger.newsroom import Feed
    from ledger.scoring.scorecard import Scorecard
    from ledger.scoring.scorecard import Scorecards
    from ledger.store import Ledger
    from tui.desk.records import Candidate
    from tui.desk.records import ClaimIds
    from tui.desk.records import ClaimRow
    from tui.desk.records import ClaimView


@dataclass(frozen=True, slots=True)
class _Kept:
    """Scorecards, and the state of the ledger that they were made from."""

    size: int
    day: date
    cards: Scorecards


class Desk:
    """Plain blocking calls, each a transaction of its own; call them from worker threads.

    Every method may raise an error of the `CalledItError` tree, and no other.
    """

    def __init__(self, ledger: Ledger) -> None:
        self.ledger = ledger
        self._kept: _Kept | None = None

    @property
    def today(self) -> date:
        """The ledger's calendar date."""
        return self.ledger.clock.today()

    @property
    def actor(self) -> str:
        """Who is writing here."""
        return self.ledger.actor

    @property
    def now(self) -> datetime:
        """The current instant."""
        return self.ledger.clock.now()

    # ── questions ───────────────────────────────────────────────────────────────────────────

    def tally(self) -> Tally:
        """How much there is on each screen."""
        with self._reading() as conn:
            counts = queries.counts(conn, today=self.today)
            feeds, failing = lists.feed_counts(conn)
        return Tally(
            counts.due, counts.open, counts.drafts, counts.resolved, feeds=feeds, failing=failing
        )

    def checkpoint(self) -> Checkpoint:
        """The journal's state now; two rows are read."""
        with self._reading() as conn:
            return journal.checkpoint(conn)

    def review_ids(self, words: str = "") -> ClaimIds:
        """Open predictions, the most overdue first."""
        with self._reading() as conn:
            return lists.review_ids(conn, words, self.today)

    def draft_ids(self, words: str = "") -> ClaimIds:
        """Drafts that wait for a person."""
        with self._reading() as conn:
            return lists.draft_ids(conn, words)

    def resolved_ids(self, words: str = "") -> ClaimIds:
        """Resolved predictions, the latest verdict first."""
        with self._reading() as conn:
            return lists.resolved_ids(conn, words)

    def rows(self, ids: Sequence[int]) -> dict[int, ClaimRow]:
        """The lines of these predictions."""
        with self._reading() as conn:
            return lists.claim_rows(conn, ids)

    def claim(self, prediction_id: int) -> ClaimView:
        """One prediction whole."""
        with self._reading() as conn:
            found = queries.get_prediction(conn, prediction_id)
            card = self._card(conn, found.source) if found.status == "open" else None
            said = previews(found, card, self.today) if found.status == "open" else ()
            return claims.claim_view(conn, prediction_id, said)

    def feeds(self) -> tuple[Feed, ...]:
        """Every feed, in order of arrival."""
        from ledger.newsroom import list_feeds

        with self._reading() as conn:
            return safe(tuple(list_feeds(conn)))

    def scores(self) -> Scorecards:
        """Every source's scorecard."""
        with self._reading() as conn:
            return safe(self._cards(conn))

    # ── verbs ───────────────────────────────────────────────────────────────────────────────

    def toggle(self, prediction_id: int, candidate: Candidate) -> Done:
        """Attach a suggested item as evidence, or take it off again."""
        title = clean_line(candidate.title, limit=200)
        with translated(self.ledger.where):
            if candidate.attached:
                book.detach(self.ledger, prediction_id, candidate.evidence_id)
                return Done(f"taken off: {title}", prediction_id)
            book.accept(self.ledger, candidate.link_id)
            return Done(f"attached: {title}", prediction_id)

    def reject(self, prediction_id: int, candidate: Candidate) -> Done:
        """Say that a suggested item does not bear on the prediction."""
        with translated(self.ledger.where):
            book.reject(self.ledger, candidate.link_id)
            return Done(f"set aside: {clean_line(candidate.title, limit=200)}", prediction_id)

    def resolve(
        self,
        prediction_id: int,
        outcome: str,
        reason: str = "",
        *,
        seen: int | None = None,
        deed: str | None = None,
    ) -> Done | None:
        """Give a verdict; None where there is neither evidence nor a reason for one yet.

        Args:
            prediction_id: On which prediction.
            outcome: What became of it.
            reason: In words.
            seen: The version of the prediction that the person saw, as in every verb here.
            deed: The id under which it is recorded once, as in every verb here.
        """
        with translated(self.ledger.where):
            with self.ledger.read() as conn:
                found = queries.get_prediction(conn, prediction_id)
                rests = reason.strip() or queries.evidence_of(conn, prediction_id)
                before = self._card(conn, found.source)
                if not rests:
                    find_in(conn, prediction_id, "open", seen=seen)
                    return None
            book.resolve(self.ledger, prediction_id, outcome, reason=reason, seen=seen, deed=deed)
            with self.ledger.read() as conn:
                after = self._card(conn, found.source)
            said = f"{verdict_words(outcome)} · {score_line(found.source, before, after)}"
            return Done(safe(said), prediction_id)

    def reopen(
        self, prediction_id: int, reason: str, *, seen: int | None = None, deed: str | None = None
    ) -> Done:
        """Take a verdict away again."""
        with translated(self.ledger.where):
            book.reopen(self.ledger, prediction_id, reason=reason, seen=seen, deed=deed)
            return Done(f"#{prediction_id} is open again", prediction_id)

    def withdraw(
        self, prediction_id: int, reason: str, *, seen: int | None = None, deed: str | None = None
    ) -> Done:
        """Take out a prediction that was recorded by mistake."""
        with translated(self.ledger.where):
            book.withdraw(self.ledger, prediction_id, reason=reason, seen=seen, deed=deed)
            return Done(f"#{prediction_id} is withdrawn and counts no more", prediction_id)

    def note(self, prediction_id: int, words: str, *, deed: str | None = None) -> Done:
        """Write a remark beside a prediction."""
        with translated(self.ledger.where):
            book.note(self.ledger, prediction_id, words, deed=deed)
            return Done(f"noted beside #{prediction_id}", prediction_id)

    def add(self, given: Mapping[str, Any], *, deed: str | None = None) -> Done:
        """Record a prediction by hand."""
        with translated(self.ledger.where):
            made = book.add(self.ledger, given, deed=deed)
            said = self._link(made.id)
            return Done(f"recorded as #{made.id}{said}", made.id)

    def amend(
        self,
        prediction_id: int,
        changes: Mapping[str, Any],
        *,
        seen: int | None = None,
        deed: str | None = None,
    ) -> Done:
        """Change fields of a draft or an open prediction."""
        with translated(self.ledger.where):
            changed = book.amend(self.ledger, prediction_id, changes, seen=seen, deed=deed)
            said = self._link(prediction_id) if changed.status == "open" else ""
            return Done(f"#{prediction_id} is changed, and so journaled{said}", prediction_id)

    def keep(
        self,
        prediction_id: int,
        changes: Mapping[str, Any] | None = None,
        *,
        deed: str | None = None,
    ) -> Done:
        """Turn a draft into an open prediction."""
        with translated(self.ledger.where):
            (kept,) = book.keep(self.ledger, [prediction_id], changes, deed=deed)
            said = self._link(kept.id)
            return Done(f"kept as #{kept.id}, due {kept.due_on}{said}", kept.id)

    def drop(self, prediction_id: int) -> Done:
        """Set a draft aside."""
        with translated(self.ledger.where):
            book.drop(self.ledger, [prediction_id])
            return Done("dropped; u takes it back", prediction_id)

    def keep_checkpoint(self) -> tuple[str, ...]:
        """Keep a checkpoint if anything was written since the last time; warnings in words."""
        return safe(self.ledger.keep_checkpoint())

    def undo(self) -> Done:
        """Take back the latest deed."""
        with translated(self.ledger.where):
            event = book.undo(self.ledger)
            words, number = claims.deed_words(event.type, event.data), _number(event.subject)
            said = f"taken back: {words} · #{number}"
            return Done(clean_line(said, limit=200), _number(event.subject))

    def redo(self) -> Done:
        """Do again what was taken back last."""
        with translated(self.ledger.where):
            event = book.redo(self.ledger)
            said = f"done again: {claims.deed_words(event.type, event.data)}"
            return Done(clean_line(said, limit=200), _number(event.subject))

    def relink(self, prediction_id: int) -> Done:
        """Rank the news for one prediction anew."""
        with translated(self.ledger.where):
            said = self._link(prediction_id)
            count = len(self.claim(prediction_id).candidates)
            return Done(f"#{prediction_id}: {counted(count, 'item')} of news{said}", prediction_id)

    # ── feeds ───────────────────────────────────────────────────────────────────────────────

    def add_feed(self, url: str) -> Done:
        """Follow a feed; nobody is asked yet."""
        from feeds.guard import url_problem
        from ledger.newsroom import add_feed

        address = clean_line(url)
        if problem := url_problem(address):
            raise UsageError(f"{address!r} {problem}", mend="give the feed's full address")
        with translated(self.ledger.where):
            return Done(f"followed: {add_feed(self.ledger, address).name}; P asks it")

    def remove_feed(self, feed_id: int) -> Done:
        """Follow a feed no more; its items stay."""
        from ledger.newsroom import remove_feed

        with translated(self.ledger.where):
            gone = remove_feed(self.ledger, feed_id)
            return Done(f"no longer followed: {safe(gone.name)}; its items stay")

    def poll(
        self,
        feed_ids: Sequence[int] | None,
        on_progress: Callable[[Polled], None],
        should_stop: Callable[[], bool],
    ) -> Done:
        """Ask the feeds that are due, or these at once; then link what is new."""
        from feeds.poll import poll
        from ledger.linking.engine import link_items

        with translated(self.ledger.where):
            summary = poll(
                self.ledger,
                feed_ids,
                ignore_schedule=feed_ids is not None,
                on_progress=lambda polled: on_progress(safe(polled)),
                should_stop=should_stop,
            )
            link_items(self.ledger, list(summary.item_ids))
        if not summary.polled:
            return Done("stopped" if summary.stopped else "no feed is due yet; p asks one at once")
        said = f"{counted(len(summary.polled), 'feed')} asked, {counted(summary.new, 'new item')}"
        failing = summary.count("failing", "gone")
        said += f", {failing} could not be read" if failing else ""
        return Done(said + (", stopped by you" if summary.stopped else ""))

    # ── inside ──────────────────────────────────────────────────────────────────────────────

    def _link(self, prediction_id: int) -> str:
        """Rank the news for a prediction; what went wrong, since the deed before it stands."""
        from ledger.linking.engine import link_predictions

        try:
            link_predictions(self.ledger, [prediction_id])
        except CalledItError as error:
            return f"; its news is not ranked: {error.message}"
        return ""

    def _card(self, conn: Connection, source: str) -> Scorecard | None:
        cards = self._cards(conn).sources
        return next((card for card in cards if card.source == source), None)

    def _cards(self, conn: Connection) -> Scorecards:
        """The scorecards, made anew only when the journal has grown."""
        from ledger.scoring.scorecard import score

        size, day = journal.frontier_of(conn).size, self.today
        kept = self._kept
        if kept is None or (kept.size, kept.day) != (size, day):
            kept = self._kept = _Kept(size, day, score(conn, today=day))
        return kept.cards

    @contextmanager
    def _reading(self) -> Iterator[Connection]:
        with translated(self.ledger.where), self.ledger.read() as conn:
            yield conn


@contextmanager
def translated(where: str) -> Iterator[None]:
    """What the database says, as an error that a person can read."""
    try:
        yield
    except SQLAlchemyError as error:
        said = clean_line(str(getattr(error, "orig", error)), limit=200)
        raise LedgerError(f"{where}: the database says: {said}") from error


def open_desk(open_ledger: Callable[[], Ledger]) -> Desk:
    """A desk on the ledger that `open_ledger` opens.

    Raises:
        CalledItError: It cannot be opened.
    """
    with translated("the ledger"):
        return Desk(open_ledger())


def _number(subject: str) -> int:
    kind, _, number = subject.partition(":")
    return int(number) if kind == "prediction" else 0
