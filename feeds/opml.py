"""OPML: take a list of feeds in, hand one out."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING
from xml.parsers import expat
from xml.sax.saxutils import escape
from xml.sax.saxutils import quoteattr

from feeds.guard import url_problem
from ledger.clean import clean_line
from ledger.clock import instant_text
from ledger.errors import FeedError
from ledger.newsroom.feeds import insert_feed
from ledger.newsroom.feeds import url_taken

if TYPE_CHECKING:
    from collections.abc import Iterable
    from collections.abc import Mapping

    from ledger.newsroom import Feed
    from ledger.store import Ledger

MAX_BYTES = 10 * 2**20
_MAX_DEPTH = 50


@dataclass(frozen=True, slots=True)
class Outline:
    """A feed in a list: its address, its title, its folders and categories as tags."""

    url: str
    title: str = ""
    tags: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ImportedFeeds:
    """What became of a list.

    Attributes:
        added: Feeds that are followed now.
        known: Feeds that were followed already.
        refused: Addresses that are not http or https, each with the reason.
    """

    added: int
    known: int
    refused: tuple[str, ...]

    def to_json(self) -> dict[str, object]:
        """For ``--json``."""
        return {"added": self.added, "known": self.known, "refused": list(self.refused)}


def import_opml(ledger: Ledger, document: bytes) -> ImportedFeeds:
    """Follow every feed of an OPML document.

    Raises:
        FeedError: It is not OPML. Nothing is added.
    """
    added = known = 0
    refused = []
    with ledger.write() as conn:
        for outline in read_opml(document):
            if problem := url_problem(outline.url):
                refused.append(f"{clean_line(outline.url, limit=300)} {problem}")
            elif url_taken(conn, outline.url):
                known += 1
            else:
                now = instant_text(ledger.clock.now())
                insert_feed(conn, outline.url, now=now, title=outline.title, tags=outline.tags)
                added += 1
    return ImportedFeeds(added, known, tuple(refused))


def read_opml(document: bytes) -> list[Outline]:
    """The feeds of an OPML document, in its order.

    Document types and entities are refused, so that nothing is expanded or fetched.

    Raises:
        FeedError: It is not OPML; the message says where it stops being.
    """
    if len(document) > MAX_BYTES:
        raise FeedError(f"this list is larger than {MAX_BYTES // 2**20} MiB")
    reader = _Reader()
    parser = expat.ParserCreate()
    parser.StartElementHandler = reader.start
    parser.EndElementHandler = reader.end
    parser.StartDoctypeDeclHandler = reader.doctype
    try:
        parser.Parse(document, True)
    except expat.ExpatError as error:
        raise FeedError(
            f"this is not OPML: line {error.lineno}: {expat.ErrorString(error.code)}",
            mend="export the list from the other program again",
        ) from error
    return reader.outlines


class _Reader:
    """Collects outlines as expat meets them."""

    def __init__(self) -> None:
        self.outlines: list[Outline] = []
        self._folders: list[str] = []
        self._seen_root = False

    def start(self, name: str, attributes: Mapping[str, str]) -> None:
        """An element opens."""
        if not self._seen_root and name.lower() != "opml":
            raise FeedError(f"this is not OPML: it begins with <{clean_line(name, limit=40)}>")
        self._seen_root = True
        if name.lower() != "outline":
            return
        given = {key.lower(): value for key, value in attributes.items()}
        title = clean_line(given.get("title") or given.get("text", ""), limit=300)
        url = given.get("xmlurl", "").strip()
        if url:
            categories = [clean_line(tag) for tag in given.get("category", "").split(",")]
            tags = dict.fromkeys(filter(None, [*self._folders, *categories]))
            # Where a feed has no title, lists give its address in the title's place.
            self.outlines.append(Outline(url, "" if title == url else title, tuple(tags)))
        if len(self._folders) >= _MAX_DEPTH:
            raise FeedError(f"this list nests folders more than {_MAX_DEPTH} deep")
        self._folders.append("" if url else title)

    def end(self, name: str) -> None:
        """An element closes."""
        if name.lower() == "outline":
            self._folders.pop()

    @staticmethod
    def doctype(*_given: object) -> None:
        """A document type is declared."""
        raise FeedError("this list declares a document type, which OPML does not have")


def write_opml(feeds: Iterable[Feed]) -> str:
    """The feeds as an OPML 2.0 document, each with its tags in its category."""
    lines = [_outline(feed) for feed in feeds]
    return "\n".join(
        [
            '<?xml version="1.0" encoding="UTF-8"?>',
            '<opml version="2.0">',
            f"  <head><title>{escape('Feeds followed in Called It')}</title></head>",
            "  <body>",
            *lines,
            "  </body>",
            "</opml>",
        ]
    )


def _outline(feed: Feed) -> str:
    attributes = {"type": "rss", "text": feed.name, "title": feed.name, "xmlUrl": feed.url}
    if feed.home:
        attributes["htmlUrl"] = feed.home
    if feed.tags:
        attributes["category"] = ",".join(tag.replace(",", " ") for tag in feed.tags)
    written = " ".join(f"{name}={quoteattr(value)}" for name, value in attributes.items())
    return f"    <outline {written}/>"
