"""A ledger, a clock and a site: what a poll needs."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from datetime import timedelta
from typing import TYPE_CHECKING
from typing import Any

from feeds.poll import PollSummary
from feeds.poll import poll
from ledger.newsroom import Feed
from ledger.newsroom import Item
from ledger.newsroom import add_feed
from ledger.newsroom import find_feed
from ledger.newsroom import list_items

if TYPE_CHECKING:
    from ledger.store import Ledger
    from tests.feeds.server import Site


@dataclass
class Desk:
    """A ledger with a clock that a test can turn, and a site to poll."""

    ledger: Ledger
    site: Site
    now: list[datetime]

    def follow(self, path: str = "/feed", **given: Any) -> Feed:
        return add_feed(self.ledger, self.site.url(path), **({"allow_private": True} | given))

    def poll(self, feed_ids: list[int] | None = None, **given: Any) -> PollSummary:
        return poll(self.ledger, feed_ids, **({"spacing": 0.0} | given))

    def later(self, **given: float) -> None:
        self.now[0] += timedelta(**given)

    def feed(self, feed: Feed) -> Feed:
        with self.ledger.read() as conn:
            return find_feed(conn, feed.id)

    def items(self) -> list[Item]:
        with self.ledger.read() as conn:
            return list_items(conn)
