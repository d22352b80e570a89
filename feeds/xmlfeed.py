"""RSS, Atom and their kin, read by feedparser, which gets bytes and never an address.

Its own cleaning is switched off: it is quadratic on hostile markup, and we clean everything once
ourselves. It reads all of a document before it gives anything, so that a document with too many
entries is cut before it sees it.
"""

from __future__ import annotations

import codecs
import io
import re
from functools import cache
from typing import TYPE_CHECKING
from typing import Any

from feeds.clean import SUMMARY_LIMIT
from feeds.clean import html_block
from feeds.clean import html_line
from feeds.dates import RAW_LIMIT
from feeds.dates import read_date
from feeds.guard import safe_link
from feeds.records import MAX_ENTRIES
from feeds.records import Entry
from feeds.records import ParsedFeed
from ledger.clean import clean_line
from ledger.errors import FeedError

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime
    from time import struct_time
    from types import ModuleType

_ENTRY_START = re.compile(rb"<((?:[\w.-]{1,40}:)?(?:item|entry))[\s>/]")
_RSS_090 = "http://channel.netscape.com/rdf/simple/0.9"
# In place of feedparser's own, which is cubic: 14 s for a first line of 20 kB. Two of Python's
# codecs are no encodings of the web, and quadratic.
_DECLARED_ENCODING = re.compile(
    rb"^<\?[^>]{0,200}?encoding=['\"]((?!punycode|idna)[A-Za-z][A-Za-z0-9._:-]{0,40})['\"]",
    re.IGNORECASE,
)
_MINUTES = {"hourly": 60, "daily": 1_440, "weekly": 10_080, "monthly": 43_200, "yearly": 525_600}
# UTF-32's little-endian mark begins with that of UTF-16.
_MARKS = (
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_MAX_AUTHORS = 20
_AUTHOR_LIMIT = 500
# feedparser is linear in tags (some 25 µs each) and quadratic in one tag's attributes. A feed of
# a thousand entries has some ten thousand tags.
_MAX_TAGS = 150_000
_HUGE_TAG = re.compile(rb"<[A-Za-z][^<>]{16384}")


def parse_xml(body: bytes, *, url: str, content_type: str) -> ParsedFeed | None:
    """The feed in `body`; None where no feed can be found in it.

    Args:
        body: The bytes as they came.
        url: Where they came from, for relative links.
        content_type: The header's value, which may name the encoding.

    Raises:
        FeedError: It is of a size or shape that only an attack has.
    """
    body, content_type = _without_bom(body, content_type)
    capped = _capped(body)
    if capped.count(b"<") > _MAX_TAGS or _HUGE_TAG.search(capped):
        raise FeedError("this has more markup than a feed can need, and is not read")
    # Without a type, feedparser would take a document without a declared encoding for Latin-1.
    headers = {"content-location": url, "content-type": content_type or "application/xml"}
    found = _feedparser().parse(
        io.BytesIO(capped),  # plain bytes would be tried as a file's name
        response_headers=headers,
        sanitize_html=False,
        resolve_relative_uris=False,
    )
    version = _version(found)
    if not version and not found["entries"]:
        return None
    feed = found["feed"]
    return ParsedFeed(
        version=version or "unknown",
        title=html_line(_text(feed, "title")),
        home=safe_link(_text(feed, "link"), url),
        language=clean_line(_text(feed, "language"), limit=35),
        ttl=_ttl(feed),
        items=tuple(
            _entry(entry, url, is_atom=version.startswith("atom"))
            for entry in found["entries"][:MAX_ENTRIES]
        ),
        warnings=_warnings(found, cut=len(capped) < len(body)),
    )


def _without_bom(body: bytes, content_type: str) -> tuple[bytes, str]:
    """UTF-16 and UTF-32 as UTF-8: a byte order mark is certain, and feedparser may overlook it."""
    for mark, encoding in _MARKS:
        if body.startswith(mark):
            text = body[len(mark) :].decode(encoding, "replace")
            return text.encode("utf-8", "replace"), "application/xml; charset=utf-8"
    return body, content_type


@cache
def _feedparser() -> ModuleType:
    import feedparser
    import feedparser.api
    import feedparser.encodings

    # The same reading on every machine: the built-in XML parser (libxml2's driver would fetch
    # DTDs), and no guess of the encoding by a package that may or may not be installed.
    feedparser.api.PREFERRED_XML_PARSERS = []
    feedparser.encodings.lazy_chardet_encoding = None
    feedparser.encodings.RE_XML_PI_ENCODING = _DECLARED_ENCODING
    _bound_author_search(feedparser.api)
    module: ModuleType = feedparser
    return module


def _bound_author_search(api: ModuleType) -> None:
    """Let feedparser look for e-mail addresses in short texts only.

    Its pattern is quadratic: 39 s for an author of 100 kB.
    """
    for parser in (api.StrictFeedParser, api.LooseFeedParser):
        search = parser._sync_author_detail  # noqa: SLF001

        def bounded(self: Any, key: str = "author", *, search: Any = search) -> None:
            context = self._get_context()
            if len(context.get(key) or "") > _AUTHOR_LIMIT:
                context[key] = context[key][:_AUTHOR_LIMIT]
            search(self, key)

        parser._sync_author_detail = bounded  # noqa: SLF001


def _version(found: Mapping[str, Any]) -> str:
    if any(uri.startswith(_RSS_090) for uri in found.get("namespaces", {}).values()):
        return "rss090"  # feedparser reads it, but does not name it
    return _text(found, "version")


def _capped(body: bytes) -> bytes:
    for count, match in enumerate(_ENTRY_START.finditer(body)):
        if count == MAX_ENTRIES:
            # The rest after the last entry closes the document.
            last_end = body.rfind(b"</" + match[1])
            tail = body[body.find(b">", last_end) + 1 :] if last_end > match.start() else b""
            return body[: match.start()] + tail
    return body


def _warnings(found: Mapping[str, Any], *, cut: bool) -> tuple[str, ...]:
    warnings = []
    if cut or len(found["entries"]) > MAX_ENTRIES:
        warnings.append(f"only the first {MAX_ENTRIES} entries were read")
    problem = found.get("bozo_exception")
    if problem is not None and type(problem).__name__ != "NonXMLContentType":
        warnings.append(f"not well-formed: {clean_line(str(problem), limit=200)}")
    return tuple(warnings)


def _entry(entry: Mapping[str, Any], base: str, *, is_atom: bool) -> Entry:
    raw, published = _date(entry, "published", "updated", "created")
    updated = _date(entry, "updated")[1] if "published" in entry else None
    description = _content(entry.get("summary_detail"))
    content = max((_content(part) for part in entry.get("content", ())), key=len, default="")
    summary = html_line(description, limit=SUMMARY_LIMIT)
    text = html_block(max(content, description, key=len))
    return Entry(
        guid=clean_line(_text(entry, "id")),
        title=html_line(_title(entry, is_atom=is_atom)),
        url=safe_link(_text(entry, "link"), base),
        published=published,
        published_raw=clean_line(raw, limit=RAW_LIMIT),
        updated=updated,
        summary=summary,
        text="" if " ".join(text.split()) == summary else text,
        authors=_authors(entry),
        publisher=html_line(_text(entry.get("source") or {}, "title")),
        language=clean_line(_text(entry, "language"), limit=35),
    )


def _text(record: Mapping[str, Any], key: str) -> str:
    # Not record.get: feedparser's answers for missing keys with others, and warns.
    value: object = dict.get(record, key) if isinstance(record, dict) else None
    return value if isinstance(value, str) else ""


def _title(entry: Mapping[str, Any], *, is_atom: bool) -> str:
    detail = entry.get("title_detail") or {}
    value = _text(detail, "value") or _text(entry, "title")
    if _text(detail, "type") not in {"text/plain", ""}:
        return value
    # RSS titles are often escaped twice; a "<" in a plain one is just that.
    return _plain(value) if is_atom else value.replace("<", "&lt;")


def _plain(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;")


def _content(part: Any) -> str:
    value = _text(part or {}, "value")
    return _plain(value) if _text(part or {}, "type") == "text/plain" else value


def _date(entry: Mapping[str, Any], *names: str) -> tuple[str, datetime | None]:
    for name in names:
        if raw := _text(entry, name):
            return raw, read_date(raw, _struct(entry, f"{name}_parsed"))
    return "", None


def _struct(entry: Mapping[str, Any], key: str) -> struct_time | None:
    return dict.get(entry, key) if isinstance(entry, dict) else None


def _authors(entry: Mapping[str, Any]) -> tuple[str, ...]:
    people = entry.get("authors") or ()
    names = [html_line(_plain(_text(one, "name")), limit=200) for one in people[:_MAX_AUTHORS]]
    names = [name for name in names if name]
    return tuple(names or filter(None, [html_line(_plain(_text(entry, "author")), limit=200)]))


def _ttl(feed: Mapping[str, Any]) -> int:
    ttl = _text(feed, "ttl").strip()
    minutes = int(ttl) if ttl.isascii() and ttl.isdigit() and len(ttl) < 7 else 0
    period = _MINUTES.get(_text(feed, "sy_updateperiod").strip().lower(), 0)
    times = _text(feed, "sy_updatefrequency").strip()
    often = int(times) if times.isascii() and times.isdigit() and len(times) < 7 else 1
    return max(minutes, period // max(often, 1))
