"""Bytes to a feed, whatever the format; or a sentence that says what the bytes are instead."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING
from typing import Any

from feeds.jsonfeed import parse_json
from feeds.xmlfeed import parse_xml
from ledger.clean import clean_line
from ledger.errors import FeedError

if TYPE_CHECKING:
    from feeds.records import ParsedFeed

_SNIFFED = 2_048
_HTML = re.compile(rb"<(?:!doctype\s+html|html|head|body)\b", re.IGNORECASE)
_MAGIC = (
    (b"\x1f\x8b", "compressed data (gzip)"),
    (b"PK\x03\x04", "a ZIP archive"),
    (b"%PDF", "a PDF document"),
    (b"\x89PNG", "a PNG image"),
    (b"\xff\xd8\xff", "a JPEG image"),
    (b"GIF8", "a GIF image"),
)
_MEND = "give the feed's own address, often linked from the page as RSS or Atom"


def parse(body: bytes, *, url: str = "", content_type: str = "") -> ParsedFeed:
    """The feed in `body`: RSS, Atom, CDF or JSON Feed.

    Args:
        body: The bytes as they came, decompressed.
        url: Where they came from; relative links start there.
        content_type: The Content-Type header's value, if there was one.

    Raises:
        FeedError: No feed; the message says what the bytes look like.
    """
    document = _json(body)
    try:
        if document is not None:
            feed = parse_json(document, url=url)
        else:
            feed = parse_xml(body, url=url, content_type=content_type)
    except FeedError:
        raise
    except Exception as error:  # hostile bytes find every hole of a parser
        what = f"{type(error).__name__}: {clean_line(str(error), limit=120)}"
        raise FeedError(f"this feed cannot be read ({what})") from error
    if feed is None or (not feed.items and _is_html(body)):
        raise FeedError(f"this is {_looks_like(body, document)}, not a feed", mend=_MEND)
    return feed


def _json(body: bytes) -> Any:
    """The JSON document in `body`; None where it is none."""
    if body[:_SNIFFED].lstrip(b"\xef\xbb\xbf \t\r\n")[:1] not in {b"{", b"["}:
        return None
    try:
        return json.loads(body.removeprefix(b"\xef\xbb\xbf"))
    except (ValueError, RecursionError):
        return None


def _is_html(body: bytes) -> bool:
    return _HTML.search(body[:_SNIFFED]) is not None


def _looks_like(body: bytes, document: Any) -> str:
    start = body[:_SNIFFED].lstrip(b"\xef\xbb\xbf \t\r\n")
    if not body.strip():
        return "an empty answer"
    for magic, name in _MAGIC:
        if start.startswith(magic):
            return name
    if document is not None:
        return "a JSON document"
    if _is_html(body):
        return "an HTML page"
    if start.startswith(b"<"):
        tag = re.match(r"<[?!]?[\w:.-]{1,40}", start.decode("utf-8", "replace"))
        return f"markup that begins with {tag[0]!r}" if tag else "broken markup"
    return f"text or data that begins with {clean_line(start[:40].decode('utf-8', 'replace'))!r}"
