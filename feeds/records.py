"""What a parser hands on: a feed, and its entries, clean and with nothing invented."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import datetime

# The most entries that are taken from one fetch. Feeds list their newest first.
MAX_ENTRIES = 1_000


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry of a feed.

    Attributes:
        guid: The feed's own name for it, safe but otherwise as given; empty where there is none.
        title: One safe line.
        url: Its link, of the web and absolute; None where there is no such link.
        published: When it came out, in UTC; None where the feed does not say so legibly.
        published_raw: The date as the feed writes it.
        updated: When it was last changed, in UTC, if the feed says so.
        summary: One safe line.
        text: The longest form of its text that the feed has, safe, a line a paragraph; empty
            where the summary is all.
        authors: Names.
        publisher: Where the entry comes from, when it is from elsewhere than the feed.
        language: A language tag, or empty.
    """

    guid: str = ""
    title: str = ""
    url: str | None = None
    published: datetime | None = None
    published_raw: str = ""
    updated: datetime | None = None
    summary: str = ""
    text: str = ""
    authors: tuple[str, ...] = ()
    publisher: str = ""
    language: str = ""


@dataclass(frozen=True, slots=True)
class ParsedFeed:
    """A feed as it stood in one fetch.

    Attributes:
        version: The format: ``rss20``, ``atom10``, ``json11`` …
        title: One safe line.
        home: The site that it belongs to, if it says so.
        language: A language tag, or empty.
        ttl: Minutes that the feed asks us to wait between polls; 0 where it does not.
        items: Its entries, in its order, at most `MAX_ENTRIES`.
        warnings: What was wrong with it but could be read all the same, one line each.
    """

    version: str
    title: str = ""
    home: str | None = None
    language: str = ""
    ttl: int = 0
    items: tuple[Entry, ...] = ()
    warnings: tuple[str, ...] = ()
