"""What the newsroom hands out and takes in."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from typing import TYPE_CHECKING
from typing import Any
from typing import Self

from ledger.record import record

if TYPE_CHECKING:
    from collections.abc import Mapping


@dataclass(frozen=True, slots=True)
class Feed:
    """A feed, its schedule and its health. Instants are UTC text, empty for never.

    Attributes:
        id: Never given twice.
        url: Where it is asked.
        title: What the user calls it, else what it calls itself.
        tags: The user's.
        added_at: When it was added.
        allow_private: The user vouches for its host, even on a private network.
        status: new, ok, failing or gone.
        etag: The validator of the last body, as the server sent it.
        last_modified: The other one.
        validators_at: When they came.
        body_sha256: Of the last body that was read.
        next_at: When it is asked next; empty for not again.
        next_why: The reasons for that, readable.
        polled_at: When it was asked last.
        ok_at: When it last answered with a feed.
        error: What was wrong the last time; empty where nothing was.
        failures: How often in a row.
        home: The site that it belongs to.
        ttl: Minutes that it asks to wait.
        moved_to: Where a permanent redirect leads; empty for none.
        moved_at: Since when.
        leased_by: The poller that is asking it; empty for none.
        leased_until: Until when nobody else asks it.
        items: How many of its items are stored.
        newest: When the newest of them was published.
    """

    id: int
    url: str
    title: str = ""
    tags: tuple[str, ...] = ()
    added_at: str = ""
    allow_private: bool = False
    status: str = "new"
    etag: str = ""
    last_modified: str = ""
    validators_at: str = ""
    body_sha256: str = ""
    next_at: str = ""
    next_why: tuple[str, ...] = ()
    polled_at: str = ""
    ok_at: str = ""
    error: str = ""
    failures: int = 0
    home: str = ""
    ttl: int = 0
    moved_to: str = ""
    moved_at: str = ""
    leased_by: str = ""
    leased_until: str = ""
    items: int = 0
    newest: str = ""

    @property
    def name(self) -> str:
        """Its title, or its address while it has none."""
        return self.title or self.url

    @classmethod
    def from_row(cls, row: Mapping[str, Any]) -> Self:
        """The feed of a database row."""
        return record(cls, row)

    def is_leased(self, now: str, *, to_other_than: str) -> bool:
        """Whether another poller is asking it at this instant."""
        return self.leased_until > now and self.leased_by != to_other_than

    def to_json(self) -> dict[str, Any]:
        """For ``--json``: all but the validators."""
        hidden = {"etag", "last_modified", "validators_at", "body_sha256"}
        return {n: getattr(self, n) for n in self.__dataclass_fields__ if n not in hidden}


@dataclass(frozen=True, slots=True)
class NewItem:
    """An item as it was just seen, clean, to be stored.

    Attributes:
        identity: Its name within its scope, for ever.
        title: One line.
        url: http or https, or None.
        publisher: Who published it.
        authors: Names.
        language: A language tag, or empty.
        published: An instant; empty where the item does not say.
        published_raw: The date as it was written.
        updated: An instant, or None.
        summary: One line.
        text: A line a paragraph.
        external_id: Its name elsewhere, or None.
    """

    identity: str
    title: str = ""
    url: str | None = None
    publisher: str = ""
    authors: tuple[str, ...] = ()
    language: str = ""
    published: str = ""
    published_raw: str = ""
    updated: str | None = None
    summary: str = ""
    text: str = ""
    external_id: str | None = None

    def sha256(self) -> str:
        """Of what it says: another hash is another revision.

        Dates are left out: some feeds give their items a new one at every fetch.
        """
        said = json.dumps([self.title, self.url, self.summary, self.text], ensure_ascii=False)
        return hashlib.sha256(said.encode()).hexdigest()


@dataclass(frozen=True, slots=True)
class Item:
    """A stored item: its newest revision. Fields as in `NewItem` and the table."""

    id: int
    feed_id: int | None
    scope: str
    identity: str
    external_id: str | None
    title: str
    url: str | None
    publisher: str
    authors: tuple[str, ...]
    language: str
    published: str
    published_raw: str
    published_basis: str
    updated: str | None
    summary: str
    text: str
    sha256: str
    revision: int
    first_seen: str
    last_seen: str

    @classmethod
    def from_row(cls, row: Mapping[str, Any]) -> Self:
        """The item of a database row."""
        return record(cls, row)

    def to_json(self) -> dict[str, Any]:
        """For ``--json``."""
        return {name: getattr(self, name) for name in self.__dataclass_fields__}


@dataclass(frozen=True, slots=True)
class Revision:
    """What an item said before it was changed.

    Attributes:
        revision: 1 for the first wording.
        title: And the rest: what it said.
        url: Its link then.
        published: Its date then.
        summary: One line.
        text: A line a paragraph.
        sha256: Of these words.
        seen_at: When this wording was last seen.
    """

    revision: int
    title: str
    url: str | None
    published: str
    summary: str
    text: str
    sha256: str
    seen_at: str
